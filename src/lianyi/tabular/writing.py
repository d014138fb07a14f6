"""Write records as a workbook or as a text table that `read_tables` and `parse_sheet` read back exactly.

Text is never written as a formula. In a workbook every text is a string cell. In a text file a text that a spreadsheet
would run gets an apostrophe in front, which reading takes away again (see `formula_guard`). Numbers keep every digit:
one that a spreadsheet's sixteen digits cannot hold is written as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from lianyi.tabular.columns import Column, ColumnKind, Language, Value
from lianyi.tabular.errors import CellTooLongError, SheetTooLongError
from lianyi.tabular.formula_guard import guarded
from lianyi.tabular.workbook_styles import (
    BOOLEAN_LABELS,
    LONGEST_CELL,
    MOST_ROWS,
    Styles,
    column_width,
    is_exact_number,
    new_workbook,
)

TableFormat = Literal["xlsx", "csv"]

_SHEET_NAMES: Final[Mapping[Language, str]] = {"en": "Data", "zh-hans": "数据"}
# Before this day spreadsheets count differently, or not at all.
_FIRST_SPREADSHEET_DAY: Final = date(1900, 3, 1)


def write_table(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], language: Language, file_format: TableFormat
) -> bytes:
    """Write records under the columns' labels in the language of the reader.

    A record whose first or required text is a word for totals ("合计") is taken for a total when it is read again, and
    listed as such.

    Raises
    ------
    CellTooLongError, SheetTooLongError
        A workbook cannot hold the text, or so many rows; text tables have no such bounds.
    """
    if file_format == "csv":
        return _text_table(columns, rows, language)
    return _workbook(columns, rows, language)


def _text_table(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], language: Language) -> bytes:
    """UTF-8 with a byte order mark, without which spreadsheets on Chinese systems take it for GBK.

    Every text is quoted, so that no separator inside it can be taken for the table's own.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow([guarded(column.label(language)) for column in columns])
    for row in rows:
        writer.writerow([_text_field(row.get(column.name), column, language) for column in columns])
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _text_field(value: Value, column: Column, language: Language) -> str | int | float | Decimal | None:
    shown = _shown(value, column, language)
    if isinstance(shown, str):
        return guarded(shown)
    return _iso(shown) if isinstance(shown, date) else shown


def _shown(value: Value, column: Column, language: Language) -> Value:
    """Truth values and choices as people read them."""
    if isinstance(value, bool):
        return BOOLEAN_LABELS[language][0 if value else 1]
    if column.kind is ColumnKind.CHOICE:
        return next((c.label(language) for c in column.choices if c.value == value and c.label(language)), value)
    return value


def _iso(value: date) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()


def _workbook(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], language: Language) -> bytes:
    stream = io.BytesIO()
    with new_workbook(stream, constant_memory=True) as workbook:
        styles = Styles(workbook)
        sheet = workbook.add_worksheet(_SHEET_NAMES[language])
        _write_header(sheet, columns, language, styles)
        for number, row in enumerate(rows, start=1):
            if number >= MOST_ROWS:
                raise SheetTooLongError(
                    f"There are more than {MOST_ROWS - 1:,} records; a workbook sheet holds no more. "
                    "Narrow the selection, or export as .csv.",
                    maximum_rows=MOST_ROWS - 1,
                )
            for position, column in enumerate(columns):
                _write_value(sheet, (number, position), _shown(row.get(column.name), column, language), styles)
    return stream.getvalue()


def _write_header(sheet: Worksheet, columns: Sequence[Column], language: Language, styles: Styles) -> None:
    for position, column in enumerate(columns):
        style = styles.text if column.kind is ColumnKind.CODE else None
        sheet.set_column(position, position, column_width(column, language), style)
    for position, column in enumerate(columns):
        sheet.write_string(0, position, column.label(language), styles.header)
    sheet.freeze_panes(1, 0)


def _write_value(sheet: Worksheet, place: tuple[int, int], value: Value, styles: Styles) -> None:
    if value is None:
        return
    if isinstance(value, date):
        _write_date(sheet, place, value, styles)
    elif isinstance(value, str):
        _write_text(sheet, place, value, styles.text)
    elif is_exact_number(value):
        sheet.write_number(*place, value)
    else:
        _write_text(sheet, place, str(value), styles.text)


def _write_date(sheet: Worksheet, place: tuple[int, int], value: date, styles: Styles) -> None:
    """As a date cell, or as text where a spreadsheet's day count cannot say it exactly."""
    if not isinstance(value, datetime) and value >= _FIRST_SPREADSHEET_DAY:
        sheet.write_datetime(*place, value, styles.date)
    elif (
        isinstance(value, datetime)
        and value.date() >= _FIRST_SPREADSHEET_DAY
        and value.microsecond == 0
        and value.tzinfo is None
    ):
        sheet.write_datetime(*place, value, styles.moment)
    else:
        _write_text(sheet, place, _iso(value), styles.text)


def _write_text(sheet: Worksheet, place: tuple[int, int], text: str, style: Format) -> None:
    if len(text) > LONGEST_CELL:
        raise CellTooLongError(
            f"Row {place[0] + 1}: a text of {len(text):,} characters does not fit into a workbook cell, which holds "
            f"{LONGEST_CELL:,}. Export as .csv.",
            row_number=place[0] + 1,
            length=len(text),
            maximum=LONGEST_CELL,
        )
    sheet.write_string(*place, text, style)
