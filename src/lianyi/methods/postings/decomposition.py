"""A posting model as parts of single recipients, tied together by the limits that they share.

A limit that is shared has a price; what a recipient takes of it is paid for, and what there is of it is paid back. The
least that each recipient then costs, added up, is a bound for every plan, whatever the prices are (Lagrange's
multipliers: A. M. Geoffrion, Mathematical Programming Study 2, 1974, 82-114). Each recipient alone obeys the shared
limits too, and so do several that are planned together: that costs nothing and brings the bound close to the truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import Program
from lianyi.methods.postings.owners import NOBODY, Owners
from lianyi.methods.program_parts import Divisible, Part

_ROUNDING = 1e-6


class Decomposition:
    """The program of a model, with the columns of each recipient, and the rows and columns that belong to nobody."""

    def __init__(self, divisible: Divisible, owners: Owners, recipients: int) -> None:
        self.divisible = divisible
        self.owners = owners
        self.recipients = recipients
        self.shared = np.flatnonzero(owners.rows == NOBODY)
        self.common = np.flatnonzero(owners.columns == NOBODY)
        order = np.argsort(owners.columns, kind="stable")
        ends = np.searchsorted(owners.columns[order], np.arange(recipients + 1))
        self._columns_of = [np.sort(order[first:last]) for first, last in pairwise(ends.tolist())]

    @property
    def program(self) -> Program:
        return self.divisible.program

    @cached_property
    def holds_alone(self) -> Flags:
        """Which rows hold for each recipient alone: upper limits to which nobody can add less than nothing."""
        program = self.program
        least = np.zeros(program.rows)
        lines = np.repeat(np.arange(program.rows), np.diff(program.starts))
        np.minimum.at(least, lines, np.where(program.lower[program.indices] >= 0.0, program.entries, -np.inf))
        return np.isneginf(program.row_lower) & (least >= 0.0)

    def columns_of(self, recipients: Sequence[int]) -> Positions:
        """Return the columns of these recipients, in their order."""
        return np.sort(np.concatenate([self._columns_of[each] for each in recipients]))

    def rows_at(self, columns: Positions) -> Positions:
        """Return the rows in which any of these columns stands."""
        return np.unique(self.divisible.by_column[:, columns].indices).astype(np.int64)

    def with_common(self, columns: Positions) -> Positions:
        """Add the columns of nobody that stand in a row with one of these."""
        touched = np.zeros(self.program.rows, np.bool_)
        touched[self.rows_at(columns)] = True
        lines, rows = self._common_places
        return np.union1d(columns, self.common[np.unique(lines[touched[rows]])])

    @cached_property
    def _common_places(self) -> tuple[Positions, Positions]:
        common = self.divisible.by_column[:, self.common]
        return np.repeat(np.arange(self.common.size), np.diff(common.indptr)), common.indices.astype(np.int64)

    def alone(self, recipients: Sequence[int]) -> Part:
        """Return the program of some recipients with their own rows, and the shared limits as if nobody else were."""
        columns = self.columns_of(recipients)
        rows = self.rows_at(columns)
        is_own = self.owners.rows[rows] != NOBODY
        return self.divisible.own(columns, rows[is_own | self.holds_alone[rows]])

    def portion(self, recipients: Sequence[int]) -> tuple[Part, Positions, Floats]:
        """Return the program of some recipients with a portion of what is shared; the shared rows and the portions.

        The portion is what these recipients are of all possible postings that count there; whole numbers may not exist.
        """
        columns = self.columns_of(recipients)
        rows = self.rows_at(columns)
        part = self.divisible.own(self.with_common(columns), rows)
        is_shared = self.owners.rows[rows] == NOBODY
        portions = self._entries_of(rows, columns)[is_shared] / np.maximum(self._entries_of_all[rows[is_shared]], 1.0)
        return part, np.flatnonzero(is_shared), portions

    @cached_property
    def _entries_of_all(self) -> Floats:
        columns = np.flatnonzero(self.owners.columns != NOBODY)
        found = np.bincount(self.divisible.by_column[:, columns].indices, minlength=self.program.rows)
        return found.astype(np.float64)

    def _entries_of(self, rows: Positions, columns: Positions) -> Floats:
        found = np.bincount(self.divisible.by_column[:, columns].indices, minlength=self.program.rows)
        return found[rows].astype(np.float64)

    def costs_at(self, prices: Floats) -> Floats:
        """Return what each column costs when its use of the shared rows is paid for; prices are those of all rows."""
        found: Floats = self.program.costs - self.divisible.by_row.T @ prices
        return found

    def allowed(self, prices: Floats) -> Floats:
        """Return prices that have the right sign, and are so low that no column of nobody pays without an end."""
        program = self.program
        found = np.zeros(program.rows)
        found[self.shared] = prices[self.shared]
        found = np.where(np.isposinf(program.row_upper), np.maximum(found, 0.0), found)
        found = np.where(np.isneginf(program.row_lower), np.minimum(found, 0.0), found)
        by_column = self.divisible.by_column
        for column in self.common[np.isposinf(program.upper[self.common])].tolist():
            places = slice(by_column.indptr[column], by_column.indptr[column + 1])
            rows = by_column.indices[places]
            paid = float(by_column.data[places] @ found[rows])
            if paid > program.costs[column]:
                # A little below, so that rounding cannot make it pay after all.
                found[rows] *= max(0.0, program.costs[column] / paid) * (1.0 - 1e-9)
        return found

    def paid_back(self, prices: Floats) -> float:
        """Return what the bound is without the recipients: what there is of the shared rows, and the common columns."""
        return self.paid_back_at(prices, self.costs_at(prices))

    def paid_back_at(self, prices: Floats, column_costs: Floats) -> float:
        """Return the same where what each column costs at these prices is known."""
        program = self.program
        high, low = prices > 0.0, prices < 0.0
        limits = float(prices[high] @ program.row_lower[high] + prices[low] @ program.row_upper[low])
        costs = column_costs[self.common]
        ends = np.where(costs < 0.0, program.upper[self.common], program.lower[self.common])
        return limits + float(np.where(costs == 0.0, 0.0, costs) @ np.where(costs == 0.0, 0.0, ends)) + program.offset

    def is_lawful(self, values: Floats) -> bool:
        """Tell whether the values of all columns obey every row."""
        program = self.program
        sums = self.divisible.by_row @ values
        slack = _ROUNDING * np.maximum(1.0, np.abs(sums))
        return bool(((sums >= program.row_lower - slack) & (sums <= program.row_upper + slack)).all())
