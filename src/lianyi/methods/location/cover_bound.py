"""How few sites could cover all points at least, and sites that come near to it.

Each point pays a price for being covered; a site costs 1 and takes the prices of the points it covers. The sum of the
prices, less what sites take above 1, is at most the number of sites of any cover. The prices are moved as
long as it rises: J. E. Beasley, "A Lagrangian heuristic for set-covering problems", Naval Research Logistics 37 (1990)
151-164.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.location.limits import Clock, SearchLimits, silent
from lianyi.methods.location.placements import open_flags
from lianyi.methods.location.site_costs import SiteCosts

_MOST_ROUNDS = 2000
_ROUNDS_WITHOUT_RISE = 10
_ROUNDS_BETWEEN_COVERS = 40
_LEAST_STEP = 0.002
_SHORTER = 0.85
_NEW_SHARE = 0.15
_TARGET = 1.05
_WORTH_WAITING = 1e-4
_LEAST_WORTH = 1e-9
_ALMOST_WHOLE = 1e-6


class PricedCover(NamedTuple):
    """The best cover that was found, and how few sites could cover all points at least."""

    sites: Positions
    fewest: int


def cover_by_prices(costs: SiteCosts, kept: Integers, first: Positions, seconds: float) -> PricedCover:
    """Improve a cover and bound it from below. Every point must have a pair; the bound counts the sites kept."""
    clock = Clock(SearchLimits(seconds=max(seconds, 1e-3)), silent)
    search = _Prices(costs, kept, first)
    for number in range(_MOST_ROUNDS):
        search.one_round()
        if number % _ROUNDS_BETWEEN_COVERS == 0:
            search.try_cover()
        if search.is_proved or search.step < _LEAST_STEP or clock.is_over:
            break
    return PricedCover(search.sites, min(search.fewest, search.sites.size))


class _Prices:
    """Prices of the points that the sites kept leave, and the best cover so far."""

    def __init__(self, costs: SiteCosts, kept: Integers, first: Positions) -> None:
        self._costs, self._kept = costs, kept
        self.sites = first
        rows = costs.rows_of_pairs()
        is_kept = open_flags(kept, costs.site_count)
        self._is_settled: Flags = np.zeros(costs.demand_count, np.bool_)
        self._is_settled[rows[is_kept[costs.site]]] = True
        asked = ~self._is_settled[rows]
        self._rows, self._site = rows[asked], costs.site[asked]
        sizes = np.bincount(self._site, minlength=costs.site_count)
        self._prices: Floats = np.zeros(costs.demand_count)
        self._prices[~self._is_settled] = np.inf
        np.minimum.at(self._prices, self._rows, 1.0 / sizes[self._site])
        self._way: Floats = np.zeros(costs.demand_count)
        self.bound = 0.0
        self.step = 1.0
        self._idle = 0

    @property
    def fewest(self) -> int:
        return int(max(self._kept.size, 1, np.ceil(self.bound - _ALMOST_WHOLE) + self._kept.size))

    @property
    def is_proved(self) -> bool:
        return self.fewest >= self.sites.size

    def one_round(self) -> None:
        """Find what the prices are worth and move them towards covering each point just once."""
        taken = np.bincount(self._site, self._prices[self._rows], minlength=self._costs.site_count)
        is_chosen = taken > 1.0
        value = float(self._prices.sum() + (1.0 - taken[is_chosen]).sum())
        self._note(value)
        lack = 1.0 - np.bincount(self._rows, is_chosen[self._site], minlength=self._prices.size)
        # The way of the rounds before counts too, or the prices would swing from side to side.
        self._way = _NEW_SHARE * lack + (1.0 - _NEW_SHARE) * self._way
        # A price of 0 cannot fall further.
        way = np.where(((self._prices > 0.0) | (self._way > 0.0)) & ~self._is_settled, self._way, 0.0)
        length = float((way * way).sum())
        if length == 0.0:
            self.step = 0.0
            return
        most = self.sites.size - self._kept.size
        target = min(most, _TARGET * self.bound + 1.0)
        self._prices = np.maximum(self._prices + self.step * (target - value) / length * way, 0.0)

    def _note(self, value: float) -> None:
        self._idle = 0 if value > self.bound + _WORTH_WAITING * self.sites.size else self._idle + 1
        self.bound = max(self.bound, value)
        if self._idle >= _ROUNDS_WITHOUT_RISE:
            self.step, self._idle = self.step * _SHORTER, 0

    def try_cover(self) -> None:
        """Cover the points anew, each worth its price, and keep the cover when it is smaller."""
        found = cover_greedily(self._costs, self._kept, self._prices + _LEAST_WORTH)
        if found.size < self.sites.size:
            self.sites = found


def cover_greedily(costs: SiteCosts, kept: Integers, worth: Floats | None = None) -> Positions:
    """Open the site that covers most not covered yet, until all is, and take out what is not needed.

    Each point counts as 1, or as what it is worth; points that few sites can cover should be worth more.
    """
    by_site = np.argsort(costs.site, kind="stable")
    ends = np.concatenate(([0], np.cumsum(np.bincount(costs.site, minlength=costs.site_count))))
    rows = costs.rows_of_pairs()[by_site]
    each = np.ones(costs.demand_count) if worth is None else worth
    times = np.zeros(costs.demand_count, np.int64)
    new = np.bincount(costs.site, each[costs.rows_of_pairs()], minlength=costs.site_count)
    opened: list[int] = []

    def take(site: int) -> None:
        opened.append(site)
        new[site] = -np.inf
        points = rows[ends[site] : ends[site + 1]]
        for point in points[times[points] == 0].tolist():
            new[costs.site[costs.start[point] : costs.start[point + 1]]] -= each[point]
        times[points] += 1

    for site in kept.tolist():
        take(site)
    while not times.all():
        take(int(np.argmax(new)))
    is_kept = open_flags(kept, costs.site_count)
    left = []
    for site in opened:
        points = rows[ends[site] : ends[site + 1]]
        if not is_kept[site] and (times[points] > 1).all():
            times[points] -= 1
        else:
            left.append(site)
    return np.sort(np.array(left, np.int64))
