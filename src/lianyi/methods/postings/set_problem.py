"""A posting model for a search by sets of donors: all of it, or some recipients with some of their pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.linear_models import SolveWish
from lianyi.methods.postings.decomposition import Decomposition
from lianyi.methods.postings.donor_sets import TightModel
from lianyi.methods.postings.model import PostingModel
from lianyi.methods.postings.nearness import nearness
from lianyi.methods.postings.owners import NOBODY, Owners, owners_of
from lianyi.methods.postings.recipient_sets import RecipientSets
from lianyi.methods.postings.staged_plans import sum_of_goals
from lianyi.methods.program_parts import Divisible
from lianyi.methods.solver_process import SolverProcess


@dataclass(frozen=True, slots=True, eq=False)
class SetProblem:
    """The parts of the recipients, their sets, and what each column is.

    ``pairs`` is the pair that a column belongs to or -1, ``is_partner`` marks the column of a pair itself, ``donors``
    is the donor of each pair. ``near`` is for each two recipients which share of their donors may help both.
    """

    parts: Decomposition
    sets: RecipientSets
    pairs: Positions
    is_partner: Flags
    donors: Positions
    near: Floats

    @classmethod
    def of(cls, model: PostingModel, sets: RecipientSets) -> SetProblem:
        """Make it of a whole model; the objective is the weighted sum of all goals."""
        plain = TightModel(model.program.with_objective(sum_of_goals(model)), (), np.empty(0, np.int64))
        divisible = Divisible(plain.program)
        parts = Decomposition(divisible, owners_of(model, plain, divisible.by_row), sets.starts.size - 1)
        pairs = np.full(model.program.columns, -1)
        pairs[model.choices] = model.columns.pair
        pairs[model.partners] = np.arange(model.partners.size)
        is_partner = np.zeros(model.program.columns, np.bool_)
        is_partner[model.partners] = True
        number_of = {each.id: number for number, each in enumerate(model.problem.donors)}
        donors = np.array([number_of[pair.donor] for pair in model.problem.pairs], np.int64)
        return cls(parts, sets, pairs, is_partner, donors, nearness(model.problem))

    def with_rest(self, values: Floats, planned: Flags, solver: SolverProcess, wish: SolveWish) -> Floats | None:
        """Give their values to columns that were not planned: what is missing where nobody at all could come.

        None is returned where they can have none.
        """
        rest = np.flatnonzero(~planned & (self.pairs == NOBODY))
        if not rest.size:
            return values
        part = self.parts.divisible.part(rest, values)
        found = solver.solve(part.program, wish)
        return part.completed(found.values) if found.has_values else None


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """Some recipients with some of their pairs as a problem of its own, and its columns and rows in the whole."""

    problem: SetProblem
    columns: Positions
    rows: Positions


def columns_within(whole: SetProblem, recipients: Positions, allowed: Flags) -> Positions:
    """Return the columns of recipients that belong to no pair or to one that is allowed, with common ones."""
    columns = whole.parts.columns_of(recipients.tolist())
    pairs = whole.pairs[columns]
    return whole.parts.with_common(columns[(pairs < 0) | allowed[np.maximum(pairs, 0)]])


def slice_of(whole: SetProblem, recipients: Positions, allowed: Flags) -> Slice:
    """Cut out recipients, with the pairs that are allowed; everything else is as if nobody were posted there."""
    columns = columns_within(whole, recipients, allowed)
    part = whole.parts.divisible.part(columns, np.zeros(whole.parts.program.columns))
    number = np.full(whole.parts.recipients + 1, NOBODY)
    number[recipients] = np.arange(recipients.size)
    known = whole.parts.owners
    owners = Owners(number[known.columns[columns]], number[known.rows[part.rows]])
    problem = SetProblem(
        Decomposition(Divisible(part.program), owners, recipients.size),
        _sets_within(whole.sets, recipients, allowed),
        whole.pairs[columns],
        whole.is_partner[columns],
        whole.donors,
        whole.near[np.ix_(recipients, recipients)],
    )
    return Slice(problem, columns, part.rows)


def _sets_within(sets: RecipientSets, recipients: Positions, allowed: Flags) -> RecipientSets:
    pairs: list[frozenset[int]] = []
    counts = []
    for recipient in recipients.tolist():
        own = sets.pairs[sets.starts[recipient] : sets.starts[recipient + 1]]
        kept = [each for each in own if all(allowed[pair] for pair in each)]
        pairs += kept
        counts.append(len(kept))
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    return RecipientSets(tuple(pairs), np.repeat(np.arange(len(counts)), counts), starts)
