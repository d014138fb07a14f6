"""Parts of a linear model: some columns stay free, all others are held, and only rows that still say something remain.

A part is small where the whole is large, so that it is solved in seconds; what it finds is put back into the values of
the whole, and obeys every row of the whole when the values that are held did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lianyi.methods.linear_models import Program

if TYPE_CHECKING:
    from lianyi.methods.arrays import Floats, Positions

_DECIMALS = 9
_NOTHING = np.empty(0)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A program of some columns and rows of another, and which those are; its objective counts what is held too."""

    program: Program
    columns: Positions
    rows: Positions
    held: Floats

    @property
    def alone(self) -> Program:
        """The program without what the held columns cost, so that a share of its objective is one of the part."""
        return replace(self.program, offset=0.0)

    def start(self) -> Floats:
        """Return what the whole had in the free columns: a start for the search."""
        return self.held[self.columns]

    def completed(self, values: Floats) -> Floats:
        """Return values of the whole with those of the part put in."""
        found = self.held.copy()
        found[self.columns] = values
        return found


class Divisible:
    """A program whose entries are kept by rows and by columns, to take many parts of it.

    Examples
    --------
    Two of three things, where one of them stays as it is:

    >>> from lianyi.methods.linear_models import Model, SolveWish
    >>> model = Model()
    >>> things = model.add_choices(np.array([3.0, 1.0, 2.0]))
    >>> model.add_entries(model.add_rows(2, np.inf, 1), things)
    >>> part = Divisible(model.program()).part(np.array([1, 2]), np.array([1.0, 0.0, 1.0]))
    >>> found = part.program.solve(SolveWish(10))
    >>> found.objective, part.completed(found.values).tolist()
    (4.0, [1.0, 1.0, 0.0])
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        shape = (program.rows, program.columns)
        self.by_row = sparse.csr_matrix((program.entries, program.indices, program.starts), shape=shape)
        self.by_column = self.by_row.tocsc()

    def part(self, free: Positions, values: Floats) -> Part:
        """Hold all columns but the free ones at their values."""
        whole = self.program
        inside = self.by_column[:, free]
        rows = np.unique(inside.indices)
        held = values.copy()
        held[free] = 0.0
        program = self._program(free, rows, inside[rows].tocsr(), self.by_row[rows] @ held)
        return Part(replace(program, offset=whole.offset + float(whole.costs @ held)), free, rows, values)

    def own(self, free: Positions, rows: Positions) -> Part:
        """Return the program of these columns and rows alone, as if the other columns were 0; nothing is held."""
        entries = self.by_row[rows][:, free].tocsr()
        return Part(self._program(free, rows, entries, np.zeros(rows.size)), free, rows, _NOTHING)

    def _program(self, free: Positions, rows: Positions, entries: sparse.csr_matrix, activity: Floats) -> Program:
        whole = self.program
        return Program(
            costs=whole.costs[free],
            lower=whole.lower[free],
            upper=whole.upper[free],
            is_whole=whole.is_whole[free],
            # What is held is whole but for rounding; the noise of floats would make equal rows contradict one another.
            row_lower=np.round(whole.row_lower[rows] - activity, _DECIMALS),
            row_upper=np.round(whole.row_upper[rows] - activity, _DECIMALS),
            starts=entries.indptr.astype(np.int64),
            indices=entries.indices.astype(np.int64),
            entries=entries.data,
        )
