"""Travel times over a friction raster, catchments on it, and access from them.

`metric_grid`, `geographic_grid`
    How far neighbouring cells lie apart.
`friction_of_speed`
    Minutes per metre from km/h.
`relief_of`
    Slopes, which slow walkers down one way more than the other.
`travel_times`, `nearest_sources`
    Minutes to the nearest source in time, and which source that is.
`CoverageCount`
    How many people live within which time.
`catchment_pairs`, `raster_catchments`
    Which cells each facility reaches, and the ways for `lianyi.methods.access.measure_access`.
`block_layout`, `travel_times_in_blocks`, `BlockedCatchments`
    The same in blocks, on threads, processes or a cluster.

Examples
--------
Three cells in a row, 100 metres apart, crossed at 6 km/h; a clinic in the first.

>>> friction, grid = friction_of_speed([[6.0, 6.0, 6.0]]), metric_grid(1, 3, 100.0, 100.0)
>>> travel_times(friction, grid, Cells.of([0], [0])).minutes.round(6).tolist()
[[0.0, 1.0, 2.0]]
"""

from __future__ import annotations

from lianyi.methods.surface.blocks import (
    Block,
    BlockedCatchments,
    BlockLayout,
    SurfaceBlock,
    block_layout,
    travel_times_in_blocks,
)
from lianyi.methods.surface.catchments import (
    CatchmentPairs,
    RasterCatchments,
    catchment_pairs,
    raster_catchments,
    raster_values,
)
from lianyi.methods.surface.cells import Cells, Misplaced, misplaced_cells
from lianyi.methods.surface.coverage import Coverage, CoverageCount, CoverageStep
from lianyi.methods.surface.friction import friction_of_speed, least_friction
from lianyi.methods.surface.grids import RasterGrid, geographic_grid, metric_grid
from lianyi.methods.surface.relief import Heading, Relief, relief_of
from lianyi.methods.surface.travel_times import TravelSurface, nearest_sources, travel_times

__all__ = [
    "Block",
    "BlockLayout",
    "BlockedCatchments",
    "CatchmentPairs",
    "Cells",
    "Coverage",
    "CoverageCount",
    "CoverageStep",
    "Heading",
    "Misplaced",
    "RasterCatchments",
    "RasterGrid",
    "Relief",
    "SurfaceBlock",
    "TravelSurface",
    "block_layout",
    "catchment_pairs",
    "friction_of_speed",
    "geographic_grid",
    "least_friction",
    "metric_grid",
    "misplaced_cells",
    "nearest_sources",
    "raster_catchments",
    "raster_values",
    "relief_of",
    "travel_times",
    "travel_times_in_blocks",
]
