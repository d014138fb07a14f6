"""Catchments of facilities on a friction raster: which cells each reaches within a limit, and in how many minutes.

A catchment costs what it covers and not what the raster holds. Pairs come in batches of bounded size, so that a
nation's pairs never stand in memory at once; sums over them are made twice rather than stored.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lianyi.methods.access.catchments import Progress, silent
from lianyi.methods.access.decay import Decay
from lianyi.methods.access.weight_kernels import DecayCode
from lianyi.methods.compiling import compiled
from lianyi.methods.errors import MinutesLimitError, RasterShapeError
from lianyi.methods.surface.bucket_queue import BUCKETS, LARGEST_INVERSE
from lianyi.methods.surface.catchment_search import FIRST_RADIUS, Found, new_room, search_catchments
from lianyi.methods.surface.cells import Cells, check_cells
from lianyi.methods.surface.friction import Raster, checked_friction, least_friction
from lianyi.methods.surface.grids import RasterGrid
from lianyi.methods.surface.relief import Relief
from lianyi.methods.surface.travel_times import check_limit, ground_of

PAIRS_AT_A_TIME = 2**20

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CatchmentPairs:
    """Some pairs of a facility and a cell that it reaches, its own cell included.

    Attributes
    ----------
    facility
        Position of the facility in its list.
    cell
        ``row * columns + column`` of the cell.
    minutes
        Travel time between the two.
    """

    facility: Whole
    cell: Whole
    minutes: Floats


def catchment_pairs(
    friction: ArrayLike,
    grid: RasterGrid,
    facilities: Cells,
    max_minutes: float,
    relief: Relief | None = None,
    pairs_at_a_time: int = PAIRS_AT_A_TIME,
) -> Iterator[CatchmentPairs]:
    """Return all pairs of a facility and a cell within the limit, the limit included, in batches.

    The pairs of a facility stand together; facilities come in their order. Arguments and errors are those of
    `travel_times`, with a limit that is finite. A batch has about ``pairs_at_a_time`` pairs, more where one facility
    alone has more.

    Examples
    --------
    >>> from lianyi.methods.surface import metric_grid
    >>> batches = catchment_pairs(np.full((1, 4), 0.01), metric_grid(1, 4, 100.0, 100.0), Cells.of([0], [1]), 1.5)
    >>> [(pairs.cell.tolist(), pairs.minutes.tolist()) for pairs in batches]
    [([1, 0, 2], [0.0, 1.0, 1.0])]
    """
    check_limit(max_minutes)
    if math.isinf(max_minutes):
        message = "The limit of a catchment is infinite; give the minutes at which it ends."
        raise MinutesLimitError(message, given=max_minutes)
    raster = checked_friction(friction, grid)
    check_cells(raster, facilities)
    places = facilities.rows * grid.columns + facilities.columns
    search = CatchmentSearch(raster, grid, relief, max_minutes, least_friction(raster) * grid.least_metres)
    return search.pairs(places, pairs_at_a_time)


@dataclass(frozen=True, slots=True, eq=False)
class CatchmentSearch:
    """Rasters that were checked and the limit; ``least_step`` is the least minutes of any step."""

    friction: Raster
    grid: RasterGrid
    relief: Relief | None
    max_minutes: float
    least_step: float

    def pairs(self, places: Whole, pairs_at_a_time: int = PAIRS_AT_A_TIME) -> Iterator[CatchmentPairs]:
        # Buckets that reach to the limit are never dealt out anew; wider than the least step, they settle some cells
        # twice.
        inverse_width = min(1.0 / max(self.least_step, self.max_minutes / (BUCKETS - 2)), LARGEST_INVERSE)
        ground = ground_of(self.friction, self.grid, self.relief)
        heights = None if self.relief is None else self.relief.heights_metres
        room, found, begin = new_room(FIRST_RADIUS, *self.friction.shape), _room_for_pairs(pairs_at_a_time), 0
        while begin < len(places):
            begin, filled, room = search_catchments(
                ground, heights, places, begin, self.max_minutes, inverse_width, room, found
            )
            if filled:
                yield CatchmentPairs(
                    found.start[:filled].copy(), found.cell[:filled].copy(), found.minutes[:filled].copy()
                )
            elif begin < len(places):
                found = _room_for_pairs(2 * len(found.cell))

    def sums_at_starts(self, places: Whole, values: Floats, weigh: DecayCode, progress: Progress = silent) -> Floats:
        """Return for each place searched from the sum over cells of value times weight."""
        sums = np.zeros(len(places))
        for pairs in self.pairs(places):
            sums += np.bincount(pairs.facility, values[pairs.cell] * weigh.of(pairs.minutes), minlength=len(sums))
            progress((int(pairs.facility[-1]) + 1) / len(places))
        return sums

    def sums_at_cells(self, places: Whole, values: Floats, weigh: DecayCode, progress: Progress = silent) -> Floats:
        """Return for each cell the sum over the places, in their order, of value times weight."""
        sums = np.zeros(self.friction.size)
        for pairs in self.pairs(places):
            add_at(sums, pairs.cell, values[pairs.facility] * weigh.of(pairs.minutes))
            progress((int(pairs.facility[-1]) + 1) / len(places))
        return sums


def _room_for_pairs(count: int) -> Found:
    return Found(np.empty(count, np.int64), np.empty(count, np.int64), np.empty(count))


@dataclass(frozen=True, slots=True, eq=False)
class RasterCatchments:
    """Catchments on a friction raster, for `lianyi.methods.access.measure_access`: every cell is a demand place.

    Facilities in one cell are searched from once. No pair is stored: each sum searches anew. Made by
    `raster_catchments`.
    """

    friction: Raster
    grid: RasterGrid
    facilities: Cells
    decay: Decay
    relief: Relief | None
    least_step: float

    @property
    def demand_count(self) -> int:
        return self.grid.rows * self.grid.columns

    @property
    def facility_count(self) -> int:
        return len(self.facilities)

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        """Return for each facility the sum over cells of value times weight."""
        occupied, which = self.facilities.distinct(self.grid.columns)
        sums: Floats = self.search().sums_at_starts(occupied, values, self.decay.code(power), progress)[which]
        return sums

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        """Return for each cell the sum over facilities of value times weight."""
        occupied, which = self.facilities.distinct(self.grid.columns)
        return self.search().sums_at_cells(
            occupied, sums_by_place(which, values, len(occupied)), self.decay.code(power), progress
        )

    def search(self) -> CatchmentSearch:
        return CatchmentSearch(self.friction, self.grid, self.relief, self.decay.reach, self.least_step)


def raster_catchments(
    friction: ArrayLike, grid: RasterGrid, facilities: Cells, decay: Decay, relief: Relief | None = None
) -> RasterCatchments:
    """Return the catchments of facilities on a friction raster; the decay is over minutes and says how far they go.

    Examples
    --------
    A row of four villages with ten people each, two beds at its left end and one at its right.

    >>> from lianyi.methods.access import catchment, measure_access
    >>> from lianyi.methods.surface import metric_grid
    >>> grid = metric_grid(1, 4, 100.0, 100.0)
    >>> ways = raster_catchments(np.full((1, 4), 0.01), grid, Cells.of([0, 0], [0, 3]), catchment(2.0))
    >>> measure_access(ways, np.full(4, 10.0), [2.0, 1.0], "2sfca").access.round(3).tolist()
    [0.067, 0.1, 0.1, 0.033]
    """
    check_limit(decay.reach)
    raster = checked_friction(friction, grid)
    check_cells(raster, facilities)
    return RasterCatchments(raster, grid, facilities, decay, relief, least_friction(raster) * grid.least_metres)


def raster_values(values: ArrayLike, grid: RasterGrid) -> Floats:
    """Return people per cell as one line of numbers; a cell without a number has none of them.

    Raises
    ------
    RasterShapeError
        When the raster does not fit the grid.
    """
    raster = np.asarray(values, np.float64)
    if raster.shape != grid.shape:
        message = f"The raster of values has the shape {raster.shape}, the grid {grid.shape}; they must be the same."
        raise RasterShapeError(message, given=raster.shape, expected=grid.shape)
    return np.nan_to_num(raster, nan=0.0).ravel()


def sums_by_place(which: NDArray[np.intp], values: Floats, places: int) -> Floats:
    """Return what the facilities of each occupied place offer together."""
    offered: Floats = np.zeros(places) + np.bincount(which, values, minlength=places)
    return offered


@compiled
def add_at(sums: Floats, places: Whole, amounts: Floats) -> None:
    """Add in the order given, so that sums have the same bits however the pairs came."""
    for number in range(places.size):
        sums[places[number]] += amounts[number]
