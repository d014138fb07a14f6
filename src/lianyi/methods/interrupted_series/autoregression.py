r"""Regression with errors that follow one another, AR(1), by restricted maximum likelihood: the usual method here.

Two neighbouring points of a series without gaps have the correlation :math:`\rho`, points :math:`d` apart
:math:`\rho^d`. Given what went before, a point that comes :math:`d` after the last one known is new by

.. math:: (e_t - \rho^d e_{t-d}) / \sqrt{1 - \rho^{2d}}

so that all sums are sums over pairs, with weights that hang on :math:`\rho` alone: they are formed once, and the
likelihood is then known for every :math:`\rho` at once, however long the series. The restricted likelihood

.. math:: -\tfrac12 \bigl[(n-k) \ln \mathrm{RSS}(\rho) + \ln|X'R^{-1}X| + \ln|R|\bigr]

is taken at a grid of values and then refined by parabolas on the scale of Fisher's z. Restricted likelihood does not
lose the degrees of freedom of the terms, which makes :math:`\rho` of short series far less biased: H. D. Patterson and
R. Thompson, Biometrika 58 (1971) 545-554; D. Cheang and G. C. Reinsel, Bias reduction of autoregressive estimates in
time series regression models through restricted maximum likelihood, Journal of the American Statistical Association 95
(2000) 1173-1184. Intervals: t with points less terms, and standard errors that allow for rho being estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats
from lianyi.methods.interrupted_series.design import SegmentedModel
from lianyi.methods.interrupted_series.fits import FitMethod, SeriesFits, joined
from lianyi.methods.interrupted_series.newey_west import turned_back
from lianyi.methods.interrupted_series.normal_equations import (
    Products,
    Regression,
    logarithm_and_rest,
    swept,
    times_columns,
)
from lianyi.methods.interrupted_series.observations import Observations, logarithms, observations

GRID: Final = np.arctanh(np.linspace(-0.9, 0.99, 28))
"""Where the likelihood is looked at first, as Fisher's z of the correlation."""
_AT_ONCE: Final = 700
_STEPS: Final = (0.05, 0.005, 0.001)
_NODES: Final = (-2.2, -1.1, 1.1, 2.2)
"""How many widths of the likelihood away from its top it is looked at again."""
_LEAST_BEND: Final = 1.0
_FURTHEST: Final = float(np.arctanh(0.995))


def fit_log_rates(model: SegmentedModel, outcomes: npt.ArrayLike, offsets: npt.ArrayLike | None = None) -> SeriesFits:
    """Fit the logarithm of outcome over exp(offset); coefficients are logarithms of ratios.

    Raises
    ------
    SeriesShapeError, SeriesPointsError, SeriesOutcomeError
        When outcomes or terms cannot be, or an outcome is not above 0.

    Examples
    --------
    >>> import math
    >>> from lianyi.methods.interrupted_series.design import SegmentedModel
    >>> cases = [20, 23, 20, 22, 21, 20, 15, 17, 15, 16, 14, 16]
    >>> fits = fit_log_rates(SegmentedModel(points=12, start=6), cases)
    >>> round(math.exp(fits.term("level_change").values[0]), 3)
    0.789
    """
    words = "REML with AR(1) errors on the log rate, t on points less terms"
    method = FitMethod("reml-ar1", words, "log", "t")
    found = logarithms(observations(model, outcomes, offsets))
    return joined(_fitted(part, method) for part in found.parts(_AT_ONCE))


def fit_levels(model: SegmentedModel, outcomes: npt.ArrayLike) -> SeriesFits:
    """Fit outcomes as they are, for figures that may be 0 or below. Raises as `fit_log_rates`.

    Examples
    --------
    >>> from lianyi.methods.interrupted_series.design import SegmentedModel
    >>> fits = fit_levels(SegmentedModel(points=8, start=4), [1, 2.1, 2.9, 4, 7, 9.1, 10.9, 13])
    >>> round(float(fits.term("level_change").values[0]), 2)
    2.2
    """
    words = "REML with AR(1) errors on the outcome as it is, t on points less terms"
    method = FitMethod("reml-ar1-identity", words, "identity", "t")
    return joined(_fitted(part, method) for part in observations(model, outcomes).parts(_AT_ONCE))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums of products of points: of square columns, of columns and outcomes, of outcomes."""

    columns: Floats
    right: Floats
    total: Floats

    def times(self, factor: Floats) -> _Sums:
        return _Sums(self.columns * factor, self.right * factor, self.total * factor)

    def plus(self, other: _Sums) -> _Sums:
        return _Sums(self.columns + other.columns, self.right + other.right, self.total + other.total)


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Points that come so many points after the last one known: how many there are, and their sums."""

    distance: int
    count: Floats
    later: _Sums
    across: _Sums
    earlier: _Sums

    def at(self, rho: Floats) -> _Sums:
        """Return the sums of what is new at these points."""
        power = rho**self.distance
        rest = 1.0 - power**2
        found = self.later.times(1.0 / rest).plus(self.across.times(-2 * power / rest))
        return found.plus(self.earlier.times(power**2 / rest))


@dataclass(frozen=True, slots=True, eq=False)
class _Chain:
    """A batch of series as the sums that the likelihood is made of."""

    first: _Sums
    pairs: tuple[_Pairs, ...]
    left: Floats
    """Points less terms."""

    def sums(self, rho: Floats) -> _Sums:
        found = self.first
        for pair in self.pairs:
            found = found.plus(pair.at(rho))
        return found

    def likelihood(self, z: Floats) -> Floats:
        """Return the restricted likelihood at Fisher's z, one for all series or one for each."""
        rho = np.tanh(z)
        sums = self.sums(rho)
        logarithm, rest = logarithm_and_rest(sums.columns, sums.right, sums.total)
        return self._likelihood(rho, logarithm, rest)

    def regression(self, z: Floats) -> Regression:
        """Return coefficients and what goes with them for one z for each series."""
        sums = self.sums(np.tanh(z))
        return swept(sums.columns, sums.right, sums.total)

    def likelihood_of(self, rho: Floats, regression: Regression) -> Floats:
        """Return the restricted likelihood where the regression is known already."""
        return self._likelihood(rho, regression.logarithm, regression.rest)

    def _likelihood(self, rho: Floats, logarithm: Floats, rest: Floats) -> Floats:
        spread = sum((pair.count * np.log(1.0 - rho ** (2 * pair.distance)) for pair in self.pairs), np.zeros(1))
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Floats = -0.5 * (self.left * np.log(rest) + logarithm + spread)
        return found


def _fitted(found: Observations, method: FitMethod) -> SeriesFits:
    basis, turn = found.design.square
    chain = _chain_of(found, basis)
    best = _best_z(chain)
    middle = chain.regression(best)
    covariances = _spread_over_correlations(chain, best, middle)
    coefficients, turned = turned_back(turn, middle.coefficients.T, covariances)
    fitted = times_columns(middle.coefficients.T, basis.reshape(-1, basis.shape[2]).T)
    rho = np.tanh(best)
    return SeriesFits(
        design=found.design,
        method=method,
        coefficients=coefficients,
        covariances=turned,
        observed=found.observed,
        dispersion=middle.rest / chain.left,
        autocorrelation=rho,
        residuals=_what_is_new(found, found.outcomes - fitted.reshape(found.outcomes.shape), rho),
    )


def _spread_over_correlations(chain: _Chain, best: Floats, middle: Regression) -> Floats:
    """Return covariances, series x k x k, that allow for not knowing the correlation.

    That is the law of total variance over the likelihood of rho: the mean of the covariances, and how far the
    coefficients move as rho does. Taking the estimated rho for the true one makes intervals of short series too short.
    """
    width = 1.0 / np.sqrt(np.maximum(_bend_at(chain, best), _LEAST_BEND))
    highest = chain.likelihood_of(np.tanh(best), middle)
    weights = 1.0 - np.tanh(best) ** 2
    together = _covariance(chain, middle) * weights[:, None, None]
    for share in _NODES:
        z = np.clip(best + share * width, -_FURTHEST, _FURTHEST)
        there = chain.regression(z)
        weight = np.exp(np.minimum(chain.likelihood_of(np.tanh(z), there) - highest, 0.0)) * (1.0 - np.tanh(z) ** 2)
        moved = (there.coefficients - middle.coefficients).T
        away = moved[:, :, None] * moved[:, None, :]
        together += (_covariance(chain, there) + away) * weight[:, None, None]
        weights = weights + weight
    return together / weights[:, None, None]


def _covariance(chain: _Chain, regression: Regression) -> Floats:
    found: Floats = np.moveaxis(regression.inverse * (regression.rest / chain.left), 2, 0)
    return found


def _bend_at(chain: _Chain, best: Floats) -> Floats:
    """Return how sharply the likelihood bends at its top, on the scale of Fisher's z."""
    step = _STEPS[0]
    low, middle, high = (chain.likelihood(np.clip(best + move, -_FURTHEST, _FURTHEST)) for move in (-step, 0, step))
    found: Floats = (2 * middle - low - high) / step**2
    return found


def _best_z(chain: _Chain) -> Floats:
    """Return the z of the highest likelihood: the best of the grid, then the tops of three parabolas around it."""
    table = np.stack([np.broadcast_to(chain.likelihood(np.array([z])), chain.left.shape) for z in GRID])
    is_known = np.isfinite(table).all(axis=0)
    best = GRID[np.argmax(np.where(is_known, table, 0.0), axis=0)]
    for step in _STEPS:
        low, middle, high = (chain.likelihood(np.clip(best + move, -_FURTHEST, _FURTHEST)) for move in (-step, 0, step))
        bend = low - 2 * middle + high
        with np.errstate(invalid="ignore", divide="ignore"):
            move = np.where(bend < 0, step * (low - high) / (2 * bend), step * np.sign(high - low))
        # A parabola far from its own points says nothing.
        best = np.clip(best + np.clip(move, -4 * step, 4 * step), -_FURTHEST, _FURTHEST)
    return np.where(is_known, best, np.nan)


def _chain_of(found: Observations, basis: Floats) -> _Chain:
    before = _distances(found)
    shared = len(found.weights) == 1
    kept = before[:1] if shared else before
    pairs = [_pairs_of(found, basis, kept, distance) for distance in np.unique(kept[kept > 0]).tolist()]
    begins = _sums_of(found.outcomes, found.outcomes, basis, basis, _Weights(kept == 0, before == 0))
    terms = basis.shape[2]
    left = np.where(found.observed > terms, found.observed - terms, np.nan)
    return _Chain(begins, tuple(pairs), left)


def _distances(found: Observations) -> npt.NDArray[np.int64]:
    """Return how far back the last known point lies: 0 for the first of a row, -1 where there is no point."""
    place = np.arange(found.is_there.shape[2])
    last = np.maximum.accumulate(np.where(found.is_there, place, -1), axis=2)
    earlier = np.concatenate([np.full((*last.shape[:2], 1), -1), last[:, :, :-1]], axis=2)
    return np.where(found.is_there, np.where(earlier < 0, 0, place - earlier), -1)


@dataclass(frozen=True, slots=True, eq=False)
class _Weights:
    """Which points count: in a row for all series where they lack the same points, and for every series."""

    shared: npt.NDArray[np.bool_]
    each: npt.NDArray[np.bool_]


def _pairs_of(found: Observations, basis: Floats, kept: npt.NDArray[np.int64], distance: int) -> _Pairs:
    points = basis.shape[1]
    later, earlier = slice(distance, None), slice(None, points - distance)
    is_pair = kept[:, :, later] == distance
    weights = _Weights(is_pair, np.broadcast_to(is_pair, (found.series, *is_pair.shape[1:])))
    y, x = found.outcomes, basis
    return _Pairs(
        distance=distance,
        count=is_pair.sum(axis=(1, 2)).astype(np.float64),
        later=_sums_of(y[:, :, later], y[:, :, later], x[:, later], x[:, later], weights),
        across=_sums_of(y[:, :, later], y[:, :, earlier], x[:, later], x[:, earlier], weights),
        earlier=_sums_of(y[:, :, earlier], y[:, :, earlier], x[:, earlier], x[:, earlier], weights),
    )


def _sums_of(y: Floats, other_y: Floats, x: Floats, other_x: Floats, weights: _Weights) -> _Sums:
    """Return the sums of products of two points, each pair taken once in either order."""
    series, terms = len(y), x.shape[2]
    shared = weights.shared.reshape(len(weights.shared), -1).astype(np.float64)
    each = weights.each.reshape(series, -1)
    first, second = x.reshape(-1, terms), other_x.reshape(-1, terms)
    one, other = y.reshape(series, -1) * each, other_y.reshape(series, -1) * each
    is_same = x is other_x or (first is second)
    right = times_columns(one, first)
    if not is_same:
        right = (times_columns(one, second) + times_columns(other, first)) / 2
    products = Products.of(first, first if is_same else second)
    return _Sums(products.summed(shared), right.T, (one * other).sum(axis=1))


def _what_is_new(found: Observations, errors: Floats, rho: Floats) -> Floats:
    """Return what each point adds to what the last one known before it foretold; NaN where there is no point."""
    distance = _distances(found)
    place = np.arange(errors.shape[2])
    earlier = np.take_along_axis(errors, np.maximum(place - np.maximum(distance, 0), 0), axis=2)
    power = np.where(distance > 0, rho[:, None, None] ** np.maximum(distance, 1), 0.0)
    new: Floats = (errors - power * earlier) / np.sqrt(1.0 - power**2)
    return np.where(found.is_there, new, np.nan)
