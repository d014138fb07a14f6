"""Objections of the assessed side, and their answers by somebody who did not give the score."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import SeparationOfDutiesError
from lianyi.accounts.records import save_changes
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands.performance import note_event, require_state, write_findings
from lianyi.indicators.models.performance import (
    ObjectionAnswer,
    PerformanceAssessment,
    PerformanceObjection,
    PerformanceState,
    ScoringSide,
)
from lianyi.indicators.performance_authority import gave_scores, require_party
from lianyi.indicators.performance_checks import FindingEntry, is_found, problem_of_entry
from lianyi.indicators.performance_errors import PerformanceFindingsRefusedError
from lianyi.indicators.performance_given import NO_NUMBERS
from lianyi.indicators.performance_machine import Party
from lianyi.indicators.performance_rulebook import scheme_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered, and what is found now where the objection is upheld in whole or in part."""

    answer: str
    text: str
    finding: FindingEntry | None = None


@command("indicators.performance.object")
def raise_objection(context: CommandContext, row: PerformanceAssessment, item: str, text: str) -> PerformanceObjection:
    """Object to the outside score of an item, until the last day and once for each item."""
    require_party(context.actor, Party.ASSESSED, row)
    require_state(row, (PerformanceState.OPEN,))
    today = timezone.localdate()
    if row.objections_until is not None and today > row.objections_until:
        raise InvalidInputError(
            f"Objections could be raised until {row.objections_until}.",
            reason="performance-too-late",
            last_day=row.objections_until,
        )
    if scheme_of(row).item(item) is None:
        raise InvalidInputError(
            f"The scheme has no item '{item}'.", field="item", reason="performance-item-unknown", given=item
        )
    if not text.strip():
        raise InvalidInputError("Say what you object to and why.", field="text", reason="performance-objection-unsaid")
    if row.objections.filter(item=item).exists():
        raise InvalidInputError(
            f"There is an objection to '{item}' already.",
            field="item",
            reason="performance-objected-already",
            given=item,
        )
    found = PerformanceObjection.objects.create(
        assessment=row, item=item, text=text.strip(), raised_on=today, raised_by_id=context.actor.user_id
    )
    note_event(context, row, "object", row.state, {"item": item}).save()
    record(context, "indicators.performance.object", found, before=None, after=creation_facts(found))
    return found


@command("indicators.performance.answer")
def answer_objection(
    context: CommandContext, objection: PerformanceObjection, answer: Answer, expected_version: int
) -> PerformanceObjection:
    """Answer an objection; who gave outside scores in this round does not answer it.

    Raises
    ------
    SeparationOfDutiesError
    """
    row = objection.assessment
    require_party(context.actor, Party.OUTSIDE, row)
    require_state(row, (PerformanceState.OPEN,))
    if gave_scores(context.actor, row):
        raise SeparationOfDutiesError(
            "You gave outside scores in this round; another assessor answers the objections to them.",
            reason="own-scores",
            round=row.code,
        )
    if objection.answer:
        raise InvalidInputError("The objection is answered already.", reason="performance-answered-already")
    _check_answer(row, objection, answer)
    if answer.answer != ObjectionAnswer.REJECTED and answer.finding is not None:
        write_findings(context, row, ScoringSide.ANSWER, [answer.finding], NO_NUMBERS)
    changes = {
        "answer": answer.answer,
        "answer_text": answer.text.strip(),
        "answered_on": timezone.localdate(),
        "answered_by_id": context.actor.user_id,
    }
    before = snapshot(objection, changes)
    save_changes(objection, changes, expected_version)
    note_event(context, row, "answer", row.state, {"item": objection.item, "answer": answer.answer}).save()
    record(context, "indicators.performance.answer", objection, before=before, after=snapshot(objection, changes))
    return objection


def _check_answer(row: PerformanceAssessment, objection: PerformanceObjection, answer: Answer) -> None:
    if answer.answer not in ObjectionAnswer.values:
        raise InvalidInputError(
            f"'{answer.answer}' is no answer. Accepted: {', '.join(ObjectionAnswer.values)}.",
            field="answer",
            reason="performance-answer",
            accepted=ObjectionAnswer.labels,
        )
    if not answer.text.strip():
        raise InvalidInputError("Answer in words.", field="text", reason="performance-answer-unsaid")
    if answer.answer == ObjectionAnswer.REJECTED:
        return
    finding = answer.finding
    if finding is None or not is_found(finding) or finding.item != objection.item:
        raise InvalidInputError(
            "An objection that is upheld changes the score; give what is found now.",
            reason="performance-answer-without-finding",
        )
    problem = problem_of_entry(scheme_of(row).item(finding.item), finding, is_counted=False)
    if problem is not None:
        raise PerformanceFindingsRefusedError(
            f"The finding cannot be kept: {problem}", problems={finding.item: problem}, count=1
        )
