"""One process of each solver for all tests of rounds."""

from __future__ import annotations

import pytest

from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.routes import RouteProcess
from lianyi.methods.round_plans.search import RoundLimits, Search
from lianyi.methods.round_plans.solving import plan_with
from lianyi.methods.solver_process import SolverProcess


@pytest.fixture(scope="session")
def solver():
    with SolverProcess() as process:
        yield process


@pytest.fixture(scope="session")
def router():
    with RouteProcess() as process:
        yield process


@pytest.fixture(scope="session")
def planned(solver, router):
    def plan(problem, steps=8, seed=0):
        return plan_with(Search(Facts(problem), solver, router, RoundLimits(120, steps, seed)))

    return plan
