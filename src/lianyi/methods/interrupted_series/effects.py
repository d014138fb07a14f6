"""What would have been without the measure, and how far what was fitted lies from it, at chosen times.

F. Zhang, A. K. Wagner, S. B. Soumerai and D. Ross-Degnan, Methods for estimating confidence intervals in interrupted
time series analyses of health interventions, Journal of Clinical Epidemiology 62 (2009) 143-148: the delta method with
the covariances of all terms. Relative effects on a logarithmic scale are exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats
from lianyi.methods.interrupted_series.design import TREATED_ROW, Design
from lianyi.methods.interrupted_series.errors import SeriesShapeError
from lianyi.methods.interrupted_series.fits import Estimates, SeriesFits
from lianyi.methods.proportions import DEFAULT_CONFIDENCE

Turn = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A figure with its limits, series x times."""

    values: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """At some times: the figure with the measure and without it, the difference, and the difference as a share.

    On a logarithmic scale without counts the figures are typical ones (medians), not means.
    """

    times: Floats
    with_measure: Band
    without: Band
    absolute: Band
    relative: Band


def effects_at(
    fits: SeriesFits, times: npt.ArrayLike, offsets: npt.ArrayLike = 0.0, confidence: float = DEFAULT_CONFIDENCE
) -> Effects:
    """Return the effect at times in units since the first point, on the scale of the outcome.

    Parameters
    ----------
    offsets
        The offset at these times; 0 gives rates instead of counts.

    Raises
    ------
    SeriesShapeError
        When there are neither as many offsets as times nor one for all.

    Examples
    --------
    >>> from lianyi.methods.interrupted_series import SegmentedModel, fit_gaussian
    >>> fits = fit_gaussian(SegmentedModel(points=8, start=4), [1, 2.1, 2.9, 4, 7, 9.1, 10.9, 13], lag=0)
    >>> found = effects_at(fits, [7.0])
    >>> found.without.values.round(2).tolist(), found.absolute.values.round(2).tolist()
    ([[7.89]], [[5.08]])
    """
    moments = np.atleast_1d(np.asarray(times, np.float64))
    given = np.asarray(offsets, np.float64)
    if given.shape not in ((), moments.shape):
        raise SeriesShapeError(
            f"There are {given.shape} offsets for {moments.shape} times. Give one for each.", field="offsets"
        )
    whole, without = weights_at(fits.design, moments)
    seen, unseen = fits.combinations(whole), fits.combinations(without)
    effect = fits.combinations(whole - without)
    if fits.method.link == "log":
        scale = np.exp(given)
        first, second = np.exp(seen.values) * scale, np.exp(unseen.values) * scale
        absolute = _with_error(fits, first - second, first[..., None] * whole - second[..., None] * without)
        relative = _turned(effect, confidence, np.expm1)
        bands = [_turned(each, confidence, lambda value: np.exp(value) * scale) for each in (seen, unseen)]
    else:
        absolute = effect
        with np.errstate(invalid="ignore", divide="ignore"):
            share = effect.values / unseen.values
            gradient = ((whole - without) - share[..., None] * without) / unseen.values[..., None]
        relative = _band(_with_error(fits, share, gradient), confidence)
        bands = [_band(each, confidence) for each in (seen, unseen)]
    return Effects(moments, bands[0], bands[1], _band(absolute, confidence), relative)


def weights_at(design: Design, times: Floats) -> tuple[Floats, Floats]:
    """Return the terms at some times, times x terms: with the measure, and as if there had been none."""
    columns = design.model.columns_at(times, TREATED_ROW)
    whole = np.stack(list(columns.values()), axis=-1)
    is_effect = np.isin(design.names, design.model.effect_terms)
    return whole, np.where(is_effect, 0.0, whole)


def _with_error(fits: SeriesFits, values: Floats, gradient: Floats) -> Estimates:
    """Return figures with standard errors by the delta method, for gradients series x times x terms."""
    variances = np.einsum("mqi,mij,mqj->mq", gradient, fits.covariances, gradient, optimize=True)
    return Estimates(values, np.sqrt(np.maximum(variances, 0.0)), fits.reference_degrees[:, None])


def _band(estimates: Estimates, confidence: float) -> Band:
    return Band(estimates.values, *estimates.interval(confidence))


def _turned(estimates: Estimates, confidence: float, turn: Turn) -> Band:
    low, high = estimates.interval(confidence)
    return Band(turn(estimates.values), turn(low), turn(high))
