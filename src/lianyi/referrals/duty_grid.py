"""A week of a roster as a grid of days and hours, with equal hours of a day drawn as one field."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils import timezone

from lianyi.methods.rosters import TimeSpan, holes, hours_of
from lianyi.referrals.duty import span_of
from lianyi.referrals.models import DutySlot

HOURS = range(24)
DAYS_SHOWN = 7


@dataclass(frozen=True, slots=True)
class GridField:
    """Some hours of one day that look the same: who stands there, and the first stretch of them that has nobody.

    Without duties and hole the hours lie outside the roster, or the clocks skip them.
    """

    day: datetime.date
    first_hour: int
    hours: int
    slots: tuple[DutySlot, ...]
    hole: TimeSpan | None

    @property
    def end_hour(self) -> int:
        return self.first_hour + self.hours

    @property
    def times(self) -> str:
        return f"{self.first_hour:02d}:00–{self.end_hour:02d}:00"

    @property
    def hole_begins(self) -> str:
        return "" if self.hole is None else f"{timezone.localtime(self.hole.start):%H:%M}"

    @property
    def hole_ends(self) -> str:
        return "" if self.hole is None else f"{timezone.localtime(self.hole.end):%H:%M}"


@dataclass(frozen=True, slots=True)
class GridRow:
    """The fields that begin in one hour, by day."""

    hour: int
    fields: tuple[GridField, ...]

    @property
    def label(self) -> str:
        return f"{self.hour:02d}:00"


@dataclass(frozen=True, slots=True)
class Grid:
    days: tuple[datetime.date, ...]
    rows: tuple[GridRow, ...]


def lay_out(first: datetime.date, whole: TimeSpan, slots: Sequence[DutySlot], zone: ZoneInfo) -> Grid:
    """Return the grid of seven days from ``first`` on."""
    days = tuple(first + datetime.timedelta(days=number) for number in range(DAYS_SHOWN))
    by_day = [_fields_of(day, whole, slots, zone) for day in days]
    starting: dict[int, list[GridField]] = {hour: [] for hour in HOURS}
    for fields in by_day:
        for field in fields:
            starting[field.first_hour].append(field)
    return Grid(days, tuple(GridRow(hour, tuple(starting[hour])) for hour in HOURS))


def _fields_of(day: datetime.date, whole: TimeSpan, slots: Sequence[DutySlot], zone: ZoneInfo) -> list[GridField]:
    known = {slot.pk: slot for slot in slots}
    looks = _looks_of(day, whole, slots, zone)
    fields = []
    for look, hours in groupby(HOURS, key=lambda hour: looks[hour]):
        run = list(hours)
        slot_ids, has_hole = look
        there = tuple(known[pk] for pk in slot_ids)
        hole = _first_hole(day, run, whole, there, zone) if has_hole else None
        fields.append(GridField(day, run[0], len(run), there, hole))
    return fields


def _first_hole(
    day: datetime.date, run: Sequence[int], whole: TimeSpan, slots: Sequence[DutySlot], zone: ZoneInfo
) -> TimeSpan | None:
    spans = [span for hour, span in hours_of(day, zone) if hour in run]
    wanted = TimeSpan(spans[0].start, spans[-1].end).part_in(whole)
    missing = () if wanted is None else holes(wanted, map(span_of, slots))
    return missing[0] if missing else None


def _looks_of(
    day: datetime.date, whole: TimeSpan, slots: Sequence[DutySlot], zone: ZoneInfo
) -> Mapping[int, tuple[tuple[int, ...], bool]]:
    """Return for each hour of the wall clock the duties in it and whether part of it has nobody."""
    looks: dict[int, tuple[tuple[int, ...], bool]] = dict.fromkeys(HOURS, ((), False))
    for hour, span in hours_of(day, zone):
        wanted = span.part_in(whole)
        if wanted is None:
            continue
        there = [slot for slot in slots if span_of(slot).meets(wanted)]
        has_hole = bool(holes(wanted, map(span_of, there)))
        earlier_ids, earlier_hole = looks[hour]
        ids = tuple(dict.fromkeys((*earlier_ids, *(slot.pk for slot in there))))
        looks[hour] = (ids, has_hole or earlier_hole)
    return looks
