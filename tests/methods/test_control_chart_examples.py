"""Control charts against published examples and rules, each with its source."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lianyi.methods.process_control import (
    Assurance,
    Direction,
    MovingRanges,
    Phases,
    Rebase,
    Signal,
    Variation,
    autocorrelation,
    cases_between_charts,
    count_charts,
    laney_proportion_charts,
    proportion_charts,
    rate_charts,
    runs,
    time_between_charts,
    xmr_charts,
)
from lianyi.methods.process_control.charts import Lines, charts_of
from lianyi.methods.process_control.errors import (
    BaselineError,
    ChartTargetError,
    RebaseError,
    SeriesCountError,
    SeriesShapeError,
)

# NHSRplotthedots, vignettes and tests at 050b07d: one wild point among ones and twos.
ONE_WILD_POINT = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
MISSING = float("nan")


def signals_of(charts, series=0):
    return [Signal(signal) for signal in charts.signals[series].tolist()]


def standard_chart(values):
    """A chart with the centre 0, limits at 3 and near limits at 2, so that the rules alone are looked at."""
    array = np.array([values], np.float64)

    def line(height):
        return np.full(array.shape, float(height))

    lines = Lines(line(0), line(-3), line(3), line(-2), line(2), np.full(array.shape, array.size))
    return charts_of(array, np.zeros(array.shape, dtype=bool), lines)


def test_without_screening_the_limits_are_those_of_the_spreadsheet():
    charts = xmr_charts(ONE_WILD_POINT)

    assert charts.centre[0, 0] == pytest.approx(1.944444, abs=1e-6)
    assert charts.upper[0, 0] == pytest.approx(6.951503, abs=1e-6)
    assert charts.lower[0, 0] == pytest.approx(-3.062614, abs=1e-6)
    assert [place for place, signal in enumerate(signals_of(charts), start=1) if signal] == [5]


def test_with_screening_the_wild_point_does_not_widen_the_limits():
    charts = xmr_charts(ONE_WILD_POINT, MovingRanges.SCREENED)

    assert charts.centre[0, 0] == pytest.approx(1.944444, abs=1e-6)
    assert charts.upper[0, 0] == pytest.approx(4.604444, abs=1e-6)
    assert charts.lower[0, 0] == pytest.approx(-0.715556, abs=1e-6)
    assert signals_of(charts)[4] is Signal.OUTSIDE


def test_near_limits_lie_at_two_thirds():
    charts = xmr_charts(ONE_WILD_POINT)

    assert charts.near_upper[0, 0] - charts.centre[0, 0] == pytest.approx(1.7733333 * charts.moving_range[0, 0])
    assert charts.centre[0, 0] - charts.near_lower[0, 0] == pytest.approx(1.7733333 * charts.moving_range[0, 0])


@pytest.mark.parametrize(
    ("values", "trends"),
    [
        ([1, 2, 3, 4, 5, 6], 0),
        ([1, 2, 3, 4, 5, 6, 7], 7),
        ([1, 2, 3, 4, 5, 6, 7, 8], 8),
        ([7, 6, 5, 4, 3, 2, 1], 7),
        ([1, 2, 3, 3, 4, 5, 6], 0),
        ([1, 2, 3, 3, 4, 5, 6, 7, 8, 9], 7),
    ],
)
def test_seven_that_rise_or_fall_are_a_trend_and_equal_values_end_it(values, trends):
    charts = xmr_charts(values)

    assert int(((charts.rules[0] & Signal.TREND) > 0).sum()) == trends


def test_a_trend_points_where_it_goes_and_not_where_it_lies():
    falling = xmr_charts([20, 18, 16, 14, 12, 10, 8, 6, 4, 2])

    is_trend = falling.signals[0] == Signal.TREND
    assert falling.sides[0][is_trend].tolist() == [-1] * int(is_trend.sum())
    assert is_trend.sum() > 0
    assert falling.values[0][is_trend].max() > falling.centre[0, 0]


def test_at_a_peak_between_two_trends_the_first_keeps_the_point():
    charts = standard_chart([1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1])

    assert charts.turns[0].tolist() == [1] * 7 + [-1] * 6


@pytest.mark.parametrize(
    ("values", "marked"),
    [
        ([-1, -1, 2.5, 1, 2.5, -1, -1], [2, 4]),  # close = (0, 0, 1, 0, 1, 0, 0) on one side
        ([-1, -1, 2.5, 1, -2.5, -1, -1], []),  # opposite sides
        ([-1, -1, 2.5, -1, 2.5, -1, -1], []),  # the third lies on the other side
        ([1, 2.5, 2.5, 1, -1], [1, 2]),
        ([1, 3.5, 2.5, 1, -1], []),  # one beyond the limit is not between near limit and limit
        ([2.5, 2.5], []),
    ],
)
def test_two_of_three_near_a_limit_need_all_three_on_one_side(values, marked):
    charts = standard_chart(values)

    assert np.flatnonzero(charts.rules[0] & Signal.TWO_OF_THREE).tolist() == marked


@pytest.mark.parametrize("moving_ranges", list(MovingRanges))
def test_opposite_points_at_the_end_are_common_cause(moving_ranges):
    # NHSRplotthedots, tests of two in three: plus and minus one, then one point near each limit.
    values = [1, -1] * 7 + [5.5, -5.5]

    charts = standard_chart(np.array(values) / 2.5)

    assert not (charts.rules & Signal.TWO_OF_THREE).any()
    assert not xmr_charts(values).signals.any()
    assert moving_ranges is MovingRanges.ALL or xmr_charts(values, moving_ranges).signals[0].tolist()[:14] == [0] * 14


def test_all_points_of_a_shift_are_marked_once_it_is_complete():
    assert signals_of(standard_chart([1, 0.5] * 3)) == [Signal.NONE] * 6
    assert signals_of(standard_chart([-1, *[1, 0.5] * 3, 1])) == [Signal.NONE, *[Signal.SHIFT] * 7]
    assert signals_of(standard_chart([*[1, 0.5] * 3, 0, 1, 0.5])) == [Signal.NONE] * 9


def test_outside_goes_before_trend_before_two_of_three_before_shift():
    charts = standard_chart([0.2, 0.6, 1.2, 2.1, 2.2, 2.6, 3.4])
    assert signals_of(charts) == [Signal.TREND] * 6 + [Signal.OUTSIDE]
    assert charts.rules[0, 4] == Signal.TREND + Signal.TWO_OF_THREE + Signal.SHIFT

    level = standard_chart([1, 0.5, 2.5, 1, 2.5, 0.5, 1])
    assert signals_of(level)[2:5] == [Signal.TWO_OF_THREE, Signal.SHIFT, Signal.TWO_OF_THREE]


def test_direction_makes_improvement_or_concern_of_a_signal():
    charts = xmr_charts(ONE_WILD_POINT)

    told = {direction: Variation(int(charts.variation(direction)[0, 4])) for direction in Direction}

    assert told == {
        Direction.UP: Variation.IMPROVEMENT,
        Direction.DOWN: Variation.CONCERN,
        Direction.NEITHER: Variation.CHANGE,
    }
    assert Variation(int(charts.variation(Direction.UP)[0, 0])) is Variation.COMMON_CAUSE


@pytest.mark.parametrize(
    ("target", "up", "down"),
    [
        (-4, Assurance.CONSISTENTLY_PASSES, Assurance.CONSISTENTLY_FAILS),
        (2, Assurance.HIT_AND_MISS, Assurance.HIT_AND_MISS),
        (7, Assurance.CONSISTENTLY_FAILS, Assurance.CONSISTENTLY_PASSES),
    ],
)
def test_a_target_beyond_the_limits_is_always_met_or_never(target, up, down):
    charts = xmr_charts(ONE_WILD_POINT)

    assert charts.assurance(target, Direction.UP) == [up]
    assert charts.assurance(target, Direction.DOWN) == [down]


def test_a_target_needs_a_direction_and_a_series_some_values():
    charts = xmr_charts([ONE_WILD_POINT, [MISSING] * 18])

    assert charts.assurance(7, Direction.UP)[1] is None
    with pytest.raises(ChartTargetError, match="direction neither"):
        charts.assurance(7, Direction.NEITHER)


def test_limits_of_fewer_than_twelve_points_are_a_trial():
    assert xmr_charts([1, 2] * 5 + [1]).are_trial.all()
    assert not xmr_charts([1, 2] * 6).are_trial.any()


def test_a_locked_baseline_holds_for_all_that_follows():
    charts = xmr_charts([1, 2] * 6 + [30, 40, 50], phases=Phases(baseline_points=12))

    assert set(charts.centre[0].tolist()) == {1.5}
    assert charts.points_used[0, -1] == 12
    assert signals_of(charts)[-3:] == [Signal.OUTSIDE] * 3


def test_a_rebase_begins_limits_and_rules_anew():
    values = [1, 2] * 6 + [11, 12] * 6

    one = xmr_charts(values)
    two = xmr_charts(values, phases=Phases(rebases=(Rebase(12, "a second surgeon began"),)))

    assert one.signals.any()
    assert not two.signals.any()
    assert two.centre[0, [0, 11, 12, 23]].tolist() == [1.5, 1.5, 11.5, 11.5]
    assert two.moving_range[0, 12] == 1.0


def test_a_rebase_may_concern_one_series_only():
    values = np.array([[1, 2] * 6, [1, 2] * 6])

    charts = xmr_charts(values, phases=Phases(rebases=(Rebase(6, "new form", series=1),)))

    assert charts.starts.sum(axis=1).tolist() == [0, 1]
    assert charts.points_used[:, 0].tolist() == [12, 6]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Rebase(5, "  "), "has no reason"),
        (lambda: Rebase(0, "new form"), "leaves nothing before it"),
        (lambda: xmr_charts([1, 2, 3], phases=Phases(rebases=(Rebase(3, "x"),))), "no point 3"),
        (lambda: xmr_charts([1, 2, 3], phases=Phases(rebases=(Rebase(1, "x", series=4),))), "series 4"),
        (lambda: xmr_charts([1, 2, 3], phases=Phases(rebases=(Rebase(1, "x"), Rebase(1, "y")))), "rebased twice"),
    ],
)
def test_a_rebase_without_place_or_reason_is_refused(make, reason):
    with pytest.raises(RebaseError, match=reason):
        make()


def test_a_baseline_of_one_point_is_refused():
    with pytest.raises(BaselineError, match="A baseline of 1 points"):
        Phases(baseline_points=1)


@pytest.mark.parametrize(
    ("values", "reason"),
    [([[[1.0]]], "shape"), ([], "shape"), ([1, math.inf, 2], "Series 1, point 2 is infinite")],
)
def test_what_is_no_series_is_refused(values, reason):
    with pytest.raises(SeriesShapeError, match=reason):
        xmr_charts(values)


def test_missing_is_not_zero_and_neighbours_are_those_observed():
    with_gaps = xmr_charts([1, MISSING, 2, 1, MISSING, MISSING, 2])
    without = xmr_charts([1, 2, 1, 2])

    assert with_gaps.centre[0, 0] == without.centre[0, 0]
    assert with_gaps.upper[0, 0] == without.upper[0, 0]
    assert with_gaps.signals[0, 1] == 0
    assert Variation(int(with_gaps.variation(Direction.UP)[0, 1])) is Variation.MISSING
    assert with_gaps.last_points.tolist() == [6]


def test_a_constant_series_gives_no_signal_for_rounding():
    charts = xmr_charts([0.1] * 30)

    assert charts.are_constant.tolist() == [True]
    assert not charts.rules.any()


def test_the_latest_point_is_the_last_one_observed():
    charts = xmr_charts([[1, 2] * 6 + [9, MISSING], [9, *[1, 2] * 6, 1], [MISSING] * 14])

    assert charts.last_points.tolist() == [12, 13, -1]
    assert charts.last_signals.tolist() == [Signal.OUTSIDE, Signal.NONE, Signal.NONE]


def test_p_limits_follow_the_size_of_each_month():
    # By hand: 25 of 250 pooled; 3 sqrt(.1 * .9 / n).
    charts = proportion_charts([5, 5, 15], [50, 100, 100])

    assert charts.centre[0].tolist() == pytest.approx([0.1] * 3)
    assert charts.upper[0].tolist() == pytest.approx([0.1 + 0.9 / math.sqrt(50), 0.19, 0.19])
    assert charts.lower[0].tolist() == pytest.approx([0.0, 0.01, 0.01])


def test_p_prime_widens_limits_where_months_differ_beyond_chance():
    # By hand: z of 0.45, 0.55, 0.45, 0.55 of 10,000 about 0.5 are -10, 10, -10, 10; moving range 20 / 1.128.
    charts = laney_proportion_charts([4500, 5500, 4500, 5500], [10000] * 4)

    plain = proportion_charts([4500, 5500, 4500, 5500], [10000] * 4)
    assert charts.upper[0, 0] - 0.5 == pytest.approx((plain.upper[0, 0] - 0.5) * 20 / 1.128)
    assert (plain.signals[0] == Signal.OUTSIDE).all()
    assert not charts.signals.any()


def test_u_and_c_limits():
    charts = rate_charts([10, 20], [1000, 4000])
    assert charts.centre[0, 0] == pytest.approx(30 / 5000)
    assert charts.upper[0].tolist() == pytest.approx(
        [0.006 + 3 * math.sqrt(0.006 / 1000), 0.006 + 3 * math.sqrt(0.006 / 4000)]
    )

    counts = count_charts([16, 16, MISSING, 16])
    assert (counts.centre[0, 0], counts.upper[0, 0], counts.lower[0, 0]) == (16, 28, 4)
    assert math.isnan(counts.values[0, 2])


def test_counts_have_baselines_and_phases_too():
    charts = count_charts([4, 4, MISSING, 4, 16, 16], Phases(baseline_points=3, rebases=(Rebase(4, "new ward"),)))

    assert charts.centre[0].tolist() == [4, 4, 4, 4, 16, 16]
    assert charts.points_used[0].tolist() == [3, 3, 3, 3, 2, 2]
    assert count_charts([4, 4, 40], Phases(baseline_points=2)).centre[0, 2] == 4


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: proportion_charts([5, 12], [10, 10]), "point 2: 12 events of 10"),
        (lambda: count_charts([5, -1]), "point 2: -1 events"),
        (lambda: rate_charts([5, 1], [10, 0]), "point 2: 1 events over 0"),
        (lambda: time_between_charts([5, -1]), "-1 between two events"),
    ],
)
def test_counts_that_cannot_be_are_refused(make, reason):
    with pytest.raises(SeriesCountError, match=reason):
        make()


def test_a_month_without_cases_has_no_share():
    charts = proportion_charts([5, 0, 15], [50, 0, 50])

    assert math.isnan(charts.values[0, 1])
    assert charts.centre[0, 0] == pytest.approx(0.2)


def test_times_between_events_are_charted_on_their_root():
    times = [12, 30, 5, 41, 22]

    charts, inner = time_between_charts(times), xmr_charts(np.array(times) ** (1 / 3.6))

    assert charts.centre[0, 0] == pytest.approx(inner.centre[0, 0] ** 3.6)
    assert charts.upper[0, 0] == pytest.approx(inner.upper[0, 0] ** 3.6)
    assert math.isnan(time_between_charts([0, 900, 0, 900, 1]).lower[0, 0])


def test_cases_between_events_have_the_median_as_centre():
    charts = cases_between_charts([10, 20, 30])

    assert charts.centre[0, 0] == pytest.approx(20 * math.log(2))
    assert charts.upper[0, 0] == pytest.approx(20 + 3 * math.sqrt(420))


def test_runs_and_crossings_about_the_median():
    found = runs([[1, 2] * 12, [1] * 12 + [2] * 12, [MISSING] * 24])

    assert found.useful.tolist() == [24, 24, 0]
    assert found.longest.tolist() == [1, 12, 0]
    # 24 points: log2(24) + 3 rounded is 8; qbinom(0.05, 23, 0.5) is 8.
    assert (found.longest_allowed[0], found.crossings_needed[0]) == (8, 8)
    assert found.crossings.tolist() == [23, 1, 0]
    assert found.signals.tolist() == [False, True, False]


def test_the_autocorrelation_of_a_series_that_swings_slowly():
    # By hand: distances -3, -1, 1, 3 from the mean; (3 - 1 + 3) / (9 + 1 + 1 + 9).
    found = autocorrelation(xmr_charts([1, 3, 5, 7]))

    assert found.estimates[0] == pytest.approx(0.25)
    assert found.chance_limits[0] == pytest.approx(1.959964 / 2)
    assert math.isnan(autocorrelation(xmr_charts([2, 2, 2])).estimates[0])
