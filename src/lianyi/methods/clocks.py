"""Time limits: when an answer is due, how long a clock has run, how much of that it was paused.

Every function takes moments with a time zone and refuses those without. Moments are returned in UTC, because Python
subtracts two moments of one zone by their wall clocks and is then wrong by an hour when the clocks change in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import (
    CalendarPeriodError,
    ClockAmountError,
    ClockOrderError,
    ClockUnitError,
    NaiveDatetimeError,
    WorkingCalendarError,
)
from lianyi.methods.periods import DAYS_PER_WEEK, ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 1440
MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})

_SHORTEST_STEP = timedelta(microseconds=1)


class ClockUnit(StrEnum):
    """What time limits are counted in."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are worked, and from when to when, by the wall clock of one time zone.

    Parameters
    ----------
    zone
        The time zone of the wall clock.
    working_week
        Working days of an ordinary week by ISO 8601: 1 is Monday, 7 is Sunday.
    holidays
        Days off that fall in the working week; weekend days may be named too and change nothing. A day that a country
        skips to change its date line, as Samoa did with 30 December 2011, belongs here as well.
    makeup_workdays
        Days worked although the week has them off, such as the Sundays worked in exchange for a long holiday in China.
    opens_minute, closes_minute
        Working hours in minutes after midnight, 0 to 1440; the default is the whole day, 00:00 to 24:00.

    Notes
    -----
    A year whose holidays nobody entered looks like a year without holidays. The caller knows up to which year the
    calendar is kept.

    Raises
    ------
    WorkingCalendarError
        When the week has no working day or a number outside 1 to 7, a day is both holiday and make-up workday, or
        the hours do not lie in the day in this order.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> calendar = WorkingCalendar(
    ...     ZoneInfo("Asia/Shanghai"),
    ...     holidays=frozenset({date(2024, 10, 1)}),
    ...     makeup_workdays=frozenset({date(2024, 9, 29)}),
    ... )
    >>> calendar.is_working_day(date(2024, 9, 29)), calendar.is_working_day(date(2024, 10, 1))
    (True, False)
    """

    zone: ZoneInfo
    working_week: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = frozenset()
    makeup_workdays: frozenset[date] = frozenset()
    opens_minute: int = 0
    closes_minute: int = MINUTES_PER_DAY

    def __post_init__(self) -> None:
        if not self.working_week or not self.working_week <= frozenset(range(1, DAYS_PER_WEEK + 1)):
            message = f"The working week is {sorted(self.working_week)}; name at least one day from 1, Monday, to 7."
            raise WorkingCalendarError(message, reason="working-week", given=sorted(self.working_week))
        both = sorted(self.holidays & self.makeup_workdays)
        if both:
            message = f"{both[0]} is a holiday and a make-up workday; it can be one of the two."
            raise WorkingCalendarError(message, reason="holiday-and-workday", given=both[0])
        if not 0 <= self.opens_minute < self.closes_minute <= MINUTES_PER_DAY:
            hours = f"{self.opens_minute} to {self.closes_minute}"
            message = f"The working hours are minutes {hours} of the day; they lie within 0 to 1440 and open first."
            raise WorkingCalendarError(message, reason="working-hours", given=hours)

    def is_working_day(self, day: date) -> bool:
        """Whether the day is worked: a make-up workday, or a day of the working week that is no holiday."""
        if day in self.makeup_workdays:
            return True
        return day.isoweekday() in self.working_week and day not in self.holidays

    def is_working_time(self, moment: datetime) -> bool:
        """Whether the moment lies in the working hours of a working day; the closing minute is outside.

        Raises
        ------
        NaiveDatetimeError
            When the moment has no time zone.
        """
        wall = _wall_clock(as_utc("moment", moment), self.zone)
        minutes = (wall - datetime.combine(wall.date(), time.min)) / timedelta(minutes=1)
        return self.is_working_day(wall.date()) and self.opens_minute <= minutes < self.closes_minute


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock does not count; ``end`` is None while it lasts.

    Raises
    ------
    NaiveDatetimeError
        When an end has no time zone.
    ClockOrderError
        When the pause ends before it begins.
    """

    start: datetime
    end: datetime | None = None

    def __post_init__(self) -> None:
        start = as_utc("start of a pause", self.start)
        if self.end is not None:
            _check_order("pause", start, as_utc("end of a pause", self.end))


@dataclass(frozen=True, slots=True)
class ClockReading:
    """How long a clock has run: ``gross`` from start to end, ``paused`` the part of it that does not count.

    Both are kept, so that a pause cannot make a slow answer look quick.
    """

    gross: timedelta
    paused: timedelta

    @property
    def net(self) -> timedelta:
        """The time that counts; gross is net and paused together, always."""
        return self.gross - self.paused


def as_utc(name: str, moment: datetime) -> datetime:
    """Return the moment in UTC, and refuse one without a time zone.

    Raises
    ------
    NaiveDatetimeError
        Naming what was given.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> as_utc("start", datetime(2024, 5, 6, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))).isoformat()
    '2024-05-06T00:00:00+00:00'
    """
    if moment.utcoffset() is None:
        message = f"The {name} is {moment.isoformat()} without a time zone; give the zone with it."
        raise NaiveDatetimeError(message, name=name, given=moment.isoformat())
    return moment.astimezone(UTC)


def due_at(start: datetime, amount: int, unit: ClockUnit | str, calendar: WorkingCalendar) -> datetime:
    """Return the moment, in UTC, at which a time limit that began at ``start`` is used up.

    Minutes and hours
        Absolute time: 24 hours are 24 hours also when the clocks change.
    Days
        The same time by the wall clock of the calendar's zone, so many calendar days later; working days and hours
        play no part. A time that the clocks skip on that day becomes the first moment after the gap; of a time that
        comes twice, the first is meant, which is the stricter reading.
    Working days
        The close of the working hours on the n-th working day after the day of the start, 24:00 by default. The day of
        the start never counts, at whatever hour the clock began. This follows articles 201 and 203 of the Civil Code of
        China (2020): the day on which a period begins is not counted, and the last day ends at 24:00 or, where there
        are hours of business, at their end.

    A longer amount is never due earlier. A later start is never due earlier either, save for days and working days
    counted from inside an hour that the clocks repeat, where the wall clock itself goes back.

    Raises
    ------
    NaiveDatetimeError
        When ``start`` has no time zone.
    ClockAmountError
        When ``amount`` is below 1.
    ClockUnitError
        When the unit is not one of ``minute``, ``hour``, ``day``, ``working_day``.
    CalendarPeriodError
        When the limit would end after the year 9999.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> shanghai = ZoneInfo("Asia/Shanghai")
    >>> friday = datetime(2024, 5, 10, 15, 30, tzinfo=shanghai)
    >>> calendar = WorkingCalendar(shanghai)
    >>> due_at(friday, 15, "minute", calendar).astimezone(shanghai).isoformat()
    '2024-05-10T15:45:00+08:00'
    >>> due_at(friday, 1, "day", calendar).astimezone(shanghai).isoformat()
    '2024-05-11T15:30:00+08:00'

    Two working days from Friday end with Tuesday:

    >>> due_at(friday, 2, "working_day", calendar).astimezone(shanghai).isoformat()
    '2024-05-15T00:00:00+08:00'
    """
    begun = as_utc("start", start)
    try:
        known_unit = ClockUnit(unit)
    except ValueError as error:
        known = ", ".join(ClockUnit)
        message = f"The unit of the time limit is {unit!r}; the units are {known}."
        raise ClockUnitError(message, given=unit, expected=known) from error
    if amount < 1:
        message = f"The time limit is {amount} {known_unit}; it needs at least 1."
        raise ClockAmountError(message, given=amount, unit=known_unit)
    try:
        return _DUE[known_unit](begun, amount, calendar)
    except OverflowError as error:
        message = f"{amount} {known_unit} after {start.isoformat()} lie beyond the year 9999."
        raise CalendarPeriodError(message, start=start, amount=amount, unit=known_unit) from error


def reading(started_at: datetime, stopped_at: datetime | None, pauses: Iterable[Pause], now: datetime) -> ClockReading:
    """Read a clock as it stood at ``now``.

    It has run from ``started_at`` to ``stopped_at``, or to ``now`` while it is not stopped; a stop after ``now`` has
    not happened yet. Pauses count once where they overlap, and only where they lie between these two ends; their order
    does not matter. A pause without an end lasts to the end of the reading.

    Raises
    ------
    NaiveDatetimeError
        When a moment has no time zone.
    ClockOrderError
        When the clock would stop, or be read, before it started.

    Examples
    --------
    >>> def at(hour, minute=0): return datetime(2024, 5, 6, hour, minute, tzinfo=UTC)
    >>> shown = reading(at(8), at(12), [Pause(at(9), at(10)), Pause(at(9, 30), at(10, 30))], now=at(20))
    >>> str(shown.gross), str(shown.paused), str(shown.net)
    ('4:00:00', '1:30:00', '2:30:00')
    """
    start, end = as_utc("start of the clock", started_at), as_utc("time of reading", now)
    _check_order("reading", start, end)
    if stopped_at is not None:
        stop = as_utc("stop of the clock", stopped_at)
        _check_order("clock", start, stop)
        end = min(stop, end)
    paused = timedelta()
    counted_until = start
    for pause_start, pause_end in sorted(_ends_in_utc(pause, end) for pause in pauses):
        first, last = max(pause_start, counted_until), min(pause_end, end)
        if first < last:
            paused += last - first
            counted_until = last
    return ClockReading(gross=end - start, paused=paused)


def due_with_pauses(due: datetime, pauses_total: timedelta) -> datetime:
    """Return the due time, in UTC, moved on by the time the clock was paused; see `reading` for that total.

    The shift is absolute time, whatever the unit of the limit. A pause that begins after the due time does not undo the
    breach: the shifted due time never catches up with the time that has passed.

    Raises
    ------
    NaiveDatetimeError
        When ``due`` has no time zone.
    ClockOrderError
        When the total is below zero.

    Examples
    --------
    >>> due_with_pauses(datetime(2024, 5, 6, 10, 0, tzinfo=UTC), timedelta(minutes=90)).isoformat()
    '2024-05-06T11:30:00+00:00'
    """
    if pauses_total < timedelta():
        message = f"The pauses last {pauses_total} together; a pause cannot end before it begins."
        raise ClockOrderError(message, what="pause", start=timedelta(), end=pauses_total)
    return as_utc("due time", due) + pauses_total


def is_breached(due: datetime, stopped_at: datetime | None, now: datetime) -> bool:
    """Whether the due time had passed when the clock stopped or, while it runs, has passed at ``now``.

    An answer at the very moment it is due is in time.

    Raises
    ------
    NaiveDatetimeError
        When a moment has no time zone.

    Examples
    --------
    >>> due = datetime(2024, 5, 6, 10, 0, tzinfo=UTC)
    >>> is_breached(due, due, now=datetime(2024, 5, 7, tzinfo=UTC))
    False
    >>> is_breached(due, None, now=datetime(2024, 5, 7, tzinfo=UTC))
    True
    """
    end = as_utc("time of reading", now)
    if stopped_at is not None:
        end = min(as_utc("stop of the clock", stopped_at), end)
    return end > as_utc("due time", due)


def _due_after_minutes(begun: datetime, amount: int, _calendar: WorkingCalendar) -> datetime:
    return begun + timedelta(minutes=amount)


def _due_after_hours(begun: datetime, amount: int, _calendar: WorkingCalendar) -> datetime:
    return begun + timedelta(hours=amount)


def _due_after_days(begun: datetime, amount: int, calendar: WorkingCalendar) -> datetime:
    return moment_at_wall_clock(_wall_clock(begun, calendar.zone) + timedelta(days=amount), calendar.zone)


def _due_after_working_days(begun: datetime, amount: int, calendar: WorkingCalendar) -> datetime:
    day = _wall_clock(begun, calendar.zone).date()
    remaining = amount
    while remaining:
        day += ONE_DAY
        remaining -= calendar.is_working_day(day)
    close = datetime.combine(day, time.min) + timedelta(minutes=calendar.closes_minute)
    return moment_at_wall_clock(close, calendar.zone)


def _wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def moment_at_wall_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which the wall clock of a zone shows ``wall``, a time without a zone.

    A time that the clocks skip becomes the first moment after the gap; of a time that comes twice, the first is meant.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> moment_at_wall_clock(datetime(2024, 3, 31, 2, 30), ZoneInfo("Europe/Berlin")).isoformat()
    '2024-03-31T01:00:00+00:00'
    """
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    return moment if _wall_clock(moment, zone) == wall else _end_of_gap(wall, zone)


def _end_of_gap(skipped: datetime, zone: ZoneInfo) -> datetime:
    # A skipped time read with the offset after the jump lies before the jump, read with the offset before it, after it.
    # The jump is found between the two by halving.
    before = skipped.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = skipped.replace(tzinfo=zone, fold=0).astimezone(UTC)
    offset_after = after.astimezone(zone).utcoffset()
    while after - before > _SHORTEST_STEP:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset_after:
            after = middle
        else:
            before = middle
    return after


def _ends_in_utc(pause: Pause, end_of_reading: datetime) -> tuple[datetime, datetime]:
    end = end_of_reading if pause.end is None else pause.end.astimezone(UTC)
    return pause.start.astimezone(UTC), end


def _check_order(what: str, start: datetime, end: datetime) -> None:
    if end < start:
        message = f"A {what} begins at {start.isoformat()} and ends at {end.isoformat()}; the end cannot come first."
        raise ClockOrderError(message, what=what, start=start, end=end)


_DUE: Mapping[ClockUnit, Callable[[datetime, int, WorkingCalendar], datetime]] = {
    ClockUnit.MINUTE: _due_after_minutes,
    ClockUnit.HOUR: _due_after_hours,
    ClockUnit.DAY: _due_after_days,
    ClockUnit.WORKING_DAY: _due_after_working_days,
}
