r"""The mean of a few measurements and how sure it is.

.. math:: \bar x \pm t_{n-1}\, s / \sqrt n

Student (W. S. Gosset), The probable error of a mean, Biometrika 6 (1908) 1-25. It takes the measurements as roughly
normal; a handful of them, or a long tail such as waiting times have, carries that badly.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lianyi.methods.proportions import DEFAULT_CONFIDENCE, Interval, check_probability

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEAST = 2


def mean_of(values: Sequence[float]) -> float | None:
    """Return the mean, None of nothing."""
    return math.fsum(values) / len(values) if values else None


def mean_interval(values: Sequence[float], confidence: float = DEFAULT_CONFIDENCE) -> Interval | None:
    """Return the two-sided t interval of a mean.

    None where fewer than two values, or values that are all the same, leave nothing to estimate a spread from.

    Raises
    ------
    ProbabilityError
        When the confidence does not lie between 0 and 1.

    Examples
    --------
    The additional hours of sleep of ten patients, Student's own example:

    >>> found = mean_interval([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4])
    >>> round(found.low, 2), round(found.high, 2)
    (0.7, 2.46)
    >>> mean_interval([9.0]) is None
    True
    """
    check_probability("confidence", confidence)
    mean = mean_of(values)
    if mean is None or len(values) < _LEAST:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415 - takes long to load, and most pages have no use for it

    variance = math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)
    if variance == 0:
        return None
    half = float(stdtrit(len(values) - 1, (1 + confidence) / 2)) * math.sqrt(variance / len(values))
    return Interval(mean - half, mean + half, confidence)
