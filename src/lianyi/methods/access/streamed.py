"""Ways from a table that does not fit in memory: read in batches, once for each sum.

Each of the two to four passes of a measure reads the table again; what stays in memory is one batch and one number for
each place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from lianyi.methods.access.catchments import Progress, silent
from lianyi.methods.access.decay import Decay
from lianyi.methods.access.nearest import Nearest, nearest_of
from lianyi.methods.access.pair_kernels import lower_to_nearest
from lianyi.methods.access.pairs import PairBatch, PairChecks, add_to_demand, add_to_facilities, check_zero_costs
from lianyi.methods.arrays import Floats

OpenBatches = Callable[[], Iterable[PairBatch]]


@dataclass(frozen=True, slots=True, eq=False)
class StreamFacts:
    """What one look through a stream of pairs tells."""

    rows: int
    zero_costs: int
    saw_all_repeats: bool
    """Whether a pair that stands twice would have been found: only in a table in runs of one demand place."""


@dataclass(frozen=True, slots=True, eq=False)
class StreamedPairs:
    """A stream of pairs that can be opened again and again, with a decay, for `measure_access`.

    Parameters
    ----------
    open_batches
        Opens the stream at its beginning; every time it must bring the same rows in the same order.
    demand_count, facility_count
        How many places and facilities there are.
    decay
        The weights.
    facts
        From `inspect_stream`, so that bad rows are refused before anything is computed.

    Examples
    --------
    >>> from lianyi.methods.access import catchment, measure_access
    >>> rows = lambda: [PairBatch.of([0, 0], [0, 1], [5, 55]), PairBatch.of([1], [1], [15])]
    >>> facts = inspect_stream(rows, demand_count=2, facility_count=2)
    >>> measure_access(StreamedPairs(rows, 2, 2, catchment(60), facts), [5, 10], [5, 10]).access.round(4).tolist()
    [1.6667, 0.6667]
    """

    open_batches: OpenBatches
    demand_count: int
    facility_count: int
    decay: Decay
    facts: StreamFacts

    def __post_init__(self) -> None:
        check_zero_costs(self.decay, self.facts.zero_costs)

    def to_facilities(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        totals = np.zeros(self.facility_count)
        for batch in self._told(progress):
            add_to_facilities(totals, batch, values, self.decay, power)
        return totals

    def to_demand(self, values: Floats, power: int = 1, progress: Progress = silent) -> Floats:
        totals = np.zeros(self.demand_count)
        for batch in self._told(progress):
            add_to_demand(totals, batch, values, self.decay, power)
        return totals

    def nearest(self) -> Nearest:
        return nearest_of(self.open_batches(), self.demand_count, lower_to_nearest)

    def _told(self, progress: Progress) -> Iterator[PairBatch]:
        rows = 0
        for batch in self.open_batches():
            yield batch
            rows += batch.costs.size
            progress(rows / max(self.facts.rows, 1))


def inspect_stream(open_batches: OpenBatches, demand_count: int, facility_count: int) -> StreamFacts:
    """Look at every pair once and refuse what cannot be used; raises as `PairTable`."""
    checks = PairChecks(demand_count, facility_count)
    for batch in open_batches():
        checks.check(batch)
    return StreamFacts(checks.rows, checks.zero_costs, checks.saw_all_repeats)
