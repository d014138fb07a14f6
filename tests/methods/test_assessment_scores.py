"""The shapes in which an assessment is scored, and sums that say what they lack."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    Step,
    ThresholdRule,
    Trend,
    not_applicable,
    rounded_points,
    score_deducting,
    score_graded,
    score_monthly,
    score_proportional,
    score_threshold,
    total_of,
    total_of_parts,
)
from lianyi.methods.errors import AssessmentFigureError, AssessmentRuleError

# The items of the alliance assessment whose rule and points could be read in copies.
PLAN, MEMBERS, PRIVATE = GradedRule(4), DeductingRule(4, deduction=1), ProportionalRule(2)
COMPOSITION = ThresholdRule((Step(1, 2),))
# First medical contact to electrocardiogram of chest pain centres, measure 1.
ECG = MonthlyRule(4, 10, Bound.EXCLUDED, Decimal("0.75"), Trend.IMPROVING, stable_limit=5)

POINTS = st.fractions(min_value=Fraction(1, 10), max_value=20, max_denominator=20)
SHARES = st.fractions(min_value=0, max_value=1, max_denominator=50)


@st.composite
def scored_items(draw):
    most = draw(POINTS)
    reason = draw(st.sampled_from(["points", "no data", "outside"]))
    if reason == "outside":
        score = not_applicable(most)
    elif reason == "no data":
        score = score_proportional(ProportionalRule(most), None, 1)
    else:
        score = score_proportional(ProportionalRule(most), draw(SHARES), 1)
    return ScoredItem(f"i{draw(st.integers(0, 999))}", score, draw(POINTS))


ITEMS = st.lists(scored_items(), min_size=1, max_size=12)


def points_and_reason(score):
    return score.points, score.reason.value


def test_evidence_gives_full_half_or_no_points():
    assert points_and_reason(score_graded(PLAN, EvidenceGrade.FULL)) == (4, "full")
    assert points_and_reason(score_graded(PLAN, EvidenceGrade.HALF)) == (2, "part")
    assert points_and_reason(score_graded(PLAN, EvidenceGrade.NONE)) == (0, "none")
    assert points_and_reason(score_graded(PLAN, None)) == (None, "no_data")
    assert score_graded(GradedRule(5, half_points=3), EvidenceGrade.HALF).points == 3


def test_each_centre_that_has_not_joined_costs_a_point_down_to_the_floor():
    assert [score_deducting(MEMBERS, failures).points for failures in (0, 1, 4, 5)] == [4, 3, 0, 0]
    assert points_and_reason(score_deducting(DeductingRule(4, Decimal("0.5"), floor=1), 20)) == (1, "part")
    assert points_and_reason(score_deducting(MEMBERS, None)) == (None, "no_data")


def test_points_in_proportion_are_exact_and_never_more_than_all():
    assert points_and_reason(score_proportional(PRIVATE, 2, 3)) == (Fraction(4, 3), "part")
    assert points_and_reason(score_proportional(PRIVATE, 0, 3)) == (0, "none")
    assert points_and_reason(score_proportional(ProportionalRule(3, full_at=Decimal("0.65")), 13, 20)) == (3, "full")
    assert score_proportional(ProportionalRule(3, full_at=Decimal("0.65")), 13, 40).points == Fraction(3, 2)


def test_a_share_of_nothing_gives_no_points_and_not_zero():
    assert points_and_reason(score_proportional(PRIVATE, 0, 0)) == (None, "no_data")


def test_a_threshold_gives_the_points_of_the_best_limit_reached():
    assert score_threshold(COMPOSITION, 1).points == 2
    assert points_and_reason(score_threshold(COMPOSITION, Fraction(99, 100))) == (0, "none")
    needle = ThresholdRule((Step(45, 4), Step(60, 2)), Direction.DOWN, Bound.EXCLUDED)
    assert [score_threshold(needle, minutes).points for minutes in (44, 45, 59, 60)] == [4, 2, 2, 0]
    assert points_and_reason(score_threshold(needle, 50)) == (2, "part")
    assert points_and_reason(score_threshold(needle, None)) == (None, "no_data")


@pytest.mark.parametrize(
    ("mean", "attained", "trend", "points", "tests"),
    [
        ("9.9", 75, Trend.IMPROVING, 4, (True, True, True)),
        ("10", 75, Trend.IMPROVING, 0, (False, True, True)),
        ("9.9", 74, Trend.IMPROVING, 0, (True, False, True)),
        ("9.9", 75, Trend.STABLE, 0, (True, True, False)),
        ("5", 75, Trend.STABLE, 4, (True, True, True)),
        ("5", 75, Trend.WORSENING, 0, (True, True, False)),
    ],
)
def test_a_time_needs_mean_attainment_and_trend(mean, attained, trend, points, tests):
    found = score_monthly(ECG, MonthlyFigures(Decimal(mean), attained, 100, trend))
    assert found.score.points == points
    assert (found.mean_passed, found.attainment_passed, found.trend_passed) == tests


def test_an_unknown_trend_leaves_a_time_without_points_unless_another_test_has_failed():
    assert score_monthly(ECG, MonthlyFigures(Decimal(9), 80, 100, None)).score.reason is ScoreReason.NO_DATA
    assert score_monthly(ECG, MonthlyFigures(Decimal(9), 0, 0, Trend.IMPROVING)).score.reason is ScoreReason.NO_DATA
    assert score_monthly(ECG, MonthlyFigures(Decimal(12), None, None, None)).score.reason is ScoreReason.NONE
    assert score_monthly(ECG, MonthlyFigures()).score.points is None


def test_a_rule_that_asks_for_the_mean_alone_looks_at_nothing_else():
    troponin = MonthlyRule(4, 20)
    found = score_monthly(troponin, MonthlyFigures(20))
    assert (found.score.points, found.attainment_passed, found.trend_passed) == (4, None, None)


def test_a_stable_trend_is_enough_where_the_rule_asks_for_no_better():
    rule = MonthlyRule(6, 30, asks_trend=Trend.STABLE)
    assert score_monthly(rule, MonthlyFigures(25, trend=Trend.STABLE)).score.points == 6
    assert score_monthly(rule, MonthlyFigures(25, trend=Trend.WORSENING)).score.points == 0


def test_a_total_names_what_has_no_points_and_stands_between_its_bounds():
    found = total_of(
        [
            ScoredItem("plan", score_graded(PLAN, EvidenceGrade.HALF)),
            ScoredItem("composition", score_threshold(COMPOSITION, 1), weight=2),
            ScoredItem("members", score_deducting(MEMBERS, None)),
            ScoredItem("private", not_applicable(2)),
        ]
    )
    assert (found.points, found.most_of_scored, found.most) == (6, 8, 12)
    assert (found.share, found.low, found.high) == (Fraction(3, 4), Fraction(1, 2), Fraction(5, 6))
    assert (found.scored, found.without_data, found.not_applicable) == (2, ("members",), ("private",))
    assert not found.is_complete


def test_where_nothing_was_scored_the_share_is_unknown():
    found = total_of([ScoredItem("plan", score_graded(PLAN, None))])
    assert (found.share, found.low, found.high) == (None, 0, 1)
    outside = total_of([ScoredItem("private", not_applicable(2))])
    assert (outside.share, outside.low, outside.high, outside.is_complete) == (None, None, None, False)


def test_parts_are_weighted_and_one_that_does_not_apply_leaves_with_its_weight():
    half = total_of([ScoredItem("plan", score_graded(PLAN, EvidenceGrade.HALF))])
    full = total_of([ScoredItem("members", score_deducting(MEMBERS, 0))])
    outside = total_of([ScoredItem("private", not_applicable(2))])
    found = total_of_parts({"a": half, "b": full, "c": outside}, {"a": 3, "b": 1, "c": 96})
    assert (found.share, found.low, found.high) == (Fraction(5, 8),) * 3
    with pytest.raises(AssessmentRuleError, match="No weight is given for b"):
        total_of_parts({"a": half, "b": full}, {"a": 3})
    with pytest.raises(AssessmentRuleError, match="No part of the assessment applies"):
        total_of_parts({"c": outside}, {"c": 1})


@given(ITEMS, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_no_total(items, random):
    shuffled = random.sample(items, len(items))
    one, other = total_of(items), total_of(shuffled)
    assert (one.points, one.most, one.share, one.low, one.high) == (
        other.points,
        other.most,
        other.share,
        other.low,
        other.high,
    )


@given(ITEMS, POINTS)
def test_weights_on_another_scale_change_no_share(items, factor):
    scaled = [ScoredItem(item.code, item.score, item.weight * factor) for item in items]
    one, other = total_of(items), total_of(scaled)
    assert (one.share, one.low, one.high) == (other.share, other.low, other.high)


@given(ITEMS)
def test_whatever_the_missing_items_turn_out_to_be_the_share_stays_within_its_bounds(items):
    found = total_of(items)
    if found.low is None:
        return

    def filled(points_of):
        return total_of(
            [
                ScoredItem(item.code, ItemScore(points_of(item.score), item.score.most, ScoreReason.PART), item.weight)
                if item.score.reason is ScoreReason.NO_DATA
                else item
                for item in items
            ]
        ).share

    assert filled(lambda _score: Fraction(0)) == found.low
    assert filled(lambda score: score.most) == found.high
    assert found.low <= filled(lambda score: score.most / 3) <= found.high


@given(st.fractions(0, 50, max_denominator=997))
def test_printed_points_lie_within_half_a_hundredth_and_never_change_when_printed_again(points):
    printed = rounded_points(points)
    assert abs(Fraction(printed) - points) <= Fraction(1, 200)
    assert rounded_points(Fraction(printed)) == printed
    assert -printed.as_tuple().exponent == 2


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: GradedRule(0), "The points of an item is 0"),
        (lambda: GradedRule(4, half_points=5), "5 points for half evidence; 0 to 4"),
        (lambda: DeductingRule(4, deduction=0), "The deduction of an item is 0"),
        (lambda: DeductingRule(4, 1, floor=4), "The floor is 4; a number from 0 to below 4"),
        (lambda: ProportionalRule(2, full_at=0), "The full_at of an item is 0"),
        (lambda: ThresholdRule(()), "A threshold without a step"),
        (lambda: ThresholdRule((Step(60, 2), Step(45, 4)), Direction.DOWN), "give the hardest limit first"),
        (lambda: ThresholdRule((Step(45, 2), Step(60, 4)), Direction.DOWN), "give the hardest limit first"),
        (lambda: MonthlyRule(4, 10, attainment_least=75), "An attainment of at least 75; a share above 0"),
        (lambda: ScoredItem("a", score_graded(PLAN, None), weight=0), "The weight of an item is 0"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused(make, told):
    with pytest.raises(AssessmentRuleError, match=told):
        make()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: GradedRule(0.5), "The points is 0.5; points are exact"),
        (lambda: score_threshold(COMPOSITION, 0.1), "The value is 0.1; points are exact"),
        (lambda: score_threshold(COMPOSITION, Decimal("NaN")), "points are exact"),
        (lambda: score_deducting(MEMBERS, -1), "The failures is -1; 0 or more"),
        (lambda: score_proportional(PRIVATE, -1, 3), "The numerator is -1"),
        (lambda: score_monthly(ECG, MonthlyFigures(9, 5, 4)), "5 of 4 cases kept the limit"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(make, told):
    with pytest.raises(AssessmentFigureError, match=told):
        make()
