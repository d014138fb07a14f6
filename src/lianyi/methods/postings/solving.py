"""Make the goals least, one after the other, and let nobody see a plan that the independent check does not confirm."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lianyi.methods.access.arrays import Floats
from lianyi.methods.errors import PostingPlanImpossibleError, PostingPlanNotFoundError, PostingPlanWrongError
from lianyi.methods.linear_models import Ending, Program, Solution, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.location.placements import StopReason, relative_gap
from lianyi.methods.postings.checking import Verdict, check
from lianyi.methods.postings.columns import NeedTrace, columns_of
from lianyi.methods.postings.conflicts import Conflict, conflict_in
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.rules import SENTENCES, Goal, RuleId
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
class SearchAround:
    """What a search begins with, and who is told after each goal: the best lines so far and the levels reached.

    ``start`` are lines of an earlier plan; where they no longer make a plan, the search begins with nothing.
    """

    start: tuple[Line, ...] = ()
    tell: Callable[[tuple[Line, ...], tuple[Level, ...]], None] = lambda _lines, _levels: None


@dataclass(frozen=True, slots=True)
class Plan:
    """Lines of a plan that was checked, the level of each goal in their order, and who could serve which need.

    ``values`` are those of the columns of the model.
    """

    lines: tuple[Line, ...]
    levels: tuple[Level, ...]
    verdict: Verdict
    traces: tuple[NeedTrace, ...]
    values: Floats = field(repr=False, compare=False)

    def level(self, goal: Goal) -> Level:
        return next(level for level in self.levels if level.goal is goal)

    @property
    def is_optimal(self) -> bool:
        return all(level.stop_reason is StopReason.OPTIMAL for level in self.levels)


def plan_postings(problem: PostingProblem, limits: SearchLimits | None = None) -> Plan:
    """Plan in a solver process of its own.

    Raises
    ------
    LockedLineError
        When a line that must stay breaks a rule by itself.
    PostingPlanImpossibleError
        When no plan obeys all hard rules; the message names a smallest set of them that contradict one another.
    PostingPlanNotFoundError
        When the time ended before any plan was found.
    PostingPlanWrongError
        When the check does not confirm what the solver found.

    Examples
    --------
    See `lianyi.methods.postings`.
    """
    with SolverProcess() as solver:
        return plan_with(solver, model_of(problem, columns_of(problem)), limits or SearchLimits())


def plan_with(
    solver: SolverProcess, model: PostingModel, limits: SearchLimits, search: SearchAround | None = None
) -> Plan:
    """Plan with a solver that is there already. Raises as `plan_postings`."""
    values, levels = solve_goals(solver, model, model.problem.rules.goals, limits, search)
    lines = model.lines_in(values)
    verdict = check(model.problem, lines)
    return Plan(lines, confirmed(levels, verdict), verdict, model.columns.traces, values)


def plan_of_lines(
    solver: SolverProcess, model: PostingModel, lines: tuple[Line, ...], limits: SearchLimits
) -> Plan | None:
    """Return known lines as a checked plan of which nothing is proved; None where they make no plan.

    Raises
    ------
    PostingPlanWrongError
        When the check does not confirm what the solver says of them.
    """
    values = _values_of(solver, model, lines, limits)
    if values is None:
        return None
    kept = model.lines_in(values)
    verdict = check(model.problem, kept)
    goals = model.problem.rules.goals
    levels = tuple(Level(goal, verdict.values.get(goal, 0.0), 0.0, StopReason.TIME_LIMIT) for goal in goals)
    return Plan(kept, confirmed(levels, verdict), verdict, model.columns.traces, values)


def solve_goals(
    solver: SolverProcess,
    model: PostingModel,
    goals: Sequence[Goal],
    limits: SearchLimits,
    search: SearchAround | None = None,
) -> tuple[Floats, tuple[Level, ...]]:
    """Make each goal least under ceilings for those before it, beginning each search with the plan known by then."""
    clock, search = Clock(limits, silent), search or SearchAround()
    program, known = model.program, _values_of(solver, model, search.start, limits)
    levels: list[Level] = []
    active = [goal for goal in goals if model.goals[goal].any()]
    for goal in goals:
        constant = model.constants[goal]
        if goal not in active:
            levels.append(Level(goal, constant, constant, StopReason.OPTIMAL))
            continue
        costs = model.goals[goal]
        share = 1.0 if goal is active[-1] else _SHARE_OF_TIME
        wish = SolveWish(max(clock.seconds_left() * share, _TOLERANCE), limits.gap, limits.seed)
        found = solver.solve(program.with_objective(costs), wish, known)
        known, value, bound = _better(found, known, costs, model, solver, limits)
        levels.append(Level(goal, value + constant, bound + constant, _stop_reason(found, value, bound)))
        ceiling = value * (1.0 + model.problem.rules.tolerance)
        program = program.with_ceiling(costs, ceiling + _TOLERANCE * max(1.0, abs(ceiling)))
        search.tell(model.lines_in(known), tuple(levels))
    if known is None:
        known = _any_plan(solver, program, model, limits)
    return known, tuple(levels)


def _values_of(
    solver: SolverProcess, model: PostingModel, lines: tuple[Line, ...], limits: SearchLimits
) -> Floats | None:
    """Return the values of the model that these lines make; None where they make no plan."""
    position_of = {line: position for position, line in enumerate(model.columns.lines)}
    if not lines or any(line not in position_of for line in lines):
        return None
    chosen = np.zeros(len(model.columns))
    chosen[[position_of[line] for line in lines]] = 1.0
    lower, upper = model.program.lower.copy(), model.program.upper.copy()
    lower[model.choices] = upper[model.choices] = chosen
    held = replace(model.program, lower=lower, upper=upper)
    found = solver.solve(held, SolveWish(limits.seconds, seed=limits.seed, any_solution=True))
    return found.values if found.has_values else None


def _better(
    found: Solution,
    known: Floats | None,
    costs: Floats,
    model: PostingModel,
    solver: SolverProcess,
    limits: SearchLimits,
) -> tuple[Floats, float, float]:
    """Return values, objective and bound; what was known where the search found nothing. No goal is below 0."""
    bound = max(found.bound, 0.0)
    if found.has_values:
        return found.values, found.objective, min(bound, found.objective)
    if known is None:
        raise no_plan(found, model, solver, limits)
    # A plan that met the ceilings within a rounding error may seem impossible to a later search.
    value = float(costs @ known)
    return known, value, min(bound, value) if np.isfinite(bound) else 0.0


def _any_plan(solver: SolverProcess, program: Program, model: PostingModel, limits: SearchLimits) -> Floats:
    wish = SolveWish(limits.seconds, seed=limits.seed, any_solution=True)
    found = solver.solve(program, wish)
    if not found.has_values:
        raise no_plan(found, model, solver, limits)
    return found.values


def _stop_reason(found: Solution, value: float, bound: float) -> StopReason:
    if found.has_values:
        return found.stop_reason
    return StopReason.OPTIMAL if value - bound <= _TOLERANCE else StopReason.TIME_LIMIT


def no_plan(found: Solution, model: PostingModel, solver: SolverProcess, limits: SearchLimits) -> Exception:
    """Return the refusal that tells why there is no plan."""
    if found.ending is not Ending.IMPOSSIBLE:
        message = (
            f"The time of {limits.seconds:g} seconds ended before any plan was found that obeys every hard rule. Give "
            "more time, or give some rules a price."
        )
        return PostingPlanNotFoundError(message, seconds=limits.seconds)
    conflict = conflict_in(solver, model.program, model.groups, limits)
    return PostingPlanImpossibleError(
        f"No plan obeys all rules that may not be broken. {_told(conflict)} Give one of them a price, or correct the "
        "data.",
        conflict=tuple(f"{group.rule}: {group.subject}" for group in conflict.groups),
    )


def _told(conflict: Conflict) -> str:
    named = "; ".join(f"{group.rule} {group.subject} ({SENTENCES[RuleId(group.rule)]})" for group in conflict.groups)
    if not conflict.is_smallest:
        return f"These contradict one another; the time ended before it was known whether all are needed: {named}."
    return f"These contradict one another, and without any one of them the others would not: {named}."


def confirmed(levels: tuple[Level, ...], verdict: Verdict) -> tuple[Level, ...]:
    """Return the levels with the values of the check.

    Raises
    ------
    PostingPlanWrongError
        When a hard rule is broken or a goal is worse than the solver says.
    """
    if verdict.unlawful:
        broken = "; ".join(f"{each.rule} {each.subject}: {each.what}" for each in verdict.unlawful[:5])
        raise PostingPlanWrongError(f"The solver's plan breaks rules: {broken}. Please report this with the data.")
    confirmed = []
    for level in levels:
        value = verdict.values[level.goal]
        if value > level.value + _TOLERANCE * 10 * max(1.0, abs(level.value)):
            raise PostingPlanWrongError(
                f"The check finds {value:g} for {level.goal}, the solver said {level.value:g}. Please report this with "
                "the data.",
                goal=level.goal,
            )
        confirmed.append(Level(level.goal, value, min(level.bound, value), level.stop_reason))
    return tuple(confirmed)
