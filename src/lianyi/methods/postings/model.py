"""A posting problem as one linear model: rows for the rules, an objective for each goal, and a name for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.errors import LockedLineError
from lianyi.methods.postings.building import Builder, PostingModel, Rows, expanded, is_senior
from lianyi.methods.postings.columns import Columns, bar_of_line
from lianyi.methods.postings.problem import CoupleWish, PostingProblem, missed_specialties
from lianyi.methods.postings.rules import GOAL_OF_RULE, Goal, RuleId
from lianyi.methods.postings.standing import add_batches, add_learners, add_old_teams, add_teams, is_training
from lianyi.methods.postings.team_rows import add_team_rules

__all__ = ["PostingModel", "model_of"]


def model_of(problem: PostingProblem, columns: Columns) -> PostingModel:
    """Build the model once; goals and ceilings of goals are put on it by who solves it.

    Raises
    ------
    LockedLineError
        When a locked line breaks a rule about one person and one term.
    """
    builder = Builder(problem, columns)
    for add in (_add_locked, _add_needs, _add_people, _add_donors, _add_pairing):
        add(builder)
    for add in (add_teams, add_team_rules, add_old_teams, add_batches, add_learners, _add_couples):
        add(builder)
    _add_changes(builder)
    _add_burden(builder)
    if not problem.rules.is_hard(RuleId.LEAST_TERM):
        price = problem.rules.price_of(RuleId.LEAST_TERM)
        builder.price(GOAL_OF_RULE[RuleId.LEAST_TERM], builder.choices, columns.short * price)
    builder.price(Goal.COST, builder.choices, columns.cost)
    builder.price(Goal.POSTINGS, builder.choices, 1.0)
    return builder.finished()


def _add_locked(builder: Builder) -> None:
    problem, columns = builder.problem, builder.columns
    if not problem.locked:
        return
    position_of = {line: position for position, line in enumerate(columns.lines)}
    locked = sorted(problem.locked)
    for line in locked:
        if line not in position_of:
            bar = bar_of_line(problem, line)
            raise LockedLineError(
                f"{line.person} must stay with {line.need}, but that posting breaks a rule by itself: {bar}. Unlock "
                "the line, or correct the person or the need.",
                person=line.person,
                need=line.need,
                bar=bar,
            )
    first = builder.model.add_rows(1.0, 1.0, len(locked))
    chosen = builder.choices[np.array([position_of[line] for line in locked], np.int64)]
    builder.model.add_entries(first + np.arange(len(locked)), chosen)
    builder.named(RuleId.LOCKED, [f"{line.person}/{line.need}" for line in locked], first)


def _add_needs(builder: Builder) -> None:
    """C1: those who count, and those who are missing, are as many as are wanted. C8: not all change at once."""
    problem, periods = builder.problem, builder.periods
    heads = np.array([need.planned_heads(periods) for need in problem.needs], np.int64).reshape(-1, periods)
    needs, times = np.nonzero(heads)
    wanted = heads[needs, times].astype(np.float64)
    is_hard = problem.rules.is_hard(RuleId.NEED)
    missing = builder.model.add_amounts(np.zeros(wanted.size) if is_hard else wanted)
    builder.unmet[needs, times] = missing
    if not is_hard:
        priorities = np.array([need.priority for need in problem.needs])[needs] if needs.size else np.empty(0)
        builder.price(Goal.NEED, missing, priorities * problem.rules.price_of(RuleId.NEED))
    first = builder.model.add_rows(wanted, wanted, wanted.size)
    row_of = np.full((len(problem.needs), periods), -1)
    row_of[needs, times] = first + np.arange(wanted.size)
    column, period = builder.covering
    builder.model.add_entries(row_of[builder.columns.need[column], period], builder.choices[column])
    builder.model.add_entries(first + np.arange(wanted.size), missing)
    builder.named(RuleId.NEED, [problem.needs[need].id for need in needs.tolist()], first)
    helps = ~is_training(problem)[:, np.newaxis]
    both = np.nonzero((heads[:, 1:] > 1) & (heads[:, :-1] > 1) & helps)
    limits = {need * periods + time + 1: 1.0 for need, time in zip(*(part.tolist() for part in both), strict=True)}
    continuing = period > builder.columns.covers[column]
    rows = Rows(builder.columns.need[column[continuing]] * periods + period[continuing], column[continuing])
    builder.at_least(RuleId.HANDOVER, rows, limits, lambda key: problem.needs[key // periods].id)


def _add_people(builder: Builder) -> None:
    """C3: one place at a time with rests between, so many postings, and C12: months within the limit."""
    problem, columns, rules = builder.problem, builder.columns, builder.problem.rules
    periods = builder.periods + rules.rest_periods
    column, period = expanded(columns.first, columns.last + rules.rest_periods)
    rows = Rows(columns.person[column] * periods + period, builder.choices[column])
    builder.at_most(RuleId.ONE_AT_A_TIME, rows, lambda _: 1.0, lambda key: problem.people[key // periods].id)
    rows = Rows(columns.person, builder.choices)
    most = float(rules.most_postings_per_person)
    builder.at_most(RuleId.MOST_POSTINGS, rows, lambda _: most, lambda key: problem.people[key].id)
    if rules.most_months is not None:
        limit = rules.most_months
        rows = Rows(columns.person, builder.choices, columns.months)
        builder.at_most(
            RuleId.BURDEN_LIMIT,
            rows,
            lambda key: max(0.0, limit - problem.people[key].past_months),
            lambda key: problem.people[key].id,
        )


def _add_donors(builder: Builder) -> None:
    """C4: how many people a donor misses at a time: in all, of one specialty, of senior title."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    column, period = builder.present
    donor = columns.donor[column]
    all_away = [each.room for each in problem.donors]
    seniors_away = [each.senior_room for each in problem.donors]
    for rule, room in ((RuleId.DONOR_TOTAL, all_away), (RuleId.DONOR_SENIORS, seniors_away)):
        limited = np.array([of(0) is not None for of in room], np.bool_)[donor] if donor.size else donor > 0
        if rule is RuleId.DONOR_SENIORS:
            limited &= is_senior(builder)[column]
        rows = Rows(donor[limited] * periods + period[limited], builder.choices[column[limited]])
        builder.at_most(rule, rows, _limit_by_key(room, periods), lambda key: problem.donors[key // periods].id)
    _add_specialties(builder)
    _add_wards(builder)


def _add_wards(builder: Builder) -> None:
    """Count people of one home department who are away at a time, whatever they are sent for."""
    problem, periods = builder.problem, builder.periods
    number_of = {ward.id: number for number, ward in enumerate(problem.wards)}
    of_person = np.array([number_of.get(person.ward, -1) for person in problem.people], np.int64)
    column, period = builder.present
    ward = of_person[builder.columns.person[column]] if column.size else column
    limited = ward >= 0
    builder.at_most(
        RuleId.HOME_COVER,
        Rows(ward[limited] * periods + period[limited], builder.choices[column[limited]]),
        lambda key: float(problem.wards[key // periods].spare[key % periods]),
        lambda key: problem.wards[key // periods].id,
    )


def _add_specialties(builder: Builder) -> None:
    """Count a person in each specialty in which the own hospital misses somebody then."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    limits = [(donor, specialty) for donor in problem.donors for specialty in sorted(donor.most_away_by_specialty)]
    number_of = {(donor.id, specialty): number for number, (donor, specialty) in enumerate(limits)}
    served, same = np.unique(columns.person * len(problem.needs) + columns.need, return_inverse=True)
    limits_of: list[list[int]] = []
    for key in served.tolist():
        person, need = problem.people[key // len(problem.needs)], problem.needs[key % len(problem.needs)]
        missed = dict.fromkeys(missed_specialties(person, need))
        limits_of.append([number_of[person.donor, each] for each in missed if (person.donor, each) in number_of])
    counts = np.array([len(each) for each in limits_of], np.int64)[same]
    position = np.repeat(np.arange(len(columns)), counts)
    number = np.array([each for kind in same.tolist() for each in limits_of[kind]], np.int64)
    place, period = expanded(columns.first[position], columns.last[position])
    builder.at_most(
        RuleId.DONOR_SPECIALTY,
        Rows(number[place] * periods + period, builder.choices[position[place]]),
        lambda key: float(limits[key // periods][0].specialty_room(limits[key // periods][1], key % periods) or 0),
        lambda key: f"{limits[key // periods][0].id}/{limits[key // periods][1]}",
    )


def _limit_by_key(room: Sequence[Callable[[int], int | None]], periods: int) -> Callable[[int], float]:
    return lambda key: float(room[key // periods](key % periods) or 0)


def _add_pairing(builder: Builder) -> None:
    """C5: nobody goes where the hospitals are no partners. C7: partners of one donor and of one recipient."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    heads = np.array([need.planned_heads(periods) for need in problem.needs], np.float64).reshape(-1, periods)
    column, period = builder.covering
    pairs = max(1, len(problem.pairs))
    met = (columns.need[column] * pairs + columns.pair[column]) * periods + period
    keys, position = np.unique(met, return_inverse=True)
    first = builder.model.add_rows(-np.inf, 0.0, keys.size)
    builder.model.add_entries(first + position, builder.choices[column])
    wanted = heads[keys // periods // pairs, keys % periods] if keys.size else np.empty(0)
    builder.model.add_entries(first + np.arange(keys.size), builder.partners[keys // periods % pairs], -wanted)
    if problem.rules.most_postings_per_person == 1 and problem.rules.is_hard(RuleId.MOST_POSTINGS):
        _tighten_pairing(builder, pairs)
    donors = {each.id: number for number, each in enumerate(problem.donors)}
    recipients = {each.id: number for number, each in enumerate(problem.recipients)}
    of_donor = np.array([donors[pair.donor] for pair in problem.pairs], np.int64)
    of_recipient = np.array([recipients[pair.recipient] for pair in problem.pairs], np.int64)
    most = [each.most_recipients for each in problem.donors]
    _limit_partners(builder, RuleId.DONOR_RECIPIENTS, of_donor, most, [each.id for each in problem.donors])
    most = [each.most_donors for each in problem.recipients]
    _limit_partners(builder, RuleId.RECIPIENT_DONORS, of_recipient, most, [each.id for each in problem.recipients])
    is_new = np.array([pair.is_new and not pair.is_fixed for pair in problem.pairs], np.bool_)
    builder.price(Goal.COST, builder.partners[is_new], problem.rules.cost.new_pair)


def _tighten_pairing(builder: Builder, pairs: int) -> None:
    """Say it for each person and pair too, which fractions obey far less easily."""
    keys, position = np.unique(builder.columns.person * pairs + builder.columns.pair, return_inverse=True)
    first = builder.model.add_rows(-np.inf, 0.0, keys.size)
    builder.model.add_entries(first + position, builder.choices)
    builder.model.add_entries(first + np.arange(keys.size), builder.partners[keys % pairs], -1.0)
    people = builder.problem.people
    builder.named(RuleId.MOST_POSTINGS, [people[key // pairs].id for key in keys.tolist()], first)


def _limit_partners(
    builder: Builder, rule: RuleId, of_pair: Positions, most: Sequence[int | None], ids: Sequence[str]
) -> None:
    limited = np.array([most[each] is not None for each in of_pair.tolist()], np.bool_)
    rows = Rows(of_pair[limited], builder.partners[limited])
    builder.at_most(rule, rows, lambda key: float(most[key] or 0), lambda key: ids[key])


def _add_couples(builder: Builder) -> None:
    """C10: never both away, or both at the same recipient at the same time."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    column, period = builder.present
    position_of = {person.id: position for position, person in enumerate(problem.people)}
    for couple in problem.couples:
        name = _always(couple.id)
        first = columns.person[column] == position_of[couple.first]
        second = columns.person[column] == position_of[couple.second]
        either = first | second
        chosen = builder.choices[column[either]]
        if couple.wish is CoupleWish.APART:
            rows = Rows(period[either], chosen)
            builder.at_most(RuleId.COUPLE, rows, lambda _: 1.0, name)
            continue
        keys = columns.recipient[column[either]] * periods + period[either]
        # Each of the two differences is at most 0, so that neither is anywhere without the other.
        for sign in (1.0, -1.0):
            rows = Rows(keys, chosen, np.where(first[either], sign, -sign))
            builder.at_most(RuleId.COUPLE, rows, lambda _: 0.0, name)


def _always(name: str) -> Callable[[int], str]:
    return lambda _: name


def _add_changes(builder: Builder) -> None:
    """Count the people whose lines differ from what was published, each with the weight of its notice.

    The weight falls with the first period that changes; so each fall of it is the price of a change up to there.
    """
    weights = builder.problem.rules.notice_weights
    last = builder.periods - 1
    padded = [*weights[: last + 1], *[weights[-1]] * (last + 1 - len(weights)), 0.0]
    for period in range(last + 1):
        fall = padded[period] - padded[period + 1]
        if fall > 0.0:
            _add_changes_until(builder, period, fall)


def _add_changes_until(builder: Builder, period: int, price: float) -> None:
    """Count the people of whom a line that begins no later than this period comes or goes."""
    published = builder.problem.published
    if published is None:
        return
    columns, problem = builder.columns, builder.problem
    position_of = {line: position for position, line in enumerate(columns.lines)}
    lost = {line.person for line in published.lines if line.first <= period and line not in position_of}
    builder.constants[Goal.CHANGE] += price * len(lost)
    begun = columns.first <= period
    is_kept = np.array([line in published.lines for line in columns.lines], np.bool_)
    counted = sorted(
        {*columns.person[begun].tolist()} - {i for i, each in enumerate(problem.people) if each.id in lost}
    )
    changed = builder.model.add_choices(np.zeros(len(counted)))
    builder.price(Goal.CHANGE, changed, price)
    number_of = np.full(len(problem.people), -1)
    number_of[counted] = np.arange(len(counted))
    kept = np.flatnonzero(begun & is_kept & (number_of[columns.person] >= 0))
    first = builder.model.add_rows(1.0, np.inf, kept.size)
    builder.model.add_entries(first + np.arange(kept.size), builder.choices[kept])
    builder.model.add_entries(first + np.arange(kept.size), changed[number_of[columns.person[kept]]])
    other = np.flatnonzero(begun & ~is_kept & (number_of[columns.person] >= 0))
    first = builder.model.add_rows(0.0, np.inf, other.size)
    builder.model.add_entries(first + np.arange(other.size), builder.choices[other], -1.0)
    builder.model.add_entries(first + np.arange(other.size), changed[number_of[columns.person[other]]])


def _add_burden(builder: Builder) -> None:
    """C12: months above what is fair, for each person and for each donor by its share of all staff."""
    problem, columns = builder.problem, builder.columns
    if problem.rules.fair_months is not None:
        fair = problem.rules.fair_months
        left = [max(0.0, fair - person.past_months) for person in problem.people]
        _add_months_above(builder, columns.person, left)
    staff = sum(donor.staff or 0.0 for donor in problem.donors)
    if staff > 0.0:
        heads = sum(sum(need.planned_heads(builder.periods)) for need in problem.needs if not need.is_training)
        months = heads * problem.horizon.months_per_period
        counts = np.array([donor.staff is not None for donor in problem.donors], np.bool_)
        shares = [months * (donor.staff or 0.0) / staff for donor in problem.donors]
        helps = ~is_training(problem)[columns.need]
        which = np.flatnonzero(counts[columns.donor] & helps) if len(columns) else np.empty(0, np.int64)
        _add_months_above(builder, columns.donor[which], shares, which)


def _add_months_above(
    builder: Builder, subject: Positions, limits: Sequence[float], which: Positions | None = None
) -> None:
    chosen = np.arange(len(builder.columns)) if which is None else which
    keys, position = np.unique(subject, return_inverse=True)
    first = builder.model.add_rows(-np.inf, np.array([limits[key] for key in keys.tolist()]), keys.size)
    above = builder.model.add_amounts(np.full(keys.size, np.inf))
    builder.model.add_entries(first + position, builder.choices[chosen], builder.columns.months[chosen])
    builder.model.add_entries(first + np.arange(keys.size), above, -1.0)
    builder.price(Goal.BURDEN, above, 1.0)
