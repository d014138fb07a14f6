"""How much there is and how it is made up: densities, shares of a structure, ratios such as doctors to nurses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, amount_column, check_same_length, total_of


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """A figure for each row, NaN where its denominator is 0, and the one of all rows together."""

    values: Floats
    overall: float
    per: float
    """How much of the denominator a rate is for: 1,000 residents, 1 km2."""


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Shares of kinds, 0 to 1: ``shares[i, j]`` of row i and kind j, ``overall[j]`` of all rows together.

    A row that has nothing has NaN for each kind.
    """

    kinds: tuple[Any, ...]
    shares: npt.NDArray[np.float64]
    overall: Floats


def density(resource: npt.ArrayLike, base: npt.ArrayLike, per: float = 1000.0) -> Rates:
    """Return the resource for each so many of the base: doctors per 1,000 residents, general practitioners per 10,000.

    State which residents are counted, registered or usual; the overall figure is total over total, not the mean of
    the rows.

    Raises
    ------
    SurveyAmountError, SurveyLengthError, ZeroTotalError
        When the columns cannot be used.

    Examples
    --------
    >>> found = density([150, 360], [100_000, 200_000])
    >>> found.values.tolist(), found.overall
    ([1.5, 1.8], 1.7)
    """
    amounts, bases = amount_column("resource", resource), amount_column("base", base)
    check_same_length(resource=amounts, base=bases)
    values = np.divide(amounts * per, bases, out=np.full(len(bases), np.nan), where=bases > 0)
    return Rates(values, float(amounts.sum()) * per / total_of("base", bases), per)


def resource_ratio(first: npt.ArrayLike, second: npt.ArrayLike) -> Rates:
    """Return how much of the second there is for one of the first, as doctors to nurses (医护比) is written 1 : x.

    Examples
    --------
    >>> round(resource_ratio(first=[100, 50], second=[120, 40]).overall, 4)
    1.0667
    """
    return density(second, first, per=1.0)


def structure_shares(amounts_by_kind: dict[Any, npt.ArrayLike]) -> Structure:
    """Return the shares of kinds in each row: staff by title, education or age, beds by level.

    Examples
    --------
    >>> found = structure_shares({"senior": [1, 0], "junior": [3, 4]})
    >>> found.shares.tolist(), found.overall.tolist()
    ([[0.25, 0.75], [0.0, 1.0]], [0.125, 0.875])
    """
    columns = {str(kind): amount_column(str(kind), values) for kind, values in amounts_by_kind.items()}
    check_same_length(**columns)
    table = np.stack(list(columns.values()), axis=1)
    sums = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, sums, out=np.full(table.shape, np.nan), where=sums > 0)
    total = total_of("amount of all kinds", sums[:, 0])
    return Structure(tuple(amounts_by_kind), shares, np.asarray(table.sum(axis=0) / total))
