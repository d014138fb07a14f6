"""Quality control: charts that begin anew, cases opened from signals, and their steps."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext, creation_facts, plain, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import OrganisationNode, User
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.models import (
    ChartFinding,
    ChartRebase,
    QualityAction,
    QualityCase,
    QualityCheck,
    QualityEvent,
    QualityState,
    QualityVerdict,
)
from lianyi.indicators.quality_authority import owns, raise_not_owner, require_step
from lianyi.indicators.quality_checks import (
    check_evidence,
    check_ownership,
    check_reason,
    check_rebase,
    check_verdict,
    known_cause,
)
from lianyi.indicators.quality_errors import QualityStepRefusedError
from lianyi.indicators.quality_machine import (
    DECIDE,
    QUALITY_STEP_BY_NAME,
    WRITE,
    Asks,
    QualityStep,
    quality_steps_from,
)
from lianyi.indicators.quality_signals import Aftermath, PointSignal
from lianyi.indicators.queries.quality_charts import aftermath_of_case, signals_of_unit


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRebase:
    """From which period on a unit's chart begins anew, and what was changed in the work then."""

    node: OrganisationNode
    indicator: str
    period_start: datetime.date
    reason: str
    provenance: str = Provenance.RECORDED


@command("indicators.quality.rebase")
def begin_anew(context: CommandContext, new: NewRebase) -> ChartRebase:
    """Let a chart begin anew. Who decides about indicators does it, not the unit whose limits it moves."""
    require(context.actor, DECIDE)
    _require_covered(context, new.node)
    row = ChartRebase(
        node=new.node,
        indicator=new.indicator,
        period_start=new.period_start,
        reason=new.reason.strip(),
        provenance=new.provenance,
        user_id=context.actor.user_id,
        recorded_at=timezone.now(),
    )
    check_rebase(context.actor, row)
    row.save()
    record(context, "indicators.quality.rebase", row, before=None, after=creation_facts(row))
    return row


@command("indicators.quality.withdraw_rebase")
def withdraw_rebase(context: CommandContext, row: ChartRebase) -> ChartRebase:
    """Withdraw a new beginning by a further row, with the reason."""
    require(context.actor, DECIDE, row)
    check_reason(context.reason)
    if row.withdraws_id is not None or ChartRebase.objects.filter(withdraws=row).exists():
        raise InvalidInputError("This new beginning is withdrawn already.", reason="rebase-withdrawn")
    added = ChartRebase.objects.create(
        node_id=row.node_id,
        indicator=row.indicator,
        period_start=row.period_start,
        reason=context.reason.strip(),
        user_id=context.actor.user_id,
        recorded_at=timezone.now(),
        withdraws=row,
    )
    record(context, "indicators.quality.withdraw_rebase", added, before=None, after=creation_facts(added))
    return added


def _require_covered(context: CommandContext, node: OrganisationNode) -> None:
    if not context.actor.is_service and not covers(context.actor, node.pk):
        raise NotPermittedError(
            "Your affiliation does not cover this unit. Ask the office that keeps the record.",
            reason="relation",
            permission=DECIDE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQualityCase:
    """The signal that opens a case: of which unit and indicator, in which period."""

    node: OrganisationNode
    indicator: str
    period: str
    start: datetime.date
    is_watched: bool = False
    provenance: str = Provenance.RECORDED


@command("indicators.quality.open")
def open_case(context: CommandContext, new: NewQualityCase) -> QualityCase:
    """Open a case from a signal that the chart shows now.

    Raises
    ------
    InvalidInputError
        Where there is no signal in that period, where it is for the better, or where a case is open already.
    """
    require(context.actor, WRITE)
    _require_covered(context, new.node)
    signal = signals_of_unit(context.actor, new.indicator, new.period, new.node.pk).get(new.start)
    if signal is None:
        raise InvalidInputError(
            f"The chart shows no signal in the period from {new.start}.", reason="quality-no-signal", on=new.start
        )
    if not signal.may_open_case:
        raise InvalidInputError(
            f"The signal of the period from {new.start} is for the better.",
            reason="quality-signal-better",
            on=new.start,
        )
    _require_none_open(new.node.pk, new.indicator, signal.side)
    row = QualityCase(
        code=_next_code(timezone.localdate()),
        node=new.node,
        indicator=new.indicator,
        period=new.period,
        signal_start=new.start,
        side=signal.side,
        rule=signal.rule,
        found=signal.facts(),
        is_watched=new.is_watched,
        opened_on=timezone.localdate(),
        provenance=new.provenance,
    )
    row.save()
    note_quality_event(context, row, "open", "", _told(signal)).save()
    record(context, "indicators.quality.open", row, before=None, after=creation_facts(row))
    return row


def _require_none_open(node_id: int, indicator: str, side: str) -> None:
    over = (QualityState.CLOSED, QualityState.DISMISSED)
    rows = QualityCase.objects.filter(node_id=node_id, indicator=indicator, side=side).exclude(state__in=over)
    known = rows.values_list("code", flat=True).first()
    if known is not None:
        raise InvalidInputError(
            f"The case {known} about this is open already. Go on with that one.",
            reason="quality-case-open",
            case=known,
        )


def _next_code(today: datetime.date) -> str:
    prefix = f"QC-{today:%Y%m}-"
    number = QualityCase.objects.filter(code__startswith=prefix).count() + 1
    while QualityCase.objects.filter(code=f"{prefix}{number:03d}").exists():
        number += 1
    return f"{prefix}{number:03d}"


def _told(signal: PointSignal) -> dict[str, Any]:
    return {"start": signal.start.isoformat(), "side": str(signal.side), "rule": signal.rule}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who owns a case or an action, in person or in words, and until when."""

    due_on: datetime.date
    owner_id: int | None = None
    owner_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySays:
    """What a step says beside its reason."""

    ownership: Ownership | None = None
    cause_kind: str = ""
    cause: str = ""
    what: str = ""
    words: str = ""


NOTHING_SAID = QualitySays()


@command("indicators.quality.step")
def take_quality_step(
    context: CommandContext, row: QualityCase, step_name: str, says: QualitySays, expected_version: int
) -> QualityCase:
    """Take one step of the table."""
    step = _step_for(row, step_name)
    require_step(context.actor, step, row)
    if step.needs_reason:
        check_reason(context.reason)
    changes: dict[str, Any] = {"state": step.to_state.value}
    if step.asks is Asks.OWNER:
        changes |= _owner(row, says)
    if step.asks is Asks.CAUSE:
        changes |= known_cause(says.cause_kind, says.cause)
    if step.asks is Asks.VERDICT:
        _sign(context, row, step, says)
    if step.name == "start_check":
        changes["checker_id"] = context.actor.user_id
    if step.name == "send_back":
        changes["checker_id"] = None
    if step.to_state in (QualityState.CLOSED, QualityState.DISMISSED):
        changes["closed_on"] = timezone.localdate()
    if step.name == "reopen":
        _require_none_open(row.node_id, row.indicator, row.side)
        changes |= {"closed_on": None, "owner_id": None, "owner_words": "", "due_on": None, "checker_id": None}
    facts = {}
    if step.asks is Asks.ACTION:
        facts["action"] = _add_action(context, row, says).number
    return _save(context, row, step.name, changes, expected_version, facts)


def _step_for(row: QualityCase, step_name: str) -> QualityStep:
    step, allowed = QUALITY_STEP_BY_NAME.get(step_name), quality_steps_from(row.state)
    if step is None or step not in allowed or step.is_automatic:
        raise refused_step(row, step_name)
    return step


def refused_step(row: QualityCase, step_name: str) -> QualityStepRefusedError:
    """Return the refusal of a step that the table does not have for the state of a case."""
    step, allowed = QUALITY_STEP_BY_NAME.get(step_name), quality_steps_from(row.state)
    names = ", ".join(each.name for each in allowed)
    return QualityStepRefusedError(
        f"The case {row.code} is '{row.state}'; '{step_name}' does not follow. Possible now: {names}.",
        reason="quality-not-following",
        case=row.code,
        step=step_name if step is None else step.label,
        steps=[each.label for each in allowed],
        state_label=QualityState(row.state).label,
        allowed=[each.name for each in allowed],
    )


def _owner(row: QualityCase, says: QualitySays) -> dict[str, Any]:
    given = says.ownership
    if given is None:
        raise InvalidInputError("Say who owns it and until when.", field="owner", reason="quality-without-owner")
    check_ownership(row, given.owner_id, given.owner_words, given.due_on)
    return {"owner_id": given.owner_id, "owner_words": given.owner_words.strip(), "due_on": given.due_on}


def _add_action(context: CommandContext, row: QualityCase, says: QualitySays) -> QualityAction:
    if not says.what.strip() or says.ownership is None:
        raise InvalidInputError(
            "Say what is done, by whom and until when.", field="what", reason="quality-action-unsaid"
        )
    given = says.ownership
    check_ownership(row, given.owner_id, given.owner_words, given.due_on)
    added = QualityAction.objects.create(
        case=row,
        number=row.actions.count() + 1,
        what=says.what.strip(),
        owner_id=given.owner_id,
        owner_words=given.owner_words.strip(),
        due_on=given.due_on,
        provenance=row.provenance,
    )
    record(context, "indicators.quality.agree_action", added, before=None, after=creation_facts(added))
    return added


def _sign(context: CommandContext, row: QualityCase, step: QualityStep, says: QualitySays) -> None:
    """Keep a check with what the chart says at this moment; a verdict against the chart is refused."""
    if not says.words.strip():
        raise InvalidInputError("Say what the check found.", field="words", reason="quality-check-unsaid")
    told = aftermath_of_case(context.actor, row)
    verdict = QualityVerdict.WORKED if step.to_state is QualityState.WORKED else QualityVerdict.NOT_WORKED
    finding = ChartFinding.TOO_EARLY if told is None else told.finding
    check_verdict(verdict, finding, 0 if told is None else told.points)
    added = QualityCheck.objects.create(
        case=row,
        checked_on=timezone.localdate(),
        verdict=verdict,
        finding=finding,
        points=_points(told),
        facts={} if told is None else dict(told.facts()),
        words=says.words.strip(),
        user_id=context.actor.user_id,
        signed_by=User.objects.get(pk=context.actor.user_id).display_name,
    )
    record(context, "indicators.quality.check", added, before=None, after=creation_facts(added))


def _points(told: Aftermath | None) -> int:
    return 0 if told is None else told.points


@command("indicators.quality.hand_over")
def hand_over_case(
    context: CommandContext, row: QualityCase, ownership: Ownership, expected_version: int
) -> QualityCase:
    """Give a case another owner or day, with a reason: nothing is lost when somebody leaves."""
    require(context.actor, WRITE, row)
    check_reason(context.reason)
    if row.is_over or row.state == QualityState.OPEN:
        raise refused_step(row, "hand_over")
    changes = _owner(row, QualitySays(ownership=ownership))
    return _save(context, row, "hand_over", changes, expected_version, {})


@command("indicators.quality.finish_action")
def finish_action(
    context: CommandContext, row: QualityAction, done_on: datetime.date, evidence: str, expected_version: int
) -> QualityAction:
    """Report an action as done. With the last of them the case waits for its check."""
    _require_action(context, row)
    check_evidence(row, done_on, evidence)
    changes = {"done_on": done_on, "evidence": evidence.strip(), "done_by_id": context.actor.user_id}
    return _end_action(context, row, "finish_action", changes, expected_version)


@command("indicators.quality.drop_action")
def drop_action(context: CommandContext, row: QualityAction, expected_version: int) -> QualityAction:
    """Drop an action that is not done after all, with the reason."""
    _require_action(context, row)
    check_reason(context.reason)
    return _end_action(context, row, "drop_action", {"dropped_because": context.reason.strip()}, expected_version)


def _require_action(context: CommandContext, row: QualityAction) -> None:
    require(context.actor, WRITE, row)
    if not owns(context.actor, row) and not owns(context.actor, row.case):
        raise_not_owner()
    if not row.is_open or row.case.state != QualityState.ACTION_AGREED:
        raise InvalidInputError("This action is not open any more.", reason="quality-action-over")


def _end_action(
    context: CommandContext, row: QualityAction, name: str, changes: Mapping[str, Any], expected_version: int
) -> QualityAction:
    before = snapshot(row, changes)
    save_changes(row, changes, expected_version)
    record(context, f"indicators.quality.{name}", row, before=before, after=snapshot(row, changes))
    case = QualityCase.objects.get(pk=row.case_id)
    note_quality_event(context, case, name, case.state, {"action": row.number}).save()
    left = [each for each in case.actions.all() if each.is_open]
    if not left and case.actions.filter(done_on__isnull=False).exists():
        state = {"state": QualityState.ACTION_DONE.value}
        _save(context, case, "all_done", state, case.version, {})
    return row


def _save(
    context: CommandContext,
    row: QualityCase,
    step: str,
    changes: Mapping[str, Any],
    expected_version: int,
    facts: Mapping[str, Any],
) -> QualityCase:
    before, from_state = snapshot(row, changes), row.state
    save_changes(row, changes, expected_version)
    after = snapshot(row, changes)
    note_quality_event(context, row, step, from_state, {**facts, "before": before, "after": after}).save()
    record(context, f"indicators.quality.{step}", row, before=before, after=after)
    return row


def note_quality_event(
    context: CommandContext, row: QualityCase, step: str, from_state: str, facts: Mapping[str, Any]
) -> QualityEvent:
    return QualityEvent(
        case=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        facts=plain(facts),
    )
