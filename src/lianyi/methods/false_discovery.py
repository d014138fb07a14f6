"""Many tests at once: how many of the units that were found may be there by chance.

Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats
from lianyi.methods.errors import NegativeQuantityError, ProbabilityError


def adjusted_p_values(p_values: npt.ArrayLike) -> Floats:
    """Return for each test the smallest false-discovery rate at which it is kept; NaN stays NaN and does not count.

    Raises
    ------
    ProbabilityError
        When a value does not lie from 0 to 1.

    Examples
    --------
    >>> adjusted_p_values([0.01, 0.04, 0.03, 0.5]).round(4).tolist()
    [0.04, 0.0533, 0.0533, 0.5]
    """
    values = np.asarray(p_values, np.float64)
    known = ~np.isnan(values)
    if ((values[known] < 0.0) | (values[known] > 1.0)).any():
        worst = float(values[known][(values[known] < 0.0) | (values[known] > 1.0)][0])
        raise ProbabilityError(f"{worst} is no p value; it lies from 0 to 1.", name="p value", given=worst)
    tested = values[known]
    order = np.argsort(tested, kind="stable")
    scaled = tested[order] * tested.size / np.arange(1, tested.size + 1)
    lowest = np.minimum.accumulate(scaled[::-1])[::-1]
    adjusted = np.full(values.shape, np.nan)
    kept = np.empty(tested.size)
    kept[order] = np.minimum(lowest, 1.0)
    adjusted[known] = kept
    return adjusted


def false_share_bound(found: int, expected_by_chance: float) -> float | None:
    """Return the share of what was found that may be false at most on average; None where nothing was found.

    As many are false as chance gives when no unit differs, and fewer where some truly do.

    Raises
    ------
    NegativeQuantityError
        When a number is below 0.

    Examples
    --------
    >>> false_share_bound(140, 44.8), false_share_bound(20, 44.8), false_share_bound(0, 44.8)
    (0.32, 1.0, None)
    """
    for name, number in (("found", found), ("expected by chance", expected_by_chance)):
        if number < 0:
            message = f"{name} is {number}; it must be 0 or more."
            raise NegativeQuantityError(message, quantity=name, given=number)
    return min(1.0, expected_by_chance / found) if found else None
