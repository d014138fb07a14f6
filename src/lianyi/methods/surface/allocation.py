"""Which source a cell belongs to, read from finished travel times by walking back along the shortest ways."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lianyi.methods.surface.steps import Ground, Raster, slope_factor

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]


@njit(cache=True, nogil=True)
def walk_back(
    found: Numbers,
    minutes: Floats,
    ground: Ground,
    heights: Raster | None,
    size: int,
) -> None:
    """Fill ``found``, which holds the sources at their cells and -1 elsewhere, wherever minutes are finite."""
    rows, columns = minutes.shape
    path = np.empty(1024, np.int64)
    # Tile by tile, so that what was walked a moment ago is still in cache.
    for top in range(0, rows, size):
        for left in range(0, columns, size):
            for row in range(top, min(top + size, rows)):
                for column in range(left, min(left + size, columns)):
                    if found[row, column] >= 0 or not minutes[row, column] < np.inf:
                        continue
                    path = _walk_from(row, column, path, found, minutes, ground, heights)


@njit(cache=True, nogil=True, inline="always")
def _walk_from(
    row: int,
    column: int,
    path: NDArray[np.int64],
    found: Numbers,
    minutes: Floats,
    ground: Ground,
    heights: Raster | None,
) -> NDArray[np.int64]:
    """Walk to the first cell whose source is known and give it to all cells passed; return the room for paths."""
    columns = minutes.shape[1]
    length = 0
    while found[row, column] < 0:
        if length == path.size:
            path = np.concatenate((path, np.empty_like(path)))
        path[length] = row * columns + column
        length += 1
        before = _before(row, column, minutes, ground, heights)
        if before < 0:
            return path
        row, column = before // columns, before % columns
    source = found[row, column]
    for place in range(length):
        found[path[place] // columns, path[place] % columns] = source
    return path


@njit(cache=True, nogil=True, inline="always")
def _before(
    row: int,
    column: int,
    minutes: Floats,
    ground: Ground,
    heights: Raster | None,
) -> int:
    """Return the neighbour over which a cell is reached, as its place in the flat raster."""
    least, best = np.inf, -1
    for down in range(-1, 2):
        for aside in range(-1, 2):
            other_row, other_column = row + down, column + aside
            if not (0 <= other_row < minutes.shape[0] and 0 <= other_column < minutes.shape[1]):
                continue
            if not minutes[other_row, other_column] < minutes[row, column]:
                continue
            edge = min(row, other_row)
            half = 0.5 * _step_metres(ground, row, edge, down, aside)
            pair = np.float64(ground.friction[other_row, other_column]) + np.float64(ground.friction[row, column])
            cost = pair * half
            if heights is not None:
                rise = np.float64(heights[row, column]) - np.float64(heights[other_row, other_column])
                cost *= slope_factor(ground.sign * rise, 2.0 * half)
            reached = minutes[other_row, other_column] + cost
            if reached < least:
                least, best = reached, other_row * minutes.shape[1] + other_column
    return best


@njit(cache=True, nogil=True, inline="always")
def _step_metres(ground: Ground, row: int, edge: int, down: int, aside: int) -> float:
    metres: float = ground.east[row]
    if down != 0:
        metres = ground.south[edge] if aside == 0 else ground.diagonal[edge]
    return metres
