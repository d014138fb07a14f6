"""What rounds are planned from: villages, teams, closures, the days, travel times, and what was published before.

Days are plain dates, times of day are minutes after midnight, weekdays are those of ISO 8601 (1 is Monday, 7 Sunday).
Every amount is checked once, here.

Examples
--------
>>> from lianyi.methods.round_plans.travel_times import TravelTimes
>>> problem = RoundProblem(
...     days=DateSpan(date(2027, 3, 1), date(2027, 3, 31)),
...     villages=(Village("Shangzhuang", 120, visits=2, least_days=7), Village("Xiazhuang", 60)),
...     teams=(Team("Bus 1", home="Town"),),
...     travel=TravelTimes.of_legs([("Town", "Shangzhuang", 40, 22), ("Shangzhuang", "Xiazhuang", 15, 8)]),
... )
>>> [(due.period, due.visits) for due in dues_of(problem.villages[0], problem.days)]
[('2027-03', 2)]
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from lianyi.methods.errors import RoundDataError
from lianyi.methods.periods import DAYS_PER_WEEK, ONE_DAY, DateSpan, PeriodUnit, periods_within
from lianyi.methods.plan_data import DataChecks
from lianyi.methods.round_plans.travel_times import TravelTimes

MINUTES_PER_DAY = 24 * 60
MOST_DAYS = 400
_UNITS = (PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.QUARTER)
_CHECKS = DataChecks(RoundDataError)


@dataclass(frozen=True, slots=True)
class Village:
    """A place that is to be visited.

    Parameters
    ----------
    id
        Which village; its place in the table of travel times has the same name.
    service_minutes
        How long a team works there at each visit.
    visits, unit
        So many visits in each calendar week, month or quarter.
    least_days
        From one visit to the next at least so many days: 1 allows the next day, 7 the same weekday of the next week.
    most_days
        From one visit to the next at most so many days; None without such a wish. Without a ``last_visit`` it counts
        from the day before the plan; the end of the plan counts as a visit that comes the day after it.
    weekdays
        Days of the week on which visits are possible (market days); None for all.
    opens_at, closes_at
        Minutes after midnight between which a visit begins and ends; None without such a bound. A team that comes
        earlier waits.
    seasons
        Spans of days in which visits are possible; none for all.
    skills
        What the team must be able to do.
    teams
        The only teams that may come; None for all.
    population
        People who live there. None where it is not known: the village then counts as one of middle size.
    last_visit
        Day of the latest visit before the plan, from which the first spacing counts; None where there was none.
    """

    id: str
    service_minutes: float
    visits: int = 1
    unit: PeriodUnit | str = PeriodUnit.MONTH
    least_days: int = 1
    most_days: int | None = None
    weekdays: frozenset[int] | None = None
    seasons: tuple[DateSpan, ...] = ()
    skills: frozenset[str] = frozenset()
    teams: frozenset[str] | None = None
    population: float | None = None
    last_visit: date | None = None
    opens_at: int | None = None
    closes_at: int | None = None

    def __post_init__(self) -> None:
        who = f"The village {self.id}"
        _check_id("village", self.id)
        _check_minutes(who, "service_minutes", self.service_minutes)
        _check_least(who, "visits", self.visits, 0)
        _check_least(who, "least_days", self.least_days, 1)
        _check_least(who, "most_days", self.most_days, self.least_days)
        _check_least(who, "population", self.population, 0)
        _check_weekdays(who, self.weekdays)
        if self.unit not in _UNITS:
            raise _CHECKS.wrong(who, f"has the period “{self.unit}”; give {', '.join(_UNITS)}")
        if not 0 <= self.opening[0] < self.opening[1] <= MINUTES_PER_DAY:
            raise _CHECKS.wrong(
                who, f"opens at minute {self.opens_at} and closes at {self.closes_at}; give 0 to {MINUTES_PER_DAY}"
            )

    @property
    def opening(self) -> tuple[int, int]:
        """The minutes of the day between which a visit begins and ends."""
        return self.opens_at or 0, MINUTES_PER_DAY if self.closes_at is None else self.closes_at

    @property
    def has_hours(self) -> bool:
        """Whether it matters when in the day a team comes."""
        return self.opens_at is not None or self.closes_at is not None

    def may_be_visited(self, day: date) -> bool:
        """Whether weekday and season allow a visit; closures are those of the problem."""
        in_season = not self.seasons or any(day in season for season in self.seasons)
        return in_season and (self.weekdays is None or day.isoweekday() in self.weekdays)


@dataclass(frozen=True, slots=True)
class Team:
    """People with a vehicle who go out together.

    Parameters
    ----------
    id, home
        Which team, and the place from which it sets out and to which it comes back.
    skills
        What it can do; also what its vehicle can, such as narrow roads.
    vehicle
        The name of the vehicle, for route sheets.
    weekdays
        Days of the week on which it works.
    absent
        Spans of days on which it does not.
    starts_at, ends_at
        Working hours, minutes after midnight, from leaving home to being back.
    break_minutes, break_from
        A break of so many minutes, between two stops, as soon as possible after this time of day.
    travel_factor
        Its travel takes so many times the minutes of the table.
    most_nights, stays
        It may stay away so many nights in a row, at one of these places.
    """

    id: str
    home: str
    skills: frozenset[str] = frozenset()
    vehicle: str = ""
    weekdays: frozenset[int] = frozenset({1, 2, 3, 4, 5})
    absent: tuple[DateSpan, ...] = ()
    starts_at: int = 480
    ends_at: int = 1020
    break_minutes: int = 0
    break_from: int = 720
    travel_factor: float = 1.0
    most_nights: int = 0
    stays: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        who = f"The team {self.id}"
        _check_id("team", self.id)
        _check_weekdays(who, self.weekdays)
        _check_least(who, "break_minutes", self.break_minutes, 0)
        _check_least(who, "most_nights", self.most_nights, 0)
        if not 0 <= self.starts_at < self.ends_at <= MINUTES_PER_DAY:
            raise _CHECKS.wrong(
                who, f"works from minute {self.starts_at} to {self.ends_at}; give 0 to {MINUTES_PER_DAY}"
            )
        if not self.day_minutes > 0:
            raise _CHECKS.wrong(
                who, f"has a break of {self.break_minutes} minutes; it must be shorter than the working hours"
            )
        if not self.starts_at <= self.break_from <= self.ends_at:
            raise _CHECKS.wrong(who, f"has its break from minute {self.break_from}; it must lie in the working hours")
        if not 0.0 < self.travel_factor < math.inf:
            raise _CHECKS.wrong(who, f"has the travel factor {self.travel_factor}; give a number above 0")
        if self.most_nights and not self.stays:
            raise _CHECKS.wrong(who, "may stay overnight but nowhere; name the places in stays")
        if self.home in self.stays:
            raise _CHECKS.wrong(who, "has its home among its stays; name only places away from home")

    @property
    def day_minutes(self) -> int:
        """The minutes of a day for travel and visits: the working hours without the break."""
        return self.ends_at - self.starts_at - self.break_minutes

    def works_on(self, day: date) -> bool:
        """Whether it works that day; holidays are those of the problem."""
        return day.isoweekday() in self.weekdays and not any(day in span for span in self.absent)


@dataclass(frozen=True, slots=True)
class Closure:
    """A place that nobody reaches, or with ``other`` a way that nobody can take in either direction, for some days.

    Where a way is closed, travel goes over other places of the table if they are open. A road that several pairs of
    the table use is closed by one closure for each pair.
    """

    span: DateSpan
    place: str
    other: str | None = None

    def __post_init__(self) -> None:
        if self.place == self.other:
            raise _CHECKS.wrong(f"A closure of {self.place}", "names one place twice; give two, or one alone")


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """A village is visited by a team on a day."""

    day: date
    team: str
    village: str


@dataclass(frozen=True, slots=True, order=True)
class Night:
    """A team stays at a place in the night after a day."""

    day: date
    team: str
    place: str


@dataclass(frozen=True, slots=True)
class Published:
    """A plan that was given out, and how far it has come.

    Parameters
    ----------
    visits
        All visits of that plan.
    today
        The first day that can still be changed. What was planned before and is not in ``done`` was not made.
    done
        Visits that were made before ``today``, planned or not; they stay and count.
    nights
        The nights away from home of that plan.
    """

    visits: frozenset[Visit]
    today: date
    done: frozenset[Visit] = frozenset()
    nights: frozenset[Night] = frozenset()

    def __post_init__(self) -> None:
        late = sorted(visit for visit in self.done if visit.day >= self.today)
        if late:
            raise _CHECKS.wrong(
                f"The visit to {late[0].village} on {late[0].day}", f"is done but not before today, {self.today}"
            )


@dataclass(frozen=True, slots=True)
class RoundPrices:
    """What is weighed against a minute of travel; plans with the least sum are wanted.

    Parameters
    ----------
    missed
        A required visit that is not planned, at a village of middle size; in proportion to the population elsewhere.
    gap
        Two visits further apart than a village wants.
    change
        A published visit that moves to another day or team.
    night
        A night away from home.
    team_day
        A team that goes out on a day.
    """

    missed: float = 10_000.0
    gap: float = 1_000.0
    change: float = 300.0
    night: float = 60.0
    team_day: float = 0.0

    def __post_init__(self) -> None:
        for name in ("missed", "gap", "change", "night", "team_day"):
            _check_minutes("The price table", name, getattr(self, name))


@dataclass(frozen=True)
class RoundProblem:
    """All of it, checked against one another.

    Parameters
    ----------
    days
        The first and the last day of the plan.
    holidays
        Days on which nobody works.

    Raises
    ------
    RoundDataError
        When an id stands twice, a reference leads nowhere, or the days cannot be planned.
    RoundTravelError
        When a place is not in the table of travel times.
    """

    days: DateSpan
    villages: tuple[Village, ...]
    teams: tuple[Team, ...]
    travel: TravelTimes
    closures: tuple[Closure, ...] = ()
    holidays: frozenset[date] = frozenset()
    prices: RoundPrices = field(default_factory=RoundPrices)
    published: Published | None = None

    def __post_init__(self) -> None:
        if self.days.days > MOST_DAYS:
            raise _CHECKS.wrong("The plan", f"has {self.days.days} days; give {MOST_DAYS} at most")
        if not self.villages or not self.teams:
            raise _CHECKS.wrong("The plan", "needs a village and a team at least")
        _CHECKS.unique("village", (each.id for each in self.villages))
        _CHECKS.unique("team", (each.id for each in self.teams))
        for village in self.villages:
            self.travel.number_of(village.id)
            self._check_village(village)
        for team in self.teams:
            for place in (team.home, *team.stays):
                self.travel.number_of(place)
        for closure in self.closures:
            self.travel.number_of(closure.place)
            if closure.other is not None:
                self.travel.number_of(closure.other)
        self._check_published()

    def _check_village(self, village: Village) -> None:
        for team in sorted(village.teams or ()):
            _CHECKS.known(f"The village {village.id}", "team", team, self.team_of)
        if village.last_visit is not None and village.last_visit >= self.days.start:
            who = f"The village {village.id}"
            raise _CHECKS.wrong(who, f"had its last visit on {village.last_visit}, which is not before the plan")

    def _check_published(self) -> None:
        if self.published is None:
            return
        if not self.days.start <= self.published.today <= self.days.end + ONE_DAY:
            raise _CHECKS.wrong(
                "The published plan", f"is changed from {self.published.today}, outside the days of the plan"
            )
        for visit in sorted(self.published.done):
            who = f"A visit done on {visit.day}"
            if visit.day not in self.days:
                raise _CHECKS.wrong(who, "lies outside the days of the plan")
            _CHECKS.known(who, "village", visit.village, self.village_of)

    @cached_property
    def village_of(self) -> Mapping[str, Village]:
        return {each.id: each for each in self.villages}

    @cached_property
    def team_of(self) -> Mapping[str, Team]:
        return {each.id: each for each in self.teams}

    @cached_property
    def middle_population(self) -> float:
        """The mean of the populations that are known and above 0; 1 where there is none."""
        known = [each.population for each in self.villages if each.population]
        return sum(known) / len(known) if known else 1.0

    def weight_of(self, village: Village) -> float:
        """Return the weight of a required visit there: its population over the middle one, 1 where it is not known."""
        return 1.0 if village.population is None else village.population / self.middle_population

    @cached_property
    def dates(self) -> tuple[date, ...]:
        return tuple(self.days.start + ONE_DAY * number for number in range(self.days.days))


@dataclass(frozen=True, slots=True)
class Due:
    """Visits that a village is to have in a calendar period, as far as the plan reaches into it."""

    village: str
    period: str
    within: DateSpan
    visits: int


def dues_of(village: Village, days: DateSpan) -> tuple[Due, ...]:
    """Return the visits due in each calendar period that the plan touches.

    Of a period that the plan cuts, the visits due by a day are those of the whole period times the share of its days
    that are over, rounded to the nearest number; due in the plan is the difference between its last day and the day
    before its first. So plans that follow one another ask together for what the whole period asks for.

    Examples
    --------
    >>> monthly = Village("A", 60, visits=4)
    >>> [(due.period, due.visits) for due in dues_of(monthly, DateSpan(date(2027, 3, 8), date(2027, 4, 4)))]
    [('2027-03', 3), ('2027-04', 1)]
    >>> [(due.period, due.visits) for due in dues_of(Village("B", 60), DateSpan(date(2027, 3, 8), date(2027, 4, 4)))]
    [('2027-03', 1), ('2027-04', 0)]
    """
    dues = []
    for period in periods_within(days, village.unit):
        whole = period.whole.days
        before = (period.within.start - period.whole.start).days
        shares = (before / whole, (before + period.within.days) / whole)
        begun, ended = (math.floor(village.visits * share + 0.5) for share in shares)
        dues.append(Due(village.id, period.label, period.within, ended - begun))
    return tuple(dues)


def _check_id(kind: str, given: str) -> None:
    if not given.strip():
        raise _CHECKS.wrong(f"A {kind}", "has no id; give each one")


def _check_least(who: str, name: str, value: float | None, least: int) -> None:
    if value is not None and not least <= value < math.inf:
        raise _CHECKS.wrong(who, f"has {name} {value}; give a number of at least {least}")


def _check_minutes(who: str, name: str, value: float) -> None:
    if not 0.0 <= value < math.inf:
        raise _CHECKS.wrong(who, f"has {name} {value}; give a finite number of 0 or more")


def _check_weekdays(who: str, weekdays: frozenset[int] | None) -> None:
    if weekdays is not None and (not weekdays or not weekdays <= frozenset(range(1, DAYS_PER_WEEK + 1))):
        raise _CHECKS.wrong(who, f"has the weekdays {sorted(weekdays)}; give some of 1 (Monday) to 7 (Sunday)")
