"""A week of a programme: teams down, days across, the visits of each day in the order of the road."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.dispatch.models import RoundClosure, RoundCrew, RoundVisit
from lianyi.methods.periods import DAYS_PER_WEEK, DateSpan

ONE_WEEK = datetime.timedelta(days=DAYS_PER_WEEK)


@dataclass(frozen=True, slots=True)
class CrewDay:
    """What a team does on one day."""

    day: datetime.date
    visits: tuple[RoundVisit, ...]
    works: bool


@dataclass(frozen=True, slots=True)
class CrewWeek:
    crew: RoundCrew
    days: tuple[CrewDay, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, with the closures that touch it."""

    span: DateSpan
    days: tuple[datetime.date, ...]
    crews: tuple[CrewWeek, ...]
    closures: tuple[RoundClosure, ...]

    @property
    def before(self) -> datetime.date:
        return self.span.start - ONE_WEEK

    @property
    def after(self) -> datetime.date:
        return self.span.start + ONE_WEEK


def span_of_week(day: datetime.date) -> DateSpan:
    """Return Monday to Sunday around a day."""
    monday = day - datetime.timedelta(days=day.weekday())
    return DateSpan(monday, monday + datetime.timedelta(days=DAYS_PER_WEEK - 1))


def week_of(
    span: DateSpan, crews: Sequence[RoundCrew], visits: Sequence[RoundVisit], closures: Sequence[RoundClosure]
) -> Week:
    """Lay a week out. ``visits`` come in the order of the road; one made on another day stands on that day."""
    days = tuple(span.start + datetime.timedelta(days=number) for number in range(DAYS_PER_WEEK))
    by_day: defaultdict[tuple[int, datetime.date], list[RoundVisit]] = defaultdict(list)
    for visit in visits:
        by_day[visit.crew_id, visit.held_on or visit.day].append(visit)
    rows = tuple(
        CrewWeek(
            crew,
            tuple(CrewDay(day, tuple(by_day[crew.pk, day]), str(day.isoweekday()) in crew.weekdays) for day in days),
        )
        for crew in crews
    )
    touching = tuple(each for each in closures if DateSpan(each.starts_on, each.ends_on).overlaps(span))
    return Week(span, days, rows, touching)
