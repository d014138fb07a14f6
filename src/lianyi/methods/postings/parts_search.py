"""A large plan made better part by part: some recipients in one another's way are planned again, all others stay.

A recipient is chosen by chance, sooner where much is missing, with others whom its possible donors help now; their
postings are planned anew with their own people and those that nobody else uses. Over and over, this makes a large plan
better for as long as there is time; parts grow when small ones bring hardly anything any more: large neighbourhoods as
of P. Shaw, CP 1998, 417-431.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.postings.nearness import group_around
from lianyi.methods.postings.owners import NOBODY
from lianyi.methods.postings.set_problem import SetProblem
from lianyi.methods.program_parts import Part
from lianyi.methods.solver_process import SolverProcess
from lianyi.methods.solver_team import SolverTeam, Task

RECIPIENTS_OF_A_PART = (8, 12, 16)
# Parts grow when as many as hold every recipient so often made the plan better by no more than this share.
_ROUNDS, _LEAST_GAIN = 2, 2e-3
# More than there are solvers, so that none waits long for the slowest.
_PARTS_PER_SOLVER = 2
_LEAST_CHANCE = 0.2
# How often somebody in the way is looked for, and which share of these times in the way of the first recipient.
_TRIES, _FROM_CENTRE = 4, 0.6
_CHOSEN = 0.5
_ROUNDING = 1e-6


class PartsSearch:
    """The values of the columns of a plan, which only ever become better.

    Parameters
    ----------
    whole
        All recipients with all their pairs.
    values
        The columns of a lawful plan.
    solvers
        Plan parts that share no row, at the same time.
    wish
        When the search of a part ends; its seed is that of the choice of who is planned again too.
    """

    def __init__(self, whole: SetProblem, values: Floats, solvers: Sequence[SolverProcess], wish: SolveWish) -> None:
        self.values = values.copy()
        self._whole = whole
        self._parts = whole.parts
        self._team = SolverTeam(solvers)
        self._wish = wish
        self._rng = np.random.default_rng(wish.seed)
        self._visits = np.zeros(whole.parts.recipients)
        self._partners = np.flatnonzero(whole.is_partner)
        self._recipients = whole.parts.owners.columns[self._partners]
        of_donor = whole.donors[whole.pairs[self._partners]]
        self._by_donor = [self._partners[of_donor == each] for each in range(int(of_donor.max(initial=-1)) + 1)]

    @property
    def value(self) -> float:
        return float(self._parts.program.costs @ self.values)

    def improve(self, seconds_left: Callable[[], float], most_waves: int | None = None) -> None:
        """Plan parts again until the time is gone, the waves are done, or large parts bring nothing any more."""
        waves = 0
        for size in RECIPIENTS_OF_A_PART:
            least, gain = (0.0 if size == RECIPIENTS_OF_A_PART[-1] else _LEAST_GAIN), np.inf
            while gain > least * abs(self.value) + _ROUNDING:
                before, seen = self.value, 0
                while seen < _ROUNDS * self._parts.recipients:
                    left = seconds_left()
                    if left <= 0.0 or waves == most_waves:
                        return
                    seen += size * self._plan_again(size, replace(self._wish, seconds=min(self._wish.seconds, left)))
                    waves += 1
                gain = before - self.value

    def _plan_again(self, size: int, wish: SolveWish) -> int:
        """Plan one wave of parts; return how many they were."""
        parts = self._disjoint([self._group(size) for _ in range(_PARTS_PER_SOLVER * self._team.size)])
        costs = self._parts.program.costs
        found = self._team.solve_all([Task(part.alone, wish, part.start()) for part in parts])
        for part, solution in zip(parts, found, strict=True):
            before = float(costs[part.columns] @ self.values[part.columns])
            if solution.has_values and costs[part.columns] @ solution.values < before - _ROUNDING:
                self.values[part.columns] = solution.values
        return len(parts)

    def _group(self, size: int) -> list[int]:
        owners, costs = self._parts.owners.columns, self._parts.program.costs * self.values
        owned = owners != NOBODY
        weights = np.maximum(0.0, np.bincount(owners[owned], costs[owned], minlength=self._parts.recipients))
        # Somebody with nothing missing may still hold whom others miss.
        chances = (weights + _LEAST_CHANCE * max(1.0, float(weights.mean()))) / (1.0 + self._visits) ** 2
        centre = int(self._rng.choice(chances.size, p=chances / chances.sum()))
        self._visits[centre] += 1.0
        return self._with_those_in_the_way(centre, size)

    def _with_those_in_the_way(self, centre: int, size: int) -> list[int]:
        """Return a recipient with others whom donors help that might help it, and again others in the way of these."""
        group = [centre]
        for _ in range(_TRIES * size):
            start = centre if self._rng.random() < _FROM_CENTRE else int(self._rng.choice(group))
            own = self._partners[self._recipients == start]
            if own.size:
                donor = self._whole.donors[self._whole.pairs[int(self._rng.choice(own))]]
                of_donor = self._by_donor[donor]
                helped = self._parts.owners.columns[of_donor[self.values[of_donor] > _CHOSEN]].tolist()
                group += [each for each in self._rng.permutation(helped).tolist() if each not in group]
            if len(group) >= size:
                return group[:size]
        near = group_around(self._whole.near, centre, size, self._rng)
        return (group + [each for each in near if each not in group])[:size]

    def _disjoint(self, groups: Sequence[Sequence[int]]) -> list[Part]:
        """Return parts of these recipients that share no row: a later one leaves alone what is in an earlier one."""
        taken = np.zeros(self._parts.program.rows, np.bool_)
        parts: list[Part] = []
        for group in groups:
            free = self._open(self._without_taken(self._parts.columns_of(group), taken))
            if free.size:
                part = self._parts.divisible.part(free, self.values)
                taken[part.rows] = True
                parts.append(part)
        return parts

    def _without_taken(self, columns: Positions, taken: Flags) -> Positions:
        entries = self._parts.divisible.by_column[:, columns]
        lines = np.repeat(np.arange(columns.size), np.diff(entries.indptr))
        is_taken = np.zeros(columns.size, np.bool_)
        is_taken[lines[taken[entries.indices]]] = True
        is_free: Flags = ~is_taken
        return columns[is_free]

    def _open(self, columns: Positions) -> Positions:
        """Leave out the pairs for which the others leave no room, with their postings."""
        parts, whole = self._parts, self._whole
        partners = columns[whole.is_partner[columns]]
        others = self.values.copy()
        others[columns] = 0.0
        entries = parts.divisible.by_column[:, partners]
        lines = np.repeat(np.arange(partners.size), np.diff(entries.indptr))
        rows, place = np.unique(entries.indices, return_inverse=True)
        room = parts.program.row_upper[rows] - parts.divisible.by_row[rows] @ others
        shut = np.unique(lines[parts.holds_alone[rows][place] & (entries.data > room[place] + _ROUNDING)])
        pairs = whole.pairs[columns]
        is_open: Flags = (pairs == NOBODY) | ~np.isin(pairs, whole.pairs[partners[shut]])
        return columns[is_open]
