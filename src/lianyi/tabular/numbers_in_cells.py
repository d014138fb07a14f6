"""Numbers as people write them in tables: full-width digits, grouped thousands, percentages, years, degrees."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal
from typing import Final

from lianyi.tabular.columns import Cell, Column, Value
from lianyi.tabular.problems import CellProblem, problem_of

# Lengths are bounded: "1e999999999" must not become an integer of a thousand million digits.
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:([, '])[0-9]{3})(?:\1[0-9]{3}){0,10}(?:\.[0-9]{0,60})?")
_MINUS_SIGNS: Final = str.maketrans({"−": "-", "﹣": "-", "–": "-"})
_YEAR: Final = re.compile(r"([12][0-9]{3})(?:\.0+)?\s*年?")

EARLIEST_YEAR: Final = 1000
LATEST_YEAR: Final = 2999


def plain(text: str) -> str:
    """Full-width digits and signs as ASCII."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text).translate(_MINUS_SIGNS).strip()


def number_of(cell: Cell) -> Decimal | None:
    """Take the exact number a cell holds, or None. Truth values, dates and infinities are no numbers."""
    if isinstance(cell, str):
        return _number_of_text(plain(cell))
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    return Decimal(repr(cell)) if math.isfinite(cell) else None


def _number_of_text(text: str) -> Decimal | None:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    grouped = _GROUPED.fullmatch(text)
    return Decimal(text.replace(grouped[1], "")) if grouped else None


def parse_decimal(cell: Cell, column: Column) -> Value | CellProblem:
    if isinstance(cell, str) and cell.endswith(("%", "％")):
        return _parse_percent(cell, column)
    number = number_of(cell)
    if number is None:
        return problem_of(column, "not-a-number", given=cell, example=column.example or "12.5")
    return number


def _parse_percent(text: str, column: Column) -> Value | CellProblem:
    number = _number_of_text(plain(text).rstrip("%").rstrip())
    if number is None:
        return problem_of(column, "not-a-number", given=text, example=column.example or "12.5%")
    if not column.accepts_percent:
        return problem_of(column, "percent", given=text)
    sign, digits, exponent = number.as_tuple()
    return Decimal((sign, digits, int(exponent) - 2))


def parse_integer(cell: Cell, column: Column) -> Value | CellProblem:
    example = column.example or "12"
    if isinstance(cell, str) and cell.endswith(("%", "％")):
        return problem_of(column, "percent", given=cell)
    number = number_of(cell)
    if number is None:
        return problem_of(column, "not-a-number", given=cell, example=example)
    whole = int(number)
    if whole != number:
        return problem_of(column, "not-whole", given=cell, example=example)
    return whole


def parse_year(cell: Cell, column: Column) -> Value | CellProblem:
    found = _YEAR.fullmatch(plain(cell)) if isinstance(cell, str) else None
    number = Decimal(found[1]) if found else number_of(cell)
    if number is None or int(number) != number or not EARLIEST_YEAR <= number <= LATEST_YEAR:
        return problem_of(column, "not-a-year", given=cell, example=column.example or "2021")
    return int(number)


def parse_longitude(cell: Cell, column: Column) -> Value | CellProblem:
    return _parse_degrees(cell, column, 180, "not-a-longitude")


def parse_latitude(cell: Cell, column: Column) -> Value | CellProblem:
    return _parse_degrees(cell, column, 90, "not-a-latitude")


def _parse_degrees(cell: Cell, column: Column, most: int, code: str) -> Value | CellProblem:
    number = number_of(cell)
    if number is None or not -most <= number <= most:
        return problem_of(column, code, given=cell, example=column.example or "30.25")
    return float(number)
