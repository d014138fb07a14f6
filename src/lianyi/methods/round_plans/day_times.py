"""When a team is where on one day: it waits until a village opens, and takes its break between two stops.

A break begins as soon as its time has come and the team is between two stops, or earlier on the way home. Where a
village has opening hours it may be better to wait for the break before the next way, or to drive on and take it later;
of all places between two stops the one is taken that keeps the hours and ends the day first.

Examples
--------
The bus would be there at 8:40. The village opens at ten, so it leaves home later; its break begins on the way home:

>>> bus = Team("Bus", home="Town", break_minutes=60)
>>> times = timed(bus, [Call(way=40, service=90, opens=600, closes=720)], back=40)
>>> times.leaves_at, times.begins, times.break_at, times.back_at, times.is_on_time
(560, (600,), 690, 790, True)
>>> timed(bus, [Call(way=40, service=90, closes=600)], back=40).is_on_time
False
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from lianyi.methods.round_plans.problem import Team

_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Call:
    """A visit in the order of a day: the way there, how long it takes, and from when until when it may be."""

    way: float
    service: float
    opens: float = 0.0
    closes: float = math.inf


@dataclass(frozen=True, slots=True)
class DayTimes:
    """The times of a day in minutes after midnight.

    Parameters
    ----------
    begins
        When each visit begins, after any waiting.
    break_at, break_before
        As in `lianyi.methods.round_plans.plan.DayRoute`.
    minutes_late
        How long after its village has closed the latest visit ends, or the team is back; 0 where all hours are kept.
    """

    leaves_at: float
    begins: tuple[float, ...]
    break_at: float | None
    break_before: int
    back_at: float
    minutes_late: float

    @property
    def is_on_time(self) -> bool:
        return self.minutes_late <= _SAME


@dataclass(frozen=True, slots=True)
class _Way:
    """The day so far: the time, and how much too late it was at worst."""

    now: float
    late: float = 0.0
    begins: tuple[float, ...] = ()
    break_at: float | None = None
    break_before: int = 0

    def after_break(self, team: Team, at: float) -> _Way:
        return replace(self, now=at + team.break_minutes, break_at=at, break_before=len(self.begins))

    def after_visit(self, call: Call) -> _Way:
        begins = max(self.now + call.way, call.opens)
        departs = begins + call.service
        late = max(self.late, departs - call.closes)
        return replace(self, now=departs, late=late, begins=(*self.begins, begins))

    def back(self, team: Team, minutes: float) -> _Way:
        at = self.now + minutes
        return replace(self, now=at, late=max(self.late, at - team.ends_at))

    def is_better_than(self, other: _Way) -> bool:
        if abs(self.late - other.late) > _SAME:
            return self.late < other.late
        return self.now < other.now - _SAME


def timed(team: Team, calls: Sequence[Call], back: float) -> DayTimes:
    """Return the times of a day that begins with the working hours; where hours cannot be kept, the least late ones."""
    ways = [_Way(float(team.starts_at))]
    for call in calls:
        rested = [_rested(team, way) for way in ways if _is_to_rest(team, way)]
        ways = _least([way.after_visit(call) for way in (*ways, *rested)])
    ends = [_home(team, way, back) for way in ways]
    best = ends[0]
    for way in ends[1:]:
        best = way if way.is_better_than(best) else best
    return _times(team, calls, best)


def _is_to_rest(team: Team, way: _Way) -> bool:
    return team.break_minutes > 0 and way.break_at is None


def _rested(team: Team, way: _Way) -> _Way:
    return way.after_break(team, max(way.now, float(team.break_from)))


def _home(team: Team, way: _Way, back: float) -> _Way:
    """Whoever is home before the break begins takes it there."""
    if _is_to_rest(team, way) and way.now + back > team.break_from:
        way = way.after_break(team, way.now)
    return way.back(team, back)


def _least(ways: Iterable[_Way]) -> list[_Way]:
    """Keep the best day so far of those with the break behind them, first, and of those without.

    Of days that are as good as each other the first is kept, whose break began earlier.
    """
    best: dict[bool, _Way] = {}
    for way in ways:
        key = way.break_at is None
        if key not in best or way.is_better_than(best[key]):
            best[key] = way
    return [best[key] for key in sorted(best)]


def _times(team: Team, calls: Sequence[Call], way: _Way) -> DayTimes:
    """Whoever would wait for the first visit sets out later instead."""
    leaves_at, break_at = float(team.starts_at), way.break_at
    if way.begins:
        is_rested = break_at is not None and way.break_before == 0
        latest = way.begins[0] - calls[0].way - (team.break_minutes if is_rested else 0)
        if latest > leaves_at + _SAME:
            leaves_at = latest
            break_at = latest if is_rested else break_at
    return DayTimes(leaves_at, way.begins, break_at, way.break_before, way.now, max(0.0, way.late))
