"""A first placement under conditions, and a bound, for the solver to begin with and for problems too large for it.

The sites are those of a placement without the conditions. Who uses them is then a linear problem that is solved
exactly, in which people may be left out at a price; a site that helps those left out most takes the place of the one
that is used least, until nobody is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lianyi.methods.access.arrays import Floats, Integers, Positions
from lianyi.methods.location.covering import maximal_covering
from lianyi.methods.location.limits import Clock, SearchLimits
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import open_flags
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.solver import Model

MOST_PAIRS_SOLVED = 400_000
"""Beyond so many pairs the solver does not come to a first bound within minutes."""
_MOST_CHANGES = 400
_LEAST_PEOPLE = 1e-6
_PATIENCE = 12
_SHARE_FOR_FREE = 0.2
_SHARE_WITHOUT_SOLVER = 0.5
_SHARE_FOR_FREE_COVER = 0.1
_SHARE_FOR_EXCHANGES = 0.5
_FREE_GAP = 1e-4
_LEAST_SECONDS = 0.01


class Use(NamedTuple):
    """Who uses the open sites: a share for each pair, the people left out at each point, and the sum of costs."""

    shares: Floats
    left_out: Floats
    total: float


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """People, ways and capacities; ``price`` is what one person left out costs, more than the longest way."""

    costs: SiteCosts
    people: Floats
    capacity: Floats
    kept: Integers
    price: float

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
        found = model.solve(seconds)
        if not found.has_values:
            return None
        whole = np.zeros(costs.site.size)
        whole[pairs] = found.values[shares]
        return Use(whole, found.values[left] * people, found.objective)


class Plain(NamedTuple):
    """A number of places, sites that stay, and capacities."""

    places: int
    kept: Integers
    capacity: Floats


class First(NamedTuple):
    """A first placement, without shares where none was found, and a bound below every placement."""

    sites: Positions
    shares: Floats | None
    objective: float
    bound: float


NOTHING_FIRST = First(np.empty(0, np.int64), None, np.inf, -np.inf)


def least_travel_first(costs: SiteCosts, people: Floats, plain: Plain, clock: Clock, limits: SearchLimits) -> First:
    """Begin with the placement of least travel without capacities, whose bound holds with them too."""
    share = _SHARE_FOR_FREE if costs.site.size <= MOST_PAIRS_SOLVED else _SHARE_WITHOUT_SOLVER
    free = p_median(costs, people, plain.places, keep=plain.kept.tolist(), limits=_part(share, clock, limits))
    price = 2.0 * float(costs.cost.max(initial=0.0)) + 1.0
    ground = Ground(costs, people, plain.capacity, plain.kept, price)
    reserve = clock.seconds_left() * (1.0 - _SHARE_FOR_EXCHANGES)
    found = feasible_sites(ground, free.sites, clock, reserve)
    if found is None:
        return NOTHING_FIRST._replace(bound=free.bound)
    return First(found[0], found[1].shares, found[1].total, free.bound)


def most_covered_first(
    near: SiteCosts, people: Floats, plain: Plain, radius: float, clock: Clock, limits: SearchLimits
) -> First:
    """Begin with the sites that cover most without capacities; all figures are negative, as the model counts them."""
    part = _part(_SHARE_FOR_FREE_COVER, clock, limits)
    free = maximal_covering(near, people, radius, plain.places, keep=plain.kept.tolist(), limits=part)
    everywhere = SiteCosts(near.start, near.site, np.zeros(near.cost.size), near.site_count)
    use = Ground(everywhere, people, plain.capacity, plain.kept, 1.0).use_of(free.sites, clock.seconds_left())
    bound = -free.bound
    if use is None:
        return NOTHING_FIRST._replace(bound=bound)
    return First(free.sites, use.shares, float(use.left_out.sum()) - float(people.sum()), bound)


def _part(share: float, clock: Clock, limits: SearchLimits) -> SearchLimits:
    return SearchLimits(max(share * clock.seconds_left(), _LEAST_SECONDS), max(limits.gap, _FREE_GAP), limits.seed)


def feasible_sites(ground: Ground, sites: Positions, clock: Clock, reserve: float) -> tuple[Positions, Use] | None:
    """Exchange sites until everybody is served, and return them with who uses them.

    None when that was not found before only a reserve of seconds was left.
    """
    now = _with_room(ground, sites)
    use = ground.use_of(now, clock.seconds_left())
    best, idle = use, 0
    tried: set[tuple[int, int]] = set()
    for _ in range(_MOST_CHANGES):
        if use is None or best is None or clock.seconds_left() <= reserve or idle > _PATIENCE:
            return None
        if use.left_out.sum() <= _LEAST_PEOPLE:
            return now, use
        change = _change(ground, now, use, tried)
        if change is None:
            return None
        tried.add(change)
        now = np.sort(np.append(now[now != change[0]], change[1]))
        use = ground.use_of(now, clock.seconds_left())
        if use is not None and use.left_out.sum() < best.left_out.sum() - _LEAST_PEOPLE:
            best, idle = use, 0
        else:
            idle += 1
    return None


def _with_room(ground: Ground, sites: Positions) -> Positions:
    """Exchange the smallest sites for the largest until all people have room, if they can have it at all."""
    is_kept = open_flags(ground.kept, ground.costs.site_count)
    needed = float(ground.people.sum())
    now = sites.copy()
    closed = np.setdiff1d(np.arange(ground.costs.site_count), now)
    for new in closed[np.argsort(-ground.capacity[closed], kind="stable")].tolist():
        free = now[~is_kept[now]]
        if ground.capacity[now].sum() >= needed or not free.size:
            break
        least = free[np.argmin(ground.capacity[free])]
        if ground.capacity[new] <= ground.capacity[least]:
            break
        now[now == least] = new
    return np.sort(now)


def _change(ground: Ground, sites: Positions, use: Use, tried: set[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the site to close, that which is used least, and the one to open, that which could take most left out."""
    costs, count = ground.costs, ground.costs.site_count
    rows = costs.rows_of_pairs()
    could_take = np.minimum(np.bincount(costs.site, use.left_out[rows], minlength=count), ground.capacity)
    could_take[sites] = -1.0
    used = np.bincount(costs.site, use.shares * ground.people[rows], minlength=count)
    free = sites[~np.isin(sites, ground.kept)]
    for new in np.argsort(-could_take, kind="stable")[:_PATIENCE].tolist():
        if could_take[new] <= _LEAST_PEOPLE:
            break
        for old in free[np.argsort(used[free], kind="stable")].tolist():
            if (old, new) not in tried and (new, old) not in tried:
                return old, new
    return None
