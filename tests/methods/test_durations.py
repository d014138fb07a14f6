from __future__ import annotations

import math
import statistics
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.strategies import days, spans

from lianyi.methods.durations import (
    duration_summary,
    monthly_means,
    quantile_estimate,
    quantile_minutes,
    share_at_most,
    share_below,
)
from lianyi.methods.errors import NegativeQuantityError, ProbabilityError
from lianyi.methods.periods import DateSpan
from lianyi.methods.proportions import Share

durations = st.integers(0, 10_000).map(float)
duration_lists = st.lists(durations, min_size=1, max_size=60)


# Ranks and exact levels in per cent of the 95 % interval for a median, as in D. G. Altman and others, Statistics with
# Confidence, 2nd edition (2000), table 18.4.
@pytest.mark.parametrize(
    ("count", "low", "high", "level"),
    [(6, 1, 6, 96.9), (10, 2, 9, 97.9), (20, 6, 15, 95.9), (25, 8, 18, 95.7), (50, 18, 33, 96.7), (100, 40, 61, 96.5)],
)
def test_the_ranks_that_hold_a_median_are_the_published_ones(count, low, high, level):
    interval = quantile_estimate(range(count), 0.5).interval
    assert (interval.low_rank, interval.high_rank) == (low, high)
    assert (interval.low, interval.high) == (low - 1, high - 1)
    assert round(interval.coverage * 100, 1) == level


def test_five_durations_are_too_few_for_limits_of_the_median():
    estimate = quantile_estimate([1, 2, 3, 4, 5], 0.5)
    assert estimate.minutes == 3
    assert (estimate.interval.low, estimate.interval.high) == (None, None)


def test_an_upper_limit_of_the_ninetieth_percentile_takes_thirty_six_durations():
    # 0.9 ** 36 = 0.0225 is the first power below 0.025.
    assert quantile_estimate(range(35), 0.9).interval.high is None
    assert quantile_estimate(range(36), 0.9).interval.high == 35


def test_without_durations_there_is_no_figure():
    summary = duration_summary([])
    assert (summary.count, summary.median.minutes, summary.p90.minutes) == (0, None, None)
    assert (summary.median.interval.low, summary.median.interval.high) == (None, None)


def test_one_duration_is_its_own_median():
    assert (duration_summary([7.0]).median.minutes, duration_summary([7.0]).p90.minutes) == (7.0, 7.0)


@given(st.lists(durations, min_size=2, max_size=60))
def test_quantiles_are_those_of_the_standard_library_with_both_ends_included(minutes):
    deciles = statistics.quantiles(minutes, n=10, method="inclusive")
    assert quantile_minutes(minutes, 0.5) == pytest.approx(statistics.median(minutes))
    assert quantile_minutes(minutes, 0.9) == pytest.approx(deciles[8])


@given(duration_lists, st.sampled_from([0.25, 0.5, 0.9]), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_level_reached_is_exactly_that_of_the_ranks_and_none_further_in_would_do(minutes, probability, level):
    count = len(minutes)
    weights = [math.comb(count, k) * probability**k * (1 - probability) ** (count - k) for k in range(count + 1)]
    interval = quantile_estimate(minutes, probability, level).interval
    low, high = interval.low_rank or 0, interval.high_rank or count + 1
    assert interval.coverage == pytest.approx(sum(weights[low:high]))
    assert interval.coverage >= level - 1e-9
    assert sum(weights[:low]) <= (1 - level) / 2 + 1e-9 < sum(weights[: low + 1]) + 2e-9
    assert sum(weights[high:]) <= (1 - level) / 2 + 1e-9 < sum(weights[high - 1 :]) + 2e-9


@given(duration_lists, st.sampled_from([0.5, 0.9]), st.randoms())
def test_the_figure_lies_in_its_interval_and_the_order_of_cases_does_not_matter(minutes, probability, shuffler):
    estimate = quantile_estimate(minutes, probability)
    low = -math.inf if estimate.interval.low is None else estimate.interval.low
    high = math.inf if estimate.interval.high is None else estimate.interval.high
    assert low <= estimate.minutes <= high
    shuffled = list(minutes)
    shuffler.shuffle(shuffled)
    assert quantile_estimate(shuffled, probability) == estimate


def test_attainment_tells_at_most_from_below():
    doors = [30.0, 60.0, 89.5, 90.0, 111.0]
    assert share_at_most(doors, 90) == Share(4, 5)
    assert share_below(doors, 90) == Share(3, 5)
    assert share_at_most([], 90).value is None


def test_the_attainment_of_a_published_series_has_its_wilson_interval():
    # Door to balloon within 90 minutes in 157 of 464 patients.
    doors = [80.0] * 157 + [120.0] * 307
    share = share_at_most(doors, 90)
    assert round(share.value, 3) == 0.338
    assert (round(share.interval().low, 3), round(share.interval().high, 3)) == (0.297, 0.383)


def test_months_without_a_case_have_no_mean():
    cases = [(date(2024, 1, 5), 8.0), (date(2024, 3, 1), 9.0), (date(2024, 3, 31), 10.0), (date(2024, 4, 1), 99.0)]
    means = monthly_means(cases, DateSpan(date(2024, 1, 1), date(2024, 3, 31)))
    assert [(mean.month.label, mean.total_minutes, mean.count, mean.mean_minutes) for mean in means] == [
        ("2024-01", 8.0, 1, 8.0),
        ("2024-02", 0.0, 0, None),
        ("2024-03", 19.0, 2, 9.5),
    ]


@given(st.lists(st.tuples(days, durations), max_size=30), spans)
def test_every_case_in_the_window_is_in_one_month(cases, window):
    means = monthly_means(cases, window)
    inside = [value for day, value in cases if day in window]
    assert sum(mean.count for mean in means) == len(inside)
    assert sum(mean.total_minutes for mean in means) == pytest.approx(sum(inside))


@pytest.mark.parametrize("value", [-0.5, math.nan, math.inf])
def test_a_duration_that_cannot_be_is_refused(value):
    message = f"The duration is {value} minutes; it must be a finite number, 0 or more"
    with pytest.raises(NegativeQuantityError, match=message):
        duration_summary([10.0, value])
    with pytest.raises(NegativeQuantityError, match=message):
        share_at_most([10.0, value], 90)
    with pytest.raises(NegativeQuantityError, match=message):
        monthly_means([(date(2024, 1, 1), value)], DateSpan(date(2024, 1, 1), date(2024, 1, 31)))


def test_a_limit_below_nothing_is_refused():
    with pytest.raises(NegativeQuantityError, match="The limit is -1 minutes"):
        share_below([10.0], -1)


@pytest.mark.parametrize("probability", [0.0, 1.0, 90.0])
def test_a_quantile_outside_the_range_is_refused(probability):
    with pytest.raises(ProbabilityError, match="The probability of the quantile is"):
        quantile_minutes([1.0], probability)
    with pytest.raises(ProbabilityError):
        quantile_estimate([1.0], probability)
