"""A table of a page as a file: the same columns and rows, values instead of markup."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from lianyi.errors import InvalidInputError
from lianyi.pages.documents import attachment
from lianyi.pages.names import page_is_chinese
from lianyi.pages.values import NOTHING
from lianyi.tabular.columns import Column, ColumnKind, Language, Value
from lianyi.tabular.writing import TableFormat, write_table

FORMATS: dict[str, TableFormat] = {
    "xlsx": "xlsx",
    "csv": "csv",
}
_MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def export_response(table: Any, file_format: str, name: str) -> HttpResponse:  # noqa: ANN401 - untyped library
    """Return the table's rows as a file to keep.

    Raises
    ------
    InvalidInputError
        When the format is none of xlsx and csv.
    """
    if file_format not in FORMATS:
        raise InvalidInputError(
            f"'{file_format}' is no format for an export. Accepted: {', '.join(FORMATS)}.",
            reason="export-format",
            given=file_format,
        )
    lines = table.as_values()
    columns = [
        Column(name=str(position), label_en=str(label), label_zh=str(label), kind=ColumnKind.TEXT)
        for position, label in enumerate(next(lines))
    ]
    language: Language = "zh-hans" if page_is_chinese() else "en"
    content = write_table(columns, _records(lines), language, FORMATS[file_format])
    response = HttpResponse(content, content_type=_MIME[file_format])
    response.headers["Content-Disposition"] = attachment(f"{name}-{timezone.localdate()}.{file_format}")
    return response


def _records(lines: Iterator[list[Any]]) -> Iterator[dict[str, Value]]:
    for line in lines:
        yield {str(position): _cell(value) for position, value in enumerate(line)}


def _cell(value: Any) -> Value:  # noqa: ANN401 - whatever a column gives
    if value is None or value == NOTHING:
        return None
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.make_naive(value)
    if isinstance(value, bool | int | float | Decimal | datetime.date):
        return value
    return str(value)
