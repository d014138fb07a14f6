"""Open a table file as a stream of Arrow batches: CSV in any encoding, Parquet, and workbooks of any kind."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from lianyi.tabular.array_values import ArrayColumn
from lianyi.tabular.errors import (
    AmbiguousColumnError,
    BrokenFileError,
    EmptyFileError,
    MissingColumnsError,
    UnreadableFileError,
)
from lianyi.tabular.reading import read_tables
from lianyi.tabular.sheets import SheetData
from lianyi.tabular.text_files import decode_text, find_separator

_PARQUET_MARK: Final = b"PAR1"
_WORKBOOK_MARKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<")
_SAMPLE_BYTES: Final = 1 << 20
_WHOLE_FILE_BYTES: Final = 1 << 24
_BYTES_PER_ROW: Final = 64
_SMALLEST_BLOCK: Final = 1 << 20
_LARGEST_BLOCK: Final = 1 << 27
_HEADINGS_NAMED: Final = 30
_LIKENESS: Final = 0.6


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows that follow one another, or none; `columns` has Arrow arrays by the names that were asked for."""

    first_row: int
    rows: int
    columns: dict[str, Any]


def iter_batches(path: Path, columns: Sequence[ArrayColumn], batch_rows: int) -> Iterator[Batch]:
    """Read the wanted columns, about so many rows at a time. Row numbers are those of the file, from 1."""
    head = _head_of(path)
    if head.startswith(_PARQUET_MARK):
        return _parquet_batches(path, columns, batch_rows)
    if head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(_WORKBOOK_MARKS):
        return _sheet_batches(path, columns)
    return _text_batches(path, head, columns, batch_rows)


def _head_of(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(_WHOLE_FILE_BYTES)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnreadableFileError(
            f"{path} cannot be opened: {reason}. Check the path and the permissions.", name=str(path), reason=reason
        ) from error
    if not head.strip(b"\x00\t\n\r \xef\xbb\xbf"):
        raise EmptyFileError(f"{path} is empty. A table with a row of headings is expected.", name=str(path))
    return head


def _parquet_batches(path: Path, columns: Sequence[ArrayColumn], batch_rows: int) -> Iterator[Batch]:
    try:
        # Read ahead, the file would come into memory whole.
        with pa_parquet.ParquetFile(path, pre_buffer=False) as file:
            headings = headings_of(columns, file.schema_arrow.names, path.name)
            yield _no_rows(headings)
            first_row = 1
            for batch in file.iter_batches(batch_rows, columns=sorted(set(headings.values()))):
                yield Batch(first_row, batch.num_rows, {name: batch.column(head) for name, head in headings.items()})
                first_row += batch.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(path, str(error)) from error


def _no_rows(headings: Mapping[str, str]) -> Batch:
    """Come before all rows, and tell which columns there are where no rows follow."""
    return Batch(1, 0, {name: pa.array([], pa.string()) for name in headings})


def _sheet_batches(path: Path, columns: Sequence[ArrayColumn]) -> Iterator[Batch]:
    workbook = read_tables(path, path.name)
    wanted = {_folded(column.name) for column in columns}
    sheet = max(workbook.sheets, key=lambda each: len(wanted & set(map(_folded, _first_row(each)[1]))))
    header_index, names = _first_row(sheet)
    headings = headings_of(columns, names, f"{path.name}, sheet {sheet.name}")
    rows = sheet.rows[header_index + 1 :]
    while rows and all(cell is None or cell == "" for cell in rows[-1]):
        rows.pop()
    kinds = {column.name: column.kind for column in columns}
    found = {
        name: _cells([row[position] if position < len(row) else None for row in rows], kinds[name])
        for name, position in ((name, names.index(heading)) for name, heading in headings.items())
    }
    yield Batch(header_index + 2, len(rows), found)


def _cells(cells: list[Any], kind: str) -> Any:  # noqa: ANN401 - Arrow has no types
    """Take the cells of a column as texts where it holds any, so that a text among numbers is named by its row."""
    if kind in {"number", "whole"} and all(cell is None or type(cell) in (int, float) for cell in cells):
        return pa.array(cells, pa.float64())
    return pa.array([_cell_text(cell) for cell in cells], pa.string())


def _cell_text(cell: Any) -> str | None:  # noqa: ANN401 - whatever a cell holds
    if cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _first_row(sheet: SheetData) -> tuple[int, list[str]]:
    """Find the first row with anything in it: the headings."""
    for index, row in enumerate(sheet.rows):
        if any(cell not in (None, "") for cell in row):
            return index, [_cell_text(cell) or "" for cell in row]
    return 0, []


def _text_batches(path: Path, head: bytes, columns: Sequence[ArrayColumn], batch_rows: int) -> Iterator[Batch]:
    decoded = decode_text(_whole_lines(head), path.name)
    separator = find_separator(decoded.text[:_SAMPLE_BYTES])
    names, header_lines = _names_of_text(decoded.text, separator)
    headings = headings_of(columns, names, path.name)
    positions = {name: names.index(heading) for name, heading in headings.items()}
    # Columns go by their position, for headings may be empty or repeated where nobody asks for them.
    by_position = [str(position) for position in range(len(names))]
    block = min(max(batch_rows * _BYTES_PER_ROW, _SMALLEST_BLOCK), _LARGEST_BLOCK)
    wanted = sorted({str(position) for position in positions.values()})
    yield _no_rows(headings)
    try:
        reader = pa_csv.open_csv(
            path,
            pa_csv.ReadOptions(
                block_size=block, column_names=by_position, skip_rows=header_lines, encoding=decoded.encoding
            ),
            pa_csv.ParseOptions(delimiter=separator, newlines_in_values=_has_newline_in_quotes(decoded.text)),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=wanted,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        first_row = header_lines + 1
        for batch in reader:
            found = {name: batch.column(str(position)) for name, position in positions.items()}
            yield _without_blank_end(Batch(first_row, batch.num_rows, found))
            first_row += batch.num_rows
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        if "Empty CSV" not in str(error):
            raise _broken(path, str(error)) from error


def _names_of_text(text: str, separator: str) -> tuple[list[str], int]:
    """Return the headings and the number of lines up to their end; a line that declares the separator is none."""
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    for row in rows:
        if any(row) and not row[0].lower().startswith("sep="):
            return row, rows.line_num
    return [], rows.line_num


def _without_blank_end(batch: Batch) -> Batch:
    """Leave out rows of separators alone at the end, as spreadsheets write them below a table."""
    rows = batch.rows
    while rows and all(not column[rows - 1].is_valid for column in batch.columns.values()):
        rows -= 1
    return Batch(batch.first_row, rows, {name: column.slice(0, rows) for name, column in batch.columns.items()})


def _whole_lines(head: bytes) -> bytes:
    """Cut a sample after its last line, so that no character is cut in two."""
    if len(head) < _WHOLE_FILE_BYTES:
        return head
    return head[: head.rfind(b"\n") + 1] or head


def _has_newline_in_quotes(text: str) -> bool:
    # Reading in parallel needs to know; a sample that has none speaks for the file.
    return '"' in text


def headings_of(columns: Sequence[ArrayColumn], names: Sequence[str], where: str) -> dict[str, str]:
    """Match the wanted columns with the headings of a file: as written, else without blanks and capitals.

    Raises
    ------
    MissingColumnsError
        When a required column is not there; the message names those that are.
    AmbiguousColumnError
        When two headings fit a column equally well.
    """
    found: dict[str, str] = {}
    for column in columns:
        fitting = [name for name in names if name == column.name]
        fitting = fitting or [name for name in names if _folded(name) == _folded(column.name)]
        if len(fitting) > 1:
            raise AmbiguousColumnError(
                f"{where}: {len(fitting)} columns are called “{column.name}”. Rename or delete all but one.",
                column=column.name,
            )
        if fitting:
            found[column.name] = fitting[0]
    missing = [column for column in columns if column.required and column.name not in found]
    if missing:
        raise _missing_columns(missing, names, where)
    return found


def _missing_columns(missing: Sequence[ArrayColumn], names: Sequence[str], where: str) -> MissingColumnsError:
    wanted = ", ".join(f"{each.name} ({each.description})" if each.description else each.name for each in missing)
    hints = ""
    for column in missing:
        close = difflib.get_close_matches(_folded(column.name), list(map(_folded, names)), 1, _LIKENESS)
        hints += f" Is “{close[0]}” meant for {column.name}?" if close else ""
    return MissingColumnsError(
        f"{where}: columns are missing: {wanted}. Found: {', '.join(names[:_HEADINGS_NAMED]) or 'none'}.{hints}",
        missing=tuple(each.name for each in missing),
        found=tuple(names),
    )


def _folded(name: str) -> str:
    return name.strip().lstrip("\ufeff").casefold()


def _broken(path: Path, reason: str) -> BrokenFileError:
    return BrokenFileError(
        f"{path.name} cannot be read as a table ({reason}). Save it as .csv in UTF-8, .parquet or .xlsx.",
        name=path.name,
        reason=reason,
    )
