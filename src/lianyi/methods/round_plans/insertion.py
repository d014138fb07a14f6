"""What one visit more would add to the routes that are there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.round_plans.drafts import Draft, TeamDay, Window, openings_of, order_minutes
from lianyi.methods.round_plans.facts import Facts

if TYPE_CHECKING:
    from lianyi.methods.arrays import Floats


def added_minutes(facts: Facts, draft: Draft, key: TeamDay, villages: list[int]) -> Floats:
    """Return the least minutes of travel that each village would add to a day of a team; infinite without a way."""
    least: Floats = _longer(facts, draft, key, villages).min(axis=0)
    return least


def _longer(facts: Facts, draft: Draft, key: TeamDay, villages: list[int]) -> Floats:
    """[places in the order, villages]: minutes that a visit there would add."""
    team, day = key
    minutes = facts.minutes_on(day, team)
    home = int(facts.home_of_team[team])
    first, last = draft.ends_of(facts).get(key, (home, home))
    way = np.array([first, *facts.place_of_village[list(draft.orders.get(key, ()))].tolist(), last], np.int64)
    places = facts.place_of_village[villages]
    there, onward = minutes[np.ix_(way[:-1], places)], minutes[np.ix_(places, way[1:])].T
    direct = minutes[way[:-1], way[1:]]
    return there + onward - direct[:, None]


def with_visit(facts: Facts, draft: Draft, key: TeamDay, village: int) -> Draft:
    """Return the draft with one visit more, where it adds least to this day of this team and all hours are kept."""
    longer = _longer(facts, draft, key, [village])[:, 0]
    order = draft.orders.get(key, ())
    at = next(_places_within_hours(facts, draft, key, village, longer), int(longer.argmin()))
    return draft.with_orders({key: (*order[:at], village, *order[at:])})


def fitting_minutes(facts: Facts, draft: Draft, key: TeamDay, village: int) -> float:
    """Return the least minutes of travel that a visit adds to a day that has room for it; infinite without room."""
    longer = _longer(facts, draft, key, [village])[:, 0]
    left = minutes_left(facts, draft, key) - float(facts.service[village])
    if not longer.min() <= left:
        return np.inf
    place = next(_places_within_hours(facts, draft, key, village, longer), None)
    return float(longer[place]) if place is not None and longer[place] <= left else np.inf


def _places_within_hours(facts: Facts, draft: Draft, key: TeamDay, village: int, longer: Floats) -> Iterator[int]:
    """Yield the places in the order of a day at which a visit keeps all hours, those that add least first."""
    order, home = draft.orders.get(key, ()), int(facts.home_of_team[key[0]])
    ends = draft.ends_of(facts).get(key, (home, home))
    is_bound = bool(facts.has_hours[[village, *order]].any())
    for place in np.argsort(longer, kind="stable").tolist():
        longer_order = (*order[:place], village, *order[place:])
        if not is_bound or facts.times_of(*key, longer_order, ends).is_on_time:
            yield place


def minutes_left(facts: Facts, draft: Draft, key: TeamDay) -> float:
    """Return the minutes of a team's day that are not used."""
    order = draft.orders.get(key, ())
    used = order_minutes(facts, key, order, draft.ends_of(facts).get(key)) + float(facts.service[list(order)].sum())
    return float(facts.day_minutes[key[0]]) - used


def cheapest_insertions(facts: Facts, draft: Draft, villages: list[int]) -> tuple[Floats, Floats]:
    """Return [villages, days] the least minutes a visit adds where there is room, else infinite; [days] the room."""
    added = np.full((len(villages), facts.days), np.inf)
    room = np.zeros(facts.days)
    for day in range(facts.first_day, facts.days):
        for team in np.flatnonzero(facts.works[:, day]).tolist():
            left = minutes_left(facts, draft, (team, day))
            longer = added_minutes(facts, draft, (team, day), villages)
            fits = facts.may_come[villages, team, day] & (longer + facts.service[villages] <= left)
            if facts.has_hours.any():
                own = [fitting_minutes(facts, draft, (team, day), village) for village in np.array(villages)[fits]]
                longer[fits] = own
                fits &= np.isfinite(longer)
            added[:, day] = np.where(fits, np.minimum(added[:, day], longer), added[:, day])
            room[day] += max(left, 0.0)
    return added, room


def best_team(facts: Facts, draft: Draft, village: int, day: int) -> TeamDay | None:
    """Return the team to whose day the visit adds least; None where it fits into none."""
    best, least = None, np.inf
    for team in np.flatnonzero(facts.may_come[village, :, day]).tolist():
        longer = fitting_minutes(facts, draft, (team, day), village)
        if longer < least:
            best, least = (team, day), longer
    return best


def with_what_fits(facts: Facts, draft: Draft) -> Draft:
    """Return the draft with each missing visit on the first day that still has room, so far as there is any.

    No search and no other process: it is done within moments, and the same on every machine.
    """
    for village, found in enumerate(draft.days_of(facts)):
        days, full = found, set[Window]()
        while window := next((each for each in openings_of(facts, village, days) if each not in full), None):
            fitting = (best_team(facts, draft, village, day) for day in range(window.first, window.last + 1))
            key = next((each for each in fitting if each is not None), None)
            if key is None:
                full.add(window)
                continue
            draft = with_visit(facts, draft, key, village)
            days = sorted([*days, key[1]])
    return draft
