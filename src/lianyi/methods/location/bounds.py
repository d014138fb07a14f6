"""Lower bounds for the p-median, and what they settle: sites and pairs that no better placement uses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Floats, Integers
from lianyi.methods.location.lagrangian_kernels import (
    CLOSED,
    FREE,
    OPEN,
    Prices,
    Statuses,
    keep_pairs,
    raise_bound,
    settle_sites,
)
from lianyi.methods.location.limits import Clock
from lianyi.methods.location.swap_kernels import Rows
from lianyi.methods.location.swap_search import SwapSearch

_ROUNDS_AT_ONCE = 60
_MOST_ROUNDS = 3000


class Settled(NamedTuple):
    """A p-median with what is settled: the rows that are left, the state of each site, prices, and the bound."""

    rows: Rows
    ceiling: Floats
    status: Statuses
    prices: Floats
    bound: float
    may_go_unserved: bool  # whether a point may go without a site, at the cost that is its ceiling

    @property
    def is_empty(self) -> bool:
        """Whether some point has no way left, so that no placement is better than the one known."""
        return not self.may_go_unserved and bool((np.diff(self.rows.start) == 0).any())


def new_prices(now: Floats, site_count: int, step: float) -> Prices:
    """Start from these prices with a step of this length, 1 being as far as the bound is from the target."""
    return Prices(
        now.copy(),
        now.copy(),
        np.zeros(now.size),
        np.zeros(now.size),
        np.zeros(site_count),
        np.zeros(site_count, np.bool_),
        np.zeros(site_count),
        np.array([-np.inf, step, 0.0, 0.0]),
    )


def bound_at_root(settled: Settled, search: SwapSearch, clock: Clock, step: float) -> tuple[Settled, Floats]:
    """Raise the bound of the whole problem, offering the sites that the prices favour on the way.

    Returns what is settled at the end, and how often each site was chosen of late.
    """
    prices = new_prices(settled.prices, search.site_count, step)
    for _ in range(0, _MOST_ROUNDS, _ROUNDS_AT_ONCE):
        bound = raise_bound(
            settled.rows, settled.ceiling, settled.status, search.places, prices, search.cutoff, _ROUNDS_AT_ONCE
        )
        search.offer_shares(prices.share)
        if prices.step[3] or bound >= search.cutoff or clock.is_over or search.is_near(bound):
            break
    return settle(settled._replace(bound=max(settled.bound, prices.step[0])), prices, search), prices.share


def settle(settled: Settled, prices: Prices, search: SwapSearch) -> Settled:
    """Settle the sites that the best prices decide, and drop the pairs that no better placement uses."""
    rows, status = settled.rows, settled.status.copy()
    value, last, _ = settle_sites(rows, status, search.places, prices, search.cutoff)
    bound = max(settled.bound, value)
    if settled.may_go_unserved:
        return settled._replace(status=status, prices=prices.best.copy(), bound=bound)
    kept, start = keep_pairs(rows, status, prices, value, last, search.cutoff)
    left = Rows(start, rows.site[kept], rows.cost[kept], rows.unserved)
    # Points whose dearest ways were dropped may have any price.
    ceiling = np.where(np.diff(start) == np.diff(rows.start), settled.ceiling, np.inf)
    return Settled(left, ceiling, status, prices.best.copy(), bound, may_go_unserved=False)


def settle_all(rows: Rows, status: Statuses, places: int, prices: Prices, cutoff: float) -> float:
    """Settle sites until nothing more follows, and return the bound."""
    while True:
        value, _, settled = settle_sites(rows, status, places, prices, cutoff)
        if not settled or np.count_nonzero(status == OPEN) >= places:
            return float(value)


def last_candidates(status: Statuses, places: int) -> Integers | None:
    """Return the only placement that is left, an empty one when none is, and None when there are several."""
    opened, free = np.count_nonzero(status == OPEN), np.count_nonzero(status == FREE)
    if opened > places or opened + free < places:
        return np.empty(0, np.int32)
    if opened == places:
        return np.flatnonzero(status == OPEN).astype(np.int32)
    if opened + free == places:
        return np.flatnonzero(status != CLOSED).astype(np.int32)
    return None
