"""Who can reach what: nearest facility, coverage by time, gravity and the floating catchment family.

Every measure is `measure_access` over catchments; catchments come from a table (`PairTable`), a stream
(`StreamedPairs`), points on the globe (`PointCatchments`), roads (`RoadGraph`) or tiles of any of these
(`TiledCatchments`). All give the same numbers.

Examples
--------
The second example of the tests: people 5, 10, 50; beds 5, 10; minutes by way.

>>> table = PairTable([0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1], [5, 55, 35, 15, 40, 25], 3, 2)
>>> found = measure_access(table.catchments(Zones(((20, 1), (40, 0.68), (60, 0.22)))), [5, 10, 50], [5, 10], "e2sfca")
>>> found.access.round(6).tolist(), round(found.distributed, 9)
([0.157951, 0.295965, 0.225012], 15.0)
"""

from __future__ import annotations

from lianyi.methods.access.catchments import Catchments
from lianyi.methods.access.decay import (
    Decay,
    Edge,
    Exponential,
    FallingGaussian,
    Gaussian,
    GivenWeights,
    Kernel,
    Power,
    Zones,
    catchment,
)
from lianyi.methods.access.floating import AccessMethod, AccessResult, measure_access
from lianyi.methods.access.globe import GlobePoints
from lianyi.methods.access.ids import IdList, positions_of
from lianyi.methods.access.nearest import NOBODY, Nearest, TimeCoverage, time_coverage
from lianyi.methods.access.pairs import PairBatch, PairCatchments, PairTable, batches_of
from lianyi.methods.access.points import PointCatchments, nearest_points
from lianyi.methods.access.roads import RoadGraph
from lianyi.methods.access.streamed import StreamedPairs, StreamFacts, inspect_stream
from lianyi.methods.access.tiles import Tile, TiledCatchments, pair_tiles, point_tiles

__all__ = [
    "NOBODY",
    "AccessMethod",
    "AccessResult",
    "Catchments",
    "Decay",
    "Edge",
    "Exponential",
    "FallingGaussian",
    "Gaussian",
    "GivenWeights",
    "GlobePoints",
    "IdList",
    "Kernel",
    "Nearest",
    "PairBatch",
    "PairCatchments",
    "PairTable",
    "PointCatchments",
    "Power",
    "RoadGraph",
    "StreamFacts",
    "StreamedPairs",
    "Tile",
    "TiledCatchments",
    "TimeCoverage",
    "Zones",
    "batches_of",
    "catchment",
    "inspect_stream",
    "measure_access",
    "nearest_points",
    "pair_tiles",
    "point_tiles",
    "positions_of",
    "time_coverage",
]
