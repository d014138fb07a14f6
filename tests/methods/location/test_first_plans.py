"""First plans under a budget, floors of equity and capacities, against every set of sites of small problems."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.location.strategies import problems
from tests.properties import examples

from lianyi.methods.errors import PlacementImpossibleError
from lianyi.methods.location.conditions import Conditions, Floor, least_travel, most_covered
from lianyi.methods.location.first_plans import First, least_travel_first, most_covered_first
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.location.placements import StopReason
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.site_sets import Binding, NeededReach, Purse

LIMITS = SearchLimits(seconds=120.0)


@st.composite
def bound_problems(draw):
    """Return a small problem with prices, a budget, sometimes a number of places, and one floor."""
    matrix, people, places = draw(problems(may_lack_pairs=True))
    points, sites = matrix.shape
    prices = np.array(draw(st.lists(st.integers(0, 9), min_size=sites, max_size=sites)), float)
    budget = float(draw(st.integers(0, 25)))
    part = np.array(draw(st.lists(st.booleans(), min_size=points, max_size=points)))
    share = draw(st.sampled_from([0.0, 0.5, 0.8, 1.0]))
    radius = float(draw(st.integers(0, 10)))
    floor = NeededReach(part, radius, share * float(people[part].sum()))
    return matrix, people, draw(st.sampled_from([None, places])), prices, budget, floor


def allowed_sets(matrix, people, places, prices, budget, floor):
    """Return the sets that the budget pays and that keep to the floor, each with the cost of each point."""
    for size in range(matrix.shape[1] + 1) if places is None else (places,):
        for chosen in combinations(range(matrix.shape[1]), size):
            if prices[list(chosen)].sum() > budget:
                continue
            each = matrix[:, list(chosen)].min(axis=1, initial=np.inf)
            if people[floor.part & (each <= floor.radius)].sum() >= floor.needed - 1e-9:
                yield chosen, each


def first_of(search, binding, *more):
    return search(*more[:2], binding, *more[2:], Clock(LIMITS, silent), LIMITS)


@given(bound_problems())
@examples(60)
def test_a_first_plan_is_found_where_there_is_one_and_keeps_to_budget_and_floor(problem):
    matrix, people, places, prices, budget, floor = problem
    costs = SiteCosts.from_matrix(matrix)
    totals = [
        (people[people > 0] * each[people > 0]).sum()
        for chosen, each in allowed_sets(*problem)
        if np.isfinite(each[people > 0]).all()
    ]
    binding = Binding(Purse(places, np.empty(0, np.int32), prices, budget), None, (floor,))
    if not people.sum() or costs.unreachable()[people[costs.unreachable()] > 0].size:
        return
    first = first_of(least_travel_first, binding, costs, people)
    if not totals:
        assert first.shares is None
        return
    assert first.shares is not None
    assert first.bound <= min(totals) * (1 + 1e-9) + 1e-9
    assert min(totals) <= first.objective * (1 + 1e-9) + 1e-9
    assert_kept(first, costs, people, binding)
    assert first.objective == pytest.approx((first.shares * people[costs.rows_of_pairs()] * costs.cost).sum())


@given(bound_problems(), st.integers(0, 10))
@examples(60)
def test_a_first_plan_of_covering_keeps_to_budget_and_floor(problem, radius):
    matrix, people, places, prices, budget, floor = problem
    floor = NeededReach(floor.part, min(floor.radius, radius), floor.needed)
    near = SiteCosts.from_matrix(matrix).within(radius)
    covered = [people[each <= radius].sum() for _, each in allowed_sets(matrix, people, places, prices, budget, floor)]
    binding = Binding(Purse(places, np.empty(0, np.int32), prices, budget), None, (floor,))
    if not people.sum():
        return
    first = first_of(most_covered_first, binding, near, people, radius)
    if first.shares is None:
        assert not covered or not binding.purse.most_sites()
        return
    assert -first.bound >= max(covered) - 1e-9
    assert -first.objective <= max(covered) + 1e-9
    assert_kept(first, near, people, binding)


def assert_kept(first: First, costs: SiteCosts, people, binding: Binding):
    rows = costs.rows_of_pairs()
    assert binding.purse.pays(first.sites)
    if binding.purse.places is not None:
        assert first.sites.size == binding.purse.places
    assert np.isin(costs.site[first.shares > 0], first.sites).all()
    [floor] = binding.floors
    inside = floor.part[rows] & (costs.cost <= floor.radius)
    assert (first.shares * people[rows])[inside].sum() >= floor.needed * (1 - 1e-6) - 1e-6
    if binding.capacity is not None:
        used = np.bincount(costs.site, first.shares * people[rows], minlength=costs.site_count)
        assert (used <= binding.capacity + 1e-6).all()


@given(bound_problems(), st.data())
@examples(60)
def test_with_capacities_too_a_plan_that_is_found_keeps_to_everything_and_is_never_better_than_the_best(problem, data):
    matrix, people, places, prices, budget, floor = problem
    if not people.sum() or not floor.part.any():
        return
    sites = matrix.shape[1]
    capacity = np.array(data.draw(st.lists(st.integers(0, 120), min_size=sites, max_size=sites)), float)
    costs = SiteCosts.from_matrix(np.where(np.isfinite(matrix), matrix, 50.0))
    binding = Binding(Purse(places, np.empty(0, np.int32), prices, budget), capacity, (floor,))
    first = first_of(least_travel_first, binding, costs, people)
    share = floor.needed / people[floor.part].sum() if people[floor.part].sum() else 0.0
    conditions = Conditions(
        places=places,
        opening_cost=prices,
        budget=budget,
        capacity=capacity,
        floors=[Floor(np.flatnonzero(floor.part), floor.radius, share)],
    )
    try:
        best = least_travel(costs, people, conditions, limits=LIMITS)
    except PlacementImpossibleError:
        assert first.shares is None
        return
    assert best.is_optimal
    assert first.bound <= best.objective * (1 + 1e-6) + 1e-6
    if first.shares is not None:
        assert best.objective <= first.objective * (1 + 1e-6) + 1e-5
        assert_kept(first, costs, people, binding)


def villages(points, sites, seed=4):
    random = np.random.default_rng(seed)
    place, stand = random.random((points, 2)) * 100, random.random((sites, 2)) * 100
    matrix = np.hypot(*(place[:, None] - stand[None]).transpose(2, 0, 1)).round(1)
    return matrix, random.integers(1, 100, points).astype(float), random.integers(10, 100, sites).astype(float)


def test_a_run_that_is_cut_short_has_a_plan_a_bound_and_is_not_called_optimal():
    matrix, people, prices = villages(400, 200)
    costs = SiteCosts.from_matrix(matrix)
    west = np.arange(60)
    conditions = Conditions(opening_cost=prices, budget=300.0, floors=[Floor(west, 12.0, 0.9)])
    limits = SearchLimits(seconds=0.05)
    for placement in (
        least_travel(costs, people, conditions, limits=limits),
        most_covered(costs, people, 15.0, conditions, limits=limits),
    ):
        assert prices[placement.sites].sum() <= 300.0
        given_out = placement.assignments
        near = np.isin(given_out.demand, west) & (given_out.cost <= 12.0)
        assert given_out.people[near].sum() >= 0.9 * people[west].sum() * (1 - 1e-6)
        assert 0.0 < placement.gap < 1.0
        assert placement.stop_reason is StopReason.TIME_LIMIT
        assert not placement.is_optimal


def test_too_many_pairs_for_the_solver_have_a_plan_within_the_budget_and_a_close_bound():
    matrix, people, prices = villages(1500, 300)
    placement = least_travel(
        SiteCosts.from_matrix(matrix),
        people,
        Conditions(opening_cost=prices, budget=600.0),
        limits=SearchLimits(seconds=2.0),
    )
    assert prices[placement.sites].sum() <= 600.0
    assert placement.gap < 0.1
    assert placement.stop_reason in {StopReason.TIME_LIMIT, StopReason.SEARCH_LIMIT}


def test_a_site_that_is_dear_and_good_for_all_takes_the_place_of_two_cheap_ones():
    # Greedily for the money the two cheap ones come first, and then the budget is gone.
    costs = SiteCosts.from_matrix([[0, 9, 1], [9, 0, 1], [9, 9, 0], [9, 9, 0]])
    purse = Purse(None, np.empty(0, np.int32), np.array([1.0, 1.0, 4.0]), 4.0)
    first = first_of(least_travel_first, Binding(purse), costs, np.array([20.0, 20.0, 10.0, 10.0]))
    assert first.sites.tolist() == [2]
    assert first.objective == 40.0


def test_a_budget_that_pays_for_nothing_is_told_as_impossible():
    costs = SiteCosts.from_matrix([[1.0, 2.0]])
    with pytest.raises(PlacementImpossibleError, match="a budget of 3"):
        least_travel(costs, [5], Conditions(opening_cost=[4, 5], budget=3))
