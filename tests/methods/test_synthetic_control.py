"""Synthetic control: weights that are proved best, gaps, placebo ranks, and synthetic difference in differences."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from tests.properties import examples

from lianyi.methods.comparison_groups import Draws
from lianyi.methods.synthetic_control import (
    Predictors,
    SyntheticControls,
    optimality_gaps,
    placebo_ranks,
    simplex_weights,
    synthetic_controls,
    synthetic_difference,
    synthetic_difference_with_error,
)
from lianyi.methods.synthetic_control.errors import (
    DonorGapError,
    DonorShapeError,
    TooFewDonorsError,
    TooFewPeriodsError,
)

seeds = st.integers(0, 10_000)


def series(seed, units, periods=20, noise=0.5):
    """Return series of units that share three factors."""
    generator = np.random.default_rng(seed)
    factors = generator.normal(size=(3, periods)).cumsum(axis=1)
    own = generator.normal(size=(units, 3)) @ factors + generator.normal(0, 2, (units, 1))
    return own + generator.normal(0, noise, own.shape)


def square(weights, targets, donors):
    return ((weights @ donors - targets) ** 2).sum(axis=1)


@examples(60)
@given(seeds, st.integers(2, 40), st.integers(2, 25), st.sampled_from([0.0, 0.5, 20.0]))
def test_weights_are_shares_and_proved_to_be_the_best(seed, donors, periods, ridge):
    table = series(seed, donors + 3, periods)
    targets, sources = table[:3], table[3:]
    allowed = np.random.default_rng(seed).random((3, donors)) < 0.8
    allowed[:, 0] = True
    weights = simplex_weights(targets, sources, allowed, ridge)
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)
    assert (weights[~allowed] == 0).all()
    gaps = optimality_gaps(targets, sources, weights, allowed, ridge)
    scale = np.square(sources - sources.mean(axis=0)).sum(axis=1).max() + ridge
    assert (gaps <= 1e-8 * scale).all()


@pytest.mark.parametrize("seed", range(4))
def test_no_other_optimiser_comes_nearer(seed):
    table = series(seed, 13, 16)
    found = square(simplex_weights(table[:1], table[1:]), table[:1], table[1:])[0]
    other = minimize(
        lambda weights: float(((weights @ table[1:] - table[0]) ** 2).sum()),
        np.full(12, 1 / 12),
        bounds=[(0, 1)] * 12,
        constraints={"type": "eq", "fun": lambda weights: weights.sum() - 1},
        options={"maxiter": 1000, "ftol": 1e-12},
    )
    assert found <= other.fun * (1 + 1e-9)
    assert found == pytest.approx(other.fun, rel=1e-4)


def test_donors_that_are_alike_and_a_target_among_them_are_no_trouble():
    table = np.repeat(series(1, 5), 3, axis=0)
    weights = simplex_weights(table[:2], table)
    np.testing.assert_allclose(weights @ table, table[:2], atol=1e-6)
    flat = simplex_weights(np.ones((1, 4)), np.ones((3, 4)))
    assert flat.sum() == pytest.approx(1.0)


@examples(30)
@given(seeds, st.floats(1e-3, 1e3), st.floats(-1e4, 1e4))
def test_scale_and_what_all_share_do_not_change_the_weights(seed, factor, shift):
    table = series(seed, 12, 20)
    common = np.random.default_rng(seed).normal(size=20)
    first = simplex_weights(table[:2], table[2:])
    moved = (table + common) * factor + shift
    second = simplex_weights(moved[:2], moved[2:])
    np.testing.assert_allclose(second, first, atol=1e-4)


@examples(30)
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_donors_does_not_matter(seed, random):
    table = series(seed, 12, 20)
    order = random.sample(range(10), 10)
    first = synthetic_controls(table[:2], table[2:], 15)
    second = synthetic_controls(table[:2], table[2:][order], 15)
    np.testing.assert_allclose(second.weights, first.weights[:, order], atol=1e-5)
    np.testing.assert_allclose(second.effects, first.effects, atol=1e-4)


def test_many_treated_units_at_once_are_each_alone():
    table = series(3, 40)
    together = synthetic_controls(table[:10], table[10:], 15)
    for unit in range(10):
        alone = synthetic_controls(table[unit : unit + 1], table[10:], 15)
        np.testing.assert_allclose(alone.weights[0], together.weights[unit], atol=1e-12)


def test_figures_of_fit_and_effect_are_means_of_the_gaps():
    found = SyntheticControls(np.ones((1, 1)), np.array([[1.0, 2, 5, 9]]), np.array([[0.0, 2, 3, 4]]), start=2)
    assert (found.pre_mspe[0], found.post_mspe[0], found.ratios[0], found.effects[0]) == (0.5, 14.5, 29.0, 3.5)


def test_a_large_effect_ranks_first_and_none_ranks_anywhere():
    table = series(4, 30, 30)
    donors, treated = table[1:], table[:1]
    helped = treated + np.where(np.arange(30) >= 22, 40.0, 0.0)
    ranks = placebo_ranks(synthetic_controls(helped, donors, 22), donors)
    assert (ranks.ranks[0], ranks.p[0]) == (1.0, pytest.approx(1 / 30))
    p = []
    for seed in range(60):
        table = series(seed, 20, 24)
        p.append(placebo_ranks(synthetic_controls(table[:1], table[1:], 18), table[1:]).p[0])
    assert np.mean(np.array(p) <= 0.1) <= 0.25
    assert 0.3 < np.mean(p) < 0.7


def test_no_placebo_uses_itself():
    table = series(4, 12)
    ranks = placebo_ranks(synthetic_controls(table[:1], table[1:], 15), table[1:])
    assert np.diag(ranks.placebos.weights).tolist() == [0.0] * 11


def test_a_ring_of_neighbours_is_kept_out_for_each_unit():
    table = series(5, 14)
    free = synthetic_controls(table[:2], table[2:], 15)
    best = int(free.weights[0].argmax())
    allowed = np.ones((2, 12), bool)
    allowed[0, best] = False
    found = synthetic_controls(table[:2], table[2:], 15, allowed)
    assert found.weights[0, best] == 0
    np.testing.assert_array_equal(found.weights[1], free.weights[1])


def test_predictors_are_matched_in_any_units_by_their_importance():
    table = series(6, 9)
    generator = np.random.default_rng(1)
    income, older = generator.normal(50, 9, (2, 9))
    one, other = (np.column_stack([income * factor, older]) for factor in (1.0, 1000.0))
    importance = np.array([0.7, 0.3])
    first, second = (
        synthetic_controls(table[:1], table[1:], 15, None, Predictors(each[:1], each[1:], importance))
        for each in (one, other)
    )
    np.testing.assert_allclose(first.synthetic, second.synthetic, atol=1e-6)
    only_income = Predictors(one[:1], one[1:], np.array([1.0, 0.0]))
    nearest = synthetic_controls(table[:1], table[1:], 15, None, only_income)
    assert float((nearest.weights @ income[1:])[0]) == pytest.approx(
        float(np.clip(income[0], income[1:].min(), income[1:].max()))
    )


def test_a_common_effect_is_found_by_synthetic_difference():
    generator = np.random.default_rng(7)
    table = generator.normal(size=(30, 1)) + generator.normal(size=20).cumsum() + generator.normal(0, 0.2, (30, 20))
    helped = table[:4] + 6.0 + np.where(np.arange(20) >= 15, 3.0, 0.0)
    assert synthetic_difference(helped, table[4:], 15).effect == pytest.approx(3.0, abs=0.3)
    first = synthetic_difference_with_error(helped, table[4:], 15, Draws(seed=2, count=50))
    again = synthetic_difference_with_error(helped, table[4:], 15, Draws(seed=2, count=50))
    assert (first.standard_error, first.interval) == (again.standard_error, again.interval)
    assert first.interval.low < 3.0 < first.interval.high
    other = synthetic_difference_with_error(helped, table[4:], 15, Draws(seed=3, count=50))
    assert other.standard_error != first.standard_error


@pytest.mark.parametrize(
    ("treated", "donors", "start", "error", "told"),
    [
        (np.ones((1, 5)), np.ones((3, 6)), 3, DonorShapeError, "same periods"),
        (np.ones((1, 5)), np.ones((3, 5)), 5, TooFewPeriodsError, "1 after are needed"),
        (np.ones((1, 5)), np.ones((3, 5)), 1, TooFewPeriodsError, "at least 2 before"),
        (np.ones((1, 5)), np.ones((1, 5)), 3, TooFewDonorsError, "Only 1 donors"),
        (np.ones((1, 5)), np.array([[1.0, 2, 3, 4, 5], [1, 2, np.nan, 4, 5]]), 3, DonorGapError, "number 2"),
    ],
)
def test_what_cannot_be_compared_is_refused(treated, donors, start, error, told):
    with pytest.raises(error, match=told):
        synthetic_controls(treated, donors, start)


def test_an_error_needs_more_donors_than_treated_units():
    table = series(7, 6)
    with pytest.raises(TooFewDonorsError, match="none for placebos"):
        synthetic_difference_with_error(table[:3], table[3:], 15, Draws(seed=2, count=50))


@pytest.fixture
def cigarettes(real_data):
    """Packs sold per head in 39 states, 1970 to 2000: California raised its tax in 1989 (Proposition 99)."""
    file = real_data / "evaluation" / "california_prop99.csv"
    if not file.exists():
        pytest.skip("california_prop99.csv is not here")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    states = [name for name in rows[0] if name != "Year"]
    table = np.array([[float(row[state]) for row in rows] for state in states])
    own = states.index("California")
    return table[[own]], np.delete(table, own, axis=0), [state for state in states if state != "California"]


@pytest.mark.realdata
def test_the_published_weights_of_california_give_the_published_gap(cigarettes):
    treated, donors, states = cigarettes
    published = {"Utah": 0.334, "Nevada": 0.234, "Montana": 0.199, "Colorado": 0.164, "Connecticut": 0.069}
    weights = np.array([[published.get(state, 0.0) for state in states]])
    found = SyntheticControls(weights, treated, weights @ donors, start=19)
    assert found.pre_mspe[0] == pytest.approx(3.09, abs=0.005)
    assert found.effects[0] == pytest.approx(-18.97, abs=0.005)
    assert found.gaps[0, -1] == pytest.approx(-25.7, abs=0.05)
    # Weights that match the outcomes themselves fit better; predictors give that up.
    best = synthetic_controls(treated, donors, start=19)
    assert best.pre_mspe[0] < found.pre_mspe[0]
    assert {states[unit] for unit in np.flatnonzero(best.weights[0] > 0.1)} == {
        "Utah",
        "Montana",
        "Nevada",
        "Connecticut",
    }


@pytest.mark.realdata
def test_synthetic_difference_in_california_is_the_published_one(cigarettes):
    treated, donors, _states = cigarettes
    found = synthetic_difference_with_error(treated, donors, 19, Draws(seed=1, count=200))
    # The authors' program stops its search early and prints -15.6038; here the search ends at the best weights.
    assert found.effect == pytest.approx(-15.6038, abs=2e-3)
    assert 8.0 < found.standard_error < 12.0
