"""Which rules of a plan contradict one another: a set from which none can be left out.

The rows that contradict one another even with fractions come from the solver (an irreducible infeasible subsystem of
the linear relaxation: J. W. Chinneck and E. W. Dravnieks, ORSA Journal on Computing 3 (1991) 157-168). Where only whole
people make the contradiction, all rules are candidates. The set is then made smallest by solving again with parts of
it, halving where possible: U. Junker, "QuickXplain", AAAI 2004, 167-172.

Examples
--------
Three rules about one amount, of which two contradict each other:

>>> from lianyi.methods.linear_models import Model
>>> model = Model()
>>> [people] = model.add_amounts(np.array([10.0]))
>>> limits = {"at_least_four": (4.0, np.inf), "at_most_three": (-np.inf, 3.0), "at_most_nine": (-np.inf, 9.0)}
>>> Rule = StrEnum("Rule", {name: name for name in limits})
>>> clauses = {}
>>> for name, (lower, upper) in limits.items():
...     row = model.add_rows(lower, upper, 1)
...     model.add_entries(row, np.array([people]))
...     clauses[Clause(Rule(name), "Ceheng")] = np.array([row])
>>> with SolverProcess() as solver:
...     found = conflict_in(solver, model.program(), clauses, SearchLimits(seconds=20))
>>> [str(clause) for clause in found.clauses], found.is_smallest
(['at_least_four Ceheng', 'at_most_three Ceheng'], True)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.linear_models import Ending, Program, SolveWish
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.solver_process import SolverProcess


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """A rule about one subject, such as what one donor can miss: the unit in which rules are named and waived.

    Instead of a rule it can be a goal that must not become worse; then it has no subject.
    """

    rule: StrEnum
    subject: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}".strip()


Contradicts = Callable[[Sequence[Clause]], bool]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that cannot all hold. ``is_smallest`` says that without any one of them the others can; else time ended."""

    clauses: tuple[Clause, ...]
    is_smallest: bool


def conflict_in(
    solver: SolverProcess, program: Program, clauses: Mapping[Clause, Positions], limits: SearchLimits
) -> Conflict:
    """Return a smallest conflict of a program that is known to have no solution.

    ``clauses`` are the rows of each rule that may be named; all other rows are in force throughout.
    """
    everything = sorted(clauses)
    search = _Search(solver, program, clauses, limits)
    candidates = search.candidates()
    if len(candidates) < len(everything) and not search.contradicts(candidates):
        candidates = everything
    found = _explain(search.contradicts, candidates)
    return Conflict(tuple(sorted(found)), is_smallest=search.is_certain)


class _Search:
    """Solves again and again with some rules taken out of force."""

    def __init__(
        self, solver: SolverProcess, program: Program, clauses: Mapping[Clause, Positions], limits: SearchLimits
    ) -> None:
        self._solver = solver
        self._clauses = clauses
        self._program = program.with_objective(np.zeros(program.columns))
        self._limits = limits
        self._clock = Clock(limits, silent)
        self._everything = sorted(clauses)
        self.is_certain = True

    def candidates(self) -> list[Clause]:
        rows = set(self._solver.conflicting_rows(self._program, self._clock.seconds_left()).tolist())
        named = [clause for clause in self._everything if rows & set(self._clauses[clause].tolist())]
        return named or self._everything

    def contradicts(self, clauses: Sequence[Clause]) -> bool:
        """Whether these rules have no common solution; not known in time counts as no."""
        kept = set(clauses)
        out = [self._clauses[clause] for clause in self._everything if clause not in kept]
        program = self._program.without_rows(np.concatenate(out)) if out else self._program
        wish = SolveWish(self._clock.seconds_left(), seed=self._limits.seed, any_solution=True)
        found = self._solver.solve(program, wish)
        if found.ending is Ending.NOTHING_FOUND:
            self.is_certain = False
        return found.ending is Ending.IMPOSSIBLE


def _explain(contradicts: Contradicts, clauses: Sequence[Clause]) -> list[Clause]:
    """Return a smallest part of rules that contradicts itself: QuickXplain."""
    if contradicts([]):
        return []

    def smallest(kept: list[Clause], has_new: bool, rest: list[Clause]) -> list[Clause]:  # noqa: FBT001 - as published
        if has_new and contradicts(kept):
            return []
        if len(rest) == 1:
            return rest
        half = len(rest) // 2
        front, back = rest[:half], rest[half:]
        needed_back = smallest([*kept, *front], bool(front), back)
        needed_front = smallest([*kept, *needed_back], bool(needed_back), front)
        return [*needed_front, *needed_back]

    return smallest([], False, list(clauses)) if clauses else []
