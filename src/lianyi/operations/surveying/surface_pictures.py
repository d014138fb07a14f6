"""The picture of `lianyi survey surface`: which share of the cells, and of the people, is reached within which time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lianyi.drawing import Axis, LineChart, Series
from lianyi.methods.surface import TravelSurface
from lianyi.methods.surface.coverage import CoverageCount
from lianyi.operations.surveying.surface_inputs import Terrain
from lianyi.tabular.rasters import open_frame, read_bands

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
