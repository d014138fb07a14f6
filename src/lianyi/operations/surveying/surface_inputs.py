"""What `lianyi survey surface` reads: rasters with their units checked, and sources by their cells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.errors import CoordinateRangeError, SourcePlacementError
from lianyi.methods.surface import Cells, RasterGrid, friction_of_speed, geographic_grid, metric_grid, misplaced_cells
from lianyi.operations.console import Progress
from lianyi.tabular.arrays import ArrayColumn, read_arrays, unique_ids
from lianyi.tabular.errors import RasterUnitError
from lianyi.tabular.rasters import RasterFrame, check_same_frame, open_frame, read_bands

Raster = NDArray[np.floating[Any]]

_SPEED_UNITS: Final = ("km/h", "kmh", "km h-1", "kph", "kilometre", "kilometer")
_FRICTION_UNITS: Final = ("min/m", "minutes/m", "min m-1", "minutes per met", "minute per met")
# What people cannot do: a crawl takes about 1 minute for a metre, and nothing on the ground goes 2000 km/h.
_SLOWEST_MINUTES_PER_METRE: Final = 1.0
_QUICKEST_MINUTES_PER_METRE: Final = 3e-5
_SAMPLE_STEP: Final = 7
_NAMED_AT_MOST: Final = 20
_MOST_DEGREES: Final = {"lon": 180.0, "lat": 90.0}


@dataclass(frozen=True, slots=True, eq=False)
class Terrain:
    """A friction raster in minutes per metre, its frame and its grid."""

    frame: RasterFrame
    grid: RasterGrid
    friction: Raster


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Where travel begins, and the ids of those that were left out."""

    ids: list[str]
    records: NDArray[np.int64]
    """Record in the table, from 1, of each source that is used."""
    cells: Cells
    outside: list[str]
    on_barrier: list[str]


def read_friction(path: Path, coordinate_system: str | None, progress: Progress) -> Terrain:
    """Read minutes per metre. Raises as `read_speed`."""
    frame = open_frame(path, coordinate_system)
    _check_named_unit(frame, _SPEED_UNITS, "km/h", "with --speed")
    friction = _whole(path, frame, progress)
    _check_middle(frame, friction, "minutes per metre", "If these are km/h, add --speed; seconds are divided by 60.")
    return Terrain(frame, grid_of(frame), friction)


def read_speed(path: Path, coordinate_system: str | None, progress: Progress) -> Terrain:
    """Read km/h.

    Raises
    ------
    RasterFileError
        When the raster cannot be used; RasterUnitError when its unit or values are those of something else.
    SpeedValueError
        When a speed is negative.
    """
    frame = open_frame(path, coordinate_system)
    _check_named_unit(frame, _FRICTION_UNITS, "minutes per metre", "without --speed")
    friction = _whole(path, frame, progress)
    for rows in frame.row_bands():
        friction[rows] = friction_of_speed(friction[rows])
    _check_middle(
        frame, friction, "minutes per metre, made of km/h", "If the file holds minutes per metre, leave --speed out."
    )
    return Terrain(frame, grid_of(frame), friction)


def read_beside(path: Path, terrain: Terrain, coordinate_system: str | None) -> Raster:
    """Read a raster that lies cell on cell with the friction."""
    frame = open_frame(path, coordinate_system)
    check_same_frame(terrain.frame, frame)
    return _whole(path, frame, lambda _done, _total: None)


def grid_of(frame: RasterFrame) -> RasterGrid:
    """Return how far the cells of a raster lie apart."""
    top, height = frame.top_and_height
    width = abs(frame.transform.a)
    if not frame.is_geographic:
        metres = frame.metres_per_unit
        return metric_grid(frame.rows, frame.columns, width * metres, height * metres)
    grid = geographic_grid(frame.rows, frame.columns, top, width, height)
    if frame.goes_south:
        return grid
    return RasterGrid(
        grid.columns,
        np.ascontiguousarray(grid.east_metres[::-1]),
        np.ascontiguousarray(grid.south_metres[::-1]),
        np.ascontiguousarray(grid.diagonal_metres[::-1]),
    )


def read_sources(path: Path, terrain: Terrain, *, skips_misplaced: bool) -> Sources:
    """Read ids with lon and lat (WGS 84), or with x and y in the coordinates of the raster.

    Raises
    ------
    ColumnValueError, TableFileError, TableHeaderError
        When the table cannot be used.
    CoordinateRangeError
        When a position is not on the globe, as where metres stand for degrees.
    SourcePlacementError
        When sources lie outside the raster or on barriers and are not to be left out; it lists their ids.
    """
    optional = [ArrayColumn(name, "number", required=False) for name in ("x", "y", "lon", "lat")]
    table = read_arrays(path, [ArrayColumn("id", "text"), *optional])
    ids = [str(each) for each in unique_ids(table["id"], "id")]
    if {"x", "y"} <= table.keys() and not {"lon", "lat"} & table.keys():
        columns = [ArrayColumn(name, "number") for name in ("x", "y")]
        position = read_arrays(path, columns)
        rows, columns_of = terrain.frame.cells(position["x"], position["y"])
    else:
        degrees = [
            ArrayColumn("lon", "number", description="longitude, degrees, WGS 84"),
            ArrayColumn("lat", "number", description="latitude, degrees, WGS 84"),
        ]
        position = read_arrays(path, degrees)
        for name in ("lon", "lat"):
            _check_degrees(path, ids, name, position[name])
        rows, columns_of = terrain.frame.cells_of_degrees(position["lon"], position["lat"])
    return _placed(path, ids, Cells(rows, columns_of), terrain, skips_misplaced=skips_misplaced)


def _placed(path: Path, ids: list[str], cells: Cells, terrain: Terrain, *, skips_misplaced: bool) -> Sources:
    wrong = misplaced_cells(terrain.friction, cells)
    outside, on_barrier = [ids[at] for at in wrong.outside], [ids[at] for at in wrong.on_barrier]
    if len(wrong) and not (skips_misplaced and len(wrong) < len(ids)):
        parts = []
        if outside:
            parts.append(f"{len(outside)} lie outside the raster ({_named(outside)})")
        if on_barrier:
            parts.append(f"{len(on_barrier)} lie on barriers or cells without data ({_named(on_barrier)})")
        message = (
            f"{path.name}: of {len(ids)} sources {' and '.join(parts)}. Mend their positions, or leave them out with "
            "--skip-misplaced."
        )
        raise SourcePlacementError(message, outside=outside, on_barrier=on_barrier)
    used = np.setdiff1d(np.arange(len(ids)), np.concatenate((wrong.outside, wrong.on_barrier)))
    return Sources([ids[at] for at in used], used + 1, cells.take(used), outside, on_barrier)


def _named(ids: list[str]) -> str:
    more = f" and {len(ids) - _NAMED_AT_MOST} more" if len(ids) > _NAMED_AT_MOST else ""
    return ", ".join(ids[:_NAMED_AT_MOST]) + more


def _check_degrees(path: Path, ids: list[str], name: str, values: NDArray[np.float64]) -> None:
    wrong = np.flatnonzero(~(np.abs(values) <= _MOST_DEGREES[name]))
    if len(wrong):
        message = (
            f"{path.name}: {name} of “{ids[wrong[0]]}” is {values[wrong[0]]:g}, beyond {_MOST_DEGREES[name]:g} "
            "degrees. Give lon and lat in degrees (WGS 84), or x and y in the coordinates of the raster."
        )
        raise CoordinateRangeError(message, field=name, given=float(values[wrong[0]]))


def _check_named_unit(frame: RasterFrame, others: tuple[str, ...], other: str, how: str) -> None:
    if any(name in frame.unit.lower() for name in others):
        message = f"{frame.name} says that its unit is “{frame.unit}”. Read {other} {how}."
        raise RasterUnitError(message, unit=frame.unit)


def _check_middle(frame: RasterFrame, friction: Raster, unit: str, mend: str) -> None:
    """Refuse values that nobody travels at: most often a mistaken unit."""
    sample = friction[::_SAMPLE_STEP, ::_SAMPLE_STEP]
    usable = sample[np.isfinite(sample)]
    middle = float(np.median(usable)) if usable.size else np.nan
    if middle > _SLOWEST_MINUTES_PER_METRE or 0 < middle < _QUICKEST_MINUTES_PER_METRE:
        message = (
            f"The middle value of {frame.name} is {middle:.3g} {unit}, which is {0.06 / middle:.3g} km/h: its unit "
            f"must be another. {mend}"
        )
        raise RasterUnitError(message, middle=middle)


def _whole(path: Path, frame: RasterFrame, progress: Progress) -> Raster:
    values = np.empty((frame.rows, frame.columns), np.float32 if frame.is_single else np.float64)
    for rows, part in read_bands(path, frame):
        values[rows] = part
        progress(rows.stop, frame.rows)
    return values
