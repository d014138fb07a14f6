"""Nights away from home: proposals for the search to try."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.round_plans.drafts import Draft, Trip, missing_in
from lianyi.methods.round_plans.facts import Facts

if TYPE_CHECKING:
    from numpy.random import Generator

_SHARE_OF_ENDINGS = 0.3


def changed_trips(facts: Facts, draft: Draft, rng: Generator) -> tuple[frozenset[Trip] | None, int]:
    """Return other trips and the day round which they changed; None where nothing can be changed."""
    if draft.trips and rng.random() < _SHARE_OF_ENDINGS:
        ended = sorted(draft.trips)[int(rng.integers(len(draft.trips)))]
        return draft.trips - {ended}, ended.first
    trip = _new_trip(facts, draft, rng)
    if trip is None:
        return None, 0
    kept = frozenset(each for each in draft.trips if not each.overlaps(trip))
    return kept | {trip}, trip.first


def is_possible(facts: Facts, trip: Trip) -> bool:
    """Whether a team may and can make a trip: the nights, the place, its working days, and the ways out and home."""
    team = facts.problem.teams[trip.team]
    if not 1 <= trip.nights <= team.most_nights or trip.place not in facts.stays_of_team[trip.team]:
        return False
    if trip.first < facts.first_day or trip.days[-1] >= facts.days:
        return False
    return bool(facts.works[trip.team, trip.days].all()) and _can_be_driven(facts, trip)


def _new_trip(facts: Facts, draft: Draft, rng: Generator) -> Trip | None:
    able = [number for number, team in enumerate(facts.problem.teams) if team.most_nights]
    team = able[int(rng.integers(len(able)))]
    nights = int(rng.integers(1, facts.problem.teams[team].most_nights + 1))
    first_days = [
        day for day in range(facts.first_day, facts.days - nights) if facts.works[team, day : day + nights + 1].all()
    ]
    stays = facts.stays_of_team[team]
    if not first_days:
        return None
    place = stays[_near_what_is_missing(facts, draft, stays, rng)]
    first = first_days[int(rng.integers(len(first_days)))]
    trip = Trip(team, first, nights, place)
    return trip if is_possible(facts, trip) else None


def _near_what_is_missing(facts: Facts, draft: Draft, stays: tuple[int, ...], rng: Generator) -> int:
    """Return the number of a stay: every second time the one nearest to a village that misses visits."""
    own = draft.days_of(facts)
    lacking = [village for village, days in enumerate(own) if sum(missing_in(facts.periods[village], days))]
    if not lacking or rng.random() < 0.5:  # noqa: PLR2004 - every second time
        return int(rng.integers(len(stays)))
    village = lacking[int(rng.integers(len(lacking)))]
    minutes = facts.problem.travel.minutes[list(stays), facts.place_of_village[village]]
    return int(np.argmin(minutes))


def _can_be_driven(facts: Facts, trip: Trip) -> bool:
    home, longest = int(facts.home_of_team[trip.team]), float(facts.day_minutes[trip.team])
    out = facts.minutes_on(trip.days[0], trip.team)[home, trip.place]
    back = facts.minutes_on(trip.days[-1], trip.team)[trip.place, home]
    return bool(max(out, back) <= longest)
