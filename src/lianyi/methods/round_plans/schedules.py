"""A draft with the times of each day: when a team sets out, comes, takes its break, leaves, and is back."""

from __future__ import annotations

import math

from lianyi.methods.round_plans.drafts import Draft, TeamDay
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.plan import DayRoute, Stop


def routes_of(facts: Facts, draft: Draft) -> tuple[DayRoute, ...]:
    """Return the routes of all days on which a team goes out, by day and team."""
    ends = draft.ends_of(facts)
    keys = sorted({*draft.orders, *ends}, key=lambda key: (key[1], key[0]))
    return tuple(_route(facts, key, draft.orders.get(key, ()), ends.get(key)) for key in keys)


def _route(facts: Facts, key: TeamDay, order: tuple[int, ...], ends: tuple[int, int] | None) -> DayRoute:
    team_number, day = key
    team = facts.problem.teams[team_number]
    places = facts.problem.travel.places
    minutes, km = facts.minutes_on(day, team_number), facts.km_on(day)
    home = int(facts.home_of_team[team_number])
    first, last = ends or (home, home)
    here, now, break_at, break_before = first, float(team.starts_at), None, 0
    stops: list[Stop] = []
    for number, village in enumerate(order):
        if break_at is None and team.break_minutes and now >= team.break_from:
            break_at, break_before = now, number
            now += team.break_minutes
        there = int(facts.place_of_village[village])
        way = float(minutes[here, there])
        arrives, leaves = now + way, now + way + float(facts.service[village])
        stops.append(Stop(facts.problem.villages[village].id, arrives, leaves, way, _known(km[here, there])))
        here, now = there, leaves
    back = float(minutes[here, last])
    # Whoever is home before the break begins takes it there.
    if break_at is None and team.break_minutes and now + back > team.break_from:
        break_at, break_before = now, len(order)
        now += team.break_minutes
    return DayRoute(
        day=facts.problem.dates[day],
        team=team.id,
        home=team.home,
        start=places[first],
        end=places[last],
        leaves_at=float(team.starts_at),
        back_at=now + back,
        stops=tuple(stops),
        back_minutes=back,
        back_km=_known(km[here, last]),
        break_at=break_at,
        break_before=break_before,
    )


def _known(km: float) -> float | None:
    return None if math.isnan(km) else float(km)
