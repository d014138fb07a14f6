"""Stable pairs under preferences: deferred acceptance with capacities, and the blocking pairs of any plan.

D. Gale and L. S. Shapley, "College admissions and the stability of marriage", American Mathematical Monthly 69 (1962)
9-15; with capacities on both sides as in A. E. Roth and M. Sotomayor, "Two-sided matching" (1990), chapters 5 and 6.
Lists may be incomplete: whoever is not named is not acceptable. Ties are broken by the seed.

Examples
--------
Both donors like Ceheng best. Ceheng takes one, and likes Renji better:

>>> from lianyi.methods.pairing.stable import Preferences, deferred_acceptance
>>> preferences = Preferences(
...     proposer=np.array([0, 0, 1, 1]),
...     receiver=np.array([0, 1, 0, 1]),
...     proposer_rank=np.array([1.0, 2.0, 1.0, 2.0]),
...     receiver_rank=np.array([2.0, 1.0, 1.0, 2.0]),
...     proposer_capacity=np.array([1, 1]),
...     receiver_capacity=np.array([1, 1]),
... )
>>> matched = deferred_acceptance(preferences)
>>> [(int(preferences.proposer[each]), int(preferences.receiver[each])) for each in matched]
[(0, 1), (1, 0)]
>>> blocking_pairs(preferences, np.array([0, 3])).tolist()
[2]
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.errors import PreferenceError
from lianyi.methods.pairing.problem import Key, PairingProblem, PairStatus


@dataclass(frozen=True, eq=False)
class Preferences:
    """Who may be matched with whom, one entry for each two that named one another.

    Parameters
    ----------
    proposer, receiver
        Their numbers, from 0.
    proposer_rank, receiver_rank
        Which choice the receiver is of the proposer, and the other way round; smaller is better, equal is indifferent.
    proposer_capacity, receiver_capacity
        How many partners each may have.

    Raises
    ------
    PreferenceError
        When the arrays differ in length, name somebody who has no capacity, or hold two entries for the same two.
    """

    proposer: Positions
    receiver: Positions
    proposer_rank: Floats
    receiver_rank: Floats
    proposer_capacity: Positions
    receiver_capacity: Positions

    def __post_init__(self) -> None:
        size = self.proposer.size
        if any(each.size != size for each in (self.receiver, self.proposer_rank, self.receiver_rank)):
            raise PreferenceError("The arrays of the preferences differ in length; give one entry for each two.")
        sides = ((self.proposer, self.proposer_capacity), (self.receiver, self.receiver_capacity))
        if size and any(side.min() < 0 or side.max() >= capacity.size for side, capacity in sides):
            raise PreferenceError("The preferences name somebody without a capacity; number both sides from 0.")
        both = self.proposer.astype(np.int64) * max(1, self.receiver_capacity.size) + self.receiver
        if np.unique(both).size != size:
            raise PreferenceError("The preferences hold two entries for the same two; give each once.")


def deferred_acceptance(preferences: Preferences, seed: int = 0) -> Positions:
    """Return the entries that are matched, sorted: stable, and best for the proposers once ties are broken.

    Each proposer with room asks the best that it has not asked; each receiver keeps the best of those who asked.
    """
    chance = np.random.default_rng(seed).permutation(preferences.proposer.size)
    order = np.lexsort((chance, preferences.proposer_rank, preferences.proposer))
    counts = np.bincount(preferences.proposer, minlength=preferences.proposer_capacity.size)
    ends = np.cumsum(counts).tolist()
    following = (np.cumsum(counts) - counts).tolist()
    # A better entry of a receiver has a smaller place; a heap of the negative places has the worst on top.
    place = np.empty(preferences.proposer.size, np.int64)
    place[np.lexsort((chance, preferences.receiver_rank))] = np.arange(place.size)
    entries, places = order.tolist(), place.tolist()
    proposer, receiver = preferences.proposer.tolist(), preferences.receiver.tolist()
    room, most = preferences.proposer_capacity.tolist(), preferences.receiver_capacity.tolist()
    held: list[list[tuple[int, int]]] = [[] for _ in most]
    waiting = deque(range(len(room)))
    while waiting:
        who = waiting.popleft()
        while room[who] > 0 and following[who] < ends[who]:
            entry = entries[following[who]]
            following[who] += 1
            kept = held[receiver[entry]]
            heapq.heappush(kept, (-places[entry], entry))
            room[who] -= 1
            if len(kept) > most[receiver[entry]]:
                refused = proposer[heapq.heappop(kept)[1]]
                room[refused] += 1
                if refused != who:
                    waiting.append(refused)
    return np.array(sorted(entry for kept in held for _place, entry in kept), np.int64)


def blocking_pairs(preferences: Preferences, matched: Positions, held: Positions | None = None) -> Positions:
    """Return the entries of two who are not matched and would both rather be: each has room, or likes a partner less.

    Parameters
    ----------
    matched
        The entries of the plan.
    held
        Those of them that neither side may leave, such as pairs that policy fixes.
    """
    is_matched = np.zeros(preferences.proposer.size, np.bool_)
    is_matched[matched] = True
    may_leave = is_matched.copy()
    if held is not None:
        may_leave[held] = False
    wants = np.ones(preferences.proposer.size, np.bool_)
    for side, rank, capacity in (
        (preferences.proposer, preferences.proposer_rank, preferences.proposer_capacity),
        (preferences.receiver, preferences.receiver_rank, preferences.receiver_capacity),
    ):
        wants &= _would_rather(side, rank, capacity, is_matched, may_leave)
    return np.flatnonzero(wants & ~is_matched)


def _would_rather(side: Positions, rank: Floats, capacity: Positions, is_matched: Flags, may_leave: Flags) -> Flags:
    partners = np.bincount(side[is_matched], minlength=capacity.size)
    worst = np.full(capacity.size, -np.inf)
    np.maximum.at(worst, side[may_leave], rank[may_leave])
    found: Flags = (partners < capacity)[side] | (rank < worst[side])
    # Who may have nobody has neither room nor partners.
    return found & (capacity > 0)[side]


def preferences_of(problem: PairingProblem) -> tuple[Preferences, tuple[Key, ...]]:
    """Return the preferences of donors (who propose) and recipients, and the pair of each entry.

    Acceptable are pairs that policy allows and in which each named the other. Without a limit of partners a donor or
    recipient takes everybody that is acceptable.
    """
    donors = {each.id: number for number, each in enumerate(problem.donors)}
    recipients = {each.id: number for number, each in enumerate(problem.recipients)}
    pairs = [pair for pair in problem.pairs if pair.is_possible and pair.is_ranked]
    most_recipients = [each.most_recipients for each in problem.donors]
    most_donors = [each.most_donors for each in problem.recipients]
    preferences = Preferences(
        proposer=np.array([donors[pair.donor] for pair in pairs], np.int64),
        receiver=np.array([recipients[pair.recipient] for pair in pairs], np.int64),
        proposer_rank=np.array([pair.donor_rank for pair in pairs], np.float64),
        receiver_rank=np.array([pair.recipient_rank for pair in pairs], np.float64),
        proposer_capacity=np.array([len(pairs) if most is None else most for most in most_recipients], np.int64),
        receiver_capacity=np.array([len(pairs) if most is None else most for most in most_donors], np.int64),
    )
    return preferences, tuple(pair.key for pair in pairs)


def held_keys(problem: PairingProblem) -> frozenset[Key]:
    """Return the pairs that neither side may leave: those that policy fixes, and locked ones."""
    locked = problem.published.locked if problem.published is not None else frozenset()
    return locked | {pair.key for pair in problem.pairs if pair.status is PairStatus.FIXED}


def blocking_keys(problem: PairingProblem, pairs: frozenset[Key]) -> tuple[Key, ...]:
    """Return the blocking pairs of a plan, sorted: grounds for an appeal of both.

    A partner that did not name the other, or was not named, is liked less than anybody named.
    """
    listed = [pair for pair in problem.pairs if pair.is_possible and (pair.is_ranked or pair.key in pairs)]
    named = replace(
        problem,
        pairs=tuple(
            pair if pair.is_ranked else replace(pair, donor_rank=float("1e300"), recipient_rank=float("1e300"))
            for pair in listed
        ),
    )
    preferences, keys = preferences_of(named)
    matched = np.array([number for number, key in enumerate(keys) if key in pairs], np.int64)
    held = held_keys(problem)
    stay = np.array([number for number, key in enumerate(keys) if key in pairs & held], np.int64)
    return tuple(sorted(keys[number] for number in blocking_pairs(preferences, matched, stay).tolist()))


def with_stable_pairs(problem: PairingProblem, seed: int = 0) -> PairingProblem:
    """Return the problem in which the stable pairs are fixed and all others forbidden.

    Pairs that policy fixes and locked pairs come first and take of the capacity of both; the others are matched by
    deferred acceptance, the donors proposing.
    """
    preferences, keys = preferences_of(problem)
    held = held_keys(problem)
    free = np.array([number for number, key in enumerate(keys) if key not in held], np.int64)
    donors = {each.id: number for number, each in enumerate(problem.donors)}
    recipients = {each.id: number for number, each in enumerate(problem.recipients)}
    taken_donor = np.bincount([donors[donor] for donor, _recipient in held], minlength=len(donors))
    taken_recipient = np.bincount([recipients[recipient] for _donor, recipient in held], minlength=len(recipients))
    left = Preferences(
        preferences.proposer[free],
        preferences.receiver[free],
        preferences.proposer_rank[free],
        preferences.receiver_rank[free],
        np.maximum(0, preferences.proposer_capacity - taken_donor),
        np.maximum(0, preferences.receiver_capacity - taken_recipient),
    )
    chosen = {keys[free[entry]] for entry in deferred_acceptance(left, seed).tolist()} | held
    pairs = tuple(
        replace(pair, status=PairStatus.FIXED if pair.key in chosen else PairStatus.FORBIDDEN) for pair in problem.pairs
    )
    return replace(problem, pairs=pairs)
