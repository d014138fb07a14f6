"""Why a need stays open: nobody qualified, all qualified ones barred, or rules that contradict one another.

The last is the answer to a question put to the solver: what forbids that one person more is there in one period, while
every other need is met as well as now? Not all of these can hold at once; a smallest set that cannot is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.linear_models import Ending, Program, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.postings.columns import NeedTrace
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.problem import Need
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.postings.solving import Plan
from lianyi.methods.rule_conflicts import Clause, Conflict, conflict_in
from lianyi.methods.solver_process import SolverProcess

_ROUNDING = 1e-6
_ONE_LESS = 0.5


class ReasonKind(StrEnum):
    """Why people are missing."""

    NOBODY_QUALIFIED = "nobody_qualified"  # nobody in the pool has specialty and title
    ALL_BARRED = "all_barred"  # those who have are barred from the missing periods by rules about one person
    CONFLICT = "conflict"  # somebody could come, but rules or other needs forbid it
    NOT_PROVED = "not_proved"  # the time ended; a better plan may exist


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need with people missing, how many in each period, and why; ``conflict`` only where rules contradict."""

    need: Need
    missing: tuple[int, ...]
    kind: ReasonKind
    trace: NeedTrace
    conflict: Conflict | None = None

    @property
    def total(self) -> int:
        """Missing people times periods."""
        return sum(self.missing)


def missing_heads(model: PostingModel, plan: Plan) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return the people missing for each need (row) in each period (column)."""
    values = np.where(model.unmet >= 0, plan.values[model.unmet], 0.0)
    return np.rint(values).astype(np.int64)


def reasons_of(solver: SolverProcess, model: PostingModel, plan: Plan, limits: SearchLimits) -> tuple[Unmet, ...]:
    """Tell the reason of each need that stays open, in the order of the needs.

    ``limits`` are for all of them together; when the time is over, what is left is told as not proved.
    """
    clock = Clock(limits, silent)
    missing = missing_heads(model, plan)
    return tuple(
        _reason(solver, model, plan, number, replace(limits, seconds=max(clock.seconds_left(), _ROUNDING)))
        for number in np.flatnonzero(missing.any(axis=1)).tolist()
    )


def _reason(solver: SolverProcess, model: PostingModel, plan: Plan, number: int, limits: SearchLimits) -> Unmet:
    missing = missing_heads(model, plan)[number]
    need, trace = model.problem.needs[number], model.columns.traces[number]
    told = Unmet(need, tuple(missing.tolist()), ReasonKind.NOT_PROVED, trace)
    if trace.qualified == 0:
        return replace(told, kind=ReasonKind.NOBODY_QUALIFIED)
    if set(np.flatnonzero(missing).tolist()) <= set(trace.uncovered):
        return replace(told, kind=ReasonKind.ALL_BARRED)
    program, clauses = one_more(model, plan, number)
    found = solver.solve(program, SolveWish(limits.seconds, seed=limits.seed, any_solution=True))
    if found.ending is not Ending.IMPOSSIBLE:
        return told
    return replace(told, kind=ReasonKind.CONFLICT, conflict=conflict_in(solver, program, clauses, limits))


def one_more(model: PostingModel, plan: Plan, number: int) -> tuple[Program, Mapping[Clause, Positions]]:
    """Return the program that asks for one more person in one period, and the rules that may be named."""
    program, clauses = not_worse(model, plan, model)
    wanted = model.unmet[number][model.unmet[number] >= 0]
    costs = np.zeros(program.columns)
    costs[wanted] = 1.0
    own = Clause(RuleId.NEED, model.problem.needs[number].id)
    now = float(missing_heads(model, plan)[number].sum())
    return program.with_ceiling(costs, now - _ONE_LESS), {
        clause: rows for clause, rows in clauses.items() if clause != own
    }


def not_worse(model: PostingModel, plan: Plan, other: PostingModel) -> tuple[Program, Mapping[Clause, Positions]]:
    """Return the program of a model with the same needs, in which no need and no goal before them is worse than now."""
    program, clauses = other.program, dict(other.clauses)
    is_wanted = model.unmet >= 0
    upper = program.upper.copy()
    upper[other.unmet[is_wanted]] = missing_heads(model, plan)[is_wanted]
    program = replace(program, upper=upper)
    goals = model.problem.rules.goals
    for goal in goals[: goals.index(Goal.NEED)]:
        if other.goals[goal].any():
            ceiling = plan.level(goal).value - other.constants[goal]
            clauses[Clause(goal, "")] = np.array([program.rows], np.int64)
            program = program.with_ceiling(other.goals[goal], ceiling + _ROUNDING * max(1.0, ceiling))
    return program, clauses
