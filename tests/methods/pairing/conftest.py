"""One process of the solver for all tests of pairing plans."""

from __future__ import annotations

import pytest

from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import arcs_of
from lianyi.methods.pairing.model import model_of
from lianyi.methods.pairing.solving import plan_with
from lianyi.methods.solver_process import SolverProcess


@pytest.fixture(scope="session")
def solver():
    with SolverProcess() as process:
        yield process


@pytest.fixture
def planned(solver):
    def plan(problem):
        return plan_with(solver, model_of(problem, arcs_of(problem)), SearchLimits(seconds=60))

    return plan
