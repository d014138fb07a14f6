"""Plans by prices and blocks: their bound holds for every plan, and sets of donors forbid no plan."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.pairing.instances import pairing_problem
from tests.methods.pairing.story import with_pair
from tests.methods.pairing.strategies import every_plan, problems
from tests.methods.pairing.test_pairing_every_plan import is_small
from tests.properties import examples

from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError
from lianyi.methods.location.limits import SearchLimits, StopReason
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.blocks import plan_at_once, plan_in_blocks, worth_of_limits
from lianyi.methods.pairing.checking import check
from lianyi.methods.pairing.donor_sets import tightened
from lianyi.methods.pairing.model import model_of
from lianyi.methods.pairing.parts import Parts
from lianyi.methods.pairing.prices import prices_from, prices_of
from lianyi.methods.pairing.problem import Pairing, PairStatus, Published
from lianyi.methods.pairing.rules import DEFAULT_PRICES, Goal, PairingRules, RuleId
from lianyi.methods.pairing.solving import SearchAround

LIMITS = SearchLimits(seconds=60)


def weighed(problem, plan):
    values = check(problem, plan).values
    return sum(problem.rules.weight_of(goal) * value for goal, value in values.items())


def cheapest(problem):
    plans = (plan for plan in every_plan(problem) if check(problem, plan).is_lawful)
    return min((weighed(problem, plan) for plan in plans), default=None)


def least_of(problem):
    """What everything costs at least at the prices, less what the limits are worth."""
    prices, constants = prices_of(problem, arcs_of(problem)), model_of(problem, arcs_of(problem)).constants
    fixed = sum(problem.rules.weight_of(goal) * value for goal, value in constants.items())
    return (
        fixed
        + sum(prices.least_of_need.values())
        + sum(prices.least_of_pair.values())
        - worth_of_limits(problem, prices)
    )


@examples(30, HealthCheck.filter_too_much)
@given(problem=problems())
def test_at_once_and_in_blocks_of_one_recipient_nothing_lawful_is_below_the_bound(solver, problem):
    assume(is_small(problem))
    best = cheapest(problem)
    if best is None:
        with pytest.raises(PairingPlanImpossibleError):
            plan_at_once(solver, problem, LIMITS)
        return
    at_once = plan_at_once(solver, problem, LIMITS)
    assert (at_once.value, at_once.stop_reason) == (pytest.approx(best), StopReason.OPTIMAL)
    assert least_of(problem) <= best + 1e-4
    try:
        in_blocks = plan_in_blocks(solver, problem, LIMITS, block_size=1)
    except PairingPlanImpossibleError:
        return
    assert in_blocks.bound <= best + 1e-4 <= in_blocks.value + 2e-4
    assert in_blocks.verdict.is_lawful


@pytest.fixture(scope="module")
def ten():
    return pairing_problem(4, 10, 3, 5)


def test_blocks_end_near_their_bound_and_tell_each_step(solver, ten):
    found = plan_in_blocks(solver, ten, SearchLimits(60, gap=0.02), block_size=5)
    assert found.verdict.is_lawful
    assert found.bound <= plan_at_once(solver, ten, LIMITS).value <= found.value
    assert found.gap < 0.2
    assert [step.name for step in found.steps[:2]] == ["held", "turns"]
    values = [step.value for step in found.steps]
    assert values == sorted(values, reverse=True)
    assert values[-1] == pytest.approx(found.value)


def test_a_plan_of_blocks_is_a_plan_of_the_whole_model(solver, ten):
    found = plan_in_blocks(solver, ten, SearchLimits(5, gap=0.2), block_size=5)
    model = model_of(ten, arcs_of(ten))
    plan = found.plan_of(model)
    assert model.pairing_in(plan.values) == plan.pairing
    assert plan.level(Goal.NEED).value == found.verdict.values[Goal.NEED]


def test_the_prices_of_donors_that_have_enough_are_nothing(ten):
    ample = replace(ten, strengths=tuple(replace(each, people=99) for each in ten.strengths))
    donors = tuple(replace(each, most_people=None, most_recipients=None, staff=None) for each in ten.donors)
    prices = prices_of(replace(ample, donors=donors), arcs_of(replace(ample, donors=donors)))
    assert {prices.of_person(donor, "01.01") for donor in range(4)} == {0.0}
    scarce = prices_of(ten, arcs_of(ten))
    assert scarce.total.max() > 0.0
    assert (scarce.burden <= ten.rules.weight_of(Goal.BURDEN)).all()


def test_every_recipient_is_in_one_block_and_others_leave_what_they_do_not_take(solver, ten):
    parts = Parts(ten)
    blocks = parts.blocks(3)
    assert sorted(number for block in blocks for number in block) == list(range(10))
    assert max(len(block) for block in blocks) == 3
    plan = plan_at_once(solver, ten, SearchLimits(120, gap=0.1)).pairing
    beside = parts.beside(blocks[0], plan)
    inside = {ten.recipients[number].id for number in blocks[0]}
    for donor in beside.donors:
        others = sum(
            people
            for (name, need), people in plan.people.items()
            if name == donor.id and ten.need_of[need].recipient not in inside
        )
        assert donor.most_people == ten.donor_of[donor.id].most_people - others
        assert donor.past_people == others
        assert donor.fair_people == ten.fair_people(ten.donor_of[donor.id])


def test_the_shares_of_sets_belong_to_the_pairs_of_a_plan(solver, ten):
    model = model_of(ten, arcs_of(ten))
    plan = plan_at_once(solver, ten, SearchLimits(120, gap=0.1)).pairing
    tight = tightened(model)
    values = tight.completed(model.values_of(plan))
    assert values.size == tight.program.columns
    first = model.program.columns
    for sets in tight.sets:
        shares = values[first : first + len(sets)]
        assert shares.sum() == 1.0
        own = {ten.pairs[number].key for number in sets[int(np.argmax(shares))]}
        recipient = ten.pairs[next(iter(frozenset().union(*sets)))].recipient
        assert own == {key for key in plan.pairs if key[1] == recipient}
        first += len(sets)


def test_pairs_of_recipients_that_are_gone_cost_the_same_in_blocks(solver, ten):
    published = Published(frozenset({("D0", "Gone"), ("D0", "R0")}), {("D0", "Gone"): {"01.01": 2}})
    changed = replace(ten, published=published)
    at_once = plan_at_once(solver, changed, SearchLimits(120, gap=0.05))
    found = plan_in_blocks(solver, changed, SearchLimits(10, gap=0.05), block_size=5)
    assert found.bound <= at_once.value
    assert found.verdict.values[Goal.PEOPLE_CHANGED] >= 2.0


def test_whoever_has_no_turn_in_the_time_stays_without_help_but_for_pairs_that_are_held(solver, ten):
    fixed = with_pair(ten, *ten.pairs[0].key, status=PairStatus.FIXED)
    found = plan_in_blocks(solver, fixed, SearchLimits(1e-3), block_size=2)
    assert ten.pairs[0].key in found.pairing.pairs
    assert found.verdict.is_lawful
    assert 0.0 < found.bound <= found.value


def test_the_best_so_far_is_told_from_the_first_turns_on_and_a_stop_keeps_it(solver, ten):
    told = []
    stopped = SearchAround(None, lambda plan, levels: told.append((plan, levels)), is_stopped=lambda: len(told) > 0)
    found = plan_in_blocks(solver, ten, LIMITS, 5, stopped)
    assert [plan for plan, _levels in told] == [found.pairing]
    assert (found.stop_reason, found.verdict.is_lawful) == (StopReason.TIME_LIMIT, True)
    assert {level.goal: level.value for level in told[0][1]} == found.verdict.values
    everything = []
    best = plan_in_blocks(
        solver, ten, SearchLimits(20, 0.05), 5, SearchAround(None, lambda plan, _: everything.append(plan))
    )
    values = [weighed(ten, plan) for plan in everything]
    assert values == sorted(values, reverse=True)
    assert everything[-1] == best.pairing


def test_a_search_goes_on_from_a_plan_that_is_known_and_never_ends_with_a_worse_one(solver, ten):
    best = plan_in_blocks(solver, ten, SearchLimits(20, 0.05), 5)
    again = plan_in_blocks(solver, ten, SearchLimits(1e-3), 5, SearchAround(best.pairing))
    assert again.value <= best.value + 1e-6
    unknown = Pairing(frozenset({("Huaxi", "R0")}), {})
    assert plan_in_blocks(solver, ten, SearchLimits(1e-3), 5, SearchAround(unknown)).verdict.is_lawful


def test_the_prices_of_fractions_give_a_bound_as_good_as_the_fractions_themselves(solver, ten):
    model = model_of(ten, arcs_of(ten))
    weights = [model.goals[goal] * ten.rules.weight_of(goal) for goal in Goal]
    relaxed = solver.relaxed(model.program.with_objective(np.sum(weights, axis=0)), 60)
    prices = prices_from(model, relaxed)
    by_needs = sum(prices.least_of_need.values()) + sum(prices.least_of_pair.values()) - worth_of_limits(ten, prices)
    best = plan_at_once(solver, ten, SearchLimits(120, gap=0.02))
    assert by_needs <= relaxed.objective + 1e-6 <= best.value
    found = plan_in_blocks(solver, ten, SearchLimits(20, 0.05), block_size=5)
    assert relaxed.objective * (1 - 1e-5) <= found.bound <= best.value


def test_a_block_without_a_plan_is_told(solver, ten):
    prices = {rule: price for rule, price in DEFAULT_PRICES.items() if rule is not RuleId.NEED}
    with pytest.raises((PairingPlanImpossibleError, PairingPlanNotFoundError)):
        plan_in_blocks(solver, replace(ten, rules=PairingRules(prices=prices)), LIMITS, block_size=5)
