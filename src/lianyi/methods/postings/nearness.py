"""How near recipients are to one another, by the donors that they could share; clusters and groups of near ones."""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.postings.problem import PostingProblem

_SHAKEN = 0.6


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


def clusters(near: Floats, size: int) -> list[list[int]]:
    """Return recipients in clusters that share donors; the last may be smaller.

    Examples
    --------
    >>> clusters(np.array([[1.0, 0.0, 0.8], [0.0, 1.0, 0.1], [0.8, 0.1, 1.0]]), size=2)
    [[0, 2], [1]]
    """
    left = np.ones(near.shape[0], np.bool_)
    found = []
    while left.any():
        cluster = [int(np.flatnonzero(left)[0])]
        left[cluster[0]] = False
        ties = near[cluster[0]].copy()
        while len(cluster) < size and left.any():
            nearest = int(np.argmax(np.where(left, ties, -1.0)))
            cluster.append(nearest)
            left[nearest] = False
            ties += near[nearest]
        found.append(cluster)
    return found


def group_around(near: Floats, centre: int, size: int, rng: np.random.Generator) -> list[int]:
    """Return a recipient and those near it, shaken a little so that the same centre has other company next time.

    Examples
    --------
    >>> near = np.array([[1.0, 0.1, 0.8], [0.1, 1.0, 0.1], [0.8, 0.1, 1.0]])
    >>> group_around(near, 0, 2, np.random.default_rng(1))
    [0, 2]
    """
    shaken = near[centre] * (_SHAKEN + rng.random(near.shape[0]))
    order = np.argsort(-shaken, kind="stable")
    return [centre, *order[order != centre][: size - 1].tolist()]
