"""What gaps and lines of a plan must be before they are kept, and what a cycle must have before it goes on."""

from __future__ import annotations

from django.utils import timezone

from lianyi.errors import InvalidInputError
from lianyi.growth.cycles_machine import Asks
from lianyi.growth.errors import CycleStepRefusedError
from lianyi.growth.models import (
    AssessmentState,
    CapabilityAssessment,
    CapabilityCycle,
    CapabilityGap,
    GapPlanLine,
    HelpKind,
    OwnerSide,
)
from lianyi.partnerships.models import AgreementParty, Duty
from lianyi.registry.models import Department
from lianyi.rules import codes_of

LARGEST_TARGET = 1_000_000.0


def check_gap(row: CapabilityGap) -> None:
    """Refuse what no gap can be.

    Raises
    ------
    InvalidInputError
    """
    parties = AgreementParty.objects.filter(agreement_id=row.cycle.agreement_id, institution_id=row.institution_id)
    if not parties.exclude(side=AgreementParty.Side.SUPPORTING).exists():
        raise InvalidInputError(
            "A gap is one of an institution that the agreement supports.", field="institution", reason="gap-no-party"
        )
    for name, list_name in (("specialty", "specialties"), ("profession", "professions")):
        given = getattr(row, name)
        if given and given not in codes_of(list_name):
            raise InvalidInputError(
                f"'{given}' is no code of the list {list_name}.", field=name, reason="gap-code-unknown", given=given
            )
    if not row.words_zh.strip():
        raise InvalidInputError("Say in words what is missing.", field="words_zh", reason="gap-without-words")
    for name in ("priority", "distance", "need"):
        part = getattr(row, name)
        if part is not None and not 0.0 <= part <= 1.0:
            raise InvalidInputError(
                f"{part:g} is no share from 0 to 1.",
                field=name,
                reason="gap-part-range",
                given=part,
            )
    if row.department_id and not _is_of(row):
        raise InvalidInputError(
            "The department named belongs to another institution.", field="department", reason="department-elsewhere"
        )


def _is_of(row: CapabilityGap) -> bool:
    return Department.objects.filter(pk=row.department_id, institution_id=row.institution_id).exists()


def check_line(row: GapPlanLine) -> None:
    """Refuse what no line of a plan can be.

    Raises
    ------
    InvalidInputError
    """
    agreement_id = row.gap.cycle.agreement_id
    if row.kind not in HelpKind.values or row.owner_side not in OwnerSide.values:
        given = row.owner_side if row.kind in HelpKind.values else row.kind
        raise InvalidInputError(f"'{given}' cannot be chosen here.", reason="gap-line-code", given=given)
    if not row.what.strip():
        raise InvalidInputError("Say what is planned.", field="what", reason="gap-line-without-words")
    if row.duty_id is not None and not Duty.objects.filter(pk=row.duty_id, agreement_id=agreement_id).exists():
        raise InvalidInputError("The duty named belongs to another agreement.", field="duty", reason="duty-elsewhere")
    _check_records(row)
    if row.target_value is not None and not 0 <= row.target_value <= LARGEST_TARGET:
        raise InvalidInputError(
            f"{row.target_value:g} is no target from 0 to {LARGEST_TARGET:g}.",
            field="target_value",
            reason="gap-line-target",
            given=row.target_value,
        )
    if row.ended_on is not None and row.ended_on > timezone.localdate():
        raise InvalidInputError(
            f"{row.ended_on} is in the future.", field="ended_on", reason="gap-line-future", given=row.ended_on
        )


def _check_records(row: GapPlanLine) -> None:
    """Refuse records that belong to another partnership, or to another institution than the gap."""
    agreement_id, institution_id = row.gap.cycle.agreement_id, row.gap.institution_id
    for name in ("course", "mentor_pair"):
        record = getattr(row, name)
        if record is not None and record.agreement_id != agreement_id:
            raise _elsewhere(name, record.code)
    for name in ("technique", "project"):
        record = getattr(row, name)
        own = record is None or agreement_id == record.agreement_id or institution_id == record.institution_id
        if not own:
            raise _elsewhere(name, record.code)
    need = row.posting_need
    if need is not None and institution_id != need.institution_id:
        raise _elsewhere("posting_need", need.code)


def _elsewhere(field: str, code: str) -> InvalidInputError:
    return InvalidInputError(
        f"'{code}' belongs to another agreement or institution; name a record of this partnership.",
        field=field,
        reason="gap-line-record-elsewhere",
        given=code,
    )


def check_move(row: CapabilityCycle, asks: Asks) -> None:
    """Refuse to go on while what the step asks for is missing.

    Raises
    ------
    CycleStepRefusedError
    """
    if asks is Asks.GROUNDS and not row.gaps.exists() and not _is_assessed(row):
        raise CycleStepRefusedError(
            "No supported institution has a final assessment yet and no gap is gathered. Assess first.",
            reason="cycle-nothing-assessed",
        )
    if asks is Asks.GAPS and not row.gaps.exists():
        raise CycleStepRefusedError("No gap is gathered yet. Gather them, or write one.", reason="cycle-without-gaps")
    if asks is Asks.LINES and not GapPlanLine.objects.filter(gap__cycle=row).exists():
        raise CycleStepRefusedError("No gap has a line in the plan yet.", reason="cycle-without-plan")
    unseen = row.gaps.filter(review__isnull=True).count() if asks is Asks.REVIEWS else 0
    if unseen:
        raise CycleStepRefusedError(
            f"{unseen} gaps were not looked back on. Review them all, then finish.",
            reason="cycle-gaps-not-reviewed",
            count=unseen,
        )


def _is_assessed(row: CapabilityCycle) -> bool:
    supported = AgreementParty.objects.filter(agreement_id=row.agreement_id, side=AgreementParty.Side.SUPPORTED)
    return CapabilityAssessment.objects.filter(
        institution_id__in=supported.values("institution_id"), state=AssessmentState.FINAL
    ).exists()
