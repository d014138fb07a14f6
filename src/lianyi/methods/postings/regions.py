"""Regions of a large problem: recipients that could share donors, and the donors most of whose pairs are among them.

A donor helps recipients of its own region alone, so that regions can be planned at the same time without asking one
another. Donors who are tied by a couple stay together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.postings.nearness import clusters
from lianyi.methods.postings.problem import PostingProblem

_MORE_THAN_ALL_PAIRS = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The recipients of each region, and which pairs are inside one."""

    recipients: tuple[Positions, ...]
    is_inside: Flags


def regions_of(problem: PostingProblem, near: Floats, size: int) -> Regions | None:
    """Divide the recipients into regions of this size; the last may be smaller.

    None is returned where pairs that are fixed or locked would tie two regions together.
    """
    groups = [np.sort(np.array(each, np.int64)) for each in clusters(near, size)]
    region = np.empty(len(problem.recipients), np.int64)
    for number, group in enumerate(groups):
        region[group] = number
    number_of = {each.id: number for number, each in enumerate(problem.recipients)}
    of_pair = region[np.array([number_of[pair.recipient] for pair in problem.pairs], np.int64)]
    tied = _tied(problem)
    is_bound = _bound(problem)
    weights = np.zeros((int(tied.max(initial=-1)) + 1, len(groups)))
    np.add.at(weights, (tied, of_pair), np.where(is_bound, _MORE_THAN_ALL_PAIRS, 1.0))
    is_inside = np.argmax(weights, axis=1)[tied] == of_pair if tied.size else np.empty(0, np.bool_)
    if (is_bound & ~is_inside).any():
        return None
    return Regions(tuple(groups), is_inside)


def _tied(problem: PostingProblem) -> Positions:
    """Return for each pair the number of its donor, the same for donors with a couple between them."""
    number_of = {each.id: number for number, each in enumerate(problem.donors)}
    people = problem.person_of
    ends = [
        [number_of[people[couple.first].donor], number_of[people[couple.second].donor]] for couple in problem.couples
    ]
    first, second = np.array(ends, np.int64).reshape(-1, 2).T
    shape = (len(number_of), len(number_of))
    links = sparse.coo_matrix((np.ones(first.size), (first, second)), shape=shape)
    _count, group = sparse.csgraph.connected_components(links, directed=False)
    found: Positions = group[np.array([number_of[pair.donor] for pair in problem.pairs], np.int64)].astype(np.int64)
    return found


def _bound(problem: PostingProblem) -> Flags:
    """Return which pairs are in every plan."""
    locked = {(problem.person_of[line.person].donor, problem.need_of[line.need].recipient) for line in problem.locked}
    return np.array([pair.is_fixed or pair.key in locked for pair in problem.pairs], np.bool_)
