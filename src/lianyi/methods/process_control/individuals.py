"""XmR charts: individual values with limits from their moving ranges, as NHS Making Data Count draws them."""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lianyi.methods.process_control.charts import ONE_PHASE, ControlCharts, Lines, Phases, charts_of, series_matrix
from lianyi.methods.process_control.conventions import LIMIT_FACTOR, NEAR_SHARE, SCREENING_FACTOR


class MovingRanges(StrEnum):
    """Which moving ranges make the limits. Programs differ here, so results name what was chosen."""

    ALL = "all"
    """Every one: the usual spreadsheet."""
    SCREENED = "screened"
    """Those below 3.267 times the mean of all: one wild point does not widen the limits that should show it."""

    @property
    def screening(self) -> float:
        """From so many times their mean on moving ranges are left out."""
        return SCREENING_FACTOR if self is MovingRanges.SCREENED else math.inf


def xmr_charts(
    values: npt.ArrayLike,
    moving_ranges: MovingRanges = MovingRanges.ALL,
    phases: Phases = ONE_PHASE,
) -> ControlCharts:
    """Return XmR charts of all series at once: mean, limits at 2.66 mean moving ranges, near limits, four rules.

    Parameters
    ----------
    values
        A row for each series, a column for each time, NaN where a value is missing.
    moving_ranges
        All, or those that are no outliers.
    phases
        A baseline that is locked, and where the process was changed on purpose.

    Raises
    ------
    SeriesShapeError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> series = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    >>> charts = xmr_charts(series)
    >>> [round(float(line[0, 0]), 2) for line in (charts.centre, charts.upper, charts.lower)]
    [1.94, 6.95, -3.06]
    >>> charts = xmr_charts(series, MovingRanges.SCREENED)
    >>> [round(float(line[0, 0]), 2) for line in (charts.upper, charts.lower)]
    [4.6, -0.72]
    """
    array = series_matrix(values)
    starts = phases.starts(array.shape)
    columns = array.shape[1] if phases.rebases else 1
    centre, step = np.empty((len(array), columns)), np.empty((len(array), columns))
    used = np.empty((len(array), columns), np.int64)
    from lianyi.methods.process_control.kernels import individuals_kernel  # noqa: PLC0415 - loads the compiler

    individuals_kernel(array, starts, phases.baseline_points or 0, moving_ranges.screening, centre, step, used)
    far = LIMIT_FACTOR * step
    near = NEAR_SHARE * far
    lines = Lines(centre, centre - far, centre + far, centre - near, centre + near, used, step)
    return charts_of(array, starts, lines)
