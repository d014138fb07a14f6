from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from lianyi.methods.access import NOBODY, Edge, GivenWeights, RoadGraph, Zones, catchment, measure_access
from lianyi.methods.errors import DistanceDecayError, RoadGraphError


def random_roads(nodes=200, roads=600, seed=4):
    chance = np.random.default_rng(seed)
    pairs = chance.choice(nodes * nodes, roads, replace=False)
    return RoadGraph.of(nodes, pairs // nodes, pairs % nodes, chance.uniform(1, 20, roads).round(1))


def costs_by_scipy(graph):
    matrix = coo_array((graph.costs, (graph.begin, graph.end)), shape=(graph.node_count, graph.node_count))
    return dijkstra(matrix.tocsr())


def test_ways_over_roads_are_those_of_scipy():
    graph = random_roads()
    chance = np.random.default_rng(9)
    places, facilities = chance.integers(0, 200, 80), chance.integers(0, 200, 30)
    expected = costs_by_scipy(graph)[np.ix_(places, facilities)]
    batch = graph.pair_table(places, facilities, reach=35.05).batch
    found = np.full(expected.shape, np.inf)
    found[batch.demand, batch.facility] = batch.costs
    assert found == pytest.approx(np.where(expected <= 35.05, expected, np.inf))
    nearest = graph.nearest(places, facilities)
    assert nearest.costs == pytest.approx(expected.min(axis=1))
    reached = nearest.facility != NOBODY
    assert expected[np.flatnonzero(reached), nearest.facility[reached]] == pytest.approx(nearest.costs[reached])


@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "3sfca"])
def test_roads_in_a_stream_give_what_their_table_gives(method):
    graph = random_roads()
    places, facilities = np.arange(0, 200, 2), np.arange(0, 200, 7)
    zones = Zones(((10, 1), (20, 0.5), (35, 0.1)))
    people, supply = np.arange(1, 101.0), np.arange(1, 30.0)
    table = graph.pair_table(places, facilities, zones.reach)
    by_table = measure_access(table.catchments(zones), people, supply, method)
    by_stream = measure_access(graph.stream(places, facilities, zones), people, supply, method)
    assert by_stream.access == pytest.approx(by_table.access, rel=1e-12)
    assert by_stream.conservation_gap == pytest.approx(0, abs=1e-12)


def test_ways_over_roads_can_be_sent_to_another_process():
    ways = pickle.loads(pickle.dumps(random_roads().stream(np.arange(9), np.arange(5), catchment(30))))  # noqa: S301
    assert ways.to_facilities(np.ones(9)).sum() > 0


def test_people_travel_to_the_facility_along_one_way_roads():
    one_way = RoadGraph.of(2, [0], [1], [10])
    assert one_way.nearest([0, 1], [1]).costs.tolist() == [10.0, 0.0]
    assert one_way.nearest([0, 1], [0]).costs.tolist() == [0.0, np.inf]


def test_of_two_roads_the_cheaper_counts_and_a_free_road_is_a_road():
    # A sparse matrix would add the first two and drop the last.
    graph = RoadGraph.of(3, [0, 0, 1], [1, 1, 2], [10, 4, 0])
    assert graph.pair_table([0], [1, 2], reach=60).batch.costs.tolist() == [4.0, 4.0]


@pytest.mark.parametrize(("edge", "expected"), [(Edge.INCLUSIVE, 1.0), (Edge.EXCLUSIVE, 0.0)])
def test_a_place_exactly_at_the_reach(edge, expected):
    graph = RoadGraph.of(2, [0], [1], [30])
    found = measure_access(graph.stream([0], [1], catchment(30, edge)), [1], [1], "2sfca")
    assert found.access.tolist() == [expected]


def test_places_and_facilities_may_share_a_node():
    graph = RoadGraph.of(1, [], [], [])
    table = graph.pair_table([0, 0], [0, 0], reach=5)
    assert table.zero_costs == 4
    assert measure_access(table.catchments(catchment(5)), [1, 3], [2, 2], "2sfca").access.tolist() == [1.0, 1.0]


def test_roads_that_cannot_be_are_refused():
    with pytest.raises(RoadGraphError, match="The road number 2 is at node 5, and the graph has nodes 0 to 2"):
        RoadGraph.of(3, [0, 1], [1, 5], [1, 1])
    with pytest.raises(RoadGraphError, match=r"Road number 1 costs -1\.0"):
        RoadGraph.of(3, [0], [1], [-1])
    with pytest.raises(RoadGraphError, match="The facility number 1 is at node 3"):
        RoadGraph.of(3, [0], [1], [1]).nearest([0], [3])
    with pytest.raises(DistanceDecayError):
        RoadGraph.of(2, [0], [1], [1]).stream([0], [1], GivenWeights())
