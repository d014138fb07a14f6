"""Proof by branches: a site is open in one, closed in the other, and branches that cannot be better are cut."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lianyi.methods.location.bounds import Settled, last_candidates, new_prices, settle_all
from lianyi.methods.location.lagrangian_kernels import CLOSED, FREE, OPEN, Statuses, raise_bound
from lianyi.methods.location.limits import Clock
from lianyi.methods.location.swap_search import SwapSearch

_ROUNDS_AT_A_BRANCH = 150
_STEP_AT_A_BRANCH = 0.5
_OFFER_EVERY = 10
_MOST_BYTES = 500_000_000


@dataclass(order=True, slots=True)
class _Branch:
    """Sites settled so far, the prices to start from (at half the memory), and a bound of all within."""

    bound: float
    number: int
    status: Statuses = field(compare=False)
    prices: npt.NDArray[np.float32] = field(compare=False)


class Branches:
    """All branches that are still open, the one with the lowest bound first."""

    def __init__(self, settled: Settled, search: SwapSearch) -> None:
        self._settled = settled
        self._search = search
        self._count = 0
        self._looked_at = 0
        self._heap: list[_Branch] = []
        self._add(settled.bound, settled.status, settled.prices.astype(np.float32))

    @property
    def bound(self) -> float:
        """Return a bound of every placement: the lowest of an open branch."""
        lowest = self._heap[0].bound if self._heap else np.inf
        return min(lowest, self._search.total)

    @property
    def is_done(self) -> bool:
        return not self._heap or self._heap[0].bound >= self._search.cutoff

    @property
    def is_full(self) -> bool:
        """Whether the open branches take as much memory as they may."""
        return len(self._heap) * (4 * self._settled.prices.size + self._search.site_count) > _MOST_BYTES

    def explore(self, clock: Clock, most: int) -> None:
        """Look at so many branches at most, until all are cut, the gap is reached or the time is over."""
        for _ in range(most):
            if self.is_done or self.is_full or clock.is_over:
                return
            if self._search.is_near(self.bound):
                return
            self._look_at(heapq.heappop(self._heap))

    def _look_at(self, branch: _Branch) -> None:
        search, rows = self._search, self._settled.rows
        self._looked_at += 1
        prices = new_prices(branch.prices.astype(np.float64), search.site_count, _STEP_AT_A_BRANCH)
        raise_bound(
            rows,
            self._settled.ceiling,
            branch.status,
            search.places,
            prices,
            search.cutoff,
            _ROUNDS_AT_A_BRANCH,
        )
        if self._looked_at % _OFFER_EVERY == 1:
            search.offer_shares(prices.share)
        if prices.step[0] >= search.cutoff:
            return
        bound = max(branch.bound, settle_all(rows, branch.status, search.places, prices, search.cutoff))
        sites = last_candidates(branch.status, search.places)
        if sites is not None:
            if sites.size:
                search.offer(sites)
            return
        if bound < search.cutoff:
            self._split(bound, branch.status, prices.best.astype(np.float32), prices.share)

    def _split(
        self, bound: float, status: Statuses, prices: npt.NDArray[np.float32], shares: npt.NDArray[np.float64]
    ) -> None:
        free = np.flatnonzero(status == FREE)
        undecided = free[np.argmin(np.abs(shares[free] - 0.5))]
        for state in (CLOSED, OPEN):
            child = status.copy()
            child[undecided] = state
            self._add(bound, child, prices)

    def _add(self, bound: float, status: Statuses, prices: npt.NDArray[np.float32]) -> None:
        self._count += 1
        # The newest of equal branches first: it is the deepest, and leads to a placement soonest.
        heapq.heappush(self._heap, _Branch(bound, -self._count, status.copy(), prices))
