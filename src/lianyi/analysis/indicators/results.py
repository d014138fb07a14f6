"""What an indicator's run tells: a value for each reporter and period, what it rests on, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lianyi.analysis.indicators.periods import Period
from lianyi.methods.proportions import Interval
from lianyi.rules.indicators import IndicatorDefinition

Number = int | float | Decimal


class ValueState(StrEnum):
    """Why there is a value or none.

    Reported: there is one. Missing: the reporter has no rows for the period, or none with a figure. Undefined: the
    denominator is nothing.
    """

    REPORTED = "reported"
    MISSING = "missing"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Figure:
    """One part for one reporter and period: its figure, None where it is missing.

    ``seen`` counts the rows of the table, ``counted`` those that meet the conditions, ``given`` those of them with a
    figure.
    """

    amount: float | None
    seen: int
    counted: int
    given: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """The value of a reporter in a period."""

    reporter: str
    period: Period
    numerator: float | None
    denominator: float | None
    value: float | None
    state: ValueState
    rows_seen: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSummary:
    """How many of those who should report did, and the value of all of them together.

    ``value`` is None where the parts cannot be added up (people who may be counted at two reporters, medians).
    """

    period: Period
    reporters_with_data: int
    reporters: int
    numerator: float | None
    denominator: float | None
    value: float | None

    @property
    def coverage(self) -> float | None:
        return self.reporters_with_data / self.reporters if self.reporters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows that could not be given to a reporter or a period, and rows that count but lack their figure."""

    rows_without_reporter: int = 0
    rows_without_day: int = 0
    rows_without_figure: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorResult:
    """The whole answer. ``reporters_are_known`` tells whether a table of units said who should report."""

    definition: IndicatorDefinition
    engine: str
    reporter_column: str
    rows: tuple[IndicatorRow, ...]
    periods: tuple[PeriodSummary, ...]
    left_out: LeftOut
    reporters_are_known: bool


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The rows that a numerator or denominator counts; ``total`` is how many, ``rows`` the first of them."""

    total: int
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def plain(value: Number | None) -> float | None:
    """Return a number of an engine as Python's own: whole numbers stay whole.

    Examples
    --------
    >>> plain(Decimal("12.500000")), plain(Decimal("3.000000")), plain(None)
    (12.5, 3, None)
    """
    if value is None:
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return float(value)


def day_of(value: object) -> date | None:
    """Return a day that an engine tells, some of them as a moment."""
    if value is None or not isinstance(value, date):
        return None
    return date(value.year, value.month, value.day)
