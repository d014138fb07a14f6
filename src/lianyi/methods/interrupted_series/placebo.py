"""The same question asked of dates on which nothing happened, before the measure began.

A. Abadie, A. Diamond and J. Hainmueller, Comparative politics and the synthetic control method, American Journal of
Political Science 59 (2015) 495-510, for placebos in time. Where many of them come out "significant", so would anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats
from lianyi.methods.interrupted_series.design import SegmentedModel
from lianyi.methods.interrupted_series.errors import SeriesPointsError
from lianyi.methods.interrupted_series.fits import Estimates, SeriesFits

LEAST_POINTS_EACH_SIDE: Final = 8
Fit = Callable[[SegmentedModel, Floats, Floats | None], SeriesFits]
"""Model, outcomes and offsets, if there are any, to fits."""


@dataclass(frozen=True, slots=True, eq=False)
class Placebos:
    """Dates before the measure, and what each series shows there in the first of its effect terms.

    Parameters
    ----------
    starts
        In units of time since the first point.
    changes
        Series x dates.
    """

    starts: Floats
    changes: Estimates

    def share_below(self, probability: float) -> Floats:
        """Return the share of dates with a p-value below a probability; by chance it would be that probability."""
        found: Floats = (self.changes.p_values() < probability).mean(axis=1)
        return found

    def share_as_far(self, change: Estimates) -> Floats:
        """Return the share of all dates, the true one counted, that lie as many standard errors from 0 as the true one.

        It is no p-value, for neighbouring dates share most of their points.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            score = np.abs(self.changes.values / self.changes.standard_errors)
            true = np.abs(change.values / change.standard_errors)
        found: Floats = ((score >= true[:, None]).sum(axis=1) + 1) / (score.shape[1] + 1)
        return found


def placebo_dates(
    fit: Fit, model: SegmentedModel, outcomes: npt.ArrayLike, offsets: npt.ArrayLike | None = None
) -> Placebos | None:
    """Fit the model to the points before the start alone, with each date in turn that has enough points on each side.

    Dates at which too little is known of a series are left out; None where the points before are too few.

    Examples
    --------
    >>> from lianyi.methods.interrupted_series import SegmentedModel, fit_gaussian
    >>> generator = np.random.default_rng(5)
    >>> series = generator.normal(size=(3, 40))
    >>> found = placebo_dates(lambda m, y, _: fit_gaussian(m, y, 0), SegmentedModel(points=40, start=20), series)
    >>> found.starts.tolist(), found.changes.values.shape
    ([8.0, 9.0, 10.0, 11.0, 12.0], (3, 5))
    """
    before = model.points_before
    last = before - LEAST_POINTS_EACH_SIDE - model.phase_in_points
    known = np.asarray(outcomes, np.float64)[..., :before]
    given = None if offsets is None else np.asarray(offsets, np.float64)[..., :before]
    found: list[tuple[float, Estimates]] = []
    for place in range(LEAST_POINTS_EACH_SIDE, last + 1):
        start = place * model.step
        try:
            fits = fit(replace(model, points=before, start=start), known, given)
        except SeriesPointsError:
            continue
        found.append((start, fits.term(model.effect_terms[0])))
    if not found:
        return None
    changes = [change for _start, change in found]
    together = Estimates(
        np.stack([change.values for change in changes], axis=1),
        np.stack([change.standard_errors for change in changes], axis=1),
        np.stack([change.degrees_of_freedom for change in changes], axis=1),
    )
    return Placebos(np.array([start for start, _change in found]), together)
