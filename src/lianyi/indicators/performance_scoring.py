"""What findings come to by their scheme: the score of an item, totals, grades, targets, and what is missing.

The arithmetic is that of ``lianyi.methods.assessment_scores``; here a scheme's items and what people found are turned
into what it takes. Nothing of it is kept: a change of a finding is a change of the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, TypeVar

from lianyi.indicators.models.performance import FindingGrade, ScoringSide
from lianyi.methods.assessment_scores import (
    Bound,
    DeductingRule,
    Direction,
    EvidenceGrade,
    GradedRule,
    ItemScore,
    MonthlyFigures,
    MonthlyRule,
    ProportionalRule,
    ScoredItem,
    ScoreReason,
    ScoreTotal,
    Step,
    ThresholdRule,
    Trend,
    score_deducting,
    score_graded,
    score_monthly,
    score_proportional,
    score_threshold,
    total_of,
)
from lianyi.rules.assessment_schemes import AssessmentScheme, SchemeItem, SchemeMethod, ScoringShape

LETTERS = (FindingGrade.LETTER_A, FindingGrade.LETTER_B, FindingGrade.LETTER_C)
EVIDENCE_GRADES = (FindingGrade.FULL, FindingGrade.HALF, FindingGrade.NONE)
TRENDS = (FindingGrade.IMPROVING, FindingGrade.STABLE, FindingGrade.WORSENING)
# Of an item without points of its own the shape still tells whether it is reached.
_ONE = Decimal(1)


class Finding(Protocol):
    """What one side found of one item."""

    @property
    def grade(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def out_of(self) -> Decimal | None: ...
    @property
    def attained(self) -> int | None: ...


class SidedFinding(Finding, Protocol):
    """A finding that says of which item and by which side it is."""

    @property
    def item(self) -> str: ...
    @property
    def side(self) -> str: ...


AnyFinding = TypeVar("AnyFinding", bound=SidedFinding)


def grades_for(item: SchemeItem) -> tuple[FindingGrade, ...]:
    """Return the words from which a finding of the item chooses; none where it is a number only."""
    if item.shape is ScoringShape.LETTER:
        return LETTERS
    if item.shape is ScoringShape.GRADED:
        return EVIDENCE_GRADES if item.half else (FindingGrade.FULL, FindingGrade.NONE)
    return TRENDS if item.trend is not None else ()


def asks_number(item: SchemeItem) -> bool:
    return item.shape not in (ScoringShape.GRADED, ScoringShape.LETTER)


def asks_out_of(item: SchemeItem) -> bool:
    return item.shape is ScoringShape.PROPORTIONAL or item.attainment is not None


def is_scored(item: SchemeItem) -> bool:
    """Tell whether points of the item are known, so that it is scored at all."""
    return item.points is not None


def score_of(item: SchemeItem, finding: Finding | None) -> ItemScore | None:
    """Return the score of a finding; None of an item that no known rule turns into points or into a verdict."""
    points = item.points or _ONE
    value = None if finding is None else finding.value
    grade = "" if finding is None else finding.grade
    if item.shape is ScoringShape.GRADED:
        return score_graded(GradedRule(points), EvidenceGrade(grade) if grade else None)
    if item.shape is ScoringShape.DEDUCTING:
        rule = DeductingRule(points, item.each or _ONE, item.floor)
        return score_deducting(rule, None if value is None else int(value))
    if item.shape is ScoringShape.PROPORTIONAL:
        return score_proportional(ProportionalRule(points), value, None if finding is None else finding.out_of)
    if item.shape is ScoringShape.THRESHOLD:
        return score_threshold(_limit(item, points), value)
    if item.shape is ScoringShape.MEASURE:
        return _score_measure(item, finding, points)
    return None


def _limit(item: SchemeItem, points: Decimal) -> ThresholdRule:
    limit = next(each for each in (item.least, item.most, item.below) if each is not None)
    direction = Direction.UP if item.least is not None else Direction.DOWN
    bound = Bound.EXCLUDED if item.below is not None else Bound.INCLUDED
    return ThresholdRule((Step(limit, points),), direction, bound)


def _score_measure(item: SchemeItem, finding: Finding | None, points: Decimal) -> ItemScore:
    limit = _limit(item, points)
    value = None if finding is None else finding.value
    trend = Trend(finding.grade) if finding is not None and finding.grade else None
    if limit.direction is Direction.UP:
        return _score_rising(item, score_threshold(limit, value), trend)
    rule = MonthlyRule(
        points,
        limit.steps[0].limit,
        limit.bound,
        item.attainment,
        None if item.trend is None else Trend(item.trend),
        item.stable_limit,
    )
    attained = None if finding is None else finding.attained
    cases = None if finding is None or finding.out_of is None else int(finding.out_of)
    return score_monthly(rule, MonthlyFigures(value, attained, cases, trend)).score


def _score_rising(item: SchemeItem, level: ItemScore, trend: Trend | None) -> ItemScore:
    """Score a share that must reach a level and go up: one test failed costs the points, one unknown leaves none."""
    order = tuple(Trend)
    passed = None if item.trend is None or trend is None else order.index(trend) <= order.index(Trend(item.trend))
    if passed is False:
        return ItemScore(Fraction(0), level.most, ScoreReason.NONE)
    if level.points and item.trend is not None and passed is None:
        return ItemScore(None, level.most, ScoreReason.NO_DATA)
    return level


class Verdict(StrEnum):
    """Whether the grades found make what the scheme asks for."""

    YES = "yes"
    NO = "no"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class GradeCounts:
    a: int
    b: int
    c: int
    missing: int
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class TargetCounts:
    reached: int
    missed: int
    missing: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one side's findings come to; ``not_scored`` are the items whose points or rule nobody knows."""

    total: ScoreTotal
    by_dimension: Mapping[str, ScoreTotal]
    not_scored: tuple[str, ...]
    grades: GradeCounts | None
    targets: TargetCounts | None
    must_pass_missed: tuple[str, ...]


def figures_of(scheme: AssessmentScheme, findings: Mapping[str, Finding]) -> Figures:
    """Return what findings, by item, come to."""
    scored = [each for each in scheme.items if is_scored(each)]
    by_dimension = {
        dimension.code: _total([each for each in scored if each.dimension == dimension.code], findings)
        for dimension in scheme.dimensions
    }
    missed = [
        each.id
        for each in scheme.items
        if each.must_pass and (score := score_of(each, findings.get(each.id))) is not None and score.points == 0
    ]
    return Figures(
        _total(scored, findings),
        by_dimension,
        tuple(each.id for each in scheme.items if not is_scored(each)),
        _grades(scheme, findings) if scheme.method is SchemeMethod.GRADES else None,
        _targets(scheme, findings) if scheme.method is SchemeMethod.TARGETS else None,
        tuple(missed),
    )


def _total(items: Iterable[SchemeItem], findings: Mapping[str, Finding]) -> ScoreTotal:
    scores = ((each.id, score_of(each, findings.get(each.id))) for each in items)
    return total_of(ScoredItem(name, score) for name, score in scores if score is not None)


def _grades(scheme: AssessmentScheme, findings: Mapping[str, Finding]) -> GradeCounts:
    given = [findings[each.id].grade if each.id in findings else "" for each in scheme.items]
    a, b, c = (given.count(letter) for letter in LETTERS)
    missing, rule = len(given) - a - b - c, scheme.grading
    if rule is None:
        return GradeCounts(a, b, c, missing, None)
    if c > rule.most_c or a + missing < rule.least_a:
        return GradeCounts(a, b, c, missing, Verdict.NO)
    settled = a >= rule.least_a and c + missing <= rule.most_c
    return GradeCounts(a, b, c, missing, Verdict.YES if settled else Verdict.OPEN)


def _targets(scheme: AssessmentScheme, findings: Mapping[str, Finding]) -> TargetCounts:
    scores = [score_of(each, findings.get(each.id)) for each in scheme.items]
    points = [None if score is None else score.points for score in scores]
    reached = sum(1 for each in points if each)
    return TargetCounts(reached, sum(1 for each in points if each == 0), points.count(None))


def by_side(findings: Iterable[AnyFinding]) -> dict[str, dict[str, AnyFinding]]:
    """Return the findings of each side by item, and as ``final`` what counts: the answer where there is one."""
    found: dict[str, dict[str, AnyFinding]] = {side: {} for side in ScoringSide.values}
    for each in findings:
        found[each.side][each.item] = each
    found["final"] = {**found[ScoringSide.OUTSIDE], **found[ScoringSide.ANSWER]}
    return found
