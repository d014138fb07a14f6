"""A large region in tiles, on any executor of ``concurrent.futures``: threads, processes, or a cluster by Dask.

Each tile holds some demand places and the facilities they can reach. A sum for the facilities is the sum over tiles
(one number for each facility goes back and forth); a sum for demand places is that of their tiles. Tiles are added in
their order, so that the result does not depend on the executor; it differs from that of one piece by rounding only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from lianyi.methods.access.catchments import Catchments, Progress, silent
from lianyi.methods.access.decay import Decay
from lianyi.methods.access.globe import GlobePoints
from lianyi.methods.access.pairs import PairBatch, PairCatchments, PairTable, batches_of
from lianyi.methods.access.points import PointCatchments
from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.coordinates import MEAN_EARTH_RADIUS_KM


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """Catchments of a part, and where its places and facilities stand in the whole; no place stands twice in a tile."""

    catchments: Catchments
    demand: Positions
    facilities: Positions


@dataclass(frozen=True, slots=True, eq=False)
class TiledCatchments:
    """Catchments in tiles, for `measure_access`.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> from lianyi.methods.access import catchment, measure_access
    >>> towns, clinics = GlobePoints.of([104.0, 104.1], [30.0, 30.4]), GlobePoints.of([104.0, 104.05], [30.0, 30.2])
    >>> tiles = point_tiles(towns, clinics, catchment(30), count=2)
    >>> with ThreadPoolExecutor(2) as pool:
    ...     found = measure_access(TiledCatchments(tiles, 2, 2, pool), [100, 50], [3, 6], "2sfca")
    >>> found.access.round(4).tolist()
    [0.07, 0.04]
    """

    tiles: Sequence[Tile]
    demand_count: int
    facility_count: int
    executor: Executor

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        totals = np.zeros(self.facility_count)
        parts = self._run(_tile_to_facilities, [values[tile.demand] for tile in self.tiles], power, progress)
        for tile, part in zip(self.tiles, parts, strict=True):
            totals[tile.facilities] += part
        return totals

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        totals = np.zeros(self.demand_count)
        parts = self._run(_tile_to_demand, [values[tile.facilities] for tile in self.tiles], power, progress)
        for tile, part in zip(self.tiles, parts, strict=True):
            totals[tile.demand] += part
        return totals

    def _run(
        self,
        work: Callable[[Catchments, Floats, int], Floats],
        values: Sequence[Floats],
        power: int,
        progress: Progress,
    ) -> Iterable[Floats]:
        waiting = [
            self.executor.submit(work, tile.catchments, part, power)
            for tile, part in zip(self.tiles, values, strict=True)
        ]
        for done, future in enumerate(waiting, start=1):
            yield future.result()
            progress(done / len(waiting))


def _tile_to_facilities(catchments: Catchments, values: Floats, power: int) -> Floats:
    return catchments.to_facilities(values, power)


def _tile_to_demand(catchments: Catchments, values: Floats, power: int) -> Floats:
    return catchments.to_demand(values, power)


def point_tiles(demand: GlobePoints, facilities: GlobePoints, decay: Decay, count: int) -> list[Tile]:
    """Cut points into strips of latitude with equally many demand places; each with the facilities they can reach."""
    reach = float(np.degrees(decay.reach / MEAN_EARTH_RADIUS_KM)) * (1 + 1e-9) + 1e-9
    from_south = np.argsort(demand.latitude, kind="stable")
    tiles = []
    for places in np.array_split(from_south, count):
        if places.size:
            south, north = demand.latitude[places[0]] - reach, demand.latitude[places[-1]] + reach
            near = np.flatnonzero((facilities.latitude >= south) & (facilities.latitude <= north))
            part = PointCatchments(demand.part(places), facilities.part(near), decay, threads=1)
            tiles.append(Tile(part, places, near))
    return tiles


def pair_tiles(table: PairTable, decay: Decay, count: int) -> list[Tile]:
    """Cut a table of pairs into runs of rows."""
    rows = max(1, -(-table.batch.costs.size // count))
    return [_pair_tile(batch, decay) for batch in batches_of(table, rows)]


def _pair_tile(batch: PairBatch, decay: Decay) -> Tile:
    places, demand = np.unique(batch.demand, return_inverse=True)
    sites, facility = np.unique(batch.facility, return_inverse=True)
    part = PairTable(demand, facility, batch.costs, places.size, sites.size)
    return Tile(PairCatchments(part, decay), places.astype(np.int64), sites.astype(np.int64))
