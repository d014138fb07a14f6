"""What one step from a cell to a neighbour costs: the arithmetic that all searches on a raster share."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.compiling import compiled, compiled_into_callers

# W. Tobler, Three presentations on geographical analysis and modeling (NCGIA technical report 93-1, 1993):
# walking speed 6 exp(-3.5 |slope + 0.05|) km/h, fastest at 5 % downhill.
TOBLER_TOP_KM_PER_HOUR = 6.0
TOBLER_STEEPNESS = 3.5
TOBLER_BEST_SLOPE = -0.05
_FLAT_EXPONENT = TOBLER_STEEPNESS * abs(TOBLER_BEST_SLOPE)
# A hair less than the least factor, so that rounding cannot make a bound of it fail.
LEAST_SLOPE_FACTOR = math.exp(-_FLAT_EXPONENT) * (1 - 1e-12)

Floats = NDArray[np.float64]
Raster = NDArray[np.floating[Any]]


class Ground(NamedTuple):
    """What compiled searches need to know of a raster; heights go beside it, since they may be missing.

    ``sign`` is 1 for walks that begin where the search does and -1 for walks that end there.
    """

    friction: Raster
    sign: float
    east: Floats
    south: Floats
    diagonal: Floats


@compiled_into_callers
def slope_factor(rise_metres: float, run_metres: float) -> float:
    """Return how many times as long a walk takes as on the flat; 1 where a height is not a number."""
    slope = rise_metres / run_metres
    if slope != slope:  # noqa: PLR0124 - only what is not a number differs from itself
        return 1.0
    return math.exp(TOBLER_STEEPNESS * abs(slope - TOBLER_BEST_SLOPE) - _FLAT_EXPONENT)


@compiled_into_callers
def half_steps(row: int, east: Floats, south: Floats, diagonal: Floats, into: Floats) -> None:
    """Write half the metres from a cell of a row to its eight neighbours, in reading order, into an array.

    ``south`` and ``diagonal`` have an entry for the edge above each row and one for the edge below the last. Half,
    because a step costs the mean of two frictions: their sum times half the way.
    """
    above, below = row, row + 1
    into[0] = into[2] = 0.5 * diagonal[above]
    into[1] = 0.5 * south[above]
    into[3] = into[4] = 0.5 * east[row]
    into[5] = into[7] = 0.5 * diagonal[below]
    into[6] = 0.5 * south[below]


@compiled
def neighbour_offsets(stride: int) -> NDArray[np.int64]:
    """Return where the eight neighbours stand in a flat array, in reading order."""
    return np.array([-stride - 1, -stride, -stride + 1, -1, 1, stride - 1, stride, stride + 1])


@compiled
def shortest_step(ground: Ground) -> float:
    """Return the metres of the shortest step; one askew is never shorter than one straight."""
    metres: float = ground.east.min()
    return min(metres, ground.south.min()) if ground.south.size else metres


@compiled
def with_outer_edges(ground: Ground) -> Ground:
    """Return the ground with an edge above the first and below the last row, as `half_steps` reads them."""
    edge = np.ones(1)
    return Ground(
        ground.friction,
        ground.sign,
        ground.east,
        np.concatenate((edge, ground.south, edge)),
        np.concatenate((edge, ground.diagonal, edge)),
    )


@compiled_into_callers
def at_end(line: int, lines: int) -> bool:
    return line == 0 or line == lines - 1


@compiled_into_callers
def leads_outside(row: int, column: int, direction: int, rows: int, columns: int) -> bool:
    place = direction + direction // 4
    beside_row, beside_column = row + place // 3 - 1, column + place % 3 - 1
    return beside_row < 0 or beside_row >= rows or beside_column < 0 or beside_column >= columns
