"""Rows about the people at one recipient: seniors, teams, the old team, changes of seniors, learners."""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Flags
from lianyi.methods.postings.building import Builder, Rows, is_senior
from lianyi.methods.postings.problem import PostingProblem
from lianyi.methods.postings.rules import RuleId


def is_training(problem: PostingProblem) -> Flags:
    """Return for each need whether it is a training seat."""
    return np.array([need.is_training for need in problem.needs], np.bool_)


def add_teams(builder: Builder) -> None:
    """C2 somebody of senior title, so many people on site; C6 a team of each donor that helps."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    column, period = builder.present
    helps = ~is_training(problem)[columns.need[column]] if column.size else column > 0
    column, period = column[helps], period[helps]
    recipient = columns.recipient[column] * periods + period
    wanted = {
        number * periods + time: float(each.least_on_site)
        for number, each in enumerate(problem.recipients)
        if each.least_on_site
        for time in range(periods)
    }
    builder.at_least(
        RuleId.PRESENCE, Rows(recipient, column), wanted, lambda key: problem.recipients[key // periods].id
    )
    wanted = {
        number * periods + time: 1.0
        for number, each in enumerate(problem.recipients)
        if each.needs_senior
        for time in range(periods)
    }
    senior = is_senior(builder)[column]
    builder.at_least(
        RuleId.SENIOR,
        Rows(recipient[senior], column[senior]),
        wanted,
        lambda key: problem.recipients[key // periods].id,
    )
    wanted = {
        number * periods + time: 0.0
        for number, each in enumerate(problem.pairs)
        if each.least_team
        for time in range(periods)
    }
    first = builder.at_least(
        RuleId.TEAM,
        Rows(columns.pair[column] * periods + period, column),
        wanted,
        lambda key: f"{problem.pairs[key // periods].donor}/{problem.pairs[key // periods].recipient}",
    )
    keys = np.array(sorted(wanted), np.int64)
    teams = np.array([problem.pairs[key // periods].least_team for key in keys.tolist()], np.float64)
    builder.model.add_entries(first + np.arange(keys.size), builder.partners[keys // periods], -teams)


def add_old_teams(builder: Builder) -> None:
    """C13: where a pair has a team already, somebody of it is there in the first period."""
    problem, columns = builder.problem, builder.columns
    people = {person.id: position for position, person in enumerate(problem.people)}
    for number, pair in enumerate(problem.pairs):
        if not pair.old_team:
            continue
        old = [people[each] for each in sorted(pair.old_team) if each in people]
        goes_on = (columns.pair == number) & (columns.first == 0) & np.isin(columns.person, old)
        goes_on &= ~is_training(problem)[columns.need]
        first = builder.at_least(
            RuleId.CONTINUITY,
            Rows(np.zeros(np.count_nonzero(goes_on), np.int64), builder.choices[goes_on]),
            {0: 0.0},
            lambda _, pair=pair: f"{pair.donor}/{pair.recipient}",  # type: ignore[misc]
        )
        builder.model.add_entries(first, builder.partners[number : number + 1], -1.0)


def add_batches(builder: Builder) -> None:
    """C9: of two batches of a pair that follow one another, not both lose all seniors."""
    problem, columns = builder.problem, builder.columns
    senior = is_senior(builder) & ~is_training(problem)[columns.need]
    for number, pair in enumerate(problem.pairs):
        batches = pair.batches(builder.periods)
        if not pair.keeps_seniors or len(batches) < 2:  # noqa: PLR2004 - two that follow one another
            continue
        own = senior & (columns.pair == number)
        loses = builder.model.add_shares(np.zeros(len(batches)))
        first = builder.model.add_rows(0.0, np.inf, len(batches))
        for place, batch in enumerate(batches):
            stays = np.flatnonzero(own & (columns.first < batch) & (batch <= columns.last))
            builder.model.add_entries(first + place, builder.choices[stays])
        rows = first + np.arange(len(batches))
        builder.model.add_entries(rows, loses)
        builder.model.add_entries(rows, np.repeat(builder.partners[number], len(batches)), -1.0)
        both = Rows(np.repeat(np.arange(1, len(batches)), 2), np.stack((loses[:-1], loses[1:]), axis=1).ravel())
        builder.at_most(
            RuleId.BATCHES,
            both,
            lambda _: 1.0,
            lambda _, pair=pair: f"{pair.donor}/{pair.recipient}",  # type: ignore[misc]
        )


def add_learners(builder: Builder) -> None:
    """C11: who learns goes only where the own hospital is helped from, if the two could be partners at all."""
    problem, columns = builder.problem, builder.columns
    number_of = {pair.key: number for number, pair in enumerate(problem.pairs)}
    helps = np.array([number_of.get((pair.recipient, pair.donor), -1) for pair in problem.pairs], np.int64)
    learners = np.flatnonzero(is_training(problem)[columns.need])
    learners = learners[helps[columns.pair[learners]] >= 0]
    helping = helps[columns.pair[learners]]
    first = builder.model.add_rows(-np.inf, 0.0, learners.size)
    rows = first + np.arange(learners.size)
    builder.model.add_entries(rows, builder.choices[learners])
    builder.model.add_entries(rows, builder.partners[helping], -1.0)
    builder.named(RuleId.TRAINING, [problem.people[each].id for each in columns.person[learners].tolist()], first)
    # A pair helps when somebody is sent, not because it would be allowed to.
    for number in np.unique(helping).tolist():
        if problem.pairs[number].is_fixed:
            continue
        sent = builder.choices[np.flatnonzero(columns.pair == number)]
        first = builder.model.add_rows(0.0, np.inf, 1)
        builder.model.add_entries(first, sent)
        builder.model.add_entries(first, builder.partners[number : number + 1], -1.0)
