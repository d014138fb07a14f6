"""Which recipient each column and each row of a posting model belongs to; what is left ties the recipients together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from lianyi.methods.arrays import Positions
from lianyi.methods.postings.donor_sets import TightModel
from lianyi.methods.postings.model import PostingModel

NOBODY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Owners:
    """The recipient of each column and row; `NOBODY` for those that several recipients share.

    A row of nobody is a limit of a donor or of a person, or it is about a couple.
    """

    columns: Positions
    rows: Positions


def owners_of(model: PostingModel, tight: TightModel, entries: sparse.csr_matrix) -> Owners:
    """Find them for a tight model whose entries are given by rows."""
    number_of = {each.id: number for number, each in enumerate(model.problem.recipients)}
    known = np.full(tight.program.columns, NOBODY)
    known[model.choices] = model.columns.recipient
    known[model.partners] = [number_of[pair.recipient] for pair in model.problem.pairs]
    known[model.program.columns :] = tight.recipients
    by_column = entries.tocsc()
    # What is missing or too much belongs to whomever the rows that count it speak of.
    first, last = _spread(entries, *_ends(known[entries.indices]))
    first, last = _spread(by_column, first[by_column.indices], last[by_column.indices])
    columns = np.where(known == NOBODY, np.where(first == last, first, NOBODY), known)
    ends = columns[entries.indices]
    first, last = _spread(entries, ends, ends)
    return Owners(columns, np.where(first == last, first, NOBODY))


def _ends(known: Positions) -> tuple[Positions, Positions]:
    """Return each as the lowest and the highest of itself; who is not known changes neither."""
    return np.where(known == NOBODY, np.iinfo(np.int64).max, known), known


def _spread(entries: sparse.csr_matrix, first: Positions, last: Positions) -> tuple[Positions, Positions]:
    """Return the lowest and the highest in each row (or column, where entries stand by columns)."""
    lines = np.repeat(np.arange(entries.indptr.size - 1), np.diff(entries.indptr))
    lowest = np.full(entries.indptr.size - 1, np.iinfo(np.int64).max)
    highest = np.full(entries.indptr.size - 1, NOBODY)
    np.minimum.at(lowest, lines, first)
    np.maximum.at(highest, lines, last)
    return lowest, highest
