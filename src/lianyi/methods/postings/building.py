"""What a posting model is built with: possible postings, rows that have a name, prices for what they may exceed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import Model, Program
from lianyi.methods.postings.columns import Columns
from lianyi.methods.postings.problem import Line, PostingProblem
from lianyi.methods.postings.rules import GOAL_OF_RULE, Goal, RuleId
from lianyi.methods.rule_conflicts import Clause

_CHOSEN = 0.5


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
    clauses: Mapping[Clause, Positions]
    excesses: Mapping[RuleId, Positions]
    unmet: npt.NDArray[np.int64]
    choices: Positions
    partners: Positions

    def lines_in(self, values: Floats) -> tuple[Line, ...]:
        """Return the postings chosen, sorted."""
        chosen = np.flatnonzero(values[self.choices] > _CHOSEN)
        return tuple(sorted(self.columns.lines[position] for position in chosen.tolist()))


@dataclass(slots=True, eq=False)
class Rows:
    """Rows of one rule: for each entry the key of its row, the column and the value."""

    keys: Positions
    columns: Positions
    values: Floats | float = 1.0


@dataclass(slots=True, eq=False)
class Builder:
    problem: PostingProblem
    columns: Columns
    model: Model = field(default_factory=Model)
    costs: dict[Goal, list[tuple[Positions, Floats]]] = field(default_factory=lambda: defaultdict(list))
    constants: dict[Goal, float] = field(default_factory=lambda: dict.fromkeys(Goal, 0.0))
    rows_of: dict[Clause, list[int]] = field(default_factory=lambda: defaultdict(list))
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
        self.present = expanded(self.columns.first, self.columns.last)
        self.covering = expanded(self.columns.covers, self.columns.last)
        self.unmet = np.full((len(self.problem.needs), self.periods), -1)

    @property
    def periods(self) -> int:
        return self.problem.horizon.periods

    def price(self, goal: Goal, columns: Positions, values: Floats | float) -> None:
        self.costs[goal].append((columns, np.broadcast_to(np.asarray(values, np.float64), columns.shape)))

    def named(self, rule: RuleId, subjects: Sequence[str], first: int) -> None:
        for number, subject in enumerate(subjects):
            self.rows_of[Clause(rule, subject)].append(first + number)

    def add_excess(self, rule: RuleId, count: int) -> Positions | None:
        """Add columns that say how far a rule is broken, where it has a price; None where it is hard."""
        if self.problem.rules.is_hard(rule):
            return None
        excess = self.model.add_amounts(np.full(count, np.inf))
        self.excesses[rule].append(excess)
        self.price(GOAL_OF_RULE[rule], excess, self.problem.rules.price_of(rule))
        return excess

    def at_most(
        self, rule: RuleId, rows: Rows, limit_of: Callable[[int], float], subject_of: Callable[[int], str]
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

    def at_least(self, rule: RuleId, rows: Rows, limits: Mapping[int, float], subject_of: Callable[[int], str]) -> int:
        """Add a row for each limit: its sum is at least so much, or falls short at a price. Return the first."""
        keys = np.array(sorted(limits), np.int64)
        first = self.model.add_rows(np.array([limits[key] for key in keys.tolist()]), np.inf, keys.size)
        wanted = np.isin(rows.keys, keys)
        values = np.broadcast_to(np.asarray(rows.values, np.float64), rows.keys.shape)[wanted]
        self.model.add_entries(first + np.searchsorted(keys, rows.keys[wanted]), rows.columns[wanted], values)
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
            clauses={clause: np.array(rows, np.int64) for clause, rows in self.rows_of.items()},
            excesses={rule: np.concatenate(parts) for rule, parts in self.excesses.items()},
            unmet=self.unmet,
            choices=self.choices,
            partners=self.partners,
        )


def expanded(first: Positions, last: Positions) -> tuple[Positions, Positions]:
    """Return for each column and each of its periods the column and the period."""
    lengths = last - first + 1
    column = np.repeat(np.arange(first.size), lengths)
    begins = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return column, first[column] + np.arange(column.size) - begins


def is_senior(builder: Builder) -> Flags:
    ranks = np.array([person.rank for person in builder.problem.people], np.int64)
    return ranks[builder.columns.person] >= builder.problem.rules.senior_rank
