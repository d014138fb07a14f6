"""Cells of a raster by row and column: where facilities stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lianyi.methods.errors import NoSourceError, SourcePlacementError
from lianyi.methods.surface.friction import Raster

Whole = NDArray[np.int64]
_NAMED_AT_MOST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Rows and columns, counted from 0 at the upper left."""

    rows: Whole
    columns: Whole

    @classmethod
    def of(cls, rows: ArrayLike, columns: ArrayLike) -> Cells:
        """Return cells from two equally long lists of whole numbers."""
        found = cls(np.atleast_1d(np.asarray(rows, np.int64)), np.atleast_1d(np.asarray(columns, np.int64)))
        if found.rows.shape != found.columns.shape or found.rows.ndim != 1:
            message = f"There are {found.rows.size} rows and {found.columns.size} columns; a cell has one of each."
            raise SourcePlacementError(message, rows=found.rows.size, columns=found.columns.size)
        return found

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, which: NDArray[np.bool_] | Whole) -> Cells:
        return Cells(self.rows[which], self.columns[which])

    def within(self, rows: slice, columns: slice) -> NDArray[np.bool_]:
        """Tell which cells lie in a window."""
        inside: NDArray[np.bool_] = (
            (self.rows >= rows.start)
            & (self.rows < rows.stop)
            & (self.columns >= columns.start)
            & (self.columns < columns.stop)
        )
        return inside

    def distinct(self, columns: int) -> tuple[Whole, NDArray[np.intp]]:
        """Return the occupied places of a flat raster so wide, rising, and for each cell which of them is its own."""
        return np.unique(self.rows * columns + self.columns, return_inverse=True)

    def are_inside(self, shape: tuple[int, int]) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = (
            (self.rows >= 0) & (self.rows < shape[0]) & (self.columns >= 0) & (self.columns < shape[1])
        )
        return inside


@dataclass(frozen=True, slots=True, eq=False)
class Misplaced:
    """Positions, in the list of cells, of those from which no search can start."""

    outside: Whole
    on_barrier: Whole

    def __len__(self) -> int:
        return len(self.outside) + len(self.on_barrier)


def misplaced_cells(friction: Raster, cells: Cells) -> Misplaced:
    """Tell which cells lie outside a raster and which on a barrier of it.

    Examples
    --------
    >>> friction = np.array([[1.0, np.nan]])
    >>> wrong = misplaced_cells(friction, Cells.of([0, 0, 5], [0, 1, 0]))
    >>> wrong.outside.tolist(), wrong.on_barrier.tolist()
    ([2], [1])
    """
    inside = np.flatnonzero(cells.are_inside((friction.shape[0], friction.shape[1])))
    blocked = ~np.isfinite(friction[cells.rows[inside], cells.columns[inside]])
    return Misplaced(np.setdiff1d(np.arange(len(cells)), inside), inside[blocked])


def check_cells(friction: Raster, cells: Cells) -> None:
    """Refuse cells from which no search can start.

    Raises
    ------
    NoSourceError
        When there is none at all.
    SourcePlacementError
        When some lie outside the raster or on barriers; the message gives their positions in the list.
    """
    if not len(cells):
        message = "There is no source; travel times are counted from at least one."
        raise NoSourceError(message)
    wrong = misplaced_cells(friction, cells)
    if len(wrong):
        message = (
            f"{len(wrong.outside)} sources lie outside the raster{_named(wrong.outside)} and {len(wrong.on_barrier)} "
            f"on barriers{_named(wrong.on_barrier)}, of {len(cells)}; move them to cells that can be crossed."
        )
        raise SourcePlacementError(message, outside=wrong.outside.tolist(), on_barrier=wrong.on_barrier.tolist())


def _named(positions: Whole) -> str:
    if not len(positions):
        return ""
    more = ", ..." if len(positions) > _NAMED_AT_MOST else ""
    return " (positions " + ", ".join(str(place) for place in positions[:_NAMED_AT_MOST]) + more + ")"
