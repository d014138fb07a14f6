"""Some days of a draft as one problem of routes, and its answer as a draft again.

A day is a slice of one long horizon; each team has one vehicle for each day, and teams that cannot be told apart on a
day share one kind of vehicle. A visit whose day is settled has that
day as its window. A visit that may move has its whole window of days: the routing solver then chooses its day and its
route together. Where weekday, season, closure or skill forbid a village to a team on a day, all ways to it are too
long on the matrix of that vehicle.

A visit to a village with opening hours stands there once for each of its days, and one of these at most is made. The
solver knows no breaks: its clock stands still from the time at which a break may begin for as long as the break takes,
and hours are those of that clock. Breaks are in truth taken between two stops, so the answer may come too late
somewhere; the draft leaves out what does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from lianyi.methods.round_plans.drafts import Draft, TeamDay
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.problem import MINUTES_PER_DAY
from lianyi.methods.round_plans.routes import Clients, Route, RouteAnswer, RouteProblem, Vehicles

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Positions

UNITS_PER_MINUTE: Final = 1000
_DAY: Final = MINUTES_PER_DAY * UNITS_PER_MINUTE
_NO_WAY: Final = 4 * _DAY


@dataclass(frozen=True, slots=True)
class Piece:
    """A visit with the days on which it may lie; ``now`` is where it is, None where it is not planned yet."""

    village: int
    first: int
    last: int
    now: TeamDay | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Subproblem:
    """The problem, the visits that its clients and the days that its kinds of vehicles stand for, and known routes."""

    problem: RouteProblem
    pieces: tuple[Piece, ...]
    clients: tuple[Piece, ...]
    kinds: tuple[tuple[TeamDay, ...], ...]
    start: tuple[Route, ...]

    def draft_after(self, draft: Draft, answer: RouteAnswer) -> Draft:
        """Return the draft with the days of the subproblem as answered; teams keep the most of what they had."""
        found: dict[int, list[tuple[int, ...]]] = {}
        for route in answer.routes:
            order = tuple(self.clients[client].village for client in route.clients)
            found.setdefault(route.vehicle, []).append(order)
        orders: dict[TeamDay, tuple[int, ...]] = {}
        for number, keys in enumerate(self.kinds):
            orders |= _dealt(draft, keys, found.get(number, []))
        return draft.with_orders(orders)


def _dealt(draft: Draft, keys: tuple[TeamDay, ...], routes: list[tuple[int, ...]]) -> dict[TeamDay, tuple[int, ...]]:
    """Give routes to teams that can all drive them: first to those that had the most of these visits."""
    orders: dict[TeamDay, tuple[int, ...]] = dict.fromkeys(keys, ())
    free, waiting = list(keys), sorted(routes)
    while waiting:
        pairs = [(len(set(route) & set(draft.orders.get(key, ()))), route, key) for route in waiting for key in free]
        _same, route, key = max(pairs, key=lambda pair: (pair[0], [-village for village in pair[1]], (-pair[2][0],)))
        orders[key] = route
        waiting.remove(route)
        free.remove(key)
    return orders


def units_of(minutes: float) -> int:
    """Return whole units, never too few; thousandths of a minute are not told apart from what they are close to."""
    return int(np.ceil(minutes * UNITS_PER_MINUTE - 1e-6))


def keys_of(facts: Facts, days: Iterable[int]) -> tuple[TeamDay, ...]:
    """Return the teams that work on each of these days."""
    return tuple((team, day) for day in days for team in range(len(facts.problem.teams)) if facts.works[team, day])


def subproblem_of(facts: Facts, draft: Draft, keys: tuple[TeamDay, ...], pieces: Iterable[Piece]) -> Subproblem:
    """Put these visits on these days of teams; the draft gives trips and the routes to begin with."""
    kept = tuple(sorted(pieces, key=lambda piece: (piece.village, piece.first, piece.last)))
    clients = [each for piece in kept for each in _by_day(facts, piece)]
    trips = draft.ends_of(facts)
    ends = {key: trips.get(key, (int(facts.home_of_team[key[0]]),) * 2) for key in keys}
    depots = sorted({place for pair in ends.values() for place in pair})
    villages = sorted({piece.village for piece in kept})
    matrices, profiles = _matrices(facts, keys, villages, depots)
    kinds = _kinds(facts, keys, ends, profiles)
    number_of = {village: len(depots) + number for number, village in enumerate(villages)}
    problem = RouteProblem(
        matrices,
        matrices,
        _clients(facts, kept, number_of, _Clock.of(facts, keys)),
        np.arange(len(depots)),
        _vehicles(
            facts,
            kinds,
            [tuple(depots.index(place) for place in ends[kind[0]]) for kind in kinds],
            [profiles[kind[0]] for kind in kinds],
        ),
    )
    return Subproblem(problem, kept, tuple(clients), kinds, _start_of(draft, clients, kinds))


def _by_day(facts: Facts, piece: Piece) -> list[Piece]:
    """Return a visit with hours once for each day on which it may lie, any other one as it is."""
    if not facts.has_hours[piece.village] or piece.first == piece.last:
        return [piece]
    own: Flags = np.logical_or.reduce(facts.may_come[piece.village, :, piece.first : piece.last + 1])
    now = None if piece.now is None else piece.now[1]
    return [
        Piece(piece.village, day, day, piece.now if day == now else None)
        for day in range(piece.first, piece.last + 1)
        if own[day - piece.first] or day == now
    ]


@dataclass(frozen=True, slots=True)
class _Clock:
    """The clocks of the teams, which stand still during a break that begins as early as it may; in minutes."""

    breaks: frozenset[tuple[int, int]]

    @classmethod
    def of(cls, facts: Facts, keys: tuple[TeamDay, ...]) -> _Clock:
        teams = (facts.problem.teams[team] for team, _day in keys)
        return cls(frozenset((team.break_from, team.break_minutes) for team in teams))

    def window(self, opens: float, latest: float) -> tuple[float, float]:
        """Return from when until when a visit may begin, by whichever clock that is earliest or latest."""
        shown = [
            [time - min(max(time - begin, 0.0), minutes) for time in (opens, latest)] for begin, minutes in self.breaks
        ]
        return min(early for early, _late in shown), max(late for _early, late in shown)


def _kinds(
    facts: Facts,
    keys: tuple[TeamDay, ...],
    ends: dict[TeamDay, tuple[int, int]],
    profiles: dict[TeamDay, int],
) -> tuple[tuple[TeamDay, ...], ...]:
    """Put days of teams together that differ in nothing that counts for routes."""
    kinds: dict[tuple[object, ...], list[TeamDay]] = {}
    for key in keys:
        team = facts.problem.teams[key[0]]
        hours = (team.starts_at, team.ends_at, team.break_minutes, team.break_from)
        kinds.setdefault((key[1], ends[key], profiles[key], hours), []).append(key)
    return tuple(tuple(kind) for kind in kinds.values())


def _clients(facts: Facts, pieces: tuple[Piece, ...], number_of: dict[int, int], clock: _Clock) -> Clients:
    price = facts.problem.prices.missed
    days = [_by_day(facts, piece) for piece in pieces]
    clients = [each for alternatives in days for each in alternatives]
    windows = [_window(facts, each, clock) for each in clients]
    groups = np.cumsum([len(alternatives) > 1 for alternatives in days])
    return Clients.of(
        [number_of[each.village] for each in clients],
        service=[units_of(float(facts.service[each.village])) for each in clients],
        early=[early for early, _late in windows],
        late=[late for _early, late in windows],
        prize=[units_of(price * float(facts.weight[each.village])) for each in clients],
        group=[
            int(group) if len(alternatives) > 1 else 0
            for alternatives, group in zip(days, groups, strict=True)
            for _each in alternatives
        ],
    )


def _window(facts: Facts, piece: Piece, clock: _Clock) -> tuple[int, int]:
    """Return from when until when a visit may begin."""
    first, last = piece.first * _DAY, (piece.last + 1) * _DAY - 1
    if not facts.has_hours[piece.village]:
        return first, last
    village = facts.problem.villages[piece.village]
    opens, closes = village.opening
    early, late = clock.window(opens, max(opens, closes - village.service_minutes))
    return first + units_of(early), min(first + units_of(late), last)


def _vehicles(
    facts: Facts, kinds: tuple[tuple[TeamDay, ...], ...], ends: list[tuple[int, ...]], profiles: list[int]
) -> Vehicles:
    teams = [facts.problem.teams[kind[0][0]] for kind in kinds]
    begins = np.array([kind[0][1] * _DAY for kind in kinds], np.int64)
    count = len(kinds)
    return Vehicles(
        count=np.array([len(kind) for kind in kinds], np.int64),
        capacity=np.zeros(count, np.int64),
        start=np.array([first for first, _last in ends], np.int64),
        end=np.array([last for _first, last in ends], np.int64),
        early=begins + np.array([team.starts_at * UNITS_PER_MINUTE for team in teams], np.int64),
        # The break is lost time: whoever is back so much earlier can take it between any two stops.
        late=begins + np.array([(team.ends_at - team.break_minutes) * UNITS_PER_MINUTE for team in teams], np.int64),
        shift=np.array([team.day_minutes * UNITS_PER_MINUTE for team in teams], np.int64),
        profile=np.array(profiles, np.int64),
        fixed_cost=np.full(count, units_of(facts.problem.prices.team_day), np.int64),
    )


def _matrices(
    facts: Facts, keys: tuple[TeamDay, ...], villages: list[int], depots: list[int]
) -> tuple[Positions, dict[TeamDay, int]]:
    places = np.array([*depots, *facts.place_of_village[villages].tolist()], np.int64)
    known: dict[tuple[int, float, bytes], int] = {}
    stack: list[Positions] = []
    profiles: dict[TeamDay, int] = {}
    for team, day in keys:
        barred = ~facts.may_come[villages, team, day]
        state = (int(facts.ground_of_day[day]), facts.problem.teams[team].travel_factor, barred.tobytes())
        if state not in known:
            known[state] = len(stack)
            minutes = facts.minutes_on(day, team)[np.ix_(places, places)]
            # Above the longest day all is the same: it cannot be driven.
            units = np.ceil(np.minimum(minutes, MINUTES_PER_DAY * 4.0) * UNITS_PER_MINUTE - 1e-6).astype(np.int64)
            never = np.flatnonzero(barred) + len(depots)
            units[never, :] = units[:, never] = _NO_WAY
            np.fill_diagonal(units, 0)
            stack.append(units)
        profiles[team, day] = known[state]
    return np.array(stack, np.int64).reshape(-1, places.size, places.size), profiles


def _start_of(draft: Draft, pieces: list[Piece], kinds: tuple[tuple[TeamDay, ...], ...]) -> tuple[Route, ...]:
    number_of = {(piece.now, piece.village): number for number, piece in enumerate(pieces) if piece.now is not None}
    routes = []
    for vehicle, keys in enumerate(kinds):
        for key in keys:
            clients = [number_of[key, village] for village in draft.orders.get(key, ()) if (key, village) in number_of]
            if clients:
                routes.append(Route(vehicle, tuple(clients)))
    return tuple(routes)
