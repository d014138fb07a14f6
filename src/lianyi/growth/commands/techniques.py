"""Techniques of departments: chosen, attested, taken through the steps of the table."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.accounts.records import Provenance, save_changes
from lianyi.accounts.roles import Role
from lianyi.errors import InvalidInputError
from lianyi.growth.errors import PreconditionsOpenError, TechniqueStepRefusedError
from lianyi.growth.models import DepartmentTechnique, PreconditionAttestation, TechniqueState, TechniqueStep
from lianyi.growth.queries.techniques import LEARNING_SIDES
from lianyi.growth.technique_authority import require_step, require_writing
from lianyi.growth.technique_catalogue import technique_book
from lianyi.growth.technique_checks import checked_preconditions
from lianyi.growth.technique_ladders import ladder_of
from lianyi.growth.technique_steps import (
    TECHNIQUE_STEP_BY_NAME,
    TechniqueStepRule,
    state_after,
    technique_steps_from,
)
from lianyi.methods.technique_ladder import Rung
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Department

_SIGNATURES = ("state", "ready_on", "independent_from", "proposed_by_id", "signed_by_id")
_NO_SIGNATURE: dict[str, Any] = {
    "independent_from": None,
    "proposed_by_id": None,
    "signed_by_id": None,
    "proposed_by_staff_id": None,
    "signed_by_staff_id": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTechnique:
    """A technique to be learnt: one of the catalogue by its name there, or one of the department's own by its names."""

    department: Department
    chosen_on: datetime.date
    item: str = ""
    name_zh: str = ""
    name_en: str = ""
    reason: str = ""
    duty: Duty | None = None
    code: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class StepWords:
    """What somebody says with a step: from which day on; why, in words, stands in the context."""

    on: datetime.date | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@command("growth.technique.choose")
def choose_technique(context: CommandContext, agreement: Agreement, new: NewTechnique) -> DepartmentTechnique:
    """Choose a technique that a department of the learning side is to do alone one day."""
    require(context.actor, "growth.write", agreement)
    _require_own_department(context, new.department)
    row = DepartmentTechnique(
        agreement=agreement,
        duty=new.duty,
        institution_id=new.department.institution_id,
        department=new.department,
        code=new.code or next_code(agreement),
        item=new.item,
        name_zh=new.name_zh.strip(),
        name_en=new.name_en.strip(),
        chosen_on=new.chosen_on,
        chosen_by_id=context.actor.user_id,
        reason=new.reason,
        provenance=new.provenance,
    )
    take_names_of_catalogue(row)
    check_technique(row)
    row.save()
    note_of(context, row, "choose", "", row.chosen_on).save()
    record(context, "growth.technique.choose", row, before=None, after=creation_facts(row))
    return row


def _require_own_department(context: CommandContext, department: Department) -> None:
    own = context.actor.department_node_id
    if context.actor.role == Role.DEPARTMENT_HEAD and own is not None and own != department.pk:
        is_elsewhere = not Department.objects.filter(pk=own, institution_id=department.institution_id).exists()
        if not is_elsewhere:
            raise NotPermittedError(
                "A head of department records about the own department.",
                reason="technique-department",
                permission="growth.write",
            )


def take_names_of_catalogue(row: DepartmentTechnique) -> None:
    """Fill in what the catalogue calls a technique, where nothing else was given."""
    listed = technique_book().find(row.item, row.chosen_on) if row.item else None
    if listed is not None:
        row.name_zh = row.name_zh or listed.technique.title.zh
        row.name_en = row.name_en or listed.technique.title.en


def next_code(agreement: Agreement) -> str:
    """Return a free number for a technique under an agreement: its code with T01 behind it."""
    used = set(DepartmentTechnique.objects.values_list("code", flat=True))
    number = agreement.techniques.count() + 1
    while f"{agreement.code}-T{number:02d}" in used:
        number += 1
    return f"{agreement.code}-T{number:02d}"


def check_technique(row: DepartmentTechnique) -> None:
    """Refuse what no technique can be, whoever writes it."""
    if row.item and technique_book().find(row.item, row.chosen_on) is None:
        raise InvalidInputError(
            f"The catalogue has no technique '{row.item}'.", field="item", reason="technique-unknown", given=row.item
        )
    if not row.name_zh:
        raise InvalidInputError(
            "Choose a technique of the catalogue, or give its name.", field="name_zh", reason="technique-without-name"
        )
    if row.chosen_on > timezone.localdate():
        raise InvalidInputError(
            f"{row.chosen_on} is still to come.", field="chosen_on", reason="growth-day-ahead", day=row.chosen_on
        )
    if row.department.institution_id != row.institution_id:
        raise InvalidInputError(
            "The department belongs to another institution.", field="department", reason="technique-department"
        )
    if not row.agreement.parties.filter(institution_id=row.institution_id, side__in=LEARNING_SIDES).exists():
        raise InvalidInputError(
            "The institution is no party of the agreement that is supported.",
            field="department",
            reason="technique-no-party",
            agreement=row.agreement.code,
        )
    _check_duty(row)
    twins = DepartmentTechnique.objects.filter(agreement=row.agreement, department=row.department, name_zh=row.name_zh)
    if twins.exclude(pk=row.pk).exists():
        raise InvalidInputError(
            f"The department learns '{row.name_zh}' under this agreement already.",
            field="name_zh",
            reason="technique-twice",
            given=row.name_zh,
        )


def _check_duty(row: DepartmentTechnique) -> None:
    duty = row.duty
    if duty is None:
        return
    # An alliance may promise what another agreement of the same hospitals sends people for.
    learners = duty.agreement.parties.filter(institution_id=row.institution_id, side__in=LEARNING_SIDES)
    if duty.evidence_kind != EvidenceKind.TECHNIQUES_INDEPENDENT or not learners.exists():
        raise InvalidInputError(
            "The duty is none about techniques that this institution learns to do alone.",
            field="duty",
            reason="technique-duty",
        )


@command("growth.technique.attest")
def attest_precondition(
    context: CommandContext, row: DepartmentTechnique, precondition: str, evidence: str
) -> PreconditionAttestation:
    """Attest a precondition that is not on record. Whoever chose the technique does not attest what it needs."""
    require_writing(context.actor, row)
    if row.chosen_by_id is not None and row.chosen_by_id == context.actor.user_id:
        raise SeparationOfDutiesError(
            "You chose this technique; somebody else attests its preconditions.", reason="own-technique"
        )
    if not evidence.strip():
        raise InvalidInputError(
            "Say what was seen: which document, which room, which authorisation.",
            field="evidence",
            reason="attestation-without-evidence",
        )
    checked = {each.need.key: each for each in checked_preconditions(row, timezone.localdate())}
    found = checked.get(precondition)
    if found is None or not found.may_be_attested:
        raise InvalidInputError(
            "This precondition is on record or attested already.", reason="precondition-on-record", given=precondition
        )
    attestation = PreconditionAttestation(
        technique=row,
        precondition=precondition,
        evidence=evidence.strip(),
        attested_on=timezone.localdate(),
        attested_by_id=context.actor.user_id,
    )
    attestation.save()
    record(context, "growth.technique.attest", attestation, before=None, after=creation_facts(attestation))
    return attestation


@command("growth.technique.step")
def take_technique_step(
    context: CommandContext, row: DepartmentTechnique, name: str, said: StepWords, expected_version: int
) -> DepartmentTechnique:
    """Take one step of the table."""
    step = TECHNIQUE_STEP_BY_NAME.get(name)
    if step is None or row.state not in step.from_states or (name == "confirm_ready" and row.ready_on is not None):
        raise _not_following(row, name)
    require_step(context.actor, row, step)
    if step.by_another and row.proposed_by_id is not None and row.proposed_by_id == context.actor.user_id:
        raise SeparationOfDutiesError(
            "You proposed that the department does it alone; somebody else signs.", reason="own-technique-proposal"
        )
    if step.needs_reason and not context.reason.strip():
        raise InvalidInputError(
            "This step needs a reason in words.", field="reason", reason="technique-step-without-reason"
        )
    day = _day_of(step, said)
    _check_evidence(row, step)
    facts = _checks_as_facts(row, step)
    before, from_state = snapshot(row, _SIGNATURES), row.state
    save_changes(row, _changes(context, row, step, day), expected_version)
    note_of(context, row, name, from_state, day, {**said.facts, **facts}).save()
    record(context, f"growth.technique.{name}", row, before=before, after=snapshot(row, _SIGNATURES))
    return row


def _day_of(step: TechniqueStepRule, said: StepWords) -> datetime.date:
    today = timezone.localdate()
    if not step.asks_day or said.on is None:
        return today
    if said.on > today:
        raise InvalidInputError(f"{said.on} is still to come.", field="on", reason="growth-day-ahead", day=said.on)
    return said.on


def _check_evidence(row: DepartmentTechnique, step: TechniqueStepRule) -> None:
    """Refuse a step whose rung the cases do not prove."""
    if step.evidence is None:
        return
    ladder = ladder_of(row, timezone.localdate())
    if ladder.reached_on(step.evidence) is not None:
        return
    missing = next(each for each in ladder.steps if each.reached_on is None)
    if missing.rung is Rung.READY:
        raise InvalidInputError(
            "The preconditions are not confirmed yet. Confirm them first.", reason="technique-not-ready"
        )
    raise InvalidInputError(
        f"The rung '{missing.rung}' asks for {missing.needs} cases; {missing.has} are on record.",
        reason="technique-too-few-cases",
        rung=missing.rung.value,
        needs=missing.needs,
        has=missing.has,
    )


def _checks_as_facts(row: DepartmentTechnique, step: TechniqueStepRule) -> dict[str, Any]:
    """Return what the registry said on the day of confirming; refuse while something is open."""
    if not step.asks_preconditions:
        return {}
    checked = checked_preconditions(row, timezone.localdate())
    open_ones = [each for each in checked if each.is_open]
    if open_ones:
        raise PreconditionsOpenError(
            f"Not met or not attested: {', '.join(each.need.key for each in open_ones)}.",
            open=[each.need for each in open_ones],
            count=len(open_ones),
        )
    return {each.need.key: {"state": each.verdict.state.value, "has": each.verdict.has} for each in checked}


def _changes(
    context: CommandContext, row: DepartmentTechnique, step: TechniqueStepRule, day: datetime.date
) -> dict[str, Any]:
    is_signed = row.signed_by_id is not None or row.signed_by_staff_id is not None
    changes: dict[str, Any] = {"state": state_after(step, row.state, is_signed=is_signed).value}
    if step.name == "confirm_ready":
        return {**changes, "ready_on": day}
    if step.name == "propose":
        return {**changes, **_NO_SIGNATURE, "independent_from": day, "proposed_by_id": context.actor.user_id}
    if step.name == "sign":
        return {**changes, "signed_by_id": context.actor.user_id}
    is_withdrawn = step.name in ("refuse", "take_back", "revoke") or (step.name == "put_aside" and not is_signed)
    return {**changes, **_NO_SIGNATURE} if is_withdrawn else changes


def _not_following(row: DepartmentTechnique, name: str) -> TechniqueStepRefusedError:
    steps = [each for each in technique_steps_from(row.state) if each.name != "confirm_ready" or row.ready_on is None]
    return TechniqueStepRefusedError(
        f"The technique {row.code} is '{row.state}'; '{name}' does not follow.",
        technique=row.code,
        state_label=TechniqueState(row.state).label,
        steps=[each.label for each in steps],
        allowed=[each.name for each in steps],
    )


def note_of(
    context: CommandContext,
    row: DepartmentTechnique,
    step: str,
    from_state: str,
    day: datetime.date,
    facts: dict[str, Any] | None = None,
) -> TechniqueStep:
    """Return the line of history of a step."""
    return TechniqueStep(
        technique=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        happened_on=day,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        facts=facts or {},
    )
