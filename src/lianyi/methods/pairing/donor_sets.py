"""Say for whole sets of donors what a recipient can get from them: a model that fractions obey far less easily.

Where a recipient may have few donors, a fraction of each of many gives it everybody it wants, and the bound is weak. So
each set of donors that it may have gets a share, the shares of a recipient add up to one, and the people missing in a
need are at least what each set leaves missing, in proportion to the shares. In plans of whole pairs one set has the
share 1, so that no plan is lost: the convexification of disjunctions of E. Balas, SIAM Journal on Algebraic and
Discrete Methods 6 (1985) 466-486.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.linear_models import Program
from lianyi.methods.pairing.model import PairingModel
from lianyi.methods.pairing.rules import RuleId
from lianyi.methods.small_sets import sets_up_to

_CHOSEN = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class TightModel:
    """The program of a model with a share for each set of donors behind its columns.

    ``sets`` are the positions of the pairs of each set, by recipient.
    """

    model: PairingModel
    program: Program
    sets: tuple[tuple[frozenset[int], ...], ...]

    def widened(self, costs: Floats) -> Floats:
        """Return costs of the model's columns for all columns; shares cost nothing."""
        return np.concatenate((costs, np.zeros(self.program.columns - costs.size)))

    def completed(self, values: Floats) -> Floats:
        """Return values of the model with the shares that belong to its pairs."""
        chosen = set(np.flatnonzero(values[self.model.helping] > _CHOSEN).tolist())
        shares = []
        for sets in self.sets:
            own = frozenset().union(*sets) & chosen
            shares += [float(each == own) for each in sets]
        return np.concatenate((values[: self.model.program.columns], shares))


def tightened(model: PairingModel) -> TightModel:
    """Add the shares and their rows, for recipients whose donors have a hard and small limit.

    The rows count on every hard limit of the donors; a program from which rules are taken out needs the plain model.
    """
    sets = _sets(model)
    rows = _Rows(model.program.columns)
    supply = _supply(model)
    needs_of: dict[str, list[int]] = defaultdict(list)
    for number, need in enumerate(model.problem.needs):
        needs_of[need.recipient].append(number)
    first = model.program.columns
    made = []
    for recipient, own in sets.items():
        columns = range(first, first + len(own))
        rows.add(1.0, 1.0, dict.fromkeys(columns, 1.0))
        for pair in sorted(frozenset().union(*own)):
            holding = {column: -1.0 for column, each in zip(columns, own, strict=True) if pair in each}
            rows.add(0.0, 0.0, {int(model.helping[pair]): 1.0, **holding})
        for wanted in needs_of[recipient]:
            _add_deficit(rows, model, wanted, own, columns, supply)
        made.append(own)
        first += len(own)
    _add_links(rows, model, supply)
    return TightModel(model, rows.below(model.program, first - model.program.columns), tuple(made))


class _Rows:
    """Rows that are put below those of a model."""

    def __init__(self, first: int) -> None:
        self.first = first
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._entries: list[Mapping[int, float]] = []

    def add(self, lower: float, upper: float, entries: Mapping[int, float]) -> None:
        self._lower.append(lower)
        self._upper.append(upper)
        self._entries.append(entries)

    def below(self, plain: Program, shares: int) -> Program:
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


def _sets(model: PairingModel) -> Mapping[str, tuple[frozenset[int], ...]]:
    """Return for each recipient with a hard and small limit the sets of pairs that it may have."""
    problem = model.problem
    pairs_of: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(problem.pairs):
        if pair.is_possible:
            pairs_of[pair.recipient].append(number)
    found = {}
    for recipient in problem.recipients:
        own, most = pairs_of[recipient.id], recipient.most_donors
        if most is None or not problem.rules.is_hard(RuleId.RECIPIENT_DONORS) or most >= len(own):
            continue
        sets = sets_up_to(own, most)
        if sets is not None:
            found[recipient.id] = sets
    return found


def _supply(model: PairingModel) -> Mapping[tuple[int, int], float]:
    """Return the most people that each pair can send to each need under the hard limits of its donor."""
    problem, arcs = model.problem, model.arcs
    upper = model.program.upper[model.sending].tolist()
    is_hard = problem.rules.is_hard
    found = {}
    for arc, (donor, need, pair) in enumerate(
        zip(arcs.donor.tolist(), arcs.need.tolist(), arcs.pair.tolist(), strict=True)
    ):
        total = problem.donors[donor].most_people if is_hard(RuleId.DONOR_TOTAL) else None
        of_specialty = problem.strength_of[problem.donors[donor].id, problem.needs[need].specialty].people
        own = of_specialty if is_hard(RuleId.DONOR_SPECIALTY) else None
        found[pair, need] = min(each for each in (upper[arc], total, own) if each is not None)
    return found


def _add_deficit(
    rows: _Rows,
    model: PairingModel,
    need: int,
    sets: Sequence[frozenset[int]],
    columns: range,
    supply: Mapping[tuple[int, int], float],
) -> None:
    wanted = model.problem.needs[need].wanted
    row = {}
    for column, pairs in zip(columns, sets, strict=True):
        there = sum(supply.get((pair, need), 0.0) for pair in pairs)
        if there < wanted:
            row[column] = there - wanted
    if row:
        rows.add(0.0, np.inf, {int(model.unmet[need]): 1.0, **row})


def _add_links(rows: _Rows, model: PairingModel, supply: Mapping[tuple[int, int], float]) -> None:
    """Let who helps send no more than it has, not only what is wanted."""
    arcs, most = model.arcs, model.program.upper[model.sending].tolist()
    for arc, (need, pair) in enumerate(zip(arcs.need.tolist(), arcs.pair.tolist(), strict=True)):
        if supply[pair, need] < most[arc]:
            sending, helping = int(model.sending[arc]), int(model.helping[pair])
            rows.add(-np.inf, 0.0, {sending: 1.0, helping: -supply[pair, need]})
