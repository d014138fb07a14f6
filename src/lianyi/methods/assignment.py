"""Each job to one agent, who has so much to give: the generalised assignment problem, exact or with a proven bound.

What a county wants from one helper alone is such a job: another amount of each donor's means, at another cost. Solved
by HiGHS in a process of its own. Problem and instances: D. G. Cattrysse and L. N. Van Wassenhove, European Journal of
Operational Research 60 (1992) 260-272; P. C. Chu and J. E. Beasley, Computers & Operations Research 24 (1997) 17-23.

Examples
--------
Two donors, three counties; the first donor is cheaper and has room for two of them:

>>> problem = AssignmentProblem(
...     costs=np.array([[1.0, 2.0, 3.0], [4.0, 4.0, 4.0]]),
...     uses=np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
...     capacities=np.array([2.0, 3.0]),
... )
>>> found = assign(problem)
>>> found.agents.tolist(), found.cost, found.bound, found.stop_reason.value
([0, 0, 1], 7.0, 7.0, 'optimal')
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.errors import AssignmentDataError, AssignmentNotFoundError
from lianyi.methods.linear_models import Ending, Model, SolveWish
from lianyi.methods.location.limits import SearchLimits, StopReason, relative_gap
from lianyi.methods.solver_process import SolverProcess

_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class AssignmentProblem:
    """What each agent (row) costs and uses for each job (column), and what each agent has to give.

    An infinite cost says that an agent may not have a job.

    Raises
    ------
    AssignmentDataError
        When the shapes do not fit, or an amount is not a number or below 0.
    """

    costs: Floats
    uses: Floats
    capacities: Floats

    def __post_init__(self) -> None:
        if self.costs.ndim != 2 or self.uses.shape != self.costs.shape:  # noqa: PLR2004 - agents and jobs
            raise AssignmentDataError(
                f"Costs have the shape {self.costs.shape}, uses {self.uses.shape}; give both with agents as rows and "
                "jobs as columns."
            )
        if self.capacities.shape != (self.costs.shape[0],):
            raise AssignmentDataError(
                f"There are {self.costs.shape[0]} agents and {self.capacities.size} capacities; give one for each."
            )
        if np.isnan(self.costs).any() or not (self.uses >= 0).all() or not (self.capacities >= 0).all():
            raise AssignmentDataError("Costs must be numbers; uses and capacities numbers of at least 0.")


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """The agent of each job, what it costs, and what no assignment can cost less than."""

    agents: Positions
    cost: float
    bound: float
    stop_reason: StopReason

    @property
    def gap(self) -> float:
        return relative_gap(self.cost, self.bound)


def assign(problem: AssignmentProblem, limits: SearchLimits | None = None) -> Assignment:
    """Give each job to one agent at the least cost, nobody above its capacity.

    Raises
    ------
    AssignmentNotFoundError
        When there is none, or none was found in the time.
    """
    limits = limits or SearchLimits()
    if not np.isfinite(problem.costs).any(axis=0).all():
        raise _nothing_found(problem, Ending.IMPOSSIBLE, limits)
    agent, job = np.nonzero(np.isfinite(problem.costs))
    model = Model()
    chosen = model.add_choices(problem.costs[agent, job])
    agents, jobs = problem.costs.shape
    model.add_entries(model.add_rows(1.0, 1.0, jobs) + job, chosen)
    model.add_entries(model.add_rows(-np.inf, problem.capacities, agents) + agent, chosen, problem.uses[agent, job])
    with SolverProcess() as solver:
        found = solver.solve(model.program(), SolveWish(limits.seconds, limits.gap, limits.seed))
    if not found.has_values:
        raise _nothing_found(problem, found.ending, limits)
    is_chosen = found.values > 0.5  # noqa: PLR2004 - 0 or 1 within rounding
    agents_of = np.full(jobs, -1)
    agents_of[job[is_chosen]] = agent[is_chosen]
    cost = _checked(problem, agents_of, is_chosen, found.objective)
    return Assignment(agents_of, cost, min(found.bound, cost), found.stop_reason)


def _checked(problem: AssignmentProblem, agents_of: Positions, is_chosen: npt.NDArray[np.bool_], told: float) -> float:
    """Count the cost from the data, and refuse what the solver found where it does not hold."""
    jobs = np.arange(agents_of.size)
    used = np.bincount(agents_of, problem.uses[agents_of, jobs], minlength=problem.capacities.size)
    cost = float(problem.costs[agents_of, jobs].sum())
    is_sound = is_chosen.sum() == jobs.size and (agents_of >= 0).all()
    is_sound &= bool((used <= problem.capacities * (1 + _TOLERANCE) + _TOLERANCE).all())
    if not is_sound or abs(cost - told) > _TOLERANCE * max(1.0, abs(cost)):
        raise AssignmentNotFoundError("The check does not confirm what the solver found. Please report this.")
    return cost


def _nothing_found(problem: AssignmentProblem, ending: Ending, limits: SearchLimits) -> AssignmentNotFoundError:
    agents, jobs = problem.costs.shape
    if ending is Ending.IMPOSSIBLE:
        return AssignmentNotFoundError(
            f"{agents} agents cannot do all of {jobs} jobs; raise a capacity, or leave out a job."
        )
    return AssignmentNotFoundError(
        f"The time of {limits.seconds:g} seconds ended before any assignment was found; give more time."
    )
