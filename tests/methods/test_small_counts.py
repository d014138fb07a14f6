"""Rates and ratios of few events: published examples, other programs, coverage and properties."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.rates import confint_poisson, test_poisson_2indep

from lianyi.methods.errors import EventCountError, ProbabilityError, SurveyLengthError, ZeroTotalError
from lianyi.methods.small_counts import (
    CountMethod,
    compare_rates,
    count_limits,
    directly_standardised_rate,
    event_rates,
    expected_events,
    observed_to_expected,
)

test_poisson_2indep.__test__ = False

# J. L. Fleiss, Statistical methods for rates and proportions (1981) 249; M. P. Fay and E. J. Feuer (1997) table II:
# births in Michigan by mother's age, and cases of Down's syndrome, of children born first, second, ... fifth or later.
BIRTHS = (
    (230061, 329449, 114920, 39487, 14208, 3052),
    (72202, 326701, 208667, 83228, 28466, 5375),
    (15050, 175702, 207081, 117300, 45026, 8660),
    (2293, 68800, 132424, 98301, 46075, 9834),
    (327, 30666, 123419, 149919, 104088, 34392),
)
CASES = (
    (107, 141, 60, 40, 39, 25),
    (25, 150, 110, 84, 82, 39),
    (3, 71, 114, 103, 108, 75),
    (1, 26, 64, 89, 137, 96),
    (0, 8, 63, 112, 262, 295),
)
ALL_BIRTHS = (319933, 931318, 786511, 488235, 237863, 61313)

COUNTS = st.integers(0, 2000)
METHODS = st.sampled_from(list(CountMethod))
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])


def limits_of(count, method=CountMethod.EXACT, confidence=0.95):
    found = count_limits([count], confidence, method)
    return float(found.low[0]), float(found.high[0])


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (30, 20.24, 42.83)],
)
def test_exact_limits_are_those_of_the_tables(count, low, high):
    found = limits_of(count)
    assert found[0] == pytest.approx(low, abs=5e-3 if count == 30 else 5e-4)
    assert found[1] == pytest.approx(high, abs=5e-3 if count == 30 else 6e-4)


def test_a_published_rate_has_its_published_limits():
    # StatsDirect, help on confidence intervals for a Poisson rate: 14 events in 400 person-years.
    found = event_rates([14], [400])
    assert (found.value[0], round(found.low[0], 6), round(found.high[0], 6)) == (0.035, 0.019135, 0.058724)


def test_a_published_ratio_has_its_published_estimate():
    # OpenEpi, documentation of the standardised mortality ratio (Soe and Sullivan 2006).
    assert round(observed_to_expected(4, 3.3).value, 3) == 1.212


@pytest.mark.parametrize("count", [1, 4, 17, 250])
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.998])
def test_exact_and_mid_p_limits_are_those_of_statsmodels(count, confidence):
    exact = confint_poisson(count, 1, method="exact-c", alpha=1 - confidence)
    middle = confint_poisson(count, 1, method="midp-c", alpha=1 - confidence)
    assert limits_of(count, CountMethod.EXACT, confidence) == pytest.approx(exact, rel=1e-10)
    assert limits_of(count, CountMethod.MID_P, confidence) == pytest.approx(middle, rel=1e-6)


def test_the_mid_p_limits_of_no_event_follow_from_half_its_probability():
    assert limits_of(0, CountMethod.MID_P) == (0, pytest.approx(-math.log(0.05), rel=1e-12))


def test_byar_comes_within_a_hundredth_of_the_exact_limits_from_five_events_on():
    for count in (5, 10, 100, 1000):
        assert limits_of(count, CountMethod.BYAR) == pytest.approx(limits_of(count), rel=0.01)
    assert limits_of(0, CountMethod.BYAR) == (0, pytest.approx(3.689, abs=0.1))


def test_each_birth_order_has_the_rates_and_gamma_limits_of_the_paper():
    standard = np.mean(BIRTHS, axis=0)
    found = [
        directly_standardised_rate(cases, births, standard, per=100_000)
        for cases, births in zip(CASES, BIRTHS, strict=True)
    ]
    fifth = found[-1]
    assert (round(fifth.value, 1), round(fifth.interval.low, 1), round(fifth.interval.high, 1)) == (75.5, 67.7, 188.3)
    exact = directly_standardised_rate(CASES[-1], BIRTHS[-1], ALL_BIRTHS, per=100_000)
    assert (exact.value, exact.interval.low, exact.interval.high) == pytest.approx(
        (75.52901, 67.70212, 188.30017), abs=6e-6
    )
    for each, cases, births in zip(found, CASES, BIRTHS, strict=True):
        assert each.crude == pytest.approx(1e5 * sum(cases) / sum(births), rel=1e-12)
        assert each.interval.low < each.value < each.interval.high
        assert each.events == sum(cases)


def test_a_standard_like_the_population_itself_gives_the_exact_limits_of_the_crude_rate():
    found = directly_standardised_rate([3, 5, 1], [100, 300, 50], [2, 6, 1], per=1000)
    assert found.value == pytest.approx(20, rel=1e-12)
    assert (found.interval.low, found.interval.high) == pytest.approx(
        [1000 * limit / 450 for limit in limits_of(9)], rel=1e-9
    )


def test_no_event_at_all_has_a_standardised_rate_of_zero_and_an_upper_limit():
    found = directly_standardised_rate([0, 0], [100, 100], [1, 1])
    assert (found.value, found.interval.low) == (0, 0)
    assert found.interval.high == pytest.approx(3.6889 / 200, rel=1e-4)


def test_expected_numbers_come_from_the_rates_of_the_reference():
    expected = expected_events([10, 90, 0], [1_000, 3_000, 0], [50, 200, 0])
    assert expected == 6.5
    found = observed_to_expected(13, expected, 0.9)
    assert found.value == 2
    assert (found.interval.low, found.interval.high) == pytest.approx(
        [limit / 6.5 for limit in limits_of(13, confidence=0.9)], rel=1e-12
    )


def test_two_rates_compare_as_in_the_published_example():
    # R Core Team, help of poisson.test: 11 in 800 against 21 in 3,011.
    found = compare_rates((11, 800), (21, 3_011))
    assert round(found.value, 6) == 1.971488
    assert (found.interval.low, found.interval.high) == pytest.approx((0.8584264, 4.2772659), abs=6e-8)
    lower, upper = (
        test_poisson_2indep(11, 800, 21, 3_011, method="exact-cond", alternative=side).pvalue
        for side in ("smaller", "larger")
    )
    assert found.p_value == pytest.approx(2 * min(lower, upper), rel=1e-9)


def test_a_second_rate_without_events_leaves_only_a_lower_limit():
    found = compare_rates((6, 10), (0, 10))
    assert (found.value, found.interval.high) == (None, math.inf)
    assert found.interval.low == pytest.approx(0.025 ** (1 / 6) / (1 - 0.025 ** (1 / 6)), rel=1e-9)
    assert found.p_value == pytest.approx(2 * 0.5**6, rel=1e-9)
    assert compare_rates((0, 10), (0, 10)) is None
    none_here = compare_rates((0, 10), (6, 10))
    assert (none_here.value, none_here.interval.low) == (0, 0)
    assert none_here.interval.high == pytest.approx(1 / found.interval.low, rel=1e-9)


def test_what_is_missing_has_no_rate_and_changes_no_other():
    found = event_rates([3, np.nan, 2, 0], [100, 100, np.nan, 0], per=1000)
    assert found.value[0] == 30
    assert np.isnan([found.value[1:], found.low[1:], found.high[1:]]).all()


@pytest.mark.parametrize("method", list(CountMethod))
def test_limits_cover_the_truth_as_often_as_they_promise(method):
    # The sum over all counts, so nothing is left to chance.
    counts = np.arange(400)
    found = count_limits(counts, 0.95, method)
    means = np.linspace(0.2, 60, 300)
    coverage = np.array(
        [stats.poisson.pmf(counts, mean)[(found.low <= mean) & (mean <= found.high)].sum() for mean in means]
    )
    assert coverage.min() > {CountMethod.EXACT: 0.95, CountMethod.BYAR: 0.94, CountMethod.MID_P: 0.91}[method]
    assert coverage.mean() == pytest.approx(0.96 if method is not CountMethod.MID_P else 0.953, abs=0.01)


@given(COUNTS, METHODS, LEVELS)
def test_the_count_lies_within_its_limits_and_they_widen_with_the_level(count, method, confidence):
    low, high = limits_of(count, method, confidence)
    assert 0 <= low <= count < high
    wider = limits_of(count, method, (1 + confidence) / 2)
    assert wider[0] <= low
    assert high < wider[1]


@given(COUNTS, LEVELS)
def test_mid_p_limits_lie_within_the_exact_ones(count, confidence):
    exact, middle = limits_of(count, CountMethod.EXACT, confidence), limits_of(count, CountMethod.MID_P, confidence)
    assert exact[0] <= middle[0] <= middle[1] <= exact[1]


@given(st.lists(st.tuples(COUNTS, st.floats(0.1, 1e6)), min_size=1, max_size=8), st.floats(0.001, 1000))
def test_the_unit_of_exposure_scales_a_rate_and_nothing_else(rows, factor):
    events, exposure = (np.array(column, float) for column in zip(*rows, strict=True))
    one, other = event_rates(events, exposure), event_rates(events, exposure * factor, per=factor)
    for name in ("value", "low", "high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-12)


PARTS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10_000), st.integers(1, 10_000)), min_size=1, max_size=8)


@given(PARTS, st.randoms(use_true_random=False), st.integers(2, 1000))
def test_neither_the_order_of_parts_nor_the_size_of_the_standard_changes_a_standardised_rate(parts, random, factor):
    one = directly_standardised_rate(*zip(*parts, strict=True))
    shuffled = [(events, people, size * factor) for events, people, size in random.sample(parts, len(parts))]
    other = directly_standardised_rate(*zip(*shuffled, strict=True))
    assert (other.value, other.interval.low, other.interval.high) == pytest.approx(
        (one.value, one.interval.low, one.interval.high), rel=1e-9
    )
    assert one.interval.low <= one.value < one.interval.high


@given(st.integers(0, 60), st.floats(1, 1e4), st.integers(0, 60), st.floats(1, 1e4))
def test_rates_that_change_places_have_the_reciprocal_ratio_and_the_same_p(one, here, two, there):
    first, second = compare_rates((one, here), (two, there)), compare_rates((two, there), (one, here))
    if first is None:
        assert one == two == 0
        return
    assert second.p_value == pytest.approx(first.p_value, abs=1e-9)
    if one and two:
        assert second.value == pytest.approx(1 / first.value, rel=1e-9)
        assert second.interval.low == pytest.approx(1 / first.interval.high, rel=1e-6)
        assert (first.p_value < 0.05) == (not first.interval.low <= 1 <= first.interval.high)


@pytest.mark.parametrize(
    ("make", "error", "told"),
    [
        (lambda: count_limits([1, -1]), EventCountError, "Record 2: -1 events"),
        (lambda: count_limits([1.5]), EventCountError, "Record 1: 1.5 events; a whole number"),
        (lambda: count_limits([1], 1.0), ProbabilityError, "confidence is 1.0"),
        (lambda: count_limits([[1]]), SurveyLengthError, "one column is expected"),
        (lambda: event_rates([1], [-1]), EventCountError, "Record 1: events are related to -1"),
        (lambda: event_rates([1], [1, 2]), SurveyLengthError, "events 1, exposure 2"),
        (lambda: event_rates([1], [1], per=0), EventCountError, "A rate per 0"),
        (lambda: directly_standardised_rate([1], [0], [1]), EventCountError, "Record 1 has nobody here"),
        (lambda: directly_standardised_rate([np.nan], [1], [1]), EventCountError, "Missing is not 0"),
        (lambda: directly_standardised_rate([1], [1], [0]), ZeroTotalError, "standard population is 0"),
        (lambda: expected_events([1], [0], [5]), EventCountError, "nobody in the reference"),
        (lambda: observed_to_expected(1, 0), EventCountError, "0 events are expected"),
        (lambda: compare_rates((1, 0), (1, 1)), EventCountError, "two numbers above 0"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_was_given(make, error, told):
    with pytest.raises(error, match=told):
        make()
