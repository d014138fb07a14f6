"""Teams that can do the same share the work: of the routes of a day, the longest goes to whoever had least so far."""

from __future__ import annotations

from lianyi.methods.round_plans.drafts import Draft, TeamDay, order_minutes
from lianyi.methods.round_plans.facts import Facts


def balanced(facts: Facts, draft: Draft) -> Draft:
    """Return the draft with routes exchanged between teams with the same home, hours, pace and abilities.

    Neither travel nor value changes. Days of trips stay with their teams.
    """
    away = set(draft.ends_of(facts))
    loads = [0.0] * len(facts.problem.teams)
    orders: dict[TeamDay, tuple[int, ...]] = {}
    for day in range(facts.days):
        for alike in _alike(facts):
            keys = [(team, day) for team in alike if facts.works[team, day] and (team, day) not in away]
            routes = sorted(((_work(facts, draft, key), draft.orders.get(key, ())) for key in keys), reverse=True)
            by_load = sorted(keys, key=lambda key: (loads[key[0]], key))
            for (work, order), key in zip(routes, by_load, strict=True):
                orders[key] = order
                loads[key[0]] += work
        for key in sorted(away):
            if key[1] == day:
                loads[key[0]] += _work(facts, draft, key)
    return draft.with_orders(orders)


def _work(facts: Facts, draft: Draft, key: TeamDay) -> float:
    order = draft.orders.get(key, ())
    travel = order_minutes(facts, key, order, draft.ends_of(facts).get(key)) if order else 0.0
    return travel + float(facts.service[list(order)].sum())


def _alike(facts: Facts) -> list[list[int]]:
    """Return the teams that can stand in for one another on any day on which both work."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, team in enumerate(facts.problem.teams):
        hours = (team.starts_at, team.ends_at, team.break_minutes, team.break_from)
        key = (int(facts.home_of_team[number]), hours, team.travel_factor, facts.able[:, number].tobytes())
        groups.setdefault(key, []).append(number)
    return list(groups.values())
