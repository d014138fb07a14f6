"""Shares with intervals that hold for small numbers, and small counts hidden so that nobody can be recognised.

Shares run from 0 to 1. A share of nothing is unknown, never 0. All intervals are two-sided and take the cases as
independent of one another; cases of one patient or one night are not quite, and the true uncertainty is then larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from lianyi.methods.errors import ProbabilityError, ShareBoundsError
from lianyi.methods.presence import check_not_negative

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_CONFIDENCE = 0.95

# Halving the way between 0 and 1 so often passes the precision of the numbers.
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Interval:
    """The two limits of a figure and the level of confidence, 0 to 1, they were made for."""

    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Raises
    ------
    NegativeQuantityError
        When a count is below 0.
    ShareBoundsError
        When the numerator is larger than the denominator.

    Examples
    --------
    >>> Share(15, 148).value, Share(0, 20).value, Share(0, 0).value
    (0.10135135135135136, 0.0, None)
    """

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        check_not_negative("numerator", self.numerator)
        if self.numerator > self.denominator:
            message = f"{self.numerator} of {self.denominator} is no share; the part cannot be larger than the whole."
            raise ShareBoundsError(message, numerator=self.numerator, denominator=self.denominator)

    @property
    def value(self) -> float | None:
        """Numerator over denominator; None when the denominator is 0."""
        return self.numerator / self.denominator if self.denominator else None

    def interval(self, confidence: float = DEFAULT_CONFIDENCE) -> Interval | None:
        """Return the Wilson interval, None when the denominator is 0; see `wilson_interval`."""
        return wilson_interval(self.numerator, self.denominator, confidence) if self.denominator else None


@dataclass(frozen=True, slots=True)
class ShareDifference:
    """The first share less the second, -1 to 1, with its interval."""

    first: Share
    second: Share
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of counts as it may be shown: None stands for hidden, with one mark for every reason."""

    counts: tuple[int | None, ...]
    total: int | None

    @property
    def hidden(self) -> int:
        """Number of counts hidden, the total not among them."""
        return self.counts.count(None)


def check_probability(name: str, value: float) -> None:
    """Refuse a probability that does not lie between 0 and 1, both excluded.

    Raises
    ------
    ProbabilityError
        Naming the probability and the value.
    """
    # A comparison with NaN is false, so NaN is refused here as well.
    if not 0.0 < value < 1.0:
        message = f"The {name} is {value}; it must lie between 0 and 1, such as 0.95."
        raise ProbabilityError(message, name=name, given=value)


def wilson_interval(numerator: int, denominator: int, confidence: float = DEFAULT_CONFIDENCE) -> Interval:
    r"""Return the score interval of Wilson for a share, without continuity correction.

    .. math:: \frac{2np + z^2 \pm z\sqrt{z^2 + 4np(1 - p)}}{2(n + z^2)}

    E. B. Wilson, Journal of the American Statistical Association 22 (1927) 209-212; recommended, as method 3 of seven,
    by R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872. The limits lie within 0 and 1, and 0 of n has the
    lower limit 0 and an upper one above it. It holds the level on average over the true shares, not for each of them;
    `clopper_pearson_interval` does, and is wider.

    Raises
    ------
    ShareBoundsError
        When the denominator is 0 or smaller than the numerator.
    NegativeQuantityError
        When the numerator is below 0.
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> interval = wilson_interval(81, 263)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.2553, 0.3662)
    """
    _check_share(numerator, denominator, confidence)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = numerator / denominator
    centre = 2 * numerator + z * z
    half_width = z * math.sqrt(z * z + 4 * numerator * (1 - share))
    divisor = 2 * (denominator + z * z)
    # At the ends the limit is exact by algebra; rounding would leave it a hair away.
    low = 0.0 if numerator == 0 else (centre - half_width) / divisor
    high = 1.0 if numerator == denominator else (centre + half_width) / divisor
    return Interval(low, high, confidence)


def clopper_pearson_interval(numerator: int, denominator: int, confidence: float = DEFAULT_CONFIDENCE) -> Interval:
    """Return the exact interval of Clopper and Pearson for a share, to about 1e-9.

    The lower limit is the share under which the numerator or more has a probability of half of what the confidence
    leaves, the upper limit the one under which it or fewer has. The level is held for every true share, at the price of
    a wider interval; use it where an assessment needs that promise, and `wilson_interval` elsewhere. C. J. Clopper and
    E. S. Pearson, Biometrika 26 (1934) 404-413.

    Raises
    ------
    ShareBoundsError, NegativeQuantityError, ProbabilityError
        As `wilson_interval`.

    Examples
    --------
    >>> interval = clopper_pearson_interval(15, 148)
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0578, 0.1617)
    """
    _check_share(numerator, denominator, confidence)
    tail = (1 - confidence) / 2
    low = 0.0 if numerator == 0 else 1.0 - _share_with_tail(denominator - numerator, denominator, tail)
    high = 1.0 if numerator == denominator else _share_with_tail(numerator, denominator, tail)
    return Interval(low, high, confidence)


def share_difference(first: Share, second: Share, confidence: float = DEFAULT_CONFIDENCE) -> ShareDifference | None:
    r"""Return the difference of two independent shares with Newcombe's interval, None when one of them is unknown.

    With shares :math:`p_i` and their Wilson limits :math:`l_i, u_i`:

    .. math:: p_1 - p_2 - \sqrt{(p_1 - l_1)^2 + (u_2 - p_2)^2},\quad p_1 - p_2 + \sqrt{(u_1 - p_1)^2 + (p_2 - l_2)^2}

    Method 10 of eleven in R. G. Newcombe, Statistics in Medicine 17 (1998) 873-890. The two shares must come from
    different cases: the same patients before and after need another method.

    Raises
    ------
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> difference = share_difference(Share(56, 70), Share(48, 80))
    >>> round(difference.value, 4), round(difference.interval.low, 4), round(difference.interval.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    check_probability("confidence", confidence)
    one, two = first.interval(confidence), second.interval(confidence)
    if one is None or two is None:
        return None
    p1, p2 = first.numerator / first.denominator, second.numerator / second.denominator
    low = p1 - p2 - math.hypot(p1 - one.low, two.high - p2)
    high = p1 - p2 + math.hypot(one.high - p1, p2 - two.low)
    return ShareDifference(first, second, p1 - p2, Interval(low, high, confidence))


def binomial_probability(successes: int, trials: int, probability: float) -> float:
    """Return the probability of exactly so many successes, to about 1e-12 for up to a thousand trials.

    Raises
    ------
    ProbabilityError
        When the probability of one success does not lie between 0 and 1.
    ShareBoundsError, NegativeQuantityError
        When there are more successes than trials or fewer than 0.

    Examples
    --------
    >>> round(binomial_probability(2, 4, 0.5), 12)
    0.375
    """
    Share(successes, trials)
    check_probability("probability of a success", probability)
    ways = math.lgamma(trials + 1) - math.lgamma(successes + 1) - math.lgamma(trials - successes + 1)
    return math.exp(ways + successes * math.log(probability) + (trials - successes) * math.log1p(-probability))


def is_small_cell(count: int, threshold: int) -> bool:
    """Whether a count of people must be hidden: at least 1 and below ``threshold``.

    A count of 0 is shown, since there is nobody in it to be recognised.

    Raises
    ------
    NegativeQuantityError
        When the count or the threshold is below 0.

    Examples
    --------
    >>> [is_small_cell(count, 5) for count in (0, 1, 4, 5)]
    [False, True, True, False]
    """
    check_not_negative("count", count)
    check_not_negative("threshold", threshold)
    return 0 < count < threshold


def hide_small_cells(counts: Sequence[int], threshold: int) -> ShownRow:
    """Hide the small counts of a row that is shown with its total, and what would betray them.

    1. Every count of at least 1 and below ``threshold`` is hidden.
    2. Where the total would betray these, that is where there is only one of them, or all are 1, or all are one below
       the threshold, the smallest count still shown is hidden too, at every place where it stands. Counts of 0 stay.
    3. Where there is no such further count, or the total itself is small, the whole row is hidden with its total.

    After this every hidden count has at least two possible values, even for a reader who knows these rules, given a
    threshold of 3 or more: a row in which two different hidden counts change places is shown in the same way. That
    holds for one row. Where the same people also appear in columns, in other rows or in another year's table, the
    reader can compare, and the figures have to be protected together (A. Hundepool and others, Statistical Disclosure
    Control, Wiley 2012, chapter 4).

    Raises
    ------
    NegativeQuantityError
        When a count or the threshold is below 0.

    Examples
    --------
    >>> hide_small_cells([3, 12, 40, 0], threshold=5)
    ShownRow(counts=(None, None, 40, 0), total=55)
    >>> hide_small_cells([3, 2, 40], threshold=5)
    ShownRow(counts=(None, None, 40), total=45)
    >>> hide_small_cells([3, 0, 0], threshold=5)
    ShownRow(counts=(None, None, None), total=None)
    """
    small = [count for count in counts if is_small_cell(count, threshold)]
    total = sum(counts)
    hidden = frozenset(small)
    if is_small_cell(total, threshold):
        return _row_all_hidden(counts)
    if len(small) == 1 or hidden in ({1}, {threshold - 1}):
        others = [count for count in counts if count >= threshold]
        if not others:
            return _row_all_hidden(counts)
        hidden |= {min(others)}
    return ShownRow(tuple(None if count in hidden else count for count in counts), total)


def _row_all_hidden(counts: Sequence[int]) -> ShownRow:
    return ShownRow((None,) * len(counts), None)


def _share_with_tail(successes: int, trials: int, tail: float) -> float:
    # The probability of at most so many successes falls as the share rises, so halving finds where it equals the tail.
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if math.fsum(binomial_probability(count, trials, middle) for count in range(successes + 1)) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _check_share(numerator: int, denominator: int, confidence: float) -> None:
    check_probability("confidence", confidence)
    if denominator == 0:
        message = f"{numerator} of 0 has no interval; a share needs at least one case."
        raise ShareBoundsError(message, numerator=numerator, denominator=denominator)
    Share(numerator, denominator)
