"""A plan while it is searched: who visits what on which day in which order, its value, and how far a visit may move."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from lianyi.methods.round_plans.facts import Facts, Period

TeamDay = tuple[int, int]
"""Team and day."""


@dataclass(frozen=True, slots=True, order=True)
class Trip:
    """A team stays away for some nights from a first day on, always at the same place."""

    team: int
    first: int
    nights: int
    place: int

    @property
    def days(self) -> range:
        return range(self.first, self.first + self.nights + 1)

    def overlaps(self, other: Trip) -> bool:
        return self.team == other.team and self.first <= other.days[-1] and other.first <= self.days[-1]


@dataclass(frozen=True, slots=True)
class Draft:
    """The villages of each team and day in order, and the trips. Days with nothing to do are left out."""

    orders: Mapping[TeamDay, tuple[int, ...]] = field(default_factory=dict)
    trips: frozenset[Trip] = frozenset()

    def with_orders(self, orders: Mapping[TeamDay, tuple[int, ...]]) -> Draft:
        """Return it with these days as given; an empty order takes a day away."""
        merged = {**self.orders, **orders}
        return Draft({key: merged[key] for key in sorted(merged) if merged[key]}, self.trips)

    def ends_of(self, facts: Facts) -> dict[TeamDay, tuple[int, int]]:
        """Return the places at which days of trips begin and end, where they differ from home."""
        ends: dict[TeamDay, tuple[int, int]] = {}
        for trip in self.trips:
            home = int(facts.home_of_team[trip.team])
            for day in trip.days:
                begin = home if day == trip.days[0] else trip.place
                end = home if day == trip.days[-1] else trip.place
                ends[trip.team, day] = (begin, end)
        return ends

    def on_time(self, facts: Facts) -> Draft:
        """Return it without visits that opening hours leave no time for, few of them and the lightest."""
        if not facts.has_hours.any():
            return self
        trips = self.ends_of(facts)
        kept: dict[TeamDay, tuple[int, ...]] = {}
        for key, order in self.orders.items():
            home = int(facts.home_of_team[key[0]])
            if facts.has_hours[list(order)].any():
                kept[key] = _kept_on_time(facts, key, order, trips.get(key, (home, home)))
        return self.with_orders(kept)

    def days_of(self, facts: Facts) -> list[list[int]]:
        """Return the days of each village's visits, those done before included, in order."""
        found = [list(done) for done in facts.done]
        for (_team, day), villages in self.orders.items():
            for village in villages:
                found[village].append(day)
        return [sorted(days) for days in found]


def _kept_on_time(facts: Facts, key: TeamDay, order: tuple[int, ...], ends: tuple[int, int]) -> tuple[int, ...]:
    """Leave out visits until all are on time: one after the other that which helps most, of equal ones the lightest."""
    while order and not facts.times_of(*key, order, ends).is_on_time:
        shorter = [(*order[:at], *order[at + 1 :]) for at in range(len(order))]
        late = [round(facts.times_of(*key, each, ends).minutes_late, 3) for each in shorter]
        best = min(range(len(order)), key=lambda at: (late[at], float(facts.weight[order[at]])))
        order = shorter[best]
    return order


def order_minutes(facts: Facts, key: TeamDay, order: tuple[int, ...], ends: tuple[int, int] | None = None) -> float:
    """Return the minutes of travel of a day; a day of a trip without visits is travelled too."""
    team, day = key
    minutes = facts.minutes_on(day, team)
    home = int(facts.home_of_team[team])
    first, last = ends or (home, home)
    way = [first, *facts.place_of_village[list(order)].tolist(), last]
    return float(sum(minutes[one, other] for one, other in pairwise(way)))


def value_of(facts: Facts, draft: Draft) -> float:
    """Return the weighted sum that is made least."""
    prices = facts.problem.prices
    ends = draft.ends_of(facts)
    keys = {*draft.orders, *ends}
    travel = sum(order_minutes(facts, key, draft.orders.get(key, ()), ends.get(key)) for key in sorted(keys))
    total = travel + prices.team_day * len(keys) + prices.night * sum(trip.nights for trip in draft.trips)
    for village, days in enumerate(draft.days_of(facts)):
        missing = sum(missing_in(facts.periods[village], days))
        total += prices.missed * float(facts.weight[village]) * missing
        total += prices.gap * sum(1 for _ in long_gaps(facts, village, days))
    return total + prices.change * changes_of(facts, draft)


def changes_of(facts: Facts, draft: Draft) -> int:
    """Count published visits that are not as they were."""
    now = {(village, day, team) for (team, day), villages in draft.orders.items() for village in villages}
    return len(facts.told - now)


def missing_in(periods: tuple[Period, ...], days: Iterable[int]) -> list[int]:
    """Return how many visits are missing in each period."""
    counts = [0] * len(periods)
    for day in days:
        for number, period in enumerate(periods):
            counts[number] += period.first <= day <= period.last
    return [max(0, period.due - count) for period, count in zip(periods, counts, strict=True)]


def long_gaps(facts: Facts, village: int, days: list[int]) -> Iterator[tuple[int, int | None]]:
    """Find a visit and the next one, or none before the plan ends, that lie too far apart."""
    most = facts.problem.villages[village].most_days
    if most is None:
        return
    before = facts.counts_from[village]
    for day in days:
        if day - before > most:
            yield before, day
        before = day
    if before + most < facts.days:
        yield before, None


@dataclass(frozen=True, slots=True)
class Window:
    """The days from a first to a last one on which a visit may lie while its neighbours stay where they are."""

    first: int
    last: int


def window_of(facts: Facts, village: int, days: list[int], number: int) -> Window:
    """Return how far visit ``number`` of a village may move without a new breach of frequency or spacing."""
    rules, day = facts.problem.villages[village], days[number]
    period = next(each for each in facts.periods[village] if each.first <= day <= each.last)
    before = days[number - 1] if number else facts.last_visit[village]
    after = days[number + 1] if number + 1 < len(days) else None
    first, last = max(period.first, facts.first_day), period.last
    if before is not None:
        first = max(first, before + rules.least_days)
    since = facts.counts_from[village] if before is None else before
    if rules.most_days is not None and day - since <= rules.most_days:
        last = min(last, since + rules.most_days)
    if after is not None:
        last = min(last, after - rules.least_days)
    beyond = facts.days if after is None else after
    if rules.most_days is not None and beyond - day <= rules.most_days:
        first = max(first, beyond - rules.most_days)
    return Window(min(first, day), max(last, day))


def openings_of(facts: Facts, village: int, days: list[int]) -> list[Window]:
    """Return where the missing visits of a village could lie between those it has, at most one in each gap."""
    rules = facts.problem.villages[village]
    missing = missing_in(facts.periods[village], days)
    taken: list[int | None] = [facts.last_visit[village], *days]
    found: list[tuple[int, Window]] = []
    for number, before in enumerate(taken):
        after = taken[number + 1] if number + 1 < len(taken) else None
        for period, lacking in zip(facts.periods[village], missing, strict=True):
            first = max(period.first, facts.first_day)
            first = first if before is None else max(first, before + rules.least_days)
            last = period.last if after is None else min(period.last, after - rules.least_days)
            if lacking and first <= last:
                found.append((number, Window(first, last)))
    return _widest(found, facts, village, missing)


def _widest(found: list[tuple[int, Window]], facts: Facts, village: int, missing: list[int]) -> list[Window]:
    """Take the widest windows first: as many as are missing in each period, one in each gap between visits."""
    lacking = {period.first: count for period, count in zip(facts.periods[village], missing, strict=True)}
    used: set[int] = set()
    chosen = []
    for gap, window in sorted(found, key=lambda each: (each[1].first - each[1].last, each[1].first)):
        period = next(each for each in facts.periods[village] if each.first <= window.first <= each.last)
        if gap not in used and lacking[period.first]:
            used.add(gap)
            lacking[period.first] -= 1
            chosen.append(window)
    return chosen
