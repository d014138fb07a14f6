"""Repairs against trying every plan, on every small published plan to which Hypothesis lets something happen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.methods.postings.strategies import every_plan, has_at_most, problems
from tests.methods.postings.test_every_plan import LIMITS, MOST_PLANS

from lianyi.methods.errors import PostingPlanImpossibleError
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.problem import Published
from lianyi.methods.postings.repairing import repair
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.postings.standing_plan import StandingPlan


def ill(problem, draw):
    """Somebody is away in some periods, or altogether."""
    who = draw(st.sampled_from(problem.people))
    left = draw(st.frozensets(st.integers(0, problem.horizon.periods - 1), max_size=1))
    return replace(
        problem, people=tuple(replace(each, available=left) if each is who else each for each in problem.people)
    )


def gone(problem, draw):
    """Somebody is no longer in the pool, nor in any couple or team."""
    who = draw(st.sampled_from(problem.people)).id
    return replace(problem, people=tuple(each for each in problem.people if each.id != who), couples=())


def added(problem, draw):
    """A need wants other numbers of people."""
    need = draw(st.sampled_from(problem.needs))
    heads = draw(st.tuples(*[st.integers(0, 2)] * problem.horizon.periods))
    return replace(problem, needs=tuple(replace(each, heads=heads) if each is need else each for each in problem.needs))


def withdrawn(problem, draw):
    """A donor can miss nobody any more."""
    donor = draw(st.sampled_from(problem.donors))
    return replace(
        problem, donors=tuple(replace(each, most_away=0) if each is donor else each for each in problem.donors)
    )


@st.composite
def broken_plans(draw):
    """A lawful plan that was published, and then something happened."""
    problem = replace(draw(problems()), published=None, held=frozenset())
    assume(has_at_most(problem, MOST_PLANS))
    lawful = [plan for plan in every_plan(problem) if check(problem, plan).is_lawful]
    assume(lawful)
    plan = draw(st.sampled_from(lawful[-40:]))
    locked = frozenset(plan[: draw(st.integers(0, 1))])
    missing = None if draw(st.booleans()) else {need.id: missing_in(problem, need, plan) for need in problem.needs}
    happened = draw(st.sampled_from((ill, gone, added, withdrawn)))(problem, draw)
    published = Published(frozenset(plan), frozenset(), missing)
    after = replace(happened, published=published)
    lines = set(columns_of(after).lines)
    return replace(after, published=replace(published, locked=frozenset(line for line in locked if line in lines)))


def missing_in(problem, need, lines):
    heads = need.planned_heads(problem.horizon.periods)
    return tuple(
        max(0, heads[period] - sum(covers(need, heads, line, period) for line in lines if line.need == need.id))
        for period in range(problem.horizon.periods)
    )


def covers(need, heads, line, period):
    begins = line.first == 0 or heads[line.first - 1] == 0
    return (line.first if begins else line.first + need.overlap_periods) <= period <= line.last


def lost_in(problem, lines):
    """Weighted people missing beyond what was missing when the plan was published."""
    price = 1.0 if problem.rules.is_hard(RuleId.NEED) else problem.rules.price_of(RuleId.NEED)
    total = 0.0
    for need in problem.needs:
        may_miss = missing_in(problem, need, problem.published.lines)
        if problem.published.missing is not None:
            told = problem.published.missing.get(need.id, (0,) * problem.horizon.periods)
            may_miss = [min(pair) for pair in zip(may_miss, told, strict=True)]
        missing = missing_in(problem, need, lines)
        total += need.priority * price * sum(max(0, now - then) for now, then in zip(missing, may_miss, strict=True))
    return total


def judged(problem, then, lines):
    """What a repair makes least, in its order, and the change at the end."""
    values = check(problem, lines).values
    goals = problem.rules.goals
    before = [goal for goal in goals[: goals.index(Goal.CHANGE)] if goal in {Goal.BREACHES, Goal.NEED}]
    found = [lost_in(problem, lines) if goal is Goal.NEED else max(values[goal], then[goal]) for goal in before]
    return (*(round(value, 5) for value in found), values[Goal.CHANGE])


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(problem=broken_plans())
def test_no_repair_restores_more_or_changes_fewer_people(solver, problem):
    model = model_of(problem, columns_of(problem))
    then = {**dict.fromkeys(Goal, 0.0), **StandingPlan(model).values_when_published()}
    lawful = [plan for plan in every_plan(problem) if check(problem, plan).is_lawful]
    if not lawful:
        with pytest.raises(PostingPlanImpossibleError):
            repair(solver, model, LIMITS)
        return
    best = min(judged(problem, then, plan) for plan in lawful)
    found = repair(solver, model, LIMITS)
    assert judged(problem, then, found.plan.lines) == pytest.approx(best, abs=1e-4)
    assert found.is_least
    assert problem.published.locked <= set(found.plan.lines)
    assert check(problem, found.plan.lines).is_lawful
