"""Searches from single cells that end at a limit of minutes and touch nothing beyond it.

Each works in a window around its cell, inside the raster. When the search comes to the edge of the window with minutes
to spare, the window is made twice as wide and the search begins again; it then stays so for the searches that follow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.compiling import compiled, compiled_into_callers
from lianyi.methods.surface.bucket_queue import (
    BUCKETS,
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
    at_end,
    half_steps,
    leads_outside,
    neighbour_offsets,
    slope_factor,
    with_outer_edges,
)

FIRST_RADIUS = 16
_OVER_THE_EDGE = -1

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Room(NamedTuple):
    """A window of cells, flat; ``minutes`` is infinite and the queue empty between searches."""

    radius: int
    rows: int
    columns: int
    minutes: Floats
    touched: NDArray[np.int32]
    queue: BucketQueue


class Found(NamedTuple):
    """Pairs as they are found: the position of the start, the cell in the flat raster, the minutes between them."""

    start: Whole
    cell: Whole
    minutes: Floats


@compiled
def new_room(radius: int, rows: int, columns: int) -> Room:
    """Return a window that reaches so far from a cell, no larger than a raster of so many rows and columns."""
    high, wide = min(2 * radius + 1, rows), min(2 * radius + 1, columns)
    cells = high * wide
    return Room(radius, high, wide, np.full(cells, np.inf), np.empty(cells, np.int32), new_queue(cells))


@compiled_into_callers
def _first_line(line: int, radius: int, count: int, lines: int) -> int:
    """Return where a window begins that holds so many of the lines and has one of them in its middle if it can."""
    return max(0, min(line - radius, lines - count))


@compiled
def search_catchments(
    ground: Ground,
    heights: Raster | None,
    starts: Whole,
    first: int,
    limit: float,
    inverse_width: float,
    room: Room,
    found: Found,
) -> tuple[int, int, Room]:
    """Search from ``starts[first]`` on until ``found`` is full.

    Returns the next start, how many pairs were found, and the room, which may have grown.
    """
    rows, columns = ground.friction.shape
    edged = with_outer_edges(ground)
    filled = 0
    for number in range(first, starts.size):
        count = _search_one(edged, heights, starts[number], limit, inverse_width, room)
        while count == _OVER_THE_EDGE:
            room = new_room(2 * room.radius, rows, columns)
            count = _search_one(edged, heights, starts[number], limit, inverse_width, room)
        fits = filled + count <= found.cell.size
        top = _first_line(starts[number] // columns, room.radius, room.rows, rows)
        left = _first_line(starts[number] % columns, room.radius, room.columns, columns)
        for place in range(count):
            touched = room.touched[place]
            if fits:
                found.start[filled + place] = number
                found.cell[filled + place] = (top + touched // room.columns) * columns + left + touched % room.columns
                found.minutes[filled + place] = room.minutes[touched]
            room.minutes[touched] = np.inf
        if not fits:
            return number, filled, room
        filled += count
    return starts.size, filled, room


@compiled
def _search_one(
    ground: Ground, heights: Raster | None, start: int, limit: float, inverse_width: float, room: Room
) -> int:
    """Search from one cell; return how many were touched, or that the window is too narrow."""
    rows, columns = ground.friction.shape
    high, wide = room.rows, room.columns
    cells = high * wide
    top = _first_line(start // columns, room.radius, high, rows)
    left = _first_line(start % columns, room.radius, wide, columns)
    begin = (start // columns - top) * wide + start % columns - left
    # Plain arrays in the loop: what comes out of a tuple there takes twice the time.
    friction, minutes, touched = ground.friction.ravel(), room.minutes, room.touched
    east, south, diagonal = ground.east, ground.south, ground.diagonal
    following, preceding = room.queue.following, room.queue.preceding
    near, far, half = neighbour_offsets(wide), neighbour_offsets(columns), np.empty(8)
    minutes[begin] = 0.0
    touched[0] = begin
    count, base = 1, 0.0
    put(following, preceding, begin, cells)
    ring, last_ring = cells, cells + BUCKETS - 1
    while True:
        ring = next_ring(following, ring, last_ring)
        if ring == last_ring:
            if following[ring] == ring:
                return count
            base = deal_last_bucket(room.queue, cells, minutes, inverse_width)
            ring = cells
            continue
        cell = take(following, preceding, ring)
        a = cell // wide
        b = cell - a * wide
        row, column = top + a, left + b
        at_border = at_end(row, rows) or at_end(column, columns)
        if _beyond_window(a, row, rows, high) or _beyond_window(b, column, columns, wide):
            return _OVER_THE_EDGE
        half_steps(row, east, south, diagonal, half)
        here, place = minutes[cell], row * columns + column
        slowness = np.float64(friction[place])
        for direction in range(8):
            if at_border and leads_outside(row, column, direction, rows, columns):
                continue
            other, beside = cell + near[direction], place + far[direction]
            cost = (slowness + np.float64(friction[beside])) * half[direction]
            if heights is not None and here + cost * LEAST_SLOPE_FACTOR < minutes[other]:
                rise = np.float64(heights[beside // columns, beside % columns]) - np.float64(heights[row, column])
                cost *= slope_factor(ground.sign * rise, 2.0 * half[direction])
            reached = here + cost
            if reached < minutes[other] and reached <= limit:
                if minutes[other] == np.inf:
                    touched[count] = other
                    count += 1
                minutes[other] = reached
                put(following, preceding, other, cells + bucket_of(reached, base, inverse_width))


@compiled_into_callers
def _beyond_window(place: int, line: int, lines: int, count: int) -> bool:
    """Whether a cell stands at the edge of the window while the raster goes on there."""
    return (place == 0 and line > 0) or (place == count - 1 and line < lines - 1)
