"""Least minutes to every cell of a raster, tile by tile.

A search over a whole raster waits for memory, not for arithmetic: its front is scattered over all of it. Here the
raster is cut into tiles that fit the cache of a core. A tile takes what its rim and its neighbours say, searches
itself to the end, and wakes those neighbours that it can better; the tile with the nearest news goes first. A cell may
be settled more than once, about 1.3 times, but almost never out of cache.

The result does not depend on the order of work, to the last bit: the minutes of a cell are the least over all ways of
the sum rounded step by step, rounding never turns an order round, and so any order ends at the same numbers. That is
why tiles, blocks and machines agree exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.compiling import compiled, compiled_into_callers
from lianyi.methods.surface.agenda import Agenda, announce, new_agenda, next_tile
from lianyi.methods.surface.bucket_queue import (
    BUCKETS,
    LARGEST_INVERSE,
    BucketQueue,
    bucket_of,
    deal_last_bucket,
    new_queue,
    next_ring,
    put,
    take,
)
from lianyi.methods.surface.steps import (
    LEAST_SLOPE_FACTOR,
    Ground,
    Raster,
    half_steps,
    neighbour_offsets,
    shortest_step,
    slope_factor,
)

TILE = 128
"""Cells along the side of a tile; its arrays then fill about half of a second-level cache of 1 MB."""

OUTSIDE = -1.0
"""Stands for the minutes of places outside the raster: nothing can better them."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class TileSpace(NamedTuple):
    """A tile with a rim of one cell, flat, and the lengths of the steps in it."""

    minutes: Floats
    before: Floats
    friction: Floats
    height: Floats
    east: Floats
    south: Floats
    diagonal: Floats


class TileFrame(NamedTuple):
    """Where a tile lies in the raster."""

    top: int
    left: int
    rows: int
    columns: int
    stride: int


@compiled
def solve_by_tiles(
    minutes: Floats,
    ground: Ground,
    heights: Raster | None,
    source_rows: Whole,
    source_columns: Whole,
    limit: float,
    size: int,
) -> int:
    """Fill ``minutes``, which is infinite everywhere, with the least minutes from the sources up to the limit.

    The friction is infinite or not a number at barriers; ``heights`` is None or an array of the same shape. Returns
    how often tiles were searched.
    """
    down = (minutes.shape[0] + size - 1) // size
    across = (minutes.shape[1] + size - 1) // size
    stride = size + 2
    space = _new_space(stride, stride * stride if heights is not None else 1)
    queue = new_queue(stride * stride)
    shortest = shortest_step(ground)
    inverse_widths = np.zeros(down * across)
    agenda = new_agenda(down * across)
    searches = 0
    for number in range(source_rows.size):
        minutes[source_rows[number], source_columns[number]] = 0.0
        agenda = announce(agenda, (source_rows[number] // size) * across + source_columns[number] // size, 0.0)
    while agenda.filled[0] > 0:
        news, tile = next_tile(agenda)
        if news != agenda.due[tile]:
            continue
        agenda.due[tile] = np.inf
        searches += 1
        top, left = (tile // across) * size, (tile % across) * size
        frame = TileFrame(top, left, min(size, minutes.shape[0] - top), min(size, minutes.shape[1] - left), stride)
        _load(space, frame, minutes, ground.friction, heights)
        _load_steps(space, frame, ground)
        if inverse_widths[tile] == 0.0:
            inverse_widths[tile] = _inverse_bucket_width(space, frame, shortest)
            _put_sources(space, frame, queue)
        _pull(space, frame, queue, news, inverse_widths[tile], limit, heights, ground.sign)
        _search(space, frame, queue, news, inverse_widths[tile], limit, heights, ground.sign)
        _store(space, frame, minutes)
        agenda = _wake(space, frame, agenda, tile, down, across)
    return searches


@compiled
def _new_space(stride: int, heights: int) -> TileSpace:
    cells = stride * stride
    return TileSpace(
        np.empty(cells),
        np.empty(cells),
        np.empty(cells),
        np.empty(heights),
        np.ones(stride),
        np.ones(stride + 1),
        np.ones(stride + 1),
    )


@compiled
def _load(space: TileSpace, frame: TileFrame, minutes: Floats, friction: Raster, heights: Raster | None) -> None:
    """Copy a tile and its rim out of the rasters, with a wall where the raster ends."""
    inner, rim, slowness, height = space.minutes, space.before, space.friction, space.height
    first = max(frame.left - 1, 0)
    behind = min(frame.left + frame.columns + 1, minutes.shape[1])
    for a in range(frame.rows + 2):
        row = frame.top + a - 1
        begin = a * frame.stride
        if row < 0 or row >= minutes.shape[0]:
            inner[begin : begin + frame.columns + 2] = OUTSIDE
            slowness[begin : begin + frame.columns + 2] = np.inf
        else:
            inner[begin] = inner[begin + frame.columns + 1] = OUTSIDE
            slowness[begin] = slowness[begin + frame.columns + 1] = np.inf
            shift = begin + 1 - frame.left
            for column in range(first, behind):
                inner[shift + column] = minutes[row, column]
                slowness[shift + column] = friction[row, column]
            if heights is not None:
                for column in range(first, behind):
                    height[shift + column] = heights[row, column]
        jump = 1 if a in (0, frame.rows + 1) else frame.columns + 1
        for b in range(0, frame.columns + 2, jump):
            rim[begin + b] = inner[begin + b]


@compiled
def _load_steps(space: TileSpace, frame: TileFrame, ground: Ground) -> None:
    """Copy the lengths of the steps; ``south`` and ``diagonal`` get the edge above each row and that below the last."""
    for a in range(frame.rows + 2):
        row = frame.top + a - 1
        if 0 <= row < ground.east.size:
            space.east[a] = ground.east[row]
        if 0 <= row < ground.south.size:
            space.south[a + 1] = ground.south[row]
            space.diagonal[a + 1] = ground.diagonal[row]


@compiled
def _inverse_bucket_width(space: TileSpace, frame: TileFrame, shortest: float) -> float:
    """Return one over the width of a bucket: the least step, so that no cell is settled twice in one search.

    A cell that is far quicker than all others would make for a multitude of empty buckets; an eighth of the harmonic
    mean bounds it.
    """
    least, quickness, passable = np.inf, 0.0, 0
    for a in range(frame.rows + 2):
        for b in range(frame.columns + 2):
            value = space.friction[a * frame.stride + b]
            if value < np.inf:
                least = min(least, value)
                quickness += 1.0 / value
                passable += 1
    return min(1.0 / (shortest * max(least, passable / quickness / 8.0)), LARGEST_INVERSE)


@compiled
def _put_sources(space: TileSpace, frame: TileFrame, queue: BucketQueue) -> None:
    """Queue the sources: before its first search nothing else in a tile has minutes."""
    for a in range(1, frame.rows + 1):
        for b in range(1, frame.columns + 1):
            if space.minutes[a * frame.stride + b] == 0.0:
                put(queue.following, queue.preceding, a * frame.stride + b, frame.stride * frame.stride)


@compiled
def _pull(
    space: TileSpace,
    frame: TileFrame,
    queue: BucketQueue,
    base: float,
    inverse: float,
    limit: float,
    heights: Raster | None,
    sign: float,
) -> None:
    """Bring in what the rim, where the neighbours stand, can better."""
    stride = frame.stride
    minutes, friction, height = space.minutes, space.friction, space.height
    offsets, half = neighbour_offsets(stride), np.empty(8)
    for a in range(frame.rows + 2):
        half_steps(a, space.east, space.south, space.diagonal, half)
        jump = 1 if a in (0, frame.rows + 1) else frame.columns + 1
        for b in range(0, frame.columns + 2, jump):
            cell = a * stride + b
            if not 0.0 <= minutes[cell] < np.inf:
                continue
            for direction in range(8):
                other = cell + offsets[direction]
                if _on_rim(other, frame):
                    continue
                cost = (friction[cell] + friction[other]) * half[direction]
                if heights is not None:
                    cost *= slope_factor(sign * (height[other] - height[cell]), 2.0 * half[direction])
                reached = minutes[cell] + cost
                if reached < minutes[other] and reached <= limit:
                    minutes[other] = reached
                    ring = stride * stride + bucket_of(max(reached, base), base, inverse)
                    put(queue.following, queue.preceding, other, ring)


@compiled
def _search(
    space: TileSpace,
    frame: TileFrame,
    queue: BucketQueue,
    base: float,
    inverse: float,
    limit: float,
    heights: Raster | None,
    sign: float,
) -> None:
    """Search a tile to the end; cells of the rim are bettered, to tell the neighbours, but lead nowhere."""
    # Plain arrays in the loop: what comes out of a tuple there takes twice the time.
    stride = frame.stride
    minutes, friction, height = space.minutes, space.friction, space.height
    east, south, diagonal = space.east, space.south, space.diagonal
    following, preceding = queue.following, queue.preceding
    offsets, half = neighbour_offsets(stride), np.empty(8)
    cells = stride * stride
    ring, last_ring = cells, cells + BUCKETS - 1
    while True:
        ring = next_ring(following, ring, last_ring)
        if ring == last_ring:
            if following[ring] == ring:
                return
            base = deal_last_bucket(queue, cells, minutes, inverse)
            ring = cells
            continue
        cell = take(following, preceding, ring)
        a = cell // stride
        b = cell - a * stride
        half_steps(a, east, south, diagonal, half)
        at_edge = a == 1 or a == frame.rows or b == 1 or b == frame.columns  # noqa: PLR1714 - quicker when compiled
        here, slowness = minutes[cell], friction[cell]
        for direction in range(8):
            other = cell + offsets[direction]
            cost = (slowness + friction[other]) * half[direction]
            if heights is not None and here + cost * LEAST_SLOPE_FACTOR < minutes[other]:
                cost *= slope_factor(sign * (height[other] - height[cell]), 2.0 * half[direction])
            reached = here + cost
            if reached < minutes[other] and reached <= limit:
                minutes[other] = reached
                if not (at_edge and _on_rim(other, frame)):
                    put(following, preceding, other, cells + bucket_of(reached, base, inverse))


@compiled_into_callers
def _on_rim(cell: int, frame: TileFrame) -> bool:
    a = cell // frame.stride
    b = cell - a * frame.stride
    return a < 1 or a > frame.rows or b < 1 or b > frame.columns


@compiled
def _store(space: TileSpace, frame: TileFrame, minutes: Floats) -> None:
    for a in range(frame.rows):
        for b in range(frame.columns):
            minutes[frame.top + a, frame.left + b] = space.minutes[(a + 1) * frame.stride + b + 1]


@compiled
def _wake(space: TileSpace, frame: TileFrame, agenda: Agenda, tile: int, down: int, across: int) -> Agenda:
    """Announce the neighbours whose cells on the rim were bettered."""
    for a_step in range(-1, 2):
        for b_step in range(-1, 2):
            tile_row, tile_column = tile // across + a_step, tile % across + b_step
            if (a_step == 0 and b_step == 0) or not (0 <= tile_row < down and 0 <= tile_column < across):
                continue
            a_from, a_to = _rim_part(a_step, frame.rows)
            b_from, b_to = _rim_part(b_step, frame.columns)
            news = np.inf
            for a in range(a_from, a_to):
                for b in range(b_from, b_to):
                    cell = a * frame.stride + b
                    if space.minutes[cell] < space.before[cell]:
                        news = min(news, space.minutes[cell])
            agenda = announce(agenda, tile_row * across + tile_column, news)
    return agenda


@compiled
def _rim_part(step: int, count: int) -> tuple[int, int]:
    if step < 0:
        return 0, 1
    if step == 0:
        return 1, count + 1
    return count + 1, count + 2
