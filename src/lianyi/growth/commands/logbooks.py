"""The logbook: one of the two writes a line, the other confirms it; a confirmed line may be a technique's case."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import StateRefusedError
from lianyi.accounts.records import save_changes
from lianyi.dispatch.models import Posting, PostingState
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.technique_cases import NewCase, twins_of, write_case
from lianyi.growth.mentor_authority import require_answering, require_logbook
from lianyi.growth.models import (
    CasePart,
    LogbookLine,
    LogbookState,
    MentorGoal,
    SupervisionLevel,
    TechniqueCase,
)

MOST_CASES = 200
PART_OF_LEVEL = {
    SupervisionLevel.OBSERVE: CasePart.OBSERVED,
    SupervisionLevel.ASSIST: CasePart.ASSISTED,
    SupervisionLevel.DIRECT: CasePart.SUPERVISED,
    SupervisionLevel.DISTANT: CasePart.SUPERVISED,
    SupervisionLevel.ALONE: CasePart.ALONE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    done_on: datetime.date
    level: str
    count: int = 1
    remark: str = ""


@command("growth.logbook.write")
def write_line(context: CommandContext, goal: MentorGoal, new: NewLine) -> LogbookLine:
    """Write a line of the logbook; it counts once the other of the two has confirmed it."""
    side = require_logbook(context.actor, goal.pair)
    row = LogbookLine(
        goal=goal,
        done_on=new.done_on,
        level=new.level,
        count=new.count,
        remark=new.remark.strip(),
        written_side=side,
        written_by_id=context.actor.user_id,
    )
    check_line(row)
    row.save()
    record(context, "growth.logbook.write", row, before=None, after=creation_facts(row))
    return row


def check_line(row: LogbookLine) -> None:
    """Refuse what no line can be, whoever writes it."""
    pair = row.goal.pair
    if row.level not in SupervisionLevel.values:
        raise InvalidInputError(
            f"'{row.level}' is no level.", field="level", reason="mentor-level-unknown", given=row.level
        )
    last = min(timezone.localdate(), pair.ended_on or timezone.localdate())
    if not pair.starts_on <= row.done_on <= last:
        raise InvalidInputError(
            f"{row.done_on} lies outside the days of the pair.", field="done_on", reason="logbook-day", day=row.done_on
        )
    if not 1 <= row.count <= MOST_CASES:
        raise InvalidInputError(
            f"{row.count} is no number from 1 to {MOST_CASES}.", field="count", reason="logbook-count", given=row.count
        )
    twin = LogbookLine.objects.filter(goal_id=row.goal_id, done_on=row.done_on, level=row.level)
    if twin.filter(state__in=(LogbookState.WRITTEN, LogbookState.CONFIRMED)).exclude(pk=row.pk).exists():
        raise InvalidInputError(
            "The logbook has a line of this day and level already.", field="done_on", reason="logbook-twice"
        )


@command("growth.logbook.confirm")
def confirm_line(context: CommandContext, row: LogbookLine, expected_version: int) -> LogbookLine:
    """Confirm what the other wrote. With a technique it is the technique's case too: one event, kept once."""
    require_answering(context.actor, row)
    _check_waiting(row)
    case = _case_of(context, row)
    changes = {
        "state": LogbookState.CONFIRMED.value,
        "answered_by_id": context.actor.user_id,
        "answered_on": timezone.localdate(),
        "case_id": None if case is None else case.pk,
    }
    return _changed(context, "growth.logbook.confirm", row, changes, expected_version)


@command("growth.logbook.refuse")
def refuse_line(context: CommandContext, row: LogbookLine, expected_version: int) -> LogbookLine:
    """Say that a line is not so, with a reason."""
    require_answering(context.actor, row)
    _check_waiting(row)
    _check_reason(context)
    changes = {
        "state": LogbookState.REFUSED.value,
        "answered_by_id": context.actor.user_id,
        "answered_on": timezone.localdate(),
        "reason": context.reason.strip(),
    }
    return _changed(context, "growth.logbook.refuse", row, changes, expected_version)


@command("growth.logbook.take_back")
def take_back_line(context: CommandContext, row: LogbookLine, expected_version: int) -> LogbookLine:
    """Take a line back, with a reason. A case of the technique that came of it is taken back on its own page."""
    require_logbook(context.actor, row.goal.pair)
    if row.state not in (LogbookState.WRITTEN, LogbookState.CONFIRMED):
        raise StateRefusedError("This line is settled already.", reason="logbook-settled")
    _check_reason(context)
    changes = {"state": LogbookState.TAKEN_BACK.value, "reason": context.reason.strip()}
    return _changed(context, "growth.logbook.take_back", row, changes, expected_version)


def _check_waiting(row: LogbookLine) -> None:
    if row.state != LogbookState.WRITTEN:
        raise StateRefusedError("This line is settled already.", reason="logbook-settled")


def _check_reason(context: CommandContext) -> None:
    if not context.reason.strip():
        raise InvalidInputError("This needs a reason in words.", field="reason", reason="logbook-reason")


def link_lines_to_cases(context: CommandContext, lines: QuerySet[LogbookLine, Any]) -> None:
    """Link confirmed lines to the cases of their technique that say the same event, as part of a command.

    Tables bring lines and cases apart; without the link one event would stand as two.
    """
    waiting = lines.filter(state=LogbookState.CONFIRMED, case__isnull=True, goal__technique__isnull=False)
    people = ("goal__technique", "goal__pair__mentor", "goal__pair__apprentice")
    for row in waiting.select_related(*people).order_by("pk"):
        probe = _probe_of(row)
        case = None if probe is None else _unlinked(probe)
        if case is not None:
            _changed(context, "growth.logbook.link", row, {"case_id": case.pk}, row.version)


def _unlinked(probe: TechniqueCase) -> TechniqueCase | None:
    return twins_of(probe).filter(logbook_line__isnull=True).order_by("pk").first()


def _probe_of(row: LogbookLine) -> TechniqueCase | None:
    """Return the case that a line of a technique would be; None where nobody who teaches was there."""
    part = PART_OF_LEVEL[SupervisionLevel(row.level)]
    posting_id = None if part == CasePart.ALONE else _posting_of(row)
    if row.goal.technique is None or (part != CasePart.ALONE and posting_id is None):
        return None
    return TechniqueCase(
        technique=row.goal.technique,
        done_on=row.done_on,
        part=part,
        local_staff_id=row.goal.pair.apprentice_id,
        posting_id=posting_id,
    )


def _case_of(context: CommandContext, row: LogbookLine) -> TechniqueCase | None:
    """Return the technique's case that this line is: one on record already, else a new one; None where it is none."""
    probe = _probe_of(row)
    if probe is None:
        return None
    new = NewCase(
        done_on=row.done_on,
        part=probe.part,
        local_staff_id=probe.local_staff_id,
        posting_id=probe.posting_id,
        count=row.count,
        provenance=row.provenance,
    )
    return _unlinked(probe) or write_case(context, probe.technique, new)


def _posting_of(row: LogbookLine) -> int | None:
    """Return the posting under the technique's agreement by which mentor or apprentice were together on the day."""
    pair, technique = row.goal.pair, row.goal.technique
    if technique is None:
        return None
    came = Q(staff_id=pair.mentor_id, to_institution_id=technique.institution_id)
    went = Q(staff_id=pair.apprentice_id, from_institution_id=technique.institution_id, kind="secondment_up")
    there = Q(left_on__isnull=True) | Q(left_on__gte=row.done_on)
    rows = Posting.objects.filter(came | went, there, agreement_id=technique.agreement_id, arrived_on__lte=row.done_on)
    found = rows.exclude(state__in=(PostingState.CANCELLED, PostingState.VOID)).order_by("pk")
    return found.values_list("pk", flat=True).first()


def _changed(
    context: CommandContext, action: str, row: LogbookLine, changes: Mapping[str, object], expected_version: int
) -> LogbookLine:
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, action, row, before=before, after=snapshot(row, changes))
    return row
