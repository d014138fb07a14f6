"""Compile the passes of this package once, so that the first survey need not wait."""

from __future__ import annotations

import numpy as np

from lianyi.methods.access.decay import Decay, Exponential, Gaussian, Power, Zones, catchment
from lianyi.methods.access.floating import measure_access
from lianyi.methods.access.globe import GlobePoints
from lianyi.methods.access.ids import positions_of
from lianyi.methods.access.pairs import PairTable, batches_of
from lianyi.methods.access.points import PointCatchments
from lianyi.methods.access.roads import RoadGraph
from lianyi.methods.access.streamed import StreamedPairs, inspect_stream

# One for each way in which a weight is found: one zone, rising zones, pieces over the square and the line, a formula.
DECAYS: tuple[Decay, ...] = (
    catchment(10),
    Zones(((5, 0.5), (10, 1))),
    Gaussian(5, 10),
    Exponential(0.1, 10),
    Power(2, 20_000, 1e-6),
)


def warm_up() -> int:
    """Run every kind of ways with every kind of weight on two places; return how many ran.

    The machine code stays on disk. Called when the program is installed; without it the first use takes some seconds
    longer.

    Examples
    --------
    >>> warm_up()
    20
    """
    here = GlobePoints.of([0.0, 0.1], [0.0, 0.1])
    roads = RoadGraph.of(2, [0], [1], [1.0]).both_ways()
    table = PairTable(positions_of([7, 7, 8], [7, 8]), positions_of([3, 4, 3], [3, 4]), [1.0, 2.0, 3.0], 2, 2)
    ids = np.array([7, 8])
    # Columns of Parquet files may not be written to, and have machine code of their own.
    ids.flags.writeable = False
    positions_of(ids, [7, 8])
    facts = inspect_stream(lambda: batches_of(table, 2), 2, 2)
    roads.nearest([0, 1], [1])
    table.nearest()
    people = np.ones(2)
    count = 0
    for decay in DECAYS:
        ways = (
            table.catchments(decay),
            StreamedPairs(lambda: batches_of(table, 2), 2, 2, decay, facts),
            PointCatchments(here, here, decay, threads=1),
            roads.stream([0, 1], [1, 0], decay),
        )
        for each in ways:
            measure_access(each, people, people, "3sfca")
            count += 1
    return count
