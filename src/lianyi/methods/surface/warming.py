"""Compile the searches of this package once, so that the first calculation need not wait."""

from __future__ import annotations

import numpy as np

from lianyi.methods.access.decay import catchment
from lianyi.methods.surface.catchments import raster_catchments
from lianyi.methods.surface.cells import Cells
from lianyi.methods.surface.grids import metric_grid
from lianyi.methods.surface.relief import Heading, relief_of
from lianyi.methods.surface.travel_times import nearest_sources, travel_times


def warm_up() -> int:
    """Run every search on a raster of nine cells, in both precisions, with and without slopes; return how many ran.

    The machine code stays on disk. Called when the program is installed; without it the first use of each search
    takes some seconds longer.

    Examples
    --------
    >>> warm_up()
    4
    """
    grid, source = metric_grid(3, 3, 100.0, 100.0), Cells.of([1], [1])
    count = 0
    for precision in (np.float32, np.float64):
        friction = np.full((3, 3), 0.01, precision)
        for relief in (None, relief_of(np.zeros((3, 3), np.float32), friction, grid, Heading.TO_FACILITY)):
            surface = travel_times(friction, grid, source, relief=relief)
            nearest_sources(surface, friction, grid, source, relief)
            raster_catchments(friction, grid, source, catchment(1.0), relief).to_demand(np.ones(1))
            count += 1
    return count
