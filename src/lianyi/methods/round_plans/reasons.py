"""Why a visit is missed, and what alone would make it possible."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from lianyi.methods.round_plans.drafts import Draft, missing_in
from lianyi.methods.round_plans.facts import Facts, Period
from lianyi.methods.round_plans.insertion import added_minutes, fitting_minutes, minutes_left
from lianyi.methods.round_plans.plan import Fix, FixKind, Missed, MissReason

if TYPE_CHECKING:
    from lianyi.methods.arrays import Flags, Positions

Why = tuple[MissReason, tuple[Fix, ...]]
_ALMOST = 1e-6


def missed_of(facts: Facts, draft: Draft) -> tuple[Missed, ...]:
    """Return what a draft misses, with reasons."""
    found = []
    for village, days in enumerate(draft.days_of(facts)):
        missing = missing_in(facts.periods[village], days)
        for period, count in zip(facts.periods[village], missing, strict=True):
            if count:
                reason, fixes = _hopeless(facts, village, period) or _no_room(facts, draft, village, period, days)
                found.append(Missed(_id(facts, village), period.label, count, period.due, reason, fixes))
    return tuple(found)


def hopeless_of(facts: Facts) -> tuple[Missed, ...]:
    """Return the visits that no plan can hold, known before anything is searched."""
    found = []
    for village, done in enumerate(facts.done):
        missing = missing_in(facts.periods[village], done)
        for period, count in zip(facts.periods[village], missing, strict=True):
            why = _hopeless(facts, village, period) if count else None
            if why is not None:
                possible = _most_visits(_days(facts, village, period), facts.problem.villages[village].least_days)
                lacking = count - possible if why[0] is MissReason.SPACING else count
                found.append(Missed(_id(facts, village), period.label, lacking, period.due, *why))
    return tuple(found)


def minutes_wanted(facts: Facts) -> tuple[float, float]:
    """Return the minutes of all visits due, without travel, and the minutes that the teams have."""
    wanted = sum(
        float(facts.service[village]) * sum(missing_in(periods, facts.done[village]))
        for village, periods in enumerate(facts.periods)
    )
    return wanted, float((facts.works.sum(axis=1) * facts.day_minutes).sum())


def _id(facts: Facts, village: int) -> str:
    return facts.problem.villages[village].id


def _hopeless(facts: Facts, village: int, period: Period) -> Why | None:
    """Return why no plan could hold a visit there, None where one could."""
    span = slice(period.first, period.last + 1)
    is_open = facts.open_days[village, span]
    if not facts.able[village].any():
        return MissReason.NO_SKILL, tuple(_skills(facts, village))
    if not is_open.any():
        return MissReason.CLOSED, (Fix(FixKind.OPEN_DAYS),)
    if not is_open[max(0, facts.first_day - period.first) :].any():
        return MissReason.PAST, ()
    if not facts.may_come[village, :, span].any():
        return MissReason.NO_TEAM_DAY, tuple(_team_days(facts, village, period))
    return _out_of_reach(facts, village, period)


def _out_of_reach(facts: Facts, village: int, period: Period) -> Why | None:
    days = _days(facts, village, period)
    if not days.size:
        return _shut(facts, village, period) or _too_far(facts, village, period)
    made = sum(period.first <= day <= period.last for day in facts.done[village])
    least = facts.problem.villages[village].least_days
    if _most_visits(days, least) < period.due - made:
        nearer = next((each for each in range(least, 0, -1) if _most_visits(days, each) >= period.due - made), None)
        return MissReason.SPACING, () if nearer is None else (Fix(FixKind.FEWER_DAYS_BETWEEN, amount=nearer),)
    return None


def _days(facts: Facts, village: int, period: Period) -> Positions:
    """Return the days of a period on which some team can be there, from home or from a night away."""
    reached = facts.by_day_trip[village] | (facts.may_come[village] & _from_a_stay(facts, village))
    return np.flatnonzero(reached[:, period.first : period.last + 1].any(axis=0)) + period.first


def _from_a_stay(facts: Facts, village: int) -> Flags:
    """[teams, days]: somebody who may stay overnight can be there between two stays, or between a stay and home."""
    found = np.zeros((len(facts.problem.teams), facts.days), np.bool_)
    place, service = int(facts.place_of_village[village]), float(facts.service[village])
    for team, stays in enumerate(facts.stays_of_team):
        if not facts.problem.teams[team].most_nights:
            continue
        ends = [int(facts.home_of_team[team]), *stays]
        for day in range(facts.days):
            minutes = facts.minutes_on(day, team)
            there, back = (min(ends, key=lambda end: ways[end]) for ways in (minutes[:, place], minutes[place]))
            fits = minutes[there, place] + service + minutes[place, back] <= facts.day_minutes[team]
            is_open = not facts.has_hours[village] or facts.times_of(team, day, (village,), (there, back)).is_on_time
            found[team, day] = fits and is_open
    return found


def _shut(facts: Facts, village: int, period: Period) -> Why | None:
    """Return by how much its hours are too short for a village that would be near enough; None where it is too far."""
    days = slice(period.first, period.last + 1)
    near = facts.may_come[village] & (facts.there_and_back[village] <= facts.day_minutes[:, None])
    best: Fix | None = None
    for team, offset in np.argwhere(near[:, days]).tolist():
        home, day = int(facts.home_of_team[team]), period.first + offset
        late = facts.times_of(team, day, (village,), (home, home)).minutes_late
        if best is None or late < (best.amount or 0.0):
            name = facts.problem.teams[team].id
            best = Fix(FixKind.LONGER_HOURS, name, late, facts.problem.dates[day])
    return None if best is None else (MissReason.HOURS, (best,))


def _most_visits(days: Positions, least: int) -> int:
    """Return how many of the days can be used that lie so far apart; taking each as early as possible is best."""
    count, free_from = 0, -1
    for day in days.tolist():
        if day >= free_from:
            count, free_from = count + 1, day + least
    return count


def _skills(facts: Facts, village: int) -> Iterator[Fix]:
    rules = facts.problem.villages[village]
    for team in facts.problem.teams:
        if rules.teams is None or team.id in rules.teams:
            yield Fix(FixKind.SKILL, team.id, skills=tuple(sorted(rules.skills - team.skills)))


def _team_days(facts: Facts, village: int, period: Period) -> Iterator[Fix]:
    """Name for each team that is able the first day on which it could be there if it worked."""
    for team in np.flatnonzero(facts.able[village]).tolist():
        for day in range(max(period.first, facts.first_day), period.last + 1):
            fits = facts.there_and_back[village, team, day] <= facts.day_minutes[team]
            if facts.open_days[village, day] and not facts.works[team, day] and fits:
                yield Fix(FixKind.TEAM_DAY, facts.problem.teams[team].id, 1.0, facts.problem.dates[day])
                break


def _too_far(facts: Facts, village: int, period: Period) -> Why:
    span = slice(period.first, period.last + 1)
    over = facts.there_and_back[village, :, span] - facts.day_minutes[:, None]
    over = np.where(facts.may_come[village, :, span], over, np.inf)
    if not np.isfinite(over).any():
        return MissReason.NO_WAY, (Fix(FixKind.OPEN_DAYS),)
    team, day = (int(number) for number in np.unravel_index(int(over.argmin()), over.shape))
    name = facts.problem.teams[team].id
    longer = Fix(FixKind.LONGER_DAY, name, float(over[team, day]), facts.problem.dates[period.first + day])
    return MissReason.TOO_FAR, (longer, Fix(FixKind.NIGHT, name))


def _no_room(facts: Facts, draft: Draft, village: int, period: Period, own: list[int]) -> Why:
    days = _days_apart(facts, village, period, own, facts.problem.villages[village].least_days)
    if not days:
        least = facts.problem.villages[village].least_days
        nearer = next((each for each in range(least, 0, -1) if _days_apart(facts, village, period, own, each)), None)
        return MissReason.SPACING, () if nearer is None else (Fix(FixKind.FEWER_DAYS_BETWEEN, amount=nearer),)
    best, is_open_too_short = None, False
    for day in days:
        for team in np.flatnonzero(facts.may_come[village, :, day]).tolist():
            longer = float(added_minutes(facts, draft, (team, day), [village])[0]) + float(facts.service[village])
            lacking = longer - minutes_left(facts, draft, (team, day))
            if lacking <= _ALMOST and not np.isfinite(fitting_minutes(facts, draft, (team, day), village)):
                is_open_too_short = True
            elif lacking <= _ALMOST:
                return MissReason.NOT_PROVED, ()
            elif np.isfinite(lacking) and (best is None or lacking < (best.amount or 0.0)):
                name = facts.problem.teams[team].id
                best = Fix(FixKind.LONGER_DAY, name, lacking, facts.problem.dates[day])
    reason = MissReason.HOURS if is_open_too_short else MissReason.NO_TIME
    more = (fix for fix in _team_days(facts, village, period))
    return reason, tuple(fix for fix in (best, *more) if fix is not None)


def _days_apart(facts: Facts, village: int, period: Period, own: list[int], least: int) -> list[int]:
    """Return the days of a period that lie so far from all visits there are."""
    taken = [*own, *(day for day in (facts.last_visit[village],) if day is not None)]
    found: list[int] = _days(facts, village, period).tolist()
    return [day for day in found if all(abs(day - other) >= least for other in taken)]
