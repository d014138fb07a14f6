from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tests.methods.location.strategies import least_travel_by_enumeration, most_covered_by_enumeration, problems

from lianyi.methods.errors import (
    PlacementConditionError,
    PlacementImpossibleError,
    SurveyAmountError,
    UnreachableDemandError,
)
from lianyi.methods.location.conditions import Conditions, Floor, least_travel, most_covered
from lianyi.methods.location.site_costs import SiteCosts


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
@settings(max_examples=60)
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
@settings(max_examples=60)
def test_without_further_conditions_the_answers_are_those_of_the_plain_models(problem, radius):
    matrix, people, places = problem
    costs = SiteCosts.from_matrix(matrix)
    best = least_travel_by_enumeration(matrix, people, places)
    if np.isfinite(best):
        assert least_travel(costs, people, Conditions(places=places)).objective == pytest.approx(best, abs=1e-5)
    covered = most_covered(costs, people, radius, Conditions(places=places)).objective
    assert covered == pytest.approx(most_covered_by_enumeration(matrix, people, radius, places), abs=1e-5)


@given(problems(), st.data())
@settings(max_examples=60)
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
