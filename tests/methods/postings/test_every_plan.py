"""The solver against trying every plan, on every small problem that Hypothesis can think of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.strategies import best_values, every_plan, possible_lines, problems
from tests.properties import examples

from lianyi.methods.errors import PostingPlanImpossibleError
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.solving import plan_with

LIMITS = SearchLimits(seconds=60)
MOST_PLANS = 4000


def is_small(problem):
    return sum(1 for _plan, _number in zip(every_plan(problem), range(MOST_PLANS), strict=False)) < MOST_PLANS


@given(problem=problems())
def test_the_columns_are_the_lines_that_break_no_rule_by_themselves(problem):
    assert sorted(columns_of(problem).lines) == sorted(possible_lines(problem))


@examples(60, HealthCheck.filter_too_much)
@given(problem=problems())
def test_no_plan_is_better_than_that_of_the_solver(solver, problem):
    assume(is_small(problem))
    best = best_values(problem)
    model = model_of(problem, columns_of(problem))
    if best is None:
        with pytest.raises(PostingPlanImpossibleError):
            plan_with(solver, model, LIMITS)
        return
    plan = plan_with(solver, model, LIMITS)
    assert tuple(level.value for level in plan.levels) == pytest.approx(best, abs=1e-5)
    assert plan.is_optimal
    assert check(problem, plan.lines).is_lawful
