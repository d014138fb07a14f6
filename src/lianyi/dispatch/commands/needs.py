"""Needs: written, changed while a draft, and taken through the steps of the table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import covers, require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.dispatch.authority import plans, require_on_need
from lianyi.dispatch.errors import NeedStepRefusedError
from lianyi.dispatch.models import Need, NeedEvent, NeedOrigin, NeedPriority, NeedReason, NeedState
from lianyi.dispatch.needs_filling import standing, with_standing
from lianyi.dispatch.needs_machine import (
    NEED_STEP_BY_NAME,
    NEED_STEP_REASONS,
    NeedStep,
    need_steps_from,
)
from lianyi.dispatch.needs_queries import is_author, next_need_code
from lianyi.errors import InvalidInputError
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department, Institution, Place
from lianyi.rules import codes_of
from lianyi.survey.models import Gap

MOST_PEOPLE, MOST_MONTHS = 9999, 120
LONGEST_REASON = 4000
EDITABLE_OF_NEEDS = (
    "institution_id",
    "department_id",
    "specialty",
    "profession",
    "least_title_rank",
    "people",
    "starts_on",
    "ends_on",
    "least_term_months",
    "reason_code",
    "reason",
    "priority",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNeed:
    """What a need says. ``people`` None says that the number is not known, never that nobody is needed."""

    institution: Institution | None
    people: int | None
    place: Place | None = None
    department_id: int | None = None
    specialty: str = ""
    profession: str = ""
    least_title_rank: str = "none"
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    least_term_months: int | None = None
    reason_code: str = ""
    reason: str = ""
    priority: int = NeedPriority.NORMAL
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class Origin:
    """What a need came from, with the figure in words of both languages."""

    kind: NeedOrigin = NeedOrigin.BY_HAND
    key: str = ""
    words_zh: str = ""
    words_en: str = ""
    gap: Gap | None = None


@command("dispatch.need.draft")
def draft_need(context: CommandContext, new: NewNeed) -> Need:
    """Write a need down. Nobody is asked for anything before it is submitted, approved and opened."""
    require(context.actor, "dispatch.write")
    institution = new.institution
    if not plans(context.actor) or institution is None or not covers(context.actor, institution.pk):
        raise NotPermittedError(
            "A need is written for an institution that your affiliation covers, by its office or that of its region.",
            reason="need",
            permission="dispatch.write",
        )
    return write_need(context, new, Origin())


def write_need(context: CommandContext, new: NewNeed, origin: Origin) -> Need:
    """Write a draft as part of a command; who may ask for it is checked there."""
    place = new.place if new.institution is None else new.institution.place
    if place is None:
        raise InvalidInputError("A need belongs to a place.", field="institution", reason="need-without-place")
    row = Need(
        code=next_need_code(new.institution, place),
        place=place,
        institution=new.institution,
        provenance=new.provenance,
        origin=origin.kind,
        origin_key=origin.key,
        origin_zh=origin.words_zh,
        origin_en=origin.words_en,
        gap=origin.gap,
        **{name: getattr(new, name) for name in EDITABLE_OF_NEEDS if name != "institution_id"},
    )
    check_need(row)
    row.save()
    note_of_need(context, row, "draft", NeedState.DRAFT, {}).save()
    record(context, "dispatch.need.draft", row, before=None, after=creation_facts(row))
    return row


def check_need(row: Need) -> None:
    """Refuse what no need can say, whether a draft or not."""
    for name, list_name in (
        ("specialty", "specialties"),
        ("profession", "professions"),
        ("least_title_rank", "title_ranks"),
    ):
        given = getattr(row, name)
        if given and given not in codes_of(list_name):
            raise InvalidInputError(
                f"'{given}' is no code of the list {list_name}.", field=name, reason="need-code-unknown", given=given
            )
    if row.reason_code and row.reason_code not in NeedReason.values:
        raise InvalidInputError(
            f"'{row.reason_code}' is no reason.", field="reason_code", reason="need-code-unknown", given=row.reason_code
        )
    if row.priority not in NeedPriority.values:
        raise InvalidInputError(
            f"'{row.priority}' is no priority.", field="priority", reason="need-code-unknown", given=row.priority
        )
    for name, most in (("people", MOST_PEOPLE), ("least_term_months", MOST_MONTHS)):
        number = getattr(row, name)
        if number is not None and not 1 <= number <= most:
            raise InvalidInputError(
                f"{number} is no number from 1 to {most}. Leave it empty where it is not known.",
                field=name,
                reason="need-number",
                given=number,
                most=most,
            )
    if row.starts_on is not None and row.ends_on is not None and row.ends_on < row.starts_on:
        raise InvalidInputError("The period ends before it starts.", field="ends_on", reason="need-period-reversed")
    department = row.department_id
    if department and not Department.objects.filter(pk=department, institution_id=row.institution_id).exists():
        raise InvalidInputError(
            "The department named belongs to another institution.", field="department", reason="department-elsewhere"
        )


@command("dispatch.need.change")
def change_need(context: CommandContext, row: Need, changes: Mapping[str, Any], expected_version: int) -> Need:
    """Change what a draft says. What is submitted is sent back first, so nobody approves what changed meanwhile."""
    require_on_need(context.actor, "dispatch.write", row)
    if row.state != NeedState.DRAFT:
        raise NeedStepRefusedError(
            f"The need {row.code} is no draft any more; have it sent back before you change it.",
            reason="need-submitted",
            need=row.code,
            state=row.state,
            allowed=[],
        )
    unknown = sorted(set(changes) - set(EDITABLE_OF_NEEDS))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    values = _with_its_place(context, row, dict(changes))
    before = snapshot(row, values)
    wanted = Need.objects.get(pk=row.pk)
    for name, value in values.items():
        setattr(wanted, name, value)
    check_need(wanted)
    save_changes(row, values, expected_version)
    after = snapshot(row, values)
    record(context, "dispatch.need.change", row, before=before, after=after)
    if after != before:
        note_of_need(context, row, "change", NeedState.DRAFT, before).save()
    return row


def _with_its_place(context: CommandContext, row: Need, values: dict[str, Any]) -> dict[str, Any]:
    """Give a need that goes to another institution the place and a free number of that institution."""
    wanted = values.get("institution_id", row.institution_id)
    if wanted == row.institution_id:
        return values
    institution = Institution.objects.select_related("place").filter(pk=wanted).first()
    if institution is None or not covers(context.actor, institution.pk):
        raise NotPermittedError(
            "A need is written for an institution that your affiliation covers, by its office or that of its region.",
            reason="need",
            permission="dispatch.write",
        )
    return {
        **values,
        "place_id": institution.place_id,
        "code": next_need_code(institution, institution.place),
    }


@command("dispatch.need.step")
def take_need_step(
    context: CommandContext, row: Need, step_name: str, expected_version: int, agreement: Agreement | None = None
) -> Need:
    """Take one step of a need's life. Opening may name the agreement whose parties are asked for help."""
    step = _step_for(row, step_name)
    require_on_need(context.actor, step.permission, row)
    _check_step(context, row, step)
    changes: dict[str, Any] = {"state": step.to_state.value}
    if agreement is not None:
        if step.name != "open":
            raise InvalidInputError(
                "An agreement is named when the need is opened.", field="agreement", reason="need-agreement-late"
            )
        require(context.actor, "agreement.read", agreement)
        changes["agreement_id"] = agreement.pk
    before, from_state = snapshot(row, changes), row.state
    save_changes(row, changes, expected_version)
    note_of_need(context, row, step.name, from_state, before).save()
    record(context, f"dispatch.need.{step.name}", row, before=before, after=snapshot(row, changes))
    return row


def _step_for(row: Need, step_name: str) -> NeedStep:
    stands = standing(with_standing(Need.objects.all()).get(pk=row.pk))
    step, allowed = NEED_STEP_BY_NAME.get(step_name), need_steps_from(stands)
    if step is None or step not in allowed:
        names = ", ".join(each.name for each in allowed) or "none, it is over"
        raise NeedStepRefusedError(
            f"The need {row.code} is '{stands}'; '{step_name}' does not follow. Possible now: {names}.",
            reason="need-not-following",
            need=row.code,
            step=step_name if step is None else step.label,
            steps=[each.label for each in allowed],
            state_label=NeedState(stands).label,
            state=stands,
            allowed=[each.name for each in allowed],
        )
    return step


def _check_step(context: CommandContext, row: Need, step: NeedStep) -> None:
    if step.needs_reason and (context.reason_code not in NEED_STEP_REASONS or not context.reason.strip()):
        raise InvalidInputError(
            f"The step '{step.name}' needs a reason from the list ({', '.join(NEED_STEP_REASONS)}) and a sentence.",
            field="reason",
            reason="step-without-reason",
            step=step.label,
            accepted=list(NEED_STEP_REASONS.values()),
        )
    if step.by_another and is_author(context.actor, row):
        raise SeparationOfDutiesError(
            "You wrote, changed or submitted this need; somebody else approves it.",
            reason="own-need",
            step="approval",
            need=row.code,
        )
    if step.asks_completeness:
        _check_completeness(row)


def _check_completeness(row: Need) -> None:
    """Refuse to submit what nobody could decide about."""
    missing = [
        name
        for name in ("institution_id", "profession", "starts_on", "ends_on", "reason_code", "reason")
        if not getattr(row, name)
    ]
    if row.profession == "doctor" and not row.specialty:
        missing.append("specialty")
    if missing:
        fields = {field.attname: field.verbose_name for field in Need._meta.concrete_fields}
        labels = [fields[name] for name in missing]
        raise InvalidInputError(
            f"The need does not say yet: {', '.join(missing)}. Complete it, then submit it.",
            reason="need-incomplete",
            missing=labels,
        )
    if row.ends_on is not None and row.ends_on < timezone.localdate():
        raise InvalidInputError(
            f"The period ended on {row.ends_on}. Give the time for which people are wanted now.",
            reason="need-past",
            end=row.ends_on,
        )


def note_of_need(
    context: CommandContext, row: Need, step: str, from_state: str, before: Mapping[str, Any]
) -> NeedEvent:
    return NeedEvent(
        need=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason_code=context.reason_code,
        reason=context.reason,
        before=dict(before),
        after=snapshot(row, before),
    )
