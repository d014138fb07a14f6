"""Parts of a plan planned again: never worse, always lawful, nobody else's plan is touched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.strategies import has_at_most, least_sum, problems
from tests.properties import examples

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.parts_search import PartsSearch
from lianyi.methods.postings.recipient_sets import recipient_sets
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.solver_process import SolverProcess

WISH = SolveWish(seconds=60, gap=0.01, nodes=50)
MOST_PLANS = 2000
SIXTEEN = posting_problem(counties=16, specialists=200, donors=12, seed=3)


def nobody_posted(solver, model, whole):
    """Return the plan in which nobody new is sent anywhere."""
    program = whole.parts.program
    upper = program.upper.copy()
    for columns in (model.choices, model.partners):
        upper[columns] = program.lower[columns]
    return solver.solve(replace(program, upper=upper), WISH)


@examples(10, HealthCheck.filter_too_much)
@given(held=problems())
def test_a_small_plan_made_better_part_by_part_ends_at_the_least_sum(solver, held):
    assume(has_at_most(held, MOST_PLANS))
    model = model_of(held, columns_of(held))
    sets = recipient_sets(held)
    assume(sets is not None and len(sets))
    whole = SetProblem.of(model, sets)
    start = nobody_posted(solver, model, whole)
    assume(start.has_values)
    search = PartsSearch(whole, start.values, (solver,), replace(WISH, gap=0.0))
    search.improve(lambda: 60.0)
    verdict = check(held, model.lines_in(search.values))
    assert verdict.is_lawful
    weight_of = held.rules.weight_of
    # So few recipients are one part, which is planned exactly.
    assert sum(weight_of(goal) * each for goal, each in verdict.values.items()) == pytest.approx(least_sum(held))


@pytest.fixture(scope="module")
def sixteen(solver):
    model = model_of(SIXTEEN, columns_of(SIXTEEN))
    whole = SetProblem.of(model, recipient_sets(SIXTEEN))
    return model, whole, nobody_posted(solver, model, whole).values


def test_every_wave_makes_the_plan_better_or_leaves_it_and_it_stays_lawful(solver, sixteen):
    model, whole, start = sixteen
    with SolverProcess() as other:
        search = PartsSearch(whole, start, (solver, other), WISH)
        values = [search.value]
        for _ in range(2):
            search.improve(lambda: 60.0, 1)
            values.append(search.value)
            assert check(SIXTEEN, model.lines_in(search.values)).is_lawful
    assert values == sorted(values, reverse=True)
    assert values[-1] < 0.8 * values[0]
    weight_of = SIXTEEN.rules.weight_of
    verdict = check(SIXTEEN, model.lines_in(search.values))
    constant = sum(weight_of(goal) * each for goal, each in model.constants.items())
    told = sum(weight_of(goal) * each for goal, each in verdict.values.items())
    assert told == pytest.approx(search.value + constant)


def test_a_plan_is_left_as_it_is_when_there_is_no_time(solver, sixteen):
    _model, whole, start = sixteen
    search = PartsSearch(whole, start, (solver,), WISH)
    search.improve(lambda: 0.0)
    assert np.array_equal(search.values, start)
