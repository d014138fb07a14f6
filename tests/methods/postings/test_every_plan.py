"""The solver against trying every plan, on every small problem that Hypothesis can think of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.strategies import best_values, has_at_most, possible_lines, problems
from tests.properties import examples

from lianyi.methods.errors import PostingPlanImpossibleError
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.solving import plan_with

LIMITS = SearchLimits(seconds=60)
MOST_PLANS = 4000


@given(problem=problems())
def test_the_columns_are_the_lines_that_break_no_rule_by_themselves(problem):
    assert sorted(columns_of(problem).lines) == sorted(possible_lines(problem))


@examples(60, HealthCheck.filter_too_much)
@given(problem=problems())
def test_no_plan_is_better_than_that_of_the_solver(solver, problem):
    assume(has_at_most(problem, MOST_PLANS))
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
