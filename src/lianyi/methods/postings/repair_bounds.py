"""How few people any repair changes: a bound from the recipients that lost somebody, all others left out.

Every repair of the whole plan, looked at only at these recipients, obeys the rows that speak of them, and those limits
of donors and people that others can only tighten. So the least change under these rows is one below which no repair of
the whole comes. Whoever is taken away from a need elsewhere leaves somebody missing there, whom one more must replace.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.goal_search import ceiling_of
from lianyi.methods.linear_models import Program, SolveWish
from lianyi.methods.postings.rules import Goal, RuleId
from lianyi.methods.postings.standing_plan import StandingPlan
from lianyi.methods.program_parts import Divisible
from lianyi.methods.solver_process import SolverProcess

_SECONDS = 5.0


class RepairBounds:
    """Bounds of what is lost and of the change.

    Parameters
    ----------
    standing, whole
        What stands, and the model of all.
    lost
        The objective of what is missing beyond what may be missing.
    free
        The columns of the recipients that lost somebody, with all that follows from them.
    """

    def __init__(self, standing: StandingPlan, whole: Divisible, lost: Floats, free: Positions, seed: int) -> None:
        self._standing, self._whole, self._lost, self._free, self._seed = standing, whole, lost, free, seed
        self._program = self._relaxed()

    def _relaxed(self) -> Program:
        """Return the rows about the free columns, a bound out of force where other columns could loosen it."""
        is_outside = np.ones(self._whole.program.columns, np.bool_)
        is_outside[self._free] = False
        rows = np.unique(self._whole.by_column[:, self._free].indices)
        outside = self._whole.by_row[rows][:, np.flatnonzero(is_outside)]
        may_add = outside.maximum(0.0).sum(axis=1)
        may_take = outside.minimum(0.0).sum(axis=1)
        program = self._whole.own(self._free, rows).program
        return replace(
            program,
            row_lower=np.where(np.asarray(may_add).ravel() > 0.0, -np.inf, program.row_lower),
            row_upper=np.where(np.asarray(may_take).ravel() < 0.0, np.inf, program.row_upper),
        )

    def least_lost(self, solver: SolverProcess) -> float:
        """Return what is lost at least, whatever is done."""
        return self._bound(solver, self._program, self._lost[self._free])

    def least_change(self, solver: SolverProcess, lost: float) -> float:
        """Return the least change of a repair that loses no more than this."""
        model = self._standing.model
        change = np.append(model.goals[Goal.CHANGE], np.zeros(self._whole.program.columns - model.program.columns))
        program = self._program.with_ceiling(self._lost[self._free], ceiling_of(lost))
        program, replaced = program.with_amounts(len(model.problem.needs))
        kept = self._places(np.flatnonzero(self._standing.standing))
        for place, need in zip(*(each.tolist() for each in self._leaving()), strict=True):
            # Somebody comes to the need that is left: one more who changes, unless one of those who stood here goes.
            row = np.zeros(program.columns)
            row[place], row[replaced[need]] = 1.0, -1.0
            may_go = kept[self._can_serve(need)[self._person_of(kept)]]
            row[may_go] = 1.0
            program = program.with_ceiling(row, float(may_go.size))
        costs = np.append(change[self._free], np.full(replaced.size, min(model.problem.rules.notice_weights)))
        return self._bound(solver, program, costs) + model.constants[Goal.CHANGE]

    def _places(self, postings: Positions) -> Positions:
        """Return where postings stand among the free columns; those that are not free are left out."""
        return np.flatnonzero(np.isin(self._free, self._standing.model.choices[postings]))

    def _person_of(self, places: Positions) -> Positions:
        model = self._standing.model
        posting = np.full(self._whole.program.columns, -1)
        posting[model.choices] = np.arange(model.choices.size)
        people: Positions = model.columns.person[posting[self._free[places]]]
        return people

    def _can_serve(self, need: int) -> Flags:
        columns = self._standing.model.columns
        found = np.zeros(len(self._standing.problem.people), np.bool_)
        found[columns.person[columns.need == need]] = True
        return found

    def _leaving(self) -> tuple[Positions, Positions]:
        """Return places among the free columns that take somebody away from a need elsewhere, and those needs."""
        model, rules = self._standing.model, self._standing.problem.rules
        nobody = np.empty(0, np.int64)
        if rules.most_postings_per_person != 1 or not rules.is_hard(RuleId.MOST_POSTINGS):
            return nobody, nobody
        places = self._places(np.arange(model.choices.size))
        inside = np.zeros(len(model.problem.needs), np.bool_)
        inside[model.columns.need[np.isin(model.choices, self._free)]] = True
        left = self._standing.need_that_would_miss[self._person_of(places)]
        is_elsewhere = (left >= 0) & ~inside[left]
        return places[is_elsewhere], left[is_elsewhere]

    def _bound(self, solver: SolverProcess, program: Program, costs: Floats) -> float:
        found = solver.solve(program.with_objective(costs), SolveWish(_SECONDS, seed=self._seed))
        return max(0.0, found.bound) if np.isfinite(found.bound) else 0.0
