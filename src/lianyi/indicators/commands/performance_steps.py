"""A round taken through the steps of its table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.audit import snapshot as facts_before
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands.performance import note_event
from lianyi.indicators.models.performance import (
    FreezePurpose,
    NumberSource,
    PerformanceAssessment,
    PerformanceState,
    ScoringSide,
)
from lianyi.indicators.performance_authority import require_party
from lianyi.indicators.performance_checks import differs, is_found
from lianyi.indicators.performance_errors import PerformanceStepRefusedError
from lianyi.indicators.performance_machine import STEP_BY_NAME, Asks, PerformanceStep, steps_from
from lianyi.indicators.performance_rulebook import scheme_of
from lianyi.indicators.performance_scoring import by_side
from lianyi.indicators.performance_snapshot import digest, snapshot_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSays:
    """What a step is given: the last day of objections, or what a frozen round is used for."""

    objections_until: datetime.date | None = None
    purpose: str = ""


NOTHING_SAID = StepSays()


@command("indicators.performance.step")
def take_step(
    context: CommandContext, row: PerformanceAssessment, name: str, says: StepSays, expected_version: int
) -> PerformanceAssessment:
    """Take one step of the table."""
    step = _step_for(row, name)
    require_party(context.actor, step.party, row)
    _check(context, row, step, says)
    changes: dict[str, Any] = {"state": step.to_state.value}
    if step.asks is Asks.LAST_DAY:
        changes["objections_until"] = says.objections_until
    before, from_state = facts_before(row, changes), row.state
    if step.asks is Asks.PURPOSE:
        changes |= _frozen(context, row, says.purpose)
    save_changes(row, changes, expected_version)
    after = {each: value for each, value in facts_before(row, changes).items() if each != "snapshot"}
    if step.asks is not Asks.PURPOSE:
        note_event(context, row, step.name, from_state, _facts(says)).save()
    record(context, f"indicators.performance.{step.name}", row, before=before, after=after)
    return row


def _frozen(context: CommandContext, row: PerformanceAssessment, purpose: str) -> dict[str, Any]:
    """Return what freezing writes. The step itself stands in the history, and so in the snapshot, before the hash."""
    event = note_event(context, row, "freeze", row.state, {"purpose": purpose})
    event.to_state = PerformanceState.FROZEN
    event.save()
    kept = snapshot_of(row, purpose)
    return {"purpose": purpose, "snapshot": kept, "snapshot_sha256": digest(kept)}


def _facts(says: StepSays) -> dict[str, str]:
    return {} if says.objections_until is None else {"objections_until": says.objections_until.isoformat()}


def _step_for(row: PerformanceAssessment, name: str) -> PerformanceStep:
    step, allowed = STEP_BY_NAME.get(name), steps_from(row.state)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed) or "none, it is over"
        raise PerformanceStepRefusedError(
            f"The round {row.code} is '{row.state}'; '{name}' does not follow. Possible now: {names}.",
            reason="performance-not-following",
            round=row.code,
            step=name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=PerformanceState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    return step


def _check(context: CommandContext, row: PerformanceAssessment, step: PerformanceStep, says: StepSays) -> None:
    if step.needs_reason and not context.reason.strip():
        raise InvalidInputError(
            f"The step '{step.name}' needs a reason in words.",
            field="reason",
            reason="performance-step-without-reason",
            step=step.label,
        )
    if step.asks is Asks.OWN_FINDINGS:
        _check_own(row)
    elif step.asks is Asks.OUTSIDE_FINDINGS:
        _check_outside(row)
    elif step.asks is Asks.LAST_DAY:
        _check_last_day(says.objections_until)
    elif step.asks in (Asks.NO_OPEN_OBJECTION, Asks.OVER):
        _check_objections(row, is_over=step.asks is Asks.OVER)
    elif step.asks is Asks.PURPOSE and says.purpose not in FreezePurpose.values:
        raise InvalidInputError(
            f"'{says.purpose}' is no purpose. Accepted: {', '.join(FreezePurpose.values)}.",
            field="purpose",
            reason="performance-purpose",
            accepted=FreezePurpose.labels,
        )


def _check_own(row: PerformanceAssessment) -> None:
    own = by_side(row.findings.all())[ScoringSide.OWN]
    if not any(is_found(each) for each in own.values()):
        raise InvalidInputError(
            f"No item of the round {row.code} is self-scored yet.", reason="performance-empty", round=row.code
        )


def _check_outside(row: PerformanceAssessment) -> None:
    """Refuse while an item that the assessed scored has no outside score, or a difference has no reason."""
    sides = by_side(row.findings.all())
    own, outside = sides[ScoringSide.OWN], sides[ScoringSide.OUTSIDE]
    lacking = [name for name, each in own.items() if is_found(each) and not is_found(outside.get(name))]
    if lacking:
        raise InvalidInputError(
            f"These items are self-scored and have no outside score yet: {', '.join(lacking)}.",
            reason="performance-outside-lacking",
            items=_names(row, lacking),
        )
    unsaid = [
        each.item
        for each in row.findings.filter(side=ScoringSide.OUTSIDE, source=NumberSource.TYPED)
        if is_found(each) and differs(own.get(each.item), each) and not each.reason.strip()
    ]
    if unsaid:
        raise InvalidInputError(
            f"These outside scores differ without a reason: {', '.join(unsaid)}.",
            reason="performance-differences",
            items=_names(row, unsaid),
        )


def _names(row: PerformanceAssessment, ids: list[str]) -> list[str]:
    numbers: Mapping[str, int] = {each.id: at for at, each in enumerate(scheme_of(row).items, start=1)}
    return [f"{numbers.get(each, 0)} ({each})" for each in ids]


def _check_last_day(last_day: datetime.date | None) -> None:
    if last_day is None or last_day <= timezone.localdate():
        raise InvalidInputError(
            "Give the last day of objections; it lies after today.",
            field="objections_until",
            reason="performance-last-day",
            given=last_day,
        )


def _check_objections(row: PerformanceAssessment, *, is_over: bool) -> None:
    waiting = row.objections.filter(answer="").count()
    if waiting:
        raise InvalidInputError(
            f"{waiting} objections wait for an answer.", reason="performance-objections-open", count=waiting
        )
    if is_over and row.objections_until is not None and timezone.localdate() <= row.objections_until:
        raise InvalidInputError(
            f"Objections may be raised until {row.objections_until}; close the time after that day, or the assessed "
            "side says that it objects to nothing more.",
            reason="performance-not-over",
            last_day=row.objections_until,
        )
