"""What stays the same when series are moved, scaled, permuted, or have gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lianyi.methods.process_control import (
    Direction,
    MovingRanges,
    Phases,
    Rebase,
    Signal,
    proportion_charts,
    runs,
    xmr_charts,
)

# Whole numbers, so that scaling and shifting by powers of two and whole numbers is exact.
whole = st.integers(-50, 50).map(float)
matrices = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 30)), elements=whole)
gaps = st.one_of(whole, st.just(float("nan")))
matrices_with_gaps = arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 30)), elements=gaps)
choices = st.sampled_from(list(MovingRanges))


@given(matrices_with_gaps, choices, st.randoms(use_true_random=False))
def test_the_order_of_the_series_changes_nothing(values, moving_ranges, random):
    order = list(range(len(values)))
    random.shuffle(order)

    charts, permuted = xmr_charts(values, moving_ranges), xmr_charts(values[order], moving_ranges)

    np.testing.assert_array_equal(permuted.upper, charts.upper[order])
    np.testing.assert_array_equal(permuted.rules, charts.rules[order])


@given(matrices, choices, st.sampled_from([0.25, 2.0, 1024.0]))
def test_another_unit_scales_the_limits_and_keeps_the_signals(values, moving_ranges, factor):
    charts, scaled = xmr_charts(values, moving_ranges), xmr_charts(values * factor, moving_ranges)

    np.testing.assert_allclose(scaled.upper, charts.upper * factor, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(scaled.signals, charts.signals)


@given(matrices, choices, st.integers(-1000, 1000))
def test_a_shift_of_all_values_shifts_the_limits_and_keeps_the_signals(values, moving_ranges, distance):
    # The screen compares moving ranges only, and these do not change.
    charts, shifted = xmr_charts(values, moving_ranges), xmr_charts(values + distance, moving_ranges)

    np.testing.assert_allclose(shifted.lower, charts.lower + distance, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(shifted.rules, charts.rules)


@given(matrices, choices)
def test_the_mirror_of_a_series_has_the_mirrored_signals(values, moving_ranges):
    charts, mirrored = xmr_charts(values, moving_ranges), xmr_charts(-values, moving_ranges)

    np.testing.assert_array_equal(mirrored.signals, charts.signals)
    np.testing.assert_array_equal(mirrored.sides, -charts.sides)
    np.testing.assert_array_equal(mirrored.variation(Direction.UP), charts.variation(Direction.DOWN))


@given(matrices_with_gaps, choices)
def test_gaps_are_the_same_as_a_shorter_series(values, moving_ranges):
    charts = xmr_charts(values, moving_ranges)

    for row, series in enumerate(values):
        known = ~np.isnan(series)
        assert not charts.signals[row][~known].any()
        if known.any():
            short = xmr_charts(series[known], moving_ranges)
            np.testing.assert_array_equal(charts.rules[row][known], short.rules[0])
            np.testing.assert_array_equal(charts.upper[row][known], short.upper[0])


@given(matrices, choices, st.data())
def test_phases_are_the_same_as_charts_apart(values, moving_ranges, data):
    times = values.shape[1]
    if times < 2:
        return
    at = data.draw(st.integers(1, times - 1))

    charts = xmr_charts(values, moving_ranges, Phases(rebases=(Rebase(at, "a reason"),)))

    for part in (slice(0, at), slice(at, times)):
        alone = xmr_charts(values[:, part], moving_ranges)
        np.testing.assert_array_equal(charts.centre[:, part], alone.centre)
        np.testing.assert_array_equal(charts.rules[:, part], alone.rules)


@given(matrices_with_gaps)
def test_screening_never_widens_the_limits(values):
    screened, all_of_them = xmr_charts(values, MovingRanges.SCREENED), xmr_charts(values)
    known = ~np.isnan(all_of_them.upper)

    assert (screened.upper[known] <= all_of_them.upper[known] + 1e-9).all()


@given(matrices_with_gaps)
def test_the_rules_are_those_of_a_slow_and_certain_reading(values):
    charts = xmr_charts(values)

    for row, series in enumerate(values):
        known = np.flatnonzero(~np.isnan(series))
        expected = slow_rules(series[known], charts, row, known)
        assert charts.rules[row][known].tolist() == expected


def slow_rules(points, charts, row, known):
    """Look at every window of every rule, one by one."""
    if len(points) < 2:
        return [0] * len(points)
    centre, lower, upper = (line[row, known[0]] for line in (charts.centre, charts.lower, charts.upper))
    near_lower, near_upper = charts.near_lower[row, known[0]], charts.near_upper[row, known[0]]
    rounding = 1e-9
    side = [0 if abs(point - centre) < rounding else (1 if point > centre else -1) for point in points]
    is_outside = [point > upper + rounding or point < lower - rounding for point in points]
    is_near = [
        not out and (point > near_upper + rounding or point < near_lower - rounding)
        for point, out in zip(points, is_outside, strict=True)
    ]
    found = [int(Signal.OUTSIDE) if out else 0 for out in is_outside]
    for begin in range(len(points)):
        seven = range(begin, begin + 7)
        if seven[-1] < len(points):
            steps = [points[place + 1] - points[place] for place in seven[:-1]]
            if all(step > 0 for step in steps) or all(step < 0 for step in steps):
                found = [rules | (Signal.TREND if place in seven else 0) for place, rules in enumerate(found)]
            if abs(sum(side[place] for place in seven)) == 7:
                found = [rules | (Signal.SHIFT if place in seven else 0) for place, rules in enumerate(found)]
        three = range(begin, begin + 3)
        if three[-1] < len(points) and abs(sum(side[place] for place in three)) == 3:
            near = [place for place in three if is_near[place]]
            if len(near) >= 2:
                found = [rules | (Signal.TWO_OF_THREE if place in near else 0) for place, rules in enumerate(found)]
    return [int(rules) for rules in found]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 40)), min_size=2, max_size=20))
def test_a_share_and_its_complement_mirror_each_other(months):
    events = np.array([min(part, whole) for part, whole in months], float)
    totals = np.array([whole for _part, whole in months], float)

    one, other = proportion_charts(events, totals), proportion_charts(totals - events, totals)

    np.testing.assert_allclose(one.upper, 1.0 - other.lower, atol=1e-12)


@given(matrices_with_gaps)
def test_runs_are_the_same_backwards(values):
    forwards, backwards = runs(values), runs(values[:, ::-1])

    assert forwards.longest.tolist() == backwards.longest.tolist()
    assert forwards.crossings.tolist() == backwards.crossings.tolist()


def test_the_same_matrix_gives_the_same_bits():
    values = np.random.default_rng(8).normal(size=(50, 40))

    first, second = xmr_charts(values), xmr_charts(values.copy())

    assert first.upper.tobytes() == second.upper.tobytes()
    assert first.rules.tobytes() == second.rules.tobytes()


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_layout_of_the_matrix_changes_nothing(order):
    values = np.random.default_rng(9).normal(size=(20, 30))

    charts = xmr_charts(np.asarray(values, order=order))

    np.testing.assert_array_equal(charts.upper, xmr_charts(values).upper)
