"""Make the goals least, one after the other, and let nobody see a plan that the independent check does not confirm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.errors import PostingPlanImpossibleError, PostingPlanNotFoundError, PostingPlanWrongError
from lianyi.methods.goal_search import GoalSearch, Level, LevelledPlan, Refusals
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.location.limits import SearchLimits, StopReason
from lianyi.methods.postings.checking import Verdict, check
from lianyi.methods.postings.columns import NeedTrace, columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.rules import SENTENCES, Goal
from lianyi.methods.solver_process import SolverProcess

REFUSALS = Refusals(PostingPlanImpossibleError, PostingPlanNotFoundError, PostingPlanWrongError, SENTENCES)


@dataclass(frozen=True, slots=True)
class SearchAround:
    """What a search begins with, and who is told after each goal: the best lines so far and the levels reached.

    ``start`` are lines of an earlier plan; where they no longer make a plan, or there are none, the search begins with
    what is locked alone, if that is a plan.
    """

    start: tuple[Line, ...] = ()
    tell: Callable[[tuple[Line, ...], tuple[Level[Goal], ...]], None] = lambda _lines, _levels: None


@dataclass(frozen=True, slots=True)
class Plan(LevelledPlan[Goal]):
    """Lines of a plan that was checked, the level of each goal in their order, and who could serve which need.

    ``values`` are those of the columns of the model.
    """

    lines: tuple[Line, ...]
    levels: tuple[Level[Goal], ...]
    verdict: Verdict
    traces: tuple[NeedTrace, ...]
    values: Floats = field(repr=False, compare=False)


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
    values, levels = solve_goals(solver, model, limits, search)
    lines = model.lines_in(values)
    verdict = check(model.problem, lines)
    return Plan(lines, REFUSALS.confirmed(levels, verdict), verdict, model.columns.traces, values)


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
    return Plan(kept, REFUSALS.confirmed(levels, verdict), verdict, model.columns.traces, values)


def solve_goals(
    solver: SolverProcess, model: PostingModel, limits: SearchLimits, search: SearchAround | None = None
) -> tuple[Floats, tuple[Level[Goal], ...]]:
    """Make each goal least under ceilings for those before it, beginning each search with the plan known by then."""
    search = search or SearchAround()
    known, tell = _values_of(solver, model, search.start, limits) if search.start else None, search.tell
    if known is None:
        # Nobody else going anywhere often obeys every hard rule: then the time cannot end without a plan.
        known = _values_of(solver, model, tuple(sorted(model.problem.locked)), limits)
    return GoalSearch(
        *(solver, model, model.problem.rules, REFUSALS, limits, known),
        tell=lambda values, levels: tell(model.lines_in(values), levels),
    ).solved()


def _values_of(
    solver: SolverProcess, model: PostingModel, lines: tuple[Line, ...], limits: SearchLimits
) -> Floats | None:
    """Return the values of the model that these lines make; None where they make no plan."""
    position_of = {line: position for position, line in enumerate(model.columns.lines)}
    if any(line not in position_of for line in lines):
        return None
    chosen = np.zeros(len(model.columns))
    chosen[np.array([position_of[line] for line in lines], np.int64)] = 1.0
    lower, upper = model.program.lower.copy(), model.program.upper.copy()
    lower[model.choices] = upper[model.choices] = chosen
    held = replace(model.program, lower=lower, upper=upper)
    found = solver.solve(held, SolveWish(limits.seconds, seed=limits.seed, any_solution=True))
    return found.values if found.has_values else None
