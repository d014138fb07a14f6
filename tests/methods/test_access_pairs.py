from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from lianyi.methods.access import (
    NOBODY,
    Edge,
    Exponential,
    FallingGaussian,
    Gaussian,
    GivenWeights,
    Kernel,
    PairBatch,
    PairTable,
    Power,
    StreamedPairs,
    Zones,
    batches_of,
    catchment,
    inspect_stream,
    measure_access,
    positions_of,
    time_coverage,
)
from lianyi.methods.errors import (
    DistanceDecayError,
    RepeatedPairError,
    SurveyLengthError,
    TravelCostError,
    UnlistedPlaceError,
)


def random_table(places=60, facilities=25, seed=3):
    chance = np.random.default_rng(seed)
    is_way = chance.random((places, facilities)) < 0.4
    rows, columns = np.nonzero(is_way)
    return PairTable(rows, columns, chance.uniform(0, 70, rows.size), places, facilities)


@pytest.mark.parametrize(("edge", "expected"), [(Edge.INCLUSIVE, [1, 0.5, 0.0]), (Edge.EXCLUSIVE, [0.5, 0.0, 0.0])])
def test_a_cost_on_the_edge_of_a_zone(edge, expected):
    assert Zones(((10, 1), (20, 0.5)), edge).weights([10, 20, 20.000001]).tolist() == expected


def test_weights_by_their_formulas():
    costs = np.array([0.0, 15.0, 30.0])
    assert Gaussian(20, 30).weights(costs) == pytest.approx([math.exp(-0.5 * (c / 20) ** 2) for c in costs])
    falling = [(math.exp(-0.5 * (c / 30) ** 2) - math.exp(-0.5)) / (1 - math.exp(-0.5)) for c in costs]
    assert FallingGaussian(30).weights(costs) == pytest.approx(falling)
    assert Exponential(0.1, 30).weights(costs) == pytest.approx(np.exp(-0.1 * costs))
    assert Kernel(30).weights(costs) == pytest.approx([1, 0.75, 0])
    assert Kernel(30, order=2).weights(costs) == pytest.approx([1, 0.75**2, 0])
    assert Power(2, 30, least_cost=3).weights(costs) == pytest.approx([1 / 9, 1 / 225, 1 / 900])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Zones(()),
        lambda: Zones(((20, 1), (10, 0.5))),
        lambda: Zones(((10, 1), (10, 0.5))),
        lambda: Zones(((10, -1),)),
        lambda: Zones(tuple((bound, 1) for bound in range(256))),
        lambda: Zones(((math.nan, 1),)),
        lambda: Gaussian(0, 10),
        lambda: Gaussian(5, math.inf),
        lambda: Power(0, 10),
        lambda: Exponential(-1, 10),
        lambda: Kernel(0),
        lambda: Kernel(10, order=0),
    ],
)
def test_a_decay_that_cannot_be_is_refused(make):
    with pytest.raises(DistanceDecayError):
        make()


def test_as_many_zones_as_can_be_told_apart_keep_their_weights():
    zones = Zones(tuple((bound, 255 - bound) for bound in range(255)))
    table = PairTable(np.arange(257), np.zeros(257, int), np.arange(257.0), 257, 1)
    assert table.catchments(zones).to_demand(np.ones(1)).tolist() == [*range(255, 0, -1), 0.0, 0.0]


def test_zones_are_cut_at_a_shorter_reach():
    zones = Zones(((20, 1), (40, 0.68), (60, 0.22)))
    assert zones.within(50).steps == ((20, 1), (40, 0.68), (50, 0.22))
    assert zones.within(40).steps == ((20, 1), (40, 0.68))
    assert zones.within(100) == zones


def test_a_cost_of_zero_is_a_way():
    # spopt's KNearestPMedian loses such links (the objective becomes 22 instead of 2).
    table = PairTable([0, 0, 1], [0, 1, 1], [0, 10, 0], 2, 2)
    assert table.zero_costs == 2
    assert measure_access(table.catchments(catchment(5)), [1, 1], [1, 1], "2sfca").access.tolist() == [1.0, 1.0]
    assert table.nearest().costs.tolist() == [0.0, 0.0]


def test_a_cost_of_zero_has_no_weight_in_the_power_law():
    table = PairTable([0], [0], [0], 1, 1)
    with pytest.raises(TravelCostError, match="1 ways cost 0"):
        table.catchments(Power(1, 60))
    assert measure_access(table.catchments(Power(1, 60, least_cost=0.5)), [2], [1]).access.tolist() == [0.5]


@pytest.mark.parametrize("cost", [-1.0, math.nan, math.inf])
def test_a_cost_that_is_no_cost_is_refused_with_its_row(cost):
    with pytest.raises(TravelCostError, match="Row 2 of the costs holds"):
        PairTable([0, 0], [0, 1], [1.0, cost], 1, 2)


def test_places_that_are_in_no_list_are_refused():
    with pytest.raises(UnlistedPlaceError, match="Row 2 of the costs names demand place number 3, and there are 2"):
        PairTable([0, 2], [0, 0], [1, 1], 2, 1)
    with pytest.raises(UnlistedPlaceError, match="facility number 0, and there are 1"):
        PairTable([0, 1], [0, -1], [1, 1], 2, 1)


@pytest.mark.parametrize(
    ("demand", "facility", "row"),
    [([0, 0, 1, 1], [0, 1, 1, 1], 4), ([0, 1, 0, 1], [0, 0, 1, 0], 4), ([2, 0, 1, 0], [1, 1, 1, 1], 4)],
)
def test_a_way_that_stands_twice_is_refused_in_any_order(demand, facility, row):
    with pytest.raises(RepeatedPairError, match=f"Row {row} of the costs"):
        PairTable(demand, facility, [1, 2, 3, 4], 3, 2)


def test_columns_of_different_length_are_refused():
    with pytest.raises(SurveyLengthError, match="demand 2, facility 1, costs 2"):
        PairTable([0, 1], [0], [1, 2], 2, 1)


@pytest.mark.parametrize(
    "zones",
    [Zones(((20, 1), (40, 0.68), (60, 0.22))), Gaussian(20, 60), Kernel(60, 2), Power(1, 60, 5), GivenWeights()],
    ids=lambda decay: type(decay).__name__,
)
@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "3sfca", "m2sfca", "bfca", "mh3sfca", "gravity"])
def test_a_stream_gives_what_the_table_gives(method, zones):
    table = random_table()
    people, supply = np.arange(60.0), np.arange(1, 26.0)

    def rows():
        return batches_of(table, 37)

    facts = inspect_stream(rows, 60, 25)
    assert (facts.rows, facts.zero_costs, facts.saw_all_repeats) == (table.batch.costs.size, 0, True)
    streamed = measure_access(StreamedPairs(rows, 60, 25, zones, facts), people, supply, method)
    whole = measure_access(table.catchments(zones), people, supply, method)
    # Pairs of one place that fall into two batches are added in another order.
    assert streamed.access == pytest.approx(whole.access, rel=1e-13)
    assert streamed.unreached.tolist() == whole.unreached.tolist()


@pytest.mark.parametrize("decay", [Gaussian(20, 60), Kernel(60, 2), FallingGaussian(60), Exponential(0.1, 60)])
def test_two_steps_take_every_way_within_the_reach_alike(decay):
    table = PairTable([0, 0, 1], [0, 1, 1], [60, 61, 10], 2, 2)
    binary = measure_access(table.catchments(catchment(60)), [2, 4], [1, 1], "2sfca")
    assert measure_access(table.catchments(decay), [2, 4], [1, 1], "2sfca").access.tolist() == binary.access.tolist()


def test_weights_by_formula_are_summed_as_they_are():
    table = random_table()
    for decay in (Gaussian(20, 60), Kernel(60, 2), Exponential(0.05, 60)):
        matrix = np.zeros((60, 25))
        matrix[table.batch.demand, table.batch.facility] = decay.weights(table.batch.costs)
        ways, supply = table.catchments(decay), np.arange(25.0)
        assert ways.to_demand(supply) == pytest.approx(matrix @ supply)
        assert ways.to_demand(supply, 2) == pytest.approx(matrix**2 @ supply)


def test_a_stream_finds_a_repeat_across_batches():
    batches = [PairBatch.of([0, 1], [0, 0], [1, 1]), PairBatch.of([1, 1], [1, 0], [1, 1])]
    with pytest.raises(RepeatedPairError, match="Row 4 of the costs"):
        inspect_stream(lambda: batches, 2, 2)


def test_a_stream_out_of_order_says_that_repeats_were_not_looked_for():
    batches = [PairBatch.of([0, 1], [0, 0], [1, 1]), PairBatch.of([0], [1], [1])]
    assert not inspect_stream(lambda: batches, 2, 2).saw_all_repeats


def test_a_stream_names_the_row_of_the_whole_table():
    batches = [PairBatch.of([0, 1], [0, 0], [1, 1]), PairBatch.of([2], [0], [-5])]
    with pytest.raises(TravelCostError, match=r"Row 3 of the costs holds -5\.0"):
        inspect_stream(lambda: batches, 3, 1)


def test_the_nearest_facility_and_of_equal_ones_the_first():
    table = PairTable([0, 0, 0, 2], [2, 1, 0, 1], [7, 5, 5, 3], 3, 3)
    found = table.nearest()
    assert found.costs.tolist() == [5.0, math.inf, 3.0]
    assert found.facility.tolist() == [0, NOBODY, 1]
    streamed = StreamedPairs(lambda: batches_of(table, 1), 3, 3, catchment(9), inspect_stream(list, 3, 3))
    assert streamed.nearest().facility.tolist() == [0, NOBODY, 1]


def test_coverage_by_time_counts_people_on_the_edge_unless_told():
    least = np.array([30.0, 60.0, math.inf])
    inclusive = time_coverage(least, [100, 50, 10], [30, 60, math.inf])
    assert [covered.covered for covered in inclusive] == [100.0, 150.0, 150.0]
    assert inclusive[0].share == 100 / 160
    assert time_coverage(least, [100, 50, 10], [60], Edge.EXCLUSIVE)[0].covered == 100.0
    assert time_coverage(least, [0, 0, 0], [60])[0].share is None


@pytest.mark.parametrize("as_ids", [list, np.array, pa.array])
def test_ids_become_positions(as_ids):
    assert positions_of(as_ids([7, 5, 7]), as_ids([5, 7])).tolist() == [1, 0, 1]
    assert positions_of(as_ids(["S2", "S1"]), as_ids(["S1", "S2"])).tolist() == [1, 0]


def test_ids_far_apart_become_positions():
    assert positions_of([10**12, 5], [5, 10**12]).tolist() == [1, 0]


@pytest.mark.parametrize(("ids", "among"), [([1, 9], [1, 2]), (["A", "C"], ["A", "B"]), ([1, -(10**12)], [1, 2])])
def test_an_id_in_no_list_is_refused_with_its_row(ids, among):
    with pytest.raises(UnlistedPlaceError, match="Row 2 of the costs names the facility"):
        positions_of(ids, among, "facility")
