"""How long things took: median and 90th percentile with intervals, share within a limit, mean by month.

All durations are minutes, finite and 0 or more. Cases whose duration is not known are left out by the caller and
counted beside the figure; a missing time is never a duration of 0.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.methods.errors import NegativeQuantityError
from lianyi.methods.periods import CalendarPeriod, DateSpan, PeriodUnit, periods_within
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Share, binomial_probability, check_probability

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

MEDIAN = 0.5
P90 = 0.9


@dataclass(frozen=True, slots=True)
class OrderStatisticInterval:
    """An interval for a quantile, made of two of the durations themselves.

    ``low`` is the duration of rank ``low_rank`` and ``high`` that of ``high_rank``, counted from 1 for the shortest.
    An end is None where there are too few durations for one at the level asked for; the interval is then open.
    ``coverage`` is the probability, 0 to 1, that an interval of these ranks holds the quantile.
    """

    low: float | None
    high: float | None
    low_rank: int | None
    high_rank: int | None
    coverage: float


@dataclass(frozen=True, slots=True)
class QuantileEstimate:
    """A quantile of ``count`` durations in minutes; ``minutes`` is None when there is none."""

    probability: float
    count: int
    minutes: float | None
    interval: OrderStatisticInterval


@dataclass(frozen=True, slots=True)
class DurationSummary:
    """The two figures by which times to answer are judged."""

    count: int
    median: QuantileEstimate
    p90: QuantileEstimate


@dataclass(frozen=True, slots=True)
class MonthlyMean:
    """The durations of one month: their sum, their number, their mean."""

    month: CalendarPeriod
    total_minutes: float
    count: int

    @property
    def mean_minutes(self) -> float | None:
        """Sum over number; None for a month without a case."""
        return self.total_minutes / self.count if self.count else None


def check_minutes(name: str, value: float) -> None:
    """Refuse a duration that is below 0, infinite or not a number.

    Raises
    ------
    NegativeQuantityError
        Naming the duration and the value.
    """
    # A comparison with NaN is false, so NaN is refused here as well.
    if not 0.0 <= value < math.inf:
        message = f"The {name} is {value} minutes; it must be a finite number, 0 or more."
        raise NegativeQuantityError(message, quantity=name, given=value)


def quantile_minutes(minutes: Iterable[float], probability: float) -> float | None:
    """Return a quantile of the durations by linear interpolation, None when there is none.

    Type 7 of R. J. Hyndman and Y. Fan, The American Statistician 50 (1996) 361-365, as spreadsheets and most
    statistical programmes have it: the value at place (n - 1) p of the sorted durations, counted from 0.

    Raises
    ------
    NegativeQuantityError
        When a duration is below 0 or not a finite number.
    ProbabilityError
        When the probability does not lie between 0 and 1.

    Examples
    --------
    >>> quantile_minutes([10, 20, 30, 40], 0.5), quantile_minutes([10, 20, 30, 40], 0.9)
    (25.0, 37.0)
    """
    check_probability("probability of the quantile", probability)
    return _interpolated(_sorted_minutes(minutes), probability)


def quantile_estimate(
    minutes: Iterable[float], probability: float, confidence: float = DEFAULT_CONFIDENCE
) -> QuantileEstimate:
    """Return a quantile with an interval that supposes nothing about the shape of the distribution.

    The number of n durations below the true quantile is binomial (n, p), so the durations of rank r and s enclose it
    with a probability of at least P(r <= B < s) (W. R. Thompson, Annals of Mathematical Statistics 7 (1936) 122-128;
    with equal durations it can only be more: H. Scheffe and J. W. Tukey, the same 16 (1945) 187-192). The ranks are
    the innermost ones that leave at most half of 1 - ``confidence`` on either side.

    Parameters
    ----------
    minutes
        Durations of independent cases.
    probability
        0.5 for the median, 0.9 for the 90th percentile.
    confidence
        Level asked for; the ``coverage`` reached is at least that.

    Raises
    ------
    NegativeQuantityError
        When a duration is below 0 or not a finite number.
    ProbabilityError
        When the probability or the confidence does not lie between 0 and 1.

    Examples
    --------
    Of 25 durations ranks 8 and 18 hold the median with a probability of 0.957:

    >>> interval = quantile_estimate(range(101, 126), 0.5).interval
    >>> interval.low, interval.high, round(interval.coverage, 4)
    (108, 118, 0.9567)

    For an upper limit of the 90th percentile 25 are too few; it takes 36:

    >>> interval = quantile_estimate(range(101, 126), 0.9).interval
    >>> interval.low, interval.high, round(interval.coverage, 4)
    (119, None, 0.9905)
    """
    check_probability("probability of the quantile", probability)
    check_probability("confidence", confidence)
    ordered = _sorted_minutes(minutes)
    return QuantileEstimate(
        probability, len(ordered), _interpolated(ordered, probability), _interval(ordered, probability, confidence)
    )


def duration_summary(minutes: Iterable[float], confidence: float = DEFAULT_CONFIDENCE) -> DurationSummary:
    """Return median and 90th percentile with their intervals; see `quantile_estimate`.

    Examples
    --------
    >>> summary = duration_summary([5, 8, 9, 12, 30, 45])
    >>> summary.median.minutes, summary.median.interval.low, summary.median.interval.high, summary.p90.minutes
    (10.5, 5, 45, 37.5)
    """
    ordered = _sorted_minutes(minutes)
    return DurationSummary(
        len(ordered), quantile_estimate(ordered, MEDIAN, confidence), quantile_estimate(ordered, P90, confidence)
    )


def share_at_most(minutes: Iterable[float], limit_minutes: float) -> Share:
    """Return how many of the durations are no longer than the limit: the attainment of a limit such as "<= 90 min".

    Raises
    ------
    NegativeQuantityError
        When a duration or the limit is below 0 or not a finite number.

    Examples
    --------
    >>> share = share_at_most([60, 75, 90, 111], 90)
    >>> share.value, round(share.interval().low, 3), round(share.interval().high, 3)
    (0.75, 0.301, 0.954)
    """
    check_minutes("limit", limit_minutes)
    ordered = _sorted_minutes(minutes)
    return Share(sum(value <= limit_minutes for value in ordered), len(ordered))


def share_below(minutes: Iterable[float], limit_minutes: float) -> Share:
    """Return how many of the durations are shorter than the limit: the attainment of a limit such as "< 10 min".

    Raises
    ------
    NegativeQuantityError
        As `share_at_most`.

    Examples
    --------
    >>> share_below([4, 9, 10, 15], 10)
    Share(numerator=2, denominator=4)
    """
    check_minutes("limit", limit_minutes)
    ordered = _sorted_minutes(minutes)
    return Share(sum(value < limit_minutes for value in ordered), len(ordered))


def monthly_means(cases: Iterable[tuple[date, float]], window: DateSpan) -> tuple[MonthlyMean, ...]:
    """Return the mean duration of each calendar month that the window touches, months without a case among them.

    Parameters
    ----------
    cases
        Day and minutes of each case; days outside the window are left out.

    Raises
    ------
    NegativeQuantityError
        When a duration is below 0 or not a finite number.

    Examples
    --------
    >>> from datetime import date
    >>> cases = [(date(2024, 1, 5), 8.0), (date(2024, 1, 20), 12.0), (date(2024, 3, 1), 9.0)]
    >>> spring = DateSpan(date(2024, 1, 1), date(2024, 3, 31))
    >>> [(entry.month.label, entry.count, entry.mean_minutes) for entry in monthly_means(cases, spring)]
    [('2024-01', 2, 10.0), ('2024-02', 0, None), ('2024-03', 1, 9.0)]
    """
    by_month: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for day, value in cases:
        check_minutes("duration", value)
        if day in window:
            by_month[day.year, day.month].append(value)
    means: list[MonthlyMean] = []
    for month in periods_within(window, PeriodUnit.MONTH):
        values = by_month[month.whole.start.year, month.whole.start.month]
        means.append(MonthlyMean(month, math.fsum(values), len(values)))
    return tuple(means)


def _sorted_minutes(minutes: Iterable[float]) -> list[float]:
    ordered = list(minutes)
    for value in ordered:
        check_minutes("duration", value)
    return sorted(ordered)


def _interpolated(ordered: Sequence[float], probability: float) -> float | None:
    if not ordered:
        return None
    place = (len(ordered) - 1) * probability
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _interval(ordered: Sequence[float], probability: float, confidence: float) -> OrderStatisticInterval:
    count = len(ordered)
    most = (1 - confidence) / 2
    below, below_tail = _tail((binomial_probability(k, count, probability) for k in range(count + 1)), most)
    above, above_tail = _tail((binomial_probability(k, count, probability) for k in range(count, -1, -1)), most)
    low_rank = below or None
    high_rank = count + 1 - above if above else None
    return OrderStatisticInterval(
        low=None if low_rank is None else ordered[low_rank - 1],
        high=None if high_rank is None else ordered[high_rank - 1],
        low_rank=low_rank,
        high_rank=high_rank,
        coverage=1.0 - below_tail - above_tail,
    )


def _tail(probabilities: Iterable[float], most: float) -> tuple[int, float]:
    """Return how many of the probabilities, from the outside in, sum to at most ``most``, and their sum."""
    taken, total = 0, 0.0
    for probability in probabilities:
        if total + probability > most:
            break
        taken, total = taken + 1, total + probability
    return taken, total
