"""Tables as arrays, for calculations: CSV, Parquet and workbooks in, CSV, Parquet and .xlsx out.

Unlike `lianyi.tabular.reading`, which forgives what people send and tells them of each cell, this reads tables that
were made to be calculated with: headings in the first row, one value for each row, millions of rows in a stream. The
first thing wrong is refused with its row. Rows are counted as a spreadsheet counts them, the headings being row 1; in
Parquet files, which have no row of headings, the first record is row 1.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from lianyi.tabular.array_files import iter_batches
from lianyi.tabular.array_values import Array, ArrayColumn, Place, converter_of
from lianyi.tabular.errors import ArrayLengthError, DuplicateIdError, OutputFormatError, SheetTooLongError
from lianyi.tabular.formula_guard import guarded
from lianyi.tabular.workbook_styles import MOST_ROWS, Styles, new_workbook

__all__ = ["ArrayColumn", "iter_arrays", "read_arrays", "unique_ids", "write_arrays"]

_ROWS_AT_ONCE: Final = 1_000_000
_DTYPES: Final = {"text": object, "number": np.float64, "whole": np.int64, "reference": np.int64}


def read_arrays(path: Path, columns: Sequence[ArrayColumn]) -> dict[str, Array]:
    """Read columns of a table file, by their names.

    Parameters
    ----------
    path
        CSV (any usual encoding and separator), Parquet, or a workbook. What the bytes are counts, not the name.
    columns
        What is wanted; other columns are not read. Columns that are not required and not there are not in the answer.

    Raises
    ------
    TableFileError, TableHeaderError, ColumnValueError
        One subclass for each reason, with the file, the row and how to mend it.
    """
    pieces: dict[str, list[Array]] = {}
    for batch in iter_arrays(path, columns, _ROWS_AT_ONCE):
        for name, values in batch.items():
            pieces.setdefault(name, []).append(values)
    found: dict[str, Array] = {}
    for column in columns:
        parts = pieces.pop(column.name, None)
        if parts is not None:
            found[column.name] = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return found


def iter_arrays(path: Path, columns: Sequence[ArrayColumn], batch_rows: int) -> Iterator[dict[str, Array]]:
    """Read columns of a table file in pieces of about `batch_rows` rows, so that a table need not fit in memory.

    A table without rows gives one piece of empty arrays. Workbooks, which hold a million rows at most, come in one
    piece. Raises as `read_arrays`.
    """
    converters = {column.name: converter_of(column) for column in columns}
    dtypes = {column.name: _DTYPES[column.kind] for column in columns}
    names: set[str] = set()
    is_empty = True
    for batch in iter_batches(path, columns, batch_rows):
        names |= batch.columns.keys()
        if batch.rows:
            is_empty = False
            place = Place(path.name, batch.first_row)
            yield {name: converters[name](values, place) for name, values in batch.columns.items()}
    if is_empty:
        yield {name: np.empty(0, dtypes[name]) for name in names}


def unique_ids(array: Array, name: str) -> Array:
    """Return the ids as they are when each stands once.

    Raises
    ------
    DuplicateIdError
        Naming an id that stands twice and its first two rows, counted from 1 without the headings.

    Examples
    --------
    >>> unique_ids(np.array(["A", "B"], dtype=object), "id").tolist()
    ['A', 'B']
    """
    first_rows: dict[object, int] = {}
    for row, value in enumerate(array.tolist(), start=1):
        first = first_rows.setdefault(value, row)
        if first != row:
            raise DuplicateIdError(
                f"{name}: “{value}” stands in record {first} and again in record {row}. Each id must stand once.",
                column=name,
                given=value,
                records=(first, row),
            )
    return array


def write_arrays(path: Path, mapping: Mapping[str, Array]) -> None:
    """Write columns of the same length as a table, whole or not at all: .csv (UTF-8), .parquet or .xlsx.

    NaN is written as an empty cell. In .csv, text that a spreadsheet would run as a formula gets an apostrophe in
    front, which `read_arrays` takes away.

    Raises
    ------
    OutputFormatError
        When the name ends in none of these.
    ArrayLengthError
        When the columns differ in length.
    """
    writers = {".csv": _csv_of, ".parquet": _parquet_of, ".xlsx": _workbook_of}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise OutputFormatError(
            f"{path.name} ends in “{path.suffix}”; tables are written as {', '.join(writers)}.",
            given=path.suffix,
            expected=tuple(writers),
        )
    lengths = {name: len(values) for name, values in mapping.items()}
    if len(set(lengths.values())) > 1:
        raise ArrayLengthError(f"The columns of a table need one length; given: {lengths}.", lengths=lengths)
    made = path.with_name(f".{path.name}.part")
    try:
        writer(made, mapping)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)


def _table_of(mapping: Mapping[str, Array]) -> Any:  # noqa: ANN401 - Arrow has no types
    return pa.table({name: pa.array(np.asarray(values), from_pandas=True) for name, values in mapping.items()})


def _csv_of(path: Path, mapping: Mapping[str, Array]) -> None:
    safe = {
        name: np.array([guarded(text) if isinstance(text, str) else text for text in values.tolist()], dtype=object)
        if values.dtype.kind in "OUT"
        else values
        for name, values in mapping.items()
    }
    pa_csv.write_csv(_table_of(safe), path)


def _parquet_of(path: Path, mapping: Mapping[str, Array]) -> None:
    pa_parquet.write_table(_table_of(mapping), path)


def _workbook_of(path: Path, mapping: Mapping[str, Array]) -> None:
    rows = max((len(values) for values in mapping.values()), default=0)
    if rows >= MOST_ROWS:
        raise SheetTooLongError(
            f"There are {rows:,} records; a workbook sheet holds {MOST_ROWS - 1:,}. Write .csv or .parquet.",
            maximum_rows=MOST_ROWS - 1,
        )
    stream = io.BytesIO()
    with new_workbook(stream, constant_memory=False) as workbook:
        styles = Styles(workbook)
        sheet = workbook.add_worksheet()
        for position, (name, values) in enumerate(mapping.items()):
            sheet.write_string(0, position, name, styles.header)
            for row, value in enumerate(np.asarray(values).tolist(), start=1):
                if isinstance(value, str):
                    sheet.write_string(row, position, value, styles.text)
                elif value is not None and value == value:  # noqa: PLR0124 - NaN alone differs from itself
                    sheet.write_number(row, position, value)
    path.write_bytes(stream.getvalue())
