"""The Lorenz curve and the Gini coefficient of a resource over people, over area, or over persons one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, Integers, amount_column, check_same_length, total_of, weighted_sum

GINI_CONVENTION: Final = (
    "G = 1 - sum (P_i - P_{i-1})(R_i + R_{i-1}); rows sorted by resource per base, P and R cumulative shares of base "
    "and resource from (0, 0); everybody inside a row is taken to have the same; no correction for few rows"
)


@dataclass(frozen=True, slots=True, eq=False)
class LorenzCurve:
    """Cumulative shares from (0, 0) to (1, 1), the rows with the least resource per base first.

    ``order`` holds the rows in the order of the curve; the point after row ``order[i]`` is number ``i + 1``.
    """

    base_shares: Floats
    resource_shares: Floats
    order: Integers

    @property
    def gini(self) -> float:
        """Twice the area between the curve and the line of equality, 0 to 1."""
        steps = np.diff(self.base_shares)
        heights = self.resource_shares[1:] + self.resource_shares[:-1]
        return max(0.0, 1.0 - weighted_sum(steps, heights))


def lorenz_curve(resource: npt.ArrayLike, base: npt.ArrayLike) -> LorenzCurve:
    """Return the Lorenz curve of a resource over a base, such as doctors over residents or over square kilometres.

    M. O. Lorenz, Publications of the American Statistical Association 9 (1905) 209-219. A row with resource and no
    base stands last, where the curve rises straight up; a row with neither changes nothing.

    Raises
    ------
    SurveyAmountError, SurveyLengthError
        When the columns cannot be used.
    ZeroTotalError
        When there is no resource or no base at all.

    Examples
    --------
    >>> curve = lorenz_curve([1, 3], [2, 2])
    >>> curve.base_shares.tolist(), curve.resource_shares.tolist()
    ([0.0, 0.5, 1.0], [0.0, 0.25, 1.0])
    """
    amounts, bases = _columns(resource, base)
    order = _by_density(amounts, bases)
    return LorenzCurve(_cumulative_shares(bases[order]), _cumulative_shares(amounts[order]), order)


def gini(resource: npt.ArrayLike, base: npt.ArrayLike) -> float:
    """Return the Gini coefficient of a resource over a base, 0 (even) to 1.

    Over residents it answers whether people have the same; over area, whether land does. The second is far larger
    wherever people live close together, which is no finding in itself.

    See `GINI_CONVENTION` and `lorenz_curve`; raises as it does.

    Examples
    --------
    >>> gini([10, 10, 20], [1, 1, 2]), gini([0, 10], [1, 1])
    (0.0, 0.5)
    """
    return lorenz_curve(resource, base).gini


def gini_of_values(values: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> float:
    """Return the Gini coefficient of what each person or place has, each counted as often as its weight says.

    Without weights each counts once, which is the Gini of C. Gini (1912) as PySAL's `inequality` computes it.

    Examples
    --------
    >>> gini_of_values([0, 0, 0, 10, 10, 10])
    0.5
    >>> gini_of_values([0, 10], weights=[3, 3])
    0.5
    """
    amounts = amount_column("value", values)
    if weights is None:
        total = total_of("value", amounts)
        ordered = np.sort(amounts)
        return max(0.0, 1.0 - float((2.0 * np.cumsum(ordered) - ordered).sum()) / (len(ordered) * total))
    counts = amount_column("weight", weights)
    check_same_length(value=amounts, weight=counts)
    return gini(amounts * counts, counts)


def resampled_gini(resource: npt.ArrayLike, base: npt.ArrayLike) -> Callable[[Floats], tuple[float, ...]]:
    """Return the Gini as a function of how often each row was drawn, for `percentile_intervals`.

    The rows are sorted once, not in each resample.

    Examples
    --------
    >>> resampled_gini([0, 10], [1, 1])(np.array([1.0, 1.0]))
    (0.5,)
    """
    amounts, bases = _columns(resource, base)
    order = _by_density(amounts, bases)
    sorted_bases, sorted_amounts = bases[order], amounts[order]

    def value(counts: Floats) -> tuple[float, ...]:
        drawn = counts[order]
        parts, held = drawn * sorted_bases, drawn * sorted_amounts
        whole = float(parts.sum()) * float(held.sum())
        if whole <= 0.0:
            return (np.nan,)
        return (1.0 - weighted_sum(parts, 2.0 * np.cumsum(held) - held) / whole,)

    return value


def _columns(resource: npt.ArrayLike, base: npt.ArrayLike) -> tuple[Floats, Floats]:
    amounts, bases = amount_column("resource", resource), amount_column("base", base)
    check_same_length(resource=amounts, base=bases)
    total_of("resource", amounts)
    total_of("base", bases)
    return amounts, bases


def _by_density(amounts: Floats, bases: Floats) -> Integers:
    density = np.full(len(amounts), np.inf)
    np.divide(amounts, bases, out=density, where=bases > 0)
    return np.argsort(density, kind="stable")


def _cumulative_shares(column: Floats) -> Floats:
    sums = np.concatenate([[0.0], np.cumsum(column)])
    return np.asarray(sums / sums[-1])
