"""Spans of whole days with both ends counted, and the calendar periods made of them.

Every length is a count of days or of whole months; no time of day and no time zone enters.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import CalendarPeriodError, PeriodUnitError, SpanBoundsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ONE_DAY = timedelta(days=1)
MONTHS_PER_YEAR = 12
MONTHS_PER_QUARTER = 3
QUARTERS_PER_YEAR = 4
DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, order=True)
class DateSpan:
    """The days from ``start`` to ``end``, both counted.

    Parameters
    ----------
    start, end
        Plain dates; ``end`` is not before ``start``.

    Raises
    ------
    SpanBoundsError
        When an end is not a plain date, or the span would hold no day.

    Examples
    --------
    >>> DateSpan(date(2024, 2, 1), date(2024, 2, 29)).days
    29
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        for name, value in (("start", self.start), ("end", self.end)):
            # A datetime is a date to Python, but mixing the two fails later and far from the cause.
            if not isinstance(value, date) or isinstance(value, datetime):
                message = f"The {name} of a span is {value!r}; give a plain date without a time of day."
                raise SpanBoundsError(message, bound=name, given=value)
        if self.end < self.start:
            message = f"A span starts on {self.start} and ends on {self.end}; the end must be the start or later."
            raise SpanBoundsError(message, start=self.start, end=self.end)

    @property
    def days(self) -> int:
        """Number of days, both ends counted; at least 1."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlaps(self, other: DateSpan) -> bool:
        """Whether the two spans share at least one day.

        Examples
        --------
        >>> DateSpan(date(2024, 1, 1), date(2024, 1, 5)).overlaps(DateSpan(date(2024, 1, 6), date(2024, 1, 9)))
        False
        """
        return self.start <= other.end and other.start <= self.end

    def intersection(self, other: DateSpan) -> DateSpan | None:
        """Return the days that both spans have, or None when there are none.

        Examples
        --------
        >>> DateSpan(date(2024, 1, 1), date(2024, 1, 5)).intersection(DateSpan(date(2024, 1, 4), date(2024, 2, 1)))
        DateSpan(start=datetime.date(2024, 1, 4), end=datetime.date(2024, 1, 5))
        """
        if not self.overlaps(other):
            return None
        return DateSpan(max(self.start, other.start), min(self.end, other.end))

    def trimmed_to(self, window: DateSpan) -> DateSpan | None:
        """Return the part inside ``window``, or None; reads better than `intersection` where one span is the frame."""
        return self.intersection(window)


def merge_spans(spans: Iterable[DateSpan]) -> tuple[DateSpan, ...]:
    """Unite spans into the fewest that hold the same days, in order of time.

    Spans that overlap or follow one another without a free day become one.

    Examples
    --------
    >>> early, late = DateSpan(date(2024, 1, 1), date(2024, 1, 5)), DateSpan(date(2024, 1, 6), date(2024, 1, 9))
    >>> [(str(span.start), str(span.end)) for span in merge_spans([late, early])]
    [('2024-01-01', '2024-01-09')]
    """
    merged: list[DateSpan] = []
    for span in sorted(spans):
        if merged and (span.start - merged[-1].end).days <= 1:
            merged[-1] = DateSpan(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def spans_within(spans: Iterable[DateSpan], window: DateSpan) -> tuple[DateSpan, ...]:
    """Return the days of ``window`` that at least one span has, as the fewest spans."""
    return merge_spans(part for span in spans if (part := span.trimmed_to(window)) is not None)


def gaps_within(spans: Iterable[DateSpan], window: DateSpan) -> tuple[DateSpan, ...]:
    """Return the days of ``window`` that no span has, as the fewest spans.

    Together with `spans_within` this divides the window: no day is in both, none is in neither.

    Examples
    --------
    >>> window = DateSpan(date(2024, 1, 1), date(2024, 1, 31))
    >>> gaps_within([DateSpan(date(2024, 1, 10), date(2024, 1, 20))], window)[0].end
    datetime.date(2024, 1, 9)
    """
    gaps: list[DateSpan] = []
    first_free = window.start
    for span in spans_within(spans, window):
        if span.start > first_free:
            gaps.append(DateSpan(first_free, span.start - ONE_DAY))
        if span.end == window.end:
            return tuple(gaps)
        first_free = span.end + ONE_DAY
    gaps.append(DateSpan(first_free, window.end))
    return tuple(gaps)


def spans_without(spans: Iterable[DateSpan], removed: Iterable[DateSpan]) -> tuple[DateSpan, ...]:
    """Return the days of ``spans`` that are not in ``removed``, as the fewest spans."""
    taken = tuple(removed)
    return merge_spans(part for span in spans for part in gaps_within(taken, span))


def add_calendar_months(day: date, months: int) -> date:
    """Return the same day of the month ``months`` later; the month's last day where that day does not exist.

    Raises
    ------
    CalendarPeriodError
        When the result would lie outside the years 1 to 9999.

    Examples
    --------
    >>> add_calendar_months(date(2021, 8, 31), 6)
    datetime.date(2022, 2, 28)
    >>> add_calendar_months(date(2024, 3, 31), -1)
    datetime.date(2024, 2, 29)
    """
    year, month_index = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 + months, MONTHS_PER_YEAR)
    if not MINYEAR <= year <= MAXYEAR:
        message = f"{day} and {months} months lead to the year {year}; dates run from {MINYEAR} to {MAXYEAR}."
        raise CalendarPeriodError(message, day=day, months=months)
    month = month_index + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_day_of_term(start: date, months: int) -> date:
    """Return the last day of a term of whole months that begins on ``start``.

    It is the day before the matching day of the last month; where that month has no matching day it is the month's
    last day. This follows article 202 of the Civil Code of China (2020), which ends a period counted in months on the
    matching day of the month and, failing such a day, on the last of the month; here the first day of the term counts.

    Raises
    ------
    CalendarPeriodError
        When ``months`` is below 1 or the term would end after the year 9999.

    Examples
    --------
    >>> last_day_of_term(date(2021, 5, 10), 6)
    datetime.date(2021, 11, 9)
    >>> last_day_of_term(date(2021, 8, 31), 6)
    datetime.date(2022, 2, 28)
    """
    if months < 1:
        message = f"A term has {months} months; it needs at least 1."
        raise CalendarPeriodError(message, months=months)
    matching = add_calendar_months(start, months)
    return matching - ONE_DAY if matching.day == start.day else matching


def calendar_months_between(start: date, end: date) -> int:
    """Count the whole calendar months of a term from ``start`` to ``end``, both days served.

    The count is the largest n for which ``last_day_of_term(start, n) <= end``, and 0 when not one month is full.
    A month always counts from the first day of the term, never from the end of the month before, so that 31 August
    to 28 February is 6 months and 31 January to 28 February is 1.

    Raises
    ------
    SpanBoundsError
        When ``end`` is before ``start``.

    Examples
    --------
    >>> calendar_months_between(date(2021, 5, 10), date(2021, 11, 9))
    6
    >>> calendar_months_between(date(2021, 5, 10), date(2021, 11, 8))
    5
    """
    span = DateSpan(start, end)
    months = (end.year - start.year) * MONTHS_PER_YEAR + end.month - start.month
    if end.day == monthrange(end.year, end.month)[1]:
        # The day after is the first of a month, which reaches a matching day only where the term began on the first;
        # for all other terms the month that just ended is full because nothing of it is left.
        return months + (1 if span.start.day == 1 else 0)
    return months if end.day + 1 >= start.day else months - 1


class PeriodUnit(StrEnum):
    """The calendar periods in which programmes count."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True, slots=True, order=True)
class CalendarPeriod:
    """One calendar period as far as a window reaches into it.

    ``whole`` is the full period, ``within`` the part inside the window.
    """

    whole: DateSpan
    within: DateSpan
    unit: PeriodUnit
    label: str

    @property
    def is_complete(self) -> bool:
        """Whether the window holds the whole period."""
        return self.whole == self.within


def year_span(year: int) -> DateSpan:
    """Return the days of a calendar year.

    Examples
    --------
    >>> year_span(2024).days
    366
    """
    return DateSpan(_first_of_month(year, 1), _last_of_month(year, MONTHS_PER_YEAR))


def quarter_span(year: int, quarter: int) -> DateSpan:
    """Return the days of a calendar quarter, 1 to 4.

    Examples
    --------
    >>> quarter_span(2024, 1).days
    91
    """
    if not 1 <= quarter <= QUARTERS_PER_YEAR:
        message = f"There is no quarter {quarter}; quarters run from 1 to {QUARTERS_PER_YEAR}."
        raise CalendarPeriodError(message, year=year, quarter=quarter)
    last_month = quarter * MONTHS_PER_QUARTER
    return DateSpan(_first_of_month(year, last_month - MONTHS_PER_QUARTER + 1), _last_of_month(year, last_month))


def month_span(year: int, month: int) -> DateSpan:
    """Return the days of a calendar month, 1 to 12.

    Examples
    --------
    >>> month_span(2023, 2).days
    28
    """
    return DateSpan(_first_of_month(year, month), _last_of_month(year, month))


def iso_week_span(year: int, week: int) -> DateSpan:
    """Return Monday to Sunday of a week of ISO 8601; week 1 holds the year's first Thursday.

    Examples
    --------
    >>> iso_week_span(2020, 53).start
    datetime.date(2020, 12, 28)
    """
    try:
        monday = date.fromisocalendar(year, week, 1)
        return DateSpan(monday, monday + timedelta(days=DAYS_PER_WEEK - 1))
    except (ValueError, OverflowError) as error:
        message = f"There is no ISO week {week} in {year}: {error}."
        raise CalendarPeriodError(message, year=year, week=week) from error


def periods_within(window: DateSpan, unit: PeriodUnit | str) -> tuple[CalendarPeriod, ...]:
    """Return every calendar period that the window touches, in order.

    The parts inside the window follow one another and divide it wholly; only the first and the last can be incomplete.

    Raises
    ------
    PeriodUnitError
        When ``unit`` is not one of ``year``, ``quarter``, ``month``, ``week``.

    Examples
    --------
    >>> periods = periods_within(DateSpan(date(2024, 3, 15), date(2024, 6, 30)), "quarter")
    >>> [(period.label, period.is_complete) for period in periods]
    [('2024-Q1', False), ('2024-Q2', True)]
    """
    known_unit = _known_unit(unit)
    period_of_day = _PERIOD_OF_DAY[known_unit]
    periods: list[CalendarPeriod] = []
    day = window.start
    while True:
        label, whole = period_of_day(day)
        periods.append(CalendarPeriod(whole, DateSpan(day, min(whole.end, window.end)), known_unit, label))
        if whole.end >= window.end:
            return tuple(periods)
        day = whole.end + ONE_DAY


def _known_unit(unit: PeriodUnit | str) -> PeriodUnit:
    try:
        return PeriodUnit(unit)
    except ValueError as error:
        known = ", ".join(PeriodUnit)
        message = f"The unit of a period is {unit!r}; the units are {known}."
        raise PeriodUnitError(message, given=unit, expected=known) from error


def _first_of_month(year: int, month: int) -> date:
    try:
        return date(year, month, 1)
    except ValueError as error:
        message = f"There is no month {month} in the year {year}: {error}."
        raise CalendarPeriodError(message, year=year, month=month) from error


def _last_of_month(year: int, month: int) -> date:
    return _first_of_month(year, month).replace(day=monthrange(year, month)[1])


def _year_of(day: date) -> tuple[str, DateSpan]:
    return f"{day.year:04d}", year_span(day.year)


def _quarter_of(day: date) -> tuple[str, DateSpan]:
    quarter = (day.month - 1) // MONTHS_PER_QUARTER + 1
    return f"{day.year:04d}-Q{quarter}", quarter_span(day.year, quarter)


def _month_of(day: date) -> tuple[str, DateSpan]:
    return f"{day.year:04d}-{day.month:02d}", month_span(day.year, day.month)


def _week_of(day: date) -> tuple[str, DateSpan]:
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}", iso_week_span(year, week)


_PERIOD_OF_DAY: Mapping[PeriodUnit, Callable[[date], tuple[str, DateSpan]]] = {
    PeriodUnit.YEAR: _year_of,
    PeriodUnit.QUARTER: _quarter_of,
    PeriodUnit.MONTH: _month_of,
    PeriodUnit.WEEK: _week_of,
}
