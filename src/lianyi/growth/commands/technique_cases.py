"""Cases of techniques: recorded as counts, taken back with a reason, never changed."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance
from lianyi.dispatch.models import Posting, PostingKind, PostingState
from lianyi.growth.errors import TechniqueCaseRefusedError
from lianyi.growth.models import CasePart, DepartmentTechnique, TechniqueCase
from lianyi.growth.technique_authority import require_writing

MOST_CASES = 200
TAUGHT = (CasePart.NONE, CasePart.OBSERVED, CasePart.ASSISTED, CasePart.SUPERVISED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Cases of one day. ``complications`` None says that nobody noted them."""

    done_on: datetime.date
    part: str
    local_staff_id: int | None = None
    posting_id: int | None = None
    count: int = 1
    complications: int | None = None
    note: str = ""
    provenance: str = Provenance.RECORDED


@command("growth.technique_case.record")
def record_case(context: CommandContext, technique: DepartmentTechnique, new: NewCase) -> TechniqueCase:
    """Record cases of one day; the same people on the same day with the same part are recorded once."""
    require_writing(context.actor, technique)
    return write_case(context, technique, new)


def write_case(context: CommandContext, technique: DepartmentTechnique, new: NewCase) -> TechniqueCase:
    """Write cases as part of a command; who may is asked there."""
    row = TechniqueCase(technique=technique, recorded_by_id=context.actor.user_id, **asdict(new))
    check_case(row)
    twin = twins_of(row).first()
    if twin is not None:
        raise TechniqueCaseRefusedError(
            f"The same people have {twin.count} cases on record for {row.done_on} already.",
            reason="twice",
            day=row.done_on,
            count=twin.count,
        )
    row.save()
    record(context, "growth.technique_case.record", row, before=None, after=creation_facts(row))
    return row


def twins_of(row: TechniqueCase) -> QuerySet[TechniqueCase, Any]:
    """Return the rows that say the same day, part and people and were not taken back."""
    said = {name: getattr(row, name) for name in ("technique_id", "done_on", "part", "local_staff_id", "posting_id")}
    return TechniqueCase.objects.filter(**said, reverses__isnull=True, reversed_by__isnull=True).exclude(pk=row.pk)


@command("growth.technique_case.take_back")
def take_back_case(context: CommandContext, row: TechniqueCase) -> TechniqueCase:
    """Take cases back by an event of their own, with a reason; both stay on record."""
    require_writing(context.actor, row.technique)
    if row.reverses_id is not None or TechniqueCase.objects.filter(reverses=row).exists():
        raise TechniqueCaseRefusedError(
            "This entry is taken back already, or takes another back.", reason="taken-back", day=row.done_on
        )
    if not context.reason.strip():
        raise TechniqueCaseRefusedError(
            "Taking cases back needs a reason in words.", field="reason", reason="without-reason"
        )
    reverse = TechniqueCase(
        technique=row.technique,
        done_on=row.done_on,
        part=row.part,
        local_staff=row.local_staff,
        posting=row.posting,
        count=row.count,
        complications=row.complications,
        recorded_by_id=context.actor.user_id,
        reverses=row,
        reason=context.reason.strip(),
        provenance=row.provenance,
    )
    reverse.save()
    record(context, "growth.technique_case.take_back", reverse, before=None, after=creation_facts(reverse))
    return reverse


def check_case(row: TechniqueCase) -> None:
    """Refuse cases that cannot be, whoever writes them."""
    if row.part not in CasePart.values:
        raise TechniqueCaseRefusedError(
            f"'{row.part}' is no part in a case.", field="part", reason="part-unknown", given=row.part
        )
    if row.done_on > timezone.localdate():
        raise TechniqueCaseRefusedError(
            f"{row.done_on} is still to come.", field="done_on", reason="day-ahead", day=row.done_on
        )
    if not 1 <= row.count <= MOST_CASES:
        raise TechniqueCaseRefusedError(
            f"{row.count} is no number from 1 to {MOST_CASES}.",
            field="count",
            reason="number",
            given=row.count,
            least=1,
            most=MOST_CASES,
        )
    if row.complications is not None and not 0 <= row.complications <= row.count:
        raise TechniqueCaseRefusedError(
            f"{row.complications} cases with complications are more than the {row.count} cases.",
            field="complications",
            reason="complications",
            given=row.complications,
            most=row.count,
        )
    _check_people(row)


def _check_people(row: TechniqueCase) -> None:
    if (row.part == CasePart.NONE) != (row.local_staff_id is None):
        raise TechniqueCaseRefusedError(
            "Name the local person, or say that none took part.", field="local_staff", reason="local-person"
        )
    if (row.part in TAUGHT) != (row.posting_id is not None):
        raise TechniqueCaseRefusedError(
            "Name the posting of whoever taught; work done alone has none.", field="posting", reason="teacher"
        )
    if row.local_staff is not None and row.local_staff.institution_id != row.technique.institution_id:
        raise TechniqueCaseRefusedError(
            "The local person works for another institution.", field="local_staff", reason="local-elsewhere"
        )
    posting = row.posting
    if posting is None:
        return
    if posting.agreement_id != row.technique.agreement_id or not _is_of_technique(row):
        raise TechniqueCaseRefusedError(
            "The posting belongs to another agreement or leads elsewhere.", field="posting", reason="posting-elsewhere"
        )
    if not _was_there(posting, row.done_on):
        raise TechniqueCaseRefusedError(
            f"Nobody of the posting {posting.code} was on site on {row.done_on}.",
            field="posting",
            reason="not-on-site",
            posting=posting.code,
            day=row.done_on,
        )


def _was_there(posting: Posting, day: datetime.date) -> bool:
    """Tell whether a posted person had arrived and not left; its days tell, as tables bring drafts."""
    if posting.arrived_on is None or posting.state in (PostingState.CANCELLED, PostingState.VOID):
        return False
    return posting.arrived_on <= day and (posting.left_on is None or day <= posting.left_on)


def _is_of_technique(row: TechniqueCase) -> bool:
    """Tell whether a posting leads to the learning institution, or takes its people to learn elsewhere."""
    posting = row.posting
    if posting is None:
        return False
    if posting.to_institution_id == row.technique.institution_id:
        return True
    return posting.kind == PostingKind.SECONDMENT_UP and posting.from_institution_id == row.technique.institution_id
