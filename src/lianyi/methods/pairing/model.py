"""A pairing problem as one linear model: rows for the rules, an objective for each goal, and a name for each row."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.linear_models import Model, Program
from lianyi.methods.pairing.arcs import Arcs
from lianyi.methods.pairing.problem import Key, Pair, Pairing, PairingProblem, PairStatus, Published
from lianyi.methods.pairing.rules import GOAL_OF_RULE, Goal, RuleId
from lianyi.methods.rule_conflicts import Clause

_CHOSEN = 0.5
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class PairingModel:
    """The model, what each of its parts means, and the objective of each goal.

    ``helping`` are the columns of the pairs, ``sending`` those of the arcs, ``unmet`` those of the people missing in
    each need, ``fewer_donors`` those of the donors missing at each recipient that wants some (-1 elsewhere, and where
    the rule is hard). ``burdens`` are the rows of the steps of the burden, by donor and step (-1 where it has none).
    """

    problem: PairingProblem
    arcs: Arcs
    program: Program
    goals: Mapping[Goal, Floats]
    constants: Mapping[Goal, float]
    clauses: Mapping[Clause, Positions]
    helping: Positions
    sending: Positions
    unmet: Positions
    fewer_donors: Positions
    burdens: Positions

    def pairing_in(self, values: Floats) -> Pairing:
        """Return the plan of these values."""
        problem = self.problem
        people = np.rint(values[self.sending]).astype(np.int64)
        chosen = np.flatnonzero(values[self.helping] > _CHOSEN)
        return Pairing(
            frozenset(problem.pairs[number].key for number in chosen.tolist()),
            {
                (problem.donors[self.arcs.donor[arc]].id, problem.needs[self.arcs.need[arc]].id): int(people[arc])
                for arc in np.flatnonzero(people).tolist()
            },
        )

    def values_of(self, plan: Pairing) -> Floats:
        """Return the values of the columns that a plan gives; those of excesses of limits are left at 0."""
        problem, values = self.problem, np.zeros(self.program.columns)
        values[self.helping] = [float(pair.key in plan.pairs) for pair in problem.pairs]
        values[self.sending] = [
            float(plan.people.get((problem.donors[donor].id, problem.needs[need].id), 0))
            for donor, need in zip(self.arcs.donor.tolist(), self.arcs.need.tolist(), strict=True)
        ]
        came = np.bincount(self.arcs.need, values[self.sending], minlength=self.unmet.size)
        wanted = np.array([need.wanted for need in problem.needs], np.float64)
        values[self.unmet] = np.minimum(np.maximum(wanted - came, 0.0), self.program.upper[self.unmet])
        donors = Counter(recipient for _donor, recipient in plan.pairs)
        for recipient, column in zip(problem.recipients, self.fewer_donors.tolist(), strict=True):
            if column >= 0:
                values[column] = max(0, recipient.least_donors - donors[recipient.id])
        return values


def subject_of(key: Key) -> str:
    """Return how a pair is named as the subject of a rule."""
    return f"{key[0]}/{key[1]}"


def model_of(problem: PairingProblem, arcs: Arcs) -> PairingModel:
    """Build the model once; goals and ceilings of goals are put on it by who solves it."""
    builder = _Builder(problem, arcs)
    for add in (_add_needs, _add_pairs, _add_donors, _add_partners, _add_coverage, _add_changes, _add_burden):
        add(builder)
    _add_costs(builder)
    return builder.finished()


@dataclass(slots=True, eq=False)
class _Builder:
    problem: PairingProblem
    arcs: Arcs
    model: Model = field(default_factory=Model)
    costs: dict[Goal, list[tuple[Positions, Floats]]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[Goal, float] = field(default_factory=lambda: dict.fromkeys(Goal, 0.0))
    rows_of: dict[Clause, list[int]] = field(default_factory=lambda: defaultdict(list))
    wanted: Floats = field(init=False)
    most: Floats = field(init=False)
    helping: Positions = field(init=False)
    sending: Positions = field(init=False)
    unmet: Positions = field(init=False)
    fewer_donors: Positions = field(init=False)
    burdens: Positions = field(init=False)
    arcs_of_pair: Mapping[int, Positions] = field(init=False)

    def __post_init__(self) -> None:
        problem, arcs = self.problem, self.arcs
        self.wanted = np.array([need.wanted for need in problem.needs], np.float64)
        beyond = [problem.locked_beyond(need.recipient, need.specialty) for need in problem.needs]
        self.most = self.wanted + np.array(beyond, np.float64)
        possible = np.array([float(pair.is_possible) for pair in problem.pairs])
        self.helping = self.model.add_counts(possible)
        self.sending = self.model.add_counts(self.most[arcs.need])
        self.fewer_donors = np.full(len(problem.recipients), -1)
        self.burdens = np.full((len(problem.donors), len(problem.rules.burden_steps)), -1)
        self.arcs_of_pair = _positions_by(arcs.pair)

    def price(self, goal: Goal, columns: Positions, values: Floats | float) -> None:
        self.costs[goal].append((columns, np.broadcast_to(np.asarray(values, np.float64), columns.shape)))

    def name(self, rule: RuleId, subjects: Sequence[str], first: int) -> None:
        for number, subject in enumerate(subjects):
            self.rows_of[Clause(rule, subject)].append(first + number)

    def add_row(self, lower: float, upper: float, columns: Positions, values: Floats | float = 1.0) -> int:
        row = self.model.add_rows(lower, upper, 1)
        self.model.add_entries(row, columns, values)
        return row

    def add_excess(self, rule: RuleId, row: int, sign: float) -> int:
        """Add a column that says how far the rule of a row is broken, where it has a price; -1 where it is hard."""
        if self.problem.rules.is_hard(rule):
            return -1
        excess = self.model.add_amounts(np.array([np.inf]))
        self.price(GOAL_OF_RULE[rule], excess, self.problem.rules.price_of(rule))
        self.model.add_entries(row, excess, sign)
        return int(excess[0])

    def at_most(self, rule: RuleId, subject: str, columns: Positions, limit: float | None) -> None:
        if limit is None or not columns.size:
            return
        row = self.add_row(-np.inf, limit, columns)
        self.add_excess(rule, row, -1.0)
        self.name(rule, [subject], row)

    def finished(self) -> PairingModel:
        goals = {goal: np.zeros(self.model.columns) for goal in Goal}
        for goal, parts in self.costs.items():
            for columns, values in parts:
                np.add.at(goals[goal], columns, values)
        return PairingModel(
            problem=self.problem,
            arcs=self.arcs,
            program=self.model.program(),
            goals=goals,
            constants=self.constants,
            clauses={clause: np.array(rows, np.int64) for clause, rows in self.rows_of.items()},
            helping=self.helping,
            sending=self.sending,
            unmet=self.unmet,
            fewer_donors=self.fewer_donors,
            burdens=self.burdens,
        )


def _positions_by(keys: Iterable[Any]) -> Mapping[Any, Positions]:
    """Return for each key where it stands; nothing for others."""
    found: dict[Any, list[int]] = defaultdict(list)
    for position, key in enumerate(keys):
        found[key].append(position)
    arrays: dict[Any, Positions] = defaultdict(lambda: np.empty(0, np.int64))
    arrays.update({key: np.array(positions, np.int64) for key, positions in found.items()})
    return arrays


def _add_needs(builder: _Builder) -> None:
    """Those who come and those who are missing are as many as are wanted; more only where locked pairs send more."""
    problem, arcs, model = builder.problem, builder.arcs, builder.model
    rules = problem.rules
    is_hard = rules.is_hard(RuleId.NEED)
    builder.unmet = model.add_amounts(np.zeros(builder.wanted.size) if is_hard else builder.wanted)
    if not is_hard:
        priorities = np.array([need.priority for need in problem.needs], np.float64)
        builder.price(Goal.NEED, builder.unmet, priorities * rules.price_of(RuleId.NEED))
    first = model.add_rows(builder.wanted, builder.most, builder.wanted.size)
    model.add_entries(first + arcs.need, builder.sending)
    model.add_entries(first + np.arange(builder.wanted.size), builder.unmet)
    builder.name(RuleId.NEED, [need.id for need in problem.needs], first)
    # Only who helps sends.
    rows = model.add_rows(-np.inf, 0.0, len(arcs)) + np.arange(len(arcs))
    model.add_entries(rows, builder.sending)
    model.add_entries(rows, builder.helping[arcs.pair], -builder.most[arcs.need])


def _add_pairs(builder: _Builder) -> None:
    """Hold fixed and locked pairs; who helps sends somebody, and a team."""
    published = builder.problem.published or Published(frozenset())
    for number, pair in enumerate(builder.problem.pairs):
        own = builder.sending[builder.arcs_of_pair[number]]
        helping = builder.helping[[number]]
        is_held = pair.key in published.locked
        if pair.status is PairStatus.FIXED:
            builder.name(RuleId.FIXED, [subject_of(pair.key)], builder.add_row(1.0, 1.0, helping))
        if is_held:
            builder.name(RuleId.LOCKED, [subject_of(pair.key)], builder.add_row(1.0, 1.0, helping))
        elif pair.is_possible and pair.status is not PairStatus.FIXED:
            row = builder.add_row(0.0, np.inf, own)
            builder.model.add_entries(row, helping, -1.0)
            builder.name(RuleId.SENDS, [subject_of(pair.key)], row)
        if pair.least_team > 0 and pair.is_possible:
            row = builder.add_row(0.0, np.inf, own)
            builder.model.add_entries(row, helping, -float(pair.least_team))
            builder.add_excess(RuleId.TEAM, row, 1.0)
            builder.name(RuleId.TEAM, [subject_of(pair.key)], row)


def _add_donors(builder: _Builder) -> None:
    """Limit what a donor sends, in all and of one specialty."""
    problem, arcs = builder.problem, builder.arcs
    of_donor = _positions_by(arcs.donor)
    specialty = [problem.needs[need].specialty for need in arcs.need.tolist()]
    of_both = _positions_by(zip(arcs.donor.tolist(), specialty, strict=True))
    for number, donor in enumerate(problem.donors):
        builder.at_most(RuleId.DONOR_TOTAL, donor.id, builder.sending[of_donor[number]], donor.most_people)
        for name in sorted(problem.specialties_of[donor.id]):
            own = builder.sending[of_both[number, name]]
            limit = problem.strength_of[donor.id, name].people
            builder.at_most(RuleId.DONOR_SPECIALTY, f"{donor.id}/{name}", own, limit)


def _add_partners(builder: _Builder) -> None:
    """How many partners each may and should have."""
    problem = builder.problem
    of_donor = _positions_by(pair.donor for pair in problem.pairs)
    of_recipient = _positions_by(pair.recipient for pair in problem.pairs)
    for donor in problem.donors:
        own = builder.helping[of_donor[donor.id]]
        builder.at_most(RuleId.DONOR_RECIPIENTS, donor.id, own, donor.most_recipients)
    for number, recipient in enumerate(problem.recipients):
        own = builder.helping[of_recipient[recipient.id]]
        builder.at_most(RuleId.RECIPIENT_DONORS, recipient.id, own, recipient.most_donors)
        if recipient.least_donors:
            row = builder.add_row(recipient.least_donors, np.inf, own)
            builder.fewer_donors[number] = builder.add_excess(RuleId.LEAST_DONORS, row, 1.0)
            builder.name(RuleId.LEAST_DONORS, [recipient.id], row)


def _add_coverage(builder: _Builder) -> None:
    """Give each recipient its least share of what it wants."""
    of_recipient = _positions_by(need.recipient for need in builder.problem.needs)
    for recipient in builder.problem.recipients:
        own = of_recipient[recipient.id]
        wanted = float(builder.wanted[own].sum())
        least = math.ceil(recipient.least_coverage * wanted - _ROUNDING)
        if least > 0:
            row = builder.add_row(-np.inf, wanted - least, builder.unmet[own])
            builder.add_excess(RuleId.LEAST_COVERAGE, row, -1.0)
            builder.name(RuleId.LEAST_COVERAGE, [recipient.id], row)


def _add_changes(builder: _Builder) -> None:
    """Pairs begun and ended, and people more or fewer, against the published plan; locked pairs as they were."""
    published = builder.problem.published
    if published is None:
        return
    kept: set[Key] = set()
    for number, pair in enumerate(builder.problem.pairs):
        if not pair.is_possible:
            continue
        was_there = pair.key in published.pairs
        builder.price(Goal.PAIRS_CHANGED, builder.helping[[number]], -1.0 if was_there else 1.0)
        if was_there:
            kept.add(pair.key)
            builder.constants[Goal.PAIRS_CHANGED] += 1.0
            _add_people_changed(builder, number, pair, published)
    gone = published.pairs - kept
    builder.constants[Goal.PAIRS_CHANGED] += len(gone)
    builder.constants[Goal.PEOPLE_CHANGED] += sum(sum(published.people.get(key, {}).values()) for key in gone)


def _add_people_changed(builder: _Builder, number: int, pair: Pair, published: Published) -> None:
    before = published.people.get(pair.key)
    if before is None:
        return
    own = builder.arcs_of_pair[number]
    specialty = [builder.problem.needs[need].specialty for need in builder.arcs.need[own].tolist()]
    of_specialty = _positions_by(specialty)
    for name in sorted({*before, *specialty}):
        columns, people = builder.sending[own[of_specialty[name]]], float(before.get(name, 0))
        if pair.key in published.locked:
            row = builder.add_row(people, people, columns)
            builder.name(RuleId.LOCKED, [subject_of(pair.key)], row)
            continue
        change = builder.model.add_amounts(np.array([np.inf]))
        builder.price(Goal.PEOPLE_CHANGED, change, 1.0)
        for sign in (1.0, -1.0):
            row = builder.add_row(-np.inf, sign * people, columns, sign)
            builder.model.add_entries(row, change, -1.0)


def _add_burden(builder: _Builder) -> None:
    """People above each step of a donor's fair share."""
    of_donor = _positions_by(builder.arcs.donor)
    for number, donor in enumerate(builder.problem.donors):
        fair = builder.problem.fair_people(donor)
        if fair is None:
            continue
        for at, step in enumerate(builder.problem.rules.burden_steps):
            above = builder.model.add_amounts(np.array([np.inf]))
            row = builder.burdens[number, at] = builder.add_row(
                -np.inf, step * fair - donor.past_people, builder.sending[of_donor[number]]
            )
            builder.model.add_entries(row, above, -1.0)
            builder.price(Goal.BURDEN, above, 1.0)


def _add_costs(builder: _Builder) -> None:
    problem, arcs, prices = builder.problem, builder.arcs, builder.problem.rules.cost
    needs = [problem.needs[number] for number in arcs.need.tolist()]
    donors = [problem.donors[number].id for number in arcs.donor.tolist()]
    lacks = [
        need.priority * (1.0 - problem.strength_of[donor, need.specialty].level)
        for donor, need in zip(donors, needs, strict=True)
    ]
    builder.price(Goal.MATCH, builder.sending, np.array(lacks, np.float64))
    hours = np.array([pair.travel_hours for pair in problem.pairs], np.float64)
    builder.price(Goal.COST, builder.sending, prices.travel_hour * 2.0 * hours[arcs.pair])
    is_tied = np.array([pair.tie_years > 0 for pair in problem.pairs], np.bool_)
    builder.price(Goal.COST, builder.helping, np.where(is_tied, -prices.broken_tie, prices.new_pair))
    builder.constants[Goal.COST] += prices.broken_tie * float(is_tied.sum())
    builder.price(Goal.PAIRS, builder.helping, 1.0)
