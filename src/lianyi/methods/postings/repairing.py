"""Repair a published plan with the fewest people changed, near what was lost first.

Everything but a neighbourhood stays as it is: first only the needs that lost somebody and the people who are at home,
then all needs of their recipients and all people of their donors, at last the whole plan. A repair in a neighbourhood
is taken as soon as it is proved that the whole plan has none with fewer people changed: by `StandingPlan.least_change`.

Needs, each by itself, and priced limits are brought back to what they were when the plan was published, where they come
before `Goal.CHANGE` in the order of the goals; then the change is made least; then, with no more change, all goals are
made as good as the neighbourhood allows, in their order. Nobody is moved for a hand-over or a team alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from scipy import sparse

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.errors import PostingDataError
from lianyi.methods.goal_search import Level, ceiling_of
from lianyi.methods.linear_models import Ending, Solution, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, silent
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.repair_bounds import RepairBounds
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.solving import REFUSALS, Plan
from lianyi.methods.postings.standing_plan import StandingPlan
from lianyi.methods.program_parts import Divisible, Part
from lianyi.methods.solver_process import SolverProcess

_BROUGHT_BACK = frozenset({Goal.BREACHES, Goal.NEED})
_ROUNDING = 1e-6
_RELATIVE = 1e-5
# What comes after the change is only made good: it decides between repairs that change as few.
_GAP_AFTER, _NODES_AFTER = 1e-3, 100
_LEAST_SECONDS = 1e-3


class Scope(StrEnum):
    """How much of the plan was free to change, from little to all."""

    NEEDS = "needs"  # needs that lost somebody, people at home or with a lost line
    NEIGHBOURS = "neighbours"  # all needs of those recipients, all people of those who may help them
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Repair:
    """A repaired plan that was checked.

    ``lost`` is what is missing beyond what was missing when the plan was published, weighted, and ``changed`` the
    people changed, each by its notice; no repair brings ``lost`` below ``least_lost``, nor, with so little lost,
    ``changed`` below ``least_changed``. ``is_least`` says that it is proved that no repair of the whole plan restores
    more, or as much with fewer people changed. Other goals of ``plan`` than the change have no bounds.
    """

    plan: Plan
    scope: Scope
    lost: float
    least_lost: float
    changed: float
    least_changed: float
    is_least: bool


def repair(
    solver: SolverProcess, model: PostingModel, limits: SearchLimits, scopes: Sequence[Scope] = tuple(Scope)
) -> Repair:
    """Repair the published plan of a model's problem, in these scopes one after the other.

    Raises
    ------
    PostingDataError
        When no plan was published.
    PostingPlanImpossibleError, PostingPlanNotFoundError, PostingPlanWrongError
        As `lianyi.methods.postings.solving.plan_postings`.
    """
    if model.problem.published is None:
        raise PostingDataError("There is no published plan to repair; give its lines, or plan anew.")
    search = _Search(solver, model, limits)
    best: _Found | None = None
    for scope in scopes:
        found = search.within(scope, best)
        best = found if best is None else best.or_better(found)
        if best is not None and best.is_proved:
            break
    if best is None:
        raise REFUSALS.no_plan(search.last, model, solver, limits)
    return search.account(best, search.finished(best))


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """An objective, what of it comes from elsewhere, and the value below which nothing is gained or possible."""

    costs: Floats
    constant: float
    enough: float
    goal: Goal

    def value(self, values: Floats) -> float:
        return float(self.costs @ values) + self.constant


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What a scope brought: values of the whole after the steps up to the change, and what no repair brings below.

    ``steps`` go on from there; ``is_settled`` says that the search of this scope was not cut short.
    """

    scope: Scope
    done: _Steps
    values: Floats
    steps: tuple[_Step, ...]
    least: tuple[float, ...]
    is_settled: bool

    def reached(self, goal: Goal) -> tuple[float, float]:
        """Return what was reached in a step, and the least possible; nothing where there is no such step."""
        for step, least in zip(self.steps, self.least, strict=True):
            if step.goal is goal:
                return step.value(self.values), least
        return 0.0, 0.0

    def or_better(self, other: _Found | None) -> _Found:
        """Return the better of two, with what both prove; a search cut short gives no plan, for it changes too many."""
        if other is None:
            return self
        least, is_better, is_equal = [], False, True
        for number, step in enumerate(self.steps):
            here, there = (max(step.value(each.values), step.enough) for each in (self, other))
            # What the other proves of a step holds while the steps before are as good.
            least.append(max(self.least[number], other.least[number]) if is_equal else self.least[number])
            is_better = is_better or (is_equal and there < here and not _is_at(here, there))
            is_equal = is_equal and _is_at(here, there) and _is_at(there, here)
        if other.is_settled and (is_better or is_equal):
            return other
        return replace(self, least=tuple(least))

    @property
    def is_proved(self) -> bool:
        return all(_is_at(step.value(self.values), least) for step, least in zip(self.steps, self.least, strict=True))


class _Search:
    """The model with a column for everybody missing beyond what may be missing, and parts of it."""

    def __init__(self, solver: SolverProcess, model: PostingModel, limits: SearchLimits) -> None:
        self._solver, self._model, self._limits = solver, model, limits
        self._clock = Clock(limits, silent)
        self._standing = StandingPlan(model)
        wanted = model.unmet >= 0
        limit = self._standing.may_miss[wanted].astype(np.float64)
        program, self._extra = model.program.with_excess(model.unmet[wanted], limit)
        self._whole = Divisible(program)
        self._weights = np.broadcast_to(self._standing.weights_of_need[:, np.newaxis], wanted.shape)[wanted]
        self._held = self._widened(self._standing.values())
        self._others = self._other_columns()
        self._pattern = sparse.csr_matrix(self._whole.by_row, copy=True)
        self._pattern.data = np.ones_like(self._pattern.data)
        self._before = tuple(self._steps_before())
        self._after = tuple(self._steps_after())
        self.last = Solution(Ending.NOTHING_FOUND, np.inf, -np.inf, np.empty(0))

    def _widened(self, values: Floats) -> Floats:
        return np.append(values, np.zeros(self._extra.size))

    def _other_columns(self) -> Flags:
        """Return which columns are neither postings nor partners: they follow from those."""
        found = np.ones(self._whole.program.columns, np.bool_)
        found[self._model.choices] = found[self._model.partners] = False
        return found

    def _steps_before(self) -> Iterator[_Step]:
        """Yield what is brought back, in the order of the goals."""
        standing, model = self._standing, self._model
        goals = model.problem.rules.goals
        before = [goal for goal in goals[: goals.index(Goal.CHANGE)] if goal in _BROUGHT_BACK]
        then = standing.values_when_published() if Goal.BREACHES in before else {}
        for goal in before:
            if goal is Goal.NEED:
                costs = np.zeros(self._whole.program.columns)
                costs[self._extra] = self._weights
                never = float((standing.never_restored * standing.weights_of_need[:, np.newaxis]).sum())
                yield _Step(costs, 0.0, never, goal)
            else:
                yield _Step(self._widened(model.goals[goal]), model.constants[goal], then.get(goal, 0.0), goal)

    def _steps_after(self) -> Iterator[_Step]:
        """Yield the goals as they are, but for the change: among repairs with as little change the best is taken."""
        for goal in self._model.problem.rules.goals:
            if goal is not Goal.CHANGE:
                yield _Step(self._widened(self._model.goals[goal]), self._model.constants[goal], 0.0, goal)

    def within(self, scope: Scope, best: _Found | None) -> _Found | None:
        """Return the best repair in a neighbourhood, or None where there is none or the time is over."""
        part = self._whole.part(self._free(scope), self._held)
        if not self._is_kept_elsewhere(part):
            return None
        solved = _Steps(self._solver, part, self._limits, self._clock)
        if scope is not Scope.NEEDS:
            solved.values = self._start(part, self._held if best is None else best.values)
        for step in self._before:
            if not solved.do(step):
                self.last = solved.last
                return None
        change = self._change(solved.completed())
        if not solved.do(change):
            self.last = solved.last
            return None
        values, steps = solved.completed(), (*self._before, change)
        known = solved.bounds if scope is Scope.WHOLE else self._bounds_elsewhere(steps, values)
        least = (min(step.value(values), max(step.enough, bound)) for step, bound in zip(steps, known, strict=False))
        return _Found(scope, solved, values, steps, tuple(least), solved.is_settled)

    def _start(self, part: Part, values: Floats) -> Floats:
        """Return values of a part with these postings and partners, all else put right; empty where that is none."""
        program = part.program
        lower, upper = program.lower.copy(), program.upper.copy()
        is_chosen = ~self._others[part.columns]
        lower[is_chosen] = upper[is_chosen] = np.rint(values[part.columns][is_chosen])
        wish = SolveWish(max(self._clock.seconds_left(), _LEAST_SECONDS), seed=self._limits.seed, any_solution=True)
        found = self._solver.solve(replace(program, lower=lower, upper=upper), wish)
        return found.values

    def finished(self, found: _Found) -> Floats:
        """Make all goals as good as the scope allows with no more change, and return the values of the whole."""
        for step in self._after:
            seconds = max(self._clock.seconds_left(), _LEAST_SECONDS)
            found.done.do(step, wish=SolveWish(seconds, _GAP_AFTER, self._limits.seed, nodes=_NODES_AFTER))
        return found.done.completed()

    def _bounds_elsewhere(self, steps: Sequence[_Step], found: Floats) -> list[float]:
        """Return what no repair of the whole brings each step below, as far as enough is not reached anyhow."""
        least = [-np.inf] * len(steps)
        place = next((number for number, step in enumerate(steps) if step.goal is Goal.NEED), None)
        values = [step.value(found) for step in steps]
        if place is None or all(_is_at(value, step.enough) for value, step in zip(values, steps, strict=True)):
            return least
        free = self._with_what_follows(self._at_touched_recipients())
        bounds = RepairBounds(self._standing, self._whole, steps[place].costs, free, self._limits.seed)
        if not _is_at(values[place], steps[place].enough):
            least[place] = bounds.least_lost(self._solver)
        if _is_at(values[place], max(least[place], steps[place].enough)):
            least[-1] = bounds.least_change(self._solver, values[place])
        return least

    def _change(self, values: Floats) -> _Step:
        """Return the step that makes the change least; how little it can be is known where all is restored."""
        constant = self._model.constants[Goal.CHANGE]
        is_restored = all(_is_at(step.value(values), step.enough) for step in self._before if step.goal is Goal.NEED)
        enough = self._standing.least_change() if is_restored else constant
        return _Step(self._widened(self._model.goals[Goal.CHANGE]), constant, enough, Goal.CHANGE)

    def _is_kept_elsewhere(self, part: Part) -> bool:
        """Whether what is held obeys the rows that have nothing free."""
        program = self._whole.program
        outside = np.ones(program.rows, np.bool_)
        outside[part.rows] = False
        sums = self._whole.by_row @ self._held
        follows = (self._pattern @ self._others) > 0
        is_right = (sums >= program.row_lower - _ROUNDING) & (sums <= program.row_upper + _ROUNDING)
        return bool((is_right | follows | ~outside).all())

    def _free(self, scope: Scope) -> Positions:
        """Return the columns of a neighbourhood: postings, partners, and what follows from them."""
        model, columns = self._model, self._model.columns
        if scope is Scope.WHOLE:
            return np.arange(self._whole.program.columns)
        free = self._at_touched_recipients()
        if scope is Scope.NEEDS:
            needs = self._standing.needs_touched
            away = np.zeros(len(model.problem.people), np.bool_)
            away[columns.person[self._standing.standing & ~needs[columns.need]]] = True
            may_come = ~away | self._standing.free_people
            free[model.choices] = needs[columns.need] & may_come[columns.person]
        else:
            donors = np.zeros(len(model.problem.donors), np.bool_)
            donors[columns.donor[free[model.choices]]] = True
            free[model.choices] |= donors[columns.donor]
            free[model.partners[columns.pair[donors[columns.donor]]]] = True
        free[model.unmet[model.unmet >= 0]] = True
        free[self._extra] = True
        for excess in model.excesses.values():
            free[excess] = True
        return self._with_what_follows(free)

    def _at_touched_recipients(self) -> Flags:
        """Return the postings at recipients that lost somebody, and their partners."""
        model, columns = self._model, self._model.columns
        recipients = np.zeros(len(model.problem.recipients), np.bool_)
        recipients[columns.recipient[self._standing.needs_touched[columns.need]]] = True
        found = np.zeros(self._whole.program.columns, np.bool_)
        found[model.choices] = recipients[columns.recipient]
        found[model.partners[columns.pair[recipients[columns.recipient]]]] = True
        return found

    def _with_what_follows(self, free: Flags) -> Positions:
        """Add whatever else is tied to a free column by a row, and is neither posting nor partner."""
        free = free.copy()
        new = free
        while new.any():
            rows = (self._pattern @ new) > 0
            new = ((self._pattern.T @ rows) > 0) & self._others & ~free
            free |= new
        return np.flatnonzero(free)

    def account(self, found: _Found, all_values: Floats) -> Repair:
        """Check the plan, and tell what is proved."""
        model = self._model
        values = all_values[: model.program.columns]
        lines = model.lines_in(values)
        verdict = check(model.problem, lines)
        needs = float(model.goals[Goal.NEED] @ values) + model.constants[Goal.NEED]
        changed, least_changed = found.reached(Goal.CHANGE)
        levels = []
        for goal in model.problem.rules.goals:
            value = {Goal.NEED: needs, Goal.CHANGE: changed}.get(goal, verdict.values.get(goal, 0.0))
            is_least = value <= _ROUNDING or (goal is Goal.CHANGE and found.is_proved)
            reason = StopReason.OPTIMAL if is_least else StopReason.SEARCH_LIMIT
            levels.append(Level(goal, value, value if is_least else -np.inf, reason))
        plan = Plan(lines, REFUSALS.confirmed(levels, verdict), verdict, model.columns.traces, values)
        return Repair(plan, found.scope, *found.reached(Goal.NEED), changed, least_changed, found.is_proved)


class _Steps:
    """One objective after the other on a part, each under ceilings for those before it."""

    def __init__(self, solver: SolverProcess, part: Part, limits: SearchLimits, clock: Clock) -> None:
        self._solver, self._part, self._limits, self._clock = solver, part, limits, clock
        self._program = part.program
        self.bounds: list[float] = []
        self.values: Floats = np.empty(0)
        self.is_settled = True
        self.last = Solution(Ending.NOTHING_FOUND, np.inf, -np.inf, np.empty(0))

    def do(self, step: _Step, wish: SolveWish | None = None) -> bool:
        """Make one objective least, or good enough, and keep it there; return whether there is a plan."""
        costs = step.costs[self._part.columns]
        constant = float(step.costs @ self._held()) + step.constant
        is_known = self.values.size > 0
        value = bound = float(costs @ self.values) + constant if is_known else np.inf
        if value > step.enough + _ROUNDING and (costs.any() or not is_known):
            wish = wish or SolveWish(max(self._clock.seconds_left(), _LEAST_SECONDS), seed=self._limits.seed)
            found = self._solver.solve(self._program.with_objective(costs), wish, self.values if is_known else None)
            self.last = found
            if not found.has_values and not is_known:
                return False
            self.values = found.values if found.has_values else self.values
            value = float(costs @ self.values) + constant
            bound = min(found.bound + constant, value) if np.isfinite(found.bound) else -np.inf
            self.is_settled &= value <= step.enough + _ROUNDING or _is_at(value, bound)
        self.bounds.append(bound)
        if costs.any():
            self._program = self._program.with_ceiling(costs, ceiling_of(max(value, step.enough)) - constant)
        return True

    def completed(self) -> Floats:
        return self._part.completed(self.values) if self.values.size else self._part.held

    def _held(self) -> Floats:
        """Return what the whole has in columns that are not free."""
        held = self._part.held.copy()
        held[self._part.columns] = 0.0
        return held


def _is_at(value: float, least: float) -> bool:
    return value <= least + _RELATIVE * max(1.0, abs(least))
