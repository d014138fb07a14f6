"""How near recipients are to one another: by the donors that they could share."""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.postings.problem import PostingProblem


def nearness(problem: PostingProblem) -> Floats:
    """Return for each two recipients which share of their donors may help both."""
    number_of = {each.id: number for number, each in enumerate(problem.recipients)}
    donors = {each.id: number for number, each in enumerate(problem.donors)}
    may_help = np.zeros((len(number_of), len(donors)))
    for pair in problem.pairs:
        may_help[number_of[pair.recipient], donors[pair.donor]] = 1.0
    sizes = np.maximum(1.0, may_help.sum(axis=1))
    shared: Floats = may_help @ may_help.T / np.sqrt(np.outer(sizes, sizes))
    return shared
