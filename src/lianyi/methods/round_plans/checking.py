"""Check a plan of rounds by hand: every rule, and its value, from the problem and the routes alone.

This shares no code with the models and the search on purpose: what they get wrong must come out here. It drives along
each route with its own shortest ways, counts visits period by period, and adds up what is weighed.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from lianyi.methods.periods import PeriodUnit
from lianyi.methods.round_plans.plan import DayRoute, RoundPlan, Stop
from lianyi.methods.round_plans.problem import RoundProblem, Team, Village, Visit

_MINUTES = 0.05  # of rounding on a route
_VALUE = 1e-3
_LIGHTEST = 0.1


def faults_of(problem: RoundProblem, plan: RoundPlan) -> tuple[str, ...]:
    """Return what is wrong with a plan, nothing where it keeps all rules and says what is true."""
    check = _Check(problem, plan)
    unknown = tuple(check.references())
    if unknown:
        # Nothing else can be looked at.
        return unknown
    return (*check.routes(), *check.nights(), *check.villages(), *check.words())


class _Check:
    def __init__(self, problem: RoundProblem, plan: RoundPlan) -> None:
        self.problem, self.plan = problem, plan
        self.ways: dict[tuple[frozenset[tuple[str, str | None]], str], dict[str, float]] = {}
        self.minutes = problem.travel.direct_minutes.tolist()
        self.visits: dict[str, list[date]] = defaultdict(list)
        for visit in plan.done:
            self.visits[visit.village].append(visit.day)
        for route in plan.routes:
            for stop in route.stops:
                self.visits[stop.village].append(route.day)
        self.missing: dict[tuple[str, str], int] = {}
        self.gaps = 0

    # Routes

    def references(self) -> Iterator[str]:
        teams, seen = {team.id for team in self.problem.teams}, set()
        villages, places = {village.id for village in self.problem.villages}, set(self.problem.travel.places)
        for route in self.plan.routes:
            where = f"the route of {route.team} on {route.day}"
            if route.team not in teams or (route.team, route.day) in seen:
                yield f"{where} is of no team or stands twice"
            if not {stop.village for stop in route.stops} <= villages or not {route.start, route.end} <= places:
                yield f"{where} stops where no village is"
            seen.add((route.team, route.day))

    def routes(self) -> Iterator[str]:
        teams = {team.id: team for team in self.problem.teams}
        for route in self.plan.routes:
            where = f"the route of {route.team} on {route.day}"
            yield from (f"{where} {fault}" for fault in self._route(teams[route.team], route))

    def _route(self, team: Team, route: DayRoute) -> Iterator[str]:
        published = self.problem.published
        if not self.problem.days.start <= route.day <= self.problem.days.end:
            yield "is outside the plan"
        if published is not None and route.day < published.today:
            yield "is on a day that is over"
        is_free = route.day.isoweekday() not in team.weekdays or route.day in self.problem.holidays
        if is_free or any(span.start <= route.day <= span.end for span in team.absent):
            yield "is on a day on which the team does not work"
        villages = {village.id: village for village in self.problem.villages}
        for stop in route.stops:
            yield from self._stop(team, route.day, villages[stop.village])
        yield from self._times(team, route, villages)

    def _stop(self, team: Team, day: date, village: Village) -> Iterator[str]:
        name = village.id
        if not village.skills <= team.skills or (village.teams is not None and team.id not in village.teams):
            yield f"goes to {name}, which the team may not serve"
        if village.weekdays is not None and day.isoweekday() not in village.weekdays:
            yield f"goes to {name} on the wrong weekday"
        if village.seasons and not any(span.start <= day <= span.end for span in village.seasons):
            yield f"goes to {name} out of season"
        if (name, None) in self._closed(day):
            yield f"goes to {name}, which is closed"

    def _times(self, team: Team, route: DayRoute, villages: dict[str, Village]) -> Iterator[str]:
        now, here, has_break = route.leaves_at, route.start, False
        if now < team.starts_at - _MINUTES:
            yield "leaves before the working hours"
        for number, stop in enumerate(route.stops):
            if route.break_at is not None and route.break_before == number:
                now, has_break = max(now, route.break_at) + team.break_minutes, True
            now += self._way(team, route.day, here, stop.village)
            if not stop.arrives_at >= now - _MINUTES:
                yield f"says to be in {stop.village} at {stop.arrives_at:.1f}, which takes until {now:.1f}"
            if stop.departs_at - stop.arrives_at < villages[stop.village].service_minutes - _MINUTES:
                yield f"leaves {stop.village} too early"
            yield from _hours(villages[stop.village], stop)
            now, here = stop.departs_at, stop.village
        if route.break_at is not None and not has_break:
            now, has_break = max(now, route.break_at) + team.break_minutes, True
        now += self._way(team, route.day, here, route.end)
        if not route.back_at >= now - _MINUTES:
            yield f"says to be back at {route.back_at:.1f}, which takes until {now:.1f}"
        if route.back_at > team.ends_at + _MINUTES:
            yield f"is back at {route.back_at:.1f}, after the working hours"
        if team.break_minutes and not has_break and route.back_at > team.break_from + _MINUTES:
            yield "has no break"

    def _closed(self, day: date) -> frozenset[tuple[str, str | None]]:
        return frozenset(
            (closure.place, closure.other)
            for closure in self.problem.closures
            if closure.span.start <= day <= closure.span.end
        )

    def _way(self, team: Team, day: date, origin: str, target: str) -> float:
        closed = self._closed(day)
        if (closed, origin) not in self.ways:
            self.ways[closed, origin] = self._shortest(closed, origin)
        return self.ways[closed, origin].get(target, math.inf) * team.travel_factor

    def _shortest(self, closed: frozenset[tuple[str, str | None]], origin: str) -> dict[str, float]:
        """Dijkstra's way, place by place."""
        places, number = self.problem.travel.places, self.problem.travel.numbers
        found: dict[str, float] = {}
        waiting = [(0.0, origin)]
        while waiting:
            minutes, place = heapq.heappop(waiting)
            if place in found:
                continue
            found[place] = minutes
            if (place, None) in closed:
                continue
            for other, direct in zip(places, self.minutes[number[place]], strict=True):
                barred = (other, None) in closed or (place, other) in closed or (other, place) in closed
                if other not in found and not barred and direct < math.inf:
                    heapq.heappush(waiting, (minutes + direct, other))
        return found

    # Nights

    def nights(self) -> Iterator[str]:
        for team in self.problem.teams:
            own = {route.day: route for route in self.plan.routes if route.team == team.id}
            in_row = 0
            for day in sorted(own):
                route, before = own[day], own.get(day - timedelta(days=1))
                evening = team.home if before is None else before.end
                if route.start != evening:
                    yield f"{team.id} begins {day} at {route.start} and was at {evening}"
                in_row = 0 if route.end == team.home else in_row + 1
                if in_row > team.most_nights or (in_row and route.end not in team.stays):
                    yield f"{team.id} may not stay at {route.end} on {day}"
                if in_row and day + timedelta(days=1) not in own:
                    yield f"{team.id} never comes home from {route.end} after {day}"

    # Villages

    def villages(self) -> Iterator[str]:
        for village in self.problem.villages:
            days = sorted(self.visits[village.id])
            known = days if village.last_visit is None else [village.last_visit, *days]
            done = {visit.day for visit in self.plan.done if visit.village == village.id}
            for before, after in pairwise(known):
                # What was done is as it is.
                if (after - before).days < village.least_days and after not in done:
                    yield f"{village.id} is visited on {before} and on {after}, too near"
            if village.most_days is not None:
                # Who was never visited is treated as if somebody had been there the day before the plan.
                begun = [self.problem.days.start - timedelta(days=1)] if village.last_visit is None else []
                until = [*begun, *known, self.problem.days.end + timedelta(days=1)]
                self.gaps += sum((after - before).days > village.most_days for before, after in pairwise(until))
            yield from self._frequency(village, days, done)

    def _frequency(self, village: Village, days: list[date], done: set[date]) -> Iterator[str]:
        labels: dict[str, list[date]] = defaultdict(list)
        for number in range(self.problem.days.days):
            day = self.problem.days.start + timedelta(days=number)
            labels[_label(village.unit, day)].append(day)
        for label, span in labels.items():
            due = _due(village, span)
            made = [day for day in days if span[0] <= day <= span[-1]]
            if len(made) > due and set(made) - done:
                yield f"{village.id} has {len(made)} visits in {label}, {due} are due"
            if len(made) < due:
                self.missing[village.id, label] = due - len(made)

    # What the plan says of itself

    def words(self) -> Iterator[str]:
        told = {(missed.village, missed.period): missed.visits for missed in self.plan.missed}
        if told != self.missing:
            yield f"the plan tells {len(told)} misses, there are {len(self.missing)}"
        if len(self.plan.long_gaps) != self.gaps:
            yield f"the plan tells {len(self.plan.long_gaps)} long gaps, there are {self.gaps}"
        value = self._value()
        if abs(value - self.plan.figures.value) > _VALUE * max(1.0, value):
            yield f"the plan says that it is worth {self.plan.figures.value:.3f}, it is {value:.3f}"

    def _value(self) -> float:
        prices, villages = self.problem.prices, {village.id: village for village in self.problem.villages}
        known = [each.population for each in self.problem.villages if each.population]
        middle = sum(known) / len(known) if known else 1.0
        teams = {team.id: team for team in self.problem.teams}
        total = prices.gap * self.gaps
        for (name, _label), count in self.missing.items():
            population = villages[name].population
            total += prices.missed * count * max(_LIGHTEST, 1.0 if population is None else population / middle)
        for route in self.plan.routes:
            team = teams[route.team]
            way = [route.start, *(stop.village for stop in route.stops), route.end]
            total += sum(self._way(team, route.day, one, other) for one, other in pairwise(way))
            total += prices.team_day + (prices.night if route.end != team.home else 0.0)
        return total + prices.change * self._changed()

    def _changed(self) -> int:
        published = self.problem.published
        if published is None:
            return 0
        now = {Visit(route.day, route.team, stop.village) for route in self.plan.routes for stop in route.stops}
        villages = {village.id for village in self.problem.villages}
        ahead = {visit for visit in published.visits if visit.day >= published.today and visit.village in villages}
        return len(ahead - now)


def _hours(village: Village, stop: Stop) -> Iterator[str]:
    if village.opens_at is not None and stop.arrives_at < village.opens_at - _MINUTES:
        yield f"is in {village.id} at {stop.arrives_at:.1f}, before it opens at {village.opens_at}"
    if village.closes_at is not None and stop.departs_at > village.closes_at + _MINUTES:
        yield f"is in {village.id} until {stop.departs_at:.1f}, after it closes at {village.closes_at}"


def _label(unit: PeriodUnit | str, day: date) -> str:
    if unit == PeriodUnit.WEEK:
        year, week, _weekday = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day.year}-{day.month:02}" if unit == PeriodUnit.MONTH else f"{day.year}-Q{(day.month + 2) // 3}"


def _due(village: Village, span: list[date]) -> int:
    """Count the whole period day by day."""
    first, last = span[0], span[-1]
    while _label(village.unit, first - timedelta(days=1)) == _label(village.unit, span[0]):
        first -= timedelta(days=1)
    while _label(village.unit, last + timedelta(days=1)) == _label(village.unit, span[0]):
        last += timedelta(days=1)
    whole = (last - first).days + 1
    shares = [((span[0] - first).days) / whole, ((span[-1] - first).days + 1) / whole]
    begun, ended = (math.floor(village.visits * share + 0.5) for share in shares)
    return ended - begun
