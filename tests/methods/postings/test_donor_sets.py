"""Shares of sets of donors lose no plan, and bound better what fractions can reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from tests.methods.postings.instances import posting_problem
from tests.methods.postings.strategies import problems
from tests.properties import examples

from lianyi.methods.linear_models import Ending, SolveWish
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.donor_sets import tightened
from lianyi.methods.postings.model import model_of


def sum_of_goals(model):
    return np.sum(list(model.goals.values()), axis=0)


def with_shares(model, tight):
    return tight.program.with_objective(np.concatenate((sum_of_goals(model), np.zeros(len(tight.sets)))))


def shares_of(model, tight, values):
    """All of the set of pairs that a recipient has in these values, and nothing of its others."""
    helping = set(np.flatnonzero(values[model.partners] > 0.5).tolist())
    of_recipient = {}
    for pairs, recipient in zip(tight.sets, tight.recipients.tolist(), strict=True):
        of_recipient.setdefault(recipient, set()).update(pairs & helping)
    return [
        float(pairs == of_recipient[recipient])
        for pairs, recipient in zip(tight.sets, tight.recipients.tolist(), strict=True)
    ]


@examples(60)
@given(held=problems())
def test_no_plan_is_lost_and_each_plan_has_its_shares(solver, held):
    model = model_of(held, columns_of(held))
    tight = tightened(model)
    plain = solver.solve(model.program.with_objective(sum_of_goals(model)), SolveWish(30))
    found = solver.solve(with_shares(model, tight), SolveWish(30))
    assert found.ending is plain.ending
    if plain.ending is Ending.IMPOSSIBLE:
        return
    assert found.objective == pytest.approx(plain.objective, abs=1e-5)
    completed = np.concatenate((plain.values, shares_of(model, tight, plain.values)))
    sums = np.array(
        [
            completed[tight.program.indices[first:last]] @ tight.program.entries[first:last]
            for first, last in zip(tight.program.starts, tight.program.starts[1:], strict=False)
        ]
    )
    assert (sums >= tight.program.row_lower - 1e-6).all()
    assert (sums <= tight.program.row_upper + 1e-6).all()


def test_the_bound_without_whole_numbers_is_higher():
    problem = posting_problem(counties=10, specialists=400, donors=10, seed=1)
    model = model_of(problem, columns_of(problem))
    tight = tightened(model)
    assert len(tight.sets) == 10 * (1 + 8 + 28)
    bounds = []
    for program in (model.program.with_objective(sum_of_goals(model)), with_shares(model, tight)):
        solver = program.in_solver(is_relaxed=True)
        solver.run()
        bounds.append(solver.getInfo().objective_function_value)
    assert bounds[1] > 1.02 * bounds[0]
