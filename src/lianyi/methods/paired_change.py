"""The change between two measurements of the same people, such as a test before and after a course.

Only people measured twice tell of a change. Whoever was measured once is counted beside them: missing is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.methods.means import mean_interval, mean_of
from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, Share, check_probability

if TYPE_CHECKING:
    from collections.abc import Sequence

Measured = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class PairedChange:
    """What changed from the first to the second measurement, over the pairs alone.

    Means are None without a pair. The interval is None where fewer than two pairs, or pairs that all changed by the
    same, leave nothing to estimate a spread from.
    """

    pairs: int
    only_before: int
    only_after: int
    neither: int
    mean_before: float | None
    mean_after: float | None
    mean_change: float | None
    interval: Interval | None


def paired_change(measured: Sequence[Measured], confidence: float = DEFAULT_CONFIDENCE) -> PairedChange:
    r"""Return the mean change of those measured twice with its two-sided t interval.

    With the changes :math:`d_i` of :math:`n` pairs, their mean :math:`\bar d` and standard deviation :math:`s`:

    .. math:: \bar d \pm t_{n-1}\, s / \sqrt n

    Student (W. S. Gosset), Biometrika 6 (1908) 1-25, whose table of the hours of sleep gained by ten patients is the
    example. It takes the changes as roughly normal; a handful of pairs carries that badly. It says nothing of why
    there was a change: whoever learns a test by heart changes too.

    Parameters
    ----------
    measured
        For each person the first and the second measurement, None where it was not taken.

    Raises
    ------
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    >>> first = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
    >>> second = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)
    >>> change = paired_change(list(zip(first, second, strict=True)))
    >>> round(change.mean_change, 2), round(change.interval.low, 3), round(change.interval.high, 3)
    (1.58, 0.7, 2.46)
    >>> paired_change([(40.0, None), (None, 60.0), (50.0, 70.0)]).interval is None
    True
    """
    check_probability("confidence", confidence)
    pairs = [(before, after) for before, after in measured if before is not None and after is not None]
    changes = [after - before for before, after in pairs]
    return PairedChange(
        pairs=len(pairs),
        only_before=sum(before is not None and after is None for before, after in measured),
        only_after=sum(before is None and after is not None for before, after in measured),
        neither=sum(before is None and after is None for before, after in measured),
        mean_before=mean_of([before for before, _after in pairs]),
        mean_after=mean_of([after for _before, after in pairs]),
        mean_change=mean_of(changes),
        interval=mean_interval(changes, confidence),
    )


def share_reaching(measurements: Sequence[float | None], mark: float) -> Share:
    """Return how many of those measured reached a mark; whoever was not measured is in neither number.

    Examples
    --------
    >>> share_reaching([55.0, 60.0, None, 82.5], 60)
    Share(numerator=2, denominator=3)
    """
    known = [value for value in measurements if value is not None]
    return Share(sum(value >= mark for value in known), len(known))
