"""Make the goals least, one after the other, and let nobody see a plan that the independent check does not confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError
from lianyi.methods.goal_search import GoalSearch, Level, LevelledPlan, Refusals
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.pairing.arcs import NeedTrace, arcs_of
from lianyi.methods.pairing.checking import Verdict, check
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.rules import SENTENCES, Goal
from lianyi.methods.solver_process import SolverProcess

REFUSALS = Refusals(PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError, SENTENCES)


@dataclass(frozen=True, slots=True)
class Plan(LevelledPlan[Goal]):
    """A plan that was checked, the level of each goal in their order, and who could help which need.

    ``values`` are those of the columns of the model.
    """

    pairing: Pairing
    levels: tuple[Level[Goal], ...]
    verdict: Verdict
    traces: tuple[NeedTrace, ...]
    values: Floats = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SearchAround:
    """What a search begins with, and who is told the best pairing and the levels after each goal."""

    start: Pairing | None
    take: Callable[[Pairing, tuple[Level[Goal], ...]], None]


def plan_pairs(problem: PairingProblem, limits: SearchLimits | None = None) -> Plan:
    """Plan in a solver process of its own.

    Raises
    ------
    PairingPlanImpossibleError
        When no plan obeys all hard rules; the message names a smallest set of them that contradict one another.
    PairingPlanNotFoundError
        When the time ended before any plan was found.
    PairingPlanWrongError
        When the check does not confirm what the solver found.

    Examples
    --------
    See `lianyi.methods.pairing`.
    """
    with SolverProcess() as solver:
        return plan_with(solver, model_of(problem, arcs_of(problem)), limits or SearchLimits())


def plan_with(
    solver: SolverProcess, model: PairingModel, limits: SearchLimits, around: SearchAround | None = None
) -> Plan:
    """Plan with a solver that is there already. Raises as `plan_pairs`."""
    values, levels = solve_goals(solver, model, limits, around)
    pairing = model.pairing_in(values)
    verdict = check(model.problem, pairing)
    return Plan(pairing, REFUSALS.confirmed(levels, verdict), verdict, model.arcs.traces, values)


def solve_goals(
    solver: SolverProcess, model: PairingModel, limits: SearchLimits, around: SearchAround | None = None
) -> tuple[Floats, tuple[Level[Goal], ...]]:
    """Make each goal least under ceilings for those before it, beginning each search with the plan known by then."""
    if around is None:
        return GoalSearch(solver, model, model.problem.rules, REFUSALS, limits).solved()
    known = _values_of(solver, model, around.start, limits)

    def tell(values: Floats, levels: tuple[Level[Goal], ...]) -> None:
        around.take(model.pairing_in(values), levels)

    return GoalSearch(solver, model, model.problem.rules, REFUSALS, limits, known, tell).solved()


def _values_of(
    solver: SolverProcess, model: PairingModel, start: Pairing | None, limits: SearchLimits
) -> Floats | None:
    """Return a known pairing as values of the model; None where it is none of this problem or breaks a hard rule."""
    if start is None:
        return None
    problem = model.problem
    arcs = {
        (problem.donors[donor].id, problem.needs[need].id)
        for donor, need in zip(model.arcs.donor.tolist(), model.arcs.need.tolist(), strict=True)
    }
    is_known = start.pairs <= problem.pair_of.keys() and start.people.keys() <= arcs
    if not is_known or not check(problem, start).is_lawful:
        return None
    values, held = model.values_of(start), np.concatenate([model.helping, model.sending])
    lower, upper = model.program.lower.copy(), model.program.upper.copy()
    lower[held] = upper[held] = values[held]
    # With pairs and people held, excesses of limits and burdens are as small as they can be, each by itself.
    program = replace(model.program, lower=lower, upper=upper)
    costs = np.sum(list(model.goals.values()), axis=0)
    found = solver.solve(program.with_objective(costs), SolveWish(limits.seconds, seed=limits.seed))
    return found.values if found.has_values else None
