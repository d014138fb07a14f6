"""The planning periods of a posting plan: so many months or quarters, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from lianyi.methods.errors import PostingDataError
from lianyi.methods.periods import (
    MONTHS_PER_QUARTER,
    CalendarPeriod,
    DateSpan,
    PeriodUnit,
    add_calendar_months,
    last_day_of_term,
    periods_within,
)
from lianyi.methods.plan_data import DataChecks

_UNITS = {1: PeriodUnit.MONTH, MONTHS_PER_QUARTER: PeriodUnit.QUARTER}
_CHECKS = DataChecks(PostingDataError)
_MOST_PERIODS = 120


@dataclass(frozen=True)
class Horizon:
    """The planning periods: so many months or quarters, one after the other.

    Parameters
    ----------
    first_day
        The first day of a month; of a quarter where quarters are planned.
    periods
        How many periods.
    months_per_period
        1 for months, 3 for quarters.

    Raises
    ------
    PostingDataError
        When such periods do not exist.

    Examples
    --------
    >>> Horizon(date(2027, 1, 1), 4, 3).labels
    ('2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4')
    """

    first_day: date
    periods: int
    months_per_period: int = MONTHS_PER_QUARTER

    def __post_init__(self) -> None:
        if self.months_per_period not in _UNITS:
            raise _CHECKS.wrong(
                "The planning period", f"has {self.months_per_period} months; give 1 for months, 3 for quarters"
            )
        if not 1 <= self.periods <= _MOST_PERIODS:
            raise _CHECKS.wrong("The horizon", f"has {self.periods} periods; give 1 to {_MOST_PERIODS}")
        months = self.first_day.month - 1
        if self.first_day.day != 1 or months % self.months_per_period:
            unit = _UNITS[self.months_per_period].value
            raise _CHECKS.wrong("The horizon", f"begins on {self.first_day}; give the first day of a {unit}")

    @cached_property
    def calendar(self) -> tuple[CalendarPeriod, ...]:
        last = last_day_of_term(self.first_day, self.periods * self.months_per_period)
        return periods_within(DateSpan(self.first_day, last), _UNITS[self.months_per_period])

    @cached_property
    def labels(self) -> tuple[str, ...]:
        return tuple(period.label for period in self.calendar)

    def index_of(self, label: str) -> int:
        """Return the number of the period with this label.

        Raises
        ------
        PostingDataError
            When the horizon has no such period.
        """
        if label not in self.labels:
            raise _CHECKS.wrong(f"“{label}”", f"is no period of the plan; it has {self.labels[0]} to {self.labels[-1]}")
        return self.labels.index(label)

    def first_day_of(self, period: int) -> date:
        return add_calendar_months(self.first_day, period * self.months_per_period)

    def last_day_of(self, period: int) -> date:
        return last_day_of_term(self.first_day, (period + 1) * self.months_per_period)
