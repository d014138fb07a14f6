r"""Whether residuals still follow one another: Durbin and Watson's figure, Ljung and Box's test, spread of counts.

.. math:: d = \sum_t (e_t - e_{t-1})^2 / \sum_t e_t^2, \qquad Q = n(n+2) \sum_{l=1}^{h} r_l^2 / (n - l)

J. Durbin and G. S. Watson, Biometrika 37 (1950) 409-428; G. M. Ljung and G. E. P. Box, Biometrika 65 (1978) 297-303.
About 2 is no pattern for the first. The test is a rough one: the residuals of a regression follow one another a little
less than the errors do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.interrupted_series.fits import SeriesFits

_USUAL_LAGS: Final = 10
_POINTS_A_LAG: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class PatternTest:
    """A statistic for each series, its degrees of freedom, and the probability of one as large without a pattern."""

    statistic: Floats
    degrees_of_freedom: int
    p_values: Floats


def usual_lags(points: int) -> int:
    """Return how many lags are looked at: ten, or a fifth of the points where these are few.

    Examples
    --------
    >>> usual_lags(60), usual_lags(31)
    (10, 6)
    """
    return max(min(_USUAL_LAGS, points // _POINTS_A_LAG), 1)


def durbin_watson(residuals: Floats) -> Floats:
    """Return the figure of each series, for residuals series x rows x points with NaN where there is no point.

    Examples
    --------
    >>> durbin_watson(np.array([[[1.0, -1.0, 1.0, -1.0]]])).tolist()
    [3.0]
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.nansum(np.diff(residuals, axis=2) ** 2, axis=(1, 2)) / np.nansum(residuals**2, axis=(1, 2))
    return found


def correlations(residuals: Floats, lags: int) -> Floats:
    """Return the correlations of residuals so many points apart, series x lags, the control and the other row together.

    Examples
    --------
    >>> correlations(np.array([[[1.0, -1.0, 1.0, -1.0]]]), 2).tolist()
    [[-0.75, 0.5]]
    """
    is_there = np.isfinite(residuals)
    count = np.maximum(is_there.sum(axis=(1, 2)), 1)
    mean = np.where(is_there, residuals, 0.0).sum(axis=(1, 2)) / count
    away = np.where(is_there, residuals - mean[:, None, None], 0.0)
    points = away.shape[2]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = (
            np.stack(
                [(away[:, :, lag:] * away[:, :, : points - lag]).sum(axis=(1, 2)) for lag in range(1, lags + 1)], axis=1
            )
            / (away**2).sum(axis=(1, 2))[:, None]
        )
    return found


def ljung_box(residuals: Floats, lags: int, estimated: int = 0) -> PatternTest:
    """Test whether residuals follow one another; ``estimated`` correlations were fitted already.

    Examples
    --------
    >>> found = ljung_box(np.array([[[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]]]), lags=1)
    >>> found.statistic.round(3).tolist(), found.p_values.round(3).tolist()
    ([6.667], [0.01])
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - takes long to load

    points = np.isfinite(residuals).sum(axis=(1, 2)).astype(np.float64)[:, None]
    distance = np.arange(1, lags + 1)
    terms = correlations(residuals, lags) ** 2 / np.maximum(points - distance, 1.0)
    statistic: Floats = (points * (points + 2))[:, 0] * terms.sum(axis=1)
    degrees = max(lags - estimated, 1)
    return PatternTest(statistic, degrees, chdtrc(degrees, statistic))


def overdispersion(fits: SeriesFits) -> PatternTest:
    """Test Pearson's statistic of counts against what Poisson counts would give.

    Examples
    --------
    >>> from lianyi.methods.interrupted_series.counts import fit_counts
    >>> from lianyi.methods.interrupted_series.design import SegmentedModel
    >>> fits = fit_counts(SegmentedModel(points=8, start=4), [100, 160, 90, 150, 100, 170, 80, 150])
    >>> overdispersion(fits).p_values.round(4).tolist()
    [0.0]
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - takes long to load

    degrees = fits.degrees_of_freedom
    statistic = fits.dispersion * degrees
    return PatternTest(statistic, int(degrees.max()), chdtrc(degrees, statistic))
