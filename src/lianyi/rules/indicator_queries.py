"""The query of an indicator: what is counted over which table, as data that any engine can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class QueryMeasure(StrEnum):
    """What is made of the rows of one reporter in one period."""

    ROWS = "rows"
    SUM = "sum"
    DISTINCT = "distinct"
    MEAN = "mean"
    MEDIAN = "median"
    QUANTILE = "quantile"
    RATE = "rate"


class Operator(StrEnum):
    """How a column is compared. A missing value meets no condition but ``missing``."""

    EQUALS = "equals"
    DIFFERS = "differs"
    AMONG = "among"
    NOT_AMONG = "not_among"
    BELOW = "below"
    AT_MOST = "at_most"
    ABOVE = "above"
    AT_LEAST = "at_least"
    GIVEN = "given"
    MISSING = "missing"
    YES = "yes"
    NO = "no"


ASKS_FOR_VALUES = frozenset({Operator.AMONG, Operator.NOT_AMONG})
ASKS_FOR_NOTHING = frozenset({Operator.GIVEN, Operator.MISSING, Operator.YES, Operator.NO})
COMPARES_SIZES = frozenset({Operator.BELOW, Operator.AT_MOST, Operator.ABOVE, Operator.AT_LEAST})


class IntervalUnit(StrEnum):
    """In what the time between two columns is told: whole calendar days, or minutes with their fraction."""

    DAYS = "days"
    MINUTES = "minutes"


DAYS_IN_PERIOD = "days_in_period"
"""The column that a spread adds: on how many days of the period the row was there, first and last day counted."""


@dataclass(frozen=True, slots=True)
class Between:
    """The time from one column to another."""

    start: str
    end: str
    unit: IntervalUnit


Operand = str | Between
"""What is summed or compared: a column, or the time between two."""
Value = str | int | float


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. ``than`` names another column in place of a value."""

    operand: Operand
    operator: Operator
    values: tuple[Value, ...] = ()
    than: str = ""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions of which every one must hold."""

    conditions: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions of which at least one must hold."""

    conditions: tuple[Requirement, ...]


Requirement = Condition | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table in which every row finds at most one row; its columns are then named ``name.column``.

    ``keys`` are pairs of a column of the rows and a column of the table looked up.
    """

    table: str
    name: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Rows that last: each counts in every period that it touches, an open end up to the last period asked for."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Least:
    """Keep only the rows of those whose sum of a column in the period reaches a number: people with enough days."""

    per: tuple[str, ...]
    column: str
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryPart:
    """The numerator or the denominator: a measure over the rows of one table that meet the conditions.

    ``reporter`` and ``date`` name the columns that say whose row it is and when; only the first ``reporter_length``
    characters of the reporter count where that is given (six digits of a place code are its county). A part with
    ``periods_before`` looks that many periods back, for growth.
    """

    table: str
    measure: QueryMeasure
    reporter: str
    date: str
    reporter_length: int | None = None
    operand: Operand | None = None
    distinct: tuple[str, ...] = ()
    over: str = ""
    quantile: float | None = None
    where: AllOf = AllOf(())
    lookups: tuple[Lookup, ...] = ()
    spread: Spread | None = None
    least: Least | None = None
    periods_before: int = 0


@dataclass(frozen=True, slots=True)
class IndicatorQuery:
    """How an indicator is computed from tables; an indicator that is a plain number has no denominator."""

    numerator: QueryPart
    denominator: QueryPart | None

    @property
    def parts(self) -> tuple[QueryPart, ...]:
        return (self.numerator,) if self.denominator is None else (self.numerator, self.denominator)
