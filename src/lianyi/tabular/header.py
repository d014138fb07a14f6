"""Find the header under whatever stands above it, and which of its cells names which declared column."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lianyi.tabular.columns import Cell, Column
from lianyi.tabular.errors import (
    AmbiguousColumnError,
    ColumnDeclarationError,
    HeaderNotFoundError,
    MissingColumnsError,
)
from lianyi.tabular.sheets import SheetData, Workbook
from lianyi.tabular.wording import clean_text, heading_halves, heading_keys

ROWS_SEARCHED: Final = 40
_HEADINGS_NAMED: Final = 30
_LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class UnknownHeading:
    """A header cell that names no declared column, and the label it resembles, if any. It is never used."""

    position: int
    text: str
    resembles: str | None


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Where the header stands and which column is where. Positions and `row_index` count from 0."""

    row_index: int
    positions: Mapping[str, int]
    unknown: tuple[UnknownHeading, ...]
    missing_optional: tuple[str, ...]

    @property
    def row_number(self) -> int:
        """The header's row as spreadsheets number it."""
        return self.row_index + 1


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """Heading keys that name a column: `exact` as declared, `loose` without bracketed remarks where still unique."""

    exact: Mapping[str, str]
    loose: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One header cell that may name a column; the lower the doubt the surer."""

    column: str
    position: int
    doubt: int


def find_header(sheet: SheetData, columns: Sequence[Column]) -> HeaderMatch:
    """Match the header row of a sheet.

    Raises
    ------
    HeaderNotFoundError
        No row near the top names a declared column.
    MissingColumnsError
        Required columns are not there.
    AmbiguousColumnError
        Two cells name the same column equally well.
    """
    vocabulary = _vocabulary_of(columns)
    row_index, score = _best_row(sheet, vocabulary)
    if score == 0:
        raise _header_not_found(sheet, columns)
    row = sheet.rows[row_index]
    positions = _positions(_candidates(row, vocabulary), sheet, row_index)
    used = set(positions.values())
    unknown = tuple(
        UnknownHeading(position, text, _label_like(text, [c for c in columns if c.name not in positions]))
        for position, text in enumerate(map(_heading_text, row))
        if text and position not in used
    )
    missing = [column for column in columns if column.name not in positions]
    required = [column for column in missing if column.required]
    if required:
        raise _missing_columns(sheet, row_index, required, unknown)
    return HeaderMatch(row_index, positions, unknown, tuple(column.name for column in missing))


def find_table(workbook: Workbook, columns: Sequence[Column]) -> tuple[SheetData, HeaderMatch]:
    """Find the sheet whose header names the most declared columns, the first of equals.

    Raises
    ------
    TableHeaderError
        As `find_header`, for the best sheet there is.
    """
    vocabulary = _vocabulary_of(columns)
    sheet = max(workbook.sheets, key=lambda candidate: _best_row(candidate, vocabulary)[1])
    return sheet, find_header(sheet, columns)


def _vocabulary_of(columns: Sequence[Column]) -> _Vocabulary:
    exact: dict[str, str] = {}
    loose: dict[str, str] = {}
    ambiguous: set[str] = set()
    for column in columns:
        for word in (column.name, column.label_en, column.label_zh, *column.aliases):
            keys = heading_keys(word)
            for key in keys[:1]:
                if exact.setdefault(key, column.name) != column.name:
                    raise ColumnDeclarationError(
                        f"“{word}” names both {exact[key]} and {column.name}. Give every column its own words.",
                        word=word,
                        columns=(exact[key], column.name),
                    )
            for key in keys[1:]:
                if loose.setdefault(key, column.name) != column.name:
                    ambiguous.add(key)
    return _Vocabulary(exact, {key: name for key, name in loose.items() if key not in ambiguous and key not in exact})


def _best_row(sheet: SheetData, vocabulary: _Vocabulary) -> tuple[int, int]:
    """Find the row near the top that names the most columns, and how many; the first of equals."""
    best, best_score = 0, 0
    for index, row in enumerate(sheet.rows[:ROWS_SEARCHED]):
        score = len({candidate.column for candidate in _candidates(row, vocabulary)})
        if score > best_score:
            best, best_score = index, score
    return best, best_score


def _candidates(row: Sequence[Cell], vocabulary: _Vocabulary) -> list[_Candidate]:
    found = []
    for position, text in enumerate(map(_heading_text, row)):
        match = _named_column(text, vocabulary) if text else None
        if match is not None:
            found.append(_Candidate(match[0], position, match[1]))
    return found


def _named_column(text: str, vocabulary: _Vocabulary) -> tuple[str, int] | None:
    """Tell which column a heading names and how much doubt there is: as declared, without brackets, half of two."""
    keys = heading_keys(text)
    for key in keys[:1]:
        if key in vocabulary.exact:
            return vocabulary.exact[key], 0
    for key in (*keys[1:], *keys[:1]):
        name = vocabulary.exact.get(key) or vocabulary.loose.get(key)
        if name:
            return name, 1
    halves = {vocabulary.exact[key] for key in heading_halves(text) if key in vocabulary.exact}
    return (halves.pop(), 2) if len(halves) == 1 else None


def _positions(candidates: Sequence[_Candidate], sheet: SheetData, row_index: int) -> dict[str, int]:
    """For each column its surest cell; the less sure ones stay unknown headings."""
    best: dict[str, _Candidate] = {}
    for candidate in sorted(candidates, key=lambda item: item.doubt):
        first = best.setdefault(candidate.column, candidate)
        if first is not candidate and first.doubt == candidate.doubt:
            places = (column_letters(first.position), column_letters(candidate.position))
            raise AmbiguousColumnError(
                f"Sheet “{sheet.name}”, row {row_index + 1}: columns {places[0]} and {places[1]} both name "
                f"“{_heading_text(sheet.rows[row_index][first.position])}”. Rename or delete one of them.",
                sheet=sheet.name,
                row_number=row_index + 1,
                column=candidate.column,
                places=places,
            )
    return {name: candidate.position for name, candidate in sorted(best.items(), key=lambda item: item[1].position)}


def column_letters(position: int) -> str:
    """Name a column, counted from 0, as spreadsheets do.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters, number = "", position + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _heading_text(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else clean_text(str(cell))


def _label_like(text: str, columns: Sequence[Column]) -> str | None:
    labels = {key: column.label_en for column in columns for key in _keys_of(column)}
    close = [match for key in heading_keys(text) for match in difflib.get_close_matches(key, labels, 1, _LIKENESS)]
    return labels[close[0]] if close else None


def _keys_of(column: Column) -> tuple[str, ...]:
    return tuple(
        key for word in (column.name, column.label_en, column.label_zh, *column.aliases) for key in heading_keys(word)
    )


def _names_of(columns: Sequence[Column]) -> str:
    return ", ".join(f"{column.label_en} ({column.label_zh})" for column in columns)


def _header_not_found(sheet: SheetData, columns: Sequence[Column]) -> HeaderNotFoundError:
    first_rows = [" | ".join(filter(None, map(_heading_text, row))) for row in sheet.rows[:ROWS_SEARCHED]]
    seen = [text for text in first_rows if text][:3]
    return HeaderNotFoundError(
        f"Sheet “{sheet.name}” has no header row: none of its first {ROWS_SEARCHED} rows names a known column. "
        f"It begins with: {'; '.join(seen) or 'nothing'}. Expected columns: {_names_of(columns)}. "
        "Copy the header row of the template.",
        sheet=sheet.name,
        found=seen,
        expected=tuple(column.name for column in columns),
    )


def _missing_columns(
    sheet: SheetData, row_index: int, required: Sequence[Column], unknown: Sequence[UnknownHeading]
) -> MissingColumnsError:
    guesses = {}
    for column in required:
        texts = {key: heading.text for heading in unknown for key in heading_keys(heading.text)}
        close = [match for key in _keys_of(column) for match in difflib.get_close_matches(key, texts, 1, _LIKENESS)]
        if close:
            guesses[column.name] = texts[close[0]]
    hints = "".join(f" Is “{text}” meant for {name}?" for name, text in guesses.items())
    headings = [text for text in map(_heading_text, sheet.rows[row_index]) if text]
    return MissingColumnsError(
        f"Sheet “{sheet.name}”, row {row_index + 1}: required columns are missing: {_names_of(required)}. "
        f"Found: {', '.join(headings[:_HEADINGS_NAMED])}.{hints} Add them, or rename the headings as in the template.",
        sheet=sheet.name,
        row_number=row_index + 1,
        missing=tuple(column.name for column in required),
        found=tuple(headings),
        guesses=guesses,
    )
