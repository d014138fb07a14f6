"""A published plan is changed as little as possible: a day is lost, a road is closed, a team is away.

Visits that can stay keep their day and team. Those that cannot get new days where they add least, by the model of
dates: it may move other visits of the same villages too, each at the price of a change. Only the routes of days that
were touched are made anew, each for its own team. What does not fit then is left to the search, which pays for each
change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.linear_models import SolveWish
from lianyi.methods.round_plans.dates import DateWish, choose_days
from lianyi.methods.round_plans.drafts import Draft, TeamDay, Trip, missing_in
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.insertion import best_team, cheapest_insertions, minutes_left, with_visit
from lianyi.methods.round_plans.search import Search, without_villages
from lianyi.methods.round_plans.subproblems import Piece
from lianyi.methods.round_plans.trips import is_possible

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROUNDS = 8


def repaired_draft(search: Search) -> Draft:
    """Return the published plan with what must change changed."""
    facts = search.facts
    best = draft = _kept(search)
    forbidden: set[frozenset[int]] = set()
    for _ in range(_ROUNDS):
        group = [
            village
            for village, days in enumerate(draft.days_of(facts))
            if sum(missing_in(facts.periods[village], days))
        ]
        chosen = _new_days(search, draft, group, forbidden) if group else None
        if chosen is None:
            return best
        tried, homeless = _placed(search, draft, group, chosen)
        best = tried
        if not homeless:
            return best
        forbidden |= homeless
    return best


def published_trips(facts: Facts) -> frozenset[Trip]:
    """Return the nights of the published plan that are still ahead and still possible, as trips.

    Trips that began before are over. Of more nights in a row than the team may stay now, the first ones remain. Where
    the team moved on to another place without a night at home, the first place remains.
    """
    published = facts.problem.published
    if published is None:
        return frozenset()
    teams = {team.id: number for number, team in enumerate(facts.problem.teams)}
    start = facts.problem.days.start
    nights = {
        (teams[night.team], (night.day - start).days): facts.problem.travel.number_of(night.place)
        for night in sorted(published.nights)
        if night.team in teams
    }
    trips: list[Trip] = []
    for (team, day), place in sorted(nights.items()):
        if nights.get((team, day - 1)) == place:
            continue
        count = 1
        while nights.get((team, day + count)) == place:
            count += 1
        trip = Trip(team, day, min(count, facts.problem.teams[team].most_nights), place)
        if is_possible(facts, trip) and not any(trip.overlaps(each) for each in trips):
            trips.append(trip)
    return frozenset(trips)


def _kept(search: Search) -> Draft:
    """Return what can stay, each day of each team routed by itself."""
    facts = search.facts
    draft = Draft({}, published_trips(facts))
    days_of: dict[int, list[int]] = {}
    for (village, day), team in sorted(facts.wished.items()):
        if team >= 0 and facts.may_come[village, team, day]:
            days_of.setdefault(village, []).append(day)
    by_key: dict[TeamDay, list[int]] = {}
    for village, days in sorted(days_of.items()):
        for day in _lawful(facts, village, days):
            by_key.setdefault((facts.wished[village, day], day), []).append(village)
    for key, villages in sorted(by_key.items()):
        pieces = [Piece(village, key[1], key[1]) for village in villages]
        draft = search.solved(draft, (key,), pieces) or draft
    return draft


def _lawful(facts: Facts, village: int, days: list[int]) -> list[int]:
    """Return the days that keep their distance from what was done and from one another, and are still due."""
    before = max((day for day in (*facts.done[village], facts.last_visit[village]) if day is not None), default=None)
    kept: list[int] = []
    for day in days:
        is_near = before is not None and day - before < facts.problem.villages[village].least_days
        missing = missing_in(facts.periods[village], [*facts.done[village], *kept])
        is_due = any(
            lacking and period.first <= day <= period.last
            for period, lacking in zip(facts.periods[village], missing, strict=True)
        )
        if is_due and not is_near:
            kept.append(day)
            before = day
    return kept


def _new_days(search: Search, draft: Draft, group: list[int], forbidden: set[frozenset[int]]) -> list[list[int]] | None:
    facts, prices = search.facts, search.facts.problem.prices
    left = without_villages(draft, set(group))
    added, _room_left = cheapest_insertions(facts, left, group)
    now = draft.days_of(facts)
    for row, village in enumerate(group):
        for day in now[village]:
            if day >= facts.first_day:
                added[row, day] = 0.0
    allowed = np.isfinite(added)
    costs = np.where(allowed, added, 0.0)
    for row, village in enumerate(group):
        for day in now[village]:
            if (village, day) in facts.wished and day >= facts.first_day:
                costs[row, day] = -prices.change
    minutes = np.where(allowed, added, 0.0) + facts.service[group][:, None]
    for row, village in enumerate(group):
        minutes[row, now[village]] = 0.0
    room = np.array([_room(facts, draft, day) for day in range(facts.days)])
    wish = DateWish(np.array(group), allowed, costs, minutes, room)
    limits = SolveWish(max(search.seconds_left, 0.1), 0.0, search.limits.seed)
    return choose_days(search.solver, facts, wish, limits, sorted(forbidden, key=sorted))


def _room(facts: Facts, draft: Draft, day: int) -> float:
    teams = np.flatnonzero(facts.works[:, day]).tolist()
    return sum(max(0.0, minutes_left(facts, draft, (team, day))) for team in teams)


def _placed(
    search: Search, draft: Draft, group: list[int], chosen: list[list[int]]
) -> tuple[Draft, set[frozenset[int]]]:
    """Put the visits on their days, where they stand already or where they add least; return what did not fit."""
    facts = search.facts
    where: Mapping[tuple[int, int], TeamDay] = {
        (village, key[1]): key for key, villages in draft.orders.items() for village in villages
    }
    placed = without_villages(draft, set(group))
    for row, village in enumerate(group):
        for day in chosen[row]:
            key = where.get((village, day))
            if key is not None:
                order = tuple(v for v in draft.orders[key] if v == village or v in placed.orders.get(key, ()))
                placed = placed.with_orders({key: order})
    homeless: set[frozenset[int]] = set()
    touched: set[TeamDay] = set()
    for row, village in enumerate(group):
        for day in chosen[row]:
            if (village, day) in where:
                continue
            best = best_team(facts, placed, village, day)
            if best is None:
                homeless.add(frozenset({row * facts.days + day}))
                continue
            touched.add(best)
            placed = with_visit(facts, placed, best, village)
    for key in sorted(touched):
        pieces = [Piece(village, key[1], key[1], key) for village in placed.orders[key]]
        placed = search.solved(placed, (key,), pieces) or placed
    return placed, homeless
