"""The points of one item by the rule of its shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lianyi.methods.assessment_scores.rules import (
    DeductingRule,
    Direction,
    EvidenceGrade,
    Exact,
    GradedRule,
    MonthlyRule,
    ProportionalRule,
    ThresholdRule,
    Trend,
    check_figure,
    check_points,
    exact,
    reaches,
)
from lianyi.methods.errors import AssessmentFigureError


class ScoreReason(StrEnum):
    """Why an item has the points that it has, in one word."""

    FULL = "full"
    PART = "part"
    NONE = "none"
    NO_DATA = "no_data"
    """Nobody has said, or there was nothing to measure: no points, which is not 0."""
    NOT_APPLICABLE = "not_applicable"
    """The item does not concern who is assessed; it leaves the total with its points."""


@dataclass(frozen=True, slots=True)
class ItemScore:
    """The points of one item, None where it has none, out of so many, and why."""

    points: Fraction | None
    most: Fraction
    reason: ScoreReason

    @property
    def share(self) -> Fraction | None:
        """Points over the most that there are, 0 to 1."""
        return None if self.points is None else self.points / self.most


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """What a series of months says of a time: its mean, how many cases of how many kept the limit, where it goes."""

    mean: Exact | None = None
    attained: int | None = None
    cases: int | None = None
    trend: Trend | None = None


@dataclass(frozen=True, slots=True)
class MonthlyScore:
    """The score of a series of months with the verdict of each test: None unknown or not asked for."""

    score: ItemScore
    mean_passed: bool | None
    attainment_passed: bool | None
    trend_passed: bool | None


def score_graded(rule: GradedRule, grade: EvidenceGrade | None) -> ItemScore:
    """Return the points for evidence of a grade; None is an item that nobody has judged.

    Examples
    --------
    >>> [str(score_graded(GradedRule(4), grade).points) for grade in EvidenceGrade]
    ['4', '2', '0']
    >>> score_graded(GradedRule(4), None).reason.value
    'no_data'
    """
    most = exact("points", rule.points)
    if grade is None:
        return _without(most)
    half = most / 2 if rule.half_points is None else exact("half_points", rule.half_points)
    return _scored({EvidenceGrade.FULL: most, EvidenceGrade.HALF: half, EvidenceGrade.NONE: Fraction(0)}[grade], most)


def score_deducting(rule: DeductingRule, failures: int | None) -> ItemScore:
    """Return full points less the deductions, not below the floor.

    Raises
    ------
    AssessmentFigureError
        When there are fewer than 0 failures.

    Examples
    --------
    Four points, one less for each township centre that has not joined:

    >>> [str(score_deducting(DeductingRule(4, deduction=1), failures).points) for failures in (0, 3, 9)]
    ['4', '1', '0']
    """
    most = exact("points", rule.points)
    if failures is None:
        return _without(most)
    check_figure("failures", failures)
    left = most - failures * exact("deduction", rule.deduction)
    return _scored(max(left, exact("floor", rule.floor)), most)


def score_proportional(rule: ProportionalRule, numerator: Exact | None, denominator: Exact | None) -> ItemScore:
    """Return points in proportion. A denominator of 0 is nothing to measure, so there are no points.

    Raises
    ------
    AssessmentFigureError
        When a figure is below 0 or not exact.

    Examples
    --------
    >>> from decimal import Decimal
    >>> score_proportional(ProportionalRule(2), 5, 6).points
    Fraction(5, 3)
    >>> score_proportional(ProportionalRule(10, full_at=Decimal("0.65")), 70, 100).reason.value
    'full'
    """
    most = exact("points", rule.points)
    if numerator is None or denominator is None:
        return _without(most)
    part, whole = check_figure("numerator", numerator), check_figure("denominator", denominator)
    if whole == 0:
        return _without(most)
    return _scored(min(most * part / whole / exact("full_at", rule.full_at), most), most)


def score_threshold(rule: ThresholdRule, value: Exact | None) -> ItemScore:
    """Return the points of the best limit that a value reaches.

    Raises
    ------
    AssessmentFigureError
        When the value is not exact.

    Examples
    --------
    >>> from lianyi.methods.assessment_scores import Step
    >>> minutes = ThresholdRule((Step(45, 4), Step(60, 2)), Direction.DOWN)
    >>> [str(score_threshold(minutes, value).points) for value in (44, 60, 61)]
    ['4', '2', '0']
    """
    most = exact("points", rule.steps[0].points)
    if value is None:
        return _without(most)
    for step in rule.steps:
        if reaches(value, step.limit, rule.direction, rule.bound):
            return _scored(exact("points", step.points), most)
    return _scored(Fraction(0), most)


def score_monthly(rule: MonthlyRule, figures: MonthlyFigures) -> MonthlyScore:
    """Return the points of a time by mean, attainment and trend of its months; less time is better.

    A test that is failed costs the points even where another is unknown; without a failure, one unknown test leaves
    the item without points.

    Raises
    ------
    AssessmentFigureError
        When more cases kept the limit than there are, or a figure is below 0 or not exact.

    Examples
    --------
    First medical contact to first electrocardiogram: mean under 10 minutes, 75 % of the cases, improving, or stable
    near 5.

    >>> from decimal import Decimal
    >>> from lianyi.methods.assessment_scores import Bound
    >>> rule = MonthlyRule(4, 10, Bound.EXCLUDED, Decimal("0.75"), Trend.IMPROVING, stable_limit=5)
    >>> found = score_monthly(rule, MonthlyFigures(Decimal("7.2"), 80, 100, Trend.STABLE))
    >>> found.score.reason.value, found.mean_passed, found.attainment_passed, found.trend_passed
    ('none', True, True, False)
    >>> score_monthly(rule, MonthlyFigures(Decimal("4.8"), 80, 100, Trend.STABLE)).score.reason.value
    'full'
    """
    most = exact("points", rule.points)
    mean = None if figures.mean is None else check_figure("mean", figures.mean)
    mean_passed = None if mean is None else reaches(mean, rule.mean_limit, Direction.DOWN, rule.mean_bound)
    attainment_passed = _attainment_passed(rule, figures)
    trend_passed = _trend_passed(rule, mean, figures.trend)
    asked = [mean_passed]
    asked += [attainment_passed] if rule.attainment_least is not None else []
    asked += [trend_passed] if rule.asks_trend is not None else []
    return MonthlyScore(_score_of_tests(asked, most), mean_passed, attainment_passed, trend_passed)


def not_applicable(points: Exact) -> ItemScore:
    """Return the score of an item that does not concern who is assessed.

    Examples
    --------
    >>> not_applicable(4).reason.value
    'not_applicable'
    """
    check_points(points)
    return ItemScore(None, exact("points", points), ScoreReason.NOT_APPLICABLE)


def _scored(points: Fraction, most: Fraction) -> ItemScore:
    if points == most:
        return ItemScore(points, most, ScoreReason.FULL)
    return ItemScore(points, most, ScoreReason.PART if points else ScoreReason.NONE)


def _without(most: Fraction) -> ItemScore:
    return ItemScore(None, most, ScoreReason.NO_DATA)


def _score_of_tests(passed: Sequence[bool | None], most: Fraction) -> ItemScore:
    if False in passed:
        return _scored(Fraction(0), most)
    return _without(most) if None in passed else _scored(most, most)


def _attainment_passed(rule: MonthlyRule, figures: MonthlyFigures) -> bool | None:
    if rule.attainment_least is None or figures.attained is None or not figures.cases:
        return None
    attained, cases = check_figure("attained", figures.attained), check_figure("cases", figures.cases)
    if attained > cases:
        message = f"{figures.attained} of {figures.cases} cases kept the limit; give a part of a whole."
        raise AssessmentFigureError(message, field="attained", given=figures.attained)
    return attained / cases >= exact("attainment_least", rule.attainment_least)


def _trend_passed(rule: MonthlyRule, mean: Fraction | None, trend: Trend | None) -> bool | None:
    if rule.asks_trend is None or trend is None:
        return None
    order = tuple(Trend)
    if order.index(trend) <= order.index(rule.asks_trend):
        return True
    if rule.stable_limit is None or trend is Trend.WORSENING:
        return False
    return None if mean is None else mean <= exact("stable_limit", rule.stable_limit)
