"""The least value of a tiny problem, by trying everything; it shares no code with the search."""

from __future__ import annotations

import math
from itertools import chain, combinations, pairwise, permutations, product

import numpy as np

from lianyi.methods.round_plans.problem import RoundProblem, dues_of


def least_value(problem: RoundProblem) -> float:
    """Try all days, teams and orders. For one period, without nights and closed ways."""
    travel = problem.travel
    number = {place: row for row, place in enumerate(travel.places)}
    days = range(problem.days.days)
    day_cost: dict[tuple[int, frozenset[int]], float] = {}
    best = math.inf
    choices = [list(_day_sets(problem, village)) for village in problem.villages]
    for chosen in product(*choices):
        total = sum(cost for _days, cost in chosen)
        for day in days:
            if total >= best:
                break
            here = frozenset(row for row, (own, _cost) in enumerate(chosen) if day in own)
            key = (day, here)
            if key not in day_cost:
                day_cost[key] = _cheapest_day(problem, number, day, here)
            total += day_cost[key]
        best = min(best, total)
    return best


def _day_sets(problem, village):
    """Yield sets of days that keep the rules of the village, each with what it costs by itself."""
    prices = problem.prices
    [due] = dues_of(village, problem.days)
    closed = {closure.place: closure.span for closure in problem.closures}
    possible = [
        day
        for day, date in enumerate(problem.dates)
        if village.may_be_visited(date) and not (village.id in closed and date in closed[village.id])
    ]
    populations = [each.population for each in problem.villages]
    weight = max(0.1, village.population / np.mean(populations))
    for days in chain.from_iterable(combinations(possible, size) for size in range(due.visits + 1)):
        if any(after - before < village.least_days for before, after in pairwise(days)):
            continue
        most = village.most_days or math.inf
        ends = [-1, *days, problem.days.days]
        gaps = sum(after - before > most for before, after in pairwise(ends))
        yield frozenset(days), prices.missed * weight * (due.visits - len(days)) + prices.gap * gaps


def _cheapest_day(problem, number, day, rows):
    best = math.inf
    teams = [team for team in problem.teams if team.works_on(problem.dates[day])]
    for owners in product(range(len(teams)), repeat=len(rows)):
        cost = 0.0
        for index, team in enumerate(teams):
            own = [row for row, owner in zip(sorted(rows), owners, strict=True) if owner == index]
            cost += _cheapest_route(problem, number, team, own)
        best = min(best, cost)
    return best


def _cheapest_route(problem, number, team, rows):
    if not rows:
        return 0.0
    villages = [problem.villages[row] for row in rows]
    if any(not village.skills <= team.skills for village in villages):
        return math.inf
    minutes, home = problem.travel.minutes, number[team.home]
    best = math.inf
    for order in permutations(villages):
        way = [home, *(number[village.id] for village in order), home]
        ways = [minutes[one, other] for one, other in pairwise(way)]
        if any(_keeps_hours(team, order, ways, rest) for rest in (None, *range(len(order) + 1))):
            best = min(best, sum(ways))
    return best


def _keeps_hours(team, order, ways, rest):
    """Drive, wait and work; the break comes before way number ``rest``, for None there is none."""
    now = team.starts_at
    for step, way in enumerate(ways):
        if step == rest:
            # On the way home it may begin early.
            begin = now if step == len(order) else max(now, team.break_from)
            now = begin + team.break_minutes
        now += way
        if step < len(order):
            now = max(now, order[step].opens_at or 0) + order[step].service_minutes
            if now > (order[step].closes_at or math.inf):
                return False
    needs_rest = team.break_minutes > 0 and now > team.break_from
    return now <= team.ends_at and (rest is not None or not needs_rest)
