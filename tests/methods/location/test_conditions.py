from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from tests.methods.location.strategies import least_travel_by_enumeration, most_covered_by_enumeration, problems
from tests.properties import examples

from lianyi.methods.errors import (
    PlacementConditionError,
    PlacementImpossibleError,
    SurveyAmountError,
    UnreachableDemandError,
)
from lianyi.methods.location.conditions import Conditions, Floor, least_travel, most_covered
from lianyi.methods.location.first_plans import least_travel_first, most_covered_first
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.site_sets import Binding, Purse


def transport_cost(matrix, people, capacity, chosen):
    """The least travel with these sites and their capacities, as a transport problem of its own; None if impossible."""
    points, sites = matrix.shape[0], len(chosen)
    each_served = np.kron(np.eye(points), np.ones((1, sites)))
    each_filled = np.kron(np.ones((1, points)), np.eye(sites))
    found = linprog(
        matrix[:, list(chosen)].ravel(),
        A_ub=each_filled,
        b_ub=capacity[list(chosen)],
        A_eq=each_served,
        b_eq=people,
        method="highs",
    )
    return found.fun if found.status == 0 else None


@given(problems(), st.data())
@examples(60)
def test_capacities_are_kept_and_travel_is_least_within_them(problem, data):
    matrix, people, places = problem
    sites = matrix.shape[1]
    capacity = np.array(data.draw(st.lists(st.integers(0, 120), min_size=sites, max_size=sites)), float)
    totals = [transport_cost(matrix, people, capacity, chosen) for chosen in combinations(range(sites), places)]
    possible = [total for total in totals if total is not None]
    conditions = Conditions(places=places, capacity=capacity)
    costs = SiteCosts.from_matrix(matrix)
    if not possible:
        with pytest.raises(PlacementImpossibleError, match="capacities"):
            least_travel(costs, people, conditions)
        return
    placement = least_travel(costs, people, conditions)
    assert placement.objective == pytest.approx(min(possible), rel=1e-6, abs=1e-5)
    assert placement.is_optimal
    given_out = placement.assignments
    assert (np.bincount(given_out.site, given_out.people, sites) <= capacity + 1e-5).all()
    assert np.bincount(given_out.demand, given_out.people, people.size) == pytest.approx(people, abs=1e-5)


@given(problems(may_lack_pairs=True), st.integers(0, 12))
@examples(60)
def test_without_further_conditions_the_answers_are_those_of_the_plain_models(problem, radius):
    matrix, people, places = problem
    costs = SiteCosts.from_matrix(matrix)
    best = least_travel_by_enumeration(matrix, people, places)
    if np.isfinite(best):
        assert least_travel(costs, people, Conditions(places=places)).objective == pytest.approx(best, abs=1e-5)
    covered = most_covered(costs, people, radius, Conditions(places=places)).objective
    assert covered == pytest.approx(most_covered_by_enumeration(matrix, people, radius, places), abs=1e-5)


@given(problems(), st.data())
@examples(60)
def test_a_budget_buys_the_best_set_that_it_can_pay(problem, data):
    matrix, people, _ = problem
    sites = matrix.shape[1]
    prices = np.array(data.draw(st.lists(st.integers(1, 9), min_size=sites, max_size=sites)), float)
    budget = data.draw(st.integers(1, 30))
    sets = [chosen for size in range(1, sites + 1) for chosen in combinations(range(sites), size)]
    payable = [chosen for chosen in sets if prices[list(chosen)].sum() <= budget]
    conditions = Conditions(opening_cost=prices, budget=budget)
    costs = SiteCosts.from_matrix(matrix)
    if not payable:
        with pytest.raises(PlacementImpossibleError, match="budget"):
            least_travel(costs, people, conditions)
        return
    best = min((people * matrix[:, list(chosen)].min(axis=1)).sum() for chosen in payable)
    placement = least_travel(costs, people, conditions)
    assert placement.objective == pytest.approx(best, rel=1e-6, abs=1e-5)
    assert prices[placement.sites].sum() <= budget


def test_sites_that_stay_cost_nothing_of_the_budget():
    costs = SiteCosts.from_matrix([[0, 9], [9, 0]])
    placement = least_travel(costs, [1, 1], Conditions(keep=[0], opening_cost=[100, 3], budget=3))
    assert placement.sites.tolist() == [0, 1]
    assert placement.objective == 0.0


def test_a_floor_moves_a_site_to_those_whom_the_mean_forgets():
    # A town of 90 and a far plateau of 10: one site serves the town, unless half the plateau must be near one.
    costs = SiteCosts.from_matrix([[0, 60], [60, 0]])
    free = least_travel(costs, [90, 10], Conditions(places=1))
    held = least_travel(costs, [90, 10], Conditions(places=1, floors=[Floor(np.array([1]), 30, 0.5)]))
    assert (free.sites.tolist(), free.objective) == ([0], 600.0)
    assert (held.sites.tolist(), held.objective) == ([1], 5400.0)
    covered = most_covered(costs, [90, 10], 30, Conditions(places=1, floors=[Floor(np.array([1]), 30, 1.0)]))
    assert (covered.sites.tolist(), covered.objective) == ([1], 10.0)
    floors = [Floor(np.array([0]), 30, 1.0), Floor(np.array([1]), 30, 1.0)]
    with pytest.raises(PlacementImpossibleError, match="2 floors"):
        least_travel(costs, [90, 10], Conditions(places=1, floors=floors))


def test_conditions_that_cannot_be_used_are_refused_with_the_reason():
    costs = SiteCosts.from_matrix([[0, 4], [4, 0]])
    bad = {
        "Neither a number": Conditions(),
        "budget needs": Conditions(places=1, budget=3),
        "such costs need a budget": Conditions(places=1, opening_cost=[1, 1]),
        "The budget is": Conditions(opening_cost=[1, 1], budget=-1),
        "1 figures of the capacity": Conditions(places=1, capacity=[1]),
        "the share": Conditions(places=1, floors=[Floor(np.array([0]), 3, 1.5)]),
        "points of a floor": Conditions(places=1, floors=[Floor(np.array([2]), 3, 0.5)]),
    }
    for words, conditions in bad.items():
        with pytest.raises(PlacementConditionError, match=words):
            least_travel(costs, [1, 1], conditions)
    with pytest.raises(SurveyAmountError, match="capacity"):
        least_travel(costs, [1, 1], Conditions(places=1, capacity=[-1, 4]))
    with pytest.raises(UnreachableDemandError):
        least_travel(SiteCosts.from_matrix([[np.inf]]), [1], Conditions(places=1))


def small_town_and_many_villages(points=60, seed=3):
    """Random points that are also the sites; a tenth of them are open and have little more room than needed."""
    random = np.random.default_rng(seed)
    place = random.random((points, 2)) * 100
    matrix = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1)).round()
    people = random.integers(1, 100, points).astype(float)
    capacity = random.uniform(0.8, 1.6, points) * people.sum() / (points // 10)
    return matrix, people, capacity


def room_for(places, capacity, keep=()):
    return Binding(Purse(places, np.array(keep, np.int32), np.zeros(capacity.size)), capacity)


def test_a_first_plan_serves_all_within_the_capacities_and_its_bound_holds():
    matrix, people, capacity = small_town_and_many_villages()
    costs = SiteCosts.from_matrix(matrix)
    limits = SearchLimits(seconds=180.0)
    first = least_travel_first(costs, people, room_for(6, capacity, keep=[5]), Clock(limits, silent), limits)
    best = least_travel(costs, people, Conditions(places=6, keep=[5], capacity=capacity), limits=limits)
    assert best.is_optimal
    assert 5 in first.sites
    assert first.sites.size == 6
    assert first.bound <= best.objective * (1 + 1e-9)
    assert best.objective <= first.objective * (1 + 1e-9)
    used = np.bincount(costs.site, first.shares * people[costs.rows_of_pairs()], minlength=60)
    assert (used <= np.where(np.isin(np.arange(60), first.sites), capacity, 0.0) + 1e-6).all()
    assert np.bincount(costs.rows_of_pairs(), first.shares) == pytest.approx(np.ones(60))
    assert (first.shares * people[costs.rows_of_pairs()] * costs.cost).sum() == pytest.approx(first.objective)


def test_a_first_plan_of_covering_takes_no_more_than_fits_and_bounds_the_best():
    matrix, people, capacity = small_town_and_many_villages()
    costs = SiteCosts.from_matrix(matrix).within(15)
    limits = SearchLimits(seconds=180.0)
    plain = room_for(4, capacity / 3)
    first = most_covered_first(costs, people, plain, 15, Clock(limits, silent), limits)
    best = most_covered(costs, people, 15, Conditions(places=4, capacity=capacity / 3), limits=limits)
    assert best.is_optimal
    assert -first.objective <= best.objective * (1 + 1e-9) <= -first.bound * (1 + 1e-8)
    used = np.bincount(costs.site, first.shares * people[costs.rows_of_pairs()], minlength=60)
    assert (used <= capacity / 3 + 1e-6).all()


def test_a_first_plan_has_room_when_the_nearest_sites_are_too_small():
    # Three villages; the site in the middle is best for all and takes only ten.
    costs = SiteCosts.from_matrix([[1, 3, 9], [1, 9, 3], [0, 5, 5]])
    limits = SearchLimits(seconds=5.0)
    plain = room_for(2, np.array([10.0, 40.0, 40.0]))
    first = least_travel_first(costs, np.array([20.0, 20.0, 20.0]), plain, Clock(limits, silent), limits)
    assert first.sites.tolist() == [1, 2]
    assert first.objective == 20 * 3 + 20 * 3 + 20 * 5
    nothing = room_for(2, np.array([10.0, 20.0, 20.0]))
    none = least_travel_first(costs, np.array([20.0, 20.0, 20.0]), nothing, Clock(limits, silent), limits)
    assert none.shares is None
    assert none.bound == 20 * 1 + 20 * 1  # without capacities the site in the middle takes them all
