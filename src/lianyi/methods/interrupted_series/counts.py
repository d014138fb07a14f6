"""Poisson and quasi-Poisson regression of counts with a logarithmic link and an offset.

P. McCullagh and J. A. Nelder, Generalized Linear Models, 2nd edition (1989), chapters 2 and 9: iteratively reweighted
least squares; quasi-Poisson multiplies variances by Pearson's statistic over points less terms. Intervals come from the
normal distribution, as those of J. Lopez Bernal, S. Cummins and A. Gasparrini, Interrupted time series regression for
the evaluation of public health interventions, International Journal of Epidemiology 46 (2017) 348-355.
"""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats
from lianyi.methods.interrupted_series.design import SegmentedModel
from lianyi.methods.interrupted_series.fits import MODEL_ERRORS, FitMethod, SeriesFits, joined
from lianyi.methods.interrupted_series.newey_west import check_lag, middle, sandwich, turned_back
from lianyi.methods.interrupted_series.normal_equations import Products, inverse, solved, times_columns
from lianyi.methods.interrupted_series.observations import Observations, check_counts, observations

CountFamily = Literal["poisson", "quasipoisson"]
_AT_ONCE: Final = 700
_MOST_ROUNDS: Final = 50
_SETTLED: Final = 1e-7
"""Each round squares what is still missing: after a change as small as this nothing is left to change."""
_LARGEST_EXPONENT: Final = 300.0


def fit_counts(
    model: SegmentedModel,
    outcomes: npt.ArrayLike,
    offsets: npt.ArrayLike | None = None,
    *,
    family: CountFamily = "quasipoisson",
    lag: int = MODEL_ERRORS,
) -> SeriesFits:
    """Fit counts; coefficients are logarithms of rates and rate ratios.

    Offsets are logarithms, such as that of the population. With a lag the standard errors are those of Newey and West.

    Raises
    ------
    SeriesModelError, SeriesShapeError, SeriesPointsError, SeriesOutcomeError
        When lag, outcomes or terms cannot be, or a count is below 0.

    Examples
    --------
    >>> import math
    >>> from lianyi.methods.interrupted_series.design import SegmentedModel
    >>> fits = fit_counts(SegmentedModel(points=8, start=4), [10, 12, 14, 17, 10, 12, 14, 17])
    >>> round(math.exp(fits.term("level_change").values[0]), 3)
    0.496
    """
    if lag != MODEL_ERRORS:
        check_lag(lag, model.points)
    found = observations(model, outcomes, offsets)
    check_counts(found)
    return joined(_fitted(part, family, lag) for part in found.parts(_AT_ONCE))


def _fitted(found: Observations, family: CountFamily, lag: int) -> SeriesFits:
    basis, turn = found.design.square
    flat = basis.reshape(-1, basis.shape[2])
    inside, means = _settled_coefficients(found, flat)
    bread = inverse(Products.of(flat, flat).summed(means))
    is_there = found.is_there.reshape(found.series, -1)
    errors = found.flat(found.outcomes) - means
    left = np.where(found.observed > len(inside), found.observed - len(inside), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = np.where(is_there, errors / np.sqrt(means), 0.0)
    dispersion = (pearson**2).sum(axis=1) / left
    if lag == MODEL_ERRORS:
        covariances = (
            np.moveaxis(bread, 2, 0) * (dispersion if family == "quasipoisson" else left / left)[:, None, None]
        )
    else:
        filling = middle(basis, errors.reshape(found.outcomes.shape), lag)
        covariances = sandwich(bread, filling, found.observed / left)
    coefficients, turned = turned_back(turn, inside.T, covariances)
    residuals = pearson.reshape(found.outcomes.shape)
    return SeriesFits(
        design=found.design,
        method=_method_of(family, lag),
        coefficients=np.where(np.isnan(left)[:, None], np.nan, coefficients),
        covariances=turned,
        observed=found.observed,
        dispersion=dispersion,
        autocorrelation=np.full(found.series, np.nan),
        residuals=np.where(found.is_there, residuals, np.nan),
    )


def _method_of(family: CountFamily, lag: int) -> FitMethod:
    name = "Poisson" if family == "poisson" else "quasi-Poisson"
    if lag == MODEL_ERRORS:
        return FitMethod(family, f"{name} regression, logarithmic link, normal intervals", "log", "normal")
    words = f"{name} regression, logarithmic link, Newey-West standard errors, lag {lag}, normal intervals"
    return FitMethod(f"{family}-newey-west", words, "log", "normal", lag)


def _settled_coefficients(found: Observations, flat: Floats) -> tuple[Floats, Floats]:
    """Return the coefficients of the square columns, k x series, and means (0 where there is no point)."""
    is_there = found.is_there.reshape(found.series, -1)
    counts, offsets = found.flat(found.outcomes), found.flat(found.offsets)
    products = Products.of(flat, flat)
    average = counts.sum(axis=1) / np.maximum(found.observed, 1)
    means = np.where(is_there, (counts + average[:, None]) / 2, 0.0)
    # A series of zeros only has no logarithm to begin from and stays unknown.
    means[average <= 0] = np.nan
    predictor = np.log(np.where(is_there, means, 1.0))
    before = np.full((flat.shape[1], found.series), np.inf)
    for _round in range(_MOST_ROUNDS):
        working = means * (predictor - offsets) + counts - means
        inside = solved(products.summed(means), times_columns(working, flat).T)
        predictor = np.clip(times_columns(inside.T, flat.T) + offsets, -_LARGEST_EXPONENT, _LARGEST_EXPONENT)
        means = np.where(is_there, np.exp(predictor), 0.0)
        change = np.abs(inside - before) / (1.0 + np.abs(inside))
        if not (change > _SETTLED).any():
            break
        before = inside
    is_unsettled = (change > _SETTLED).any(axis=0)
    inside[:, is_unsettled] = np.nan
    return inside, np.where(is_unsettled[:, None] & is_there, np.nan, means)
