"""From a first placement to a proof: bounds, further placements, branches, and the solver for what is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Floats, Integers
from lianyi.methods.location.bounds import Settled, bound_at_root
from lianyi.methods.location.branching import Branches
from lianyi.methods.location.limits import Clock
from lianyi.methods.location.placements import StopReason
from lianyi.methods.location.swap_search import SwapSearch

_DRAWINGS = 12
_SHAKES = 40
_FULL_STEP = 1.0
_SHORT_STEP = 0.5
_FIRST_BRANCHES = 300
_ALL_BRANCHES = 2**62
_SHARE_FOR_SOLVER = 0.5


class Remaining(NamedTuple):
    """What solving the rest told: sites when it found some, and a bound of every placement in it."""

    sites: Integers
    bound: float


SolveRest = Callable[[Settled, float], Remaining | None]
"""Solves what is settled so far within so many seconds, or tells by None that it is too much."""


def prove(search: SwapSearch, problem: Settled, clock: Clock, solve_rest: SolveRest) -> tuple[float, StopReason]:
    """Search until the best placement is proved to be best, or as far as the limits let, and return the bound."""
    rng = np.random.default_rng(search.limits.seed)
    settled, shares = bound_at_root(problem._replace(prices=search.first_prices()), search, clock, _FULL_STEP)
    if not _is_finished(settled.bound, search, clock):
        _diversify(search, shares, rng, clock)
        settled = _settled_again(problem, settled, search, clock)
    if settled.is_empty:
        return _verdict(search.total, search, clock)
    if _is_finished(settled.bound, search, clock):
        return _verdict(settled.bound, search, clock)
    return _branch(problem, settled, search, clock, solve_rest)


def _diversify(search: SwapSearch, shares: Floats, rng: np.random.Generator, clock: Clock) -> None:
    for _ in range(_DRAWINGS):
        if clock.is_over:
            return
        search.offer_shares(shares, rng)
    search.shake(_SHAKES, rng)


def _settled_again(problem: Settled, settled: Settled, search: SwapSearch, clock: Clock) -> Settled:
    """Raise the bound once more from the best prices, on the whole problem, with the best placement known by now."""
    start = problem._replace(prices=settled.prices, bound=settled.bound)
    return bound_at_root(start, search, clock, _SHORT_STEP)[0]


def _branch(
    problem: Settled, settled: Settled, search: SwapSearch, clock: Clock, solve_rest: SolveRest
) -> tuple[float, StopReason]:
    branches = Branches(settled, search)
    branches.explore(clock, _FIRST_BRANCHES)
    bound = branches.bound
    if not branches.is_done and not _is_finished(bound, search, clock):
        bound = max(bound, _bound_of_rest(_settled_again(problem, settled, search, clock), search, clock, solve_rest))
        if not _is_finished(bound, search, clock):
            branches.explore(clock, _ALL_BRANCHES)
            bound = max(bound, branches.bound)
    if branches.is_done:
        bound = search.total
    return _verdict(bound, search, clock)


def _bound_of_rest(settled: Settled, search: SwapSearch, clock: Clock, solve_rest: SolveRest) -> float:
    if settled.is_empty:
        return search.total
    found = solve_rest(settled, clock.seconds_left() * _SHARE_FOR_SOLVER)
    if found is None:
        return settled.bound
    if found.sites.size:
        search.offer(found.sites)
    return max(settled.bound, min(found.bound, search.total))


def _is_finished(bound: float, search: SwapSearch, clock: Clock) -> bool:
    return bound >= search.cutoff or search.is_near(bound) or clock.is_over


def _verdict(bound: float, search: SwapSearch, clock: Clock) -> tuple[float, StopReason]:
    if bound >= search.cutoff:
        return search.total, StopReason.OPTIMAL
    if search.is_near(bound):
        return search.rounded(bound), StopReason.GAP
    return search.rounded(bound), StopReason.TIME_LIMIT if clock.is_over else StopReason.SEARCH_LIMIT
