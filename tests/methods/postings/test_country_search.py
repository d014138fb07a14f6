"""Plans of a country at quick prices: no set costs less than its price says, and no plan less than the bound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import strategies as st
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.strategies import has_at_most, least_sum, problems
from tests.properties import examples

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings import stages
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.country_search import plan_by_country
from lianyi.methods.postings.mixing_process import MixingProcess
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.quick_prices import QuickPrices, Steps
from lianyi.methods.postings.quick_sets import QuickDive
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.set_costs import SetCosts, can_be_priced
from lianyi.methods.postings.set_prices import PriceRounds, SetPrices
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.postings.set_process import SetProcess
from lianyi.methods.postings.staged_plans import Rounds
from lianyi.methods.solver_process import SolverProcess

LIMITS = SearchLimits(seconds=600)
ROUNDS = Rounds(prices=6, parts=1)
MOST_PLANS = 2000
TWELVE = posting_problem(counties=12, specialists=300, donors=10, seed=5)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr("lianyi.methods.postings.parts_search.RECIPIENTS_OF_A_PART", (5,))


def model_for(held):
    return model_of(held, columns_of(held))


def priced_problem(held):
    """The model and its sets; examples that have none, or that cannot be priced, are left out."""
    model = model_for(held)
    sets = recipient_sets(held)
    assume(sets is not None)
    problem = SetProblem.of(model, sets)
    assume(can_be_priced(model, problem))
    return model, problem


def least_cost(solver, problem, costs, number):
    """What a set costs its recipient at least when all rules are obeyed as if nobody else were; None if it cannot."""
    alone = problem.parts.alone([int(problem.sets.recipients[number])])
    own, is_partner = problem.pairs[alone.columns], problem.is_partner[alone.columns]
    is_chosen = np.isin(own, sorted(problem.sets.pairs[number]))
    upper = np.where((own >= 0) & ~is_chosen, 0.0, alone.program.upper)
    lower = np.minimum(np.where(is_chosen & is_partner, 1.0, alone.program.lower), upper)
    program = replace(alone.program, costs=costs[alone.columns], lower=lower, upper=upper)
    found = solver.solve(program, SolveWish(20, 0.0))
    return found.objective if found.has_values else None


@examples(15, HealthCheck.filter_too_much)
@given(held=problems(), seed=st.integers(0, 1000))
def test_no_set_costs_less_than_its_price_says(solver, held, seed):
    model, problem = priced_problem(held)
    prices = problem.parts.allowed(np.random.default_rng(seed).normal(0.0, 30.0, problem.parts.program.rows))
    costs = problem.parts.costs_at(prices)
    found = SetCosts(model, problem).priced(costs, np.ones(len(problem.sets), np.bool_))
    for number in range(len(problem.sets)):
        least = least_cost(solver, problem, costs, number)
        assert least is None or found.values[number] <= least + 1e-5


def test_prices_of_sets_with_teams_seniors_and_hand_overs_are_low_enough_and_near_the_truth(solver):
    model = model_for(TWELVE)
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    prices, everything = QuickPrices(model, problem, 1), np.ones(len(problem.sets), np.bool_)
    costs = prices.costs_at(prices.moved(prices.nothing(), everything, Steps(60, 0.25, 0.93)).prices)
    pricing = SetCosts(model, problem)
    # The own prices of a set rise from one call to the next.
    found = [pricing.priced(costs, everything) for _ in range(30)][-1]
    assert {max(need.planned_heads(4)) for need in TWELVE.needs} == {1, 2}
    sample = np.union1d(found.cheapest, np.arange(0, len(problem.sets), 15))
    least = np.array([least_cost(solver, problem, costs, number) for number in sample.tolist()])
    assert (found.values[sample] <= least + 1e-5).all()
    is_cheapest = np.isin(sample, found.cheapest)
    assert found.values[sample][is_cheapest].sum() >= 0.9 * least[is_cheapest].sum()


@pytest.mark.parametrize("most_postings", [1, 2])
def test_prices_of_sets_are_low_enough_wherever_the_prices_of_limits_are(solver, most_postings):
    # Large donors send two of a specialty and small ones one, to needs of one head and of two.
    held = posting_problem(counties=5, specialists=260, donors=6, seed=3)
    held = replace(held, rules=replace(held.rules, most_postings_per_person=most_postings))
    model = model_for(held)
    problem = SetProblem.of(model, recipient_sets(held))
    pricing, rng = SetCosts(model, problem), np.random.default_rng(7)
    assert {room for donor in held.donors for room in donor.most_away_by_specialty.values()} >= {1, 2}
    for width in (30.0, 150.0, 400.0):
        prices = problem.parts.allowed(rng.normal(0.0, width, problem.parts.program.rows))
        costs = problem.parts.costs_at(prices)
        found = [pricing.priced(costs, np.ones(len(problem.sets), np.bool_)) for _ in range(20)][-1]
        sample = np.union1d(found.cheapest, np.arange(0, len(problem.sets), 9))
        least = np.array([least_cost(solver, problem, costs, number) for number in sample.tolist()])
        assert (found.values[sample] <= least + 1e-5).all()
        assert found.values[found.cheapest].sum() >= 0.9 * least[np.isin(sample, found.cheapest)].sum()


def test_the_bound_of_quick_prices_is_near_that_of_exact_ones(solver):
    model = model_for(TWELVE)
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    with SetProcess() as pricing, MixingProcess() as mixing:
        exact = SetPrices(problem, (pricing,), mixing)
        truth = exact.priced(exact.everything(), PriceRounds(most=60, smoothing=0.5, gap=1e-4)).bound
    prices, everything = QuickPrices(model, problem, 1), np.ones(len(problem.sets), np.bool_)
    quick = prices.moved(prices.nothing(), everything, Steps(600, 0.25, 0.9925)).bound
    assert 0.99 * truth <= quick <= truth + 1e-4 * abs(truth)


@examples(15, HealthCheck.filter_too_much)
@given(held=problems())
def test_the_least_sum_of_every_plan_lies_between_bound_and_plan(solver, held):
    assume(has_at_most(held, MOST_PLANS))
    least = least_sum(held)
    found = plan_by_country((solver,), model_for(held), LIMITS, ROUNDS, size=1)
    if found is not None:
        assert least is not None
        assert found.bound <= least + 1e-5
        assert found.value >= least - 1e-5
        assert found.plan.verdict.is_lawful


def test_groups_together_have_a_lawful_plan_not_far_from_its_bound(solver):
    model = model_for(TWELVE)
    with SolverProcess() as other:
        found = plan_by_country((solver, other), model, LIMITS, ROUNDS, size=4)
    assert found is not None
    assert found.plan.verdict.is_lawful
    assert [step.name for step in found.steps] == ["groups", "part"]
    assert found.value == pytest.approx(found.steps[1].value)
    assert found.steps[1].value <= found.steps[0].value
    # The solver knows nothing of sets and prices: its plan is no better than the bound either.
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    whole = solver.solve(problem.parts.program, SolveWish(20, 0.5))
    constant = found.value - float(problem.parts.program.costs @ found.plan.values)
    assert 0.0 < found.bound <= whole.objective + constant
    assert found.gap < 0.25


def test_prices_are_the_same_with_one_thread_and_with_three():
    model = model_for(TWELVE)
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    steps, everything = Steps(most=25, length=0.25, shrink=0.97), np.ones(len(problem.sets), np.bool_)
    one, three = (QuickPrices(model, problem, threads) for threads in (1, 3))
    first, second = (each.moved(each.nothing(), everything, steps) for each in (one, three))
    assert first.bound == second.bound > 0.0
    assert first.prices.tolist() == second.prices.tolist()
    assert first.fractions.tolist() == second.fractions.tolist()


def test_later_steps_raise_the_bound():
    model = model_for(TWELVE)
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    prices, everything = QuickPrices(model, problem, 1), np.ones(len(problem.sets), np.bool_)
    bounds = [
        prices.moved(prices.nothing(), everything, Steps(most, 0.25, 0.01 ** (1.0 / most))).bound
        for most in (1, 50, 300)
    ]
    assert bounds[0] < bounds[1] < bounds[2]


def test_no_donor_has_more_recipients_than_it_may_have_where_a_dive_ends_or_is_cut_short():
    model = model_for(TWELVE)
    problem = SetProblem.of(model, recipient_sets(TWELVE))
    prices, everything = QuickPrices(model, problem, 1), np.ones(len(problem.sets), np.bool_)
    root = prices.moved(prices.nothing(), everything, Steps(100, 0.25, 0.96))
    most = {donor.id: donor.most_recipients for donor in TWELVE.donors}
    for seconds in (np.inf, 0.0):
        dived = QuickDive(model, problem, prices).dive(root, lambda left=seconds: left)
        assert dived is not None
        assert problem.sets.recipients[dived.sets].tolist() == list(range(12))
        helps = [TWELVE.pairs[pair].donor for number in dived.sets.tolist() for pair in problem.sets.pairs[number]]
        assert helps
        assert all(helps.count(donor) <= most[donor] for donor in set(helps))


def test_pairs_that_are_fixed_keep_their_room(solver):
    donor = TWELVE.pairs[0].donor
    own = [number for number, pair in enumerate(TWELVE.pairs) if pair.donor == donor]
    most = next(each.most_recipients for each in TWELVE.donors if each.id == donor)
    pairs = tuple(
        replace(pair, is_fixed=number in own[-most:]) if number in own else pair
        for number, pair in enumerate(TWELVE.pairs)
    )
    held = replace(TWELVE, pairs=pairs)
    found = plan_by_country((solver,), model_for(held), LIMITS, Rounds(6, 0), size=6)
    assert found is not None
    used = {(held.person_of[line.person].donor, held.need_of[line.need].recipient) for line in found.plan.lines}
    assert {pair.recipient for pair in pairs if pair.is_fixed} >= {place for each, place in used if each == donor}


def test_what_cannot_be_priced_quickly_is_not(solver):
    seats = replace(TWELVE, needs=(replace(TWELVE.needs[0], is_training=True), *TWELVE.needs[1:]))
    assert plan_by_country((solver,), model_for(seats), LIMITS, ROUNDS) is None


def test_a_country_with_too_many_sets_for_one_list_is_planned_at_quick_prices(solver, monkeypatch):
    monkeypatch.setattr(stages, "MOST_SETS", 10)
    monkeypatch.setattr("lianyi.methods.postings.stages._RECIPIENTS_AT_ONCE", 4)
    found = stages.plan_in_stages(solver, model_for(TWELVE), LIMITS, rounds=ROUNDS)
    assert [step.name for step in found.steps] == ["groups", "part"]
    assert found.plan.verdict.is_lawful


def test_the_same_seed_gives_the_same_plan(solver):
    plans = [plan_by_country((solver,), model_for(TWELVE), LIMITS, ROUNDS, size=4) for _ in range(2)]
    assert plans[0].plan.lines == plans[1].plan.lines
    assert plans[0].bound == plans[1].bound


def test_the_price_of_nobody_at_a_need_is_what_is_missing(solver):
    held = replace(TWELVE, people=TWELVE.people[:0], couples=())
    found = plan_by_country((solver,), model_for(held), LIMITS, ROUNDS, size=4)
    assert found is not None
    assert found.plan.lines == ()
    assert found.value == pytest.approx(found.bound)
    assert held.rules.is_hard(RuleId.NEED) is False
