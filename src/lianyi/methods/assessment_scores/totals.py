"""Sums of points, which name what has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lianyi.methods.assessment_scores.rules import Exact, check_points, exact
from lianyi.methods.assessment_scores.scoring import ItemScore, ScoreReason
from lianyi.methods.errors import AssessmentRuleError


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """An item with its score. The weight multiplies its points in the total."""

    code: str
    score: ItemScore
    weight: Exact = 1

    def __post_init__(self) -> None:
        check_points(self.weight, "weight")


@dataclass(frozen=True, slots=True)
class ScoreTotal:
    """The sum of an assessment: points out of what the scored items could give, and what has no points yet.

    ``most`` is what all items that apply could give. While ``without_data`` names items, the points of the whole lie
    between ``low`` and ``high``.
    """

    points: Fraction
    most_of_scored: Fraction
    most: Fraction
    scored: int
    without_data: tuple[str, ...]
    not_applicable: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.without_data and self.scored > 0

    @property
    def share(self) -> Fraction | None:
        """Points over what the scored items could give; None where nothing was scored."""
        return self.points / self.most_of_scored if self.most_of_scored else None

    @property
    def low(self) -> Fraction | None:
        """The share that is left if every item without data gets nothing; None where nothing applies."""
        return self.points / self.most if self.most else None

    @property
    def high(self) -> Fraction | None:
        """The share that is reached if every item without data gets all its points."""
        return (self.points + self.most - self.most_of_scored) / self.most if self.most else None


@dataclass(frozen=True, slots=True)
class PartsTotal:
    """Weighted share of the parts (dimensions) of an assessment, 0 to 1, with its bounds.

    ``share`` is of the items that have points; None while ``without_data`` names parts in which none has any.
    """

    share: Fraction | None
    low: Fraction
    high: Fraction
    without_data: tuple[str, ...]


def total_of(items: Iterable[ScoredItem]) -> ScoreTotal:
    """Return the sum of all items that have points, and name those that have none.

    Examples
    --------
    >>> from lianyi.methods.assessment_scores import (
    ...     DeductingRule, EvidenceGrade, GradedRule, score_deducting, score_graded,
    ... )
    >>> found = total_of([
    ...     ScoredItem("plan", score_graded(GradedRule(4), EvidenceGrade.HALF)),
    ...     ScoredItem("members", score_deducting(DeductingRule(4, 1), 1)),
    ...     ScoredItem("quality", score_graded(GradedRule(4), None)),
    ... ])
    >>> str(found.points), str(found.most_of_scored), found.without_data
    ('5', '8', ('quality',))
    >>> str(found.share), str(found.low), str(found.high)
    ('5/8', '5/12', '3/4')
    """
    points = most_of_scored = most = Fraction(0)
    scored, without_data, outside = 0, [], []
    for item in items:
        if item.score.reason is ScoreReason.NOT_APPLICABLE:
            outside.append(item.code)
            continue
        weight = exact("weight", item.weight)
        most += weight * item.score.most
        if item.score.points is None:
            without_data.append(item.code)
            continue
        scored += 1
        points += weight * item.score.points
        most_of_scored += weight * item.score.most
    return ScoreTotal(points, most_of_scored, most, scored, tuple(without_data), tuple(outside))


def total_of_parts(parts: Mapping[str, ScoreTotal], weights: Mapping[str, Exact]) -> PartsTotal:
    """Return the weighted mean of the shares of parts; a part in which nothing applies leaves it with its weight.

    Raises
    ------
    AssessmentRuleError
        When a part has no weight above 0, or no part applies.

    Examples
    --------
    >>> from lianyi.methods.assessment_scores import EvidenceGrade, GradedRule, score_graded
    >>> whole = total_of([ScoredItem("plan", score_graded(GradedRule(4), EvidenceGrade.HALF))])
    >>> open_part = total_of([ScoredItem("quality", score_graded(GradedRule(4), None))])
    >>> found = total_of_parts({"organisation": whole, "quality": open_part}, {"organisation": 3, "quality": 1})
    >>> found.share, str(found.low), str(found.high), found.without_data
    (None, '3/8', '5/8', ('quality',))
    """
    lacking = [name for name in parts if name not in weights]
    if lacking:
        message = f"No weight is given for {', '.join(lacking)}; give one above 0 for each part."
        raise AssessmentRuleError(message, field="weights", given=tuple(weights))
    low = high = known = whole = Fraction(0)
    unscored = []
    for name, total in parts.items():
        if total.low is None or total.high is None:
            continue
        check_points(weights[name], "weight")
        weight = exact("weight", weights[name])
        whole, low, high = whole + weight, low + weight * total.low, high + weight * total.high
        if total.share is None:
            unscored.append(name)
        else:
            known += weight * total.share
    if not whole:
        raise AssessmentRuleError(
            "No part of the assessment applies; there is nothing to sum.", field="parts", given=()
        )
    return PartsTotal(None if unscored else known / whole, low / whole, high / whole, tuple(unscored))


def rounded_points(points: Fraction, places: int = 2) -> Decimal:
    """Return points as they are printed, halves upward; sums are formed before rounding.

    Examples
    --------
    >>> str(rounded_points(Fraction(5, 3))), str(rounded_points(Fraction(1, 8)))
    ('1.67', '0.13')
    """
    # Exact before it is cut: a division in Decimal would round once by itself and then once more here.
    return Decimal(int(points * 10**places + Fraction(1, 2))).scaleb(-places)
