"""Make the goals least, one after the other, and let nobody see a plan that the independent check does not confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from lianyi.methods.access.arrays import Floats, Positions
from lianyi.methods.errors import PairingPlanImpossibleError, PairingPlanNotFoundError, PairingPlanWrongError
from lianyi.methods.linear_models import Ending, Program, Solution, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, relative_gap, silent
from lianyi.methods.pairing.arcs import NeedTrace, arcs_of
from lianyi.methods.pairing.checking import Verdict, check
from lianyi.methods.pairing.model import Clause, PairingModel, model_of
from lianyi.methods.pairing.problem import Pairing, PairingProblem
from lianyi.methods.pairing.rules import SENTENCES, Goal, RuleId
from lianyi.methods.postings.conflicts import conflict_in
from lianyi.methods.solver_process import SolverProcess

_SHARE_OF_TIME = 0.5
_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Level:
    """What came of one goal: its value. No plan brings it below ``bound`` while the goals before stay as they are."""

    goal: Goal
    value: float
    bound: float
    stop_reason: StopReason

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that was checked, the level of each goal in their order, and who could help which need.

    ``values`` are those of the columns of the model.
    """

    pairing: Pairing
    levels: tuple[Level, ...]
    verdict: Verdict
    traces: tuple[NeedTrace, ...]
    values: Floats = field(repr=False, compare=False)

    def level(self, goal: Goal) -> Level:
        return next(level for level in self.levels if level.goal is goal)

    @property
    def is_optimal(self) -> bool:
        return all(level.stop_reason is StopReason.OPTIMAL for level in self.levels)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that cannot all hold. ``is_smallest`` says that without any one of them the others can; else time ended."""

    clauses: tuple[Clause, ...]
    is_smallest: bool


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


def plan_with(solver: SolverProcess, model: PairingModel, limits: SearchLimits) -> Plan:
    """Plan with a solver that is there already. Raises as `plan_pairs`."""
    values, levels = solve_goals(solver, model, limits)
    pairing = model.pairing_in(values)
    verdict = check(model.problem, pairing)
    return Plan(pairing, confirmed(levels, verdict), verdict, model.arcs.traces, values)


def solve_goals(solver: SolverProcess, model: PairingModel, limits: SearchLimits) -> tuple[Floats, tuple[Level, ...]]:
    """Make each goal least under ceilings for those before it, beginning each search with the plan known by then."""
    clock = Clock(limits, silent)
    program, known = model.program, None
    rules = model.problem.rules
    levels: list[Level] = []
    active = [goal for goal in rules.goals if model.goals[goal].any()]
    for goal in rules.goals:
        constant = model.constants[goal]
        if goal not in active:
            levels.append(Level(goal, constant, constant, StopReason.OPTIMAL))
            continue
        costs = model.goals[goal]
        share = 1.0 if goal is active[-1] else _SHARE_OF_TIME
        wish = SolveWish(max(clock.seconds_left() * share, _TOLERANCE), limits.gap, limits.seed)
        found = solver.solve(program.with_objective(costs), wish, known)
        known, value, bound = _better(found, known, costs, model, solver, limits)
        value, bound = value + constant, max(bound + constant, 0.0)
        levels.append(Level(goal, value, min(bound, value), _stop_reason(found, value, bound)))
        program = program.with_ceiling(costs, ceiling_of(value * (1.0 + rules.tolerance)) - constant)
    if known is None:
        known = _any_plan(solver, program, model, limits)
    return known, tuple(levels)


def ceiling_of(value: float) -> float:
    """Return the ceiling that keeps a goal at this value, rounding of the solver allowed for."""
    return value + _TOLERANCE * max(1.0, abs(value))


def _better(
    found: Solution,
    known: Floats | None,
    costs: Floats,
    model: PairingModel,
    solver: SolverProcess,
    limits: SearchLimits,
) -> tuple[Floats, float, float]:
    """Return values, objective and bound; what was known where the search found nothing."""
    if found.has_values:
        return found.values, found.objective, found.bound
    if known is None:
        raise no_plan(found, model, solver, limits)
    # A plan that met the ceilings within a rounding error may seem impossible to a later search.
    value = float(costs @ known)
    return known, value, min(found.bound, value) if np.isfinite(found.bound) else -np.inf


def _any_plan(solver: SolverProcess, program: Program, model: PairingModel, limits: SearchLimits) -> Floats:
    if not program.columns and not (program.row_lower > 0.0).any():
        return np.empty(0)
    found = solver.solve(program, SolveWish(limits.seconds, seed=limits.seed, any_solution=True))
    if not found.has_values:
        raise no_plan(found, model, solver, limits)
    return found.values


def _stop_reason(found: Solution, value: float, bound: float) -> StopReason:
    if value - bound <= _TOLERANCE:
        return StopReason.OPTIMAL
    return found.stop_reason if found.has_values else StopReason.TIME_LIMIT


def smallest_conflict(
    solver: SolverProcess, program: Program, clauses: Mapping[Clause, Positions], limits: SearchLimits
) -> Conflict:
    """Return a smallest set of clauses of a program without solution that contradict one another."""
    # The search sorts the names of rules and looks no deeper into them.
    found = conflict_in(solver, program, cast("Any", clauses), limits)
    return Conflict(tuple(cast("Sequence[Clause]", found.groups)), found.is_smallest)


def no_plan(found: Solution, model: PairingModel, solver: SolverProcess, limits: SearchLimits) -> Exception:
    """Return the refusal that tells why there is no plan."""
    if found.ending is not Ending.IMPOSSIBLE:
        message = (
            f"The time of {limits.seconds:g} seconds ended before any plan was found that obeys every hard rule. Give "
            "more time, or give some rules a price."
        )
        return PairingPlanNotFoundError(message, seconds=limits.seconds)
    conflict = smallest_conflict(solver, model.program, model.clauses, limits)
    return PairingPlanImpossibleError(
        f"No plan obeys all rules that may not be broken. {_told(conflict)} Give one of them a price, or correct the "
        "data.",
        conflict=tuple(str(clause) for clause in conflict.clauses),
    )


def _told(conflict: Conflict) -> str:
    named = "; ".join(f"{clause} ({SENTENCES[RuleId(clause.rule)]})" for clause in conflict.clauses)
    if not conflict.is_smallest:
        return f"These contradict one another; the time ended before it was known whether all are needed: {named}."
    return f"These contradict one another, and without any one of them the others would not: {named}."


def confirmed(levels: tuple[Level, ...], verdict: Verdict) -> tuple[Level, ...]:
    """Return the levels with the values of the check.

    Raises
    ------
    PairingPlanWrongError
        When a hard rule is broken or a goal is worse than the solver says.
    """
    if verdict.unlawful:
        broken = "; ".join(f"{each.rule} {each.subject}: {each.what}" for each in verdict.unlawful[:5])
        raise PairingPlanWrongError(f"The solver's plan breaks rules: {broken}. Please report this with the data.")
    found = []
    for level in levels:
        value = verdict.values[level.goal]
        if value > level.value + _TOLERANCE * 10 * max(1.0, abs(level.value)):
            raise PairingPlanWrongError(
                f"The check finds {value:g} for {level.goal}, the solver said {level.value:g}. Please report this with "
                "the data.",
                goal=level.goal,
            )
        found.append(Level(level.goal, value, min(level.bound, value), level.stop_reason))
    return tuple(found)
