"""One period that stands for all: who helps whom is chosen in it before people and terms are."""

from __future__ import annotations

from dataclasses import replace

from lianyi.methods.postings.problem import Horizon, Need, Person, PostingProblem
from lianyi.methods.postings.rules import Goal
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand

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
        team_rules=tuple(_team_in_one_period(rule, problem.horizon.periods) for rule in problem.team_rules),
        wards=tuple(replace(ward, spare=(min(ward.spare),)) for ward in problem.wards),
    )


def _in_one_period(person: Person, periods: int, share: float) -> Person:
    free = periods if person.available is None else len(person.available)
    here = frozenset({0}) if free >= share * periods else frozenset[int]()
    return replace(person, available=here, longest_periods=None)


def _team_in_one_period(rule: TeamRule, periods: int) -> TeamRule:
    """Return what is asked in the period that asks least; who is there already is taken off, or counted, for good."""
    holding = [period for period in range(periods) if rule.holds_in(period)]
    if not holding:
        return replace(rule, periods=frozenset[int](), already=())
    most = [each for each in map(rule.most_in, holding) if each is not None]
    least = min(map(rule.least_in, holding))
    titles = tuple(
        TitleDemand(
            title.least_rank,
            min(rule.titled_in(title, period) for period in holding),
            0.0 if any(rule.above_share(title, period) > 0.0 for period in holding) else title.share,
        )
        for title in rule.titles
    )
    return replace(rule, least=least, most=max(*most, least) if most else None, titles=titles, periods=None, already=())


def _need_in_one_period(need: Need, periods: int) -> Need:
    heads = (max(need.planned_heads(periods)),)
    return replace(need, heads=heads, span=None, least_periods=1, overlap_periods=0)
