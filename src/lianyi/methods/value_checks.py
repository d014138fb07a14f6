"""Whether a reported figure can be right: against what it counts, against its own past, against its parts.

A figure that stands far from its own past is told by the modified z-score of Iglewicz and Hoaglin (How to Detect and
Handle Outliers, ASQC 1993): with the median :math:`m` and the median absolute deviation :math:`d` of the past,
:math:`0.6745 (x - m) / d`; where more than half of the past is the same, so that :math:`d` is zero, the mean absolute
deviation stands for it, with 1.253314. They take beyond 3.5 as an outlier. It is a reason to ask, never a proof: a
true jump looks the same.
"""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING, Final

from lianyi.methods.errors import ShortHistoryError

if TYPE_CHECKING:
    from collections.abc import Sequence

OUTLIER_BEYOND: Final = 3.5
"""The modified z-score beyond which Iglewicz and Hoaglin speak of an outlier."""
LEAST_HISTORY: Final = 6
"""Fewer earlier figures tell too little of what is usual; a choice of this project, not of the authors."""
_OF_MEDIAN: Final = 0.6745
_OF_MEAN: Final = 1.253314


def modified_score(value: float, history: Sequence[float]) -> float:
    """Return how far a figure stands from its own past, as a modified z-score; infinite where the past never moved.

    Parameters
    ----------
    value
        The figure that is asked about.
    history
        The figures before it, in any order, at least `LEAST_HISTORY` of them.

    Raises
    ------
    ShortHistoryError
        When too few figures are given.

    Examples
    --------
    >>> round(modified_score(25.0, [10, 12, 11, 13, 12, 10]), 2)
    9.11
    >>> modified_score(12.0, [10, 12, 11, 13, 12, 10]) < OUTLIER_BEYOND
    True
    """
    if len(history) < LEAST_HISTORY:
        raise ShortHistoryError(
            f"{len(history)} earlier figures are too few to tell what is usual; give at least {LEAST_HISTORY}.",
            given=len(history),
            least=LEAST_HISTORY,
        )
    middle = median(history)
    distances = [abs(each - middle) for each in history]
    away = value - middle
    if away == 0:
        return 0.0
    spread = median(distances)
    if spread > 0:
        return _OF_MEDIAN * away / spread
    mean = fmean(distances)
    return away / (_OF_MEAN * mean) if mean > 0 else float("inf") * away


def is_outlier(value: float, history: Sequence[float]) -> bool:
    """Tell whether a figure stands beyond what its own past lets expect; never with too short a past.

    Examples
    --------
    >>> is_outlier(25.0, [10, 12, 11, 13, 12, 10]), is_outlier(25.0, [10, 12])
    (True, False)
    """
    return len(history) >= LEAST_HISTORY and abs(modified_score(value, history)) > OUTLIER_BEYOND


def difference_of_parts(whole: float, parts: Sequence[float | None]) -> float | None:
    """Return the whole less the sum of its parts; None where a part is missing, for missing is not zero.

    Examples
    --------
    >>> difference_of_parts(10.0, [4.0, 5.0]), difference_of_parts(10.0, [4.0, None])
    (1.0, None)
    """
    known = [each for each in parts if each is not None]
    if len(known) < len(parts) or not parts:
        return None
    return whole - sum(known)
