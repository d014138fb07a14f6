"""What nobody can say about the pipeline, whether typed or in a table."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from lianyi.errors import InvalidInputError
from lianyi.growth.models import (
    EthicsApproval,
    Innovation,
    InnovationGain,
    InnovationPartner,
    InnovationUse,
    InnovationUseCheck,
)
from lianyi.growth.models.pipeline import WHOLE_PERCENT
from lianyi.growth.pipeline_stages import stages_on
from lianyi.growth.projects_checks import check_order, check_past
from lianyi.partnerships.evidence import EvidenceKind
from lianyi.partnerships.models import AgreementParty
from lianyi.registry.models import Department

PIPELINE_DUTIES = (EvidenceKind.PIPELINE_STAGES, EvidenceKind.RESULTS_IN_USE)
MOST_QUANTITY = Decimal("999999999999.99")


def check_innovation(row: Innovation) -> None:
    """Refuse a first day ahead, a department elsewhere, a duty of something else, an agreement without a part in it."""
    check_past(row.started_on, "started_on")
    department = row.department_id
    if department and not Department.objects.filter(pk=department, institution_id=row.institution_id).exists():
        raise InvalidInputError(
            "The department belongs to another institution.", field="department", reason="project-department-elsewhere"
        )
    if row.duty is not None and (
        row.duty.agreement_id != row.agreement_id or row.duty.evidence_kind not in PIPELINE_DUTIES
    ):
        raise InvalidInputError(
            "The duty must belong to the agreement of the project and count stages or institutions.",
            field="duty",
            reason="pipeline-duty-other",
        )
    if row.agreement_id is not None:
        parts = AgreementParty.objects.filter(agreement_id=row.agreement_id, institution_id=row.institution_id)
        if not parts.exists():
            raise InvalidInputError(
                "The institution has no part in this agreement.", field="agreement", reason="project-no-party"
            )


def check_partner(row: InnovationPartner) -> None:
    """Refuse a partner without a name, and shares that are more than the whole on a day of theirs."""
    if (row.institution_id is None) == (not row.name_zh.strip()):
        raise InvalidInputError(
            "Name an institution of the registry, or a company or university, not both.",
            field="institution",
            reason="pipeline-partner-name",
        )
    if row.ends_on is not None:
        check_order(row.starts_on, row.ends_on, "ends_on")
    if not 0 <= row.share_percent <= WHOLE_PERCENT:
        raise _share_refused(row.share_percent)
    whole = largest_share(row)
    if whole > WHOLE_PERCENT:
        raise _share_refused(whole)


def largest_share(row: InnovationPartner) -> Decimal:
    """Return the largest sum of shares on any day on which this partner has one; it is largest where one begins."""
    others = InnovationPartner.objects.filter(innovation_id=row.innovation_id).exclude(pk=row.pk)
    if row.ends_on is not None:
        others = others.filter(starts_on__lte=row.ends_on)
    begins = {row.starts_on, *others.filter(starts_on__gt=row.starts_on).values_list("starts_on", flat=True)}
    sums = []
    for day in begins:
        there = others.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
        found: Decimal | None = there.aggregate(whole=Sum("share_percent"))["whole"]
        sums.append((found or Decimal(0)) + row.share_percent)
    return max(sums)


def _share_refused(given: Decimal) -> InvalidInputError:
    return InvalidInputError(
        f"Shares of rights would be {given} % together; they are from 0 to 100 %.",
        field="share_percent",
        reason="pipeline-shares",
        given=given,
    )


def check_approval(row: EthicsApproval) -> None:
    check_order(row.approved_on, row.valid_to, "valid_to")
    check_past(row.approved_on, "approved_on")


def check_gain(row: InnovationGain) -> None:
    """Refuse an amount that is none, a stage that the catalogue does not have, a correction of something else."""
    check_past(row.on, "on")
    if not 0 <= row.quantity <= MOST_QUANTITY:
        raise InvalidInputError(
            f"{row.quantity} is no amount from 0 to {MOST_QUANTITY}.",
            field="quantity",
            reason="pipeline-quantity",
            given=row.quantity,
        )
    if stages_on(row.on).stage(row.stage) is None:
        raise InvalidInputError(
            f"'{row.stage}' is no stage of the pipeline.", field="stage", reason="pipeline-stage", given=row.stage
        )
    wrong = row.corrects
    if wrong is not None and (wrong.innovation_id != row.innovation_id or wrong.kind != row.kind):
        raise InvalidInputError(
            "A line corrects one of the same project and kind.", field="corrects", reason="project-correction-elsewhere"
        )


def check_use(row: InnovationUse) -> None:
    check_past(row.first_used_on, "first_used_on")
    check_order(row.innovation.started_on, row.first_used_on, "first_used_on")


def check_use_check(row: InnovationUseCheck) -> None:
    check_past(row.checked_on, "checked_on")
    check_order(row.use.first_used_on, row.checked_on, "checked_on")


def valid_approval(row: Innovation, day: datetime.date) -> EthicsApproval | None:
    """Return an approval of the project that is valid on a day."""
    return row.approvals.filter(approved_on__lte=day, valid_to__gte=day).order_by("-valid_to").first()
