"""Make the goals of a plan least, one after the other, and believe no plan that an independent check does not confirm.

What a plan is made of, and which goals and rules it has, is the matter of its model; here is only the search, the same
for every kind of plan. No goal is ever below 0.

Examples
--------
>>> class Wanted(StrEnum):
...     NEED = "need"
>>> Level(Wanted.NEED, value=200.0, bound=198.0, stop_reason=StopReason.GAP).gap
0.01
>>> ceiling_of(200.0)
200.0002
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from lianyi.errors import InvalidInputError
from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.linear_models import Ending, Program, Solution, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, StopReason, relative_gap, silent
from lianyi.methods.rule_conflicts import Clause, Conflict, conflict_in
from lianyi.methods.solver_process import SolverProcess

GoalT = TypeVar("GoalT", bound=StrEnum)
_OrderedT_co = TypeVar("_OrderedT_co", bound=StrEnum, covariant=True)
_SHARE_OF_TIME = 0.5
_TOLERANCE = 1e-6
_CHECK_TOLERANCE = 1e-5
_ROUNDING = 1e-4
_MOST_TOLD = 5


@dataclass(frozen=True, slots=True)
class Level(Generic[GoalT]):
    """What came of one goal: its value. No plan brings it below ``bound`` while the goals before stay as they are."""

    goal: GoalT
    value: float
    bound: float
    stop_reason: StopReason

    @property
    def gap(self) -> float:
        return relative_gap(self.value, self.bound)


@dataclass(frozen=True, slots=True)
class Worse(Generic[GoalT]):
    """A goal that would be worse otherwise: what it is now, and what it would be."""

    goal: GoalT
    now: float
    then: float


class LevelledPlan(Generic[GoalT]):
    """What every plan can tell of its goals."""

    __slots__ = ()
    levels: tuple[Level[GoalT], ...]

    def level(self, goal: GoalT) -> Level[GoalT]:
        return next(level for level in self.levels if level.goal is goal)

    @property
    def is_optimal(self) -> bool:
        return all(level.stop_reason is StopReason.OPTIMAL for level in self.levels)


class GoalModel(Protocol[GoalT]):
    """A linear model with an objective and a constant for each goal, and the rows of each rule that may be named."""

    @property
    def program(self) -> Program: ...
    @property
    def goals(self) -> Mapping[GoalT, Floats]: ...
    @property
    def constants(self) -> Mapping[GoalT, float]: ...
    @property
    def clauses(self) -> Mapping[Clause, Positions]: ...


class GoalOrder(Protocol[_OrderedT_co]):
    """The goals in the order in which they are made least, and by which share each may become worse again."""

    @property
    def goals(self) -> Sequence[_OrderedT_co]: ...
    @property
    def tolerance(self) -> float: ...


class Broken(Protocol):
    """A rule that a check found broken."""

    @property
    def rule(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def what(self) -> str: ...


class Checked(Protocol[GoalT]):
    """What an independent check says of a plan."""

    @property
    def unlawful(self) -> Collection[Broken]: ...
    @property
    def values(self) -> Mapping[GoalT, float]: ...


@dataclass(frozen=True, slots=True)
class Refusals:
    """How one kind of plan is refused: impossible, not found in time, not confirmed; and what each rule says."""

    impossible: type[InvalidInputError]
    not_found: type[InvalidInputError]
    wrong: type[InvalidInputError]
    sentences: Mapping[Any, str]

    def no_plan(
        self, found: Solution, model: GoalModel[Any], solver: SolverProcess, limits: SearchLimits
    ) -> InvalidInputError:
        """Return the refusal that tells why there is no plan."""
        if found.ending is not Ending.IMPOSSIBLE:
            message = (
                f"The time of {limits.seconds:g} seconds ended before any plan was found that obeys every hard rule. "
                "Give more time, or give some rules a price."
            )
            return self.not_found(message, seconds=limits.seconds)
        conflict = conflict_in(solver, model.program, model.clauses, limits)
        return self.impossible(
            f"No plan obeys all rules that may not be broken. {self._told(conflict)} Give one of them a price, or "
            "correct the data.",
            conflict=tuple(str(clause) for clause in conflict.clauses),
        )

    def _told(self, conflict: Conflict) -> str:
        named = "; ".join(f"{clause} ({self.sentences[clause.rule]})" for clause in conflict.clauses)
        if not conflict.is_smallest:
            return f"These contradict one another; the time ended before it was known whether all are needed: {named}."
        return f"These contradict one another, and without any one of them the others would not: {named}."

    def confirmed(self, levels: Sequence[Level[GoalT]], verdict: Checked[GoalT]) -> tuple[Level[GoalT], ...]:
        """Return the levels with the values of the check; refuse a plan that breaks a rule or is worse than said."""
        if verdict.unlawful:
            some = list(verdict.unlawful)[:_MOST_TOLD]
            broken = "; ".join(f"{each.rule} {each.subject}: {each.what}" for each in some)
            raise self.wrong(f"The solver's plan breaks rules: {broken}. Please report this with the data.")
        found = []
        for level in levels:
            value = verdict.values[level.goal]
            if value > level.value + _CHECK_TOLERANCE * max(1.0, abs(level.value)):
                raise self.wrong(
                    f"The check finds {value:g} for {level.goal}, the solver said {level.value:g}. Please report this "
                    "with the data.",
                    goal=level.goal,
                )
            found.append(Level(level.goal, value, min(level.bound, value), level.stop_reason))
        return tuple(found)


def unheard(_values: Floats, _levels: tuple[Level[Any], ...]) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, eq=False)
class GoalSearch(Generic[GoalT]):
    """A search for values of a model in which each goal is least while those before it stay as they are.

    Parameters
    ----------
    solver, model, order
        What solves, what is solved, and in which order.
    refusals
        How to say that there is no plan.
    limits
        For all goals together.
    known
        Values of a plan to begin with.
    tell
        Told the best values and the levels after each goal.
    """

    solver: SolverProcess
    model: GoalModel[GoalT]
    order: GoalOrder[GoalT]
    refusals: Refusals
    limits: SearchLimits
    known: Floats | None = None
    tell: Callable[[Floats, tuple[Level[GoalT], ...]], None] = unheard

    def solved(self) -> tuple[Floats, tuple[Level[GoalT], ...]]:
        """Return the values found and the level of each goal."""
        clock, model = Clock(self.limits, silent), self.model
        program, known = model.program, self.known
        levels: list[Level[GoalT]] = []
        active = [goal for goal in self.order.goals if model.goals[goal].any()]
        for goal in self.order.goals:
            constant = model.constants[goal]
            if goal not in active:
                levels.append(Level(goal, constant, constant, StopReason.OPTIMAL))
                continue
            share = 1.0 if goal is active[-1] else _SHARE_OF_TIME
            wish = SolveWish(max(clock.seconds_left() * share, _TOLERANCE), self.limits.gap, self.limits.seed)
            found = self.solver.solve(program.with_objective(model.goals[goal]), wish, known)
            known, level = self._better(goal, found, known)
            levels.append(level)
            ceiling = ceiling_of(level.value * (1.0 + self.order.tolerance)) - constant
            program = program.with_ceiling(model.goals[goal], ceiling)
            self.tell(known, tuple(levels))
        return self._any(program) if known is None else known, tuple(levels)

    def _better(self, goal: GoalT, found: Solution, known: Floats | None) -> tuple[Floats, Level[GoalT]]:
        """Return values and level; those of what was known where the search found nothing."""
        costs, constant = self.model.goals[goal], self.model.constants[goal]
        if found.has_values:
            values, value = found.values, found.objective
        elif known is None:
            raise self.refusals.no_plan(found, self.model, self.solver, self.limits)
        else:
            # A plan that met the ceilings within a rounding error may seem impossible to a later search.
            values, value = known, float(costs @ known)
        bound = max(found.bound, self._least(costs)) if found.bound < np.inf else self._least(costs)
        total = value + constant
        bound = min(max(bound + constant, 0.0), total)
        return values, Level(goal, total, bound, _stop_reason(found, total, bound))

    def _least(self, costs: Floats) -> float:
        """Return what no plan can be below, without any search: 0 where nothing has a negative cost."""
        return 0.0 if (costs >= 0.0).all() else -np.inf

    def _any(self, program: Program) -> Floats:
        if not program.columns and not (program.row_lower > 0.0).any():
            return np.empty(0)
        wish = SolveWish(self.limits.seconds, seed=self.limits.seed, any_solution=True)
        found = self.solver.solve(program, wish)
        if not found.has_values:
            raise self.refusals.no_plan(found, self.model, self.solver, self.limits)
        return found.values


def ceiling_of(value: float) -> float:
    """Return the ceiling that keeps a goal at this value, rounding of the solver allowed for."""
    return value + _TOLERANCE * max(1.0, abs(value))


def _stop_reason(found: Solution, value: float, bound: float) -> StopReason:
    if value - bound <= _TOLERANCE:
        return StopReason.OPTIMAL
    return found.stop_reason if found.has_values else StopReason.TIME_LIMIT


def first_difference(plan: LevelledPlan[GoalT], levels: Sequence[Level[GoalT]]) -> Level[GoalT] | None:
    """Return the first goal that differs from the plan's; after it the goals say nothing."""
    for level in levels:
        now = plan.level(level.goal).value
        if abs(level.value - now) > _ROUNDING * max(1.0, now):
            return level
    return None


def proved_worse(plan: LevelledPlan[GoalT], level: Level[GoalT] | None) -> Worse[GoalT] | None:
    """Return by how much a goal would be worse; only its bound proves that it would."""
    if level is None:
        return None
    now = plan.level(level.goal).value
    return Worse(level.goal, now, level.value) if level.bound > now else None
