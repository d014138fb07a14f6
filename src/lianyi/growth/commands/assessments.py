"""Assessments: begun, their items written as a whole, and taken through the steps of the table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, creation_facts, entry_of, record, record_many, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.numbering import next_code
from lianyi.accounts.records import Provenance, save_changes
from lianyi.errors import InvalidInputError
from lianyi.growth.assessment_times import ItemTimes, times_by_item
from lianyi.growth.assessments_authority import WRITE, is_author, kind_for, may_start, require_on
from lianyi.growth.assessments_checks import ItemEntry, check_assessment, measured, problems_of_items
from lianyi.growth.assessments_machine import ASSESSMENT_STEP_BY_NAME, AssessmentStep, assessment_steps_from
from lianyi.growth.errors import AssessmentItemsRefusedError, AssessmentStepRefusedError
from lianyi.growth.models import (
    AssessmentEvent,
    AssessmentItem,
    AssessmentState,
    CapabilityAssessment,
    ItemResultState,
)
from lianyi.growth.rulebook import checklist_book, checklist_of, frozen
from lianyi.growth.scoring import figures_of
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Institution

CHANGEABLE = ("assessed_on", "assessed_by", "note")
_NOT_ASSESSED = ItemResultState.NOT_ASSESSED.value


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssessment:
    """What an assessment begins with; without a code it gets the next one."""

    institution: Institution
    checklist: str
    assessed_on: datetime.date
    department_id: int | None = None
    agreement: Agreement | None = None
    assessed_by: str = ""
    note: str = ""
    code: str = ""
    provenance: str = Provenance.RECORDED


@command("growth.assessment.start")
def start_assessment(context: CommandContext, new: NewAssessment) -> CapabilityAssessment:
    """Begin an assessment. Whether it is one of the own house follows from who begins it."""
    if not may_start(context.actor, new.institution.pk, new.department_id, new.agreement):
        raise NotPermittedError(
            "You may assess an institution that your affiliation covers, or one that an agreement in which you take "
            "part supports; a head of department the own department.",
            reason="assessment-start",
            permission=WRITE,
        )
    row = CapabilityAssessment(
        code=new.code or next_code(CapabilityAssessment, "A"),
        institution=new.institution,
        department_id=new.department_id,
        agreement=new.agreement,
        checklist=new.checklist,
        assessed_on=new.assessed_on,
        kind=kind_for(context.actor, new.institution.pk),
        assessed_by=new.assessed_by,
        note=new.note,
        provenance=new.provenance,
    )
    check_assessment(row, checklist_book())
    if CapabilityAssessment.objects.filter(code=row.code).exists():
        raise InvalidInputError(
            f"There is an assessment '{row.code}' already; choose another code.",
            field="code",
            reason="assessment-code-taken",
            given=row.code,
        )
    row.save()
    note_event(context, row, "start", AssessmentState.DRAFT, {}).save()
    record(context, "growth.assessment.start", row, before=None, after=creation_facts(row))
    return row


@command("growth.assessment.change")
def change_assessment(
    context: CommandContext, row: CapabilityAssessment, changes: Mapping[str, Any], expected_version: int
) -> CapabilityAssessment:
    """Change day, names or note of a draft."""
    _require_draft(context, row)
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    wanted = CapabilityAssessment.objects.get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    check_assessment(wanted, checklist_book())
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    note_event(context, row, "change", row.state, {}).save()
    record(context, "growth.assessment.change", row, before=before, after=snapshot(row, changes))
    return row


def _require_draft(context: CommandContext, row: CapabilityAssessment) -> None:
    require_on(context.actor, WRITE, row)
    if row.state != AssessmentState.DRAFT:
        raise AssessmentStepRefusedError(
            f"The assessment {row.code} is no draft any more; have it sent back or opened again before you change it.",
            reason="assessment-no-draft",
            assessment=row.code,
            state_label=AssessmentState(row.state).label,
        )


@command("growth.assessment.items")
def save_items(
    context: CommandContext, row: CapabilityAssessment, entries: Sequence[ItemEntry], expected_version: int
) -> CapabilityAssessment:
    """Write items of a draft as a whole: one that cannot be kept keeps all of them back.

    Where referrals hold the times of an item, its value is counted from them and none is typed.

    Raises
    ------
    AssessmentItemsRefusedError
        With the refusal of each item by its id.
    """
    _require_draft(context, row)
    checklist = checklist_of(row)
    times = times_by_item(context.actor, row, checklist)
    problems = problems_of_items(checklist, entries, times)
    if problems:
        raise AssessmentItemsRefusedError(
            f"{len(problems)} items cannot be kept: {', '.join(problems)}. Mend them, then save all again.",
            problems=problems,
            count=len(problems),
        )
    changed = _write_items(row, entries, times)
    save_changes(row, {}, expected_version)
    if changed:
        note_event(context, row, "items", row.state, {"items": len(changed)}).save()
        record_many(context, [entry_of("growth.assessment.item", each, None, creation_facts(each)) for each in changed])
    return row


def _write_items(
    row: CapabilityAssessment, entries: Sequence[ItemEntry], times: Mapping[str, ItemTimes]
) -> list[AssessmentItem]:
    """Create or update the rows that differ, and return them."""
    kept = {each.item: each for each in row.items.all()}
    changed = []
    for entry in entries:
        item = kept.get(entry.item, AssessmentItem(assessment=row, item=entry.item, result=_NOT_ASSESSED))
        facts = {"result": entry.result, "evidence": entry.evidence, **measured(entry, times.get(entry.item))}
        if all(getattr(item, name) == value for name, value in facts.items()):
            continue
        for name, value in facts.items():
            setattr(item, name, value)
        item.provenance = row.provenance
        item.save()
        changed.append(item)
    return changed


@command("growth.assessment.step")
def take_assessment_step(
    context: CommandContext, row: CapabilityAssessment, step_name: str, expected_version: int
) -> CapabilityAssessment:
    """Take one step of the table."""
    step = _step_for(row, step_name)
    require_on(context.actor, step.permission, row)
    _check_step(context, row, step)
    changes: dict[str, Any] = {"state": step.to_state.value}
    facts: dict[str, Any] = {}
    if step.freezes:
        changes["frozen"] = frozen(checklist_book().get(row.checklist))
        facts = results_of(row)
    elif row.frozen:
        changes["frozen"] = {}
    before, from_state = snapshot(row, changes), row.state
    save_changes(row, changes, expected_version)
    note_event(context, row, step.name, from_state, facts).save()
    record(context, f"growth.assessment.{step.name}", row, before=before, after=snapshot(row, changes))
    return row


def results_of(row: CapabilityAssessment) -> dict[str, Any]:
    """Return the results as an event keeps them, also when the assessment is opened again later."""
    items = list(row.items.all())
    figures = figures_of(checklist_of(row), items)
    return {
        "headline": figures.headline,
        "coverage": figures.coverage,
        "items": {each.item: [each.result, each.value, each.evidence] for each in items},
    }


def _step_for(row: CapabilityAssessment, step_name: str) -> AssessmentStep:
    step, allowed = ASSESSMENT_STEP_BY_NAME.get(step_name), assessment_steps_from(row.state)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed) or "none, it is over"
        raise AssessmentStepRefusedError(
            f"The assessment {row.code} is '{row.state}'; '{step_name}' does not follow. Possible now: {names}.",
            reason="assessment-not-following",
            assessment=row.code,
            step=step_name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=AssessmentState(row.state).label,
            allowed=[each.name for each in allowed],
        )
    return step


def _check_step(context: CommandContext, row: CapabilityAssessment, step: AssessmentStep) -> None:
    if step.needs_reason and not context.reason.strip():
        raise InvalidInputError(
            f"The step '{step.name}' needs a reason in words.",
            field="reason",
            reason="assessment-step-without-reason",
            step=step.label,
        )
    if step.by_another and is_author(context.actor, row):
        raise SeparationOfDutiesError(
            "You wrote or submitted this assessment; somebody else checks it.",
            reason="own-assessment",
            assessment=row.code,
        )
    if step.asks_items and not row.items.exclude(result=ItemResultState.NOT_ASSESSED).exists():
        raise InvalidInputError(
            f"No item of the assessment {row.code} is assessed yet. Fill in what was found, then submit it.",
            reason="assessment-empty",
            assessment=row.code,
        )


def note_event(
    context: CommandContext, row: CapabilityAssessment, step: str, from_state: str, facts: Mapping[str, Any]
) -> AssessmentEvent:
    return AssessmentEvent(
        assessment=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        facts=dict(facts),
    )
