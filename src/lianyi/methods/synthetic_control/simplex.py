r"""Weights of at least 0 with the sum 1 that bring donors nearest to each of many targets.

.. math:: \min_w \|x_1 - X_0 w\|^2 + r \|w\|^2,\quad w \ge 0,\quad \sum w = 1

P. Wolfe, Finding the nearest point in a polytope, Mathematical Programming 11 (1976) 128-149: the donors in use are
kept as an active set whose best weights are solved exactly; the donor that would help most joins, donors whose weight
would fall below 0 leave. All targets share the products of the donors with one another, computed once.
"""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.compiling import compiled
from lianyi.methods.synthetic_control.errors import WeightsNotFoundError

_TINY = 1e-13
_LEAST_SCALE = 1e-300
_ROUNDS_FOR_EACH_DONOR = 20


@compiled
def _bring_pivot(matrix: Floats, right: Floats, size: int, column: int) -> None:
    """Exchange rows so that the largest number of the column stands on the diagonal."""
    pivot = column
    for row in range(column + 1, size):
        if abs(matrix[row, column]) > abs(matrix[pivot, column]):
            pivot = row
    if pivot != column:
        for other in range(column, size):
            matrix[column, other], matrix[pivot, other] = matrix[pivot, other], matrix[column, other]
        right[column], right[pivot] = right[pivot], right[column]


@compiled
def _solved(matrix: Floats, right: Floats, size: int) -> bool:
    """Solve in place by elimination with pivots; the answer is left in ``right``. False where there is none."""
    for column in range(size):
        _bring_pivot(matrix, right, size, column)
        if matrix[column, column] == 0.0:
            return False
        for row in range(column + 1, size):
            factor = matrix[row, column] / matrix[column, column]
            for other in range(column + 1, size):
                matrix[row, other] -= factor * matrix[column, other]
            right[row] -= factor * right[column]
    for row in range(size - 1, -1, -1):
        for other in range(row + 1, size):
            right[row] -= matrix[row, other] * right[other]
        right[row] /= matrix[row, row]
    return True


@compiled
def _best_of_active(gram: Floats, products: Floats, active: Floats, count: int, scale: float) -> Floats:
    """Return the weights, of any sign, that are best on the active donors; empty where there are none."""
    size = count + 1
    matrix = np.empty((size, size))
    right = np.empty(size)
    for row in range(count):
        one = int(active[row])
        for column in range(count):
            matrix[row, column] = gram[one, int(active[column])] / scale
        matrix[row, row] += _TINY
        matrix[row, count] = 1.0
        matrix[count, row] = 1.0
        right[row] = products[one] / scale
    matrix[count, count] = 0.0
    right[count] = 1.0
    if not _solved(matrix, right, size):
        return np.empty(0)
    return right[:count].copy()


@compiled
def _first_donor(gram: Floats, products: Floats, allowed: Flags) -> int:
    """Return the donor that is nearest by itself."""
    first, least = -1, np.inf
    for donor in range(gram.shape[0]):
        value = gram[donor, donor] - 2.0 * products[donor]
        if allowed[donor] and value < least:
            first, least = donor, value
    return first


@compiled
def _steepest_donor(slope: Floats, allowed: Flags) -> int:
    """Return the donor by whose weight the distance would fall fastest."""
    best, lowest = -1, np.inf
    for donor in range(slope.size):
        if allowed[donor] and slope[donor] < lowest:
            best, lowest = donor, slope[donor]
    return best


@compiled
def _step_to(found: Floats, active: Floats, count: int, weights: Floats) -> float:
    """Return how far the weights can go towards those found before one falls below 0."""
    step = 1.0
    for place in range(count):
        if found[place] <= 0.0:
            weight = weights[int(active[place])]
            step = min(step, weight / (weight - found[place]) if weight > found[place] else 0.0)
    return step


@compiled
def _with_best_weights(
    gram: Floats, products: Floats, active: Floats, count: int, weights: Floats, scale: float
) -> int:
    """Bring the active donors to their best weights, sending away those that fall to 0; return how many stay."""
    while True:
        found = _best_of_active(gram, products, active, count, scale)
        if found.size == 0:
            return count
        step = _step_to(found, active, count, weights)
        kept = 0
        for place in range(count):
            donor = int(active[place])
            weight = weights[donor] + step * (found[place] - weights[donor])
            if weight > _TINY:
                weights[donor] = weight
                active[kept] = donor
                kept += 1
            else:
                weights[donor] = 0.0
        is_settled = (kept == count and step == 1.0) or kept <= 1
        count = kept
        if is_settled:
            return count


@compiled
def _slope_at(gram: Floats, products: Floats, active: Floats, count: int, weights: Floats) -> Floats:
    """Bring the sum of the weights to 1 and return half the slope of the squared distance there."""
    total = 0.0
    for place in range(count):
        total += weights[int(active[place])]
    slope = -products
    for place in range(count):
        donor = int(active[place])
        weights[donor] /= total
        slope += weights[donor] * gram[donor]
    return slope


@compiled
def _nearest(gram: Floats, products: Floats, allowed: Flags, tolerance: float, weights: Floats) -> bool:
    """Fill the weights of one target; return whether they are as near to the best as asked."""
    donors = gram.shape[0]
    weights[:] = 0.0
    active = np.zeros(donors + 1)
    active[0] = _first_donor(gram, products, allowed)
    count = 1
    weights[int(active[0])] = 1.0
    scale = max(np.max(np.diag(gram)), _LEAST_SCALE)
    for _round in range(_ROUNDS_FOR_EACH_DONOR * donors):
        slope = _slope_at(gram, products, active, count, weights)
        at_weights = 0.0
        for place in range(count):
            at_weights += weights[int(active[place])] * slope[int(active[place])]
        best = _steepest_donor(slope, allowed)
        if at_weights - slope[best] <= tolerance * scale or weights[best] > 0.0:
            return True
        active[count] = best
        count = _with_best_weights(gram, products, active, count + 1, weights, scale)
        if weights[best] == 0.0:
            # The donor that should help most was sent away at once: nothing but rounding is left to gain.
            return True
    return False


@compiled
def _nearest_to_all(gram: Floats, products: Floats, allowed: Flags, tolerance: float, weights: Floats) -> int:
    """Fill a row of weights for each target; return how many targets ran out of rounds."""
    unfinished = 0
    for target in range(products.shape[0]):
        if not _nearest(gram, products[target], allowed[target], tolerance, weights[target]):
            unfinished += 1
    return unfinished


def simplex_weights(
    targets: Floats, donors: Floats, allowed: Flags | None = None, ridge: float = 0.0, tolerance: float = 1e-10
) -> Floats:
    """Return a row of weights over the donors for each target.

    Parameters
    ----------
    targets, donors
        One row for each target or donor, one column for each thing in which they should be alike.
    allowed
        For each target the donors that may be used; None allows all. Each target needs at least one.
    ridge
        What the sum of squared weights costs.
    tolerance
        How far from the best the objective may end, beside the largest square of a donor.

    Raises
    ------
    WeightsNotFoundError
        When the rounds run out.

    Examples
    --------
    A county half-way between two donors:

    >>> simplex_weights(np.array([[2.0, 3.0]]), np.array([[1.0, 2.0], [3.0, 4.0], [9.0, 0.0]])).round(6).tolist()
    [[0.5, 0.5, 0.0]]
    """
    # What all donors share cancels, for the weights sum to 1; taken away it leaves the small differences their digits.
    middle = donors.mean(axis=0)
    from_middle = np.ascontiguousarray(donors - middle, np.float64)
    gram = from_middle @ from_middle.T
    gram[np.diag_indices_from(gram)] += ridge
    products = np.ascontiguousarray((targets - middle) @ from_middle.T)
    may_use = np.ones(products.shape, np.bool_) if allowed is None else np.array(allowed, np.bool_)
    weights = np.zeros_like(products)
    unfinished = _nearest_to_all(gram, products, may_use, tolerance, weights)
    if unfinished:
        message = (
            f"For {unfinished} of {len(targets)} targets no weights were found that are near enough to the best. Bring "
            "the columns to like sizes, or ask for less with a larger tolerance."
        )
        raise WeightsNotFoundError(message, targets=unfinished)
    return weights


def optimality_gaps(targets: Floats, donors: Floats, weights: Floats, allowed: Flags, ridge: float = 0.0) -> Floats:
    """Return for each target by how much the squared distance can be larger than the least, at most (Frank-Wolfe gap).

    Examples
    --------
    >>> donors = np.array([[1.0, 2.0], [3.0, 4.0]])
    >>> optimality_gaps(np.array([[2.0, 3.0]]), donors, np.array([[0.5, 0.5]]), np.ones((1, 2), bool)).tolist()
    [0.0]
    """
    slopes = 2.0 * ((weights @ donors - targets) @ donors.T + ridge * weights)
    best = np.where(allowed, slopes, np.inf).min(axis=1)
    return np.asarray((weights * slopes).sum(axis=1) - best)
