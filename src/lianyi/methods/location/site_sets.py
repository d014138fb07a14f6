"""Sets of sites that a budget can pay and that keep to floors: built up site by site, then exchanged.

Built up twice, once by what a site brings and once by what it brings for its price, and the better set is kept:
S. Khuller, A. Moss and J. Naor, Information Processing Letters 70 (1999) 39-45. What is missing to the floors counts
before the objective. Then sites are taken out and the room they leave is filled anew, or forced in with the least
useful taken out for them, as long as that is better.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.location.limits import Clock
from lianyi.methods.location.placements import open_flags
from lianyi.methods.location.site_costs import SiteCosts

_ROUNDING = 1e-9
_FORCED_AT_MOST = 12


@dataclass(frozen=True, slots=True, eq=False)
class NeededReach:
    """Of the people of these points so many must be within a radius of an open site."""

    part: Flags
    radius: float
    needed: float


@dataclass(frozen=True, slots=True, eq=False)
class Purse:
    """How many sites are open in the end, where that is said, those that stay, and what the others may cost together.

    ``prices`` are 0 for the sites that stay, and for all where no budget binds (which is then infinite).
    """

    places: int | None
    kept: Integers
    prices: Floats
    budget: float = np.inf

    def pays(self, sites: Positions) -> bool:
        return bool(self.prices[sites].sum() <= self.budget * (1.0 + _ROUNDING))

    def most_sites(self) -> int:
        """Return how many sites can be open at most."""
        if self.places is not None:
            return self.places
        others = np.delete(self.prices, self.kept)
        return int(self.kept.size + (np.cumsum(np.sort(others)) <= self.budget * (1.0 + _ROUNDING)).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """What binds: how many sites for which money, capacities where there are any, and floors."""

    purse: Purse
    capacity: Floats | None = None
    floors: tuple[NeededReach, ...] = ()

    @property
    def has_set_conditions(self) -> bool:
        """Whether not every set of so many sites will do."""
        return bool(np.isfinite(self.purse.budget) or self.floors)


class Worth(NamedTuple):
    """What is missing to the floors, and what the set costs; the less of the first, then of the second, the better."""

    missing: float
    total: float

    def is_better_than(self, other: Worth) -> bool:
        small = _ROUNDING * max(1.0, abs(other.total))
        if abs(self.missing - other.missing) > _ROUNDING * max(1.0, other.missing):
            return self.missing < other.missing
        return self.total < other.total - small


class SiteSet:
    """Open sites, which of them is nearest to each point, and what every closed site would bring.

    Opening and closing change only the points that are touched, so a set is built up in about the time of one look at
    all pairs.

    Parameters
    ----------
    costs
        The pairs, cheapest first for each point.
    weights
        What each pair costs with all its people.
    people
        People at each point.
    unserved
        What each point costs without a site.
    floors
        What must be reached.
    """

    def __init__(
        self, costs: SiteCosts, weights: Floats, people: Floats, unserved: Floats, floors: Sequence[NeededReach]
    ) -> None:
        self._costs, self._people = costs, people
        # What stands last is looked up by -1: no site.
        self._weights, self._ways = np.append(weights, 0.0), np.append(costs.cost, np.inf)
        self._unserved, self._floors = unserved, floors
        self.is_open = np.zeros(costs.site_count, np.bool_)
        self._rows_of_site = _by_site(costs)
        self._nearest: Positions = np.full(costs.demand_count, -1)
        self._now = unserved.copy()
        self._reached = np.zeros(len(floors))
        everyone = np.arange(costs.demand_count)
        self.gain = np.zeros(costs.site_count)
        self._reach_gain = np.zeros((len(floors), costs.site_count))
        self._count(everyone, 1.0)

    @property
    def worth(self) -> Worth:
        missing = (np.maximum(0.0, floor.needed * (1.0 - _ROUNDING) - self._reached[at]) for at, floor in self._each())
        return Worth(float(sum(missing)), float(self._now.sum()))

    @property
    def sites(self) -> Positions:
        return np.flatnonzero(self.is_open)

    def missing_gain(self) -> Floats:
        """Return for each site how much less would be missing to the floors with it."""
        found = np.zeros(self.gain.size)
        for at, floor in self._each():
            short = floor.needed - self._reached[at]
            if short > _ROUNDING * max(1.0, floor.needed):
                found += np.minimum(short, self._reach_gain[at])
        return found

    def open(self, site: int) -> None:
        """Open a site: those to whom it is nearest go there."""
        self.is_open[site] = True
        rows, pairs = self._rows_of_site.of(site)
        is_nearer = (self._nearest[rows] < 0) | (pairs < self._nearest[rows])
        self._move(rows[is_nearer], pairs[is_nearer])

    def close(self, site: int) -> None:
        """Close a site: those who went there go to the next nearest that is open."""
        self.is_open[site] = False
        rows, pairs = self._rows_of_site.of(site)
        rows = rows[self._nearest[rows] == pairs]
        all_pairs, owner = _pairs_of(self._costs.start, rows)
        usable = np.flatnonzero(self.is_open[self._costs.site[all_pairs]])
        first = usable[np.flatnonzero(np.diff(owner[usable], prepend=-1))]
        nearest = np.full(rows.size, -1)
        nearest[owner[first]] = all_pairs[first]
        self._move(rows, nearest)

    def losses(self) -> Floats:
        """Return for each open site how much dearer its people would have it without it, at most."""
        found = np.zeros(self.gain.size)
        for site in self.sites.tolist():
            before = self.worth
            self.close(site)
            after = self.worth
            self.open(site)
            found[site] = after.total - before.total + (after.missing - before.missing) * self._dear
        return found

    @property
    def _dear(self) -> float:
        return 1.0 + 2.0 * float(np.max(self._unserved, initial=0.0))

    def _each(self) -> Iterable[tuple[int, NeededReach]]:
        return enumerate(self._floors)

    def _move(self, rows: Positions, pairs: Positions) -> None:
        self._count(rows, -1.0)
        self._nearest[rows] = pairs
        self._now[rows] = np.where(pairs >= 0, self._weights[pairs], self._unserved[rows])
        self._count(rows, 1.0)

    def _count(self, rows: Positions, sign: float) -> None:
        """Add to, or take from, the gains what these points say."""
        costs = self._costs
        pairs, owner = _pairs_of(costs.start, rows)
        sites, count = costs.site[pairs], costs.site_count
        saved = np.maximum(0.0, self._now[rows][owner] - self._weights[pairs])
        self.gain += sign * np.bincount(sites, saved, minlength=count)
        nearest = self._nearest[rows]
        way = self._ways[nearest]
        for at, floor in self._each():
            people = np.where(floor.part[rows], self._people[rows], 0.0)
            is_reached = (nearest >= 0) & (way <= floor.radius)
            self._reached[at] += sign * float(people[is_reached].sum())
            new = np.where(is_reached, 0.0, people)[owner] * (self._ways[pairs] <= floor.radius)
            self._reach_gain[at] += sign * np.bincount(sites, new, minlength=count)


class _RowsOfSite(NamedTuple):
    """The points and the pairs of each site."""

    start: Positions
    rows: Positions
    pairs: Positions

    def of(self, site: int) -> tuple[Positions, Positions]:
        part = slice(self.start[site], self.start[site + 1])
        return self.rows[part], self.pairs[part]


def _by_site(costs: SiteCosts) -> _RowsOfSite:
    order = np.argsort(costs.site, kind="stable")
    start = np.concatenate(([0], np.cumsum(np.bincount(costs.site, minlength=costs.site_count))))
    return _RowsOfSite(start, costs.rows_of_pairs()[order], order)


def _pairs_of(start: Positions, rows: Positions) -> tuple[Positions, Positions]:
    """Return the pairs of these points, and for each the place of its point among them."""
    counts = start[rows + 1] - start[rows]
    owner = np.repeat(np.arange(rows.size), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return start[rows][owner] + np.arange(owner.size) - before, owner


class Exchange:
    """Builds a set within a purse and makes it better."""

    def __init__(self, chosen: SiteSet, purse: Purse) -> None:
        self._set, self._purse = chosen, purse
        for site in purse.kept.tolist():
            chosen.open(site)

    @property
    def worth(self) -> Worth:
        return self._set.worth

    @property
    def sites(self) -> Positions:
        return self._set.sites

    @property
    def is_complete(self) -> bool:
        """Whether as many sites are open as must be."""
        return self._purse.places is None or int(self._set.is_open.sum()) == self._purse.places

    def restart(self, sites: Iterable[int]) -> None:
        """Begin again with these sites and those that stay."""
        wanted = open_flags(np.fromiter(sites, np.int64), self._set.is_open.size)
        wanted[self._purse.kept] = True
        for site in np.flatnonzero(self._set.is_open & ~wanted).tolist():
            self._set.close(site)
        for site in np.flatnonzero(wanted & ~self._set.is_open).tolist():
            self._set.open(site)

    def build(self) -> None:
        """Fill up by what sites bring, and by what they bring for their price, and keep the better set."""
        begun = self._set.sites.tolist()
        self.fill(np.zeros(self._purse.prices.size))
        if not np.isfinite(self._purse.budget):
            return
        plain, worth, was_complete = self._set.sites.tolist(), self._set.worth, self.is_complete
        self.restart(begun)
        self.fill(self._purse.prices)
        if was_complete and not (self.is_complete and self._set.worth.is_better_than(worth)):
            self.restart(plain)

    def fill(self, prices: Floats, without: int = -1) -> list[int]:
        """Open the site that brings most for these prices, again and again, and return what was opened."""
        opened: list[int] = []
        while True:
            site = self._next(prices, without)
            if site is None:
                return opened
            self._set.open(site)
            opened.append(site)

    def improve(self, clock: Clock, reserve: float) -> None:
        """Exchange sites until nothing is better or only a reserve of seconds is left."""
        is_better = True
        while is_better:
            is_better = False
            free = self._free()
            for site in free[np.argsort(self._set.losses()[free], kind="stable")].tolist():
                if clock.seconds_left() <= reserve:
                    return
                is_better |= self._without(site)
            for site in self._promising():
                if clock.seconds_left() <= reserve:
                    return
                is_better |= self._forced(site)

    def _next(self, prices: Floats, without: int) -> int | None:
        can = self._affordable()
        if without >= 0:
            can[without] = False
        if not can.any():
            return None
        for value in (self._set.missing_gain(), self._set.gain):
            best = _argmax(value, prices, can)
            if value[best] > _ROUNDING * max(1.0, abs(float(value.max(initial=0.0)))):
                return best
        # Nothing brings anything; so many must be open all the same.
        return None if self._purse.places is None else _argmax(-self._purse.prices, np.zeros(can.size), can)

    def _affordable(self) -> Flags:
        """Return the closed sites after which the places that are left can still be paid."""
        purse, is_open = self._purse, self._set.is_open
        left = purse.budget * (1.0 + _ROUNDING) - float(purse.prices[is_open].sum())
        if purse.places is None:
            return np.asarray(~is_open & (purse.prices <= left))
        further = purse.places - int(is_open.sum()) - 1
        if further < 0:
            return np.zeros(is_open.size, np.bool_)
        cheapest = np.flatnonzero(~is_open)
        cheapest = cheapest[np.argsort(purse.prices[cheapest], kind="stable")][: further + 1]
        rest = np.full(is_open.size, float(purse.prices[cheapest[:further]].sum()))
        among = cheapest[:further]
        rest[among] = float(purse.prices[cheapest].sum()) - purse.prices[among]
        return np.asarray(~is_open & (purse.prices + rest <= left))

    def _free(self) -> Positions:
        return np.setdiff1d(self._set.sites, self._purse.kept)

    def _promising(self) -> list[int]:
        value = self._set.missing_gain()
        value = value if value.max(initial=0.0) > 0.0 else self._set.gain
        closed = np.flatnonzero(~self._set.is_open)
        best: list[int] = closed[np.argsort(-value[closed], kind="stable")][:_FORCED_AT_MOST].tolist()
        return best

    def _without(self, site: int) -> bool:
        """Close a site and fill its room with others; undo it unless that is better."""
        if not self._set.is_open[site]:
            return False
        before = self._set.worth
        self._set.close(site)
        opened = self.fill(self._purse.prices, without=site)
        if self.is_complete and self._set.worth.is_better_than(before):
            return True
        for other in opened:
            self._set.close(other)
        self._set.open(site)
        return False

    def _forced(self, site: int) -> bool:
        """Open a site, close the least useful until it can be paid, fill up; undo it unless that is better."""
        purse = self._purse
        if self._set.is_open[site] or purse.prices[site] > purse.budget * (1.0 + _ROUNDING):
            return False
        begun, before = self._set.sites.tolist(), self._set.worth
        self._set.open(site)
        losses = self._set.losses()
        free = np.setdiff1d(self._free(), [site])
        for other in free[np.argsort(losses[free], kind="stable")].tolist():
            is_full = purse.places is not None and int(self._set.is_open.sum()) > purse.places
            if not is_full and purse.pays(self._set.sites):
                break
            self._set.close(other)
        fits = purse.pays(self._set.sites) and (purse.places is None or int(self._set.is_open.sum()) <= purse.places)
        if fits:
            self.fill(purse.prices)
        if fits and self.is_complete and self._set.worth.is_better_than(before):
            return True
        self.restart(begun)
        return False


def _argmax(value: Floats, prices: Floats, can: Flags) -> int:
    """Return the site with most value for its price among those that can be opened; free ones come first."""
    places = np.flatnonzero(can)
    brought, price = value[places], prices[places]
    is_free = price <= 0.0
    if is_free.any() and float(brought[is_free].max()) > 0.0:
        return int(places[is_free][np.argmax(brought[is_free])])
    each = brought / np.where(is_free, 1.0, price)
    return int(places[np.argmax(each)])
