"""Plans in stages: the least sum of all goals on small problems, better step by step on larger ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.story import many, need, person, problem
from tests.methods.postings.strategies import has_at_most, least_sum, problems
from tests.properties import examples

from lianyi.methods.errors import PostingPlanImpossibleError
from lianyi.methods.location.limits import SearchLimits, StopReason
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Line, Published
from lianyi.methods.postings.representative import one_period, presence_to_count
from lianyi.methods.postings.rules import DEFAULT_PRICES, Goal, PostingRules, RuleId
from lianyi.methods.postings.staged_plans import Step, better_of
from lianyi.methods.postings.stages import plan_in_stages

LIMITS = SearchLimits(seconds=30)
MOST_PLANS = 2000


@pytest.fixture
def staged(solver):
    def plan(held, limits=LIMITS):
        return plan_in_stages(solver, model_of(held, columns_of(held)), limits)

    return plan


@examples(25, HealthCheck.filter_too_much)
@given(held=problems())
def test_the_sum_of_the_goals_is_the_least_of_every_plan(solver, held):
    assume(has_at_most(held, MOST_PLANS))
    model = model_of(held, columns_of(held))
    least = least_sum(held)
    if least is None:
        with pytest.raises(PostingPlanImpossibleError):
            plan_in_stages(solver, model, LIMITS)
        return
    found = plan_in_stages(solver, model, LIMITS)
    assert (found.value, found.bound) == pytest.approx((least, least), abs=1e-5)


def test_each_step_is_better_and_the_last_is_the_plan(staged):
    found = staged(posting_problem(counties=4, specialists=120, donors=4, seed=2), SearchLimits(seconds=4))
    values = [step.value for step in found.steps]
    assert values == sorted(values, reverse=True)
    assert found.value == pytest.approx(values[-1])
    assert 0.0 <= found.bound <= found.value
    assert found.plan.verdict.is_lawful


def test_of_two_plans_the_better_is_told_with_the_higher_bound_and_only_steps_that_lead_to_it(staged):
    good = staged(posting_problem(counties=2, specialists=60, donors=3, seed=2))
    poor = replace(good, value=good.value + 90.0, bound=good.bound - 10.0, steps=(Step("groups", good.value + 90.0),))
    again = Step("sets of donors", good.value)
    assert better_of(poor, replace(good, steps=(Step("sets of donors", good.value + 100.0), again))) == replace(
        good, steps=(Step("groups", good.value + 90.0), again)
    )
    known = replace(poor, bound=good.bound + 5.0)
    assert better_of(good, known).value == good.value
    assert better_of(good, known).steps == good.steps
    assert better_of(good, known).bound == min(good.value, good.bound + 5.0)
    met = better_of(replace(good, stop_reason=StopReason.TIME_LIMIT), replace(poor, bound=good.value))
    assert (met.bound, met.stop_reason) == (good.value, StopReason.OPTIMAL)
    apart = replace(good, bound=good.value - 50.0, stop_reason=StopReason.TIME_LIMIT)
    assert better_of(poor, apart).stop_reason is StopReason.TIME_LIMIT


def test_a_locked_line_stays_although_its_pair_is_not_chosen(staged):
    line = Line("Wang", "N1", 0, 3)
    held = problem([person("Wang", donor="Renji"), person("Li")], [need("N1")])
    assert [each.person for each in staged(held).plan.lines] == ["Li"]
    assert staged(replace(held, published=Published(frozenset({line}), frozenset({line})))).plan.lines == (line,)


def test_hard_rules_that_contradict_one_another_are_named_here_too(staged):
    prices = {rule: price for rule, price in DEFAULT_PRICES.items() if rule is not RuleId.NEED}
    held = problem([person("Wang")], [need("N1"), need("N2")], rules=PostingRules(prices=prices))
    with pytest.raises(PostingPlanImpossibleError) as refused:
        staged(held)
    assert {"need N1", "need N2"} <= set(refused.value.params["conflict"])


def test_one_period_stands_for_all_with_who_is_there_for_a_share_of_the_time():
    held = many(seed=3)
    pool = (replace(held.people[0], available=frozenset({0})), replace(held.people[1], available=frozenset({1, 2})))
    one = one_period(replace(held, people=(*pool, *held.people[2:]), needs=(need("N1", heads=(1, 2, 0, 0)),)), 0.5)
    assert one.horizon.labels == ("2027-Q1",)
    assert [each.available for each in one.people[:3]] == [frozenset(), frozenset({0}), frozenset({0})]
    assert one.needs[0].heads == (2,)
    assert one.rules.weight_of(Goal.NEED) == 4 * held.rules.weight_of(Goal.NEED)
    assert one.rules.weight_of(Goal.COST) == held.rules.weight_of(Goal.COST)


def test_the_same_seed_makes_the_same_instance():
    assert posting_problem(3, 40, 3, seed=7) == posting_problem(3, 40, 3, seed=7)
    assert posting_problem(3, 40, 3, seed=7) != posting_problem(3, 40, 3, seed=8)


def test_only_those_who_are_always_there_count_unless_they_are_fewer_than_half():
    always, late = person("Wang"), person("Li", available=frozenset({2, 3}))
    assert presence_to_count(problem([always, late], [])) == 1.0
    assert presence_to_count(problem([late], [])) == 0.5
