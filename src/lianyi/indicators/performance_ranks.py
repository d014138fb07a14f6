"""The place of one round among those of its scheme and period, told only where they are many enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lianyi.indicators.models.performance import PerformanceAssessment
from lianyi.rules.assessment_schemes import AssessmentScheme, SchemeMethod
from lianyi.rules.schema import Confidence


@dataclass(frozen=True, slots=True)
class Standing:
    """A place among ``among`` rounds; without a place, ``least`` says how many the rule asks for."""

    place: int | None
    among: int
    least: int
    is_sourced: bool


def standing_of(
    row: PerformanceAssessment, scheme: AssessmentScheme, beside: Sequence[PerformanceAssessment]
) -> Standing | None:
    """Return the place of a frozen round; None where the scheme has no rule for places or gives no points.

    Equal shares have equal places. Nobody else's place is told: there is no league table.
    """
    if scheme.ranks is None or scheme.method is not SchemeMethod.POINTS or not row.is_frozen:
        return None
    is_sourced = scheme.ranks.confidence is Confidence.SOURCED
    shares = {each.pk: share for each in beside if (share := final_share(each)) is not None}
    own = shares.get(row.pk)
    if own is None or len(shares) < scheme.ranks.least:
        return Standing(None, len(shares), scheme.ranks.least, is_sourced)
    better = sum(1 for share in shares.values() if share > own)
    return Standing(better + 1, len(shares), scheme.ranks.least, is_sourced)


def final_share(row: PerformanceAssessment) -> Fraction | None:
    """Return the share of points of a frozen round over all items that could be scored; None while some lack data."""
    total = row.snapshot["result"]["final"]["total"]
    if total["without_data"] or Fraction(total["most"]) == 0:
        return None
    return Fraction(total["points"]) / Fraction(total["most"])
