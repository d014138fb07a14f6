"""Why a need or a place for a donor stays open: nobody has it, policy forbids it, or rules contradict one another.

The last is the answer to a question put to the solver: what forbids that one person more comes, while every other need
is met as well as now? Not all of these can hold at once; a smallest set that cannot is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.goal_search import ceiling_of
from lianyi.methods.linear_models import Ending, Program, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.pairing.arcs import NeedTrace
from lianyi.methods.pairing.model import PairingModel
from lianyi.methods.pairing.problem import Need
from lianyi.methods.pairing.rules import Goal, RuleId
from lianyi.methods.pairing.solving import Plan
from lianyi.methods.rule_conflicts import Clause, Conflict, conflict_in
from lianyi.methods.solver_process import SolverProcess

_ROUNDING = 1e-6


class ReasonKind(StrEnum):
    """Why something is missing."""

    NOBODY_HAS_IT = "nobody_has_it"  # no donor has the specialty, is strong enough in it, and has people of it
    FORBIDDEN = "forbidden"  # those who have it may not help this recipient
    CONFLICT = "conflict"  # somebody could come, but rules or other needs forbid it: all capacity is used
    NOT_PROVED = "not_proved"  # the time ended; a better plan may exist


@dataclass(frozen=True, slots=True)
class Unmet:
    """A need with people missing, or a recipient with donors missing (``need`` and ``trace`` are then None)."""

    recipient: str
    need: Need | None
    missing: int
    kind: ReasonKind
    trace: NeedTrace | None = None
    conflict: Conflict | None = None

    @property
    def goal(self) -> Goal:
        """The goal in which what is missing counts."""
        return Goal.COVERAGE if self.need is None else Goal.NEED

    @property
    def own(self) -> Clause:
        """The rule that is not met."""
        return Clause(RuleId.LEAST_DONORS, self.recipient) if self.need is None else Clause(RuleId.NEED, self.need.id)


def reasons_of(solver: SolverProcess, model: PairingModel, plan: Plan, limits: SearchLimits) -> tuple[Unmet, ...]:
    """Tell the reason of each need that stays open, in the order of the needs, then of recipients that lack donors.

    ``limits`` are for all of them together; when the time is over, what is left is told as not proved.
    """
    clock = Clock(limits, silent)
    return tuple(
        _reason(solver, model, plan, unmet, replace(limits, seconds=max(clock.seconds_left(), _ROUNDING)))
        for unmet in open_of(model, plan)
    )


def open_of(model: PairingModel, plan: Plan) -> tuple[Unmet, ...]:
    """Return what is missing, the reasons not yet looked for."""
    problem = model.problem
    missing = np.rint(plan.values[model.unmet]).astype(np.int64).tolist()
    found = [
        Unmet(need.recipient, need, count, ReasonKind.NOT_PROVED, trace)
        for need, trace, count in zip(problem.needs, model.arcs.traces, missing, strict=True)
        if count
    ]
    for recipient, column in zip(problem.recipients, model.fewer_donors.tolist(), strict=True):
        count = round(float(plan.values[column])) if column >= 0 else 0
        if count:
            found.append(Unmet(recipient.id, None, count, ReasonKind.NOT_PROVED))
    return tuple(found)


def _reason(solver: SolverProcess, model: PairingModel, plan: Plan, unmet: Unmet, limits: SearchLimits) -> Unmet:
    if unmet.trace is not None and unmet.trace.is_hopeless:
        has_it = unmet.trace.has_strong_donor
        return replace(unmet, kind=ReasonKind.FORBIDDEN if has_it else ReasonKind.NOBODY_HAS_IT)
    if limits.seconds <= _ROUNDING:
        return unmet
    program, clauses = one_more(model, plan, unmet)
    found = solver.solve(program, SolveWish(limits.seconds, seed=limits.seed, any_solution=True))
    if found.ending is not Ending.IMPOSSIBLE:
        return unmet
    return replace(unmet, kind=ReasonKind.CONFLICT, conflict=conflict_in(solver, program, clauses, limits))


def column_of(model: PairingModel, unmet: Unmet) -> int:
    """Return the column that says how much is missing."""
    if unmet.need is not None:
        return int(model.unmet[model.problem.needs.index(model.problem.need_of[unmet.need.id])])
    recipient = model.problem.recipient_of[unmet.recipient]
    return int(model.fewer_donors[model.problem.recipients.index(recipient)])


def one_more(model: PairingModel, plan: Plan, unmet: Unmet) -> tuple[Program, Mapping[Clause, Positions]]:
    """Return the program that asks for one person or donor more, and the rules that may be named."""
    program, clauses = not_worse(model, plan, model, unmet)
    upper = program.upper.copy()
    upper[column_of(model, unmet)] = unmet.missing - 1
    named = {clause: rows for clause, rows in clauses.items() if clause != unmet.own}
    return replace(program.with_objective(np.zeros(program.columns)), upper=upper), named


def not_worse(
    model: PairingModel, plan: Plan, other: PairingModel, unmet: Unmet
) -> tuple[Program, Mapping[Clause, Positions]]:
    """Return the program of a model of the same needs and recipients, in which nothing is worse than now.

    Nothing: no goal before the one in which the missing counts, and in that one no other need, or, where donors are
    missing, all other shortfalls together.
    """
    program, clauses = other.program, dict(other.clauses)
    goals = model.problem.rules.goals
    for goal in goals[: goals.index(unmet.goal)]:
        if other.goals[goal].any():
            clauses[Clause(goal, "")] = np.array([program.rows], np.int64)
            program = program.with_ceiling(
                other.goals[goal], ceiling_of(plan.level(goal).value) - other.constants[goal]
            )
    if unmet.need is not None:
        upper = program.upper.copy()
        upper[other.unmet] = np.rint(plan.values[model.unmet])
        return replace(program, upper=upper), clauses
    others, own = other.goals[unmet.goal].copy(), column_of(other, unmet)
    ceiling = plan.level(unmet.goal).value - others[own] * unmet.missing
    others[own] = 0.0
    clauses[Clause(unmet.goal, "")] = np.array([program.rows], np.int64)
    return program.with_ceiling(others, ceiling_of(max(0.0, ceiling))), clauses
