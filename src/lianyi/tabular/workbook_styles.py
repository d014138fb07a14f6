"""How our workbooks look, and what a workbook cell can hold."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Final

import xlsxwriter

from lianyi.tabular.columns import Column, ColumnKind, Language

LONGEST_CELL: Final = 32_767
MOST_ROWS: Final = 1_048_576
BOOLEAN_LABELS: Final[Mapping[Language, tuple[str, str]]] = {"en": ("Yes", "No"), "zh-hans": ("是", "否")}

_FIRST_INEXACT_NUMBER: Final = 10**15
_NARROWEST: Final = 10
_WIDEST: Final = 40
_WIDTHS: Final[Mapping[ColumnKind, int]] = {
    ColumnKind.TEXT: 28,
    ColumnKind.CODE: 16,
    ColumnKind.DATE: 12,
    ColumnKind.DATETIME: 18,
    ColumnKind.CHOICE: 16,
}


class Styles:
    """The cell formats of one workbook."""

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        heading = {"bold": True, "font_color": "#FFFFFF", "text_wrap": True, "valign": "vcenter", "border": 1}
        self.header = workbook.add_format({**heading, "bg_color": "#2F5D73", "border_color": "#24495A"})
        self.required_header = workbook.add_format({**heading, "bg_color": "#8A4B22", "border_color": "#6E3B1A"})
        self.title = workbook.add_format({"bold": True, "font_size": 15, "font_color": "#24495A"})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.text = workbook.add_format({"num_format": "@"})
        self.date = workbook.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self.time = workbook.add_format({"num_format": "hh:mm:ss"})
        bad = {"bg_color": "#F8D7CF"}
        self.bad_text = workbook.add_format({**bad, "num_format": "@"})
        self.bad_number = workbook.add_format(bad)
        self.bad_date = workbook.add_format({**bad, "num_format": "yyyy-mm-dd"})
        self.bad_moment = workbook.add_format({**bad, "num_format": "yyyy-mm-dd hh:mm:ss"})
        self.bad_time = workbook.add_format({**bad, "num_format": "hh:mm:ss"})
        self.problem = workbook.add_format({"font_color": "#8C2A12", "text_wrap": True, "valign": "top"})


@contextmanager
def new_workbook(stream: io.BytesIO, *, constant_memory: bool) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook in which text stays text: nothing is turned into a formula, a link or a number.

    With constant memory rows go to the disk as they are written, in order.
    """
    kept_as_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, {**kept_as_text, "constant_memory": constant_memory}) as workbook:
        yield workbook


def column_width(column: Column, language: Language) -> int:
    """In characters; Chinese ones take two."""
    label = sum(1 if character.isascii() else 2 for character in column.label(language)) + 3
    return min(max(_WIDTHS.get(column.kind, _NARROWEST), label), _WIDEST)


def is_exact_number(value: float | Decimal) -> bool:
    """Whether a number cell gives the very same number back: spreadsheet files carry sixteen digits."""
    number = float(value)
    if abs(number) >= _FIRST_INEXACT_NUMBER:
        return False
    written = f"{number:.16G}"
    return float(written) == number and Decimal(repr(number)) == Decimal(str(value))
