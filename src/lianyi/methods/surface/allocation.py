"""Which source a cell belongs to, read from finished travel times by walking back along the shortest ways."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.compiling import compiled, compiled_into_callers
from lianyi.methods.surface.steps import (
    Ground,
    Raster,
    at_end,
    half_steps,
    leads_outside,
    neighbour_offsets,
    slope_factor,
    with_outer_edges,
)

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]


@compiled
def walk_back(found: Numbers, minutes: Floats, ground: Ground, heights: Raster | None, size: int) -> None:
    """Fill ``found``, which holds the sources at their cells and -1 elsewhere, wherever minutes are finite."""
    rows, columns = minutes.shape
    edged = with_outer_edges(ground)
    owners, flat, friction = found.ravel(), minutes.ravel(), ground.friction.ravel()
    east, south, diagonal = edged.east, edged.south, edged.diagonal
    offsets, half = neighbour_offsets(columns), np.empty(8)
    path = np.empty(1024, np.int64)
    # Tile by tile, so that what was looked at a moment ago is still in cache.
    for top in range(0, rows, size):
        for left in range(0, columns, size):
            for row in range(top, min(top + size, rows)):
                for start in range(row * columns + left, row * columns + min(left + size, columns)):
                    if not flat[start] < np.inf:
                        continue
                    place, length = start, 0
                    while place >= 0 and owners[place] < 0:
                        if length == path.size:
                            path = np.concatenate((path, np.empty_like(path)))
                        path[length] = place
                        length += 1
                        place = _before(
                            place,
                            rows,
                            columns,
                            flat,
                            friction,
                            east,
                            south,
                            diagonal,
                            ground.sign,
                            heights,
                            offsets,
                            half,
                        )
                    for number in range(length if place >= 0 else 0):
                        owners[path[number]] = owners[place]


@compiled_into_callers
def _before(  # noqa: PLR0913, PLR0917 - plain arrays: out of a tuple they take half as long again
    place: int,
    rows: int,
    columns: int,
    minutes: Floats,
    friction: Raster,
    east: Floats,
    south: Floats,
    diagonal: Floats,
    sign: float,
    heights: Raster | None,
    offsets: NDArray[np.int64],
    half: Floats,
) -> int:
    """Return the neighbour over which a cell is reached, -1 when it has none that is nearer."""
    row = place // columns
    column = place - row * columns
    half_steps(row, east, south, diagonal, half)
    at_border = at_end(row, rows) or at_end(column, columns)
    least, best = np.inf, -1
    for direction in range(8):
        if at_border and leads_outside(row, column, direction, rows, columns):
            continue
        other = place + offsets[direction]
        if minutes[other] < minutes[place]:
            cost = (np.float64(friction[other]) + np.float64(friction[place])) * half[direction]
            if heights is not None:
                rise = np.float64(heights[row, column]) - np.float64(heights[other // columns, other % columns])
                cost *= slope_factor(sign * rise, 2.0 * half[direction])
            reached = minutes[other] + cost
            if reached < least:
                least, best = reached, other
    return best
