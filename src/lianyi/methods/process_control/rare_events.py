"""Charts of events too rare for a rate each month: the time between them (t), or the cases between them (g)."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats
from lianyi.methods.process_control.charts import ONE_PHASE, ControlCharts, Lines, Phases, charts_of, series_matrix
from lianyi.methods.process_control.errors import SeriesCountError
from lianyi.methods.process_control.individuals import MovingRanges, xmr_charts

POWER: Final = 3.6
"""Times between events are near to normal after this root: L. S. Nelson, Journal of Quality Technology 26 (1994)."""
_FAR: Final = 3.0
_NEAR: Final = 2.0


def time_between_charts(
    times: npt.ArrayLike, moving_ranges: MovingRanges = MovingRanges.ALL, phases: Phases = ONE_PHASE
) -> ControlCharts:
    """Return t charts of the times between one event and the next: XmR on their root, brought back to days.

    Raises
    ------
    SeriesShapeError, SeriesCountError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> charts = time_between_charts([12, 30, 5, 41, 22])
    >>> [round(float(line[0, 0]), 2) for line in (charts.centre, charts.upper, charts.lower)]
    [18.8, 213.41, 0.0]
    """
    between = _between(times)
    inner = xmr_charts(between ** (1.0 / POWER), moving_ranges, phases)
    lines = Lines(
        _back(inner.centre),
        _back(inner.lower),
        _back(inner.upper),
        _back(inner.near_lower),
        _back(inner.near_upper),
        inner.points_used,
    )
    return charts_of(between, inner.starts, lines)


def cases_between_charts(cases: npt.ArrayLike, phases: Phases = ONE_PHASE) -> ControlCharts:
    """Return g charts of the cases between one event and the next, which follow a geometric distribution.

    Limits lie three standard deviations, the root of g (g + 1), from the mean g; there is no lower one. The centre is
    the median, 0.693 g, as the rules need a line with half of the points on each side. J. C. Benneyan, Health Care
    Management Science 4 (2001) 305-318; L. P. Provost and S. K. Murray, The Health Care Data Guide (2011).

    Raises
    ------
    SeriesShapeError, SeriesCountError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> charts = cases_between_charts([10, 20, 30])
    >>> [round(float(line[0, 0]), 2) for line in (charts.centre, charts.upper, charts.lower)]
    [13.86, 81.48, nan]
    """
    between = _between(cases)
    inner = xmr_charts(between, MovingRanges.ALL, phases)
    mean = inner.centre
    deviation = np.sqrt(mean * (mean + 1.0))
    nothing = np.full(between.shape, np.nan)
    lines = Lines(
        math.log(2.0) * mean,
        nothing,
        mean + _FAR * deviation,
        nothing,
        mean + _NEAR * deviation,
        inner.points_used,
    )
    return charts_of(between, inner.starts, lines)


def _between(values: npt.ArrayLike) -> Floats:
    between = series_matrix(values)
    if (between < 0).any():
        series, time = np.argwhere(between < 0)[0].tolist()
        message = (
            f"Series {series + 1}, point {time + 1}: {between[series, time]:g} between two events. Give 0 or more."
        )
        raise SeriesCountError(message, series=series, point=time)
    return between


def _back(roots: Floats) -> Floats:
    """Return roots to times; below the root 0 there is no time, so no limit."""
    return np.where(roots < 0.0, np.nan, np.abs(roots) ** POWER)
