"""Funnels against worked examples, and what stays the same when units are permuted or scaled."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lianyi.methods.funnels import (
    Adjustment,
    Extremes,
    FunnelWish,
    Scale,
    SmallUnits,
    Verdict,
    dispersion,
    proportion_funnel,
    ratio_funnel,
)
from lianyi.methods.funnels.errors import (
    FunnelCountError,
    FunnelTransformError,
    FunnelTrimmingError,
    FunnelUnitsError,
)

# FunnelPlotR, test data at 12ad19a: observed and expected of seven units.
OBSERVED = [15, 40, 72, 28, 50, 66, 75]
EXPECTED = [13, 32, 75, 33, 54, 60, 72]
# Constructed: events and cases of eight units, figures computed by hand from the formulas of Spiegelhalter (2005).
EVENTS = [12, 30, 45, 18, 60, 25, 80, 9]
TOTALS = [100, 200, 250, 150, 260, 240, 400, 120]


def rounded(values, digits):
    return [round(float(value), digits) for value in values]


def test_ratios_on_the_scale_of_the_care_quality_commission():
    funnel = ratio_funnel(OBSERVED, EXPECTED)

    assert rounded(funnel.values, 4) == [1.1538, 1.25, 0.96, 0.8485, 0.9259, 1.1, 1.0417]
    assert rounded(funnel.z, 4) == [0.5349, 1.3354, -0.3499, -0.9061, -0.5548, 0.7561, 0.3499]
    assert funnel.dispersion.phi == pytest.approx(0.40998, abs=5e-6)
    assert funnel.dispersion.tau2 == 0
    assert funnel.verdicts == [Verdict.WITHIN] * 7


def test_shares_that_differ_more_than_by_chance():
    funnel = proportion_funnel(EVENTS, TOTALS)

    assert funnel.target == pytest.approx(0.1622093, abs=5e-8)
    assert rounded(funnel.z, 4) == [-1.2156, -0.4758, 0.7472, -1.4888, 2.7918, -2.6612, 1.965, -3.0041]
    assert funnel.dispersion.phi == pytest.approx(3.494985, abs=5e-7)
    assert funnel.dispersion.tau2 == pytest.approx(0.00357110, abs=5e-9)
    limits, plain = funnel.limits_at([120]), funnel.unadjusted_limits_at([120])
    assert rounded([limits.low_998[0], limits.high_998[0]], 4) == [0.0328, 0.3633]
    assert rounded([plain.low_998[0], plain.high_998[0]], 4) == [0.0729, 0.2782]


def test_ratios_on_the_scale_of_hospital_mortality():
    funnel = ratio_funnel(OBSERVED, EXPECTED, Scale.LOGARITHM, FunnelWish(Adjustment(Extremes.TRUNCATED)))

    ratios = np.array(OBSERVED) / np.array(EXPECTED)
    z = np.log(ratios) * np.sqrt(EXPECTED)
    assert rounded(funnel.z, 12) == rounded(z, 12)
    low, high = np.quantile(z, [0.1, 0.9])
    inside = z[(z >= low) & (z <= high)]
    assert (funnel.dispersion.units, len(inside)) == (5, 5)
    assert funnel.dispersion.phi == pytest.approx(float(np.mean(inside**2)))
    limits = funnel.limits_at([25])
    assert limits.high_95[0] == pytest.approx(math.exp(1.959964 / 5), rel=1e-6)
    assert limits.low_998[0] == pytest.approx(math.exp(-3.090232 / 5), rel=1e-6)


def test_variance_between_units_is_found_again():
    generator = np.random.default_rng(20240601)
    sizes = generator.uniform(200, 2000, 3000)
    between = 0.04
    true = np.exp(generator.normal(0, math.sqrt(between), 3000))

    funnel = ratio_funnel(
        generator.poisson(sizes * true), sizes, Scale.LOGARITHM, FunnelWish(Adjustment(Extremes.KEPT))
    )

    assert funnel.dispersion.tau2 == pytest.approx(between, rel=0.1)
    assert float((np.abs(funnel.adjusted_z) > 1.96).mean()) == pytest.approx(0.05, abs=0.012)


def test_extremes_that_are_kept_hide_themselves():
    events, totals = [*[50] * 19, 150], [500] * 20

    winsorised = proportion_funnel(events, totals)
    kept = proportion_funnel(events, totals, FunnelWish(Adjustment(Extremes.KEPT)))

    assert winsorised.dispersion.tau2 < kept.dispersion.tau2
    assert winsorised.verdicts[-1] is Verdict.ABOVE_998
    assert abs(kept.adjusted_z[-1]) < abs(winsorised.adjusted_z[-1])


def test_a_hospital_with_ten_referrals_is_not_called_worst():
    funnel = proportion_funnel([*EVENTS, 9], [*TOTALS, 10])

    assert abs(funnel.adjusted_z[-1]) > 3.09
    assert funnel.verdicts[-1] is Verdict.TOO_SMALL
    assert math.isnan(funnel.p_values[-1])
    assert not funnel.too_small[:-1].any()


def test_what_small_means_is_chosen_by_who_asks():
    strict = FunnelWish(small_units=SmallUnits(least_expected=20))

    assert [verdict is Verdict.TOO_SMALL for verdict in ratio_funnel(OBSERVED, EXPECTED, wish=strict).verdicts] == [
        True,
        *[False] * 6,
    ]
    by_total = FunnelWish(small_units=SmallUnits(least_expected=0, least_total=150))
    assert proportion_funnel(EVENTS, TOTALS, by_total).too_small.tolist() == [True, *[False] * 6, True]


def test_false_discovery_rates_count_only_units_that_may_be_called_out():
    funnel = proportion_funnel([*EVENTS, 9], [*TOTALS, 10])

    assert math.isnan(funnel.false_discovery_rates[-1])
    known = funnel.false_discovery_rates[:-1]
    assert (known >= funnel.p_values[:-1]).all()
    assert funnel.expected_outside_998 == pytest.approx(8 * 0.002)


@pytest.mark.parametrize("expected", [0.5, 4.0, 12.0, 300.0])
def test_exact_limits_of_ratios_lie_between_the_counts_around_the_probability(expected):
    exact = ratio_funnel([1, 2, 3], [expected] * 3).exact_limits_at([expected])

    for limit, probability in ((exact.low_95, 0.025), (exact.high_95, 0.975), (exact.high_998, 0.999)):
        count = stats.poisson.ppf(probability, expected)
        assert max(count - 1, 0) <= limit[0] * expected + 1e-9
        assert limit[0] * expected <= count + 1e-9


def test_exact_and_normal_limits_meet_in_large_units():
    funnel = proportion_funnel([3000, 2000, 2500], [10_000, 10_000, 10_000])

    exact, normal = funnel.exact_limits_at([10_000]), funnel.unadjusted_limits_at([10_000])

    assert exact.low_998[0] == pytest.approx(normal.low_998[0], abs=2e-4)
    assert exact.high_95[0] == pytest.approx(normal.high_95[0], abs=2e-4)


def test_lower_limits_of_very_small_units_stop_at_nothing():
    low = ratio_funnel(OBSERVED, EXPECTED).limits_at([0.1, 1.0])

    assert low.low_998.tolist() == [0, 0]
    assert proportion_funnel(EVENTS, TOTALS).limits_at([1]).low_998[0] == 0


@pytest.mark.parametrize(
    ("make", "error", "reason"),
    [
        (lambda: ratio_funnel([1, 2], [1, 2]), FunnelUnitsError, "2 units"),
        (lambda: ratio_funnel([1, 2, 3], [1, 2]), FunnelUnitsError, "shape"),
        (lambda: ratio_funnel([1, 2, -3], [1, 2, 3]), FunnelCountError, "Record 3: observed is -3"),
        (lambda: ratio_funnel([1, 2, 3], [1, 0, 3]), FunnelCountError, "Record 2: 0 events are expected"),
        (lambda: ratio_funnel([1, math.nan, 3], [1, 2, 3]), FunnelCountError, "Record 2: observed is missing"),
        (
            lambda: ratio_funnel([1, 0, 3], [1, 2, 3], Scale.LOGARITHM),
            FunnelTransformError,
            "Record 2: it has no events",
        ),
        (lambda: ratio_funnel([1, 0, 3], [1, 2, 3], Scale.ARCSINE), FunnelTransformError, "for shares"),
        (lambda: proportion_funnel([1, 5, 3], [1, 2, 3]), FunnelCountError, "Record 2: 5 events of 2 cases"),
        (lambda: proportion_funnel([0, 0, 0], [1, 0, 3]), FunnelCountError, "Record 2: 0 cases"),
        (lambda: Adjustment(trimmed_share=0.5), FunnelTrimmingError, "leaves none"),
    ],
)
def test_what_cannot_be_compared_is_refused(make, error, reason):
    with pytest.raises(error, match=reason):
        make()


def test_without_units_there_is_no_dispersion():
    found = dispersion(np.empty(0), np.empty(0))

    assert (math.isnan(found.phi), found.tau2, found.units) == (True, 0.0, 0)


units = st.lists(st.tuples(st.integers(0, 80), st.integers(1, 400)), min_size=3, max_size=20)


@given(units, st.randoms(use_true_random=False))
def test_the_order_of_the_units_changes_nothing(rows, random):
    order = list(range(len(rows)))
    random.shuffle(order)
    observed = np.array([row[0] for row in rows], float)
    expected = np.array([row[1] for row in rows], float)

    funnel, permuted = ratio_funnel(observed, expected), ratio_funnel(observed[order], expected[order])

    assert permuted.dispersion.phi == pytest.approx(funnel.dispersion.phi, rel=1e-12)
    assert permuted.dispersion.tau2 == pytest.approx(funnel.dispersion.tau2, rel=1e-9, abs=1e-12)
    np.testing.assert_allclose(permuted.adjusted_z, funnel.adjusted_z[order], rtol=1e-7, atol=1e-12)


@given(units)
def test_cases_without_the_event_make_the_mirrored_funnel(rows):
    parts = np.array([min(part, whole) for part, whole in rows], float)
    wholes = np.array([whole for _part, whole in rows], float)

    one, other = proportion_funnel(parts, wholes), proportion_funnel(wholes - parts, wholes)

    np.testing.assert_allclose(one.z, -other.z, atol=1e-7)
    np.testing.assert_allclose(one.limits_at(wholes).high_95, 1 - other.limits_at(wholes).low_95, atol=1e-7)


@given(units, st.integers(2, 50))
def test_more_of_everything_takes_units_further_out(rows, factor):
    observed = np.array([row[0] for row in rows], float)
    expected = np.array([row[1] for row in rows], float)

    few, many = ratio_funnel(observed, expected), ratio_funnel(observed * factor, expected * factor)

    np.testing.assert_allclose(many.z, few.z * math.sqrt(factor), rtol=1e-9, atol=1e-9)


@given(units)
def test_limits_narrow_as_units_grow(rows):
    funnel = ratio_funnel([row[0] for row in rows], [row[1] for row in rows])
    limits = funnel.limits_at([1, 10, 100, 1000])

    assert (np.diff(limits.high_998) < 0).all()
    assert (limits.low_998 <= limits.low_95).all()
    assert (limits.high_998 >= limits.high_95).all()
