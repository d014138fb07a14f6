r"""Interrupted time series: whether level and slope of a series changed when a measure began.

.. math:: Y_t = b_0 + b_1 T + b_2 X_t + b_3 X_t (T - T_0) + e_t

T counts from the first point, X is 1 from the start T0 on. The last term is centred at T0, so that b2 is the change of
level at the start and not at T = 0. All functions work on many series at once. A. K. Wagner and others, Journal of
Clinical Pharmacy and Therapeutics 27 (2002) 299-309; A. Linden, Stata Journal 15 (2015) 480-500; the usual method
here is REML with AR(1) errors on the log rate, see `lianyi.methods.interrupted_series.autoregression`.

Examples
--------
>>> model = SegmentedModel(points=12, start=6)
>>> fits = fit_log_rates(model, [20, 23, 20, 22, 21, 20, 15, 17, 15, 16, 14, 16])
>>> change = fits.term("level_change")
>>> [round(float(value[0]), 3) for value in (change.values, *change.interval())]
[-0.237, -0.372, -0.103]
"""

from __future__ import annotations

from lianyi.methods.interrupted_series.autoregression import fit_levels, fit_log_rates
from lianyi.methods.interrupted_series.cautions import Caution, cautions
from lianyi.methods.interrupted_series.counts import fit_counts
from lianyi.methods.interrupted_series.design import Design, Impact, SegmentedModel
from lianyi.methods.interrupted_series.effects import Band, Effects, effects_at
from lianyi.methods.interrupted_series.errors import (
    SeriesModelError,
    SeriesOutcomeError,
    SeriesPointsError,
    SeriesShapeError,
    SeriesTermError,
)
from lianyi.methods.interrupted_series.fits import MODEL_ERRORS, Estimates, FitMethod, SeriesFits
from lianyi.methods.interrupted_series.gaussian import fit_gaussian
from lianyi.methods.interrupted_series.newey_west import usual_lag
from lianyi.methods.interrupted_series.placebo import Placebos, placebo_dates
from lianyi.methods.interrupted_series.residual_checks import (
    PatternTest,
    correlations,
    durbin_watson,
    ljung_box,
    overdispersion,
    usual_lags,
)

__all__ = [
    "MODEL_ERRORS",
    "Band",
    "Caution",
    "Design",
    "Effects",
    "Estimates",
    "FitMethod",
    "Impact",
    "PatternTest",
    "Placebos",
    "SegmentedModel",
    "SeriesFits",
    "SeriesModelError",
    "SeriesOutcomeError",
    "SeriesPointsError",
    "SeriesShapeError",
    "SeriesTermError",
    "cautions",
    "correlations",
    "durbin_watson",
    "effects_at",
    "fit_counts",
    "fit_gaussian",
    "fit_levels",
    "fit_log_rates",
    "ljung_box",
    "overdispersion",
    "placebo_dates",
    "usual_lag",
    "usual_lags",
]
