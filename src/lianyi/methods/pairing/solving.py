"""Make the goals least, one after the other, and let nobody see a plan that the independent check does not confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError
from lianyi.methods.goal_search import GoalSearch, Level, LevelledPlan, Refusals
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits, StopReason
from lianyi.methods.pairing.arcs import NeedTrace, arcs_of
from lianyi.methods.pairing.checking import Verdict, check
from lianyi.methods.pairing.model import PairingModel, model_of
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.rules import SENTENCES, Goal
from lianyi.methods.pairing.turn_search import quick_plan
from lianyi.methods.solver_process import SolverProcess

_SECONDS_TO_COMPLETE = 30.0
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


def never() -> bool:
    """Say that nobody stopped the search."""
    return False


def untold(_pairing: Pairing, _levels: tuple[Level[Goal], ...]) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class SearchAround:
    """What a search begins with, who is told the best pairing and its levels by then, and whether it was stopped.

    The best is told after each goal, in blocks after each block.
    """

    start: Pairing | None = None
    take: Callable[[Pairing, tuple[Level[Goal], ...]], None] = untold
    is_stopped: Callable[[], bool] = never


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
    """Make each goal least under ceilings for those before it, beginning each search with the plan known by then.

    Where the time ends before any plan is found, the recipients choose in turns; that plan is returned if it obeys
    every hard rule, with what it is worth and no bound but 0.
    """
    asked = around or SearchAround()
    known = _values_of(solver, model, asked.start, limits)

    def tell(values: Floats, levels: tuple[Level[Goal], ...]) -> None:
        asked.take(model.pairing_in(values), levels)

    try:
        return GoalSearch(solver, model, model.problem.rules, REFUSALS, limits, known, tell).solved()
    except PairingPlanNotFoundError:
        found = _quick(model, limits)
        if found is None:
            raise
    tell(*found)
    return found


def _quick(model: PairingModel, limits: SearchLimits) -> tuple[Floats, tuple[Level[Goal], ...]] | None:
    """Return a plan made in turns and its levels; None where it breaks a hard rule."""
    plan = quick_plan(model.problem, limits.seed)
    # The solver of the search may have been ended.
    with SolverProcess() as solver:
        values = _values_of(solver, model, plan, replace(limits, seconds=_SECONDS_TO_COMPLETE))
    if values is None:
        return None
    worth = check(model.problem, plan).values
    levels = (
        Level(goal, worth[goal], 0.0, StopReason.OPTIMAL if worth[goal] <= 0.0 else StopReason.TIME_LIMIT)
        for goal in model.problem.rules.goals
    )
    return values, tuple(levels)


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
