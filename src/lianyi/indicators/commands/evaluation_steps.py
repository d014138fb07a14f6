"""The steps of an evaluation: the question fixed, the answer computed, reviewed by another, published."""

from __future__ import annotations

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.records import save_changes
from lianyi.analysis.time_axis import time_axis
from lianyi.indicators.commands.evaluations import note_event
from lianyi.indicators.evaluation_answers import answer_of
from lianyi.indicators.evaluation_authority import may_review, require_writer, worked_on
from lianyi.indicators.evaluation_checks import check_fixable
from lianyi.indicators.evaluation_errors import EvaluationQuestionRefusedError, EvaluationStepRefusedError
from lianyi.indicators.evaluation_machine import REVIEW, STEP_BY_NAME, Does, EvaluationStep, steps_from
from lianyi.indicators.evaluation_panel import panel_of
from lianyi.indicators.evaluation_question import asked_of, canonical, digest, question_document
from lianyi.indicators.models import Evaluation, EvaluationResult, EvaluationState, EvaluationUnit


@command("indicators.evaluation.step")
def take_evaluation_step(context: CommandContext, row: Evaluation, step_name: str, expected_version: int) -> Evaluation:
    """Take one step of the table."""
    step = _step_for(row, step_name)
    _require(context, row, step)
    before, from_state = snapshot(row, ["state"]), row.state
    changes: dict[str, object] = {"state": step.to_state.value}
    facts: dict[str, object] = {}
    if step.does is Does.FIX:
        fixed = _fixed(row)
        changes |= fixed
        facts = {"sha256": fixed["fixed_sha256"], "figures_after_start": _figures_after_start(context, row)}
    elif step.does is Does.COMPUTE:
        result = _computed(context, row)
        facts = {"result": result.pk, "sha256": result.sha256}
    save_changes(row, changes, expected_version)
    note_event(context, row, step.name, from_state, facts).save()
    record(context, f"indicators.evaluation.{step.name}", row, before=before, after=snapshot(row, ["state"]))
    return row


def _step_for(row: Evaluation, step_name: str) -> EvaluationStep:
    step, allowed = STEP_BY_NAME.get(step_name), steps_from(row.state)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed)
        raise EvaluationStepRefusedError(
            f"The evaluation is '{row.state}'; '{step_name}' does not follow. Possible now: {names}.",
            reason="evaluation-not-following",
            step=step_name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=EvaluationState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    return step


def _require(context: CommandContext, row: Evaluation, step: EvaluationStep) -> None:
    if not step.by_another:
        require_writer(context.actor, row)
    elif not may_review(context.actor, row):
        raise NotPermittedError(
            "Another analyst of the place or an outside assessor reviews.",
            reason="evaluation-reviewer",
            permission=REVIEW,
        )
    elif worked_on(context.actor, row):
        raise SeparationOfDutiesError(
            "You asked, fixed or computed this evaluation; somebody else reviews it.", reason="own-evaluation"
        )
    if step.needs_reason and not context.reason.strip():
        raise EvaluationQuestionRefusedError(
            f"The step '{step.name}' needs words.",
            field="reason",
            reason="evaluation-step-unsaid",
            step=step.label,
        )


def _units(row: Evaluation) -> list[EvaluationUnit]:
    return list(row.units.select_related("node").order_by("pk"))


def _fixed(row: Evaluation) -> dict[str, str]:
    """Return the question in its plain form with its hash, refusing one that is not whole."""
    check_fixable(row)
    units = _units(row)
    asked_of(row, units)
    text = canonical(question_document(row, units))
    return {"fixed_text": text, "fixed_sha256": digest(text)}


def _figures_after_start(context: CommandContext, row: Evaluation) -> int:
    """Count the rows from the start on that were there when the question was fixed: who fixed it may have seen them."""
    panel = panel_of(context.actor, row, _units(row))
    if not panel.times:
        return 0
    axis, since_first = time_axis(list(panel.times))
    return int((since_first >= axis.place_of(row.starts)).sum())


def _computed(context: CommandContext, row: Evaluation) -> EvaluationResult:
    document = answer_of(context.actor, row, _units(row))
    text = canonical(document)
    return EvaluationResult.objects.create(
        evaluation=row,
        computed_at=timezone.now(),
        user_id=context.actor.user_id,
        software=document["software"],
        text=text,
        sha256=digest(text),
    )
