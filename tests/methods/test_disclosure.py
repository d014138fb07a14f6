"""Small counts hidden in a table: no row and no column betrays one."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.disclosure import ShownTable, hide_small_cells_between_totals, hide_small_cells_in_table
from lianyi.methods.errors import NegativeQuantityError

THRESHOLD = 5
TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=6)
)


def lines_of(shown: ShownTable) -> list[list[int | None]]:
    """Return every row with its total and every column with its total."""
    rows = [[*cells, total] for cells, total in zip(shown.cells, shown.row_totals, strict=True)]
    rows.append([*shown.column_totals, shown.total])
    return rows + [list(column) for column in zip(*rows, strict=True)]


@given(TABLES)
def test_no_line_holds_exactly_one_hidden_entry(counts: list[list[int]]) -> None:
    shown = hide_small_cells_in_table(counts, THRESHOLD)
    assert all(line.count(None) != 1 for line in lines_of(shown))


@given(TABLES)
def test_every_small_entry_is_hidden_and_every_shown_one_is_true(counts: list[list[int]]) -> None:
    shown = hide_small_cells_in_table(counts, THRESHOLD)
    for row, cells in zip(counts, shown.cells, strict=True):
        for count, cell in zip(row, cells, strict=True):
            assert cell in (count, None)
            assert cell is None or not 0 < count < THRESHOLD
    assert shown.total in (sum(map(sum, counts)), None)
    assert shown.total is None or not 0 < shown.total < THRESHOLD


@given(TABLES)
def test_nothing_is_hidden_where_nothing_is_small(counts: list[list[int]]) -> None:
    large = [[count + THRESHOLD for count in row] for row in counts]
    shown = hide_small_cells_in_table(large, THRESHOLD)
    assert [list(cells) for cells in shown.cells] == large


@given(TABLES, st.randoms(use_true_random=False))
def test_between_totals_no_hidden_one_is_told_and_no_told_one_is_hidden(counts: list[list[int]], dice: Random) -> None:
    rows, columns = [sum(row) for row in counts], [sum(column) for column in zip(*counts, strict=True)]

    def told(total: int) -> int | None:
        return None if 0 < total < THRESHOLD or dice.random() < 0.3 else total

    elsewhere = ShownTable((), tuple(map(told, rows)), tuple(map(told, columns)), told(sum(rows)))
    shown = hide_small_cells_between_totals(counts, THRESHOLD, elsewhere)
    if shown is None:
        return
    assert (shown.row_totals, shown.column_totals, shown.total) == (
        elsewhere.row_totals,
        elsewhere.column_totals,
        elsewhere.total,
    )
    # A line of zeros whose total is hidden elsewhere betrays nobody: there is nobody in it.
    assert all(line.count(None) != 1 or not any(line) for line in lines_of(shown))
    assert all(not 0 < cell < THRESHOLD for row in shown.cells for cell in row if cell is not None)


def test_an_empty_table_has_a_total_of_nothing() -> None:
    assert hide_small_cells_in_table([], THRESHOLD) == ShownTable((), (), (), 0)


def test_a_count_below_zero_is_refused() -> None:
    with pytest.raises(NegativeQuantityError, match="-1"):
        hide_small_cells_in_table([[-1]], THRESHOLD)
