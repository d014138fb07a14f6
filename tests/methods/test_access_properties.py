"""What must hold for every survey of access, whatever the figures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.access import AccessMethod, GivenWeights, PairTable, Zones, catchment, measure_access

CONSERVING = ("2sfca", "e2sfca", "kd2sfca", "3sfca")
ZONES = Zones(((20, 1), (40, 0.68), (60, 0.22)))


@st.composite
def surveys(draw):
    """A table of pairs with people and supply."""
    places, facilities = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    costs = draw(st.lists(st.floats(0, 90), min_size=places * facilities, max_size=places * facilities))
    is_way = draw(st.lists(st.booleans(), min_size=places * facilities, max_size=places * facilities))
    chosen = np.flatnonzero(is_way)
    table = PairTable(chosen // facilities, chosen % facilities, np.array(costs)[chosen], places, facilities)
    people = draw(st.lists(st.integers(0, 1000), min_size=places, max_size=places))
    supply = draw(st.lists(st.integers(0, 50), min_size=facilities, max_size=facilities))
    return table, np.array(people, float), np.array(supply, float)


@given(surveys(), st.sampled_from(CONSERVING))
def test_what_is_supplied_in_reach_is_what_people_get(survey, method):
    table, people, supply = survey
    found = measure_access(table.catchments(ZONES), people, supply, method)
    assert found.distributed == pytest.approx(found.supply_in_range)
    assert found.supply_in_range + found.supply_unreached == pytest.approx(supply.sum())


@given(surveys(), st.sampled_from(["m2sfca", "mh3sfca"]))
def test_measures_that_feel_remoteness_give_out_no_more_than_there_is(survey, method):
    table, people, supply = survey
    found = measure_access(table.catchments(ZONES), people, supply, method)
    assert found.distributed <= found.supply_in_range * (1 + 1e-12)


@given(surveys(), st.sampled_from(list(AccessMethod)))
def test_access_is_a_number_of_at_least_zero_and_twice_the_supply_is_twice_the_access(survey, method):
    table, people, supply = survey
    once = measure_access(table.catchments(ZONES), people, supply, method)
    twice = measure_access(table.catchments(ZONES), people, 2 * supply, method)
    assert np.isfinite(once.access).all()
    assert (once.access >= 0).all()
    assert twice.access == pytest.approx(2 * once.access)


@given(surveys(), st.floats(0.01, 100), st.sampled_from(["2sfca", "e2sfca", "bfca"]))
def test_all_weights_times_a_number_change_nothing_for_two_steps(survey, factor, method):
    table, people, supply = survey
    batch = table.batch
    weights = ZONES.weights(batch.costs)
    scaled = [
        measure_access(
            PairTable(batch.demand, batch.facility, times * weights, people.size, supply.size).catchments(
                GivenWeights()
            ),
            people,
            supply,
            method,
        )
        for times in (1.0, factor)
    ]
    assert scaled[1].access == pytest.approx(scaled[0].access)


@given(surveys(), st.sampled_from(list(AccessMethod)), st.randoms(use_true_random=False))
def test_the_order_of_rows_places_and_facilities_does_not_matter(survey, method, chance):
    table, people, supply = survey
    batch = table.batch
    rows, places, facilities = (
        np.array(chance.sample(range(n), n), int) for n in (batch.costs.size, people.size, supply.size)
    )
    moved = PairTable(
        np.argsort(places)[batch.demand][rows],
        np.argsort(facilities)[batch.facility][rows],
        batch.costs[rows],
        people.size,
        supply.size,
    )
    before = measure_access(table.catchments(ZONES), people, supply, method)
    after = measure_access(moved.catchments(ZONES), people[places], supply[facilities], method)
    assert after.access == pytest.approx(before.access[places])


@given(surveys(), st.floats(1, 60))
def test_a_wider_catchment_reaches_no_fewer_facilities(survey, reach):
    table, people, supply = survey
    narrow, wide = (
        measure_access(table.catchments(catchment(bound)), people, supply, "gravity") for bound in (reach, 2 * reach)
    )
    assert (wide.access >= narrow.access).all()
    assert set(wide.unreached.tolist()) <= set(narrow.unreached.tolist())


@given(surveys())
def test_people_and_supply_at_one_point_share_alike(survey):
    _table, people, supply = survey
    every = np.divmod(np.arange(people.size * supply.size), supply.size)
    table = PairTable(*every, np.zeros(people.size * supply.size), people.size, supply.size)
    if people.sum() > 0:
        for method in CONSERVING:
            found = measure_access(table.catchments(ZONES), people, supply, method)
            assert found.access == pytest.approx(np.full(people.size, supply.sum() / people.sum()))
