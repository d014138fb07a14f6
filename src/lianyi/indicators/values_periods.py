"""The periods of indicators: their first and last day, their name, the ones before and after."""

from __future__ import annotations

import datetime
import re

from lianyi.errors import InvalidInputError
from lianyi.indicators.models import PeriodKind
from lianyi.methods.periods import add_calendar_months

MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}
_ONE_DAY = datetime.timedelta(days=1)
_MONTH = re.compile(r"((?:19|20|21)\d{2})[-/.年]?(0?[1-9]|1[0-2])月?")
_QUARTER = re.compile(r"((?:19|20|21)\d{2})[-/.年 ]?(?:[Qq]|第)([1-4一二三四])(?:季度)?")
_YEAR = re.compile(r"((?:19|20|21)\d{2})年?")
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4}


def start_of(kind: str, day: datetime.date) -> datetime.date:
    """Return the first day of the period that holds a day."""
    months = MONTHS[PeriodKind(kind)]
    return datetime.date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(kind: str, start: datetime.date, periods: int = 1) -> datetime.date:
    """Return the first day of the period so many periods later, or earlier where the number is below zero."""
    return add_calendar_months(start, periods * MONTHS[PeriodKind(kind)])


def last_day(kind: str, start: datetime.date) -> datetime.date:
    return next_start(kind, start) - _ONE_DAY


def newest_ended(kind: str, today: datetime.date) -> datetime.date:
    """Return the first day of the newest period that is over."""
    return next_start(kind, start_of(kind, today), -1)


def newest_periods(kind: str, last: datetime.date, number: int) -> list[datetime.date]:
    """Return the first days of so many periods, the last of them ``last``, earliest first."""
    return [next_start(kind, last, at - number + 1) for at in range(number)]


def period_code(kind: str, start: datetime.date) -> str:
    """Return the name that tables and addresses use: 2024-05, 2024-Q2, 2024."""
    if kind == PeriodKind.MONTH:
        return f"{start:%Y-%m}"
    if kind == PeriodKind.QUARTER:
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return str(start.year)


def parse_period(text: str) -> tuple[PeriodKind, datetime.date]:
    """Read 2024-05, 202405, 2024年5月, 2024-Q2, 2024Q2, 2024年第二季度, 2024.

    Raises
    ------
    InvalidInputError
    """
    given = text.strip()
    if found := _QUARTER.fullmatch(given):
        quarter = _CHINESE.get(found[2]) or int(found[2])
        return PeriodKind.QUARTER, datetime.date(int(found[1]), 3 * quarter - 2, 1)
    if found := _YEAR.fullmatch(given):
        return PeriodKind.YEAR, datetime.date(int(found[1]), 1, 1)
    if found := _MONTH.fullmatch(given):
        return PeriodKind.MONTH, datetime.date(int(found[1]), int(found[2]), 1)
    raise InvalidInputError(
        f"'{text}' is no period. Write a month as 2024-05, a quarter as 2024-Q2, a year as 2024.",
        field="period",
        reason="period-unreadable",
        given=text,
    )
