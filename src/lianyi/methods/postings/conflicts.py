"""Which rules contradict one another: a set from which none can be left out.

The rows that contradict one another even with fractions come from the solver (an irreducible infeasible subsystem of
the linear relaxation: J. W. Chinneck and E. W. Dravnieks, ORSA Journal on Computing 3 (1991) 157-168). Where only whole
people make the contradiction, all rules are candidates. The set is then made smallest by solving again with parts of
it, halving where possible: U. Junker, "QuickXplain", AAAI 2004, 167-172.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lianyi.methods.access.arrays import Positions
from lianyi.methods.linear_models import Ending, Program, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.postings.model import Group
from lianyi.methods.solver_process import SolverProcess

Contradicts = Callable[[Sequence[Group]], bool]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that cannot all hold. ``is_smallest`` says that without any one of them the others can; else time ended."""

    groups: tuple[Group, ...]
    is_smallest: bool


def conflict_in(
    solver: SolverProcess, program: Program, groups: Mapping[Group, Positions], limits: SearchLimits
) -> Conflict:
    """Return a smallest conflict of a program that is known to have no solution.

    ``groups`` are the rows of each rule that may be named; all other rows are in force throughout.
    """
    everything = sorted(groups)
    search = _Search(solver, program, groups, limits)
    candidates = search.candidates()
    if len(candidates) < len(everything) and not search.contradicts(candidates):
        candidates = everything
    found = _explain(search.contradicts, candidates)
    return Conflict(tuple(sorted(found)), is_smallest=search.is_certain)


class _Search:
    """Solves again and again with some rules taken out of force."""

    def __init__(
        self,
        solver: SolverProcess,
        program: Program,
        groups: Mapping[Group, Positions],
        limits: SearchLimits,
    ) -> None:
        self._solver = solver
        self._groups = groups
        self._program = program.with_objective(np.zeros(program.columns))
        self._limits = limits
        self._clock = Clock(limits, silent)
        self._everything = sorted(groups)
        self.is_certain = True

    def candidates(self) -> list[Group]:
        rows = set(self._solver.conflicting_rows(self._program, self._clock.seconds_left()).tolist())
        named = [group for group in self._everything if rows & set(self._groups[group].tolist())]
        return named or self._everything

    def contradicts(self, groups: Sequence[Group]) -> bool:
        """Whether these rules have no common solution; not known in time counts as no."""
        kept = set(groups)
        out = [self._groups[group] for group in self._everything if group not in kept]
        program = self._program.without_rows(np.concatenate(out)) if out else self._program
        wish = SolveWish(self._clock.seconds_left(), seed=self._limits.seed, any_solution=True)
        found = self._solver.solve(program, wish)
        if found.ending is Ending.NOTHING_FOUND:
            self.is_certain = False
        return found.ending is Ending.IMPOSSIBLE


def _explain(contradicts: Contradicts, groups: Sequence[Group]) -> list[Group]:
    """Return a smallest part of rules that contradicts itself: QuickXplain."""
    if contradicts([]):
        return []

    def smallest(kept: list[Group], has_new: bool, rest: list[Group]) -> list[Group]:  # noqa: FBT001 - as published
        if has_new and contradicts(kept):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        front, back = rest[:half], rest[half:]
        needed_back = smallest([*kept, *front], bool(front), back)
        needed_front = smallest([*kept, *needed_back], bool(needed_back), front)
        return [*needed_front, *needed_back]

    return smallest([], False, list(groups)) if groups else []
