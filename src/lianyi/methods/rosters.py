"""Duty rosters: which hours have nobody, and how duties written by the wall clock become spans of real time.

Moments carry a time zone and are returned in UTC, so that an hour which the clocks repeat is two hours here and one
which they skip is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from lianyi.methods.clocks import as_utc, moment_at_wall_clock
from lianyi.methods.errors import ClockOrderError
from lianyi.methods.periods import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

MINUTES_PER_HOUR = 60


@dataclass(frozen=True, slots=True, order=True)
class TimeSpan:
    """A stretch of time; its end does not belong to it any more.

    Raises
    ------
    NaiveDatetimeError
        When an end has no time zone.
    ClockOrderError
        When the end is not later than the start.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        start, end = as_utc("start of a duty", self.start), as_utc("end of a duty", self.end)
        if end <= start:
            message = f"A duty begins at {start.isoformat()} and ends at {end.isoformat()}; it has to last some time."
            raise ClockOrderError(message, what="duty", start=self.start, end=self.end)
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "end", end)

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    def meets(self, other: TimeSpan) -> bool:
        """Whether the two have some time in common; touching is not meeting."""
        return self.start < other.end and other.start < self.end

    def part_in(self, other: TimeSpan) -> TimeSpan | None:
        """Return what of this span lies in the other one."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeSpan(start, end) if start < end else None


def holes(wanted: TimeSpan, covered: Iterable[TimeSpan]) -> tuple[TimeSpan, ...]:
    """Return the stretches of ``wanted`` that no span of ``covered`` covers, in their order.

    Spans may overlap, touch, lie outside or come in any order. What is covered and the holes together are exactly what
    was wanted.

    Examples
    --------
    >>> def at(hour): return datetime(2024, 5, 6, hour, tzinfo=UTC)
    >>> night = holes(TimeSpan(at(0), at(12)), [TimeSpan(at(8), at(20)), TimeSpan(at(0), at(6))])
    >>> [(hole.start.hour, hole.end.hour) for hole in night]
    [(6, 8)]
    """
    found = []
    covered_until = wanted.start
    for span in sorted(covered):
        if span.end <= covered_until:
            continue
        if span.start >= wanted.end:
            break
        if span.start > covered_until:
            found.append(TimeSpan(covered_until, span.start))
        covered_until = span.end
    if covered_until < wanted.end:
        found.append(TimeSpan(covered_until, wanted.end))
    return tuple(found)


def without(span: TimeSpan, taken: TimeSpan) -> tuple[TimeSpan, ...]:
    """Return what is left of a span when another one is taken out of it: nothing, one part or two.

    Examples
    --------
    >>> def at(hour): return datetime(2024, 5, 6, hour, tzinfo=UTC)
    >>> [(part.start.hour, part.end.hour) for part in without(TimeSpan(at(8), at(20)), TimeSpan(at(10), at(12)))]
    [(8, 10), (12, 20)]
    """
    return holes(span, [taken])


def daily_duties(first: date, last: date, begins: time, ends: time, zone: ZoneInfo) -> tuple[TimeSpan, ...]:
    """Return one duty for each day from ``first`` to ``last``, by the wall clock of a zone.

    A duty that ends at or before its beginning ends on the next day: 20:00 to 08:00 is a night, 08:00 to 08:00 a whole
    day. Where the clocks change, a duty is an hour longer or shorter than the wall clock says. One that would lie
    wholly in a skipped hour is left out.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> nights = daily_duties(date(2024, 5, 6), date(2024, 5, 7), time(20), time(8), ZoneInfo("Asia/Shanghai"))
    >>> [str(night.length) for night in nights]
    ['12:00:00', '12:00:00']
    """
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        start = moment_at_wall_clock(datetime.combine(day, begins), zone)
        last_day = day if ends > begins else day + ONE_DAY
        end = moment_at_wall_clock(datetime.combine(last_day, ends), zone)
        if start < end:
            found.append(TimeSpan(start, end))
    return tuple(found)


def moved_by_days(span: TimeSpan, days: int, zone: ZoneInfo) -> TimeSpan | None:
    """Return the span at the same wall-clock times so many days later; None when it falls into a skipped hour.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> week_before = TimeSpan(datetime(2024, 3, 24, 8, tzinfo=berlin), datetime(2024, 3, 24, 20, tzinfo=berlin))
    >>> moved = moved_by_days(week_before, 7, berlin)
    >>> moved.start.astimezone(berlin).isoformat()
    '2024-03-31T08:00:00+02:00'
    """
    start, end = (_moved(moment, days, zone) for moment in (span.start, span.end))
    return TimeSpan(start, end) if start < end else None


def _moved(moment: datetime, days: int, zone: ZoneInfo) -> datetime:
    wall = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    return moment_at_wall_clock(wall + timedelta(days=days), zone)


def day_of(day: date, zone: ZoneInfo) -> TimeSpan:
    """Return a calendar day as real time: 23, 24 or 25 hours where clocks change.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> str(day_of(date(2024, 3, 31), ZoneInfo("Europe/Berlin")).length)
    '23:00:00'
    """
    start = moment_at_wall_clock(datetime.combine(day, time.min), zone)
    return TimeSpan(start, moment_at_wall_clock(datetime.combine(day + ONE_DAY, time.min), zone))


def hours_of(day: date, zone: ZoneInfo) -> tuple[tuple[int, TimeSpan], ...]:
    """Return the hours of a day with what the wall clock calls them; a repeated hour stands there twice.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> [hour for hour, _span in hours_of(date(2024, 10, 27), ZoneInfo("Europe/Berlin"))][:5]
    [0, 1, 2, 2, 3]
    """
    whole = day_of(day, zone)
    found = []
    begins = whole.start
    while begins < whole.end:
        wall = begins.astimezone(zone)
        ends = begins + timedelta(minutes=MINUTES_PER_HOUR - wall.minute)
        found.append((wall.hour, TimeSpan(begins, min(ends, whole.end).astimezone(UTC))))
        begins = ends
    return tuple(found)
