"""One period that stands for all: who helps whom is chosen in it before people and terms are."""

from __future__ import annotations

from dataclasses import replace

from lianyi.methods.postings.problem import Horizon, Need, Person, PostingProblem
from lianyi.methods.postings.rules import Goal

_ALWAYS, _HALF_THE_TIME = 1.0, 0.5


def presence_to_count(problem: PostingProblem) -> float:
    """Return for which share of the periods somebody must be there to count: always, unless that leaves too few."""
    periods = problem.horizon.periods
    always = sum(person.available is None or len(person.available) == periods for person in problem.people)
    return _ALWAYS if 2 * always >= len(problem.people) else _HALF_THE_TIME


def one_period(problem: PostingProblem, share: float) -> PostingProblem:
    """Return the problem of one period that stands for all.

    In it is whoever is there for this share of the periods; each need wants its most heads. What counts by the period
    weighs as much as in all periods. Nothing is published in it, nobody of a donor is away for other reasons,
    and every term is one period.
    """
    by_period = (Goal.BREACHES, Goal.NEED, Goal.SHORTFALL)
    weights = {goal: problem.rules.weight_of(goal) * problem.horizon.periods for goal in by_period}
    horizon = Horizon(problem.horizon.first_day, 1, problem.horizon.months_per_period)
    return replace(
        problem,
        horizon=horizon,
        rules=replace(problem.rules, weights={**problem.rules.weights, **weights}),
        people=tuple(_in_one_period(person, problem.horizon.periods, share) for person in problem.people),
        needs=tuple(_need_in_one_period(need, problem.horizon.periods) for need in problem.needs),
        pairs=tuple(replace(pair, starts=None, old_team=frozenset(), keeps_seniors=False) for pair in problem.pairs),
        published=None,
        held=frozenset(),
        donors=tuple(
            replace(donor, already_away=(), seniors_already_away=(), already_away_by_specialty={})
            for donor in problem.donors
        ),
        wards=tuple(replace(ward, spare=(min(ward.spare),)) for ward in problem.wards),
    )


def _in_one_period(person: Person, periods: int, share: float) -> Person:
    free = periods if person.available is None else len(person.available)
    here = frozenset({0}) if free >= share * periods else frozenset[int]()
    return replace(person, available=here, longest_periods=None)


def _need_in_one_period(need: Need, periods: int) -> Need:
    heads = (max(need.planned_heads(periods)),)
    return replace(need, heads=heads, span=None, least_periods=1, overlap_periods=0)
