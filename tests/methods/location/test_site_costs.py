from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.location.instances import read_or_library
from tests.methods.location.strategies import problems

from lianyi.methods.access.pairs import PairTable
from lianyi.methods.errors import RepeatedPairError, SurveyLengthError, TravelCostError
from lianyi.methods.location.site_costs import SiteCosts


@given(problems(may_lack_pairs=True), st.randoms(use_true_random=False))
def test_a_table_of_pairs_in_any_order_says_the_same_as_a_matrix(problem, random):
    matrix, _, _ = problem
    pairs = [(int(point), int(site)) for point, site in np.argwhere(np.isfinite(matrix))]
    random.shuffle(pairs)
    points, sites = np.array([p for p, _ in pairs], int), np.array([s for _, s in pairs], int)
    table = PairTable(points, sites, matrix[points, sites], *matrix.shape)
    first, second = SiteCosts.from_pairs(table), SiteCosts.from_matrix(matrix)
    assert first.start.tolist() == second.start.tolist()
    assert first.site.tolist() == second.site.tolist()
    assert first.cost.tolist() == second.cost.tolist()
    for row in range(first.demand_count):
        costs = first.cost[first.start[row] : first.start[row + 1]].tolist()
        assert costs == sorted(costs)


@given(problems(may_lack_pairs=True), st.integers(0, 12))
def test_only_pairs_within_a_radius_and_of_some_points_are_kept(problem, radius):
    matrix, people, _ = problem
    costs = SiteCosts.from_matrix(matrix)
    near = SiteCosts.from_matrix(np.where(matrix <= radius, matrix, np.inf))
    assert costs.within(radius).site.tolist() == near.site.tolist()
    assert costs.within(radius).start.tolist() == near.start.tolist()
    some = people > 10
    if some.any():
        assert costs.only(some).cost.tolist() == SiteCosts.from_matrix(matrix[some]).cost.tolist()


def test_a_pair_that_stands_twice_is_refused_in_a_table_of_any_order():
    with pytest.raises(RepeatedPairError):
        SiteCosts.from_pairs(PairTable([0, 1, 0], [0, 0, 0], [1, 2, 3], 2, 1))


def test_a_matrix_that_cannot_be_used_is_refused():
    with pytest.raises(TravelCostError, match="row 2, column 1 is -1"):
        SiteCosts.from_matrix([[0, 1], [-1, 0]])
    with pytest.raises(TravelCostError, match="nan"):
        SiteCosts.from_matrix([[float("nan")]])
    with pytest.raises(SurveyLengthError):
        SiteCosts.from_matrix([1, 2])


def test_in_a_file_of_the_or_library_the_last_of_two_equal_edges_counts(tmp_path):
    path = tmp_path / "pmed.txt"
    path.write_text(" 3 3 1 \n 1 2 5 \n 2 3 4 \n 1 2 9 \n")
    matrix, places = read_or_library(path)
    assert places == 1
    assert matrix.tolist() == [[0, 9, 13], [9, 0, 4], [13, 4, 0]]
