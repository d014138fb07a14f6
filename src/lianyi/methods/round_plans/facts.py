"""What follows from a problem before anything is searched: who can be where on which day, and how far it is then.

Villages, teams and days are numbers here, in the order of the problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.periods import ONE_DAY, DateSpan
from lianyi.methods.round_plans.day_times import Call, DayTimes, timed
from lianyi.methods.round_plans.problem import Due, RoundProblem, dues_of

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Floats, Positions

LEAST_WEIGHT = 0.1


@dataclass(frozen=True)
class Facts:
    """The problem as arrays.

    ``open_days`` [villages, days]: weekday, season, and the place is not closed. ``able`` [villages, teams]: skills,
    and the team may come. ``works`` [teams, days]: the team works and the day can still be planned.
    """

    problem: RoundProblem

    @cached_property
    def days(self) -> int:
        return self.problem.days.days

    @cached_property
    def first_day(self) -> int:
        """The first day that can still be planned."""
        published = self.problem.published
        return 0 if published is None else (published.today - self.problem.days.start).days

    @cached_property
    def place_of_village(self) -> Positions:
        travel = self.problem.travel
        return np.array([travel.number_of(village.id) for village in self.problem.villages])

    @cached_property
    def home_of_team(self) -> Positions:
        travel = self.problem.travel
        return np.array([travel.number_of(team.home) for team in self.problem.teams])

    @cached_property
    def stays_of_team(self) -> tuple[tuple[int, ...], ...]:
        travel = self.problem.travel
        return tuple(tuple(travel.number_of(stay) for stay in team.stays) for team in self.problem.teams)

    @cached_property
    def able(self) -> Flags:
        return np.array(
            [
                [
                    village.skills <= team.skills and (village.teams is None or team.id in village.teams)
                    for team in self.problem.teams
                ]
                for village in self.problem.villages
            ]
        )

    @cached_property
    def works(self) -> Flags:
        return np.array(
            [
                [
                    number >= self.first_day and day not in self.problem.holidays and team.works_on(day)
                    for number, day in enumerate(self.problem.dates)
                ]
                for team in self.problem.teams
            ]
        )

    @cached_property
    def open_days(self) -> Flags:
        closed = {
            (closure.place, day)
            for closure in self.problem.closures
            if closure.other is None
            for day in self._days_of(closure.span)
        }
        return np.array(
            [
                [
                    village.may_be_visited(day) and (village.id, number) not in closed
                    for number, day in enumerate(self.problem.dates)
                ]
                for village in self.problem.villages
            ]
        )

    def _days_of(self, span: DateSpan) -> list[int]:
        return [number for number, day in enumerate(self.problem.dates) if day in span]

    @cached_property
    def ground_of_day(self) -> Positions:
        """The number of the state of the roads on each day."""
        return self._grounds[0]

    @cached_property
    def _grounds(self) -> tuple[Positions, tuple[tuple[Floats, Floats], ...]]:
        travel = self.problem.travel
        active: list[list[tuple[int, ...]]] = [[] for _ in range(self.days)]
        for closure in self.problem.closures:
            ends = [closure.place] if closure.other is None else [closure.place, closure.other]
            key = tuple(travel.number_of(place) for place in ends)
            for day in self._days_of(closure.span):
                active[day].append(key)
        keys = [frozenset(each) for each in active]
        distinct = list(dict.fromkeys(keys))
        tables = tuple(
            travel.quickest_without(
                sorted(key[0] for key in state if len(key) == 1),
                sorted((key[0], key[1]) for key in state if len(key) > 1),
            )
            for state in distinct
        )
        return np.array([distinct.index(key) for key in keys]), tables

    def minutes_on(self, day: int, team: int) -> Floats:
        """Minutes between all places for a team on a day; infinite where there is no way."""
        return self._minutes_of_ground[int(self.ground_of_day[day])][team]

    @cached_property
    def _minutes_of_ground(self) -> tuple[tuple[Floats, ...], ...]:
        factors = [team.travel_factor for team in self.problem.teams]
        return tuple(tuple(minutes * factor for factor in factors) for minutes, _km in self._grounds[1])

    def km_on(self, day: int) -> Floats:
        """Kilometres between all places on a day, NaN where they are not known."""
        return self._grounds[1][int(self.ground_of_day[day])][1]

    @cached_property
    def day_minutes(self) -> Floats:
        return np.array([float(team.day_minutes) for team in self.problem.teams])

    @cached_property
    def service(self) -> Floats:
        return np.array([village.service_minutes for village in self.problem.villages])

    @cached_property
    def has_hours(self) -> Flags:
        """[villages]: whether it matters when in the day a team comes."""
        return np.array([village.has_hours for village in self.problem.villages])

    def times_of(self, team: int, day: int, order: tuple[int, ...], ends: tuple[int, int]) -> DayTimes:
        """Return the times of a day of a team that visits villages in this order, between the places of its ends."""
        minutes, here, calls = self.minutes_on(day, team), ends[0], []
        for village in order:
            there, rules = int(self.place_of_village[village]), self.problem.villages[village]
            opens, closes = rules.opening if rules.has_hours else (0.0, np.inf)
            calls.append(Call(float(minutes[here, there]), rules.service_minutes, opens, closes))
            here = there
        return timed(self.problem.teams[team], calls, float(minutes[here, ends[1]]))

    @cached_property
    def weight(self) -> Floats:
        """What a missed visit weighs: never nothing, so that no village is forgotten."""
        weights = [self.problem.weight_of(village) for village in self.problem.villages]
        heavy: Floats = np.maximum(np.array(weights), LEAST_WEIGHT)
        return heavy

    @cached_property
    def may_come(self) -> Flags:
        """[villages, teams, days]: everything but the length of the day."""
        return self.able[:, :, None] & self.works[None] & self.open_days[:, None, :]

    @cached_property
    def there_and_back(self) -> Floats:
        """[villages, teams, days]: minutes from home to the village, the visit, and back home."""
        both: Floats = np.empty((len(self.problem.villages), len(self.problem.teams), self.days))
        for day in range(self.days):
            for team, home in enumerate(self.home_of_team.tolist()):
                minutes = self.minutes_on(day, team)
                ways = minutes[home, self.place_of_village] + minutes[self.place_of_village, home]
                both[:, team, day] = ways + self.service
        return both

    @cached_property
    def by_day_trip(self) -> Flags:
        """[villages, teams, days]: the team can go there and come home the same day."""
        return self.may_come & (self.there_and_back <= self.day_minutes[None, :, None] + 1e-9) & self.within_hours

    @cached_property
    def within_hours(self) -> Flags:
        """[villages, teams, days]: the team can be there within the hours of the village, coming from home and back."""
        found = np.ones((len(self.problem.villages), len(self.problem.teams), self.days), np.bool_)
        first_days = [int(np.argmax(self.ground_of_day == ground)) for ground in self.ground_of_day]
        for village in np.flatnonzero(self.has_hours).tolist():
            for team, home in enumerate(self.home_of_team.tolist()):
                alone = {day: self.times_of(team, day, (village,), (home, home)).is_on_time for day in set(first_days)}
                found[village, team] = [alone[day] for day in first_days]
        return found

    @cached_property
    def done(self) -> tuple[tuple[int, ...], ...]:
        """The days on which each village was visited before the plan was changed."""
        published = self.problem.published
        made: dict[str, list[int]] = {}
        for visit in published.done if published is not None else ():
            made.setdefault(visit.village, []).append((visit.day - self.problem.days.start).days)
        return tuple(tuple(sorted(made.get(village.id, ()))) for village in self.problem.villages)

    @cached_property
    def told(self) -> frozenset[tuple[int, int, int]]:
        """The published visits that can still change: village, day, team (-1 where there is no such team any more)."""
        published = self.problem.published
        villages = {village.id: number for number, village in enumerate(self.problem.villages)}
        teams = {team.id: number for number, team in enumerate(self.problem.teams)}
        return frozenset(
            (villages[visit.village], (visit.day - self.problem.days.start).days, teams.get(visit.team, -1))
            for visit in (published.visits if published is not None else ())
            if visit.village in villages and published is not None and visit.day >= published.today
        )

    @cached_property
    def wished(self) -> Mapping[tuple[int, int], int]:
        """The team of each published visit, by village and day; of two teams on one day the last."""
        return {(village, day): team for village, day, team in sorted(self.told)}

    @cached_property
    def periods(self) -> tuple[tuple[Period, ...], ...]:
        return tuple(
            tuple(self._period(due) for due in dues_of(village, self.problem.days)) for village in self.problem.villages
        )

    def _period(self, due: Due) -> Period:
        start = self.problem.days.start
        return Period(due.period, (due.within.start - start).days, (due.within.end - start).days, due.visits)

    @cached_property
    def last_visit(self) -> tuple[int | None, ...]:
        """Days from the first day of the plan to the latest visit before it, below 0; None where there was none."""
        start = self.problem.days.start
        return tuple(
            None if village.last_visit is None else (village.last_visit - start) // ONE_DAY
            for village in self.problem.villages
        )

    @cached_property
    def counts_from(self) -> tuple[int, ...]:
        """The day from which the longest gap counts: without a latest visit, the day before the plan."""
        return tuple(-1 if day is None else day for day in self.last_visit)


@dataclass(frozen=True, slots=True)
class Period:
    """Visits due from a first to a last day, both counted."""

    label: str
    first: int
    last: int
    due: int
