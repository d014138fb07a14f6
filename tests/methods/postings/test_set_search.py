"""Plans by the sets of donors of each recipient: the bound holds, the plan is lawful, the same seed gives the same."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.strategies import has_at_most, least_sum, problems
from tests.properties import examples

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.plan_data import HARD
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.mixing_process import MixingProcess
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.nearness import nearness
from lianyi.methods.postings.problem import Pair, Recipient
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.rules import DEFAULT_PRICES, PostingRules, RuleId
from lianyi.methods.postings.set_branches import BranchSearch
from lianyi.methods.postings.set_plans import SetPlanner, kept
from lianyi.methods.postings.set_prices import PriceRounds, PricesLost, SetPrices
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.postings.set_process import SetProcess
from lianyi.methods.postings.set_search import plan_by_sets
from lianyi.methods.postings.staged_plans import Rounds
from lianyi.methods.postings.stages import plan_in_stages
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand

LIMITS = SearchLimits(seconds=30)
ROUNDS = Rounds(prices=6, parts=3)
MOST_PLANS = 2000
TWELVE = posting_problem(counties=12, specialists=300, donors=10, seed=5)
EIGHT = posting_problem(counties=8, specialists=160, donors=8, seed=2)


@pytest.fixture
def prices():
    """Price sets with two processes that end with the test."""
    with SetProcess() as one, SetProcess() as other, MixingProcess() as mixing:

        def made(held):
            model = model_of(held, columns_of(held))
            return SetPrices(SetProblem.of(model, recipient_sets(held)), (one, other), mixing)

        yield made


def test_a_plan_by_sets_keeps_team_sizes_and_titles_that_always_hold(solver):
    halves = (TitleDemand(least_rank=3, share=0.5),)
    rules = tuple(TeamRule(each.id, each.id, most=4, titles=halves) for each in EIGHT.recipients)
    prices = {**EIGHT.rules.prices, RuleId.HEADCOUNT: HARD, RuleId.TITLE_MIX: HARD}
    held = replace(EIGHT, team_rules=rules, rules=replace(EIGHT.rules, prices=prices))
    found = plan_by_sets(solver, model_of(held, columns_of(held)), LIMITS, rounds=ROUNDS)
    assert found is not None
    assert found.plan.verdict.is_lawful
    assert len(found.plan.lines) > 0
    assert found.bound <= found.value
    free = plan_by_sets(solver, model_of(EIGHT, columns_of(EIGHT)), LIMITS, rounds=ROUNDS)
    assert {each.rule for each in check(replace(held, rules=EIGHT.rules), free.plan.lines).breaches} >= {"headcount"}


@examples(5, HealthCheck.filter_too_much)
@given(held=problems())
def test_the_least_sum_of_every_plan_lies_between_bound_and_plan(solver, held):
    assume(has_at_most(held, MOST_PLANS))
    least = least_sum(held)
    found = plan_by_sets(solver, model_of(held, columns_of(held)), LIMITS, rounds=ROUNDS)
    if found is not None:
        assert least is not None
        assert found.bound <= least + 1e-5
        assert found.value >= least - 1e-5
        assert found.plan.verdict.is_lawful


def test_each_recipient_may_have_none_one_or_two_of_its_donors_and_always_those_that_are_fixed():
    held = replace(
        TWELVE,
        recipients=(Recipient("Ceheng", most_donors=2), Recipient("Wangmo", most_donors=1)),
        pairs=(
            Pair("D0000", "Ceheng"),
            Pair("D0001", "Wangmo"),
            Pair("D0002", "Ceheng", is_fixed=True),
            Pair("D0003", "Ceheng"),
        ),
        needs=(),
    )
    sets = recipient_sets(held)
    assert [sorted(each) for each in sets.pairs] == [[2], [0, 2], [2, 3], [], [1]]
    assert sets.recipients.tolist() == [0, 0, 0, 1, 1]
    assert sets.starts.tolist() == [0, 3, 5]


def test_sets_are_not_listed_where_a_recipient_may_have_any_number_of_its_many_donors():
    prices_ = {**DEFAULT_PRICES, RuleId.RECIPIENT_DONORS: 5.0}
    assert recipient_sets(replace(TWELVE, rules=PostingRules(prices=prices_))) is None
    assert len(recipient_sets(TWELVE)) == 12 * (1 + 8 + 28)


def test_without_prices_a_set_costs_what_the_solver_says_of_this_recipient_alone(prices, solver):
    search = prices(TWELVE)
    root = search.priced(search.everything(), PriceRounds(most=1, smoothing=0.0, gap=0.0))
    for recipient in (0, 7):
        best = solver.solve(search.parts.alone([recipient]).program, SolveWish(20))
        assert search.cheapest(root.values)[recipient] == pytest.approx(best.objective, rel=1e-3)


def test_bound_and_mixture_meet(prices):
    search = prices(TWELVE)
    root = search.priced(search.everything(), PriceRounds(most=60, smoothing=0.5, gap=1e-6))
    assert root.bound == pytest.approx(root.objective, rel=1e-5)
    shares = np.add.reduceat(root.shares, search.sets.starts[:-1])
    assert shares == pytest.approx(np.ones(12))


def test_who_chooses_again_never_makes_a_plan_dearer(prices):
    search = prices(EIGHT)
    root = search.priced(search.everything(), PriceRounds(most=20, smoothing=0.5, gap=1e-3))
    planner = SetPlanner(search, root, nearness(EIGHT), lambda: False, seed=1)
    chosen = planner.dive(kept(search.sets, root.values, 1e9))
    costs = [chosen.objective]
    for _ in range(2):
        chosen = planner.choose_again(chosen, 1e9)
        costs.append(chosen.objective)
    assert costs == sorted(costs, reverse=True)
    assert root.bound <= costs[-1]
    assert [search.sets.recipients[each] for each in chosen.sets] == list(range(8))


def test_in_a_hurry_every_recipient_still_gets_one_set(prices):
    search = prices(TWELVE)
    root = search.priced(search.everything(), PriceRounds(most=3, smoothing=0.5, gap=1e-3))
    chosen = SetPlanner(search, root, nearness(TWELVE), lambda: True, seed=1).dive(kept(search.sets, root.values, 1e9))
    assert [search.sets.recipients[each] for each in chosen.sets] == list(range(12))


def test_branches_raise_the_bound_and_never_above_the_best_plan(prices, solver):
    search = prices(EIGHT)
    root = search.priced(search.everything(), PriceRounds(most=20, smoothing=0.5, gap=1e-4))
    best = solver.solve(search.parts.program, SolveWish(60, 1e-2))
    split = BranchSearch(search, root, lambda: False, lambda _branch: None)
    bounds = [root.bound]
    for _ in range(4):
        split.go_on(best.objective)
        bounds.append(split.bound(best.objective))
    assert (np.diff(bounds) >= -1e-6).all()
    assert bounds[-1] > root.bound + 1.0
    assert bounds[-1] <= best.objective + 1e-6


def test_a_process_that_may_have_no_memory_is_told_and_the_plan_is_found_another_way(solver, monkeypatch):
    model = model_of(TWELVE, columns_of(TWELVE))
    monkeypatch.setattr("lianyi.methods.postings.set_search.SetProcess", lambda: SetProcess(memory_bytes=2**24))
    assert plan_by_sets(solver, model, LIMITS, rounds=ROUNDS) is None
    assert plan_in_stages(solver, model, SearchLimits(seconds=15), rounds=Rounds(1, 1)).plan.verdict.is_lawful


def test_a_process_that_is_killed_is_told(prices):
    search = prices(TWELVE)
    root = search.priced(search.everything(), PriceRounds(most=1, smoothing=0.0, gap=0.0))
    for process in search.processes:
        process.stop()
    with pytest.raises(PricesLost):
        search.priced(root, PriceRounds(most=1, smoothing=0.0, gap=0.0))


def test_the_same_seed_gives_the_same_plan_whatever_the_hash_seed():
    code = (
        "from tests.methods.postings.test_set_search import planned_by_rounds\n"
        "value, lines = planned_by_rounds()\n"
        "print(round(value, 6), [(each.person, each.need, each.first, each.last) for each in lines])\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert "('P0" in said[0]


def planned_by_rounds():
    """Plan a small county in another process."""
    from lianyi.methods.solver_process import SolverProcess  # noqa: PLC0415 - the process of the test needs it not

    held = posting_problem(counties=6, specialists=60, donors=8, seed=2)
    with SolverProcess() as process:
        found = plan_by_sets(process, model_of(held, columns_of(held)), SearchLimits(60, seed=3), 2, Rounds(4, 2))
    return found.value, found.plan.lines


@pytest.mark.long
def test_forty_counties_are_planned_within_four_percent(solver):
    held = posting_problem(counties=40, specialists=2000, donors=40, seed=1)
    found = plan_in_stages(solver, model_of(held, columns_of(held)), SearchLimits(seconds=150))
    assert found.plan.verdict.is_lawful
    assert found.gap <= 0.04
