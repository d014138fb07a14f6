from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.location.instances import random_network
from tests.methods.location.strategies import least_travel_by_enumeration, problems
from tests.properties import examples

from lianyi.methods.access.pairs import PairTable
from lianyi.methods.errors import (
    PlacementImpossibleError,
    SearchLimitError,
    SiteError,
    SiteNumberError,
    SurveyLengthError,
    UnreachableDemandError,
    ZeroTotalError,
)
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import StopReason
from lianyi.methods.location.site_costs import SiteCosts


def travel(costs_matrix, people, sites):
    return float((people * costs_matrix[:, sites].min(axis=1)).sum())


@given(problems())
@examples(150)
def test_the_placement_is_the_one_that_enumeration_finds(problem):
    matrix, people, places = problem
    placement = p_median(SiteCosts.from_matrix(matrix), people, places)
    best = least_travel_by_enumeration(matrix, people, places)
    assert placement.stop_reason is StopReason.OPTIMAL
    assert placement.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert placement.bound <= placement.objective
    assert placement.sites.size == places
    assert placement.objective == pytest.approx(travel(matrix, people, placement.sites), rel=1e-12)
    assert (placement.assignments.people * placement.assignments.cost).sum() == pytest.approx(placement.objective)


@given(problems(), st.data())
@examples(60)
def test_sites_that_stay_are_open_and_the_rest_is_best_beside_them(problem, data):
    matrix, people, places = problem
    keep = data.draw(st.lists(st.integers(0, matrix.shape[1] - 1), unique=True, max_size=places))
    placement = p_median(SiteCosts.from_matrix(matrix), people, places, keep=keep)
    best = least_travel_by_enumeration(matrix, people, places, keep)
    assert placement.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
    assert set(keep) <= set(placement.sites.tolist())


@given(problems(may_lack_pairs=True))
@examples(120)
def test_ways_that_are_not_in_the_table_are_never_used(problem):
    matrix, people, places = problem
    costs = SiteCosts.from_matrix(matrix)
    best = least_travel_by_enumeration(matrix, people, places)
    if np.isinf(matrix).all(axis=1).any():
        with pytest.raises(UnreachableDemandError):
            p_median(costs, people, places)
    elif np.isinf(best):
        with pytest.raises(PlacementImpossibleError):
            p_median(costs, people, places)
    else:
        placement = p_median(costs, people, places)
        assert placement.objective == pytest.approx(best, rel=1e-9, abs=1e-9)
        assert placement.is_optimal


@given(problems(), st.floats(0.1, 50), st.integers(2, 5), st.randoms(use_true_random=False))
@examples(40)
def test_units_and_the_order_of_points_and_sites_change_nothing(problem, unit, heads, random):
    matrix, people, places = problem
    rows, columns = list(range(matrix.shape[0])), list(range(matrix.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    first = p_median(SiteCosts.from_matrix(matrix), people, places)
    other = p_median(SiteCosts.from_matrix(matrix[rows][:, columns] * unit), people[rows] * heads, places)
    assert other.objective == pytest.approx(first.objective * unit * heads, rel=1e-9, abs=1e-9)


@given(problems())
@examples(40)
def test_one_more_site_never_makes_travel_longer(problem):
    matrix, people, _ = problem
    costs = SiteCosts.from_matrix(matrix)
    totals = [p_median(costs, people, places).objective for places in range(1, matrix.shape[1] + 1)]
    assert totals == sorted(totals, reverse=True)


def test_people_who_live_at_a_site_cost_nothing_and_count():
    # Peers that drop explicit zeros from a sparse table answer 22 here.
    pairs = PairTable([0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 0, 1, 0, 1, 0, 1], [0, 10, 10, 0, 1, 11, 11, 1], 4, 2)
    placement = p_median(SiteCosts.from_pairs(pairs), [1, 1, 1, 1], 2)
    assert placement.objective == 2.0
    assert placement.assignments.site.tolist() == [0, 1, 0, 1]
    assert placement.assignments.cost.tolist() == [0.0, 0.0, 1.0, 1.0]


def test_a_point_without_people_does_not_pull_a_site_and_is_assigned_all_the_same():
    costs = SiteCosts.from_matrix([[0, 9], [9, 0], [8, 1]])
    placement = p_median(costs, [5, 0, 0], 1)
    assert placement.sites.tolist() == [0]
    assert placement.assignments.site.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("number", "optimum"), [(1, 5181), (5, 1366), (6, 7386), (9, 2563), (10, 1659), (15, 1588), (20, 1667)]
)
def test_networks_of_the_sizes_of_the_or_library_are_proved(number, optimum):
    # The optima were found a second way: by HiGHS alone on the whole radius formulation, without any bound of ours.
    matrix, places = random_network(number)
    placement = p_median(SiteCosts.from_matrix(matrix), np.ones(matrix.shape[0]), places, limits=SearchLimits(120))
    assert (placement.objective, placement.bound, placement.stop_reason) == (optimum, optimum, StopReason.OPTIMAL)


def test_few_sites_among_many_points_are_proved_by_branches():
    matrix, places = random_network(26)
    placement = p_median(SiteCosts.from_matrix(matrix), np.ones(600), places, limits=SearchLimits(120))
    assert (placement.objective, placement.stop_reason) == (9855, StopReason.OPTIMAL)


def test_a_search_that_is_cut_short_is_never_called_optimal():
    matrix, places = random_network(36)
    costs, people = SiteCosts.from_matrix(matrix), np.ones(matrix.shape[0])
    placement = p_median(costs, people, places, limits=SearchLimits(seconds=1e-6))
    assert placement.stop_reason is StopReason.TIME_LIMIT
    assert placement.bound < placement.objective
    assert placement.gap == pytest.approx((placement.objective - placement.bound) / placement.objective)
    assert placement.objective == travel(matrix, people, placement.sites)


def test_a_gap_that_is_asked_for_ends_the_search_and_is_told():
    matrix, places = random_network(26)
    limits = SearchLimits(seconds=120, gap=0.02)
    placement = p_median(SiteCosts.from_matrix(matrix), np.ones(matrix.shape[0]), places, limits=limits)
    assert placement.stop_reason in {StopReason.GAP, StopReason.OPTIMAL}
    assert placement.gap <= 0.02
    assert placement.bound <= 9855 <= placement.objective


def test_the_same_seed_gives_the_same_sites():
    matrix, places = random_network(27)
    costs, people = SiteCosts.from_matrix(matrix), np.ones(matrix.shape[0])
    first, second = (p_median(costs, people, places, limits=SearchLimits(120, seed=7)) for _ in range(2))
    assert first.sites.tolist() == second.sites.tolist()
    assert first.bound == second.bound


def test_progress_is_told_as_a_share_of_the_time():
    told = []
    matrix, places = random_network(6)
    p_median(SiteCosts.from_matrix(matrix), np.ones(matrix.shape[0]), places, progress=told.append)
    assert told
    assert all(0.0 <= share <= 1.0 for share in told)
    assert told == sorted(told)


def test_what_cannot_be_placed_is_refused_with_the_reason():
    costs = SiteCosts.from_matrix([[0, 4], [4, 0]])
    with pytest.raises(SiteNumberError, match="from 1 to 2"):
        p_median(costs, [1, 1], 3)
    with pytest.raises(SiteNumberError):
        p_median(costs, [1, 1], 1, keep=[0, 1])
    with pytest.raises(SiteError, match="from 0 to 1"):
        p_median(costs, [1, 1], 1, keep=[2])
    with pytest.raises(SiteError):
        p_median(costs, [1, 1], 1, keep=[0.5])
    with pytest.raises(SurveyLengthError, match="3 figures"):
        p_median(costs, [1, 1, 1], 1)
    with pytest.raises(ZeroTotalError):
        p_median(costs, [0, 0], 1)
    with pytest.raises(UnreachableDemandError, match=r"1 of 2 .* number 2"):
        p_median(SiteCosts.from_matrix([[0, 4], [np.inf, np.inf]]), [1, 1], 1)
    with pytest.raises(PlacementImpossibleError, match="1 sites cannot serve all points"):
        p_median(SiteCosts.from_matrix([[0, np.inf], [np.inf, 0]]), [1, 1], 1)


@pytest.mark.parametrize(
    "limits", [{"seconds": 0.0}, {"seconds": float("nan")}, {"gap": -0.1}, {"gap": 1.0}, {"seed": -1}]
)
def test_limits_that_make_no_sense_are_refused(limits):
    with pytest.raises(SearchLimitError):
        SearchLimits(**limits)
