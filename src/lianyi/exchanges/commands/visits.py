"""Visits: planned, described, taken through the steps of the table; their programme, participants and words."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from django.db.models import Q
from django.utils import timezone

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance
from lianyi.errors import InvalidInputError
from lianyi.exchanges.authority import require_visit_step, side_of
from lianyi.exchanges.commands.writing import as_wanted, changed, made, require_reason, require_words
from lianyi.exchanges.errors import VisitStepRefusedError
from lianyi.exchanges.machines.visits import VISIT_STEP_BY_NAME, WRITABLE, VisitStep, visit_steps_from
from lianyi.exchanges.models import (
    Contribution,
    ExchangeVisit,
    ProgrammeLine,
    VisitEvent,
    VisitInstitution,
    VisitKind,
    VisitPart,
    VisitParticipant,
    VisitState,
)
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution, Place

VISIT_FIELDS = (
    *("kind", "title_zh", "title_en", "starts_on", "ends_on", "host_id", "guest_id", "place_id", "venue"),
    *("seen_zh", "seen_en", "agreed_zh", "agreed_en"),
)
PROGRAMME_FIELDS = ("position", "day", "starts_at", "ends_at", "subject_zh", "subject_en", "speaker")
PARTICIPANT_FIELDS = ("position", "side", "staff_id", "name", "function", "institution_id")
CONTRIBUTION_FIELDS = ("position", "speaker", "topic", "words_zh", "words_en")
INSTITUTION_FIELDS = ("position", "side", "institution_id")
PART_FIELDS: Mapping[type[VisitPart], tuple[str, ...]] = {
    ProgrammeLine: PROGRAMME_FIELDS,
    VisitParticipant: PARTICIPANT_FIELDS,
    Contribution: CONTRIBUTION_FIELDS,
    VisitInstitution: INSTITUTION_FIELDS,
}
Part = TypeVar("Part", bound=VisitPart)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVisit:
    """What a visit says when it is planned; ``agreement`` None stands for one between institutions without any."""

    code: str
    kind: str
    title_zh: str
    starts_on: datetime.date
    ends_on: datetime.date
    host: Institution
    guest: Institution
    title_en: str = ""
    agreement: Agreement | None = None
    place: Place | None = None
    venue: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class HeldDays:
    """The days on which a visit really was."""

    starts_on: datetime.date
    ends_on: datetime.date


@command("exchanges.visit.plan")
def plan_visit(context: CommandContext, new: NewVisit) -> ExchangeVisit:
    """Plan a visit under an agreement, or between two institutions of which one is the own."""
    if new.agreement is not None:
        require(context.actor, "visit.write", new.agreement)
    else:
        require(context.actor, "visit.write")
        if not (covers(context.actor, new.host.pk) or covers(context.actor, new.guest.pk)):
            raise NotPermittedError(
                "A visit without an agreement is written by its host or its guest.",
                reason="visit-side",
                permission="visit.write",
            )
    if ExchangeVisit.objects.filter(code=new.code).exists():
        raise InvalidInputError(
            f"'{new.code}' stands here already; choose another code.",
            field="code",
            reason="exchange-code-taken",
            given=new.code,
        )
    facts = {name: getattr(new, name) for name in NewVisit.__dataclass_fields__}
    row = ExchangeVisit(**facts)
    check_visit(row)
    made(context, "exchanges.visit.plan", row)
    note_of_visit(context, row, "plan", "").save()
    return row


def check_visit(row: ExchangeVisit) -> None:
    """Refuse what no visit can say.

    Raises
    ------
    InvalidInputError
    """
    if row.kind not in VisitKind.values:
        raise InvalidInputError(
            f"'{row.kind}' is not on the list.", field="kind", reason="exchange-code-unknown", given=row.kind
        )
    if row.ends_on < row.starts_on:
        raise InvalidInputError(
            f"The visit ends on {row.ends_on}, before it starts on {row.starts_on}.",
            field="ends_on",
            reason="exchange-dates-reversed",
            start=row.starts_on,
            end=row.ends_on,
        )
    if row.host_id == row.guest_id:
        raise InvalidInputError("Host and guest are two institutions.", field="guest", reason="visit-of-oneself")
    if row.pk and row.institutions.filter(institution_id__in=(row.host_id, row.guest_id), is_void=False).exists():
        raise _twice("host")
    require_words("title_zh", row.title_zh)


def _twice(field: str) -> InvalidInputError:
    return InvalidInputError(
        "This institution is a host or a guest of the visit already; name each of them once.",
        field=field,
        reason="visit-twice",
    )


@command("exchanges.visit.change")
def change_visit(
    context: CommandContext, row: ExchangeVisit, changes: Mapping[str, Any], expected_version: int
) -> ExchangeVisit:
    """Change what is planned, or write down what was seen and agreed; settled minutes are opened again first."""
    require_writable(context, row)
    check_visit(as_wanted(row, changes, VISIT_FIELDS))
    changed(context, "exchanges.visit.change", row, changes, expected_version)
    note_of_visit(context, row, "change", row.state).save()
    return row


def require_writable(context: CommandContext, row: ExchangeVisit) -> None:
    """Refuse unless the actor may write the record of a visit and it is not settled.

    Raises
    ------
    NotPermittedError, VisitStepRefusedError
    """
    require(context.actor, "visit.write", row)
    if row.state not in WRITABLE:
        raise VisitStepRefusedError(
            f"The record of the visit {row.code} is settled: {row.state}.",
            reason="visit-settled",
            visit=row.code,
            state_label=VisitState(row.state).label,
            allowed=[],
        )


@command("exchanges.visit.step")
def take_visit_step(
    context: CommandContext, row: ExchangeVisit, step_name: str, expected_version: int, days: HeldDays | None = None
) -> ExchangeVisit:
    """Take one step of a visit's life; ``days`` are asked for where it was held."""
    step = _step_for(row, step_name)
    require_visit_step(context.actor, step, row)
    if step.needs_reason:
        require_reason(context, step.label)
    changes: dict[str, Any] = {"state": step.to_state.value}
    if step.asks_days:
        changes |= asdict(_real_days(row, days))
    if step.name == "write_minutes":
        changes["minutes_side"] = side_of(context.actor, row)
    from_state = row.state
    changed(context, f"exchanges.visit.{step.name}", row, changes, expected_version)
    note_of_visit(context, row, step.name, from_state).save()
    return row


def _step_for(row: ExchangeVisit, step_name: str) -> VisitStep:
    step, allowed = VISIT_STEP_BY_NAME.get(step_name), visit_steps_from(row.state)
    if step is None or step not in allowed:
        raise VisitStepRefusedError(
            f"The visit {row.code} is '{row.state}'; '{step_name}' does not follow.",
            reason="visit-not-following",
            visit=row.code,
            step=step_name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=VisitState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    return step


def _real_days(row: ExchangeVisit, days: HeldDays | None) -> HeldDays:
    real = days or HeldDays(row.starts_on, row.ends_on)
    if real.ends_on < real.starts_on:
        raise InvalidInputError(
            f"The visit ends on {real.ends_on}, before it starts on {real.starts_on}.",
            field="ends_on",
            reason="exchange-dates-reversed",
            start=real.starts_on,
            end=real.ends_on,
        )
    if real.ends_on > timezone.localdate():
        raise InvalidInputError(
            f"{real.ends_on} has not come yet; record the visit once it is over.",
            field="ends_on",
            reason="exchange-in-future",
            day=real.ends_on,
        )
    return real


@command("exchanges.visit.add_part")
def add_part(context: CommandContext, visit: ExchangeVisit, part: Part) -> Part:
    """Add a line of the programme, an institution, a participant or what was said; without a position it comes last."""
    require_writable(context, visit)
    part.visit = visit
    if not part.position:
        part.position = next_position(type(part), visit)
    check_part(part)
    return made(context, f"exchanges.{part._meta.model_name}.add", part)


@command("exchanges.visit.change_part")
def change_part(context: CommandContext, part: Part, changes: Mapping[str, Any], expected_version: int) -> Part:
    require_writable(context, part.visit)
    check_part(as_wanted(part, changes, PART_FIELDS[type(part)]))
    return changed(context, f"exchanges.{part._meta.model_name}.change", part, changes, expected_version)


@command("exchanges.visit.take_back_part")
def take_back_part(context: CommandContext, part: Part, expected_version: int) -> Part:
    """Take a line back that was wrong; it stays on record."""
    require_writable(context, part.visit)
    changes = {"is_void": True}
    return changed(context, f"exchanges.{part._meta.model_name}.take_back", part, changes, expected_version)


def next_position(model: type[VisitPart], visit: ExchangeVisit) -> int:
    rows = model._default_manager.filter(Q(visit=visit)).order_by("-position")
    return int(rows.values_list("position", flat=True).first() or 0) + 1


def check_part(part: VisitPart) -> None:
    """Refuse what no line of a visit can say.

    Raises
    ------
    InvalidInputError
    """
    beside = Q(visit=part.visit, position=part.position)
    same = type(part)._default_manager.filter(beside).exclude(pk=part.pk)
    if same.exists():
        raise InvalidInputError(
            f"Line {part.position} stands here already.", field="position", reason="part-taken", given=part.position
        )
    if isinstance(part, ProgrammeLine):
        _check_programme(part)
    elif isinstance(part, Contribution):
        require_words("words_zh", part.words_zh, part.words_en)
    elif isinstance(part, VisitInstitution):
        _check_institution(part)
    elif isinstance(part, VisitParticipant) and part.staff_id is None and not (part.name or part.function):
        raise InvalidInputError("Give a name or a function.", field="name", reason="participant-nobody")


def _check_institution(part: VisitInstitution) -> None:
    visit = part.visit
    beside = visit.institutions.filter(institution_id=part.institution_id, is_void=False).exclude(pk=part.pk)
    if part.institution_id in (visit.host_id, visit.guest_id) or beside.exists():
        raise _twice("institution")


def _check_programme(line: ProgrammeLine) -> None:
    require_words("subject_zh", line.subject_zh, line.subject_en)
    if line.starts_at is not None and line.ends_at is not None and line.ends_at <= line.starts_at:
        raise InvalidInputError(
            f"{line.ends_at} is not after {line.starts_at}.",
            field="ends_at",
            reason="programme-hours-reversed",
            first=line.starts_at,
            last=line.ends_at,
        )
    visit = line.visit
    if line.day is not None and not visit.starts_on <= line.day <= visit.ends_on:
        raise InvalidInputError(
            f"{line.day} is no day of the visit, which is from {visit.starts_on} to {visit.ends_on}.",
            field="day",
            reason="programme-day-outside",
            day=line.day,
            start=visit.starts_on,
            end=visit.ends_on,
        )


def note_of_visit(context: CommandContext, row: ExchangeVisit, step: str, from_state: str) -> VisitEvent:
    return VisitEvent(
        visit=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
    )
