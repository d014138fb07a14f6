"""Months, quarters and years as people write them: 2025, 2025-Q1, 2025-03, 2024..2025."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lianyi.analysis.indicators.errors import IndicatorPeriodError
from lianyi.rules.indicators import IndicatorPeriod

_MONTHS: Final = {IndicatorPeriod.MONTH: 1, IndicatorPeriod.QUARTER: 3, IndicatorPeriod.YEAR: 12}
_WRITTEN: Final = re.compile(r"(\d{4})(?:-(?:Q([1-4])|(\d{2})))?")
_MONTHS_OF_YEAR: Final = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One month, quarter or year, by its first day.

    Examples
    --------
    >>> quarter = Period(date(2025, 4, 1), IndicatorPeriod.QUARTER)
    >>> quarter.label, quarter.last_day.isoformat(), quarter.moved(-1).label
    ('2025-Q2', '2025-06-30', '2025-Q1')
    """

    first_day: date
    kind: IndicatorPeriod

    @property
    def label(self) -> str:
        year, month = self.first_day.year, self.first_day.month
        if self.kind is IndicatorPeriod.YEAR:
            return f"{year}"
        return f"{year}-{month:02}" if self.kind is IndicatorPeriod.MONTH else f"{year}-Q{(month + 2) // 3}"

    @property
    def last_day(self) -> date:
        return self.moved(1).first_day - timedelta(days=1)

    def moved(self, periods: int) -> Period:
        """Return the period so many later, or earlier where the number is negative."""
        months = self.first_day.year * _MONTHS_OF_YEAR + self.first_day.month - 1 + periods * _MONTHS[self.kind]
        return Period(date(months // _MONTHS_OF_YEAR, months % _MONTHS_OF_YEAR + 1, 1), self.kind)


@dataclass(frozen=True, slots=True)
class Span:
    """The periods from a first to a last one, both with it.

    Examples
    --------
    >>> [period.label for period in Span.read("2025", IndicatorPeriod.QUARTER).periods()]
    ['2025-Q1', '2025-Q2', '2025-Q3', '2025-Q4']
    """

    first: Period
    last: Period

    @classmethod
    def read(cls, text: str, kind: IndicatorPeriod) -> Span:
        """Return the periods of a kind that a text names: one period, or two with .. between them.

        Raises
        ------
        IndicatorPeriodError
            Where the text names none, or a stretch shorter than the period of the indicator.
        """
        begins, dots, ends = text.partition("..")
        first, last = _written(begins.strip(), text), _written((ends if dots else begins).strip(), text)
        span = cls(containing(first.first_day, kind), containing(last.last_day, kind))
        if span.last < span.first:
            raise IndicatorPeriodError(f"“{text}” ends before it begins. Write the earlier period first.", given=text)
        if (span.first.first_day, span.last.last_day) != (first.first_day, last.last_day):
            raise IndicatorPeriodError(
                f"“{text}” is shorter than a {kind}, for which this indicator is told. Name whole {kind}s.", given=text
            )
        return span

    def periods(self) -> Iterator[Period]:
        """Yield the periods in their order."""
        each = self.first
        while each <= self.last:
            yield each
            each = each.moved(1)

    def moved(self, periods: int) -> Span:
        return Span(self.first.moved(periods), self.last.moved(periods))

    def __contains__(self, period: Period) -> bool:
        return self.first <= period <= self.last


def containing(day: date, kind: IndicatorPeriod) -> Period:
    """Return the period of a kind that a day lies in.

    Examples
    --------
    >>> containing(date(2025, 3, 31), IndicatorPeriod.QUARTER).label
    '2025-Q1'
    """
    months = _MONTHS[kind]
    return Period(date(day.year, (day.month - 1) // months * months + 1, 1), kind)


def _written(text: str, whole: str) -> Period:
    found = _WRITTEN.fullmatch(text)
    month = int(found[3]) if found and found[3] else 1
    if found is None or not 1 <= month <= _MONTHS_OF_YEAR or found[1] == "0000":
        raise IndicatorPeriodError(
            f"“{whole}” is no period. Write 2025, 2025-Q1, 2025-03, or two of them such as 2024..2025.", given=whole
        )
    year = int(found[1])
    if found[2]:
        return Period(date(year, int(found[2]) * 3 - 2, 1), IndicatorPeriod.QUARTER)
    kind = IndicatorPeriod.MONTH if found[3] else IndicatorPeriod.YEAR
    return Period(date(year, month, 1), kind)
