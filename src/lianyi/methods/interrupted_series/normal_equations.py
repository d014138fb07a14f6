"""Many small systems of equations at once: sums of weighted products, elimination and inverses over a batch.

The batch stands on the last axis, so that each step of the elimination is one operation over all series. Systems that
cannot be solved become NaN.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats

_SMALLEST_PIVOT: Final = 1e-11
_LARGEST_BLOCK: Final = 250_000


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Products of columns at each point, each pair of columns once: points x pairs."""

    values: Floats
    columns: int

    @classmethod
    def of(cls, first: Floats, second: Floats) -> Products:
        """Return what the symmetric part of ``first' W second`` is made of, for columns points x k."""
        upper = np.triu_indices(first.shape[1])
        product = first[:, upper[0]] * second[:, upper[1]]
        if second is not first:
            product = (product + second[:, upper[0]] * first[:, upper[1]]) / 2
        return cls(np.ascontiguousarray(product), first.shape[1])

    def summed(self, weights: Floats) -> Floats:
        """Return the sums over the points for weights series x points: a matrix k x k for each series, last axis."""
        return spread(times_columns(weights, self.values), self.columns)


def times_columns(rows: Floats, columns: Floats) -> Floats:
    """Return ``rows @ columns`` for very many rows, a block of them at a time.

    Blocks are so small that no library spreads them over threads: these would wait for one another longer than they
    work, and the last digit would depend on how many there are.

    Examples
    --------
    >>> times_columns(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    block = max(_LARGEST_BLOCK // max(columns.size, 1), 1)
    whole = len(rows) // block * block
    found = np.empty((len(rows), columns.shape[1]))
    found[:whole].reshape(-1, block, columns.shape[1])[:] = rows[:whole].reshape(-1, block, len(columns)) @ columns
    found[whole:] = rows[whole:] @ columns
    return found


def spread(pairs: Floats, columns: int) -> Floats:
    """Turn series x pairs into symmetric matrices k x k x series.

    Examples
    --------
    >>> spread(np.array([[1.0, 2.0, 3.0]]), 2)[:, :, 0].tolist()
    [[1.0, 2.0], [2.0, 3.0]]
    """
    place = np.zeros((columns, columns), np.intp)
    upper = np.triu_indices(columns)
    place[upper] = np.arange(len(upper[0]))
    place.T[upper] = place[upper]
    return np.ascontiguousarray(pairs.T)[place]


def solved(matrix: Floats, right: Floats) -> Floats:
    """Return the solutions of symmetric, positive definite systems: k x k x series and k x series.

    Examples
    --------
    >>> solved(np.array([[[2.0], [0.0]], [[0.0], [4.0]]]), np.array([[2.0], [2.0]])).ravel().tolist()
    [1.0, 0.5]
    """
    left, answer = matrix.copy(), right.copy()
    last = len(left)
    for step in range(last):
        factor = left[step + 1 :, step] / _pivot(left[step, step])
        left[step + 1 :, step + 1 :] -= factor[:, None] * left[None, step, step + 1 :]
        answer[step + 1 :] -= factor * answer[step]
    for step in range(last - 1, -1, -1):
        answer[step] = (answer[step] - (left[step, step + 1 :] * answer[step + 1 :]).sum(axis=0)) / _pivot(
            left[step, step]
        )
    return answer


def logarithm_and_rest(matrix: Floats, right: Floats, total: Floats) -> tuple[Floats, Floats]:
    """Return the logarithm of the determinants, and what is left of the total sum of squares after the regression.

    The matrices may be one for all series (last axis 1) while right sides and totals differ.
    """
    left, side, rest = matrix.copy(), right.copy(), total.copy()
    logarithm = np.zeros(matrix.shape[2])
    for step in range(len(left)):
        pivot = _pivot(left[step, step])
        factor = left[step + 1 :, step] / pivot
        left[step + 1 :, step + 1 :] -= factor[:, None] * left[None, step, step + 1 :]
        rest = rest - side[step] ** 2 / pivot
        side[step + 1 :] -= factor * side[step]
        logarithm += np.log(pivot)
    return logarithm, rest


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """All that one sweep gives: inverse, solution, what is left of the total, and the logarithm of the determinant."""

    inverse: Floats
    coefficients: Floats
    rest: Floats
    logarithm: Floats


def swept(matrix: Floats, right: Floats, total: Floats) -> Regression:
    """Regress with systems k x k x series, k x series and totals of each series.

    J. H. Goodnight, A tutorial on the SWEEP operator, The American Statistician 33 (1979) 149-158.

    Examples
    --------
    >>> found = swept(np.array([[[2.0], [0.0]], [[0.0], [4.0]]]), np.array([[2.0], [2.0]]), np.array([5.0]))
    >>> found.inverse[:, :, 0].tolist(), found.coefficients.ravel().tolist(), found.rest.tolist()
    ([[0.5, 0.0], [0.0, 0.25]], [1.0, 0.5], [2.0])
    """
    terms = len(right)
    table = np.empty((terms + 1, terms + 1, len(total)))
    table[:terms, :terms], table[:terms, terms], table[terms, :terms], table[terms, terms] = matrix, right, right, total
    logarithm = np.zeros(len(total))
    for step in range(terms):
        pivot = _pivot(table[step, step])
        row = table[step] / pivot
        column = table[:, step].copy()
        table -= column[:, None] * row[None]
        table[step] = row
        # Subtracted from 0, so that no -0 is left.
        table[:, step] = 0.0 - column / pivot
        table[step, step] = 1.0 / pivot
        logarithm += np.log(pivot)
    return Regression(table[:terms, :terms], table[:terms, terms], np.maximum(table[terms, terms], 0.0), logarithm)


def inverse(matrix: Floats) -> Floats:
    """Return the inverses of symmetric, positive definite matrices k x k x series, by the same sweeps.

    Examples
    --------
    >>> inverse(np.array([[[2.0], [0.0]], [[0.0], [4.0]]]))[:, :, 0].tolist()
    [[0.5, 0.0], [0.0, 0.25]]
    """
    series = matrix.shape[2]
    return swept(matrix, np.zeros((len(matrix), series)), np.zeros(series)).inverse


def _pivot(values: Floats) -> Floats:
    return np.where(values > _SMALLEST_PIVOT, values, np.nan)
