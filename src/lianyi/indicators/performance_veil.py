"""Small counts of patients in a performance assessment: hidden from whoever only assesses and reads no cases.

Findings and the snapshot keep every number as it is; only what a reader is shown is veiled. No rule turns a count of
patients into points in proportion to it, so points tell no more of it than on which side of a limit it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils import timezone

from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.indicators.models.performance import PerformanceAssessment
from lianyi.methods.proportions import is_small_cell
from lianyi.partnerships.evidence import counter_of
from lianyi.referrals.counting import hides_small_counts
from lianyi.referrals.models import Leg
from lianyi.referrals.policies import policy_for
from lianyi.rules.assessment_schemes import SchemeItem


@dataclass(frozen=True, slots=True)
class PatientVeil:
    """Counts of patients from 1 to below ``least`` are not shown; 0 hides nothing."""

    least: int = 0

    def hides(self, count: Decimal | int | None) -> bool:
        return count is not None and is_small_cell(int(count), self.least)

    def hides_number(self, item: SchemeItem, count: Decimal | None) -> bool:
        """Tell whether the number of an item is a count of patients, and too small to be shown."""
        counter = counter_of(item.counted)
        return counter is not None and counter.hides is not None and self.hides(count)

    def hides_cases(self, item: SchemeItem, attained: int | None, cases: Decimal | None) -> bool:
        """Tell whether the cases of a measure are too few to be shown: within its limit, beyond it, or in all."""
        if item.attainment is None or attained is None or cases is None:
            return False
        return any(self.hides(count) for count in (attained, int(cases) - attained, cases))


OPEN: Final = PatientVeil()


def veil_for(actor: Actor, row: PerformanceAssessment) -> PatientVeil:
    """Return what is hidden from the actor in a round: nothing from who reads the cases that it counts."""
    if actor.is_service:
        return OPEN
    if row.agreement_id is None:
        hides = not decide(actor, "referral.read").allowed
    else:
        hides = hides_small_counts(actor, Leg.objects.filter(request__agreement_id=row.agreement_id))
    limits = policy_for(row.agreement, timezone.localdate()).limits
    return PatientVeil(limits.small_cell) if hides else OPEN
