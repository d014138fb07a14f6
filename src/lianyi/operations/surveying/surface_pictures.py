"""The pictures of `lianyi survey surface`: who is reached within which time, and a map of the minutes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lianyi.drawing import Axis, LineChart, Series
from lianyi.drawing.raster_map import MOST_PIXELS, RasterMap
from lianyi.methods.surface import TravelSurface
from lianyi.methods.surface.coverage import CoverageCount
from lianyi.operations.surveying.surface_inputs import Sources, Terrain
from lianyi.tabular.rasters import RasterFrame, open_frame, read_bands

_STEPS = 60
_PERCENT = 100.0


def curve_of(
    terrain: Terrain, surface: TravelSurface, longest: float, population: Path | None, crs: str | None
) -> LineChart:
    """Return the curve up to the longest time, or to the longest that was needed where there is no limit."""
    reached = np.isfinite(surface.minutes)
    needed = float(np.max(surface.minutes, where=reached, initial=0.0))
    last = longest if np.isfinite(longest) else max(needed, 1.0)
    times = np.linspace(0.0, last, _STEPS + 1)[1:]
    cells, people = CoverageCount(times.tolist()), CoverageCount(times.tolist())
    for rows in terrain.frame.row_bands():
        cells.add(surface.minutes[rows], np.isfinite(terrain.friction[rows]).astype(np.float64))
    series = [_series("share of the cells that are no barriers", times, cells)]
    if population is not None:
        for rows, heads in read_bands(population, open_frame(population, crs)):
            people.add(surface.minutes[rows], heads)
        series.insert(0, _series("share of the people", times, people))
    return LineChart(
        title="Reached within a time",
        x_axis=Axis("minutes to the nearest source", 0, float(last)),
        y_axis=Axis("share", 0, _PERCENT, "%"),
        series=tuple(series),
        note=f"{terrain.frame.name}: {terrain.friction.size:,} cells. A cell exactly at a time is reached within it.",
    )


def _series(name: str, times: NDArray[np.float64], count: CoverageCount) -> Series:
    shares = [_PERCENT * (step.share or 0.0) for step in count.coverage().steps]
    return Series(name, [0.0, *times.tolist()], [0.0, *shares])


def map_of(terrain: Terrain, sources: Sources, surface: TravelSurface, bounds: Sequence[float]) -> RasterMap:
    """Return the minutes with north at the top, thinned to what a screen shows."""
    frame = terrain.frame
    step = max(1, math.ceil(max(frame.rows, frame.columns) / MOST_PIXELS))
    rows, columns = (np.arange(min(step // 2, size - 1), size, step) for size in (frame.rows, frame.columns))
    minutes = np.array(surface.minutes[np.ix_(rows, columns)], np.float64)
    minutes[~np.isfinite(terrain.friction[np.ix_(rows, columns)])] = np.nan
    # The picture lies as maps do, whichever way the file does.
    down, across = (1 if frame.goes_south else -1), (1 if frame.transform.a > 0 else -1)
    cell_rows, cell_columns = sources.cells.rows.astype(np.float64), sources.cells.columns.astype(np.float64)
    thinned = f" Of every {step} cells along each side one is drawn." if step > 1 else ""
    return RasterMap(
        title=f"Minutes to the nearest source: {frame.name}",
        minutes=minutes[::down, ::across],
        bounds=bounds,
        rows=cell_rows if down > 0 else frame.rows - 1 - cell_rows,
        columns=cell_columns if across > 0 else frame.columns - 1 - cell_columns,
        names=sources.ids,
        step=step,
        height_by_width=_height_by_width(terrain),
        note=f"{frame.rows:,} x {frame.columns:,} cells, {len(sources.ids):,} sources. {_system_of(frame)}.{thinned}",
    )


def _height_by_width(terrain: Terrain) -> float:
    """Return how much higher than wide a cell is on the ground, at the middle of the raster."""
    grid, middle = terrain.grid, terrain.frame.rows // 2
    if not grid.south_metres.size:
        return 1.0
    return float(grid.south_metres[min(middle, grid.south_metres.size - 1)] / grid.east_metres[middle])


def _system_of(frame: RasterFrame) -> str:
    return str(frame.crs.to_string())[:60]
