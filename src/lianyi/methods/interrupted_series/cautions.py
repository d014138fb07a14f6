"""What must be said beside the figures of one series: too few points, errors that follow one another, wide counts.

The shares of false alarms were measured on 60 months with a step after 36, two pairs of harmonics and counts that vary
more than Poisson's, at correlations of neighbouring months of 0, 0.3 and 0.6, with no effect and 5 % nominal; a test
repeats the measurement.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.methods.interrupted_series.fits import SeriesFits
from lianyi.methods.interrupted_series.residual_checks import ljung_box, overdispersion, usual_lags

NEWEY_WEST_ALARMS: Final = (17, 22, 23)
QUASI_POISSON_ALARMS: Final = (5, 14, 24)
POISSON_ALARMS: Final = (31, 42, 51)
REML_ALARMS: Final = (5, 6, 8)
"""Per cent of false alarms at correlations of 0, 0.3 and 0.6."""
LEAST_WITH_SEASON: Final = 12
LEAST_WITHOUT_SEASON: Final = 8
_LIKELY: Final = 0.05
_NEARLY_WANDERING: Final = 0.9


@dataclass(frozen=True, slots=True)
class Caution:
    """A reason to trust the figures less, by a code and in words."""

    code: str
    words: str


def cautions(fits: SeriesFits, series: int = 0) -> list[Caution]:
    """Return what must be said of one series, the gravest first.

    Examples
    --------
    >>> from lianyi.methods.interrupted_series import SegmentedModel, fit_log_rates
    >>> fits = fit_log_rates(SegmentedModel(points=9, start=5), [9, 8, 9, 7, 8, 6, 5, 6, 7])
    >>> [caution.code for caution in cautions(fits)]
    ['few-points']
    """
    return [*_few_points(fits, series), *_wide_counts(fits, series), *_patterns(fits, series), *_standing(fits)]


def alarms(percentages: tuple[int, int, int]) -> str:
    """Return shares of false alarms as a sentence says them."""
    return "{} %, {} % and {} % of the time where neighbouring errors correlate by 0, 0.3 and 0.6".format(*percentages)


def _few_points(fits: SeriesFits, series: int) -> list[Caution]:
    model = fits.design.model
    is_there = np.isfinite(fits.residuals[series])
    before = int(is_there[-1, : model.points_before].sum())
    after = int(is_there[-1, model.points_before :].sum())
    least = LEAST_WITH_SEASON if model.harmonic_pairs else LEAST_WITHOUT_SEASON
    if min(before, after) >= least:
        return []
    season = " for a series with season" if model.harmonic_pairs else ""
    words = (
        f"{before} points before the start and {after} from it on: at least {least} on each side are wanted{season}. "
        "With so few, a single odd point can make or hide a change."
    )
    return [Caution("few-points", words)]


def _wide_counts(fits: SeriesFits, series: int) -> list[Caution]:
    if not fits.method.code.startswith("poisson") or overdispersion(fits).p_values[series] >= _LIKELY:
        return []
    words = (
        f"The counts vary {fits.dispersion[series]:.1f} times as much as Poisson counts: the intervals are too short "
        f"by a factor of about {fits.dispersion[series] ** 0.5:.1f}. Use the family quasipoisson. On such counts "
        f"Poisson regression reports a change that is none {alarms(POISSON_ALARMS)}."
    )
    return [Caution("overdispersion", words)]


def _patterns(fits: SeriesFits, series: int) -> list[Caution]:
    found = []
    rho = fits.autocorrelation[series]
    is_reml = bool(np.isfinite(rho))
    lags = usual_lags(int(fits.observed[series]))
    test = ljung_box(fits.residuals[series : series + 1], lags, int(is_reml))
    if test.p_values[0] < _LIKELY:
        cure = (
            "Errors follow one another in another way than AR(1), or a season or a term is missing."
            if is_reml
            else "The usual method (REML with AR(1) errors: neither --family nor --lag) allows for that."
        )
        words = f"Residuals follow one another (Ljung-Box, {lags} lags: p = {test.p_values[0]:.2g}). {cure}"
        found.append(Caution("autocorrelation", words))
    if is_reml and rho > _NEARLY_WANDERING:
        words = (
            f"Neighbouring errors correlate by {rho:.2f}: the series wanders nearly freely, so that a lasting change "
            "cannot be told from wandering, and intervals are wide for that reason."
        )
        found.append(Caution("wandering", words))
    return found


def _standing(fits: SeriesFits) -> list[Caution]:
    """Return what is said of a method whatever the series."""
    if fits.method.code.endswith("newey-west"):
        words = (
            "Newey-West intervals are too short in series of this length: measured on 60 months, they report a change "
            f"that is none {alarms(NEWEY_WEST_ALARMS)}, instead of 5 %. The usual method: {alarms(REML_ALARMS)}."
        )
        return [Caution("newey-west", words)]
    if fits.method.code == "quasipoisson":
        words = (
            "Quasi-Poisson intervals take months as independent: measured on 60 months, they report a change that is "
            f"none {alarms(QUASI_POISSON_ALARMS)}, instead of 5 %."
        )
        return [Caution("quasi-poisson", words)]
    return []
