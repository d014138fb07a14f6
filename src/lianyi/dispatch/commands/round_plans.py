"""Plans of rounds: proposed and shown, then taken over as planned visits, or put aside."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max, Prefetch
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, record, record_many, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_plan
from lianyi.dispatch.commands.round_visits import note_of_visit
from lianyi.dispatch.errors import RoundPlanRefusedError
from lianyi.dispatch.models import (
    PlanState,
    RoundClosure,
    RoundPlan,
    RoundProgramme,
    RoundVisit,
    RoundVisitEvent,
    VisitState,
)
from lianyi.dispatch.rounds_checks import LineProblem, line_problems
from lianyi.dispatch.rounds_comparison import Change, ChangeKind, PlanLine, comparison_of
from lianyi.errors import InvalidInputError

MOST_LINES = 20_000
MOST_DAYS = 400
LINE_FIELDS = ("crew", "day", "position", "arrives_at", "departs_at", "travel_minutes", "plan", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRoundPlan:
    """A plan as it was made: its lines, the visits it had to leave open with the reason, its figures."""

    starts_on: datetime.date
    ends_on: datetime.date
    lines: Sequence[PlanLine]
    origin: str
    unmet: Sequence[Mapping[str, Any]] = ()
    figures: Mapping[str, Any] = field(default_factory=dict)


@command("dispatch.round_plan.propose")
def propose_plan(context: CommandContext, programme: RoundProgramme, new: NewRoundPlan) -> RoundPlan:
    """Keep a plan to be looked at. Nothing is planned before it is taken over."""
    return new_proposal(context, programme, new)


def new_proposal(context: CommandContext, programme: RoundProgramme, new: NewRoundPlan) -> RoundPlan:
    """Check a plan and keep it, within the transaction of a command.

    Raises
    ------
    InvalidInputError
        When it has no visit, or too many visits or days.
    RoundPlanRefusedError
        Naming the visits that cannot be.
    """
    require_on_plan(context.actor, "dispatch.write", programme.agreement)
    if not new.lines:
        raise InvalidInputError("The plan has no visit.", field="file", reason="round-plan-empty")
    days = (new.ends_on - new.starts_on).days + 1
    if days > MOST_DAYS or len(new.lines) > MOST_LINES:
        raise InvalidInputError(
            f"The plan has {days} days and {len(new.lines)} visits; {MOST_DAYS} days and {MOST_LINES} visits at most.",
            field="file",
            reason="round-plan-large",
            days=MOST_DAYS,
            visits=MOST_LINES,
        )
    # Days that are over are left out of the comparison; nobody plans them again.
    _refuse_problems(programme, [line for line in new.lines if line.day >= timezone.localdate()])
    number = (programme.plans.aggregate(last=Max("number"))["last"] or 0) + 1
    plan = RoundPlan(
        programme=programme,
        number=number,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        origin=new.origin,
        lines=[line.kept() for line in new.lines],
        unmet=[dict(each) for each in new.unmet],
        figures=dict(new.figures),
        made_by_id=context.actor.user_id,
    )
    plan.save()
    facts = {name: value for name, value in creation_facts(plan).items() if name not in ("lines", "unmet")}
    record(context, "dispatch.round_plan.propose", plan, before=None, after={**facts, "visits": len(new.lines)})
    return plan


@command("dispatch.round_plan.take_over")
def take_over_plan(context: CommandContext, plan: RoundPlan, expected_version: int) -> RoundPlan:
    """Make the plan the planned visits of its days from today on. Visits that are recorded stay as they are."""
    _require_open(context, plan)
    lines = [PlanLine.of(each) for each in plan.lines]
    today = timezone.localdate()
    _refuse_problems(plan.programme, [line for line in lines if line.day >= today])
    _settle(context, plan, PlanState.TAKEN_OVER, expected_version)
    changes = [each for each in comparison_of(plan, today).changes if each.kind is not ChangeKind.SAME]
    _write_new(context, plan, changes)
    _write_changed(context, plan, changes)
    return plan


@command("dispatch.round_plan.put_aside")
def put_plan_aside(context: CommandContext, plan: RoundPlan, expected_version: int) -> RoundPlan:
    _require_open(context, plan)
    return _settle(context, plan, PlanState.PUT_ASIDE, expected_version)


def _require_open(context: CommandContext, plan: RoundPlan) -> None:
    require_on_plan(context.actor, "dispatch.write", plan.programme.agreement)
    if plan.state != PlanState.PROPOSED:
        raise RoundPlanRefusedError(
            f"The plan {plan.number} is '{plan.state}' already.",
            reason="settled",
            plan=plan.number,
            state_label=plan.get_state_display(),
        )


def _settle(context: CommandContext, plan: RoundPlan, state: PlanState, expected_version: int) -> RoundPlan:
    changes = {"state": state.value, "settled_at": timezone.now()}
    before = snapshot(plan, changes)
    save_changes(plan, changes, expected_version)
    name = "take_over" if state is PlanState.TAKEN_OVER else "put_aside"
    record(context, f"dispatch.round_plan.{name}", plan, before=before, after=snapshot(plan, changes))
    return plan


def _refuse_problems(programme: RoundProgramme, lines: Sequence[PlanLine]) -> None:
    closures = Prefetch("closures", RoundClosure.objects.filter(is_void=False))
    related = programme.stops.select_related("programme", "place", "institution").prefetch_related(closures)
    stops = {row.pk: row for row in related}
    crews = {row.pk: row for row in programme.crews.select_related("team")}
    problems: list[LineProblem] = line_problems(lines, stops, crews)
    if problems:
        raise RoundPlanRefusedError(
            f"{len(problems)} visits of the plan cannot be; the first: {problems[0].reason}.",
            reason="problems",
            problems=problems,
            count=len(problems),
        )


def _write_new(context: CommandContext, plan: RoundPlan, changes: Sequence[Change]) -> None:
    rows = [
        RoundVisit(stop_id=each.line.stop_id, plan=plan, **each.line.values())
        for each in changes
        if each.kind is ChangeKind.NEW and each.line is not None
    ]
    RoundVisit.objects.bulk_create(rows)
    RoundVisitEvent.objects.bulk_create([note_of_visit(context, row, "plan", "", {}) for row in rows])
    action = "dispatch.round_visit.plan"
    record_many(context, [entry_of(action, row, None, creation_facts(row)) for row in rows])


def _write_changed(context: CommandContext, plan: RoundPlan, changes: Sequence[Change]) -> None:
    rows, events, entries = [], [], []
    for each in changes:
        if each.visit is None:
            continue
        values = _values_of(each, plan)
        row, before, from_state = each.visit, snapshot(each.visit, values), each.visit.state
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
        row.updated_at = timezone.now()
        step = "withdraw" if each.line is None else "move"
        rows.append(row)
        events.append(note_of_visit(context, row, step, from_state, before))
        entries.append(entry_of(f"dispatch.round_visit.{step}", row, before, snapshot(row, values)))
    RoundVisit.objects.bulk_update(rows, [*LINE_FIELDS, "version", "updated_at"], batch_size=500)
    RoundVisitEvent.objects.bulk_create(events)
    record_many(context, entries)


def _values_of(change: Change, plan: RoundPlan) -> dict[str, Any]:
    if change.line is None:
        return {"state": VisitState.WITHDRAWN.value, "plan_id": plan.pk}
    return {**change.line.values(), "plan_id": plan.pk}
