"""The arrays that the compiled search around points takes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.compiling import compiled

Vectors = tuple[Floats, Floats, Floats]
"""The three axes of points on the unit sphere."""

Band = tuple[Floats, int, int]
"""Longitudes in radians of all sources, and where one band begins and stops among them."""

Windows = tuple[Positions, Positions, Positions, Positions]
"""For each target: begin of the window, begin and end of its certain part, end of the window."""

Values = tuple[Floats, Floats, int]
"""Values of the sources, their running sums in the band, and where the band begins."""

Block = tuple[int, int, npt.NDArray[np.int64]]
"""Begin and end of some targets, and four rows of working space for them."""


class Points(NamedTuple):
    """Points in order of band and longitude (radians), as unit vectors."""

    band_start: Positions
    """Position of the first point of each band, with the end of the last."""
    longitude: Floats
    x: Floats
    y: Floats
    z: Floats


class Sources(NamedTuple):
    """Points with the values that are summed."""

    band_start: Positions
    longitude: Floats
    x: Floats
    y: Floats
    z: Floats
    values: Floats
    running: Floats
    """Sum of the values from the first of the band up to each point."""


@compiled
def running_sums(values: Floats, band_start: Positions) -> Floats:
    """Return the sum of the values from the first of its band up to each."""
    running = np.empty_like(values)
    for band in range(band_start.size - 1):
        total = 0.0
        for point in range(band_start[band], band_start[band + 1]):
            total += values[point]
            running[point] = total
    return running
