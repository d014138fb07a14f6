"""Least squares with standard errors of Newey and West.

A. K. Wagner, S. B. Soumerai, F. Zhang and D. Ross-Degnan, Segmented regression analysis of interrupted time series
studies in medication use research, Journal of Clinical Pharmacy and Therapeutics 27 (2002) 299-309; A. Linden,
Conducting interrupted time-series analysis for single- and multiple-group comparisons, Stata Journal 15 (2015) 480-500.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.interrupted_series.design import SegmentedModel
from lianyi.methods.interrupted_series.fits import FitMethod, SeriesFits, joined
from lianyi.methods.interrupted_series.newey_west import check_lag, middle, sandwich, turned_back
from lianyi.methods.interrupted_series.normal_equations import Products, inverse, times_columns
from lianyi.methods.interrupted_series.observations import Observations, observations

_AT_ONCE: Final = 700


def fit_gaussian(model: SegmentedModel, outcomes: npt.ArrayLike, lag: int) -> SeriesFits:
    """Fit series by least squares; intervals from t with points less terms.

    With a lag of 0 the errors may differ in size from point to point but must not follow one another.

    Raises
    ------
    SeriesModelError, SeriesShapeError, SeriesPointsError
        When lag, outcomes or terms cannot be.

    Examples
    --------
    >>> from lianyi.methods.interrupted_series.design import SegmentedModel
    >>> fits = fit_gaussian(SegmentedModel(points=8, start=4), [1, 2.1, 2.9, 4, 7, 9.1, 10.9, 13], lag=1)
    >>> [round(float(fits.term(name).values[0]), 3) for name in ("slope", "level_change", "slope_change")]
    [0.98, 2.08, 1.0]
    """
    check_lag(lag, model.points)
    return joined(_fitted(part, lag) for part in observations(model, outcomes).parts(_AT_ONCE))


def _fitted(found: Observations, lag: int) -> SeriesFits:
    basis, turn = found.design.square
    flat = basis.reshape(-1, basis.shape[2])
    bread = inverse(Products.of(flat, flat).summed(found.weights))
    right = times_columns(found.flat(found.outcomes), flat).T
    inside = np.einsum("ijm,jm->im", np.broadcast_to(bread, (*bread.shape[:2], found.series)), right)
    fitted = times_columns(inside.T, flat.T)
    errors = np.where(found.is_there, found.outcomes - fitted.reshape(found.outcomes.shape), 0.0)
    left = np.where(found.observed > bread.shape[0], found.observed - bread.shape[0], np.nan)
    covariances = sandwich(bread, middle(basis, errors, lag), found.observed / left)
    coefficients, turned = turned_back(turn, inside.T, covariances)
    words = f"least squares with Newey-West standard errors, lag {lag}, t on points less terms"
    return SeriesFits(
        design=found.design,
        method=FitMethod("gaussian-newey-west", words, "identity", "t", lag),
        coefficients=np.where(np.isnan(left)[:, None], np.nan, coefficients),
        covariances=turned,
        observed=found.observed,
        dispersion=(errors**2).sum(axis=(1, 2)) / left,
        autocorrelation=np.full(found.series, np.nan),
        residuals=np.where(found.is_there, errors, np.nan),
    )
