"""Prices of shared limits: what they prove holds for every plan, and parts of a plan fit into the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.strategies import problems
from tests.properties import examples

from lianyi.methods.linear_models import Ending, SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.decomposition import Decomposition
from lianyi.methods.postings.donor_sets import tightened
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.owners import NOBODY, owners_of
from lianyi.methods.postings.prices import PriceSearch
from lianyi.methods.postings.staged_plans import Rounds
from lianyi.methods.postings.stages import plan_in_stages
from lianyi.methods.program_parts import Divisible
from lianyi.methods.solver_process import SolverProcess
from lianyi.methods.solver_team import SolverTeam

WISH = SolveWish(30)


def parts_of(problem):
    model = model_of(problem, columns_of(problem))
    tight = tightened(model)
    costs = np.concatenate((np.sum(list(model.goals.values()), axis=0), np.zeros(len(tight.sets))))
    divisible = Divisible(tight.program.with_objective(costs))
    return Decomposition(divisible, owners_of(model, tight, divisible.by_row), len(problem.recipients))


@examples(20)
@given(held=problems())
def test_no_price_proves_more_than_the_best_plan(solver, held):
    parts = parts_of(held)
    best = solver.solve(parts.program, WISH)
    search = PriceSearch(parts, SolverTeam([solver]), WISH)
    recipients = range(len(held.recipients))
    search.begin([list(recipients)], 30)
    search.look_around()
    for _ in range(3):
        search.improve()
    search.bound_of([[each] for each in recipients], WISH)
    search.bound_of([list(recipients)], WISH)
    if best.ending is not Ending.IMPOSSIBLE:
        assert search.bound <= best.objective + 1e-5


@examples(20)
@given(held=problems())
def test_every_column_and_row_belongs_to_one_recipient_or_to_nobody(held):
    parts = parts_of(held)
    owners, program = parts.owners, parts.program
    for row in range(program.rows):
        own = set(owners.columns[program.indices[program.starts[row] : program.starts[row + 1]]].tolist())
        assert owners.rows[row] == (own.pop() if len(own) == 1 else NOBODY)


def test_prices_bring_the_bound_closer_than_fractions_do(solver):
    parts = parts_of(posting_problem(counties=12, specialists=400, donors=12, seed=1))
    fractions = solver.relaxed(parts.program, 60).objective
    search = PriceSearch(parts, SolverTeam([solver]), SolveWish(10, 1e-3))
    search.begin([list(range(12))], 60)
    proven = search.look_around()
    search.improve()
    assert search.bound >= proven > fractions


@pytest.mark.long
def test_with_rounds_the_same_seed_gives_the_same_plan_in_other_processes():
    problem = posting_problem(counties=62, specialists=250, donors=12, seed=4)
    model = model_of(problem, columns_of(problem))
    found = []
    for _ in range(2):
        with SolverProcess() as one, SolverProcess() as other:
            found.append(plan_in_stages(one, model, SearchLimits(120, seed=3), [other], Rounds(prices=1, parts=2)))
    assert found[0].plan.lines == found[1].plan.lines
    assert (found[0].value, found[0].bound) == (found[1].value, found[1].bound)
    assert 0.0 < found[0].bound <= found[0].value
    assert 0.0 <= found[0].missing_share <= 1.0
    assert found[0].plan.verdict.is_lawful


def test_what_a_process_cannot_solve_with_fractions_has_no_values(solver):
    parts = parts_of(posting_problem(counties=4, specialists=100, donors=4, seed=1))
    assert solver.relaxed(parts.program, 0.0).has_values is False
    assert solver.relaxed(parts.program, 60.0).objective == pytest.approx(
        float(parts.program.costs @ solver.relaxed(parts.program, 60.0).values)
    )
