"""Ways over a graph of roads: shortest ways cut off at the reach, one search for each node with a facility."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from lianyi.methods.access.decay import Decay
from lianyi.methods.access.nearest import NOBODY, Nearest
from lianyi.methods.access.pairs import PairBatch, PairTable
from lianyi.methods.access.road_kernels import Lists, Roads, Search, spread, ways_from
from lianyi.methods.access.streamed import StreamedPairs, StreamFacts
from lianyi.methods.arrays import Floats, Integers, Positions
from lianyi.methods.columns import check_same_length, floats_of
from lianyi.methods.errors import DistanceDecayError, RoadGraphError

_NODES_AT_ONCE = 256


@dataclass(frozen=True, slots=True, eq=False)
class RoadGraph:
    """Roads between nodes 0 to `node_count` - 1; each row is one direction.

    Of several roads between the same nodes the cheapest counts. A road of cost 0 is a road.

    Examples
    --------
    Two towns by a road of 10 minutes, and a hospital 5 minutes behind the second:

    >>> graph = RoadGraph.of(3, [0, 1], [1, 2], [10, 5]).both_ways()
    >>> graph.nearest(places=[0, 1], facilities=[2]).costs.tolist()
    [15.0, 5.0]
    >>> table = graph.pair_table(places=[0, 1], facilities=[2], reach=10)
    >>> table.batch.demand.tolist(), table.batch.costs.tolist()
    ([1], [5.0])
    """

    node_count: int
    begin: Integers
    end: Integers
    costs: Floats

    @classmethod
    def of(cls, node_count: int, begin: npt.ArrayLike, end: npt.ArrayLike, costs: npt.ArrayLike) -> RoadGraph:
        """Check roads and keep them.

        Raises
        ------
        RoadGraphError
            When a node is not in the graph, or a cost is missing, negative or not finite.
        """
        cost = floats_of(costs)
        check_same_length(begin=np.asarray(begin), end=np.asarray(end), costs=cost)
        bad = ~(np.isfinite(cost) & (cost >= 0))
        if bad.any():
            where = int(np.argmax(bad))
            message = f"Road number {where + 1} costs {cost[where]}; a road costs a finite number of at least 0."
            raise RoadGraphError(message, road=where, given=float(cost[where]))
        return cls(node_count, _nodes("road", begin, node_count), _nodes("road", end, node_count), cost)

    def both_ways(self) -> RoadGraph:
        """Return the graph with every road also in the other direction."""
        return RoadGraph(
            self.node_count,
            np.concatenate([self.begin, self.end]),
            np.concatenate([self.end, self.begin]),
            np.concatenate([self.costs, self.costs]),
        )

    def pair_table(self, places: npt.ArrayLike, facilities: npt.ArrayLike, reach: float) -> PairTable:
        """Return the cost from every demand place to every facility within the reach (inclusive).

        Parameters
        ----------
        places, facilities
            The node of each; several may share one.
        """
        nothing = PairBatch(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0))
        batches = [nothing, *self._batches(places, facilities, reach)]
        return PairTable(
            np.concatenate([batch.demand for batch in batches]),
            np.concatenate([batch.facility for batch in batches]),
            np.concatenate([batch.costs for batch in batches]),
            np.size(places),
            np.size(facilities),
        )

    def stream(self, places: npt.ArrayLike, facilities: npt.ArrayLike, decay: Decay) -> StreamedPairs:
        """Return the same for tables that do not fit in memory: the searches are made again for each pass."""
        if not math.isfinite(decay.reach):
            raise DistanceDecayError("Over roads weights must come from a cost with a reach; give zones or a decay.")
        counts = np.size(places), np.size(facilities)
        rows = zeros = 0
        for batch in self._batches(places, facilities, decay.reach):
            rows += batch.costs.size
            zeros += int((batch.costs == 0).sum())
        facts = StreamFacts(rows, zeros, saw_all_repeats=True)
        # Not a lambda, which could not be sent to another process.
        return StreamedPairs(partial(self._batches, places, facilities, decay.reach), *counts, decay, facts)

    def nearest(self, places: npt.ArrayLike, facilities: npt.ArrayLike, reach: float = math.inf) -> Nearest:
        """Return the facility that each place reaches soonest, by one search from all; of equal ones any."""
        at_place = _nodes("demand place", places, self.node_count)
        at_facility = _nodes("facility", facilities, self.node_count)
        search = self._search()
        spread(self._towards(), at_facility, reach, search)
        facility = search.origins[at_place]
        return Nearest(search.costs[at_place], np.where(facility < 0, NOBODY, facility).astype(np.int32))

    def _batches(self, places: npt.ArrayLike, facilities: npt.ArrayLike, reach: float) -> Iterator[PairBatch]:
        at_place = _members(_nodes("demand place", places, self.node_count), self.node_count)
        nodes = _nodes("facility", facilities, self.node_count)
        at_facility = _members(nodes, self.node_count)
        with_facility = np.unique(nodes).astype(np.int32)
        roads, search = self._towards(), self._search()
        for first in range(0, with_facility.size, _NODES_AT_ONCE):
            some = with_facility[first : first + _NODES_AT_ONCE]
            yield PairBatch(*ways_from(roads, some, at_place, at_facility, reach, search))

    def _towards(self) -> Roads:
        """Return the roads turned round: people travel to the facility, and the search starts there."""
        order = np.lexsort((self.costs, self.begin, self.end))
        start, target = self.end[order], self.begin[order]
        is_first = np.ones(order.size, np.bool_)
        is_first[1:] = (start[1:] != start[:-1]) | (target[1:] != target[:-1])
        offsets = np.zeros(self.node_count + 1, np.int64)
        np.cumsum(np.bincount(start[is_first], minlength=self.node_count), out=offsets[1:])
        return Roads(offsets, np.ascontiguousarray(target[is_first]), self.costs[order][is_first])

    def _search(self) -> Search:
        room = self.costs.size + self.node_count + 1
        return Search(
            np.full(self.node_count, np.inf),
            np.full(self.node_count, -1, np.int32),
            np.empty(room),
            np.empty(room, np.int32),
            np.empty(self.node_count, np.int32),
        )


def _members(nodes: Integers, node_count: int) -> Lists:
    start: Positions = np.zeros(node_count + 1, np.int64)
    np.cumsum(np.bincount(nodes, minlength=node_count), out=start[1:])
    return Lists(start, np.argsort(nodes, kind="stable").astype(np.int32))


def _nodes(name: str, nodes: npt.ArrayLike, node_count: int) -> Integers:
    array = np.asarray(nodes)
    if array.size == 0:
        return np.empty(0, np.int32)
    bad = (array < 0) | (array >= node_count)
    if bad.any():
        where = int(np.argmax(bad))
        message = (
            f"The {name} number {where + 1} is at node {array[where]}, and the graph has nodes 0 to {node_count - 1}."
        )
        raise RoadGraphError(message, given=int(array[where]), nodes=node_count)
    return np.ascontiguousarray(array, np.int32)
