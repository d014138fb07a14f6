from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.location.instances import random_network, read_or_library, read_san_francisco
from tests.methods.location.strategies import (
    fewest_sites_by_enumeration,
    least_travel_by_enumeration,
    most_covered_by_enumeration,
    problems,
    shortest_longest_way_by_enumeration,
)
from tests.properties import examples

from lianyi.methods.errors import (
    PlacementConditionError,
    PlacementImpossibleError,
    SiteNumberError,
    UnreachableDemandError,
)
from lianyi.methods.location.cover_bound import cover_by_prices, cover_greedily
from lianyi.methods.location.covering import maximal_covering, set_covering
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.location.p_center import p_center
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import StopReason
from lianyi.methods.location.site_costs import SiteCosts


@given(problems(may_lack_pairs=True), st.integers(0, 12))
@examples(100)
def test_the_fewest_sites_are_those_that_enumeration_finds(problem, radius):
    matrix, people, _ = problem
    costs = SiteCosts.from_matrix(matrix)
    fewest = fewest_sites_by_enumeration(matrix, radius)
    if fewest is None:
        with pytest.raises(UnreachableDemandError):
            set_covering(costs, people, radius)
    else:
        placement = set_covering(costs, people, radius)
        assert (placement.objective, placement.bound, placement.is_optimal) == (fewest, fewest, True)
        assert (matrix[:, placement.sites] <= radius).any(axis=1).all()


@given(problems(may_lack_pairs=True), st.integers(0, 12), st.data())
@examples(100)
def test_the_most_people_covered_are_those_that_enumeration_finds(problem, radius, data):
    matrix, people, places = problem
    keep = data.draw(st.lists(st.integers(0, matrix.shape[1] - 1), unique=True, max_size=places))
    placement = maximal_covering(SiteCosts.from_matrix(matrix), people, radius, places, keep=keep)
    assert placement.objective == most_covered_by_enumeration(matrix, people, radius, places, keep)
    assert placement.bound == placement.objective
    assert placement.sites.size == places
    assert set(keep) <= set(placement.sites.tolist())
    assert placement.assignments.people.sum() == placement.objective
    assert (placement.assignments.cost <= radius).all()


@given(problems(may_lack_pairs=True), st.data())
@examples(100)
def test_the_shortest_longest_way_is_the_one_that_enumeration_finds(problem, data):
    matrix, people, places = problem
    keep = data.draw(st.lists(st.integers(0, matrix.shape[1] - 1), unique=True, max_size=places))
    costs = SiteCosts.from_matrix(matrix)
    best = shortest_longest_way_by_enumeration(matrix, places, keep)
    if np.isinf(matrix).all(axis=1).any():
        with pytest.raises(UnreachableDemandError):
            p_center(costs, people, places, keep=keep)
    elif np.isinf(best):
        with pytest.raises(PlacementImpossibleError):
            p_center(costs, people, places, keep=keep)
    else:
        placement = p_center(costs, people, places, keep=keep)
        assert (placement.objective, placement.bound, placement.is_optimal) == (best, best, True)
        assert placement.sites.size == places
        assert set(keep) <= set(placement.sites.tolist())


def test_exactly_at_the_radius_is_inside():
    costs = SiteCosts.from_matrix([[5.0], [5.000001]])
    assert maximal_covering(costs, [3, 4], 5.0, 1).objective == 3.0
    with pytest.raises(UnreachableDemandError, match="within 5: number 2"):
        set_covering(costs, [3, 4], 5.0)


def test_a_larger_radius_never_covers_fewer_people():
    matrix, _ = random_network(2)
    costs, people = SiteCosts.from_matrix(matrix), np.ones(100)
    reached = [maximal_covering(costs, people, radius, 5).objective for radius in (0, 20, 40, 60, 80, 400)]
    assert reached == sorted(reached)
    assert reached[0] == 5.0
    assert reached[-1] == 100.0


def test_a_search_for_a_center_that_is_cut_short_is_never_called_optimal():
    matrix, places = random_network(24)
    placement = p_center(SiteCosts.from_matrix(matrix), np.ones(500), places, limits=SearchLimits(seconds=1e-6))
    assert placement.stop_reason is StopReason.TIME_LIMIT
    assert placement.bound < placement.objective
    assert matrix[:, placement.sites].min(axis=1).max() == placement.objective


def test_a_cover_that_is_cut_short_is_never_called_optimal():
    matrix, _ = random_network(40)
    costs = SiteCosts.from_matrix(matrix)
    placement = set_covering(costs, np.ones(900), 20, limits=SearchLimits(seconds=1e-6))
    assert placement.stop_reason is StopReason.TIME_LIMIT
    assert placement.bound < placement.objective
    assert (matrix[:, placement.sites] <= 20).any(axis=1).all()


def test_a_radius_or_a_number_of_sites_that_makes_no_sense_is_refused():
    costs = SiteCosts.from_matrix([[0, 4], [4, 0]])
    for radius in (-1.0, float("nan")):
        with pytest.raises(PlacementConditionError, match="radius"):
            maximal_covering(costs, [1, 1], radius, 1)
        with pytest.raises(PlacementConditionError, match="radius"):
            set_covering(costs, [1, 1], radius)
    with pytest.raises(SiteNumberError):
        maximal_covering(costs, [1, 1], 4, 0)
    with pytest.raises(SiteNumberError):
        p_center(costs, [1, 1], 3)


@pytest.mark.realdata
def test_san_francisco_gives_the_published_figures(real_data):
    # PySAL spopt, notebook "Real World Facility Location" and its tests (BSD-3); found again by enumeration of all
    # 1,820 sets of four stores.
    folder = real_data / "optimisation" / "san_francisco"
    if not folder.is_dir():
        pytest.skip(f"the tables of San Francisco are not at {folder}")
    matrix, people, stores = read_san_francisco(folder)
    costs = SiteCosts.from_matrix(matrix)
    assert people.sum() == 955_113
    median = p_median(costs, people, 4)
    assert median.objective == pytest.approx(2_848_268_129.7145, abs=1e-4)
    assert median.objective / people.sum() == pytest.approx(2982.1269, abs=1e-4)
    assert median.objective == pytest.approx(least_travel_by_enumeration(matrix, people, 4), rel=1e-12)
    center = p_center(costs, people, 4)
    assert center.objective == pytest.approx(7403.0638, abs=1e-4)
    covering = maximal_covering(costs, people, 5000, 4)
    assert covering.objective == 875_247
    assert covering.assignments.demand.size / 205 == pytest.approx(0.897561, abs=1e-6)
    cover = set_covering(costs, people, 5000)
    assert cover.objective == 8
    assert all(placement.is_optimal for placement in (median, center, covering, cover))
    assert {stores[site] for site in median.sites} == {"Store_2", "Store_11", "Store_12", "Store_15"}
    assert {stores[site] for site in center.sites} == {"Store_7", "Store_11", "Store_13", "Store_15"}


OR_LIBRARY_OPTIMA = {
    1: 5819,
    2: 4093,
    3: 4250,
    4: 3034,
    5: 1355,
    6: 7824,
    7: 5631,
    8: 4445,
    9: 2734,
    10: 1255,
    11: 7696,
    12: 6634,
    13: 4374,
    14: 2968,
    15: 1729,
    16: 8162,
    17: 6999,
    18: 4809,
    19: 2845,
    20: 1789,
    21: 9138,
    22: 8579,
    23: 4619,
    24: 2961,
    25: 1828,
    26: 9917,
    27: 8307,
    28: 4498,
    29: 3033,
    30: 1989,
    31: 10086,
    32: 9297,
    33: 4700,
    34: 3013,
    35: 10400,
    36: 9934,
    37: 5057,
    38: 11060,
    39: 9423,
    40: 5128,
}


@pytest.mark.realdata
@pytest.mark.parametrize("number", sorted(OR_LIBRARY_OPTIMA))
def test_the_optima_of_the_or_library_are_found_and_proved(real_data, number):
    # J. E. Beasley, OR-Library, pmed1 to pmed40, and the optima published with it.
    path = real_data / "optimisation" / "pmed" / f"pmed{number}.txt"
    if not path.is_file():
        pytest.skip(f"the OR-Library is not at {path.parent}")
    matrix, places = read_or_library(path)
    placement = p_median(SiteCosts.from_matrix(matrix), np.ones(matrix.shape[0]), places)
    optimum = OR_LIBRARY_OPTIMA[number]
    assert placement.bound <= optimum <= placement.objective
    assert placement.objective <= 1.003 * optimum
    assert placement.gap <= 0.01


def test_a_cover_too_large_for_the_solver_has_a_proven_bound():
    # Points on a lattice, each site covers a square of three by three: 30 x 30 points need just 100 sites.
    side = np.arange(30)
    row, column = (each.ravel() for each in np.meshgrid(side, side, indexing="ij"))
    apart = np.maximum(abs(row[:, None] - row), abs(column[:, None] - column))
    costs = SiteCosts.from_matrix(np.where(apart <= 1, 1.0, np.inf))
    none, one = np.empty(0, np.int32), np.array([31], np.int32)
    greedy = cover_greedily(costs, none)
    found = cover_by_prices(costs, none, greedy, 5.0)
    assert 95 <= found.fewest <= 100 <= found.sites.size <= greedy.size
    assert cover_by_prices(costs, one, cover_greedily(costs, one), 5.0).fewest <= 100
    worth = np.ones(900)
    worth[0] = 1000.0
    assert cover_greedily(costs, none, worth).size >= 100
