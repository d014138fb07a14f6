"""Several criteria in one figure: TOPSIS with entropy weights beside fixed ones, rank-sum ratio, silent ranks.

C.-L. Hwang and K. Yoon, Multiple Attribute Decision Making (1981): TOPSIS (closeness to the best and distance from the
worst that any unit has) and weights by C. E. Shannon's entropy (1948). F. Tian's rank-sum ratio (秩和比, RSR) is the
mean rank over the number of units. Published evaluations of county alliances in China use the three together.

Entropy weights reward dispersion, not importance: a criterion that nobody cares about and in which units differ
wildly gets the most weight, and the weights change when one unit is added. So they never stand without fixed weights
beside them. A score depends on who else is in the table; it cannot be compared between two tables or years. Ranks of
few units, or of units with few cases, are noise: they are withheld with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.assessment_scores import Direction
from lianyi.methods.columns import Floats
from lianyi.methods.errors import CriterionError

ENTROPY_CONVENTION: Final = "p = x / sum x of the raw figures; e = -sum p ln p / ln n; weight = (1 - e) / sum (1 - e)"
TOPSIS_CONVENTION: Final = "figures over the root of their sum of squares; Euclidean distances; worst / (best + worst)"
RSR_CONVENTION: Final = "weighted mean of ranks (best n, worst 1, ties their mean) over n"

_LEAST_UNITS: Final = 2
_ROUNDING: Final = 1e-12
# Figures that differ by less, as a share of the largest, are alike: their dispersion would be nothing but rounding.
_ALIKE: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Criterion:
    """A column of figures and which way is better."""

    name: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class RankRule:
    """When ranks are given at all: so many units at least, and so many cases behind each at least.

    The defaults are this project's own; no document sets them.
    """

    least_units: int = 5
    least_cases: int = 20


@dataclass(frozen=True, slots=True, eq=False)
class EntropyWeights:
    """Weights of criteria by dispersion, and the entropy of each, 1 where all units are alike.

    A criterion that is the same everywhere has no dispersion: its weight is 0, and it is named as constant.
    """

    weights: Floats
    entropy: Floats
    is_constant: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Places from 1, the best; units with equal scores share the better place. NaN where no place is given, and why."""

    places: Floats
    reason: str

    @property
    def are_given(self) -> bool:
        return not self.reason


def entropy_weights(figures: npt.ArrayLike) -> EntropyWeights:
    """Return weights of the columns of a table (units by criteria) by their dispersion.

    Raises
    ------
    CriterionError
        When there are fewer than two units, a figure is missing or negative, a column is 0 throughout, or all columns
        are constant, so that nothing tells the units apart.

    Examples
    --------
    X. Xu, European Journal of Operational Research 156 (2004) 530-532:

    >>> found = entropy_weights([[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]])
    >>> found.weights.round(4).tolist()
    [0.463, 0.3992, 0.1378, 0.0]
    """
    table = _table(figures)
    _refuse_where(table < 0.0, table, "is negative; entropy weights need figures of 0 or more")
    sums = table.sum(axis=0)
    if (sums == 0.0).any():
        at = int(np.argmax(sums == 0.0))
        message = f"Criterion {at + 1} is 0 for every unit; it has no shares, and so no entropy. Leave it out."
        raise CriterionError(message, position=at)
    is_constant = np.ptp(table, axis=0) <= _ALIKE * table.max(axis=0)
    if is_constant.all():
        raise CriterionError("Every criterion is the same for all units; nothing can be weighed.", position=None)
    shares = table / sums
    logarithms = np.log(shares, out=np.zeros_like(shares), where=shares > 0.0)
    entropy = np.where(is_constant, 1.0, -(shares * logarithms).sum(axis=0) / np.log(len(table)))
    dispersion = np.where(is_constant, 0.0, np.maximum(1.0 - entropy, 0.0))
    return EntropyWeights(dispersion / dispersion.sum(), np.asarray(entropy), np.asarray(is_constant))


def fixed_weights(given: npt.ArrayLike) -> Floats:
    """Return weights that sum to 1.

    Raises
    ------
    CriterionError
        When one is missing or negative, or all are 0.

    Examples
    --------
    >>> fixed_weights([2, 1, 1]).tolist()
    [0.5, 0.25, 0.25]
    """
    weights = np.asarray(given, dtype=np.float64)
    if weights.ndim != 1 or not (np.isfinite(weights).all() and (weights >= 0.0).all() and weights.sum() > 0.0):
        message = f"Weights of {weights.tolist()}; numbers of 0 or more, at least one of them above 0, are expected."
        raise CriterionError(message, given=weights.tolist())
    return np.asarray(weights / weights.sum())


def topsis(figures: npt.ArrayLike, directions: tuple[Direction, ...], weights: npt.ArrayLike) -> Floats:
    """Return how close each unit is to the best of all criteria, 0 to 1; NaN where all units are alike.

    Raises
    ------
    CriterionError
        When a figure is missing, or criteria, directions and weights are not equally many.

    Examples
    --------
    J. Papathanasiou and N. Ploskas, Multiple Criteria Decision Aid (2018), chapter 1:

    >>> found = topsis(
    ...     [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]],
    ...     (Direction.UP,) * 4, [0.4, 0.3, 0.1, 0.2])
    >>> found.round(3).tolist()
    [0.387, 0.327, 0.391, 0.615, 0.868, 0.493]
    """
    table = _table(figures)
    shares = _weights_for(table, directions, weights)
    # The largest figure first, so that the squares of very large or small ones stay within the numbers there are.
    largest = np.abs(table).max(axis=0)
    scaled = np.divide(table, largest, out=np.zeros_like(table), where=largest > 0.0)
    norms = np.sqrt((scaled**2).sum(axis=0))
    weighted = np.divide(scaled, norms, out=np.zeros_like(table), where=norms > 0.0) * shares
    turned = weighted * _signs(directions)
    to_best = np.sqrt(((turned - turned.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((turned - turned.min(axis=0)) ** 2).sum(axis=1))
    whole = to_best + to_worst
    return np.asarray(np.divide(to_worst, whole, out=np.full(len(table), np.nan), where=whole > _ROUNDING))


def rank_sum_ratio(figures: npt.ArrayLike, directions: tuple[Direction, ...], weights: npt.ArrayLike) -> Floats:
    """Return the weighted mean rank of each unit over the number of units, 1/n to 1; units alike share their ranks.

    It sees only the order in each criterion, so that one wild figure cannot carry a unit, nor a real lead help it.

    Raises
    ------
    CriterionError
        As `topsis`.

    Examples
    --------
    >>> rank_sum_ratio([[90, 5], [80, 9], [80, 7]], (Direction.UP, Direction.DOWN), [1, 1]).round(4).tolist()
    [1.0, 0.4167, 0.5833]
    """
    table = _table(figures)
    shares = _weights_for(table, directions, weights)
    ranks = np.column_stack([_mean_ranks(column) for column in (table * _signs(directions)).T])
    return np.asarray((ranks * shares).sum(axis=1) / len(table))


def ranks_of(scores: npt.ArrayLike, rule: RankRule, cases: npt.ArrayLike | None = None) -> Ranks:
    """Return the places of units by their scores, or no places and the reason.

    Parameters
    ----------
    cases
        How many cases stand behind each unit's figures; None where nobody can say, and only the units are counted.

    Raises
    ------
    CriterionError
        When scores and cases are not equally many.

    Examples
    --------
    >>> ranks_of([0.2, 0.9, 0.9, 0.5, 0.1], RankRule()).places.tolist()
    [4.0, 1.0, 1.0, 3.0, 5.0]
    >>> ranks_of([0.2, 0.9], RankRule()).reason
    'There are 2 units; ranks are given from 5 on.'
    """
    figures = np.asarray(scores, dtype=np.float64)
    reason = _reason_against_ranks(figures, rule, cases)
    if reason:
        return Ranks(np.full(len(figures), np.nan), reason)
    # Scores that differ only by rounding are equal.
    steps = np.round(figures, 12)
    return Ranks(np.array([1.0 + (steps > score).sum() for score in steps]), "")


def _reason_against_ranks(scores: Floats, rule: RankRule, cases: npt.ArrayLike | None) -> str:
    if len(scores) < rule.least_units:
        return f"There are {len(scores)} units; ranks are given from {rule.least_units} on."
    if np.isnan(scores).any():
        return "All units are alike, so nothing can be ranked."
    if cases is None:
        return ""
    counts = np.asarray(cases, dtype=np.float64)
    if counts.shape != scores.shape:
        message = f"There are {len(scores)} units and {counts.size} numbers of cases; give one for each unit."
        raise CriterionError(message, given=counts.size)
    if np.isnan(counts).any():
        return f"Units that do not say how many cases stand behind their figures: {int(np.isnan(counts).sum())}."
    few = int((counts < rule.least_cases).sum())
    return f"Units with fewer than {rule.least_cases} cases: {few}. Their place would be chance." if few else ""


def _mean_ranks(column: Floats) -> Floats:
    """Return ranks from 1, the smallest; equal figures share the mean of their ranks."""
    order = np.sort(column)
    first = np.searchsorted(order, column, side="left")
    last = np.searchsorted(order, column, side="right")
    return np.asarray((first + 1 + last) / 2.0)


def _signs(directions: tuple[Direction, ...]) -> Floats:
    return np.array([1.0 if each is Direction.UP else -1.0 for each in directions])


def _weights_for(table: Floats, directions: tuple[Direction, ...], weights: npt.ArrayLike) -> Floats:
    shares = fixed_weights(weights)
    if not len(directions) == len(shares) == table.shape[1]:
        message = (
            f"There are {table.shape[1]} criteria, {len(directions)} directions and {len(shares)} weights; give one "
            "of each for each criterion."
        )
        raise CriterionError(message, given=(table.shape[1], len(directions), len(shares)))
    return shares


def _table(figures: npt.ArrayLike) -> Floats:
    table = np.asarray(figures, dtype=np.float64)
    if table.ndim != 2 or len(table) < _LEAST_UNITS or not table.shape[1]:  # noqa: PLR2004 - rows and columns
        message = f"The table has the shape {table.shape}; two units or more, with one criterion or more, are expected."
        raise CriterionError(message, given=table.shape)
    _refuse_where(~np.isfinite(table), table, "is no number. Missing is not 0: leave the unit out and say so")
    return table


def _refuse_where(is_bad: npt.NDArray[np.bool_], table: Floats, told: str) -> None:
    if is_bad.any():
        row, column = (int(at) for at in np.argwhere(is_bad)[0])
        message = f"Unit {row + 1}, criterion {column + 1}: {table[row, column]:g} {told}."
        raise CriterionError(message, position=row, criterion=column)
