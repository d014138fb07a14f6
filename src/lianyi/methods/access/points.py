"""Ways between points on the globe: great-circle kilometres, computed where they are needed and never kept.

Great-circle distance on the sphere of `lianyi.methods.coordinates`. A pair whose distance is the reach itself, to the
last digits of a number, may fall on either side.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

import numpy as np

from lianyi.methods.access.catchments import Progress, silent
from lianyi.methods.access.chord_weights import chord_weights
from lianyi.methods.access.decay import Decay
from lianyi.methods.access.globe import BandedPoints, Bands, GlobePoints, distance_km
from lianyi.methods.access.nearest import NOBODY, Nearest
from lianyi.methods.access.point_kernels import add_around
from lianyi.methods.arrays import Floats

# So few that a chunk with a big town is not the last one everybody waits for.
_TARGETS_IN_CHUNK = 2048


@dataclass(frozen=True, slots=True, eq=False)
class PointCatchments:
    """Points with a decay in kilometres, for `measure_access`.

    Parameters
    ----------
    demand, facilities
        The points.
    decay
        The weights; its reach decides how far is looked.
    threads
        How many threads share the work; without it as many as there are processors. The result does not depend on it.

    Examples
    --------
    >>> from lianyi.methods.access import catchment, measure_access
    >>> towns, clinics = GlobePoints.of([104.0, 104.1], [30.0, 30.0]), GlobePoints.of([104.0, 104.05], [30.0, 30.0])
    >>> ways = PointCatchments(towns, clinics, catchment(6))
    >>> measure_access(ways, [100, 50], [3, 6], "2sfca").access.round(4).tolist()
    [0.07, 0.04]
    """

    demand: GlobePoints
    facilities: GlobePoints
    decay: Decay
    threads: int = 0
    _bands: Bands = field(init=False, repr=False)
    _demand: BandedPoints = field(init=False, repr=False)
    _facilities: BandedPoints = field(init=False, repr=False)

    def __post_init__(self) -> None:
        chord_weights(self.decay, 1)
        bands = Bands.for_points(self.decay.reach, self.demand, self.facilities)
        object.__setattr__(self, "_bands", bands)
        object.__setattr__(self, "_demand", BandedPoints.of(self.demand, bands))
        object.__setattr__(self, "_facilities", BandedPoints.of(self.facilities, bands))

    @property
    def demand_count(self) -> int:
        return len(self.demand)

    @property
    def facility_count(self) -> int:
        return len(self.facilities)

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        return self._around(self._facilities, self._demand, values, power, progress)

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        return self._around(self._demand, self._facilities, values, power, progress)

    def _around(
        self, targets: BandedPoints, sources: BandedPoints, values: Floats, power: int, progress: Progress
    ) -> Floats:
        valued = sources.with_values(values)
        look = chord_weights(self.decay, power)
        totals = np.zeros(targets.order.size)

        def work(first: int, end: int) -> None:
            add_around(totals, first, end, targets.sorted, valued, look, self._bands.height)

        _in_chunks(work, totals.size, self.threads or available_processors(), progress)
        return targets.in_first_order(totals)

    def nearest(self) -> Nearest:
        """Return the nearest facility of each place, however far; of equally near ones any."""
        return nearest_points(self.demand, self.facilities, self.threads or available_processors())


def nearest_points(demand: GlobePoints, facilities: GlobePoints, threads: int = 1) -> Nearest:
    """Return the nearest facility of each place in kilometres, however far; of equally near ones any.

    Examples
    --------
    >>> found = nearest_points(GlobePoints.of([0.0], [0.0]), GlobePoints.of([90.0, 0.0], [0.0, 1.0]))
    >>> found.facility.tolist(), found.costs.round(3).tolist()
    ([1], [111.195])
    """
    if not len(facilities):
        return Nearest(np.full(len(demand), np.inf), np.full(len(demand), NOBODY, np.int32))
    from scipy.spatial import cKDTree  # noqa: PLC0415 - takes long to load, and the other measures need none of it

    tree = cKDTree(np.column_stack(facilities.unit_vectors()))
    lines, found = tree.query(np.column_stack(demand.unit_vectors()), workers=threads)
    return Nearest(distance_km(lines**2), found.astype(np.int32))


def available_processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_chunks(work: Callable[[int, int], None], count: int, threads: int, progress: Progress) -> None:
    """Share [0, count) out in small chunks; each thread takes the next one when it is done with its own."""
    starts = range(0, count, _TARGETS_IN_CHUNK)
    with ThreadPoolExecutor(threads) as pool:
        waiting = [pool.submit(work, start, min(start + _TARGETS_IN_CHUNK, count)) for start in starts]
        for done, finished in enumerate(as_completed(waiting), start=1):
            finished.result()
            progress(done / len(waiting))
