"""Small counts hidden in a whole table, where row and column totals are shown beside the cells.

`lianyi.methods.proportions.hide_small_cells` protects one row; here a cell stands in a row and in a column, and either
total would betray a single hidden one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.methods.proportions import is_small_cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShownTable:
    """Counts as they may be shown, None for hidden: the cells, the totals of rows and columns, and of everything."""

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None


def hide_small_cells_in_table(counts: Sequence[Sequence[int]], threshold: int) -> ShownTable:
    """Hide small counts and totals of a table, and as many others that no row or column betrays a hidden one.

    1. Every cell and every total of at least 1 and below ``threshold`` is hidden.
    2. A row or column, its total counted in, that holds exactly one hidden entry betrays it: its smallest entry still
       shown that is not 0 is hidden too, a total only where nothing else is left. This is repeated until no row and
       no column holds exactly one.

    Zeros stay, so where a row has only zeros beside a small cell, its total is hidden with it. The rule is the usual
    one of complementary suppression (A. Hundepool and others, Statistical Disclosure Control, Wiley 2012, chapter 4).
    It keeps every hidden entry from being computed from one line; it does not bound what several lines together tell.

    Parameters
    ----------
    counts
        Rows of equal length.

    Raises
    ------
    NegativeQuantityError
        When a count or the threshold is below 0.

    Examples
    --------
    >>> shown = hide_small_cells_in_table([[40, 2, 10], [30, 9, 12]], threshold=5)
    >>> shown.cells, shown.row_totals, shown.column_totals, shown.total
    (((40, None, None), (30, None, None)), (52, 51), (70, 11, 22), 103)
    """
    grid = _with_totals(counts)
    hidden = _with_betrayers(grid, {place for place, count in _entries(grid) if is_small_cell(count, threshold)})
    return _shown(grid, hidden)


def hide_small_cells_between_totals(
    counts: Sequence[Sequence[int]], threshold: int, told: ShownTable
) -> ShownTable | None:
    """Hide small counts of a table whose totals stand elsewhere already, some of them hidden there.

    What is hidden there is hidden here, and counts as one more hidden entry of its line. Where the rule of
    `hide_small_cells_in_table` would also have to hide a total that stands elsewhere, the table cannot be shown at
    all: the answer is None.

    Parameters
    ----------
    counts
        Rows of equal length.
    told
        The totals as they stand elsewhere; its cells are not looked at.

    Raises
    ------
    NegativeQuantityError
        When a count or the threshold is below 0.

    Examples
    --------
    >>> told = ShownTable(cells=(), row_totals=(52, 51), column_totals=(70, 11, 22), total=103)
    >>> hide_small_cells_between_totals([[40, 2, 10], [30, 9, 12]], 5, told).cells
    ((40, None, None), (30, None, None))

    One cell of a row is all there is of it, so its total would have to be hidden with it:

    >>> told = ShownTable(cells=(), row_totals=(9, 13), column_totals=(9, 9, 4), total=22)
    >>> hide_small_cells_between_totals([[9, 0, 0], [0, 9, 4]], 5, told) is None
    True
    """
    grid = _with_totals(counts)
    height, width = len(grid) - 1, len(grid[0]) - 1
    elsewhere = {(r, width) for r, total in enumerate(told.row_totals) if total is None}
    elsewhere |= {(height, c) for c, total in enumerate(told.column_totals) if total is None}
    elsewhere |= {(height, width)} if told.total is None else set()
    small = {place for place, count in _entries(grid) if is_small_cell(count, threshold)}
    hidden = _with_betrayers(grid, small | elsewhere)
    totals = {(r, c) for r, c in hidden if r == height or c == width}
    return None if totals - elsewhere else _shown(grid, hidden)


def _with_betrayers(grid: Sequence[Sequence[int]], hidden: set[Place]) -> set[Place]:
    """Return what is hidden with so many others that no line holds exactly one hidden entry."""
    hidden = set(hidden)
    changed = True
    while changed:
        changed = False
        for line in _lines(grid):
            inside = [place for place in line if place in hidden]
            if len(inside) == 1 and (more := _smallest_shown(grid, line, hidden)) is not None:
                hidden.add(more)
                changed = True
    return hidden


def _shown(grid: Sequence[Sequence[int]], hidden: set[Place]) -> ShownTable:
    shown = [[None if (r, c) in hidden else count for c, count in enumerate(row)] for r, row in enumerate(grid)]
    return ShownTable(
        cells=tuple(tuple(row[:-1]) for row in shown[:-1]),
        row_totals=tuple(row[-1] for row in shown[:-1]),
        column_totals=tuple(shown[-1][:-1]),
        total=shown[-1][-1],
    )


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    columns = zip(*rows, strict=True) if rows else [(0,)]
    return [*rows, [sum(column) for column in columns]]


def _entries(grid: Sequence[Sequence[int]]) -> Iterator[tuple[Place, int]]:
    for r, row in enumerate(grid):
        for c, count in enumerate(row):
            yield (r, c), count


def _lines(grid: Sequence[Sequence[int]]) -> Iterator[list[Place]]:
    height, width = len(grid), len(grid[0])
    for r in range(height):
        yield [(r, c) for c in range(width)]
    for c in range(width):
        yield [(r, c) for r in range(height)]


def _smallest_shown(grid: Sequence[Sequence[int]], line: Sequence[Place], hidden: set[Place]) -> Place | None:
    left = [(r, c) for r, c in line if (r, c) not in hidden and grid[r][c] > 0]
    # The total stands last in its line and is given up last.
    cells = [place for place in left if place != line[-1]]
    return min(cells or left, key=lambda place: grid[place[0]][place[1]], default=None)
