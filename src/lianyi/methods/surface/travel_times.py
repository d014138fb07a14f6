"""Travel-time surfaces: from every cell of a raster to the source that is nearest in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lianyi.methods.errors import MinutesLimitError
from lianyi.methods.surface.allocation import walk_back
from lianyi.methods.surface.cells import Cells, check_cells
from lianyi.methods.surface.friction import Raster, checked_friction
from lianyi.methods.surface.steps import Ground
from lianyi.methods.surface.tile_solver import TILE, solve_by_tiles

if TYPE_CHECKING:
    from lianyi.methods.surface.grids import RasterGrid
    from lianyi.methods.surface.relief import Relief

Floats = NDArray[np.float64]
NOBODY = -1
"""Stands in an allocation where no source is reached."""


@dataclass(frozen=True, slots=True, eq=False)
class TravelSurface:
    """Minutes between every cell and the source nearest in time.

    Attributes
    ----------
    minutes
        Shape of the raster; infinite at barriers, where nobody gets, and beyond the limit.
    max_minutes
        The limit; a cell exactly at it is reached.
    """

    minutes: Floats
    max_minutes: float


def travel_times(
    friction: ArrayLike,
    grid: RasterGrid,
    sources: Cells,
    max_minutes: float = math.inf,
    relief: Relief | None = None,
) -> TravelSurface:
    """Return the least minutes from any source to every cell, over the eight neighbours of each.

    A step costs the mean of the two frictions times the distance of the centres: the model of GRASS r.cost and of
    ``MCP_Geometric`` in scikit-image, and that of D. J. Weiss and others, Nature 553 (2018) 333-336. Nobody squeezes
    through a barrier, but a step askew passes between two barriers that touch at a corner, as it does in these.

    Parameters
    ----------
    friction
        Minutes per metre, above 0; barriers are not a number or infinite. See `friction_of_speed`.
    grid
        Distances between the cells.
    sources
        Where minutes are 0; each on a cell that can be crossed.
    max_minutes
        Cells beyond it are not reached: unlike in r.cost none of them is returned. It also saves their time.
    relief
        Slopes and the way people go; without it a way takes as long back as forth.

    Examples
    --------
    >>> from lianyi.methods.surface import metric_grid
    >>> friction = np.array([[0.01, 0.01, np.nan], [0.01, 0.03, 0.01]])
    >>> found = travel_times(friction, metric_grid(2, 3, 100.0, 100.0), Cells.of([0], [0]))
    >>> found.minutes.round(2).tolist()
    [[0.0, 1.0, inf], [1.0, 2.83, 2.41]]

    Raises
    ------
    FrictionValueError, RasterShapeError
        When the friction is not positive or does not fit the grid.
    NoSourceError, SourcePlacementError
        When there is no source, or one outside or on a barrier.
    MinutesLimitError
        When the limit is not above 0.
    """
    check_limit(max_minutes)
    raster = checked_friction(friction, grid)
    check_cells(raster, sources)
    minutes = np.full(grid.shape, np.inf)
    solve_by_tiles(
        minutes,
        ground_of(raster, grid, relief),
        None if relief is None else relief.heights_metres,
        sources.rows,
        sources.columns,
        max_minutes,
        TILE,
    )
    return TravelSurface(minutes, max_minutes)


def nearest_sources(
    surface: TravelSurface,
    friction: ArrayLike,
    grid: RasterGrid,
    sources: Cells,
    relief: Relief | None = None,
) -> NDArray[np.int32]:
    """Return for each cell the position of the source from which its minutes are counted, -1 where there is none.

    Ties go to the neighbour first in reading order, of two sources in one cell to the first; so the result is the same
    however the work was done. All other arguments are those of which the surface was made.

    Examples
    --------
    >>> from lianyi.methods.surface import metric_grid
    >>> friction, grid, sources = np.full((1, 5), 0.01), metric_grid(1, 5, 100.0, 100.0), Cells.of([0, 0], [0, 4])
    >>> nearest_sources(travel_times(friction, grid, sources), friction, grid, sources).tolist()
    [[0, 0, 0, 1, 1]]
    """
    raster = checked_friction(friction, grid)
    found = np.full(grid.shape, NOBODY, np.int32)
    occupied, first = np.unique(sources.rows * grid.columns + sources.columns, return_index=True)
    found.ravel()[occupied] = first
    walk_back(
        found,
        surface.minutes,
        ground_of(raster, grid, relief),
        None if relief is None else relief.heights_metres,
        TILE,
    )
    return found


def ground_of(friction: Raster, grid: RasterGrid, relief: Relief | None) -> Ground:
    """Return what the compiled searches take, of rasters that were checked."""
    sign = 1.0 if relief is None else relief.heading.sign
    return Ground(friction, sign, grid.east_metres, grid.south_metres, grid.diagonal_metres)


def check_limit(max_minutes: float) -> None:
    """Refuse a limit that is not above 0."""
    if not max_minutes > 0:
        message = f"The limit is {max_minutes} minutes; it must be above 0, or infinite for no limit."
        raise MinutesLimitError(message, given=max_minutes)
