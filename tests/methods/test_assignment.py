"""Each job to one agent: as cheap as trying everything, and refusals where nothing fits."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties import examples

from lianyi.methods.assignment import AssignmentProblem, assign
from lianyi.methods.errors import AssignmentDataError, AssignmentNotFoundError
from lianyi.methods.location.limits import SearchLimits


@st.composite
def problems(draw):
    agents, jobs = draw(st.integers(1, 3)), draw(st.integers(1, 4))

    def numbers(low, high, *shape):
        size = int(np.prod(shape))
        return np.array(draw(st.lists(st.integers(low, high), min_size=size, max_size=size)), np.float64).reshape(shape)

    costs = numbers(0, 9, agents, jobs)
    costs[costs == 9] = np.inf
    return AssignmentProblem(costs, numbers(0, 4, agents, jobs), numbers(0, 8, agents))


def cheapest(problem):
    agents, jobs = problem.costs.shape
    best = np.inf
    for chosen in product(range(agents), repeat=jobs):
        used = np.bincount(chosen, problem.uses[list(chosen), range(jobs)], minlength=agents)
        if (used <= problem.capacities).all():
            best = min(best, problem.costs[list(chosen), range(jobs)].sum())
    return best


@examples(20)
@given(problem=problems())
def test_no_assignment_is_cheaper(problem):
    best = cheapest(problem)
    if np.isinf(best):
        with pytest.raises(AssignmentNotFoundError, match="cannot do all of"):
            assign(problem, SearchLimits(30))
        return
    found = assign(problem, SearchLimits(30))
    assert (found.cost, found.bound, found.gap) == (best, pytest.approx(best), pytest.approx(0.0))


def test_the_time_that_ends_before_an_assignment_is_told():
    rng = np.random.default_rng(1)
    held = AssignmentProblem(rng.random((20, 400)), rng.random((20, 400)), np.full(20, 4.0))
    with pytest.raises(AssignmentNotFoundError, match="give more time"):
        assign(held, SearchLimits(1e-6))


@pytest.mark.parametrize(
    ("costs", "uses", "capacities", "told"),
    [
        (np.ones((2, 3)), np.ones((3, 2)), np.ones(2), "agents as rows and jobs as columns"),
        (np.ones((2, 3)), np.ones((2, 3)), np.ones(3), "2 agents and 3 capacities"),
        (np.full((2, 3), np.nan), np.ones((2, 3)), np.ones(2), "Costs must be numbers"),
        (np.ones((2, 3)), -np.ones((2, 3)), np.ones(2), "at least 0"),
    ],
)
def test_what_cannot_be_used_is_told(costs, uses, capacities, told):
    with pytest.raises(AssignmentDataError, match=told):
        AssignmentProblem(costs, uses, capacities)
