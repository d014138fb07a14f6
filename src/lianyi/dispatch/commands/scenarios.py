"""Scenarios of a plan: made, changed, copied, made to repair one that was handed over, put aside."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lianyi.accounts.access import scoped
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_plan, require_on_scenario
from lianyi.dispatch.models import PlanLine, PlanScenario, ScenarioState, UnmetNeed
from lianyi.dispatch.models.scenarios import LONGEST_SEARCH_SECONDS
from lianyi.dispatch.pairing_queries import decided
from lianyi.dispatch.scenario_machine import require_act
from lianyi.dispatch.scenario_rules import ScenarioRules
from lianyi.errors import InvalidInputError
from lianyi.methods.periods import MONTHS_PER_QUARTER
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution

MOST_PERIODS = 120
_KEPT_BY_A_COPY = (
    *("owner_id", "first_day", "periods", "months_per_period", "rules", "seed", "seconds", "figures", "is_touched"),
    "pairing_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScenario:
    """What is to be planned: which agreements, which months, by which rules, and how long to search."""

    name: str
    agreement_ids: Sequence[int]
    first_day: datetime.date
    periods: int
    months_per_period: int = 1
    rules: ScenarioRules = field(default_factory=ScenarioRules)
    seed: int = 0
    seconds: int = 60
    pairing_id: int | None = None

    def facts(self) -> dict[str, Any]:
        """Return what the row keeps of it."""
        return {
            "name": self.name.strip(),
            "first_day": self.first_day,
            "periods": self.periods,
            "months_per_period": self.months_per_period,
            "rules": self.rules.stored(),
            "seed": self.seed,
            "seconds": self.seconds,
            "pairing_id": self.pairing_id,
        }


@command("dispatch.scenario.create")
def create_scenario(context: CommandContext, new: NewScenario) -> PlanScenario:
    """Begin a scenario for the office of the one who plans."""
    _check(new)
    _check_pairing(context, new.pairing_id)
    agreements = _agreements(context, new.agreement_ids)
    row = PlanScenario.objects.create(owner_id=_owner(context, agreements), **new.facts())
    row.agreements.set(agreements)
    _record_new(context, "dispatch.scenario.create", row, agreements)
    return row


def _owner(context: CommandContext, agreements: Sequence[Agreement]) -> int:
    """Return the institution or place that the actor acts for; the installer plans for the first party that gives."""
    if context.actor.node_id is not None:
        return context.actor.node_id
    givers = Institution.objects.filter(agreement_parts__agreement__in=agreements, agreement_parts__side="supporting")
    return givers.order_by("pk").values_list("pk", flat=True)[0]


def _agreements(context: CommandContext, ids: Sequence[int]) -> list[Agreement]:
    rows = list(scoped(context.actor, Agreement.objects.filter(pk__in=ids)).order_by("code"))
    if not rows or len(rows) != len(set(ids)):
        raise InvalidInputError(
            "Choose one or more agreements within your reach.", field="agreements", reason="scenario-agreements"
        )
    for row in rows:
        require_on_plan(context.actor, "dispatch.write", row)
    return rows


def _check(new: NewScenario) -> None:
    if not new.name.strip():
        raise InvalidInputError("Give the scenario a name.", field="name", reason="scenario-name")
    if new.months_per_period not in PlanScenario.Period.values or not 1 <= new.periods <= MOST_PERIODS:
        raise InvalidInputError(
            f"A scenario has 1 to {MOST_PERIODS} months or quarters.", field="periods", reason="scenario-periods"
        )
    is_quarter = (new.first_day.month - 1) % MONTHS_PER_QUARTER == 0
    if new.first_day.day != 1 or (new.months_per_period == MONTHS_PER_QUARTER and not is_quarter):
        raise InvalidInputError(
            f"The plan begins on {new.first_day}; give the first day of a month, or of a quarter for quarters.",
            field="first_day",
            reason="scenario-first-day",
            given=new.first_day,
        )
    if not 1 <= new.seconds <= LONGEST_SEARCH_SECONDS:
        raise InvalidInputError(
            f"A search takes 1 to {LONGEST_SEARCH_SECONDS} seconds.",
            field="seconds",
            reason="scenario-seconds",
            most=LONGEST_SEARCH_SECONDS,
        )


def _check_pairing(context: CommandContext, pairing_id: int | None) -> None:
    """Refuse a pairing plan that is out of reach or was not decided for."""
    if pairing_id is not None and not decided(context.actor).filter(pk=pairing_id).exists():
        raise InvalidInputError(
            "Choose a pairing plan that was decided for.", field="pairing", reason="scenario-pairing"
        )


@command("dispatch.scenario.change")
def change_scenario(
    context: CommandContext, row: PlanScenario, new: NewScenario, expected_version: int
) -> PlanScenario:
    """Change what is asked. Agreements stay; so do the months once there are lines, which are counted in them."""
    require_on_scenario(context.actor, "dispatch.write", row)
    require_act(row, "change")
    _check(new)
    if new.pairing_id != row.pairing_id:
        _check_pairing(context, new.pairing_id)
    changes = new.facts()
    times = ("first_day", "periods", "months_per_period")
    if any(getattr(row, name) != changes[name] for name in times) and (row.repairs_id or row.lines.exists()):
        raise InvalidInputError(
            "The months cannot change any more: lines are counted in them. Copy the scenario without its lines.",
            field="first_day",
            reason="scenario-months-fixed",
        )
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, "dispatch.scenario.change", row, before=before, after=snapshot(row, changes))
    return row


@command("dispatch.scenario.copy")
def copy_scenario(context: CommandContext, source: PlanScenario, name: str) -> PlanScenario:
    """Copy a scenario with its lines and locks, so that something else can be tried."""
    require_on_scenario(context.actor, "dispatch.write", source)
    row = _copied(source, name, {"repairs_id": source.repairs_id, "changes": source.changes})
    lines = PlanLine.objects.filter(scenario=source).order_by("pk")
    PlanLine.objects.bulk_create(_copy_of(line, row, {"is_locked": line.is_locked}) for line in lines)
    UnmetNeed.objects.bulk_create(_unmet_copy(each, row) for each in source.unmet.order_by("pk"))
    _record_new(context, "dispatch.scenario.copy", row, list(row.agreements.order_by("code")))
    return row


@command("dispatch.scenario.repair")
def repair_scenario(context: CommandContext, source: PlanScenario, name: str) -> PlanScenario:
    """Begin a scenario that repairs one handed over: the search then changes as few people's lines as possible."""
    require_on_scenario(context.actor, "dispatch.write", source)
    require_act(source, "repair")
    row = _copied(source, name, {"repairs_id": source.pk, "changes": []})
    lines = PlanLine.objects.filter(scenario=source).order_by("pk")
    # A lock was for the plan as it was made; to repair it, the planner locks again what must not move.
    PlanLine.objects.bulk_create(_copy_of(line, row, {"is_locked": False}) for line in lines)
    _record_new(context, "dispatch.scenario.repair", row, list(row.agreements.order_by("code")))
    return row


def _copied(source: PlanScenario, name: str, more: Mapping[str, Any]) -> PlanScenario:
    if not name.strip():
        raise InvalidInputError("Give the scenario a name.", field="name", reason="scenario-name")
    facts = {each: getattr(source, each) for each in _KEPT_BY_A_COPY}
    has_lines = source.lines.exists()
    state = ScenarioState.READY if has_lines else ScenarioState.DRAFT
    row = PlanScenario.objects.create(
        name=name.strip(), copied_from=source, state=state, solved_at=source.solved_at, **facts, **more
    )
    row.agreements.set(source.agreements.all())
    return row


def _copy_of(line: PlanLine, row: PlanScenario, more: Mapping[str, Any]) -> PlanLine:
    return PlanLine(
        scenario=row,
        staff_id=line.staff_id,
        need_id=line.need_id,
        first=line.first,
        last=line.last,
        origin=line.origin,
        **more,
    )


def _unmet_copy(each: UnmetNeed, row: PlanScenario) -> UnmetNeed:
    return UnmetNeed(
        scenario=row,
        need_id=each.need_id,
        missing=each.missing,
        kind=each.kind,
        trace=each.trace,
        conflict=each.conflict,
        is_smallest=each.is_smallest,
        remedies=each.remedies,
    )


def _record_new(context: CommandContext, action: str, row: PlanScenario, agreements: Sequence[Agreement]) -> None:
    after = {**creation_facts(row), "agreements": [each.code for each in agreements]}
    record(context, action, row, before=None, after=after)


@command("dispatch.scenario.put_aside")
def put_aside_scenario(context: CommandContext, row: PlanScenario, expected_version: int) -> PlanScenario:
    """Put a scenario aside; it stays on record and can be taken up again."""
    return _step(context, row, "put_aside", expected_version)


@command("dispatch.scenario.take_up")
def take_up_scenario(context: CommandContext, row: PlanScenario, expected_version: int) -> PlanScenario:
    """Take a scenario up again that was put aside."""
    return _step(context, row, "take_up", expected_version)


def _step(context: CommandContext, row: PlanScenario, act: str, expected_version: int) -> PlanScenario:
    require_on_scenario(context.actor, "dispatch.write", row)
    after = require_act(row, act)
    if act == "take_up" and row.lines.exists():
        after = ScenarioState.READY
    changes = {"state": after.value}
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, f"dispatch.scenario.{act}", row, before=before, after=snapshot(row, changes))
    return row
