"""Charts of counts: p, p prime, u and c, with limits three standard deviations from the centre.

W. A. Shewhart, Economic Control of Quality of Manufactured Product (1931); p prime: D. B. Laney, Quality Engineering 14
(2002) 531-537. Near limits lie at two standard deviations; no limit lies where no value can.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.process_control.charts import ONE_PHASE, ControlCharts, Lines, Phases, charts_of, series_matrix
from lianyi.methods.process_control.errors import SeriesCountError, SeriesShapeError
from lianyi.methods.process_control.individuals import MovingRanges

RANGE_OF_TWO: Final = 1.128
"""The mean range of two normal values in standard deviations (d2)."""
_FAR: Final = 3.0
_NEAR: Final = 2.0


def proportion_charts(events: npt.ArrayLike, totals: npt.ArrayLike, phases: Phases = ONE_PHASE) -> ControlCharts:
    """Return p charts: events of so many cases, which vary as they do when every case has the same chance.

    With thousands of cases a month limits become so narrow that nearly every point lies outside; see
    `laney_proportion_charts`.

    Raises
    ------
    SeriesShapeError, SeriesCountError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> charts = proportion_charts([2, 3, 1, 2], [20, 20, 20, 20])
    >>> [round(float(line[0, 0]), 4) for line in (charts.centre, charts.upper, charts.lower)]
    [0.1, 0.3012, 0.0]
    """
    parts, wholes = _proportion_columns(events, totals)
    starts = phases.starts(parts.shape)
    centre, used = _pooled(parts, wholes, starts, phases)
    deviation = np.sqrt(centre * (1.0 - centre) / wholes)
    return charts_of(parts / wholes, starts, _lines(centre, deviation, used, highest=1.0))


def laney_proportion_charts(
    events: npt.ArrayLike,
    totals: npt.ArrayLike,
    moving_ranges: MovingRanges = MovingRanges.ALL,
    phases: Phases = ONE_PHASE,
) -> ControlCharts:
    """Return p prime charts: the limits of a p chart, widened by how much the months differ beyond chance.

    The shares are standardised; the mean moving range of that, divided by 1.128, multiplies the standard deviation.

    Raises
    ------
    SeriesShapeError, SeriesCountError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> charts = laney_proportion_charts([2000, 2300, 1900, 2200], [20000, 20000, 20000, 20000])
    >>> [round(float(line[0, 0]), 4) for line in (charts.centre, charts.upper, charts.lower)]
    [0.105, 0.1493, 0.0607]
    """
    parts, wholes = _proportion_columns(events, totals)
    starts = phases.starts(parts.shape)
    centre, used = _pooled(parts, wholes, starts, phases)
    deviation = np.sqrt(centre * (1.0 - centre) / wholes)
    distance = np.divide(parts / wholes - centre, deviation, out=np.zeros(parts.shape), where=deviation > 0.0)
    mean, step = np.empty(parts.shape), np.empty(parts.shape)
    counted = np.empty(parts.shape, np.int64)
    # A month without cases has no share; it is left out as any other that is missing.
    distance[np.isnan(parts)] = np.nan
    from lianyi.methods.process_control.kernels import individuals_kernel  # noqa: PLC0415 - loads the compiler

    individuals_kernel(distance, starts, phases.baseline_points or 0, moving_ranges.screening, mean, step, counted)
    wider = deviation * step / RANGE_OF_TWO
    return charts_of(parts / wholes, starts, _lines(centre, wider, used, highest=1.0))


def rate_charts(events: npt.ArrayLike, exposures: npt.ArrayLike, phases: Phases = ONE_PHASE) -> ControlCharts:
    """Return u charts: events over an area of opportunity that differs, such as infections over bed days.

    Raises
    ------
    SeriesShapeError, SeriesCountError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> charts = rate_charts([4, 6, 5], [1000, 1000, 1000])
    >>> [round(float(line[0, 0]), 5) for line in (charts.centre, charts.upper, charts.lower)]
    [0.005, 0.01171, 0.0]
    """
    counts, areas = _count_columns(events, exposures)
    starts = phases.starts(counts.shape)
    centre, used = _pooled(counts, areas, starts, phases)
    return charts_of(counts / areas, starts, _lines(centre, np.sqrt(centre / areas), used, highest=np.inf))


def count_charts(events: npt.ArrayLike, phases: Phases = ONE_PHASE) -> ControlCharts:
    """Return c charts: events of equal areas of opportunity.

    Raises
    ------
    SeriesShapeError, SeriesCountError, RebaseError
        When something cannot be used.

    Examples
    --------
    >>> charts = count_charts([4, 6, 5, 10])
    >>> [round(float(line[0, 0]), 3) for line in (charts.centre, charts.upper, charts.lower)]
    [6.25, 13.75, 0.0]
    """
    counts = series_matrix(events)
    return rate_charts(counts, np.where(np.isnan(counts), np.nan, 1.0), phases)


def _lines(centre: Floats, deviation: Floats, used: Positions, highest: float) -> Lines:
    far, near = _FAR * deviation, _NEAR * deviation
    return Lines(
        centre,
        np.maximum(centre - far, 0.0),
        np.minimum(centre + far, highest),
        np.maximum(centre - near, 0.0),
        np.minimum(centre + near, highest),
        used,
    )


def _pooled(parts: Floats, wholes: Floats, starts: Flags, phases: Phases) -> tuple[Floats, Positions]:
    """Return for each point the sum of parts over that of wholes in its phase, and how many points those are."""
    series, times = parts.shape
    phase = np.cumsum(starts, axis=1) + np.arange(series)[:, np.newaxis] * times
    counts = ~np.isnan(parts)
    if phases.baseline_points is not None:
        counts &= _rank_in_phase(counts, phase) <= phases.baseline_points
    keys = phase[counts]
    used = np.bincount(keys, minlength=series * times)[phase]
    above = np.bincount(keys, weights=parts[counts], minlength=series * times)[phase]
    below = np.bincount(keys, weights=wholes[counts], minlength=series * times)[phase]
    pooled = np.divide(above, below, out=np.full(parts.shape, np.nan), where=used > 0)
    return pooled, used


def _rank_in_phase(counts: Flags, phase: Positions) -> Positions:
    """Return how many observed points a phase has up to each point."""
    so_far = np.cumsum(counts, axis=1)
    begins = np.ones(counts.shape, dtype=bool)
    begins[:, 1:] = phase[:, 1:] != phase[:, :-1]
    before = np.maximum.accumulate(np.where(begins, so_far - counts, 0), axis=1)
    return np.asarray(so_far - before, np.int64)


def _proportion_columns(events: npt.ArrayLike, totals: npt.ArrayLike) -> tuple[Floats, Floats]:
    parts, wholes = _count_columns(events, totals)
    if (parts > wholes).any():
        series, time = np.argwhere(parts > wholes)[0].tolist()
        message = (
            f"Series {series + 1}, point {time + 1}: {parts[series, time]:g} events of {wholes[series, time]:g}. The "
            "part cannot be larger than the whole."
        )
        raise SeriesCountError(message, series=series, point=time)
    return parts, wholes


def _count_columns(events: npt.ArrayLike, areas: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return both with NaN where either is missing, or where nothing could happen and nothing did."""
    parts, wholes = series_matrix(events), series_matrix(areas)
    if parts.shape != wholes.shape:
        message = f"Events have the shape {parts.shape}, what they are counted over {wholes.shape}. Give one for each."
        raise SeriesShapeError(message, shapes=(parts.shape, wholes.shape))
    is_wrong = (parts < 0) | (wholes < 0) | ((wholes == 0) & (parts > 0))
    if is_wrong.any():
        series, time = np.argwhere(is_wrong)[0].tolist()
        message = (
            f"Series {series + 1}, point {time + 1}: {parts[series, time]:g} events over {wholes[series, time]:g}. "
            "Counts are 0 or more, and events need something to happen in."
        )
        raise SeriesCountError(message, series=series, point=time)
    is_missing = np.isnan(parts) | np.isnan(wholes) | (wholes == 0)
    return np.where(is_missing, np.nan, parts), np.where(is_missing, np.nan, wholes)
