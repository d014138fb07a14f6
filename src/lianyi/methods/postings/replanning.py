"""What changed against the published plan, and why nothing less would do.

Somebody whose old line is no longer possible must change. Everybody else who changes is asked about once more: the plan
is made again with that person as before, and the first goal that becomes worse is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from lianyi.methods.errors import LockedLineError, PostingPlanImpossibleError, PostingPlanNotFoundError
from lianyi.methods.goal_search import Worse, first_difference, proved_worse
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.postings.columns import Bar, bar_of_line, columns_of
from lianyi.methods.postings.model import PostingModel, model_of
from lianyi.methods.postings.problem import Line, PostingProblem, Published
from lianyi.methods.postings.repairing import repair
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.solving import Plan, solve_goals
from lianyi.methods.postings.standing_plan import StandingPlan
from lianyi.methods.solver_process import SolverProcess

_ROUNDING = 1e-4


class ChangeKind(StrEnum):
    """What became of a person."""

    DROPPED_OUT = "dropped_out"  # no longer in the pool
    NOT_POSSIBLE = "not_possible"  # an old line breaks a rule about one person by now
    MOVED = "moved"  # has other lines than before
    RELEASED = "released"  # has none any more
    NEW = "new"  # had none before


@dataclass(frozen=True, slots=True)
class Change:
    """A person whose lines differ, and why.

    ``bar`` is the rule that forbids an old line. ``worse`` is what would be worse without this change. It is None where
    the person had to change, where an equally good plan without this change exists or its loss was not proved in the
    time, and where no plan at all would be left.
    """

    person: str
    before: tuple[Line, ...]
    after: tuple[Line, ...]
    kind: ChangeKind
    bar: Bar | None = None
    worse: Worse[Goal] | None = None


def changes_of(solver: SolverProcess, model: PostingModel, plan: Plan, limits: SearchLimits) -> tuple[Change, ...]:
    """Return who changes against the published plan, by person; nothing where no plan was published."""
    return _changes(model, plan, limits, lambda change, left: _worse_without(solver, model.problem, plan, change, left))


def changes_of_repair(
    solver: SolverProcess, model: PostingModel, plan: Plan, limits: SearchLimits
) -> tuple[Change, ...]:
    """Return the same for a plan that `repairing.repair` made: whether a repair with the person as before is worse."""
    return _changes(model, plan, limits, lambda change, left: _worse_repair(solver, model, plan, change, left))


def _changes(
    model: PostingModel,
    plan: Plan,
    limits: SearchLimits,
    worse_of: Callable[[Change, SearchLimits], Worse[Goal] | None],
) -> tuple[Change, ...]:
    problem = model.problem
    if problem.published is None:
        return ()
    clock = Clock(limits, silent)
    before, after = _by_person(problem.published.lines), _by_person(plan.lines)
    changes = []
    for person in sorted({*before, *after}):
        if before[person] == after[person]:
            continue
        change = _change(problem, person, before[person], after[person])
        if change.kind in {ChangeKind.MOVED, ChangeKind.RELEASED, ChangeKind.NEW}:
            seconds = max(clock.seconds_left(), _ROUNDING)
            change = replace(change, worse=worse_of(change, replace(limits, seconds=seconds)))
        changes.append(change)
    return tuple(changes)


def _by_person(lines: Iterable[Line]) -> Mapping[str, tuple[Line, ...]]:
    found: dict[str, tuple[Line, ...]] = defaultdict(tuple)
    for line in sorted(lines):
        found[line.person] += (line,)
    return found


def _change(problem: PostingProblem, person: str, before: tuple[Line, ...], after: tuple[Line, ...]) -> Change:
    if person not in problem.person_of:
        return Change(person, before, after, ChangeKind.DROPPED_OUT)
    for line in before:
        # A need that is gone takes its lines with it, but bars nobody.
        bar = bar_of_line(problem, line) if line.need in problem.need_of else None
        if bar is not None or line.need not in problem.need_of:
            return Change(person, before, after, ChangeKind.NOT_POSSIBLE, bar)
    if not before:
        return Change(person, before, after, ChangeKind.NEW)
    return Change(person, before, after, ChangeKind.MOVED if after else ChangeKind.RELEASED)


def _worse_without(
    solver: SolverProcess, problem: PostingProblem, plan: Plan, change: Change, limits: SearchLimits
) -> Worse[Goal] | None:
    """Plan again with this person as before, and find the first goal that is worse."""
    kept = _as_before(problem, change)
    try:
        model = model_of(kept, columns_of(kept))
        _values, levels = solve_goals(solver, model, limits)
    except (LockedLineError, PostingPlanImpossibleError, PostingPlanNotFoundError):
        return None
    return proved_worse(plan, first_difference(plan, levels))


def _worse_repair(
    solver: SolverProcess, model: PostingModel, plan: Plan, change: Change, limits: SearchLimits
) -> Worse[Goal] | None:
    """Repair again with this person as before, and tell whether less is restored, or more people change."""
    kept = _as_before(model.problem, change)
    try:
        again = repair(solver, model_of(kept, columns_of(kept)), limits)
    except (LockedLineError, PostingPlanImpossibleError, PostingPlanNotFoundError):
        return None
    lost, changed = StandingPlan(model).lost_in(plan.values), plan.level(Goal.CHANGE).value
    if again.least_lost > lost + _ROUNDING * max(1.0, lost):
        return Worse(Goal.NEED, plan.level(Goal.NEED).value, again.plan.level(Goal.NEED).value)
    is_as_good = again.lost <= lost + _ROUNDING * max(1.0, lost)
    if is_as_good and again.least_changed > changed + _ROUNDING:
        return Worse(Goal.CHANGE, changed, again.changed)
    return None


def _as_before(problem: PostingProblem, change: Change) -> PostingProblem:
    published = problem.published or Published(frozenset())
    if change.before:
        locked = published.locked | set(change.before)
        return replace(problem, published=replace(published, locked=locked))
    at_home = tuple(
        replace(each, available=frozenset()) if each.id == change.person else each for each in problem.people
    )
    return replace(problem, people=at_home)
