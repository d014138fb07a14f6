"""What a plan of rounds says: the routes of each day with the times at each stop, and what is missed and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from lianyi.methods.periods import ONE_DAY
from lianyi.methods.round_plans.problem import Night, Visit


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit with its times, minutes after midnight, and the way that led there.

    ``arrives_at`` is when the visit begins; a team that comes before the village opens waits until then.
    """

    village: str
    arrives_at: float
    departs_at: float
    travel_minutes: float
    travel_km: float | None = None


@dataclass(frozen=True, slots=True)
class DayRoute:
    """What a team does on a day.

    Parameters
    ----------
    home, start, end
        Its home, where it sets out and where it comes to in the evening: home, or the place of a night.
    leaves_at, back_at
        Minutes after midnight.
    break_at
        When its break begins; None without one. It is taken before the way to stop number ``break_before``, counted
        from 0; before the way to ``end`` where that is the number of stops.
    back_minutes, back_km
        The last way.
    """

    day: date
    team: str
    home: str
    start: str
    end: str
    leaves_at: float
    back_at: float
    stops: tuple[Stop, ...]
    back_minutes: float
    back_km: float | None = None
    break_at: float | None = None
    break_before: int = 0

    @property
    def travel_minutes(self) -> float:
        return self.back_minutes + sum(stop.travel_minutes for stop in self.stops)

    @property
    def service_minutes(self) -> float:
        return sum(stop.departs_at - stop.arrives_at for stop in self.stops)

    @property
    def work_minutes(self) -> float:
        return self.travel_minutes + self.service_minutes

    @property
    def km(self) -> float | None:
        """None where the kilometres of a way are not known."""
        ways = [self.back_km, *(stop.travel_km for stop in self.stops)]
        return None if None in ways else sum(way for way in ways if way is not None)

    @property
    def visits(self) -> tuple[Visit, ...]:
        return tuple(Visit(self.day, self.team, stop.village) for stop in self.stops)


class MissReason(StrEnum):
    """Why a required visit is not in the plan."""

    CLOSED = "closed"  # weekdays, season and closures leave no day
    NO_SKILL = "no_skill"  # no team has the skills, or no team that may come
    NO_TEAM_DAY = "no_team_day"  # those who have do not work on the days that are left
    NO_WAY = "no_way"  # no road leads there on those days
    TOO_FAR = "too_far"  # there, the visit and back takes longer than a working day
    HOURS = "hours"  # no team can be there while the village is open
    SPACING = "spacing"  # the days that are left lie too close together
    PAST = "past"  # the days that are left are over
    NO_TIME = "no_time"  # no team has the minutes left on any day that would do
    NOT_PROVED = "not_proved"  # a team seems to have the time; the search ended before it was used


class FixKind(StrEnum):
    """What would make a missed visit possible."""

    OPEN_DAYS = "open_days"  # visits on other weekdays, or a road opened
    SKILL = "skill"  # a team gets the skills
    TEAM_DAY = "team_day"  # a team works on one more day
    LONGER_DAY = "longer_day"  # so many minutes more on the best day
    LONGER_HOURS = "longer_hours"  # the village is open for so many minutes more
    NIGHT = "night"  # the team may stay overnight there or near
    FEWER_DAYS_BETWEEN = "fewer_days_between"  # so many days from one visit to the next


@dataclass(frozen=True, slots=True)
class Fix:
    """One thing that alone would make the visit possible; ``amount`` in minutes or days, ``day`` where one is best."""

    kind: FixKind
    team: str = ""
    amount: float | None = None
    day: date | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """Visits due in a period that the plan does not hold."""

    village: str
    period: str
    visits: int
    due: int
    reason: MissReason
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True, slots=True)
class LongGap:
    """Two visits further apart than the village wants; ``after`` is None where the plan ends before the next one."""

    village: str
    before: date
    after: date | None
    days: int
    most_days: int


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """How good a plan is.

    Parameters
    ----------
    value
        The weighted sum that was made least, minutes; see `lianyi.methods.round_plans.problem.RoundPrices`.
    due, planned
        Visits due, and those of them that are planned or done.
    weighted_due, weighted_planned
        The same, each visit times the population over the middle one.
    travel_minutes, travel_km
        Of all routes; ``travel_km`` None where some are not known.
    team_days, nights
        Days on which a team goes out, and nights away.
    changed
        Published visits that move to another day or team, or are dropped.
    mean_day_minutes, longest_day_minutes, shortest_day_minutes
        Travel and visits on the days on which a team goes out.
    load_by_team
        Travel and visits of each team in the whole plan, over its working minutes.
    """

    value: float
    due: int
    planned: int
    weighted_due: float
    weighted_planned: float
    long_gaps: int
    travel_minutes: float
    travel_km: float | None
    team_days: int
    nights: int
    changed: int
    mean_day_minutes: float
    longest_day_minutes: float
    shortest_day_minutes: float
    load_by_team: Mapping[str, float] = field(default_factory=dict)

    @property
    def coverage(self) -> float:
        """The share of the due visits that are planned, weighted by population; 1 where none is due."""
        return self.weighted_planned / self.weighted_due if self.weighted_due else 1.0

    @property
    def balance(self) -> float | None:
        """The least load of a team over the greatest, 0 to 1; None where nobody works."""
        loads = list(self.load_by_team.values())
        return min(loads) / max(loads) if loads and max(loads) > 0 else None


@dataclass(frozen=True, slots=True)
class RoundPlan:
    """A plan that the independent check confirmed.

    Parameters
    ----------
    done
        Visits made before the plan was changed; they have no route here.
    steps
        The value after the first draft and after each step that made it less.
    """

    routes: tuple[DayRoute, ...]
    missed: tuple[Missed, ...]
    long_gaps: tuple[LongGap, ...]
    figures: RoundFigures
    done: tuple[Visit, ...] = ()
    steps: tuple[tuple[str, float], ...] = ()

    @property
    def visits(self) -> tuple[Visit, ...]:
        """All visits, those done before included, by day."""
        return tuple(sorted({*self.done, *(visit for route in self.routes for visit in route.visits)}))

    @property
    def nights(self) -> tuple[Night, ...]:
        """The nights away from home: days that end where the next one begins and not at home."""
        begins = {(route.team, route.day): route.start for route in self.routes}
        return tuple(
            sorted(
                Night(route.day, route.team, route.end)
                for route in self.routes
                if begins.get((route.team, route.day + ONE_DAY)) == route.end != route.home
            )
        )
