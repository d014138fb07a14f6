"""The solver against trying every plan, on every small problem that Hypothesis can think of."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.pairing.strategies import best_values, every_plan, problems
from tests.properties import examples

from lianyi.methods.errors import PairingPlanImpossibleError
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.checking import check
from lianyi.methods.pairing.model import model_of
from lianyi.methods.pairing.solving import plan_with

LIMITS = SearchLimits(seconds=60)
MOST_PLANS = 4000


def is_small(problem):
    return sum(1 for _plan, _number in zip(every_plan(problem), range(MOST_PLANS), strict=False)) < MOST_PLANS


@examples(60, HealthCheck.filter_too_much)
@given(problem=problems())
def test_no_plan_is_better_than_that_of_the_solver(solver, problem):
    assume(is_small(problem))
    best = best_values(problem)
    model = model_of(problem, arcs_of(problem))
    if best is None:
        with pytest.raises(PairingPlanImpossibleError):
            plan_with(solver, model, LIMITS)
        return
    plan = plan_with(solver, model, LIMITS)
    assert tuple(level.value for level in plan.levels) == pytest.approx(best, abs=1e-5)
    assert plan.is_optimal
    assert check(problem, plan.pairing).is_lawful
