from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.access import (
    Exponential,
    FallingGaussian,
    Gaussian,
    GivenWeights,
    GlobePoints,
    Kernel,
    PairTable,
    PointCatchments,
    Power,
    Zones,
    catchment,
    measure_access,
    nearest_points,
)
from lianyi.methods.access.chord_weights import BY_FORMULA, WORST_ERROR, chord_weights
from lianyi.methods.coordinates import Position, haversine_km
from lianyi.methods.errors import CoordinateRangeError, DistanceDecayError, SurveyLengthError


def everywhere(chance, count):
    return GlobePoints.of(chance.uniform(-180, 180, count), np.degrees(np.arcsin(chance.uniform(-1, 1, count))))


def around_the_poles(chance, count):
    latitude = chance.choice([-1, 1], count) * (90 - np.abs(chance.normal(0, 3, count)))
    return GlobePoints.of(chance.uniform(-180, 180, count), latitude)


def across_the_date_line(chance, count):
    longitude = (chance.normal(0, 3, count) + 360) % 360 - 180
    return GlobePoints.of(longitude, chance.normal(60, 5, count).clip(-90, 90))


def one_town(chance, count):
    return GlobePoints.of(104 + chance.normal(0, 0.05, count), 30 + chance.normal(0, 0.05, count))


def table_of(demand, facilities):
    """Every pair with its distance by the haversine formula, one by one."""
    ways = [
        haversine_km(Position(*here), Position(*there))
        for here in zip(demand.longitude, demand.latitude, strict=True)
        for there in zip(facilities.longitude, facilities.latitude, strict=True)
    ]
    rows, columns = np.divmod(np.arange(len(ways)), len(facilities))
    return PairTable(rows, columns, ways, len(demand), len(facilities))


def decays(reach):
    return [
        catchment(reach),
        Zones(((reach / 4, 1), (reach / 3, 0.8), (reach / 2, 0.5), (0.7 * reach, 0.3), (reach, 0.1))),
        Zones(((reach / 2, 0.2), (reach, 1))),
        Gaussian(reach / 2, reach),
        FallingGaussian(reach),
        Kernel(reach, 2),
        Exponential(3 / reach, reach),
        Power(1.5, reach, reach / 100),
        Power(2, reach, reach / 1e4),
    ]


@pytest.mark.parametrize("places", [everywhere, around_the_poles, across_the_date_line, one_town])
@pytest.mark.parametrize("reach", [2, 50, 3000, 15000, 20100])
def test_points_give_what_a_table_of_their_distances_gives(places, reach):
    chance = np.random.default_rng(5)
    demand, facilities = places(chance, 90), places(chance, 50)
    table = table_of(demand, facilities)
    people, supply = chance.integers(0, 100, 90), chance.integers(0, 9, 50)
    for decay in decays(reach):
        for method in ("2sfca", "e2sfca", "3sfca"):
            by_table = measure_access(table.catchments(decay), people, supply, method)
            by_points = measure_access(PointCatchments(demand, facilities, decay), people, supply, method)
            largest = by_table.access.max()
            assert by_points.access == pytest.approx(by_table.access, rel=1e-8, abs=1e-8 * largest)
            assert by_points.unreached.tolist() == by_table.unreached.tolist()


def test_many_points_in_a_town_do_not_depend_on_threads_or_chunks():
    chance = np.random.default_rng(8)
    demand, facilities = one_town(chance, 7000), one_town(chance, 3000)
    people, supply = chance.integers(0, 100, 7000), chance.integers(1, 9, 3000)
    zones = Zones(((1, 1), (3, 0.6), (5, 0.2)))
    alone, together = (
        measure_access(PointCatchments(demand, facilities, zones, threads), people, supply) for threads in (1, 3)
    )
    assert alone.access.tolist() == together.access.tolist()
    assert alone.conservation_gap == pytest.approx(0, abs=1e-12)
    some = np.arange(0, 7000, 101)
    distances = table_of(demand.part(some), facilities).batch.costs.reshape(some.size, 3000)
    expected = zones.weights(distances.ravel()).reshape(distances.shape) @ alone.ratio
    assert alone.access[some] == pytest.approx(expected)


def test_the_nearest_point_may_lie_across_the_date_line():
    found = nearest_points(GlobePoints.of([179.9], [0.0]), GlobePoints.of([170.0, -179.9], [0.0, 0.0]))
    assert found.facility.tolist() == [1]
    assert found.costs[0] == pytest.approx(haversine_km(Position(179.9, 0), Position(-179.9, 0)))


def test_no_facility_is_near_when_there_is_none():
    none = GlobePoints.of([], [])
    assert nearest_points(GlobePoints.of([1.0], [1.0]), none).costs.tolist() == [np.inf]
    found = measure_access(PointCatchments(GlobePoints.of([1.0], [1.0]), none, catchment(9)), [5], [])
    assert found.access.tolist() == [0.0]


def test_a_place_on_a_facility_is_within_any_reach():
    here = GlobePoints.of([104.0], [30.0])
    assert measure_access(PointCatchments(here, here, catchment(0)), [4], [2], "2sfca").access.tolist() == [0.5]


def test_pieces_follow_the_decay_as_closely_as_promised():
    chance = np.random.default_rng(2)
    for decay in decays(80)[3:]:
        look = chord_weights(decay, 1)
        assert look.error <= WORST_ERROR
        if look.kind == BY_FORMULA:
            continue
        distances = chance.uniform(0, 80, 2000)
        town, ring = GlobePoints.of([0.0], [0.0]), GlobePoints.of(np.degrees(distances / 6371.0088), np.zeros(2000))
        weights = PointCatchments(town, ring, decay).to_facilities(np.ones(1))
        assert weights == pytest.approx(decay.weights(distances), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("decay", [GivenWeights(), Power(1, 10)])
def test_a_decay_that_needs_more_than_a_distance_is_refused(decay):
    here = GlobePoints.of([104.0], [30.0])
    with pytest.raises(DistanceDecayError):
        PointCatchments(here, here, decay)


@pytest.mark.parametrize(
    ("longitude", "latitude", "name"),
    [([3e5], [4e6], "longitude"), ([100.0], [91.0], "latitude"), ([np.nan], [0.0], "longitude")],
)
def test_metres_of_a_projection_are_refused(longitude, latitude, name):
    with pytest.raises(CoordinateRangeError, match=f"The {name} of place number 1 .* metres of a projection"):
        GlobePoints.of(longitude, latitude)


def test_points_need_both_coordinates():
    with pytest.raises(SurveyLengthError):
        GlobePoints.of([1.0, 2.0], [1.0])


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(1, 20000))
def test_a_pair_is_in_reach_when_its_distance_is(east, north, other_east, other_north, reach):
    distance = haversine_km(Position(east, north), Position(other_east, other_north))
    found = PointCatchments(
        GlobePoints.of([east], [north]), GlobePoints.of([other_east], [other_north]), catchment(reach)
    )
    is_close = found.to_demand(np.ones(1))[0] == 1.0
    assert is_close == (distance <= reach) or distance == pytest.approx(reach, rel=1e-7)
