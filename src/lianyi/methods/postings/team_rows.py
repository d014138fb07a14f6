"""Rows about all people at one recipient together: how many at the same time, how many and which share of a title."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from lianyi.methods.arrays import Flags, Positions
from lianyi.methods.postings.building import Builder, Rows, expanded
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.postings.team_rules import TeamRule, TitleDemand


def add_team_rules(builder: Builder) -> None:
    """Add the rows of each rule, for the periods in which it holds."""
    if not builder.problem.team_rules:
        return
    ranks = np.array([person.rank for person in builder.problem.people], np.int64)
    for rule, column, period in _members(builder):
        chosen = builder.choices[column]
        _add_headcount(builder, rule, Rows(period, chosen))
        for title in rule.titles:
            has_title = ranks[builder.columns.person[column]] >= title.least_rank
            _add_title(builder, rule, title, Rows(period, chosen), has_title)


def _members(builder: Builder) -> Iterable[tuple[TeamRule, Positions, Positions]]:
    """Return for each rule the postings that count in it, once for each period in which they do."""
    problem, columns = builder.problem, builder.columns
    order = np.argsort(columns.recipient, kind="stable")
    ends = np.searchsorted(columns.recipient[order], np.arange(len(problem.recipients) + 1)).tolist()
    number_of = {each.id: number for number, each in enumerate(problem.recipients)}
    for rule in problem.team_rules:
        number = number_of[rule.recipient]
        there = order[ends[number] : ends[number + 1]]
        counts = [
            not problem.needs[need].is_training and rule.counts(problem.needs[need].id, problem.donors[donor].id)
            for need, donor in zip(columns.need[there].tolist(), columns.donor[there].tolist(), strict=True)
        ]
        own = there[np.array(counts, np.bool_)]
        place, period = expanded(columns.covers[own], columns.last[own])
        holds = np.array([rule.holds_in(each) for each in range(builder.periods)], np.bool_)[period]
        yield rule, own[place[holds]], period[holds]


def _add_headcount(builder: Builder, rule: TeamRule, rows: Rows) -> None:
    builder.at_least(RuleId.HEADCOUNT, rows, _limits(builder, rule, rule.least_in), _always(rule.id))
    if rule.most is not None:
        builder.at_most(RuleId.HEADCOUNT, rows, lambda period: float(rule.most_in(period) or 0), _always(rule.id))


def _add_title(builder: Builder, rule: TeamRule, title: TitleDemand, rows: Rows, has_title: Flags) -> None:
    """Ask for people of a title, and for their share: those with it, less the share of all, are not below 0."""
    titled = Rows(rows.keys[has_title], rows.columns[has_title])
    wanted = _limits(builder, rule, lambda period: rule.titled_in(title, period))
    builder.at_least(RuleId.TITLE_MIX, titled, wanted, _always(rule.id))
    if title.share > 0.0:
        least = {period: -rule.above_share(title, period) for period in np.unique(rows.keys).tolist()}
        weighed = Rows(rows.keys, rows.columns, has_title.astype(np.float64) - title.share)
        builder.at_least(RuleId.TITLE_MIX, weighed, least, _always(rule.id))


def _limits(builder: Builder, rule: TeamRule, wanted: Callable[[int], int]) -> dict[int, float]:
    """Return what is asked in each period in which the rule holds, where it is anything."""
    periods = (period for period in range(builder.periods) if rule.holds_in(period))
    return {period: float(wanted(period)) for period in periods if wanted(period)}


def _always(name: str) -> Callable[[int], str]:
    return lambda _: name
