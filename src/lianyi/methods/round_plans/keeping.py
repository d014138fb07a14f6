"""A draft by names, to be kept while a search goes on, and taken up again by the next one.

A kept draft is plain data. What it was made from may have changed since: it is a draft again only where the
independent check confirms it on the problem as it is now.

Examples
--------
>>> from datetime import date
>>> from lianyi.methods.periods import DateSpan
>>> from lianyi.methods.round_plans.problem import RoundProblem, Team, Village
>>> from lianyi.methods.round_plans.travel_times import TravelTimes
>>> facts = Facts(
...     RoundProblem(
...         DateSpan(date(2027, 3, 1), date(2027, 3, 7)),
...         villages=(Village("Shan", 120, unit="week"),),
...         teams=(Team("Bus", home="Town"),),
...         travel=TravelTimes.of_legs([("Town", "Shan", 40, 25)]),
...     )
... )
>>> kept = kept_of(facts, Draft({(0, 2): (0,)}))
>>> kept.document()
{'days': [['Bus', '2027-03-03', ['Shan']]], 'trips': []}
>>> draft_of(facts, KeptDraft.of(kept.document())).orders
{(0, 2): (0,)}
>>> draft_of(facts, KeptDraft((("Bus", date(2027, 3, 6), ("Shan",)),))) is None  # a Saturday
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from lianyi.methods.round_plans.checking import faults_of
from lianyi.methods.round_plans.drafts import Draft, Trip
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.solving import unchecked_plan_of
from lianyi.methods.round_plans.trips import is_possible


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """The villages of each team and day in order; and trips: team, first day, nights, place."""

    days: tuple[tuple[str, date, tuple[str, ...]], ...]
    trips: tuple[tuple[str, date, int, str], ...] = ()

    @property
    def visits(self) -> int:
        return sum(len(villages) for _team, _day, villages in self.days)

    def document(self) -> dict[str, list[Any]]:
        """Return it as lists of texts and numbers, as JSON has them."""
        return {
            "days": [[team, day.isoformat(), list(villages)] for team, day, villages in self.days],
            "trips": [[team, first.isoformat(), nights, place] for team, first, nights, place in self.trips],
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> KeptDraft:
        """Read what `document` gave; without its lists it is empty."""
        days = ((team, date.fromisoformat(day), tuple(villages)) for team, day, villages in document.get("days", ()))
        trips = document.get("trips", ())
        return cls(
            tuple(days),
            tuple((team, date.fromisoformat(first), nights, place) for team, first, nights, place in trips),
        )


def kept_of(facts: Facts, draft: Draft) -> KeptDraft:
    """Return a draft by names."""
    problem, dates = facts.problem, facts.problem.dates
    names = [village.id for village in problem.villages]
    return KeptDraft(
        tuple(
            (problem.teams[team].id, dates[day], tuple(names[village] for village in order))
            for (team, day), order in draft.orders.items()
        ),
        tuple(
            (problem.teams[trip.team].id, dates[trip.first], trip.nights, problem.travel.places[trip.place])
            for trip in sorted(draft.trips)
        ),
    )


def draft_of(facts: Facts, kept: KeptDraft) -> Draft | None:
    """Return the draft; None where it is empty, or the check does not confirm it any more."""
    problem = facts.problem
    villages = {village.id: number for number, village in enumerate(problem.villages)}
    teams = {team.id: number for number, team in enumerate(problem.teams)}
    places = problem.travel.numbers
    is_known = all(team in teams and villages.keys() >= set(order) for team, _day, order in kept.days) and all(
        team in teams and place in places for team, _first, _nights, place in kept.trips
    )
    if not kept.days or not is_known:
        return None
    days = [(teams[team], _number(facts, day), order) for team, day, order in kept.days]
    trips = [
        Trip(teams[team], _number(facts, first), nights, places[place]) for team, first, nights, place in kept.trips
    ]
    if not all(0 <= day < facts.days for _team, day, _order in days) or not all(
        is_possible(facts, each) for each in trips
    ):
        return None
    orders = {(team, day): tuple(villages[name] for name in order) for team, day, order in days}
    draft = Draft({key: orders[key] for key in sorted(orders)}, frozenset(trips))
    return None if faults_of(problem, unchecked_plan_of(facts, draft)) else draft


def _number(facts: Facts, day: date) -> int:
    return (day - facts.problem.days.start) // timedelta(days=1)
