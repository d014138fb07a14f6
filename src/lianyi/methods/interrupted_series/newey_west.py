r"""Standard errors that allow for errors that follow one another.

With scores :math:`s_t = x_t u_t` and a lag of :math:`L`, the middle of the sandwich is

.. math:: \sum_t s_t s_t' + \sum_{l=1}^{L} \Bigl(1 - \frac{l}{L+1}\Bigr) \sum_t (s_t s_{t-l}' + s_{t-l} s_t')

W. K. Newey and K. D. West, A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent
covariance matrix, Econometrica 55 (1987) 703-708; multiplied by :math:`n/(n-k)` as is usual. Where points are missing,
only pairs that are really so far apart count, and the control and the other row never meet.
"""

from __future__ import annotations

import math

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.interrupted_series.errors import SeriesModelError
from lianyi.methods.interrupted_series.normal_equations import Products


def usual_lag(points: int) -> int:
    r"""Return :math:`\lfloor 4 (n/100)^{2/9} \rfloor`, the lag that is taken where none is given.

    W. K. Newey and K. D. West, Automatic lag selection in covariance matrix estimation, Review of Economic Studies 61
    (1994) 631-653, for the weights of Bartlett.

    Examples
    --------
    >>> usual_lag(60), usual_lag(31)
    (3, 3)
    """
    return math.floor(4 * math.pow(points / 100, 2 / 9))


def check_lag(lag: int, points: int) -> None:
    """Refuse a lag below 0 or as long as the series.

    Raises
    ------
    SeriesModelError
        Naming it.
    """
    if not 0 <= lag < points:
        raise SeriesModelError(f"The lag is {lag}; it must be 0 or more and below {points}, the points.", field="lag")


def middle(square: Floats, errors: Floats, lag: int) -> Floats:
    """Return the middle of the sandwich: k x k x series, for square columns and errors (0 where there is no point)."""
    series, rows, points = errors.shape
    found = np.zeros(())
    for distance in range(lag + 1):
        later, earlier = square[:, distance:].reshape(-1, square.shape[2]), square[:, : points - distance]
        pairs = errors[:, :, distance:] * errors[:, :, : points - distance]
        weight = (1.0 if distance == 0 else 2.0) * (1 - distance / (lag + 1))
        products = Products.of(later, earlier.reshape(later.shape) if distance else later)
        found = found + weight * products.summed(pairs.reshape(series, rows * (points - distance)))
    return found


def sandwich(bread: Floats, filling: Floats, factor: Floats) -> Floats:
    """Return ``factor * bread * filling * bread`` for each series: series x k x k."""
    outside, inside = np.moveaxis(bread, 2, 0), np.moveaxis(filling, 2, 0)
    return outside @ inside @ outside * factor[:, None, None]


def turned_back(turn: Floats, coefficients: Floats, covariances: Floats) -> tuple[Floats, Floats]:
    """Return coefficients (series x k) and covariances of the terms from those of the square columns."""
    return coefficients @ turn.T, turn @ covariances @ turn.T
