"""Stable pairs: no two who would both rather be together, by looking at every two of them."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.pairing.instances import preferences
from tests.methods.pairing.story import need, problem

from lianyi.methods.errors import PreferenceError
from lianyi.methods.pairing.problem import Donor, Pair, PairStatus, Published, Recipient
from lianyi.methods.pairing.stable import (
    Preferences,
    blocking_keys,
    blocking_pairs,
    deferred_acceptance,
    with_stable_pairs,
)


@st.composite
def wishes(draw, most=4):
    """Up to four on each side, incomplete lists, ties, capacities from 0 to 2."""
    proposers, receivers = draw(st.integers(1, most)), draw(st.integers(1, most))
    both = [(one, other) for one in range(proposers) for other in range(receivers)]
    named = draw(st.lists(st.sampled_from(both), unique=True))
    ranks = st.lists(st.integers(1, 3), min_size=len(named), max_size=len(named))
    capacities = st.sampled_from((0, 1, 1, 1, 2))
    return Preferences(
        np.array([one for one, _other in named], np.int64),
        np.array([other for _one, other in named], np.int64),
        np.array(draw(ranks), np.float64),
        np.array(draw(ranks), np.float64),
        np.array([draw(capacities) for _ in range(proposers)], np.int64),
        np.array([draw(capacities) for _ in range(receivers)], np.int64),
    )


def would_leave(side, ranks, capacities, entry, matched):
    own = [each for each in matched if side[each] == side[entry]]
    if len(own) < capacities[side[entry]]:
        return True
    return any(ranks[entry] < ranks[each] for each in own)


def blocks(held, matched):
    """The entries that block, found as the definition says."""
    return [
        entry
        for entry in range(held.proposer.size)
        if entry not in matched
        and would_leave(held.proposer, held.proposer_rank, held.proposer_capacity, entry, matched)
        and would_leave(held.receiver, held.receiver_rank, held.receiver_capacity, entry, matched)
    ]


def fits(held, matched):
    sides = ((held.proposer, held.proposer_capacity), (held.receiver, held.receiver_capacity))
    return all((np.bincount(side[matched], minlength=most.size) <= most).all() for side, most in sides)


@given(held=wishes(), seed=st.integers(0, 9))
def test_nobody_is_above_capacity_and_no_two_would_rather_be_together(held, seed):
    matched = deferred_acceptance(held, seed)
    assert fits(held, matched)
    assert blocks(held, matched.tolist()) == []


@given(held=wishes(most=3))
def test_the_report_finds_the_blocking_pairs_of_any_matching(held):
    entries = range(held.proposer.size)
    for size in range(min(3, held.proposer.size) + 1):
        for some in combinations(entries, size):
            if fits(held, np.array(some, np.int64)):
                assert blocking_pairs(held, np.array(some, np.int64)).tolist() == blocks(held, list(some))


@given(held=wishes(most=3))
def test_no_stable_matching_serves_a_proposer_better_where_there_are_no_ties(held):
    strict = Preferences(
        held.proposer,
        held.receiver,
        held.proposer_rank + np.arange(held.proposer.size) / 100,
        held.receiver_rank + np.arange(held.proposer.size) / 100,
        np.minimum(held.proposer_capacity, 1),
        held.receiver_capacity,
    )
    found = deferred_acceptance(strict).tolist()
    best = {int(strict.proposer[entry]): strict.proposer_rank[entry] for entry in found}
    for size in range(min(4, strict.proposer.size) + 1):
        for some in combinations(range(strict.proposer.size), size):
            if fits(strict, np.array(some, np.int64)) and not blocks(strict, list(some)):
                assert {int(strict.proposer[entry]) for entry in some} == set(best)
                assert all(strict.proposer_rank[entry] >= best[int(strict.proposer[entry])] for entry in some)


def test_hundreds_of_places_are_filled_without_a_blocking_pair():
    held = preferences(1000, 100, 10, seed=3)
    matched = deferred_acceptance(held, seed=1)
    assert blocking_pairs(held, matched).size == 0
    assert matched.size == 800


_MATCH = """
from tests.methods.pairing.instances import preferences
from lianyi.methods.pairing.stable import deferred_acceptance
print(deferred_acceptance(preferences(60, 6, 4, seed=5), seed=2).tolist())
"""


def test_two_processes_with_other_hash_seeds_match_the_same_and_another_seed_breaks_ties_otherwise():
    told = {
        subprocess.run(
            [sys.executable, "-c", _MATCH],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
    held = preferences(60, 6, 4, seed=5)
    assert len({tuple(deferred_acceptance(held, seed).tolist()) for seed in range(5)}) > 1


def ranked(held, ranks):
    pairs = tuple(Pair(*key, donor_rank=first, recipient_rank=second) for key, (first, second) in ranks.items())
    return problem(held.needs, pairs=pairs, donors=held.donors, recipients=held.recipients, published=held.published)


WISHES = {
    ("Sanjia", "Ceheng"): (1, 2),
    ("Sanjia", "Wangmo"): (2, 1),
    ("Renji", "Ceheng"): (1, 1),
    ("Renji", "Wangmo"): (2, 2),
}
ONE_EACH = {"donors": (Donor("Sanjia", None, 1), Donor("Renji", None, 1))}
ONE_DONOR = {"recipients": (Recipient("Ceheng", 1), Recipient("Wangmo", 1))}


def test_stable_pairs_are_fixed_and_all_others_forbidden(planned):
    held = ranked(problem([need("N1"), need("N2", recipient="Wangmo")], **ONE_EACH, **ONE_DONOR), WISHES)
    stable = with_stable_pairs(held)
    fixed = {pair.key for pair in stable.pairs if pair.status is PairStatus.FIXED}
    assert fixed == {("Renji", "Ceheng"), ("Sanjia", "Wangmo")}
    plan = planned(stable)
    assert plan.pairing.people == {("Renji", "N1"): 1, ("Sanjia", "N2"): 1}
    assert blocking_keys(held, plan.pairing.pairs) == ()
    assert blocking_keys(held, frozenset({("Sanjia", "Ceheng"), ("Renji", "Wangmo")})) == (("Renji", "Ceheng"),)


def test_held_pairs_come_first_and_are_no_ground_for_an_appeal():
    locked = frozenset({("Sanjia", "Ceheng")})
    published = Published(locked, {}, locked)
    held = ranked(problem([], **ONE_EACH, **ONE_DONOR, published=published), WISHES)
    fixed = {pair.key for pair in with_stable_pairs(held).pairs if pair.status is PairStatus.FIXED}
    assert fixed == {("Sanjia", "Ceheng"), ("Renji", "Wangmo")}
    assert blocking_keys(held, frozenset(fixed)) == ()


def test_somebody_who_named_nobody_is_left_for_anybody_named():
    held = ranked(problem([], **ONE_EACH, **ONE_DONOR), {**WISHES, ("Sanjia", "Ceheng"): (None, None)})
    plan = frozenset({("Sanjia", "Ceheng"), ("Renji", "Wangmo")})
    assert blocking_keys(held, plan) == (("Renji", "Ceheng"), ("Sanjia", "Wangmo"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"receiver": np.array([0])}, "differ in length"),
        ({"receiver": np.array([0, 5])}, "without a capacity"),
        ({"receiver": np.array([0, 0])}, "two entries for the same two"),
    ],
)
def test_preferences_that_cannot_be_used_are_told(given, told):
    one = np.array([1.0, 2.0])
    entries = {"proposer": np.array([0, 0]), "receiver": np.array([0, 1]), "proposer_rank": one, "receiver_rank": one}
    with pytest.raises(PreferenceError, match=told):
        Preferences(**{**entries, **given}, proposer_capacity=np.array([1]), receiver_capacity=np.array([1, 1]))
