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
    times = facts.times_of(team_number, day, order, (first, last))
    here = first
    stops: list[Stop] = []
    for village, begins in zip(order, times.begins, strict=True):
        there = int(facts.place_of_village[village])
        departs, name = begins + float(facts.service[village]), facts.problem.villages[village].id
        stops.append(Stop(name, begins, departs, float(minutes[here, there]), _known(km[here, there])))
        here = there
    return DayRoute(
        day=facts.problem.dates[day],
        team=team.id,
        home=team.home,
        start=places[first],
        end=places[last],
        leaves_at=times.leaves_at,
        back_at=times.back_at,
        stops=tuple(stops),
        back_minutes=float(minutes[here, last]),
        back_km=_known(km[here, last]),
        break_at=times.break_at,
        break_before=times.break_before,
    )


def _known(km: float) -> float | None:
    return None if math.isnan(km) else float(km)
