"""Who uses open sites that have capacities, and exchanging sites until everybody has room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.location.limits import Clock
from lianyi.methods.location.placements import open_flags
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.site_sets import Binding
from lianyi.methods.location.solver import Model

_MOST_CHANGES = 400
_LEAST_PEOPLE = 1e-6
_PATIENCE = 12
_ROUNDING = 1e-9
# A person missing to a floor is dearer than any chain of exchanges that brings one there.
_FLOOR_PRICES = 10.0
_NO_SITE = -1


class Use(NamedTuple):
    """Who uses the open sites: a share for each pair, the people left out at each point and missing to each floor."""

    shares: Floats
    left_out: Floats
    short: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """People, ways and what binds.

    Parameters
    ----------
    price
        What one person left out costs, more than the longest way.
    must_serve
        Whether everybody must be served; else only the floors count as missing.
    ways
        How long the ways are for the floors, where that is not their cost.
    """

    costs: SiteCosts
    people: Floats
    binding: Binding
    price: float
    must_serve: bool
    ways: Floats | None = None

    @property
    def capacity(self) -> Floats:
        """The capacity of each site; there must be capacities."""
        assert self.binding.capacity is not None  # noqa: S101 - only called where they bind
        return self.binding.capacity

    def missing(self, use: Use) -> float:
        """Return how many people are not served, or missing to the floors, although they must be."""
        return float(use.short.sum()) + (float(use.left_out.sum()) if self.must_serve else 0.0)

    def total_of(self, use: Use) -> float:
        """Return what the use costs, with those left out where they may be."""
        travel = float((use.shares * self.people[self.costs.rows_of_pairs()] * self.costs.cost).sum())
        return travel if self.must_serve else travel + float(use.left_out.sum()) * self.price

    def inside(self, part: Floats, radius: float) -> Positions:
        """Return the pairs of these people that are within a radius."""
        ways = self.costs.cost if self.ways is None else self.ways
        return np.flatnonzero((part[self.costs.rows_of_pairs()] > 0) & (ways <= radius))

    def use_of(self, sites: Positions, seconds: float) -> Use | None:
        """Send people to these sites at the least cost, or return None when the time ended first."""
        costs, people = self.costs, self.people
        is_open = open_flags(sites, costs.site_count)
        rows = costs.rows_of_pairs()
        pairs = np.flatnonzero(is_open[costs.site] & (people[rows] > 0))
        model = Model()
        shares = model.add_shares(costs.cost[pairs] * people[rows[pairs]])
        left = model.add_shares(self.price * people)
        model.add_rows(np.where(people > 0, 1.0, 0.0), 1.0, people.size)
        model.add_entries(rows[pairs], shares)
        model.add_entries(np.arange(people.size), left)
        place = np.cumsum(is_open) - 1
        first = model.add_rows(-np.inf, self.capacity[is_open], int(is_open.sum()))
        model.add_entries(first + place[costs.site[pairs]], shares, people[rows[pairs]])
        short = self._add_floors(model, pairs, shares)
        found = model.solve(seconds)
        if not found.has_values:
            return None
        whole = np.zeros(costs.site.size)
        whole[pairs] = found.values[shares]
        needed = np.array([floor.needed for floor in self.binding.floors])
        return Use(whole, found.values[left] * people, found.values[short] * needed)

    def _add_floors(self, model: Model, pairs: Positions, shares: Positions) -> Positions:
        """Ask for the people of each floor, and return the columns of the share of them that is missing."""
        floors = self.binding.floors
        needed = np.array([floor.needed for floor in floors])
        short = model.add_shares(_FLOOR_PRICES * self.price * needed)
        column = np.full(self.costs.site.size, _NO_SITE)
        column[pairs] = shares
        rows = self.costs.rows_of_pairs()
        for at, floor in enumerate(floors):
            inside = self.inside(floor.part * self.people, floor.radius)
            inside = inside[column[inside] >= 0]
            row = model.add_rows(floor.needed * (1.0 - _ROUNDING), np.inf, 1)
            model.add_entries(row, column[inside], self.people[rows[inside]])
            model.add_entries(row, short[at : at + 1], floor.needed)
        return short


def feasible_sites(ground: Ground, sites: Positions, clock: Clock, reserve: float) -> tuple[Positions, Use] | None:
    """Exchange sites until nobody is missing, and return them with who uses them.

    None when that was not found before only a reserve of seconds was left.
    """
    now = _with_room(ground, sites) if ground.must_serve else sites
    use = ground.use_of(now, clock.seconds_left())
    best, idle = use, 0
    tried: set[tuple[int, int]] = set()
    for _ in range(_MOST_CHANGES):
        if use is None or best is None:
            return None
        if ground.missing(use) <= _LEAST_PEOPLE:
            return now, use
        change = None if clock.seconds_left() <= reserve or idle > _PATIENCE else _change(ground, now, use, tried)
        if change is None:
            return None
        tried.add(change)
        now = np.sort(np.append(now[now != change[0]], change[1]))
        use = ground.use_of(now, clock.seconds_left())
        if use is not None and ground.missing(use) < ground.missing(best) - _LEAST_PEOPLE:
            best, idle = use, 0
        else:
            idle += 1
    return None


def _with_room(ground: Ground, sites: Positions) -> Positions:
    """Add the largest sites, or put them in place of the smallest, until all have room, if they can have it at all."""
    purse = ground.binding.purse
    is_kept = open_flags(purse.kept, ground.costs.site_count)
    needed = float(ground.people.sum())
    now = sites.copy()
    closed = np.setdiff1d(np.arange(ground.costs.site_count), now)
    for new in closed[np.argsort(-ground.capacity[closed], kind="stable")].tolist():
        free = now[~is_kept[now]]
        if ground.capacity[now].sum() >= needed:
            break
        if purse.places is None and purse.pays(np.append(now, new)):
            now = np.append(now, new)
            continue
        if not free.size:
            break
        least = free[np.argmin(ground.capacity[free])]
        if ground.capacity[new] > ground.capacity[least] and purse.pays(np.append(now[now != least], new)):
            now[now == least] = new
    return np.sort(now)


def _change(ground: Ground, sites: Positions, use: Use, tried: set[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the site to close, that which is used least, and the one to open, that which helps most people missing.

    None is closed where the money suffices for one more.
    """
    costs, count, purse = ground.costs, ground.costs.site_count, ground.binding.purse
    rows = costs.rows_of_pairs()
    could_take = np.minimum(_helped(ground, use), ground.capacity)
    could_take[sites] = -1.0
    used = np.bincount(costs.site, use.shares * ground.people[rows], minlength=count)
    free = sites[~np.isin(sites, purse.kept)]
    for new in np.argsort(-could_take, kind="stable")[:_PATIENCE].tolist():
        if could_take[new] <= _LEAST_PEOPLE:
            break
        if purse.places is None and (_NO_SITE, new) not in tried and purse.pays(np.append(sites, new)):
            return _NO_SITE, new
        for old in free[np.argsort(used[free], kind="stable")].tolist():
            is_new = (old, new) not in tried and (new, old) not in tried
            if is_new and purse.pays(np.append(sites[sites != old], new)):
                return old, new
    return None


def _helped(ground: Ground, use: Use) -> Floats:
    """Return how many people missing each site could serve."""
    costs, rows = ground.costs, ground.costs.rows_of_pairs()
    found = np.zeros(costs.site_count)
    if ground.must_serve:
        found += np.bincount(costs.site, use.left_out[rows], minlength=costs.site_count)
    for floor, short in zip(ground.binding.floors, use.short.tolist(), strict=True):
        if short <= _LEAST_PEOPLE:
            continue
        part = floor.part * ground.people
        inside = ground.inside(part, floor.radius)
        served = np.bincount(rows[inside], use.shares[inside], minlength=part.size) * ground.people
        found += np.bincount(costs.site[inside], (part - served)[rows[inside]], minlength=costs.site_count)
    return found
