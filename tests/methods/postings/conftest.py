"""One process of the solver for all tests of posting plans."""

from __future__ import annotations

import pytest

from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.postings.columns import columns_of
from lianyi.methods.postings.model import model_of
from lianyi.methods.postings.solving import plan_with
from lianyi.methods.solver_process import SolverProcess


@pytest.fixture(scope="session")
def solver():
    with SolverProcess() as process:
        yield process


@pytest.fixture
def planned(solver):
    def plan(problem):
        return plan_with(solver, model_of(problem, columns_of(problem)), SearchLimits(seconds=60))

    return plan
