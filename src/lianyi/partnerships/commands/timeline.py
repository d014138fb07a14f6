"""The six-step cycle and what happened in a partnership."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import StateRefusedError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement, CycleStep, TimelineFact

FIRST_STEP, LAST_STEP = CycleStep.Step.PARTNERSHIP, CycleStep.Step.REVIEW


@dataclass(frozen=True, slots=True)
class NewFact:
    code: str
    kind: str
    happened_on: datetime.date
    statement_zh: str
    statement_en: str = ""
    precision: str = TimelineFact.Precision.DAY
    quantity: Decimal | None = None
    unit: str = ""
    duty_id: int | None = None
    source: str = ""
    provenance: str = Provenance.RECORDED


@command("partnerships.cycle.start_step")
def start_cycle_step(
    context: CommandContext, agreement: Agreement, step: int, started_on: datetime.date, note: str = ""
) -> CycleStep:
    """Begin the next step of the running cycle; after a finished review, the first step of the next cycle."""
    require(context.actor, "agreement.write", agreement)
    last = agreement.cycle_steps.order_by("cycle", "step").last()
    cycle, expected = _next_step(last)
    if step != expected:
        raise StateRefusedError(
            f"The next step of the cycle is {expected} ({CycleStep.Step(expected).label}), not {step}.",
            reason="cycle-step-order",
            expected=CycleStep.Step(expected).label,
            given=dict(CycleStep.Step.choices).get(step, str(step)),
        )
    if last is not None and started_on < last.started_on:
        raise InvalidInputError(
            f"The step starts on {started_on}, before the step before it started on {last.started_on}.",
            field="started_on",
            reason="cycle-step-too-early",
            start=started_on,
            former_start=last.started_on,
        )
    row = CycleStep.objects.create(agreement=agreement, cycle=cycle, step=step, started_on=started_on, note=note)
    record(context, "partnerships.cycle.start_step", row, before=None, after=creation_facts(row))
    return row


def _next_step(last: CycleStep | None) -> tuple[int, int]:
    if last is None:
        return 1, FIRST_STEP
    if last.step < LAST_STEP:
        return last.cycle, last.step + 1
    if last.finished_on is None:
        raise StateRefusedError(
            f"Cycle {last.cycle} is under review; finish the review before a new cycle starts from it.",
            reason="cycle-under-review",
            cycle=last.cycle,
        )
    return last.cycle + 1, FIRST_STEP


@command("partnerships.cycle.finish_step")
def finish_cycle_step(
    context: CommandContext, row: CycleStep, finished_on: datetime.date, note: str, expected_version: int
) -> CycleStep:
    """Close a step with its last day."""
    require(context.actor, "agreement.write", row.agreement)
    if finished_on < row.started_on:
        raise InvalidInputError(
            f"The step ends on {finished_on}, before it started on {row.started_on}.",
            field="finished_on",
            reason="dates-reversed",
            start=row.started_on,
            end=finished_on,
        )
    changes = {"finished_on": finished_on, "note": note or row.note}
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, "partnerships.cycle.finish_step", row, before=before, after=snapshot(row, changes))
    return row


@command("partnerships.fact.record")
def record_fact(context: CommandContext, agreement: Agreement, new: NewFact) -> TimelineFact:
    """Put something that happened on the time line. It counts toward no duty: counters read the work itself."""
    require(context.actor, "agreement.write", agreement)
    if agreement.facts.filter(code=new.code).exists():
        raise InvalidInputError(
            f"The time line has an entry '{new.code}' already.",
            field="code",
            reason="entry-code-taken",
            given=new.code,
        )
    if new.duty_id is not None and not agreement.duties.filter(pk=new.duty_id).exists():
        raise InvalidInputError("The duty named belongs to another agreement.", field="duty", reason="duty-elsewhere")
    fact = TimelineFact.objects.create(
        agreement=agreement,
        code=new.code,
        kind=new.kind,
        happened_on=new.happened_on,
        precision=new.precision,
        statement_zh=new.statement_zh,
        statement_en=new.statement_en,
        quantity=new.quantity,
        unit=new.unit,
        duty_id=new.duty_id,
        source=new.source,
        provenance=new.provenance,
    )
    record(context, "partnerships.fact.record", fact, before=None, after=creation_facts(fact))
    return fact


@command("partnerships.fact.correct")
def correct_fact(
    context: CommandContext, fact: TimelineFact, changes: Mapping[str, Any], expected_version: int
) -> TimelineFact:
    """Correct an entry of the time line, with a reason. Reported facts are never changed to fit."""
    require(context.actor, "agreement.write", fact.agreement)
    if fact.provenance == Provenance.REPORTED and not context.actor.is_service:
        raise StateRefusedError(
            "This entry stands as a published report tells it and is not changed. Add an entry that sets it right.",
            reason="entry-as-reported",
        )
    if not context.reason.strip():
        raise InvalidInputError(
            "Correcting an entry needs a reason in words.", field="reason", reason="correction-without-reason"
        )
    allowed = {"kind", "happened_on", "precision", "statement_zh", "statement_en", "quantity", "unit", "duty_id"}
    unknown = sorted(set(changes) - allowed)
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    before = snapshot(fact, changes)
    save_changes(fact, changes, expected_version)
    record(context, "partnerships.fact.correct", fact, before=before, after=snapshot(fact, changes))
    return fact
