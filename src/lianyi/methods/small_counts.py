"""Rates and ratios of few events, with intervals that hold for small numbers.

Events are taken as independent of one another and rare (a Poisson count). Beds that are lost together, patients of one
outbreak or one bus are not, and the truth is then less certain than any interval here says. For shares, and for the
difference of two shares, see `lianyi.methods.proportions`.

F. Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936) 437-442 (exact); K. Ulm, American Journal
of Epidemiology 131 (1990) 373-375 (the same for ratios, by the chi-squared distribution); D. P. Byar in K. J. Rothman
and J. D. Boice, Epidemiologic analysis with a programmable calculator (1979); M. P. Fay and E. J. Feuer, Statistics in
Medicine 16 (1997) 791-801 (directly standardised rates). Rates of nothing are NaN, never 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, amount_column, check_same_length
from lianyi.methods.errors import EventCountError, SurveyLengthError, ZeroTotalError
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, check_probability

# Halving an interval so often passes the precision of the numbers.
_HALVINGS: Final = 100


class CountMethod(StrEnum):
    """How the limits of a count are found."""

    EXACT = "exact"
    """Garwood: holds its level for every true rate, and is therefore wide."""
    BYAR = "byar"
    """A formula that comes within a hundredth of the exact limits from about five events on."""
    MID_P = "mid_p"
    """Half of the probability of the count itself on each side: holds its level on average, and is narrower."""


@dataclass(frozen=True, slots=True, eq=False)
class CountLimits:
    """Lower and upper limits of counts, one pair for each."""

    low: Floats
    high: Floats
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class EventRates:
    """Events over what they are related to, ``per`` so many, with limits; NaN where one of the two is missing."""

    events: Floats
    exposure: Floats
    per: float
    value: Floats
    low: Floats
    high: Floats
    confidence: float


@dataclass(frozen=True, slots=True)
class StandardisedRate:
    """A rate as it would be with the make-up of the standard population, beside the crude one."""

    value: float
    interval: Interval
    crude: float
    events: int
    per: float


@dataclass(frozen=True, slots=True)
class ObservedToExpected:
    """Events observed over events expected (SMR, SIR), with its interval."""

    events: int
    expected: float
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class RateComparison:
    """The first rate over the second. The value is None where the second has no event, so that only a limit is known.

    ``p_value`` is twice the smaller tail, so that it is below 1 - confidence just when the interval excludes 1.
    """

    value: float | None
    interval: Interval
    p_value: float


def count_limits(
    events: npt.ArrayLike, confidence: float = DEFAULT_CONFIDENCE, method: CountMethod = CountMethod.EXACT
) -> CountLimits:
    """Return the two-sided limits of the expected number behind counts; NaN where a count is missing.

    Raises
    ------
    EventCountError
        When a count is negative, infinite or not whole.
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    No event in a year does not mean that there is none to come:

    >>> limits = count_limits([0, 1, 10])
    >>> limits.low.round(3).tolist(), limits.high.round(3).tolist()
    ([0.0, 0.025, 4.795], [3.689, 5.572, 18.39])
    """
    check_probability("confidence", confidence)
    counts = _counts(events)
    is_known = ~np.isnan(counts)
    low, high = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    low[is_known], high[is_known] = _LIMITS[method](counts[is_known], (1.0 - confidence) / 2.0)
    return CountLimits(low, high, confidence)


def event_rates(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    per: float = 1.0,
    confidence: float = DEFAULT_CONFIDENCE,
    method: CountMethod = CountMethod.EXACT,
) -> EventRates:
    """Return rates of events over person-time, residents, bed-days or expected numbers, with limits.

    Raises
    ------
    EventCountError
        When a count is negative or not whole, or an exposure is negative or not finite. Where it is 0 the rate is NaN.
    SurveyLengthError, ProbabilityError
        When the columns differ in length, or the confidence does not lie between 0 and 1.

    Examples
    --------
    Fourteen events in 400 person-years:

    >>> found = event_rates([14], [400])
    >>> found.value.tolist(), found.low.round(6).tolist(), found.high.round(6).tolist()
    ([0.035], [0.019135], [0.058724])
    """
    limits = count_limits(events, confidence, method)
    counts, base = _counts(events), _exposures(exposure)
    check_same_length(events=counts, exposure=base)
    if not (np.isfinite(per) and per > 0.0):
        raise EventCountError(f"A rate per {per}; a number above 0, such as 1,000, is expected.", given=per)
    value, low, high = (
        np.divide(per * column, base, out=np.full(len(base), np.nan), where=base > 0.0)
        for column in (counts, limits.low, limits.high)
    )
    return EventRates(counts, base, per, value, low, high, confidence)


def directly_standardised_rate(
    events: npt.ArrayLike,
    population: npt.ArrayLike,
    standard: npt.ArrayLike,
    per: float = 1.0,
    confidence: float = DEFAULT_CONFIDENCE,
) -> StandardisedRate:
    r"""Return a rate weighted to a standard population, one row for each age band or other part, with gamma limits.

    With :math:`w_i` the part's share of the standard over its population, :math:`y = \sum w_i x_i`,
    :math:`v = \sum w_i^2 x_i` and :math:`w_M` the largest weight, the limits are quantiles of gamma distributions with
    mean and variance :math:`y, v` (lower) and :math:`y + w_M, v + w_M^2` (upper). They keep their level where others
    fail: with few events and uneven weights. Fay and Feuer (1997).

    Raises
    ------
    EventCountError
        When a count is missing, negative or not whole, or a part of the standard has nobody here.
    SurveyAmountError, SurveyLengthError, ZeroTotalError, ProbabilityError
        When a column or the confidence cannot be used.

    Examples
    --------
    Table I of Fay and Feuer, children born fifth or later, cases per 100,000 births:

    >>> found = directly_standardised_rate(
    ...     [0, 8, 63, 112, 262, 295], [327, 30666, 123419, 149919, 104088, 34392],
    ...     [319933, 931318, 786511, 488235, 237863, 61313], per=100_000)
    >>> round(found.value, 1), round(found.interval.low, 1), round(found.interval.high, 1)
    (75.5, 67.7, 188.3)
    """
    from scipy.special import gammaincinv  # noqa: PLC0415 - takes long to load, and few callers need it

    check_probability("confidence", confidence)
    counts, weights, people = _weighted_parts(events, population, standard)
    tail = (1.0 - confidence) / 2.0
    rate, variance = float((weights * counts).sum()), float((weights**2 * counts).sum())
    heaviest = float(weights.max())
    low = 0.0 if rate == 0.0 else variance / rate * float(gammaincinv(rate**2 / variance, tail))
    upper, spread = rate + heaviest, variance + heaviest**2
    high = spread / upper * float(gammaincinv(upper**2 / spread, 1.0 - tail))
    crude = float(counts.sum() / people.sum())
    return StandardisedRate(
        per * rate, Interval(per * low, per * high, confidence), per * crude, int(counts.sum()), per
    )


def expected_events(
    reference_events: npt.ArrayLike, reference_population: npt.ArrayLike, population: npt.ArrayLike
) -> float:
    """Return how many events there would be with the rates of the reference, one row for each age band.

    Raises
    ------
    EventCountError
        When a count is missing, negative or not whole, or a part with people here has nobody in the reference.
    SurveyAmountError, SurveyLengthError
        When a population cannot be used.

    Examples
    --------
    >>> expected_events([10, 90], [1_000, 3_000], [50, 200])
    6.5
    """
    counts = _complete_counts(reference_events)
    reference, people = amount_column("reference population", reference_population), amount_column("people", population)
    check_same_length(events=counts, reference=reference, population=people)
    is_bad = (reference == 0.0) & (people > 0.0)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1} has people here and nobody in the reference, so nothing can be expected of it."
        raise EventCountError(message, position=row)
    rates = np.divide(counts, reference, out=np.zeros(len(counts)), where=reference > 0.0)
    return float((rates * people).sum())


def observed_to_expected(
    events: int, expected: float, confidence: float = DEFAULT_CONFIDENCE, method: CountMethod = CountMethod.EXACT
) -> ObservedToExpected:
    """Return events over expected events with limits; the expected number is taken as known without error.

    Raises
    ------
    EventCountError
        When the expected number is not above 0 or the count cannot be.
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> found = observed_to_expected(4, 3.3)
    >>> round(found.value, 3), round(found.interval.low, 3), round(found.interval.high, 3)
    (1.212, 0.33, 3.104)
    """
    if not (np.isfinite(expected) and expected > 0.0):
        raise EventCountError(f"{expected} events are expected; a number above 0 is needed.", given=expected)
    _complete_counts([events])
    limits = count_limits([events], confidence, method)
    interval = Interval(float(limits.low[0]) / expected, float(limits.high[0]) / expected, confidence)
    return ObservedToExpected(events, expected, events / expected, interval)


def compare_rates(
    first: tuple[int, float], second: tuple[int, float], confidence: float = DEFAULT_CONFIDENCE
) -> RateComparison | None:
    """Return the ratio of two independent rates, each as (events, exposure); None where neither has an event.

    Given their sum, the first of two counts is binomial, so the exact interval of a share gives that of the ratio: J.
    Przyborowski and H. Wilenski, Biometrika 31 (1940) 313-323; C. J. Clopper and E. S. Pearson (1934). The upper limit
    is infinite where the second has no event.

    Raises
    ------
    EventCountError
        When a count or an exposure cannot be used.
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> found = compare_rates((11, 800), (21, 3_011))
    >>> round(found.value, 6), round(found.interval.low, 7), round(found.interval.high, 7)
    (1.971488, 0.8584264, 4.2772659)
    """
    from scipy.special import betainc, betaincinv  # noqa: PLC0415 - takes long to load

    check_probability("confidence", confidence)
    one, two = (float(count) for count in _complete_counts([first[0], second[0]]))
    here, there = _exposures([first[1], second[1]])
    if not (here > 0.0 and there > 0.0):
        message = f"Exposures of {here:g} and {there:g}; two numbers above 0 are expected."
        raise EventCountError(message, given=(float(here), float(there)))
    if one + two == 0.0:
        return None
    tail, scale = (1.0 - confidence) / 2.0, float(there / here)
    low = 0.0 if one == 0.0 else float(betaincinv(one, two + 1.0, tail))
    high = 1.0 if two == 0.0 else float(betaincinv(one + 1.0, two, 1.0 - tail))
    share = float(here / (here + there))
    at_least = 1.0 if one == 0.0 else float(betainc(one, two + 1.0, share))
    at_most = 1.0 if two == 0.0 else 1.0 - float(betainc(one + 1.0, two, share))
    return RateComparison(
        value=one / two * scale if two else None,
        interval=Interval(low / (1.0 - low) * scale, high / (1.0 - high) * scale if high < 1.0 else np.inf, confidence),
        p_value=min(1.0, 2.0 * min(at_least, at_most)),
    )


def _exact_limits(counts: Floats, tail: float) -> tuple[Floats, Floats]:
    from scipy.special import gammaincinv  # noqa: PLC0415 - takes long to load

    # The lower limit of 0 events is 0 by definition; the inverse has no value there.
    low = np.where(counts > 0.0, gammaincinv(np.maximum(counts, 1.0), tail), 0.0)
    return np.asarray(low), np.asarray(gammaincinv(counts + 1.0, 1.0 - tail))


def _byar_limits(counts: Floats, tail: float) -> tuple[Floats, Floats]:
    z = NormalDist().inv_cdf(1.0 - tail)
    below, above = np.maximum(counts, 1.0), counts + 1.0
    low = below * (1.0 - 1.0 / (9.0 * below) - z / (3.0 * np.sqrt(below))) ** 3
    high = above * (1.0 - 1.0 / (9.0 * above) + z / (3.0 * np.sqrt(above))) ** 3
    # At very high confidence the cube of a negative number stands where the limit is 0.
    return np.where(counts > 0.0, np.maximum(low, 0.0), 0.0), high


def _mid_p_limits(counts: Floats, tail: float) -> tuple[Floats, Floats]:
    from scipy.special import gammainc, gammaincc  # noqa: PLC0415 - takes long to load

    lowest, highest = _exact_limits(counts, tail)
    some = np.maximum(counts, 1.0)

    def too_many(mean: Floats) -> Floats:
        """Probability of more than the count, and half that of the count itself; rises with the mean."""
        at_least = np.where(counts > 0.0, gammainc(some, mean), 1.0)
        return np.asarray(0.5 * (at_least + gammainc(counts + 1.0, mean)))

    def too_few(mean: Floats) -> Floats:
        fewer = np.where(counts > 0.0, gammaincc(some, mean), 0.0)
        return np.asarray(-0.5 * (fewer + gammaincc(counts + 1.0, mean)))

    low = _halved(too_many, lowest, np.maximum(counts, lowest), tail)
    return np.where(counts > 0.0, low, 0.0), _halved(too_few, counts, highest, -tail)


def _halved(rising: Callable[[Floats], Floats], low: Floats, high: Floats, target: float) -> Floats:
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        is_below = rising(middle) < target
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return (low + high) / 2.0


_LIMITS: Final[dict[CountMethod, Callable[[Floats, float], tuple[Floats, Floats]]]] = {
    CountMethod.EXACT: _exact_limits,
    CountMethod.BYAR: _byar_limits,
    CountMethod.MID_P: _mid_p_limits,
}


def _weighted_parts(
    events: npt.ArrayLike, population: npt.ArrayLike, standard: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    counts = _complete_counts(events)
    people, shares = amount_column("population", population), amount_column("standard population", standard)
    check_same_length(events=counts, population=people, standard=shares)
    if shares.sum() <= 0.0:
        raise ZeroTotalError("The standard population is 0 in every row.", field="standard population")
    is_bad = (people == 0.0) & ((shares > 0.0) | (counts > 0.0))
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1} has nobody here, so it has no rate. Join it with a neighbouring part."
        raise EventCountError(message, position=row)
    weights = np.divide(shares / shares.sum(), people, out=np.zeros(len(people)), where=people > 0.0)
    return counts, weights, people


def _complete_counts(values: npt.ArrayLike) -> Floats:
    counts = _counts(values)
    if np.isnan(counts).any():
        row = int(np.argmax(np.isnan(counts)))
        message = (
            f"Record {row + 1}: the number of events is missing. Missing is not 0: give it, or leave the part out."
        )
        raise EventCountError(message, position=row)
    return counts


def _counts(values: npt.ArrayLike) -> Floats:
    counts = np.asarray(values, dtype=np.float64)
    if counts.ndim != 1:
        raise SurveyLengthError(f"The events have the shape {counts.shape}; one column is expected.")
    is_bad = ~np.isnan(counts) & ((counts < 0.0) | (counts != np.floor(counts)) | np.isinf(counts))
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: {counts[row]:g} events; a whole number of 0 or more, or nothing, is expected."
        raise EventCountError(message, position=row, given=float(counts[row]))
    return counts


def _exposures(values: npt.ArrayLike) -> Floats:
    base = np.asarray(values, dtype=np.float64)
    is_bad = (base < 0.0) | np.isinf(base)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        message = f"Record {row + 1}: events are related to {base[row]:g}; 0 or more, or nothing, is expected."
        raise EventCountError(message, position=row, given=float(base[row]))
    return base
