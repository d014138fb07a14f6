"""How good a plan is: coverage, travel, load of the teams, and the weighted sum."""

from __future__ import annotations

from collections.abc import Sequence

from lianyi.methods.round_plans.drafts import Draft, changes_of, long_gaps, missing_in, value_of
from lianyi.methods.round_plans.facts import Facts
from lianyi.methods.round_plans.plan import DayRoute, LongGap, RoundFigures


def figures_of(facts: Facts, draft: Draft, routes: Sequence[DayRoute]) -> RoundFigures:
    """Count everything that is told of a plan."""
    problem = facts.problem
    due = planned = 0
    weighted_due = weighted_planned = 0.0
    for village, days in enumerate(draft.days_of(facts)):
        asked = sum(period.due for period in facts.periods[village])
        made = asked - sum(missing_in(facts.periods[village], days))
        weight = problem.weight_of(problem.villages[village])
        due, planned = due + asked, planned + made
        weighted_due, weighted_planned = weighted_due + weight * asked, weighted_planned + weight * made
    kilometres = [route.km for route in routes]
    work = [route.work_minutes for route in routes]
    return RoundFigures(
        value=value_of(facts, draft),
        due=due,
        planned=planned,
        weighted_due=weighted_due,
        weighted_planned=weighted_planned,
        long_gaps=len(gaps_of(facts, draft)),
        travel_minutes=sum(route.travel_minutes for route in routes),
        travel_km=None if None in kilometres else sum(km for km in kilometres if km is not None),
        team_days=len(routes),
        nights=sum(trip.nights for trip in draft.trips),
        changed=changes_of(facts, draft),
        mean_day_minutes=sum(work) / len(work) if work else 0.0,
        longest_day_minutes=max(work, default=0.0),
        shortest_day_minutes=min(work, default=0.0),
        load_by_team=_loads(facts, routes),
    )


def _loads(facts: Facts, routes: Sequence[DayRoute]) -> dict[str, float]:
    loads = {}
    for number, team in enumerate(facts.problem.teams):
        there = float(facts.works[number].sum()) * team.day_minutes
        if there:
            loads[team.id] = sum(route.work_minutes for route in routes if route.team == team.id) / there
    return loads


def gaps_of(facts: Facts, draft: Draft) -> tuple[LongGap, ...]:
    """Return the visits that lie further apart than wanted."""
    found = []
    start = facts.problem.days.start.toordinal()
    for village, days in enumerate(draft.days_of(facts)):
        rules = facts.problem.villages[village]
        for before, after in long_gaps(facts, village, days):
            first = facts.problem.days.start.fromordinal(start + before)
            last = None if after is None else facts.problem.dates[after]
            length = (facts.days if after is None else after) - before
            found.append(LongGap(rules.id, first, last, length, rules.most_days or 0))
    return tuple(found)
