"""TOPSIS, entropy weights, rank-sum ratio: published examples, slow sums, constant columns, ties, and silent ranks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from lianyi.methods.assessment_scores import Direction
from lianyi.methods.errors import CriterionError
from lianyi.methods.multi_criteria import (
    RankRule,
    entropy_weights,
    fixed_weights,
    rank_sum_ratio,
    ranks_of,
    topsis,
)

UP, DOWN = Direction.UP, Direction.DOWN
# The teaching example of Chinese textbooks on rank-sum ratios: antenatal visits (%), deaths of mothers per 100,000 and
# deaths around birth per 1,000 in ten places.
MOTHERS = np.array(
    [
        [99.54, 60.27, 16.15],
        [96.52, 59.67, 20.10],
        [99.36, 43.91, 15.60],
        [92.83, 58.99, 17.04],
        [91.71, 35.40, 15.01],
        [95.35, 44.71, 13.93],
        [96.09, 49.81, 17.43],
        [99.27, 31.69, 13.89],
        [94.76, 22.91, 19.87],
        [84.80, 81.49, 23.63],
    ]
)
MOTHERS_DIRECTIONS = (UP, DOWN, DOWN)

UNITS = st.integers(2, 8)


@st.composite
def tables(draw, low=0.0):
    rows, columns = draw(UNITS), draw(st.integers(1, 4))
    cell = st.floats(low, 1000, allow_subnormal=False).map(lambda value: round(value, 3))
    figures = draw(st.lists(st.lists(cell, min_size=columns, max_size=columns), min_size=rows, max_size=rows))
    directions = tuple(draw(st.lists(st.sampled_from([UP, DOWN]), min_size=columns, max_size=columns)))
    weights = draw(st.lists(st.integers(1, 9), min_size=columns, max_size=columns))
    return np.array(figures), directions, np.array(weights, float)


def slow_topsis(figures, directions, weights):
    shares = [weight / sum(weights) for weight in weights]
    norms = [math.sqrt(sum(value * value for value in column)) or 1.0 for column in zip(*figures, strict=True)]
    weighted = [
        [share * value / norm for value, share, norm in zip(row, shares, norms, strict=True)] for row in figures
    ]
    best, worst = (
        [
            ends[0 if direction is UP else 1](column)
            for column, direction in zip(zip(*weighted, strict=True), directions, strict=True)
        ]
        for ends in ((max, min), (min, max))
    )
    found = []
    for row in weighted:
        far, near = math.dist(row, best), math.dist(row, worst)
        found.append(near / (near + far) if near + far > 1e-12 else math.nan)
    return found


def test_the_published_weights_come_out_and_a_column_that_hardly_differs_weighs_nothing():
    # X. Xu, European Journal of Operational Research 156 (2004) 530-532.
    found = entropy_weights([[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]])
    assert found.weights.round(4).tolist() == [0.4630, 0.3992, 0.1378, 0.0]
    assert not found.is_constant.any()


def test_the_published_closeness_comes_out():
    # J. Papathanasiou and N. Ploskas, Multiple Criteria Decision Aid (2018), chapter 1.
    figures = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    found = topsis(figures, (UP,) * 4, [0.4, 0.3, 0.1, 0.2])
    assert found.round(3).tolist() == [0.387, 0.327, 0.391, 0.615, 0.868, 0.493]


def test_the_rank_sum_ratio_of_the_ten_places_is_that_of_their_ranks():
    found = rank_sum_ratio(MOTHERS, MOTHERS_DIRECTIONS, [1, 1, 1])
    ranks = np.column_stack([stats.rankdata(MOTHERS[:, 0])] + [stats.rankdata(-MOTHERS[:, at]) for at in (1, 2)])
    assert found == pytest.approx(ranks.sum(axis=1) / 30, abs=1e-12)
    # The eighth place is third, second and first, the tenth last in everything.
    assert (found[7], found[9]) == (pytest.approx((8 + 9 + 10) / 30), pytest.approx(3 / 30))
    assert ranks_of(found, RankRule()).places[[7, 9]].tolist() == [1, 10]


def test_a_constant_criterion_weighs_nothing_and_moves_nobody():
    figures = np.column_stack([MOTHERS, np.full(10, 7.0)])
    found = entropy_weights(figures)
    assert (found.weights[3], found.entropy[3], found.is_constant.tolist()) == (0, 1, [False, False, False, True])
    assert found.weights[:3] == pytest.approx(entropy_weights(MOTHERS).weights, rel=1e-12)
    with_it = topsis(figures, (*MOTHERS_DIRECTIONS, UP), found.weights)
    assert with_it == pytest.approx(topsis(MOTHERS, MOTHERS_DIRECTIONS, found.weights[:3]), rel=1e-12)


def test_units_that_are_all_alike_have_no_weights_no_closeness_and_no_ranks():
    alike = [[3, 4]] * 6
    with pytest.raises(CriterionError, match="Every criterion is the same for all units"):
        entropy_weights(alike)
    closeness = topsis(alike, (UP, DOWN), [1, 1])
    assert np.isnan(closeness).all()
    assert ranks_of(closeness, RankRule()).reason == "All units are alike, so nothing can be ranked."
    assert rank_sum_ratio(alike, (UP, DOWN), [1, 1]).tolist() == [3.5 / 6] * 6


def test_units_with_equal_scores_share_the_better_place():
    assert ranks_of([0.5, 0.9, 0.5, 0.1, 0.9 + 1e-15], RankRule()).places.tolist() == [3, 1, 3, 5, 1]


@pytest.mark.parametrize(
    ("scores", "cases", "reason"),
    [
        ([0.1, 0.2, 0.3, 0.4], None, "There are 4 units; ranks are given from 5 on."),
        ([0.1] * 5, [20, 19, 3, 20, 20], "Units with fewer than 20 cases: 2. Their place would be chance."),
        ([0.1] * 5, [20, math.nan, 30, 20, 20], "Units that do not say how many cases stand behind their figures: 1."),
    ],
)
def test_ranks_of_few_units_or_few_cases_are_withheld_with_the_reason(scores, cases, reason):
    found = ranks_of(scores, RankRule(least_units=5, least_cases=20), cases)
    assert (found.are_given, found.reason) == (False, reason)
    assert np.isnan(found.places).all()


def test_ranks_are_given_where_every_unit_has_enough_cases():
    found = ranks_of([0.1, 0.5, 0.4], RankRule(least_units=3, least_cases=20), [20, 21, 500])
    assert (found.are_given, found.places.tolist()) == (True, [3, 1, 2])


def test_the_weights_change_when_a_unit_is_added_as_the_text_warns():
    before = entropy_weights(MOTHERS).weights
    after = entropy_weights(np.vstack([MOTHERS, [99, 200, 15]])).weights
    assert after[1] > before[1] + 0.05


@given(tables())
def test_closeness_is_what_slow_sums_give(table):
    figures, directions, weights = table
    expected = slow_topsis(figures.tolist(), directions, weights.tolist())
    assert topsis(figures, directions, weights) == pytest.approx(expected, abs=1e-9, nan_ok=True)


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_units_and_of_criteria_changes_no_score(table, random):
    figures, directions, weights = table
    rows = random.sample(range(len(figures)), len(figures))
    columns = random.sample(range(len(weights)), len(weights))
    moved = figures[np.ix_(rows, columns)]
    turned = tuple(directions[at] for at in columns)
    for method in (topsis, rank_sum_ratio):
        one, other = method(figures, directions, weights), method(moved, turned, weights[columns])
        assert other == pytest.approx(one[rows], abs=1e-9, nan_ok=True)


@given(tables(), st.floats(0.001, 1000))
def test_neither_units_of_measure_nor_the_scale_of_weights_change_a_score(table, factor):
    figures, directions, weights = table
    for method in (topsis, rank_sum_ratio):
        one = method(figures, directions, weights)
        assert method(figures * factor, directions, weights / factor) == pytest.approx(one, abs=1e-9, nan_ok=True)


@given(tables(low=0.5), st.floats(0.001, 1000))
def test_entropy_weights_sum_to_one_and_know_no_unit_of_measure(table, factor):
    figures = table[0]
    assume((np.ptp(figures, axis=0) > 1e-3).any())
    found = entropy_weights(figures)
    assert found.weights.sum() == pytest.approx(1, rel=1e-9)
    assert ((found.weights >= 0) & (found.entropy <= 1 + 1e-12)).all()
    assert entropy_weights(figures * factor).weights == pytest.approx(found.weights, abs=1e-6)


@given(tables())
def test_scores_lie_between_worst_and_best_and_a_unit_best_in_everything_has_the_best(table):
    figures, directions, weights = table
    signs = np.array([1 if each is UP else -1 for each in directions])
    champion = (figures * signs).max(axis=0) * signs
    whole = np.vstack([figures, champion])
    closeness, ratio = topsis(whole, directions, weights), rank_sum_ratio(whole, directions, weights)
    if not np.isnan(closeness).any():
        assert closeness[-1] == pytest.approx(1)
        assert ((closeness >= -1e-9) & (closeness <= 1 + 1e-9)).all()
    assert ratio.max() == pytest.approx(ratio[-1])
    assert ((ratio >= 1 / len(whole) - 1e-9) & (ratio <= 1 + 1e-9)).all()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: entropy_weights([[1, -1], [1, 2]]), "Unit 1, criterion 2: -1 is negative"),
        (lambda: entropy_weights([[1, math.nan], [1, 2]]), "Unit 1, criterion 2: nan is no number. Missing is not 0"),
        (lambda: entropy_weights([[1, 0], [2, 0]]), "Criterion 2 is 0 for every unit"),
        (lambda: entropy_weights([[1, 2]]), r"shape \(1, 2\); two units or more"),
        (lambda: topsis([1, 2], (UP,), [1]), "two units or more"),
        (lambda: topsis([[1], [2]], (UP, UP), [1]), "1 criteria, 2 directions and 1 weights"),
        (lambda: fixed_weights([1, -1]), "numbers of 0 or more"),
        (lambda: fixed_weights([0, 0]), "at least one of them above 0"),
        (lambda: ranks_of([0.1] * 5, RankRule(), [1, 2]), "5 units and 2 numbers of cases"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(make, told):
    with pytest.raises(CriterionError, match=told):
        make()
