"""Whether every stop was visited as often as required: visits against periods, with the reason of each shortfall."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lianyi.dispatch.models import HELD_STATES, RoundProgramme, RoundStop, RoundVisit, VisitReason, VisitState
from lianyi.methods.periods import ONE_DAY, DateSpan
from lianyi.methods.rounds import PeriodVisits, RoundFrequency, round_frequency

CLOSED, NOT_PLANNED, NOT_RECORDED = "closed", "not_planned", "not_recorded"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A period with fewer visits than required, and why: reasons of missed visits, closures, or nothing planned."""

    period: PeriodVisits
    reasons: tuple[str, ...]

    @property
    def lacking(self) -> int:
        return self.period.required - self.period.made


@dataclass(frozen=True, slots=True)
class StopAccount:
    """One stop beside what is required of it up to a day. ``frequency`` is None before its first period is over."""

    stop: RoundStop
    required_visits: int
    unit: str
    frequency: RoundFrequency
    shortfalls: tuple[Shortfall, ...]
    last_held_on: datetime.date | None
    next_planned_on: datetime.date | None
    today: datetime.date
    missed: tuple[RoundVisit, ...]
    unrecorded: int
    unreachable: int
    """Planned visits from today on that fall on days on which the stop cannot be reached: they want a new plan."""

    @property
    def required(self) -> int:
        """Visits required in the periods that are over."""
        return sum(each.required for each in self.frequency.judged)

    @property
    def counted(self) -> int:
        """Visits made in those periods, of each period no more than required."""
        return sum(min(each.made, each.required) for each in self.frequency.judged)

    @property
    def share(self) -> float | None:
        return self.counted / self.required if self.required else None

    @property
    def days_since(self) -> int | None:
        """Days since the last visit; None where there was none yet."""
        return None if self.last_held_on is None else (self.today - self.last_held_on).days


@dataclass(frozen=True, slots=True)
class ProgrammeAccount:
    """All stops of a programme up to a day."""

    stops: tuple[StopAccount, ...]
    window: DateSpan

    @property
    def required(self) -> int:
        return sum(each.required for each in self.stops)

    @property
    def counted(self) -> int:
        return sum(each.counted for each in self.stops)

    @property
    def coverage(self) -> float | None:
        """Visits made over visits required, so that each stop weighs as much as it is to be visited; None: none due."""
        return self.counted / self.required if self.required else None

    @property
    def fully_served(self) -> int:
        """Stops without a shortfall, among those with a period that is over."""
        return sum(each.required > 0 and not each.shortfalls for each in self.stops)

    @property
    def judged(self) -> int:
        return sum(each.required > 0 for each in self.stops)


def required_of(stop: RoundStop) -> tuple[int, str]:
    """Return how many visits in which period: the stop's own, else the programme's."""
    if stop.required_visits is not None:
        return stop.required_visits, stop.period
    return stop.programme.required_visits, stop.programme.period


def account_of(
    programme: RoundProgramme, stops: Sequence[RoundStop], visits: Iterable[RoundVisit], today: datetime.date
) -> ProgrammeAccount:
    """Return how the stops stand. ``stops`` come with their closures, ``visits`` without those withdrawn."""
    by_stop: defaultdict[int, list[RoundVisit]] = defaultdict(list)
    for visit in visits:
        by_stop[visit.stop_id].append(visit)
    # A period is over only with its last day: today a visit can still be made.
    last = max(programme.starts_on, min(programme.ends_on, today - ONE_DAY))
    window = DateSpan(programme.starts_on, last)
    accounts = (_of_stop(stop, by_stop[stop.pk], window, today) for stop in stops)
    return ProgrammeAccount(tuple(each for each in accounts if each is not None), window)


def _of_stop(stop: RoundStop, visits: list[RoundVisit], window: DateSpan, today: datetime.date) -> StopAccount | None:
    first, last = max(window.start, stop.starts_on or window.start), min(window.end, stop.ends_on or window.end)
    if last < first:
        return None
    required, unit = required_of(stop)
    held = [visit.held_on for visit in visits if visit.state in HELD_STATES and visit.held_on is not None]
    frequency = round_frequency(held, DateSpan(first, last), unit, required)
    ahead = [visit.day for visit in visits if visit.state == VisitState.PLANNED and visit.day >= today]
    closed = [DateSpan(each.starts_on, each.ends_on) for each in stop.closures.all() if not each.is_void]
    missed = sorted((visit for visit in visits if visit.state == VisitState.MISSED), key=lambda each: each.day)
    return StopAccount(
        stop=stop,
        required_visits=required,
        unit=unit,
        frequency=frequency,
        shortfalls=tuple(Shortfall(each, _reasons(stop, visits, each.period.within)) for each in frequency.missed),
        last_held_on=max(held, default=None),
        next_planned_on=min(ahead, default=None),
        today=today,
        missed=tuple(reversed(missed)),
        unrecorded=sum(visit.state == VisitState.PLANNED and visit.day < today for visit in visits),
        unreachable=sum(any(day in span for span in closed) for day in ahead),
    )


def _reasons(stop: RoundStop, visits: Sequence[RoundVisit], within: DateSpan) -> tuple[str, ...]:
    """Return why a period fell short: reasons of missed visits, the most frequent first, else what the plan shows."""
    of_period = [visit for visit in visits if visit.day in within and visit.state not in HELD_STATES]
    told = Counter(visit.reason_code for visit in of_period if visit.state == VisitState.MISSED)
    if told:
        return tuple(reason for reason, _count in told.most_common() if reason in VisitReason.values)
    if any(DateSpan(each.starts_on, each.ends_on).overlaps(within) for each in stop.closures.all() if not each.is_void):
        return (CLOSED,)
    return (NOT_RECORDED,) if of_period else (NOT_PLANNED,)
