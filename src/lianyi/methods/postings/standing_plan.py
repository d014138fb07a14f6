"""What still stands of a published plan, what of it is lost, and what no repair can avoid.

A repair gives back what was lost; it does not look for a better plan. So what was missing when the plan was published
may stay missing, and only what is missing beyond that counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.postings.building import expanded
from lianyi.methods.postings.checking import check
from lianyi.methods.postings.columns import bar_of_line, covers_from
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.problem import Line, Person, PostingProblem
from lianyi.methods.postings.rules import Goal, RuleId

_ROUNDING = 1e-6
Heads = npt.NDArray[np.int64]
"""People by need (row) and period (column)."""


@dataclass(frozen=True, eq=False)
class StandingPlan:
    """The published lines of a model's problem, those that stand and those that are lost."""

    model: PostingModel

    @property
    def problem(self) -> PostingProblem:
        return self.model.problem

    @cached_property
    def published(self) -> frozenset[Line]:
        return frozenset() if self.problem.published is None else self.problem.published.lines

    @cached_property
    def _position_of(self) -> dict[Line, int]:
        return {line: position for position, line in enumerate(self.model.columns.lines)}

    @cached_property
    def standing(self) -> Flags:
        """Which possible postings stand: those published, and those that must stay."""
        found = np.zeros(len(self.model.columns), np.bool_)
        kept = [self._position_of[line] for line in self.published | self.problem.locked if line in self._position_of]
        found[kept] = True
        return found

    @cached_property
    def lost(self) -> tuple[Line, ...]:
        """Published lines that are possible no more, as far as their needs are still there."""
        gone = (line for line in self.published if line not in self._position_of)
        return tuple(sorted(line for line in gone if line.need in self.problem.need_of))

    @cached_property
    def free_people(self) -> Flags:
        """People who count as changed whatever happens: with a line that is lost, or that must stay though new."""
        names = {line.person for line in self.published if line not in self._position_of}
        names |= {line.person for line in self.problem.locked - self.published}
        return np.array([person.id in names for person in self.problem.people], np.bool_)

    @cached_property
    def _heads(self) -> Heads:
        periods = self.problem.horizon.periods
        return np.array([need.planned_heads(periods) for need in self.problem.needs], np.int64).reshape(-1, periods)

    @cached_property
    def _covering(self) -> tuple[Positions, Positions]:
        return expanded(self.model.columns.covers, self.model.columns.last)

    @cached_property
    def covered(self) -> Heads:
        """People who come by the lines that stand."""
        column, period = self._covering
        kept = self.standing[column]
        found = np.zeros_like(self._heads)
        np.add.at(found, (self.model.columns.need[column[kept]], period[kept]), 1)
        return found

    @cached_property
    def may_miss(self) -> Heads:
        """People who may be missing: so many were missing when the plan was published."""
        problem = self.problem
        number_of = {need.id: number for number, need in enumerate(problem.needs)}
        then = self.covered.copy()
        for line in self.lost:
            need = problem.need_of[line.need]
            then[number_of[line.need], covers_from(problem, need, line.first) : line.last + 1] += 1
        missing: Heads = np.maximum(0, self._heads - then)
        known = None if problem.published is None else problem.published.missing
        if known is None:
            return missing
        nothing = (0,) * problem.horizon.periods
        told = np.array([known.get(need.id, nothing) for need in problem.needs], np.int64).reshape(missing.shape)
        known_to_miss: Heads = np.minimum(missing, told)
        return known_to_miss

    @cached_property
    def to_restore(self) -> Heads:
        """People missing beyond what may be missing, if nothing is done."""
        found: Heads = np.maximum(0, self._heads - self.covered - self.may_miss)
        return found

    @cached_property
    def _able(self) -> Heads:
        """How many different people could be there."""
        return self._people_by_need(np.ones(len(self.problem.people), np.bool_))

    def _people_by_need(self, people: Flags) -> Heads:
        column, period = self._covering
        chosen = people[self.model.columns.person[column]]
        column, period = column[chosen], period[chosen]
        columns = self.model.columns
        triples = np.unique(np.column_stack((columns.need[column], period, columns.person[column])), axis=0)
        found = np.zeros_like(self._heads)
        np.add.at(found, (triples[:, 0], triples[:, 1]), 1)
        return found

    @cached_property
    def never_restored(self) -> Heads:
        """People missing beyond what may be missing, whatever is done: so few could be there."""
        found: Heads = np.maximum(0, self._heads - self.may_miss - self._able)
        return found

    @cached_property
    def weights_of_need(self) -> Floats:
        """What one person missing counts in each need."""
        rules = self.problem.rules
        price = 1.0 if rules.is_hard(RuleId.NEED) else rules.price_of(RuleId.NEED)
        return np.array([need.priority for need in self.problem.needs], np.float64) * price

    def lost_in(self, values: Floats) -> float:
        """Return what is missing beyond what may be missing with these values of the model, weighted."""
        unmet = self.model.unmet
        missing = np.where(unmet >= 0, values[unmet], 0.0)
        return float((np.maximum(0.0, missing - self.may_miss) * self.weights_of_need[:, np.newaxis]).sum())

    @cached_property
    def needs_touched(self) -> Flags:
        """Needs in which something must be done: people to restore or too many, or a hard limit that is broken."""
        missing = self._heads - self.covered
        is_hard = self.problem.rules.is_hard(RuleId.NEED)
        is_open: Flags = (self.to_restore > 0) | (missing < 0) | ((missing > 0) & is_hard)
        found: Flags = np.asarray(is_open.any(axis=1), np.bool_)
        for is_above, row in self._broken_rows():
            program = self.model.program
            entries = program.indices[program.starts[row] : program.starts[row + 1]]
            postings = np.flatnonzero(np.isin(self.model.choices, entries))
            pairs = np.flatnonzero(np.isin(self.model.partners, entries))
            postings = np.union1d(postings, np.flatnonzero(self.standing & np.isin(self.model.columns.pair, pairs)))
            # Where there are too many, those who are there may go; where too few, anybody may come.
            chosen = postings[self.standing[postings]] if is_above else postings
            found[self.model.columns.need[chosen]] = True
        return found

    def _broken_rows(self) -> list[tuple[bool, int]]:
        """Return hard rows about postings and partners alone that the standing lines break, and whether from above."""
        program, values = self.model.program, self.values()
        row_of_entry = np.repeat(np.arange(program.rows), np.diff(program.starts))
        sums = np.bincount(row_of_entry, program.entries * values[program.indices], minlength=program.rows)
        is_other = np.ones(program.columns, np.bool_)
        is_other[self.model.choices] = is_other[self.model.partners] = False
        has_other = np.bincount(row_of_entry, is_other[program.indices], minlength=program.rows) > 0
        # Postings and partners are whole, but a share of a title may be short by less than one person.
        above = (sums > program.row_upper + _ROUNDING) & ~has_other
        below = (sums < program.row_lower - _ROUNDING) & ~has_other
        return [(bool(above[row]), row) for row in np.flatnonzero(above | below).tolist()]

    def values(self) -> Floats:
        """Return the values of postings and partners in the model; all others are 0."""
        model = self.model
        found = np.zeros(model.program.columns)
        found[model.choices] = self.standing
        found[model.partners] = model.program.lower[model.partners]
        found[model.partners[model.columns.pair[self.standing]]] = 1.0
        return found

    @cached_property
    def need_that_would_miss(self) -> Positions:
        """For each person the need in which somebody is missing if the person leaves it, -1 where nobody is.

        A need that somebody might enter who counts as changed anyhow is none of these.
        """
        columns, (column, period) = self.model.columns, self._covering
        is_tight = self._heads - self.covered >= self.may_miss
        is_tight[self._people_by_need(self.free_people).any(axis=1) | self.needs_touched] = False
        found = np.full(len(self.problem.people), -1)
        misses = (
            self.standing[column]
            & is_tight[columns.need[column], period]
            & (self._heads > 0)[columns.need[column], period]
        )
        found[columns.person[column[misses]]] = columns.need[column[misses]]
        return found

    def least_change(self) -> float:
        """Return what the goal of changes is at least in a plan that restores all that can be.

        Everybody with a lost line counts. Besides, of a need and period with so many people to restore, so many others
        must come, each with a posting that begins no later; they are different people in different needs of one period,
        and in all needs where a person has one posting only.
        """
        weights, problem = self._weights(), self.problem
        lost = {line.person for line in self.published if line not in self._position_of}
        begins: dict[str, int] = {}
        for line in problem.locked - self.published:
            if line.person not in lost:
                begins[line.person] = min(line.first, begins.get(line.person, line.first))
        least = self.model.constants[Goal.CHANGE] + sum(float(weights[first]) for first in begins.values())
        goals = problem.rules.goals
        if goals.index(Goal.NEED) > goals.index(Goal.CHANGE) and not problem.rules.is_hard(RuleId.NEED):
            return least
        others = self.to_restore - self.never_restored - self._people_by_need(self.free_people)
        weighed = np.maximum(0, others) * weights
        at_once = float(weighed.sum(axis=0).max(initial=0.0))
        if problem.rules.most_postings_per_person == 1 and problem.rules.is_hard(RuleId.MOST_POSTINGS):
            return least + max(at_once, float(weighed.max(axis=1, initial=0.0).sum()))
        return least + at_once

    def _weights(self) -> Floats:
        """Return what a change counts that begins in each period."""
        given = self.problem.rules.notice_weights
        return np.array([given[min(period, len(given) - 1)] for period in range(self.problem.horizon.periods)])

    def values_when_published(self) -> dict[Goal, float]:
        """Return each goal as the published plan had it, as far as who is gone by now is still known."""
        people = dict(self.problem.person_of)
        for line in self.lost:
            if line.person in people:
                people[line.person] = _as_then(people[line.person])
        then = replace(self.problem, people=tuple(people.values()))
        known = (line for line in self.published if line.person in people and line.need in then.need_of)
        return dict(check(then, [line for line in known if bar_of_line(then, line) is None]).values)


def _as_then(person: Person) -> Person:
    """Return a person who may go wherever and whenever title and hospital allow."""
    anywhere = replace(person, highest_altitude_m=None, hardest_level=None, refuses=frozenset())
    return replace(anywhere, available=None, longest_periods=None)
