"""People and terms for a country whose sets of donors are chosen: group after group, at the prices of what is shared.

A group is planned exactly with what the groups before it left, and pays for what it takes from those after it; groups
that share nothing are planned at the same time. Then other groups, across the edges of the first ones, are planned
again without prices, so that the plan only becomes better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import Program, SolveWish
from lianyi.methods.postings.nearness import clusters
from lianyi.methods.postings.owners import NOBODY
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.program_parts import Divisible, Part
from lianyi.methods.solver_process import SolverProcess
from lianyi.methods.solver_team import SolverTeam, Task

_ROUNDING = 1e-6


class GroupPostings:
    """The values of all columns, group by group, and which of them belonged to a group.

    Parameters
    ----------
    whole
        All recipients with all their pairs.
    sets
        The set that each recipient has.
    solvers
        Plan groups that share no row, at the same time.
    wish
        When the search of a group ends.
    size
        How many recipients a group has.
    """

    def __init__(
        self, whole: SetProblem, sets: Positions, solvers: Sequence[SolverProcess], wish: SolveWish, size: int
    ) -> None:
        self.values: Floats = np.zeros(whole.parts.program.columns)
        self.planned: Flags = np.zeros(self.values.size, np.bool_)
        self._whole = whole
        self._team = SolverTeam(solvers)
        self._wish = wish
        self._size = size
        wanted = sorted(set().union(*(whole.sets.pairs[each] for each in sets.tolist())))
        is_wanted = np.isin(whole.pairs, wanted)
        self._is_free: Flags = (whole.pairs == NOBODY) | is_wanted
        self._lower = np.where(whole.is_partner & is_wanted, 1.0, whole.parts.program.lower)
        self._chosen = Divisible(replace(whole.parts.program, lower=self._lower))

    def post(self, prices: Floats) -> bool:
        """Plan every group at these prices of the shared rows; return whether all of them have a plan."""
        costs = self._whole.parts.costs_at(prices)
        left = [self._columns_of(group) for group in clusters(self._whole.near, self._size)]
        while left:
            wave, left = self._wave(left)
            if not self._planned(wave, costs):
                return False
        return True

    def post_again(self, is_over: Callable[[], bool]) -> None:
        """Plan groups across the edges of the first ones again while there is time; the plan only becomes better."""
        last = self._whole.parts.recipients - 1
        backwards = clusters(self._whole.near[::-1, ::-1], self._size)
        left = [self._columns_of([last - each for each in group]) for group in backwards]
        program = self._whole.parts.program
        while left and not is_over():
            wave, left = self._wave(left)
            parts = [self._chosen.part(columns, self.values) for columns in wave]
            found = self._team.solve_all([Task(part.alone, self._wish, part.start()) for part in parts])
            for part, solution in zip(parts, found, strict=True):
                before = float(program.costs[part.columns] @ self.values[part.columns])
                if solution.has_values and program.costs[part.columns] @ solution.values < before - _ROUNDING:
                    self.values[part.columns] = solution.values

    def _columns_of(self, group: Sequence[int]) -> Positions:
        columns = self._whole.parts.with_common(self._whole.parts.columns_of(group))
        return columns[self._is_free[columns]]

    def _wave(self, left: list[Positions]) -> tuple[list[Positions], list[Positions]]:
        """Take the first group, and others that share no row with one taken before; return these and the rest."""
        taken = np.zeros(self._whole.parts.program.rows, np.bool_)
        wave: list[Positions] = []
        rest: list[Positions] = []
        for columns in left:
            rows = self._whole.parts.rows_at(columns) if len(wave) < self._team.size else np.empty(0, np.int64)
            if len(wave) < self._team.size and not taken[rows].any():
                wave.append(columns)
                taken[rows] = True
            else:
                rest.append(columns)
        return wave, rest

    def _planned(self, wave: Sequence[Positions], costs: Floats) -> bool:
        # Donors of a chosen set that nobody can serve any more may help, and need not.
        for divisible in (self._chosen, self._whole.parts.divisible):
            parts = [divisible.part(columns, self.values) for columns in wave]
            found = self._team.solve_all([Task(_at(part, costs), self._wish) for part in parts])
            missing = []
            for columns, part, solution in zip(wave, parts, found, strict=True):
                if solution.has_values:
                    self.values[part.columns] = solution.values
                    self.planned[part.columns] = True
                else:
                    missing.append(columns)
            wave = missing
            if not wave:
                return True
        return False


def _at(part: Part, costs: Floats) -> Program:
    return replace(part.alone, costs=costs[part.columns])
