"""Say for whole sets of donors what a recipient can get from them: a model that fractions obey far less easily.

Where a recipient may have few donors, a fraction of each of many gives it everybody it wants, and the bound is weak. So
each set of donors that it may have gets a share, the shares of a recipient add up to one, and the people missing in a
need are at least what each set leaves missing, in proportion to the shares. In plans of whole pairs one set has the
share 1, so that no plan is lost: the convexification of disjunctions of E. Balas, SIAM Journal on Algebraic and
Discrete Methods 6 (1985) 466-486.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Positions
from lianyi.methods.linear_models import Program
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.problem import missed_specialties
from lianyi.methods.postings.rules import RuleId
from lianyi.methods.small_sets import sets_up_to

_Supply = Mapping[tuple[int, int, int], int]


@dataclass(frozen=True, slots=True, eq=False)
class TightModel:
    """A program with a share for each set of donors behind the columns of the model.

    ``sets`` are the positions of the pairs of each set, ``recipients`` the recipient of each.
    """

    program: Program
    sets: tuple[frozenset[int], ...]
    recipients: Positions


def tightened(model: PostingModel) -> TightModel:
    """Add the shares and their rows, for recipients whose donors have a hard and small limit.

    The rows count on every hard limit of the donors; a program from which rules are taken out needs the plain model.
    """
    builder = _Rows(model)
    sets, recipients = _sets(model)
    by_recipient: dict[int, list[int]] = defaultdict(list)
    for number, recipient in enumerate(recipients):
        by_recipient[recipient].append(number)
    for numbers in by_recipient.values():
        builder.add(1.0, 1.0, {builder.first + number: 1.0 for number in numbers})
        for pair in sorted(set().union(*(sets[number] for number in numbers))):
            holding = {builder.first + number: -1.0 for number in numbers if pair in sets[number]}
            builder.add(0.0, 0.0, {int(model.partners[pair]): 1.0, **holding})
    _add_deficits(builder, sets, by_recipient)
    return TightModel(builder.program(len(sets)), tuple(sets), np.array(recipients, np.int64))


class _Rows:
    """Rows that are put below those of a model."""

    def __init__(self, model: PostingModel) -> None:
        self.model = model
        self.first = model.program.columns
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._entries: list[dict[int, float]] = []

    def add(self, lower: float, upper: float, entries: dict[int, float]) -> None:
        self._lower.append(lower)
        self._upper.append(upper)
        self._entries.append(entries)

    def program(self, shares: int) -> Program:
        plain = self.model.program
        lengths = np.array([len(entries) for entries in self._entries], np.int64)
        indices = [column for entries in self._entries for column in entries]
        values = [value for entries in self._entries for value in entries.values()]
        return replace(
            plain,
            costs=np.concatenate((plain.costs, np.zeros(shares))),
            lower=np.concatenate((plain.lower, np.zeros(shares))),
            upper=np.concatenate((plain.upper, np.ones(shares))),
            is_whole=np.concatenate((plain.is_whole, np.zeros(shares, np.bool_))),
            row_lower=np.concatenate((plain.row_lower, self._lower)),
            row_upper=np.concatenate((plain.row_upper, self._upper)),
            starts=np.concatenate((plain.starts, plain.starts[-1] + np.cumsum(lengths))),
            indices=np.concatenate((plain.indices, np.array(indices, np.int64))),
            entries=np.concatenate((plain.entries, np.array(values, np.float64))),
        )


def _sets(model: PostingModel) -> tuple[list[frozenset[int]], list[int]]:
    """Return the sets of pairs that each recipient may have, and the recipient of each."""
    problem = model.problem
    sets: list[frozenset[int]] = []
    recipients: list[int] = []
    if not problem.rules.is_hard(RuleId.RECIPIENT_DONORS):
        return sets, recipients
    for number, recipient in enumerate(problem.recipients):
        own = [position for position, pair in enumerate(problem.pairs) if pair.recipient == recipient.id]
        most = recipient.most_donors
        made = None if most is None or most >= len(own) else sets_up_to(own, most)
        if made is None:
            continue
        sets += made
        recipients += [number] * len(made)
    return sets, recipients


def _add_deficits(builder: _Rows, sets: list[frozenset[int]], by_recipient: Mapping[int, list[int]]) -> None:
    model, problem = builder.model, builder.model.problem
    supply = _supply(model)
    number_of = {recipient.id: number for number, recipient in enumerate(problem.recipients)}
    for number, need in enumerate(problem.needs):
        heads = need.planned_heads(problem.horizon.periods)
        for period, wanted in enumerate(heads):
            row: dict[int, float] = {}
            for each in by_recipient.get(number_of[need.recipient], ()):
                there = sum(supply.get((number, pair, period), 0) for pair in sets[each])
                if there < wanted:
                    row[builder.first + each] = -float(wanted - there)
            if row:
                builder.add(0.0, np.inf, {int(model.unmet[number, period]): 1.0, **row})


def _supply(model: PostingModel) -> _Supply:
    """Return the most people that each pair can have count in each need and period."""
    columns = model.columns
    people: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    for need, pair, person, first, last in zip(
        *(each.tolist() for each in (columns.need, columns.pair, columns.person, columns.covers, columns.last)),
        strict=True,
    ):
        for period in range(first, last + 1):
            people[need, pair, period].add(person)
    ever: dict[tuple[int, int], set[int]] = defaultdict(set)
    for (need, pair, _period), able in people.items():
        ever[need, pair] |= able
    most = {(need, pair): _most_lent(model, need, pair, able) for (need, pair), able in ever.items()}
    return {
        (need, pair, period): int(min(len(able), most[need, pair])) for (need, pair, period), able in people.items()
    }


def _most_lent(model: PostingModel, need: int, pair: int, able: set[int]) -> float:
    """Return how many of those who could serve a need their hospital can miss at a time by its hard limits."""
    problem = model.problem
    donor = problem.donor_of[problem.pairs[pair].donor]
    limits: list[float] = []
    if donor.most_away is not None and problem.rules.is_hard(RuleId.DONOR_TOTAL):
        limits.append(donor.most_away)
    if donor.most_away_by_specialty and problem.rules.is_hard(RuleId.DONOR_SPECIALTY):
        # A limit binds them together only where each of them counts in it.
        missed = [set(missed_specialties(problem.people[each], problem.needs[need])) for each in able]
        common = set.intersection(*missed)
        limits += [most for specialty, most in donor.most_away_by_specialty.items() if specialty in common]
    return min(limits, default=np.inf)
