"""A posting problem as one linear model: rows for the rules, an objective for each goal, and a name for each row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lianyi.methods.access.arrays import Flags, Floats, Positions
from lianyi.methods.errors import LockedLineError
from lianyi.methods.linear_models import Model, Program
from lianyi.methods.postings.columns import Columns, bar_of_line
from lianyi.methods.postings.problem import CoupleWish, Line, PostingProblem
from lianyi.methods.postings.rules import GOAL_OF_RULE, Goal, RuleId

_CHOSEN = 0.5


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """A rule about one subject, such as what one donor can miss: the unit in which rules are named and waived.

    Instead of a rule it can be a goal that must not become worse; then it has no subject.
    """

    rule: RuleId | Goal
    subject: str


@dataclass(frozen=True, slots=True, eq=False)
class PostingModel:
    """The model, what each of its parts means, and the objective of each goal.

    ``unmet`` holds for each need the columns of its missing people by period, -1 where nobody is wanted.
    ``excesses`` holds for each priced rule the columns that say how far it is broken. ``choices`` and ``partners`` are
    the columns of the possible postings and of the pairs.
    """

    problem: PostingProblem
    columns: Columns
    program: Program
    goals: Mapping[Goal, Floats]
    constants: Mapping[Goal, float]
    groups: Mapping[Group, Positions]
    excesses: Mapping[RuleId, Positions]
    unmet: npt.NDArray[np.int64]
    choices: Positions
    partners: Positions

    def lines_in(self, values: Floats) -> tuple[Line, ...]:
        """Return the postings chosen, sorted."""
        chosen = np.flatnonzero(values[self.choices] > _CHOSEN)
        return tuple(sorted(self.columns.lines[position] for position in chosen.tolist()))


def model_of(problem: PostingProblem, columns: Columns) -> PostingModel:
    """Build the model once; goals and ceilings of goals are put on it by who solves it.

    Raises
    ------
    LockedLineError
        When a locked line breaks a rule about one person and one term.
    """
    builder = _Builder(problem, columns)
    for add in (_add_locked, _add_needs, _add_people, _add_donors, _add_pairing, _add_teams, _add_couples):
        add(builder)
    _add_changes(builder)
    _add_burden(builder)
    builder.price(Goal.COST, builder.choices, columns.cost)
    builder.price(Goal.POSTINGS, builder.choices, 1.0)
    return builder.finished()


@dataclass(slots=True, eq=False)
class _Rows:
    """Rows of one rule: for each entry the key of its row, the column and the value."""

    keys: Positions
    columns: Positions
    values: Floats | float = 1.0


@dataclass(slots=True, eq=False)
class _Builder:
    problem: PostingProblem
    columns: Columns
    model: Model = field(default_factory=Model)
    costs: dict[Goal, list[tuple[Positions, Floats]]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[Goal, float] = field(default_factory=lambda: dict.fromkeys(Goal, 0.0))
    rows_of: dict[Group, list[int]] = field(default_factory=lambda: defaultdict(list))
    excesses: dict[RuleId, list[Positions]] = field(default_factory=lambda: defaultdict(list))
    choices: Positions = field(init=False)
    partners: Positions = field(init=False)
    present: tuple[Positions, Positions] = field(init=False)
    covering: tuple[Positions, Positions] = field(init=False)
    unmet: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        self.choices = self.model.add_choices(np.zeros(len(self.columns)))
        fixed = np.array([pair.is_fixed for pair in self.problem.pairs], np.bool_)
        self.partners = self.model.add_choices(np.zeros(fixed.size), fixed)
        self.present = _expanded(self.columns.first, self.columns.last)
        self.covering = _expanded(self.columns.covers, self.columns.last)
        self.unmet = np.full((len(self.problem.needs), self.periods), -1)

    @property
    def periods(self) -> int:
        return self.problem.horizon.periods

    def price(self, goal: Goal, columns: Positions, values: Floats | float) -> None:
        self.costs[goal].append((columns, np.broadcast_to(np.asarray(values, np.float64), columns.shape)))

    def named(self, rule: RuleId, subjects: Sequence[str], first: int) -> None:
        for number, subject in enumerate(subjects):
            self.rows_of[Group(rule, subject)].append(first + number)

    def add_excess(self, rule: RuleId, count: int) -> Positions | None:
        """Add columns that say how far a rule is broken, where it has a price; None where it is hard."""
        if self.problem.rules.is_hard(rule):
            return None
        excess = self.model.add_amounts(np.full(count, np.inf))
        self.excesses[rule].append(excess)
        self.price(GOAL_OF_RULE[rule], excess, self.problem.rules.price_of(rule))
        return excess

    def at_most(
        self, rule: RuleId, rows: _Rows, limit_of: Callable[[int], float], subject_of: Callable[[int], str]
    ) -> None:
        """Add a row for each key that occurs: its sum is at most the limit, or is in excess at a price."""
        keys, position = np.unique(rows.keys, return_inverse=True)
        limits = np.array([limit_of(key) for key in keys.tolist()], np.float64)
        first = self.model.add_rows(-np.inf, limits, keys.size)
        self.model.add_entries(first + position, rows.columns, rows.values)
        excess = self.add_excess(rule, keys.size)
        if excess is not None:
            self.model.add_entries(first + np.arange(keys.size), excess, -1.0)
        self.named(rule, [subject_of(key) for key in keys.tolist()], first)

    def at_least(self, rule: RuleId, rows: _Rows, limits: Mapping[int, float], subject_of: Callable[[int], str]) -> int:
        """Add a row for each limit: its sum is at least so much, or falls short at a price. Return the first."""
        keys = np.array(sorted(limits), np.int64)
        first = self.model.add_rows(np.array([limits[key] for key in keys.tolist()]), np.inf, keys.size)
        wanted = np.isin(rows.keys, keys)
        self.model.add_entries(first + np.searchsorted(keys, rows.keys[wanted]), rows.columns[wanted])
        missing = self.add_excess(rule, keys.size)
        if missing is not None:
            self.model.add_entries(first + np.arange(keys.size), missing)
        self.named(rule, [subject_of(key) for key in keys.tolist()], first)
        return first

    def finished(self) -> PostingModel:
        goals = {goal: np.zeros(self.model.columns) for goal in Goal}
        for goal, parts in self.costs.items():
            for columns, values in parts:
                np.add.at(goals[goal], columns, values)
        return PostingModel(
            problem=self.problem,
            columns=self.columns,
            program=self.model.program(),
            goals=goals,
            constants=self.constants,
            groups={group: np.array(rows, np.int64) for group, rows in self.rows_of.items()},
            excesses={rule: np.concatenate(parts) for rule, parts in self.excesses.items()},
            unmet=self.unmet,
            choices=self.choices,
            partners=self.partners,
        )


def _add_locked(builder: _Builder) -> None:
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


def _expanded(first: Positions, last: Positions) -> tuple[Positions, Positions]:
    """Return for each column and each of its periods the column and the period."""
    lengths = last - first + 1
    column = np.repeat(np.arange(first.size), lengths)
    begins = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return column, first[column] + np.arange(column.size) - begins


def _add_needs(builder: _Builder) -> None:
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
    both = np.nonzero((heads[:, 1:] > 1) & (heads[:, :-1] > 1))
    limits = {need * periods + time + 1: 1.0 for need, time in zip(*(part.tolist() for part in both), strict=True)}
    continuing = period > builder.columns.covers[column]
    rows = _Rows(builder.columns.need[column[continuing]] * periods + period[continuing], column[continuing])
    builder.at_least(RuleId.HANDOVER, rows, limits, lambda key: problem.needs[key // periods].id)


def _add_people(builder: _Builder) -> None:
    """C3: one place at a time with rests between, so many postings, and C12: months within the limit."""
    problem, columns, rules = builder.problem, builder.columns, builder.problem.rules
    periods = builder.periods + rules.rest_periods
    column, period = _expanded(columns.first, columns.last + rules.rest_periods)
    rows = _Rows(columns.person[column] * periods + period, builder.choices[column])
    builder.at_most(RuleId.ONE_AT_A_TIME, rows, lambda _: 1.0, lambda key: problem.people[key // periods].id)
    rows = _Rows(columns.person, builder.choices)
    most = float(rules.most_postings_per_person)
    builder.at_most(RuleId.MOST_POSTINGS, rows, lambda _: most, lambda key: problem.people[key].id)
    if rules.most_months is not None:
        limit = rules.most_months
        rows = _Rows(columns.person, builder.choices, columns.months)
        builder.at_most(
            RuleId.BURDEN_LIMIT,
            rows,
            lambda key: max(0.0, limit - problem.people[key].past_months),
            lambda key: problem.people[key].id,
        )


def _add_donors(builder: _Builder) -> None:
    """C4: how many people a donor misses at a time: in all, of one specialty, of senior title."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    column, period = builder.present
    donor = columns.donor[column]
    all_away = [each.most_away for each in problem.donors]
    seniors_away = [each.most_seniors_away for each in problem.donors]
    for rule, most in ((RuleId.DONOR_TOTAL, all_away), (RuleId.DONOR_SENIORS, seniors_away)):
        limited = np.array([each is not None for each in most], np.bool_)[donor] if donor.size else donor > 0
        if rule is RuleId.DONOR_SENIORS:
            limited &= _is_senior(builder)[column]
        rows = _Rows(donor[limited] * periods + period[limited], builder.choices[column[limited]])
        builder.at_most(rule, rows, _limit_by_key(most, periods), lambda key: problem.donors[key // periods].id)
    _add_specialties(builder)
    _add_wards(builder)


def _add_wards(builder: _Builder) -> None:
    """Count people of one home department who are away at a time, whatever they are sent for."""
    problem, periods = builder.problem, builder.periods
    number_of = {ward.id: number for number, ward in enumerate(problem.wards)}
    of_person = np.array([number_of.get(person.ward, -1) for person in problem.people], np.int64)
    column, period = builder.present
    ward = of_person[builder.columns.person[column]] if column.size else column
    limited = ward >= 0
    builder.at_most(
        RuleId.HOME_COVER,
        _Rows(ward[limited] * periods + period[limited], builder.choices[column[limited]]),
        lambda key: float(problem.wards[key // periods].spare[key % periods]),
        lambda key: problem.wards[key // periods].id,
    )


def _add_specialties(builder: _Builder) -> None:
    """Count a person by the specialty of the need, for that is what the home department misses."""
    problem, periods = builder.problem, builder.periods
    limits = [
        (donor, specialty, most)
        for donor, each in enumerate(problem.donors)
        for specialty, most in sorted(each.most_away_by_specialty.items())
    ]
    number_of = {(donor, specialty): number for number, (donor, specialty, _most) in enumerate(limits)}
    column, period = builder.present
    numbers = np.array(
        [
            number_of.get((donor, problem.needs[need].specialty), -1)
            for donor, need in zip(builder.columns.donor.tolist(), builder.columns.need.tolist(), strict=True)
        ],
        np.int64,
    )
    number = numbers[column] if numbers.size else column
    limited = number >= 0
    builder.at_most(
        RuleId.DONOR_SPECIALTY,
        _Rows(number[limited] * periods + period[limited], builder.choices[column[limited]]),
        lambda key: float(limits[key // periods][2]),
        lambda key: f"{problem.donors[limits[key // periods][0]].id}/{limits[key // periods][1]}",
    )


def _limit_by_key(most: Sequence[int | None], periods: int) -> Callable[[int], float]:
    return lambda key: float(most[key // periods] or 0)


def _is_senior(builder: _Builder) -> Flags:
    ranks = np.array([person.rank for person in builder.problem.people], np.int64)
    return ranks[builder.columns.person] >= builder.problem.rules.senior_rank


def _add_pairing(builder: _Builder) -> None:
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


def _tighten_pairing(builder: _Builder, pairs: int) -> None:
    """Say it for each person and pair too, which fractions obey far less easily."""
    keys, position = np.unique(builder.columns.person * pairs + builder.columns.pair, return_inverse=True)
    first = builder.model.add_rows(-np.inf, 0.0, keys.size)
    builder.model.add_entries(first + position, builder.choices)
    builder.model.add_entries(first + np.arange(keys.size), builder.partners[keys % pairs], -1.0)
    people = builder.problem.people
    builder.named(RuleId.MOST_POSTINGS, [people[key // pairs].id for key in keys.tolist()], first)


def _limit_partners(
    builder: _Builder, rule: RuleId, of_pair: Positions, most: Sequence[int | None], ids: Sequence[str]
) -> None:
    limited = np.array([most[each] is not None for each in of_pair.tolist()], np.bool_)
    rows = _Rows(of_pair[limited], builder.partners[limited])
    builder.at_most(rule, rows, lambda key: float(most[key] or 0), lambda key: ids[key])


def _add_teams(builder: _Builder) -> None:
    """C2 somebody of senior title, so many people on site; C6 a team of each donor that helps."""
    problem, columns, periods = builder.problem, builder.columns, builder.periods
    column, period = builder.present
    recipient = columns.recipient[column] * periods + period
    wanted = {
        number * periods + time: float(each.least_on_site)
        for number, each in enumerate(problem.recipients)
        if each.least_on_site
        for time in range(periods)
    }
    builder.at_least(
        RuleId.PRESENCE, _Rows(recipient, column), wanted, lambda key: problem.recipients[key // periods].id
    )
    wanted = {
        number * periods + time: 1.0
        for number, each in enumerate(problem.recipients)
        if each.needs_senior
        for time in range(periods)
    }
    senior = _is_senior(builder)[column]
    builder.at_least(
        RuleId.SENIOR,
        _Rows(recipient[senior], column[senior]),
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
        _Rows(columns.pair[column] * periods + period, column),
        wanted,
        lambda key: f"{problem.pairs[key // periods].donor}/{problem.pairs[key // periods].recipient}",
    )
    keys = np.array(sorted(wanted), np.int64)
    teams = np.array([problem.pairs[key // periods].least_team for key in keys.tolist()], np.float64)
    builder.model.add_entries(first + np.arange(keys.size), builder.partners[keys // periods], -teams)


def _add_couples(builder: _Builder) -> None:
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
            rows = _Rows(period[either], chosen)
            builder.at_most(RuleId.COUPLE, rows, lambda _: 1.0, name)
            continue
        keys = columns.recipient[column[either]] * periods + period[either]
        # Each of the two differences is at most 0, so that neither is anywhere without the other.
        for sign in (1.0, -1.0):
            rows = _Rows(keys, chosen, np.where(first[either], sign, -sign))
            builder.at_most(RuleId.COUPLE, rows, lambda _: 0.0, name)


def _always(name: str) -> Callable[[int], str]:
    return lambda _: name


def _add_changes(builder: _Builder) -> None:
    """Count the people whose lines differ from what was published."""
    published = builder.problem.published
    if published is None:
        return
    columns, problem = builder.columns, builder.problem
    position_of = {line: position for position, line in enumerate(columns.lines)}
    lost = {line.person for line in published.lines if line not in position_of}
    builder.constants[Goal.CHANGE] = float(len(lost))
    is_kept = np.array([line in published.lines for line in columns.lines], np.bool_)
    counted = sorted({*columns.person.tolist()} - {i for i, each in enumerate(problem.people) if each.id in lost})
    changed = builder.model.add_choices(np.zeros(len(counted)))
    builder.price(Goal.CHANGE, changed, 1.0)
    number_of = np.full(len(problem.people), -1)
    number_of[counted] = np.arange(len(counted))
    kept = np.flatnonzero(is_kept & (number_of[columns.person] >= 0))
    first = builder.model.add_rows(1.0, np.inf, kept.size)
    builder.model.add_entries(first + np.arange(kept.size), builder.choices[kept])
    builder.model.add_entries(first + np.arange(kept.size), changed[number_of[columns.person[kept]]])
    other = np.flatnonzero(~is_kept & (number_of[columns.person] >= 0))
    first = builder.model.add_rows(0.0, np.inf, other.size)
    builder.model.add_entries(first + np.arange(other.size), builder.choices[other], -1.0)
    builder.model.add_entries(first + np.arange(other.size), changed[number_of[columns.person[other]]])


def _add_burden(builder: _Builder) -> None:
    """C12: months above what is fair, for each person and for each donor by its share of all staff."""
    problem, columns = builder.problem, builder.columns
    if problem.rules.fair_months is not None:
        fair = problem.rules.fair_months
        left = [max(0.0, fair - person.past_months) for person in problem.people]
        _add_months_above(builder, columns.person, left)
    staff = sum(donor.staff or 0.0 for donor in problem.donors)
    if staff > 0.0:
        heads = sum(sum(need.planned_heads(builder.periods)) for need in problem.needs)
        months = heads * problem.horizon.months_per_period
        counts = np.array([donor.staff is not None for donor in problem.donors], np.bool_)
        shares = [months * (donor.staff or 0.0) / staff for donor in problem.donors]
        which = np.flatnonzero(counts[columns.donor]) if len(columns) else np.empty(0, np.int64)
        _add_months_above(builder, columns.donor[which], shares, which)


def _add_months_above(
    builder: _Builder, subject: Positions, limits: Sequence[float], which: Positions | None = None
) -> None:
    chosen = np.arange(len(builder.columns)) if which is None else which
    keys, position = np.unique(subject, return_inverse=True)
    first = builder.model.add_rows(-np.inf, np.array([limits[key] for key in keys.tolist()]), keys.size)
    above = builder.model.add_amounts(np.full(keys.size, np.inf))
    builder.model.add_entries(first + position, builder.choices[chosen], builder.columns.months[chosen])
    builder.model.add_entries(first + np.arange(keys.size), above, -1.0)
    builder.price(Goal.BURDEN, above, 1.0)
