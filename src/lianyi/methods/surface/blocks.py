"""Travel times and catchments in blocks, on any executor of ``concurrent.futures``, with the bits of a single run.

A block is solved with a halo around it. Every way of at most ``max_minutes`` that ends in the block stays within as
many cells of it as steps fit into these minutes, so a halo of ``max_minutes`` over the minutes of the least step holds
all that can matter, and nothing needs to be exchanged. Blocks are read and sent by whoever calls, a few at a time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.access.catchments import Progress, silent
from lianyi.methods.access.decay import Decay
from lianyi.methods.access.weight_kernels import DecayCode
from lianyi.methods.errors import HaloError, MinutesLimitError
from lianyi.methods.surface.catchments import CatchmentSearch, sums_by_place
from lianyi.methods.surface.cells import Cells
from lianyi.methods.surface.friction import Raster, checked_friction, least_friction
from lianyi.methods.surface.grids import RasterGrid
from lianyi.methods.surface.relief import Relief
from lianyi.methods.surface.steps import LEAST_SLOPE_FACTOR
from lianyi.methods.surface.travel_times import check_limit, travel_times

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Read = Callable[[slice, slice], Raster]
"""Returns the friction of a window of rows and columns."""
ReadRelief = Callable[[slice, slice], Relief]
"""Returns the relief of a window of rows and columns."""

BLOCK_CELLS = 2048
IN_FLIGHT = 4
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a raster and the window around it that decides about it."""

    rows: slice
    columns: slice
    halo_rows: slice
    halo_columns: slice

    @property
    def inner(self) -> tuple[slice, slice]:
        """The block within its window."""
        return _shifted(self.rows, self.halo_rows), _shifted(self.columns, self.halo_columns)


@dataclass(frozen=True, slots=True, eq=False)
class BlockLayout:
    """How a raster is cut.

    Attributes
    ----------
    grid
        The grid of the whole raster.
    least_friction
        The least friction of the whole raster; a block with less is refused, since its halo would be too narrow.
    max_minutes
        The limit of the travel times, finite.
    block_cells
        Cells along the side of a block. The halo comes on all sides on top of it, so large blocks waste less.
    steepest_gain
        Least factor that slopes put on a step: 1 without slopes.
    """

    grid: RasterGrid
    least_friction: float
    max_minutes: float
    block_cells: int = BLOCK_CELLS
    steepest_gain: float = 1.0

    @property
    def halo_cells(self) -> int:
        """Cells around a block that decide about it."""
        return math.ceil(self.max_minutes / (self.least_step * self.steepest_gain)) + 1

    @property
    def least_step(self) -> float:
        return self.least_friction * self.grid.least_metres

    def blocks(self) -> Iterator[Block]:
        """Return the blocks, row by row of blocks."""
        for top in range(0, self.grid.rows, self.block_cells):
            for left in range(0, self.grid.columns, self.block_cells):
                rows = slice(top, min(top + self.block_cells, self.grid.rows))
                columns = slice(left, min(left + self.block_cells, self.grid.columns))
                yield Block(
                    rows,
                    columns,
                    _widened(rows, self.halo_cells, self.grid.rows),
                    _widened(columns, self.halo_cells, self.grid.columns),
                )


def block_layout(
    grid: RasterGrid,
    least_friction_of_all: float,
    max_minutes: float,
    block_cells: int = BLOCK_CELLS,
    *,
    slopes: bool = False,
) -> BlockLayout:
    """Return blocks with the halo that exact results ask for.

    Examples
    --------
    >>> from lianyi.methods.surface import metric_grid
    >>> layout = block_layout(metric_grid(5000, 3000, 1000.0, 1000.0), 0.001, 30.0)
    >>> layout.halo_cells, len(list(layout.blocks()))
    (31, 6)

    Raises
    ------
    MinutesLimitError
        When the limit is not above 0 or infinite.
    HaloError
        When the least friction is not above 0 and finite, or a block has no cell.
    """
    check_limit(max_minutes)
    if math.isinf(max_minutes):
        message = "The limit is infinite, so every block would need the whole raster; give minutes, or do not cut it."
        raise MinutesLimitError(message, given=max_minutes)
    if not 0 < least_friction_of_all < math.inf:
        message = f"The least friction is {least_friction_of_all}; it must be above 0 and finite to bound the halo."
        raise HaloError(message, given=least_friction_of_all)
    if block_cells < 1:
        message = f"A block is {block_cells} cells wide; it needs at least one."
        raise HaloError(message, given=block_cells)
    gain = LEAST_SLOPE_FACTOR if slopes else 1.0
    return BlockLayout(grid, least_friction_of_all, max_minutes, block_cells, gain)


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceBlock:
    """Minutes of the cells of one block."""

    rows: slice
    columns: slice
    minutes: Floats


def travel_times_in_blocks(
    read: Read, layout: BlockLayout, sources: Cells, executor: Executor, read_relief: ReadRelief | None = None
) -> Iterator[SurfaceBlock]:
    """Return the travel times block by block: the same bits as those of `travel_times` with the same limit.

    Parameters
    ----------
    read
        Reads the friction of a window.
    layout
        The blocks, from `block_layout`.
    sources
        All sources, by cells of the whole raster.
    executor
        Threads, processes, or a cluster: for Dask ``distributed.Client.get_executor()``.
    read_relief
        Reads the relief of a window, where there are slopes.
    """

    def tasks() -> Iterator[tuple[Block, Future[Floats]]]:
        for block in layout.blocks():
            window = _Window.read(block, layout, read, read_relief)
            inside = sources.within(block.halo_rows, block.halo_columns)
            yield block, executor.submit(_solve_block, window, window.local(sources.take(inside)))

    for block, minutes in _in_order(tasks()):
        yield SurfaceBlock(block.rows, block.columns, minutes)


@dataclass(frozen=True, slots=True, eq=False)
class BlockedCatchments:
    """`RasterCatchments` in blocks: the same sums to the last bit, for `lianyi.methods.access.measure_access`.

    The layout's limit is the reach of the decay. Every facility is searched from in its own block for sums over cells,
    and in every block whose halo holds it for sums over facilities; between the two only one number for each facility
    travels.
    """

    read: Read
    layout: BlockLayout
    facilities: Cells
    decay: Decay
    executor: Executor
    read_relief: ReadRelief | None = None

    def __post_init__(self) -> None:
        if self.decay.reach != self.layout.max_minutes:
            message = (
                f"The decay reaches {self.decay.reach:g} minutes, the layout is made for {self.layout.max_minutes:g}; "
                "make the layout for the reach of the decay."
            )
            raise HaloError(message, given=self.layout.max_minutes, expected=self.decay.reach)

    @property
    def demand_count(self) -> int:
        return self.layout.grid.rows * self.layout.grid.columns

    @property
    def facility_count(self) -> int:
        return len(self.facilities)

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        """Return for each facility the sum over cells of value times weight."""
        places, cells, which = self._distinct()
        raster = values.reshape(self.layout.grid.shape)

        def tasks() -> Iterator[tuple[Whole, Future[Floats]]]:
            for block in self.layout.blocks():
                mine = np.flatnonzero(cells.within(block.rows, block.columns))
                if len(mine):
                    window = self._window(block)
                    part = np.ascontiguousarray(raster[block.halo_rows, block.halo_columns]).ravel()
                    code = self.decay.code(power)
                    yield (
                        mine,
                        self.executor.submit(_sums_at_starts, window, window.local(cells.take(mine)), part, code),
                    )

        sums, done = np.zeros(len(places)), 0
        for mine, found in _in_order(tasks()):
            sums[mine] = found
            done += len(mine)
            progress(done / len(places))
        by_facility: Floats = sums[which]
        return by_facility

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        """Return for each cell the sum over facilities of value times weight."""
        places, cells, which = self._distinct()
        offered = sums_by_place(which, values, len(places))

        def tasks() -> Iterator[tuple[Block, Future[Floats]]]:
            for block in self.layout.blocks():
                near = np.flatnonzero(cells.within(block.halo_rows, block.halo_columns))
                if len(near):
                    window, code = self._window(block), self.decay.code(power)
                    local = window.local(cells.take(near))
                    yield block, self.executor.submit(_sums_at_cells, window, local, offered[near], code)

        sums = np.zeros(self.layout.grid.shape)
        for block, found in _in_order(tasks()):
            sums[block.rows, block.columns] = found
            progress(block.rows.stop / self.layout.grid.rows)
        return sums.ravel()

    def _distinct(self) -> tuple[Whole, Cells, NDArray[np.intp]]:
        places, which = self.facilities.distinct(self.layout.grid.columns)
        return places, Cells(places // self.layout.grid.columns, places % self.layout.grid.columns), which

    def _window(self, block: Block) -> _Window:
        return _Window.read(block, self.layout, self.read, self.read_relief)


@dataclass(frozen=True, slots=True, eq=False)
class _Window:
    """A block with its halo, as it is sent to whoever solves it."""

    block: Block
    friction: Raster
    grid: RasterGrid
    relief: Relief | None
    max_minutes: float
    least_step: float

    @classmethod
    def read(cls, block: Block, layout: BlockLayout, read: Read, read_relief: ReadRelief | None) -> _Window:
        grid = layout.grid.window(block.halo_rows, block.halo_columns)
        friction = checked_friction(read(block.halo_rows, block.halo_columns), grid)
        least = least_friction(friction)
        if least < layout.least_friction:
            message = (
                f"The rows {block.halo_rows.start} to {block.halo_rows.stop - 1} hold a friction of {least}, less than "
                f"the {layout.least_friction} of the layout; the halo would be too narrow. Give the least of all cells."
            )
            raise HaloError(message, given=layout.least_friction, found=least)
        relief = None if read_relief is None else read_relief(block.halo_rows, block.halo_columns)
        if relief is not None and layout.steepest_gain > LEAST_SLOPE_FACTOR:
            message = "The layout was made without slopes; make it with slopes=True, which widens the halo."
            raise HaloError(message, given=layout.steepest_gain)
        return cls(block, friction, grid, relief, layout.max_minutes, layout.least_step)

    def local(self, cells: Cells) -> Cells:
        """Return cells of the whole raster as cells of the window."""
        return Cells(cells.rows - self.block.halo_rows.start, cells.columns - self.block.halo_columns.start)

    def search(self) -> CatchmentSearch:
        return CatchmentSearch(self.friction, self.grid, self.relief, self.max_minutes, self.least_step)


def _solve_block(window: _Window, sources: Cells) -> Floats:
    if not len(sources):
        rows, columns = window.block.rows, window.block.columns
        return np.full((rows.stop - rows.start, columns.stop - columns.start), np.inf)
    surface = travel_times(window.friction, window.grid, sources, window.max_minutes, window.relief)
    return np.ascontiguousarray(surface.minutes[window.block.inner])


def _sums_at_starts(window: _Window, starts: Cells, values: Floats, weigh: DecayCode) -> Floats:
    places = starts.rows * window.grid.columns + starts.columns
    return window.search().sums_at_starts(places, values, weigh)


def _sums_at_cells(window: _Window, starts: Cells, values: Floats, weigh: DecayCode) -> Floats:
    places = starts.rows * window.grid.columns + starts.columns
    sums = window.search().sums_at_cells(places, values, weigh)
    return np.ascontiguousarray(sums.reshape(window.grid.shape)[window.block.inner])


def _in_order(tasks: Iterator[tuple[Any, Future[Result]]]) -> Iterator[tuple[Any, Result]]:
    """Return results in the order of the tasks, with only a few of them under way at a time."""
    waiting: deque[tuple[Any, Future[Result]]] = deque()
    for task in tasks:
        waiting.append(task)
        if len(waiting) >= IN_FLIGHT:
            key, future = waiting.popleft()
            yield key, future.result()
    while waiting:
        key, future = waiting.popleft()
        yield key, future.result()


def _widened(inner: slice, halo: int, count: int) -> slice:
    return slice(max(inner.start - halo, 0), min(inner.stop + halo, count))


def _shifted(inner: slice, outer: slice) -> slice:
    return slice(inner.start - outer.start, inner.stop - outer.start)
