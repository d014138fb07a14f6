from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.location.strategies import problems
from tests.properties import examples

from lianyi.methods.errors import PlacementConditionError, SiteError, SurveyLengthError
from lianyi.methods.location.coverage import cover_in_order, order_by_people_in_reach, scale_up
from lianyi.methods.location.site_costs import SiteCosts


def cover_slowly(matrix, people, capacity, longest_cost, order):
    """The rule of the method in plain loops."""
    left, served = people.astype(float).copy(), []
    for site in order:
        room = capacity[site]
        for cost in sorted({value for value in matrix[:, site] if value <= longest_cost}):
            there = matrix[:, site] == cost
            takes = min(room, left[there].sum())
            if takes > 0:
                left[there] *= 1 - takes / left[there].sum()
            room -= takes
        served.append(capacity[site] - room)
    return served, left


@given(problems(may_lack_pairs=True), st.integers(0, 12), st.data())
@examples(100)
def test_sites_are_filled_as_the_rule_says_and_nobody_is_lost(problem, longest_cost, data):
    matrix, people, _ = problem
    sites = matrix.shape[1]
    capacity = np.array(data.draw(st.lists(st.integers(0, 60), min_size=sites, max_size=sites)), float)
    order = data.draw(st.permutations(range(sites)))
    coverage = cover_in_order(SiteCosts.from_matrix(matrix), people, capacity, longest_cost, order)
    served, left = cover_slowly(matrix, people, capacity, longest_cost, order)
    assert coverage.served == pytest.approx(served, abs=1e-6)
    assert coverage.left == pytest.approx(left, abs=1e-6)
    assert coverage.order.tolist() == list(order)
    assert coverage.served.sum() + coverage.left.sum() == pytest.approx(people.sum())
    assert (coverage.served <= capacity[list(order)] + 1e-9).all()
    assert coverage.covered_share[-1] == pytest.approx(coverage.served.sum() / people.sum())
    given_out = coverage.assignments
    assert np.bincount(given_out.site, given_out.people, sites)[list(order)] == pytest.approx(served, abs=1e-6)


def test_the_order_decides_who_is_left():
    # The far village can reach the second site only; if that one has its turn first, the town fills it.
    costs = SiteCosts.from_matrix([[10, 5], [90, 20]])
    first = cover_in_order(costs, [100, 50], [100, 60], 30, [0, 1])
    other = cover_in_order(costs, [100, 50], [100, 60], 30, [1, 0])
    assert first.left.tolist() == [0.0, 0.0]
    assert other.left.tolist() == [0.0, 50.0]
    assert (first.order.tolist(), other.order.tolist()) == ([0, 1], [1, 0])


def test_people_at_the_same_cost_are_taken_in_equal_shares():
    coverage = cover_in_order(SiteCosts.from_matrix([[7], [7], [9]]), [30, 10, 40], [20], 30, [0])
    assert coverage.left.tolist() == [15.0, 5.0, 40.0]


def test_sites_are_ordered_by_the_people_in_their_reach():
    costs = SiteCosts.from_matrix([[5, 50, 5], [50, 5, 5]])
    assert order_by_people_in_reach(costs, [10, 30], 30).tolist() == [2, 1, 0]


def test_scaling_up_stops_at_the_target_and_when_nobody_is_left():
    costs = SiteCosts.from_matrix(np.where(np.eye(4, dtype=bool), 0.0, 99.0))
    people, capacity = [40, 30, 20, 10], [100] * 4
    half = scale_up(costs, people, capacity, 30, existing=[3], new_sites=4, target_share=0.5)
    assert (half.order.tolist(), half.covered_share.tolist()) == ([3, 0], [0.1, 0.5])
    whole = scale_up(costs, people, capacity, 30, existing=[], new_sites=9)
    assert whole.order.tolist() == [0, 1, 2, 3]
    assert scale_up(costs, people, capacity, 30, existing=[], new_sites=0).order.size == 0


def test_orders_and_capacities_that_cannot_be_used_are_refused():
    costs = SiteCosts.from_matrix([[0, 4], [4, 0]])
    for order in ([0, 0], [2], [0.5], [[0, 1]]):
        with pytest.raises(SiteError, match="each once"):
            cover_in_order(costs, [1, 1], [1, 1], 5, order)
    with pytest.raises(SurveyLengthError, match="1 capacities"):
        cover_in_order(costs, [1, 1], [1], 5, [0])
    with pytest.raises(PlacementConditionError, match="radius"):
        cover_in_order(costs, [1, 1], [1, 1], -5, [0])
    with pytest.raises(PlacementConditionError, match="new sites"):
        scale_up(costs, [1, 1], [1, 1], 5, [], -1)
