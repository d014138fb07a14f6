"""Visits of rounds: written into the plan or taken out by hand, recorded as they were, corrected with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.errors import RoundVisitRefusedError
from lianyi.dispatch.models import (
    HELD_STATES,
    RECORDED_STATES,
    RoundCrew,
    RoundStop,
    RoundVisit,
    RoundVisitEvent,
    VisitReason,
    VisitService,
    VisitState,
)
from lianyi.dispatch.rounds_authority import require_recording
from lianyi.dispatch.rounds_checks import Wanted, visit_problems
from lianyi.dispatch.rounds_values import clock
from lianyi.errors import InvalidInputError

RECORDED_FIELDS = (
    *("state", "held_on", "began_at", "ended_at", "reason_code", "reason", "people_seen", "services", "note"),
)
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord:
    """What became of a visit. ``people_seen`` None says that nobody counted; services are counts by kind."""

    state: str
    held_on: datetime.date | None = None
    began_at: datetime.time | None = None
    ended_at: datetime.time | None = None
    reason_code: str = ""
    reason: str = ""
    people_seen: int | None = None
    services: Mapping[str, int] = field(default_factory=dict)
    note: str = ""

    def values(self) -> dict[str, Any]:
        """Return the fields as they are kept; services that were not counted are left out."""
        return {name: getattr(self, name) for name in RECORDED_FIELDS} | {"services": dict(self.services)}


@command("dispatch.round_visit.plan")
def plan_visit(context: CommandContext, wanted: Wanted) -> RoundVisit:
    """Write one visit into the plan by hand."""
    require_on_plan(context.actor, "dispatch.write", wanted.stop.programme.agreement)
    if wanted.day < timezone.localdate():
        raise InvalidInputError(
            f"{wanted.day} is over. Record the visit instead.", field="day", reason="round-day-over", day=wanted.day
        )
    _refuse_problems(wanted)
    _refuse_twice(wanted)
    visit = RoundVisit(
        stop=wanted.stop, crew=wanted.crew, day=wanted.day, arrives_at=wanted.arrives_at, departs_at=wanted.departs_at
    )
    visit.save()
    note_of_visit(context, visit, "plan", "", {}).save()
    record(context, "dispatch.round_visit.plan", visit, before=None, after=creation_facts(visit))
    return visit


@command("dispatch.round_visit.withdraw")
def withdraw_visit(context: CommandContext, visit: RoundVisit, expected_version: int) -> RoundVisit:
    """Take a planned visit out of the plan, with a reason. What was to be and was not is recorded as missed instead."""
    require_on_plan(context.actor, "dispatch.write", visit.stop.programme.agreement)
    if visit.state != VisitState.PLANNED:
        raise _refused("round-not-planned", visit)
    if not context.reason.strip():
        raise InvalidInputError(
            "Taking a visit out of the plan needs a reason in words.", field="reason", reason="round-without-reason"
        )
    return change_visit(context, visit, "withdraw", {"state": VisitState.WITHDRAWN.value}, expected_version)


@command("dispatch.round_visit.record")
def record_visit(context: CommandContext, visit: RoundVisit, said: VisitRecord, expected_version: int) -> RoundVisit:
    """Record what became of a planned visit; said again, it corrects the record, with a reason in the context."""
    require_recording(context.actor, visit.crew)
    if visit.state == VisitState.WITHDRAWN:
        raise _refused("round-withdrawn", visit)
    is_correction = visit.state in RECORDED_STATES
    if is_correction and not context.reason.strip():
        raise InvalidInputError(
            "Correcting a record needs a reason in words.", field="correction", reason="round-correction-without-reason"
        )
    _check_record(said, visit.day)
    return change_visit(context, visit, "correct" if is_correction else "record", said.values(), expected_version)


@command("dispatch.round_visit.record_unplanned")
def record_unplanned_visit(context: CommandContext, stop: RoundStop, crew: RoundCrew, said: VisitRecord) -> RoundVisit:
    """Record a visit that no plan had: what happened is on record whatever was planned."""
    require_recording(context.actor, crew)
    if crew.programme_id != stop.programme_id:
        raise InvalidInputError("The team does not serve this programme.", field="crew", reason="round-elsewhere")
    if said.held_on is None or said.state not in HELD_STATES:
        raise InvalidInputError(
            "A visit that was not planned is recorded when it was made.", field="state", reason="round-unplanned-held"
        )
    _check_record(said, said.held_on)
    _refuse_twice(Wanted(stop, crew, said.held_on))
    visit = RoundVisit(stop=stop, crew=crew, day=said.held_on, was_planned=False, **said.values())
    visit.save()
    note_of_visit(context, visit, "record", "", {}).save()
    record(context, "dispatch.round_visit.record_unplanned", visit, before=None, after=creation_facts(visit))
    return visit


def change_visit(
    context: CommandContext, visit: RoundVisit, step: str, changes: Mapping[str, Any], expected_version: int
) -> RoundVisit:
    """Save a change of a visit as part of a command, with its line of history."""
    before, from_state = snapshot(visit, changes), visit.state
    save_changes(visit, dict(changes), expected_version)
    note_of_visit(context, visit, step, from_state, before).save()
    record(context, f"dispatch.round_visit.{step}", visit, before=before, after=snapshot(visit, changes))
    return visit


def note_of_visit(
    context: CommandContext, visit: RoundVisit, step: str, from_state: str, before: Mapping[str, Any]
) -> RoundVisitEvent:
    return RoundVisitEvent(
        visit=visit,
        step=step,
        from_state=from_state,
        to_state=visit.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        before=dict(before),
        after=snapshot(visit, before),
    )


def _refuse_problems(wanted: Wanted) -> None:
    problems = visit_problems(wanted)
    if problems:
        raise RoundVisitRefusedError(
            f"{wanted.crew} cannot be at {wanted.stop} on {wanted.day}: {problems[0].reason}.",
            reason=problems[0].reason,
            stop=str(wanted.stop),
            crew=str(wanted.crew),
            day=wanted.day,
        )


def _refuse_twice(wanted: Wanted) -> None:
    rows = RoundVisit.objects.filter(stop=wanted.stop, crew=wanted.crew, day=wanted.day)
    if rows.exclude(state=VisitState.WITHDRAWN).exists():
        raise RoundVisitRefusedError(
            f"{wanted.crew} at {wanted.stop} on {wanted.day} stands there already.",
            reason="twice",
            stop=str(wanted.stop),
            crew=str(wanted.crew),
            day=wanted.day,
        )


def _refused(reason: str, visit: RoundVisit) -> RoundVisitRefusedError:
    return RoundVisitRefusedError(
        f"The visit of {visit.stop} on {visit.day} is '{visit.state}'.",
        reason=reason,
        stop=str(visit.stop),
        day=visit.day,
        state_label=visit.get_state_display(),
    )


def _check_record(said: VisitRecord, planned_day: datetime.date) -> None:
    if said.state not in RECORDED_STATES:
        raise InvalidInputError(
            f"'{said.state}' is not one of {', '.join(RECORDED_STATES)}.",
            field="state",
            reason="round-code-unknown",
            given=said.state,
        )
    if said.state == VisitState.MISSED:
        _check_missed(said, planned_day)
    else:
        _check_held(said)
    if said.state != VisitState.DONE and said.reason_code not in VisitReason.values:
        raise InvalidInputError(
            "Say why the visit was missed or cut short.", field="reason_code", reason="round-shortfall-without-reason"
        )


def _check_missed(said: VisitRecord, planned_day: datetime.date) -> None:
    if planned_day > timezone.localdate():
        raise InvalidInputError(
            f"{planned_day} is still to come; take the visit out of the plan instead.",
            field="state",
            reason="round-missed-ahead",
            day=planned_day,
        )
    if said.held_on is not None or said.people_seen is not None or said.services:
        raise InvalidInputError(
            "A missed visit saw nobody; leave day, people and services empty, or choose another outcome.",
            field="state",
            reason="round-missed-with-people",
        )


def _check_held(said: VisitRecord) -> None:
    if said.held_on is None or said.held_on > timezone.localdate():
        raise InvalidInputError(
            "Give the day on which the visit was made; it cannot lie ahead.",
            field="held_on",
            reason="round-held-day",
        )
    if said.began_at is not None and said.ended_at is not None and said.ended_at <= said.began_at:
        raise InvalidInputError(
            f"The time {clock(said.ended_at)} is not after {clock(said.began_at)}.",
            field="ended_at",
            reason="round-hours-reversed",
            first=clock(said.began_at),
            last=clock(said.ended_at),
        )
    counts = {"people_seen": said.people_seen, **said.services}
    for name, count in counts.items():
        if name != "people_seen" and name not in VisitService.values:
            raise InvalidInputError(
                f"'{name}' is no service of rounds.", field="services", reason="round-code-unknown", given=name
            )
        if count is not None and not 0 <= count <= MOST_PEOPLE:
            raise InvalidInputError(
                f"{count} is no number from 0 to {MOST_PEOPLE}.",
                field=name,
                reason="round-number",
                given=count,
                least=0,
                most=MOST_PEOPLE,
            )


def check_written_visit(visit: RoundVisit) -> None:
    """Refuse a visit that a table writes where people could not have written it."""
    if visit.crew.programme_id != visit.stop.programme_id:
        raise InvalidInputError("The team does not serve this programme.", field="crew", reason="round-elsewhere")
    if visit.state == VisitState.PLANNED:
        _refuse_problems(Wanted(visit.stop, visit.crew, visit.day, visit.arrives_at, visit.departs_at))
    else:
        said = VisitRecord(**{name: getattr(visit, name) for name in RECORDED_FIELDS})
        _check_record(said, visit.day)
