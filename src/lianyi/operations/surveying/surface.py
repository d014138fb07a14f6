"""Travel times from a friction raster to files: the work of `lianyi survey surface`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lianyi.drawing import svg_of
from lianyi.drawing.raster_map import html_of
from lianyi.methods.surface import Heading, Relief, TravelSurface, nearest_sources, relief_of, travel_times
from lianyi.methods.surface.coverage import CoverageCount
from lianyi.methods.surface.travel_times import check_limit
from lianyi.operations.console import Stage
from lianyi.operations.surveying.surface_inputs import (
    Sources,
    Terrain,
    read_beside,
    read_friction,
    read_sources,
    read_speed,
)
from lianyi.operations.surveying.surface_pictures import curve_of, map_of
from lianyi.operations.surveying.whole_files import write_text_whole
from lianyi.tabular.rasters import check_folder_of, check_same_frame, open_frame, read_bands, write_bands

USUAL_TIMES: Final = (15.0, 30.0, 60.0, 120.0, 180.0, 240.0)
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SurfaceWish:
    """What is given and what is wanted; ``times`` are those at which people are counted."""

    raster: Path
    sources: Path
    max_minutes: float = math.inf
    is_speed: bool = False
    coordinate_system: str | None = None
    skips_misplaced: bool = False
    elevation: Path | None = None
    on_foot: Path | None = None
    heading: Heading = Heading.TO_FACILITY
    population: Path | None = None
    times: tuple[float, ...] = ()
    out: Path | None = None
    allocation: Path | None = None
    plot: Path | None = None
    map_file: Path | None = None


def surface_of(wish: SurfaceWish, stage: Stage) -> Document:
    """Compute the surface, write the files that are wanted and return what --json prints.

    Raises
    ------
    InvalidInputError, RasterFileError, TableFileError, ColumnValueError
        When something given cannot be used.
    """
    check_limit(wish.max_minutes)
    for path in (wish.out, wish.allocation):
        if path is not None:
            check_folder_of(path)
    read = read_speed if wish.is_speed else read_friction
    with stage("Reading") as progress:
        terrain = read(wish.raster, wish.coordinate_system, progress)
        sources = read_sources(wish.sources, terrain, skips_misplaced=wish.skips_misplaced)
        if wish.population is not None:
            check_same_frame(terrain.frame, open_frame(wish.population, wish.coordinate_system))
        relief = _relief(wish, terrain)
    with stage("Travelling"):
        surface = travel_times(terrain.friction, terrain.grid, sources.cells, wish.max_minutes, relief)
    document = _document(wish, terrain, sources, surface)
    if wish.out is not None:
        _write_minutes(wish.out, terrain, surface)
    if wish.allocation is not None:
        with stage("Allocating"):
            owners = nearest_sources(surface, terrain.friction, terrain.grid, sources.cells, relief)
        _write_owners(wish.allocation, terrain, sources, owners)
    if wish.plot is not None:
        curve = curve_of(terrain, surface, wish.max_minutes, wish.population, wish.coordinate_system)
        write_text_whole(wish.plot, svg_of(curve))
    if wish.map_file is not None:
        picture = map_of(terrain, sources, surface, [time for time in times_of(wish) if time > 0.0])
        write_text_whole(wish.map_file, html_of(picture))
    if wish.population is not None:
        with stage("Counting people") as progress:
            document["population"] = _coverage(wish, surface, wish.population)
            progress(1, 1)
    return document


def times_of(wish: SurfaceWish) -> list[float]:
    """Return the times at which people are counted: those wanted, else the usual ones up to the limit and the limit."""
    if wish.times:
        return sorted(set(wish.times))
    below = [time for time in USUAL_TIMES if time < wish.max_minutes]
    return below if math.isinf(wish.max_minutes) else [*below, wish.max_minutes]


def _relief(wish: SurfaceWish, terrain: Terrain) -> Relief | None:
    if wish.elevation is None:
        return None
    crs = wish.coordinate_system
    on_foot = None if wish.on_foot is None else read_beside(wish.on_foot, terrain, crs)
    return relief_of(read_beside(wish.elevation, terrain, crs), terrain.friction, terrain.grid, wish.heading, on_foot)


def _document(wish: SurfaceWish, terrain: Terrain, sources: Sources, surface: TravelSurface) -> Document:
    reached = np.isfinite(surface.minutes)
    count = int(np.count_nonzero(reached))
    total = float(np.sum(surface.minutes, where=reached))
    return {
        "rows": terrain.frame.rows,
        "columns": terrain.frame.columns,
        "coordinate_system": terrain.frame.crs.to_string(),
        "max_minutes": None if math.isinf(wish.max_minutes) else wish.max_minutes,
        "heading": None if wish.elevation is None else str(wish.heading),
        "sources": {
            "used": len(sources.ids),
            "skipped_outside": sources.outside,
            "skipped_on_barrier": sources.on_barrier,
        },
        "cells": {
            "all": terrain.friction.size,
            "barriers": terrain.friction.size - int(np.count_nonzero(np.isfinite(terrain.friction))),
            "reached": count,
        },
        "minutes": {
            "mean": total / count,
            "max": float(np.max(surface.minutes, where=reached, initial=0.0)),
        },
        "out": None if wish.out is None else str(wish.out),
        "allocation": None if wish.allocation is None else str(wish.allocation),
        "population": None,
    }


def _coverage(wish: SurfaceWish, surface: TravelSurface, population: Path) -> Document:
    count = CoverageCount(times_of(wish))
    for rows, people in read_bands(population, open_frame(population, wish.coordinate_system)):
        count.add(surface.minutes[rows], people)
    found = count.coverage()
    return {
        "total": found.people,
        "coverage": [{"minutes": step.minutes, "population": step.people, "share": step.share} for step in found.steps],
        "unreached": found.unreached,
    }


def _write_minutes(path: Path, terrain: Terrain, surface: TravelSurface) -> None:
    def bands() -> Iterator[tuple[slice, NDArray[np.float32]]]:
        for rows in terrain.frame.row_bands():
            minutes = surface.minutes[rows].astype(np.float32)
            minutes[np.isinf(minutes)] = np.nan
            yield rows, minutes

    write_bands(
        path,
        terrain.frame,
        bands(),
        dtype="float32",
        nodata=math.nan,
        predictor=3,
        unit="minutes",
        description="travel time to the nearest source",
    )


def _write_owners(path: Path, terrain: Terrain, sources: Sources, owners: NDArray[np.int32]) -> None:
    # The place after the last source stands for nobody: -1 looks it up.
    records = np.append(sources.records, 0).astype(np.int32)
    bands = ((rows, records[owners[rows]]) for rows in terrain.frame.row_bands())
    write_bands(
        path, terrain.frame, bands, dtype="int32", nodata=0, predictor=2, description="record of the nearest source"
    )
