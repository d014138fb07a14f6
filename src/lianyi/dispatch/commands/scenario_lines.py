"""Lines of a scenario by hand: added, moved, locked, unlocked, taken out. What is placed by hand is locked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.dispatch.authority import require_on_scenario
from lianyi.dispatch.errors import PlanLineRefusedError
from lianyi.dispatch.models import PlanLine, PlanScenario
from lianyi.dispatch.scenario_machine import require_act
from lianyi.dispatch.scenario_problem import PlanData, line_of, plan_data
from lianyi.dispatch.scenario_results import keep_touched
from lianyi.dispatch.scenario_verdict import verdict_of
from lianyi.methods.postings.problem import Line


@dataclass(frozen=True, slots=True)
class LineWish:
    """Who goes to which need, from which period to which, both counted from 0."""

    staff_id: int
    need_id: int
    first: int
    last: int

    @property
    def line(self) -> Line:
        return Line(str(self.staff_id), str(self.need_id), self.first, self.last)


@command("dispatch.scenario.add_line")
def add_line(context: CommandContext, scenario: PlanScenario, wish: LineWish) -> PlanLine:
    """Put a person into a need; refused where a rule about this person and term forbids it."""
    data = _data(context, scenario)
    _require_possible(data, wish.line, [line_of(each) for each in scenario.lines.all()])
    row = PlanLine.objects.create(
        scenario=scenario,
        staff_id=wish.staff_id,
        need_id=wish.need_id,
        first=wish.first,
        last=wish.last,
        is_locked=True,
        origin=PlanLine.Origin.BY_HAND,
    )
    record(context, "dispatch.scenario.add_line", row, before=None, after=creation_facts(row))
    keep_touched(scenario, data)
    return row


@command("dispatch.scenario.move_line")
def move_line(context: CommandContext, row: PlanLine, wish: LineWish, expected_version: int) -> PlanLine:
    """Move a line to other periods, another need or another person."""
    scenario = row.scenario
    data = _data(context, scenario)
    others = [line_of(each) for each in scenario.lines.exclude(pk=row.pk)]
    _require_possible(data, wish.line, others)
    changes: dict[str, Any] = {
        "staff_id": wish.staff_id,
        "need_id": wish.need_id,
        "first": wish.first,
        "last": wish.last,
        "is_locked": True,
        "origin": PlanLine.Origin.BY_HAND,
    }
    _change(context, "dispatch.scenario.move_line", row, changes, expected_version)
    keep_touched(scenario, data)
    return row


@command("dispatch.scenario.lock_line")
def lock_line(context: CommandContext, row: PlanLine, expected_version: int) -> PlanLine:
    """Keep a line as it is in every later search."""
    _require_editable(context, row.scenario)
    return _change(context, "dispatch.scenario.lock_line", row, {"is_locked": True}, expected_version)


@command("dispatch.scenario.unlock_line")
def unlock_line(context: CommandContext, row: PlanLine, expected_version: int) -> PlanLine:
    """Leave a line to the next search."""
    _require_editable(context, row.scenario)
    return _change(context, "dispatch.scenario.unlock_line", row, {"is_locked": False}, expected_version)


@command("dispatch.scenario.remove_line")
def remove_line(context: CommandContext, row: PlanLine, expected_version: int) -> PlanScenario:
    """Take a line out; the trail keeps what it was."""
    scenario = row.scenario
    data = _data(context, scenario)
    # The version is asked for as by every change, so that nobody takes out what was moved meanwhile.
    save_changes(row, {"is_locked": False}, expected_version)
    record(context, "dispatch.scenario.remove_line", row, before=creation_facts(row), after=None)
    row.delete()
    keep_touched(scenario, data)
    return scenario


def _data(context: CommandContext, scenario: PlanScenario) -> PlanData:
    _require_editable(context, scenario)
    return plan_data(context.actor, scenario)


def _require_editable(context: CommandContext, scenario: PlanScenario) -> None:
    require_on_scenario(context.actor, "dispatch.write", scenario)
    require_act(scenario, "edit_lines")


def _change(
    context: CommandContext, action: str, row: PlanLine, changes: Mapping[str, Any], expected_version: int
) -> PlanLine:
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, action, row, before=before, after=snapshot(row, changes))
    return row


def _require_possible(data: PlanData, line: Line, others: list[Line]) -> None:
    verdict = verdict_of(data, line, others)
    if verdict.bar is not None:
        raise PlanLineRefusedError(
            f"This line is not possible: {verdict.bar}. Choose another person, need or time.", reason=verdict.bar
        )
