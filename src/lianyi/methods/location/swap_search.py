"""The best p-median placement found so far, and the ways to find a better one."""

from __future__ import annotations

import math

import numpy as np

from lianyi.methods.arrays import Floats, Integers
from lianyi.methods.location.limits import Clock, SearchLimits
from lianyi.methods.location.swap_kernels import Placing, Rows, descend, open_sites, place_greedily, shake

_SWAPS_AT_ONCE = 50
_MOST_SHAKEN = 12
_LARGEST_EXACT = 1e9
_PROVED_SHARE = 1e-9
_WHOLE_TOLERANCE = 1e-6
_CERTAIN_SHARE = 0.98
_LEAST_SHARE = 1e-9


class SwapSearch:
    """Keeps the cheapest placement seen; every set of sites offered is improved by swaps first.

    With an offset, the objective that people see is the offset less the total: those covered, where the total counts
    those left out.
    """

    def __init__(
        self,
        rows: Rows,
        kept: Integers,
        places: int,
        site_count: int,
        clock: Clock,
        limits: SearchLimits,
        offset: float = 0.0,
    ) -> None:
        self.rows = rows
        self.limits = limits
        self._offset = offset
        self.places = places
        self.site_count = site_count
        self.total = np.inf
        self.sites = np.empty(0, np.int32)
        self._kept = kept
        self._clock = clock
        self._has_whole_costs = all(bool((part == np.round(part)).all()) for part in (rows.cost, rows.unserved))
        self._placing = Placing(
            np.full(site_count, -1, np.int32),
            np.full(places, -1, np.int32),
            np.zeros((rows.unserved.size, 4)),
            np.zeros(places),
            np.zeros(site_count),
            np.zeros((site_count, places)),
        )

    @property
    def cutoff(self) -> float:
        """What a better placement must stay below: where all costs are whole numbers, the total less almost 1."""
        if self._has_whole_totals:
            return self.total - 1.0 + _WHOLE_TOLERANCE
        return self.total - _PROVED_SHARE * abs(self.total)

    @property
    def _has_whole_totals(self) -> bool:
        return self._has_whole_costs and self.total < _LARGEST_EXACT

    def rounded(self, bound: float) -> float:
        """Return the bound, raised to the next whole number where every total is one."""
        raised = math.ceil(bound - _WHOLE_TOLERANCE) if self._has_whole_totals else bound
        return min(float(raised), self.total)

    def is_near(self, bound: float) -> bool:
        """Whether the gap that was asked for is reached: a share of the objective that people see."""
        return self.total - bound <= self.limits.gap * abs(self._offset - self.total)

    def begin(self) -> None:
        """Start from the sites that save most, one after the other, and improve them by swaps."""
        placing = self._placing
        placing.site_of_slot[: self._kept.size] = self._kept
        placing.slot_of_site[self._kept] = np.arange(self._kept.size)
        place_greedily(self.rows, placing, self._kept.size)
        self.offer(placing.site_of_slot.copy())

    def first_prices(self) -> Floats:
        """Return for each point the mean cost of its two cheapest sites of the best placement."""
        open_sites(self.rows, self._placing, self.sites)
        near = self._placing.near
        return np.where(near[:, 2] >= 0, (near[:, 1] + near[:, 3]) / 2, near[:, 1])

    def offer(self, sites: Integers) -> bool:
        """Improve these sites by swaps and return whether that gave a placement cheaper than any before."""
        ordered = np.concatenate((self._kept, sites[~np.isin(sites, self._kept)])).astype(np.int32)
        return self._descend(open_sites(self.rows, self._placing, ordered))

    def offer_shares(self, shares: Floats, rng: np.random.Generator | None = None) -> bool:
        """Offer the sites with the largest shares; with a generator, sites drawn with these chances."""
        if rng is None:
            ranks = shares
        else:
            # Weighted drawing without replacement: P. S. Efraimidis and P. G. Spirakis, Information Processing
            # Letters 97 (2006) 181-185, with logarithms.
            ranks = np.log(rng.random(shares.size)) / np.maximum(shares, _LEAST_SHARE)
            ranks[shares > _CERTAIN_SHARE] = 1.0
        ranks = ranks.copy()
        ranks[self._kept] = np.inf
        return self.offer(np.argsort(-ranks, kind="stable")[: self.places].astype(np.int32))

    def shake(self, rounds: int, rng: np.random.Generator) -> bool:
        """Make random swaps at the best placement, few at first and more when that does not help, and descend.

        P. Hansen and N. Mladenović, "Variable neighborhood search for the p-median", Location Science 5 (1997) 207-226.
        """
        has_improved, swaps = False, 1
        free = self.places - self._kept.size
        if not free or self.places == self.site_count:
            return False
        for _ in range(rounds):
            if self._clock.is_over:
                break
            total = open_sites(self.rows, self._placing, self.sites)
            seed = int(rng.integers(2**31))
            total += shake(self.rows, self._placing, self._kept.size, swaps, seed)
            if self._descend(total):
                has_improved, swaps = True, 1
            else:
                swaps = swaps % min(_MOST_SHAKEN, max(2, free // 2)) + 1
        return has_improved

    def _descend(self, total: float) -> bool:
        while True:
            before = total
            total = descend(self.rows, self._placing, self._kept.size, total, _SWAPS_AT_ONCE)
            if total >= before or self._clock.is_over:
                break
        total = float(self._placing.near[:, 1].sum())  # free of the rounding that swaps leave
        if total >= self.total:
            return False
        self.total = total
        self.sites = self._placing.site_of_slot.copy()
        return True
