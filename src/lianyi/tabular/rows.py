"""Read the rows under the header: records with their problems, and the rows that are no records with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from lianyi.tabular.cells import CellParser, cell_parser
from lianyi.tabular.columns import Cell, Column, ColumnKind, Value
from lianyi.tabular.errors import ColumnDeclarationError
from lianyi.tabular.header import HeaderMatch, find_header
from lianyi.tabular.problems import CellProblem, IgnoredReason
from lianyi.tabular.sheets import SheetData
from lianyi.tabular.wording import NOTE_BEGINNINGS, TOTAL_WORDS, squeeze

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the rows done and the rows there are."""

_ROWS_BETWEEN_REPORTS: Final = 1000
_TOTAL_ENDINGS: Final = ("合计", "总计", "小计")
_LONGEST_TOTAL: Final = 30
_SQUEEZED_TOTAL_WORDS: Final = frozenset(squeeze(word) for word in TOTAL_WORDS)


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """How totals are told from records.

    The usual words for totals are known in the first filled cell of a row and in `key_columns` (by default the
    required text and code columns). `total_markers` are further words, such as "全省" or "County", that mark a total in
    this table; they count in the key columns only, as whole cells.
    """

    key_columns: tuple[str, ...] = ()
    total_markers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """One record. `values` has every matched column; it is None where the cell is empty or has a problem."""

    row_number: int
    values: dict[str, Value]
    problems: tuple[CellProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class IgnoredRow:
    """A row that is no record, and the words that told so."""

    row_number: int
    reason: IgnoredReason
    given: str = ""


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """All that one sheet said. Row numbers are those of the file, from 1."""

    sheet_name: str
    header: HeaderMatch
    rows: list[ParsedRow] = field(default_factory=list)
    ignored: list[IgnoredRow] = field(default_factory=list)

    @property
    def rows_with_problems(self) -> list[ParsedRow]:
        return [row for row in self.rows if row.problems]


@dataclass(frozen=True, slots=True)
class _RowFilter:
    """Tells records from the rest."""

    header: tuple[tuple[int, Cell], ...]
    header_width: int
    key_positions: tuple[int, ...]
    total_markers: frozenset[str]

    def reason(self, row: Sequence[Cell]) -> tuple[IgnoredReason, str] | None:
        first = next((cell for cell in row if not _is_blank(cell)), None)
        if first is None:
            return IgnoredReason.BLANK, ""
        if self._repeats_header(row):
            return IgnoredReason.REPEATED_HEADER, ""
        if isinstance(first, str):
            words = squeeze(first)
            if words.rstrip(":") in _SQUEEZED_TOTAL_WORDS:
                return IgnoredReason.TOTAL, first.strip()
            if words.startswith(NOTE_BEGINNINGS) and sum(not _is_blank(cell) for cell in row) == 1:
                return IgnoredReason.NOTE, first.strip()
        return self._total_in_key_columns(row)

    def _repeats_header(self, row: Sequence[Cell]) -> bool:
        return all(position < len(row) and row[position] == cell for position, cell in self.header)

    def _total_in_key_columns(self, row: Sequence[Cell]) -> tuple[IgnoredReason, str] | None:
        for position in self.key_positions:
            cell = row[position] if position < len(row) else None
            if isinstance(cell, str) and len(cell) <= _LONGEST_TOTAL:
                words = squeeze(cell).rstrip(":")
                if words in _SQUEEZED_TOTAL_WORDS or words in self.total_markers or words.endswith(_TOTAL_ENDINGS):
                    return IgnoredReason.TOTAL, cell.strip()
        return None


def parse_sheet(
    sheet: SheetData,
    columns: Sequence[Column],
    options: ParseOptions = ParseOptions(),
    progress: Progress | None = None,
) -> ParsedTable:
    """Find the header and read every row under it.

    Nothing is dropped in silence: rows that are no records are in `ignored`, headings that name no column in
    `header.unknown`. Blank rows after the last record are not listed.

    Raises
    ------
    TableHeaderError
        The header does not serve.
    """
    header = find_header(sheet, columns)
    table = ParsedTable(sheet.name, header)
    parsers = [
        (column.name, header.positions[column.name], cell_parser(column))
        for column in columns
        if column.name in header.positions
    ]
    row_filter = _filter_of(sheet, header, columns, options)
    end = _end_of_records(sheet.rows)
    total = max(end - header.row_number, 0)
    for done, row in enumerate(sheet.rows[header.row_number : end], start=1):
        row_number = header.row_number + done
        found = row_filter.reason(row)
        if found is None:
            beyond = _cells_beyond(row, row_filter.header_width)
            table.rows.append(_parse_row(row_number, row, parsers, beyond))
        else:
            table.ignored.append(IgnoredRow(row_number, *found))
        if progress is not None and (done % _ROWS_BETWEEN_REPORTS == 0 or done == total):
            progress(done, total)
    return table


def _cells_beyond(row: Sequence[Cell], header_width: int) -> tuple[CellProblem, ...]:
    """Find out whether a row is longer than its header: an unquoted separator inside a cell makes the others slip."""
    beyond = [cell for cell in row[header_width:] if not _is_blank(cell)]
    return (CellProblem("too-many-cells", {"given": beyond[0]}),) if beyond else ()


def _parse_row(
    row_number: int,
    row: Sequence[Cell],
    parsers: Sequence[tuple[str, int, CellParser]],
    known_problems: tuple[CellProblem, ...],
) -> ParsedRow:
    values: dict[str, Value] = {}
    problems = list(known_problems)
    width = len(row)
    for name, position, parse in parsers:
        value = parse(row[position] if position < width else None)
        if isinstance(value, CellProblem):
            problems.append(value)
            value = None
        values[name] = value
    return ParsedRow(row_number, values, tuple(problems))


def _filter_of(sheet: SheetData, header: HeaderMatch, columns: Sequence[Column], options: ParseOptions) -> _RowFilter:
    undeclared = set(options.key_columns) - {column.name for column in columns}
    if undeclared:
        raise ColumnDeclarationError(
            f"Key columns are not declared: {', '.join(sorted(undeclared))}. Name declared columns.",
            columns=tuple(sorted(undeclared)),
        )
    by_default = (c.name for c in columns if c.required and c.kind in {ColumnKind.TEXT, ColumnKind.CODE})
    header_row = sheet.rows[header.row_index]
    return _RowFilter(
        header=tuple((position, header_row[position]) for position in header.positions.values()),
        header_width=max(position + 1 for position, cell in enumerate(header_row) if not _is_blank(cell)),
        key_positions=tuple(
            header.positions[name] for name in options.key_columns or by_default if name in header.positions
        ),
        total_markers=frozenset(map(squeeze, options.total_markers)),
    )


def _is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _end_of_records(rows: Sequence[Sequence[Cell]]) -> int:
    end = len(rows)
    while end and all(map(_is_blank, rows[end - 1])):
        end -= 1
    return end
