"""Dates as people write them in tables, and as spreadsheets store them: days counted from 30 December 1899."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from lianyi.tabular.columns import Cell, Column, Value
from lianyi.tabular.numbers_in_cells import number_of, plain
from lianyi.tabular.problems import CellProblem, problem_of

_DAY: Final = re.compile(
    r"(?P<year>[0-9]{4})\s*[-/.年]\s*(?P<month>[0-9]{1,2})\s*[-/.月]\s*(?P<day>[0-9]{1,2})\s*[日号]?"
)
_COMPACT_DAY: Final = re.compile(r"(?P<year>[12][0-9]{3})(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?:\.0+)?")
_DAY_MONTH_UNCLEAR: Final = re.compile(
    r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}|[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
)
_TIME: Final = re.compile(
    r"([0-9]{1,2})\s*[:时点]\s*([0-9]{1,2})\s*分?(?:\s*:?\s*([0-9]{1,2})(?:\.([0-9]{1,6})[0-9]*)?\s*秒?)?"
    r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_SERIAL: Final = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_SERIAL_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 (spreadsheets know no time zones)
# Before 1 March 1900 spreadsheets disagree by one day; five digits end in the year 2173.
_FIRST_SERIAL: Final = 61
_LAST_SERIAL: Final = 99_999
_EXAMPLE_DAY: Final = "2021-05-10"
_EXAMPLE_MOMENT: Final = "2021-05-10 08:30"


def parse_date(cell: Cell, column: Column) -> Value | CellProblem:
    example = column.example or _EXAMPLE_DAY
    moment = _moment_of(cell)
    if moment is None:
        unclear = isinstance(cell, str) and _DAY_MONTH_UNCLEAR.fullmatch(plain(cell))
        return problem_of(column, "ambiguous-date" if unclear else "not-a-date", given=cell, example=example)
    if moment.timetz() != time.min:
        return problem_of(column, "date-has-time", given=cell, example=example)
    return moment.date()


def parse_datetime(cell: Cell, column: Column) -> Value | CellProblem:
    moment = _moment_of(cell)
    if moment is None:
        return problem_of(column, "not-a-datetime", given=cell, example=column.example or _EXAMPLE_MOMENT)
    return moment


def _moment_of(cell: Cell) -> datetime | None:
    if isinstance(cell, str):
        return _moment_of_text(plain(cell))
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time.min)
    number = number_of(cell)
    return None if number is None else _moment_of_number(number)


def _moment_of_number(number: Decimal) -> datetime | None:
    if _FIRST_SERIAL <= number <= _LAST_SERIAL:
        # A serial keeps about a millisecond; seconds are what people typed.
        return _SERIAL_ZERO + timedelta(seconds=round(float(number) * 86_400))
    compact = _COMPACT_DAY.fullmatch(str(number))
    return _day(compact) if compact else None


def _moment_of_text(text: str) -> datetime | None:
    day = _DAY.match(text) or _COMPACT_DAY.match(text)
    if day is None:
        return _moment_of_number(Decimal(text)) if _SERIAL.fullmatch(text) else None
    found = _day(day)
    rest = text[day.end() :].lstrip(" T\t")
    return _with_time(found, rest) if found and rest else found


def _day(found: re.Match[str]) -> datetime | None:
    try:
        return datetime(int(found["year"]), int(found["month"]), int(found["day"]))  # noqa: DTZ001 (the table says no time zone)
    except ValueError:
        return None


def _with_time(day: datetime, text: str) -> datetime | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second, fraction, zone = found.groups()
    written = f"{int(hour):02}:{int(minute):02}:{int(second or 0):02}.{(fraction or '').ljust(6, '0')}{zone or ''}"
    try:
        return datetime.combine(day, time.fromisoformat(written))
    except ValueError:
        return None
