"""A first placement under conditions, and a bound, for the solver to begin with and for problems too large for it.

Without a budget and floors the sites are those of a placement without the conditions; with them a set is built up and
exchanged (`site_sets`), and where that meets not all of them, a small model without the people's ways looks for any set
that does. Who uses the sites under capacities is then a linear problem that is solved exactly, in which people may be
left out at a price; a site that helps those left out most takes the place of the one that is used least, until nobody
is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.errors import PlacementImpossibleError, PlacementNotFoundError
from lianyi.methods.location.budget_bound import Known, budget_bound
from lianyi.methods.location.capacity_use import Ground, feasible_sites
from lianyi.methods.location.covering import maximal_covering
from lianyi.methods.location.limits import Clock, SearchLimits
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import Placement, open_flags
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.site_sets import Binding, Exchange, NeededReach, SiteSet
from lianyi.methods.location.solver import Ending, Model

MOST_PAIRS_SOLVED = 400_000
"""Beyond so many pairs the solver does not come to a first bound within minutes."""
_SHARE_FOR_FREE = 0.2
_SHARE_WITHOUT_SOLVER = 0.5
_SHARE_FOR_FREE_COVER = 0.1
_SHARE_FOR_FREE_OF_BUDGET = 0.1
_SHARE_FOR_EXCHANGES = 0.5
_SHARE_FOR_SETS = 0.3
_SHARE_FOR_SETS_ALONE = 0.6
_SHARE_FOR_BOUND = 0.3
_SHARE_FOR_BOUND_ALONE = 0.95
_FREE_GAP = 1e-4
_LEAST_SECONDS = 0.01
_ROUNDING = 1e-9


class First(NamedTuple):
    """A first placement, without shares where none was found, and a bound below every placement."""

    sites: Positions
    shares: Floats | None
    objective: float
    bound: float
    is_impossible: bool = False
    """Whether it is proved that nothing meets the conditions."""


NOTHING_FIRST = First(np.empty(0, np.int64), None, np.inf, -np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """What a set of sites is measured by: cost of each pair, of a point without site, and what must be reached."""

    costs: SiteCosts
    people: Floats
    weights: Floats
    unserved: Floats
    ceiling: Floats
    floors: tuple[NeededReach, ...]
    binding: Binding
    must_serve: bool


def least_travel_first(costs: SiteCosts, people: Floats, binding: Binding, clock: Clock, limits: SearchLimits) -> First:
    """Begin with the placement of least travel; its bound holds under all conditions."""
    try:
        free = _free_median(costs, people, binding, clock, limits)
    except PlacementImpossibleError:
        if not np.isfinite(binding.purse.budget):
            raise
        return NOTHING_FIRST._replace(is_impossible=True)
    price = 2.0 * float(costs.cost.max(initial=0.0)) + 1.0
    everybody = NeededReach(people > 0, np.inf, float(people.sum()))
    wish = _Wish(
        costs=costs,
        people=people,
        weights=costs.cost * people[costs.rows_of_pairs()],
        unserved=price * people,
        ceiling=np.where(people > 0, np.inf, 0.0),
        floors=(everybody, *binding.floors),
        binding=binding,
        must_serve=True,
    )
    bound = -np.inf if free is None else free.bound
    return _first(wish, free, Ground(costs, people, binding, price, must_serve=True), bound, clock)


def most_covered_first(
    near: SiteCosts, people: Floats, binding: Binding, radius: float, clock: Clock, limits: SearchLimits
) -> First:
    """Begin with the sites that cover most; all figures are negative, as the model counts them."""
    most = binding.purse.most_sites()
    if not most:
        return NOTHING_FIRST
    part = _part(_SHARE_FOR_FREE_COVER, clock, limits)
    free = maximal_covering(near, people, radius, most, keep=binding.purse.kept.tolist(), limits=part)
    everywhere = SiteCosts(near.start, near.site, np.zeros(near.cost.size), near.site_count)
    wish = _Wish(
        costs=near,
        people=people,
        weights=everywhere.cost,
        unserved=people,
        ceiling=people,
        floors=binding.floors,
        binding=binding,
        must_serve=False,
    )
    ground = Ground(everywhere, people, binding, 1.0, must_serve=False, ways=near.cost)
    total = float(people.sum())
    found = _first(wish, free, ground, total - free.bound, clock)
    return found._replace(objective=found.objective - total, bound=found.bound - total)


def _free_median(
    costs: SiteCosts, people: Floats, binding: Binding, clock: Clock, limits: SearchLimits
) -> Placement | None:
    """Place as many sites as the purse allows at most, without the other conditions; None when time ended first."""
    purse = binding.purse
    most = purse.most_sites()
    if not most:
        message = "The budget pays for no site, and none stays."
        raise PlacementImpossibleError(message, budget=purse.budget)
    share = _SHARE_FOR_FREE if _goes_to_solver(costs) else _SHARE_WITHOUT_SOLVER
    share = _SHARE_FOR_FREE_OF_BUDGET if np.isfinite(purse.budget) else share
    try:
        return p_median(costs, people, most, keep=purse.kept.tolist(), limits=_part(share, clock, limits))
    except PlacementNotFoundError:
        return None


def _first(wish: _Wish, free: Placement | None, ground: Ground, bound: float, clock: Clock) -> First:
    """Return a placement that meets all conditions, and the best bound that is known without the solver."""
    binding = wish.binding
    nothing = NOTHING_FIRST._replace(bound=bound)
    if binding.has_set_conditions or free is None:
        found = _set_of(wish, free, clock)
        if found.sites is None:
            return nothing._replace(is_impossible=found.is_impossible)
        sites = found.sites
    else:
        sites = free.sites
    if np.isfinite(binding.purse.budget):
        each = _each(wish, sites)
        is_all = binding.capacity is None and not _goes_to_solver(wish.costs)
        reserve = clock.seconds_left() * (1.0 - (_SHARE_FOR_BOUND_ALONE if is_all else _SHARE_FOR_BOUND))
        known = Known(each, float(each.sum()))
        by_prices = budget_bound(wish.costs, wish.weights, wish.ceiling, binding.purse, known, clock, reserve)
        bound = max(bound, by_prices)
    if binding.capacity is None:
        return First(sites, _nearest_shares(wish, sites), float(_each(wish, sites).sum()), bound)
    reserve = clock.seconds_left() * (1.0 - _SHARE_FOR_EXCHANGES)
    use = feasible_sites(ground, sites, clock, reserve)
    return (
        nothing._replace(bound=bound) if use is None else First(use[0], use[1].shares, ground.total_of(use[1]), bound)
    )


def _goes_to_solver(costs: SiteCosts) -> bool:
    return costs.site.size <= MOST_PAIRS_SOLVED


class _FoundSet(NamedTuple):
    """Sites, None where none were found, and whether it is proved that there are none."""

    sites: Positions | None
    is_impossible: bool = False


def _set_of(wish: _Wish, free: Placement | None, clock: Clock) -> _FoundSet:
    """Look for a set of sites that meets all but the capacities."""
    purse = wish.binding.purse
    exchange = Exchange(SiteSet(wish.costs, wish.weights, wish.people, wish.unserved, wish.floors), purse)
    exchange.build()
    if free is not None and purse.pays(free.sites) and not _better_than(exchange, free.sites):
        exchange.restart(free.sites.tolist())
    share = _SHARE_FOR_SETS if _goes_to_solver(wish.costs) else _SHARE_FOR_SETS_ALONE
    exchange.improve(clock, clock.seconds_left() * (1.0 - share))
    if _is_met(exchange):
        return _FoundSet(exchange.sites)
    found = _any_set(wish, clock.seconds_left() * _SHARE_FOR_EXCHANGES)
    if found.sites is None:
        return found
    exchange.restart(found.sites.tolist())
    exchange.fill(purse.prices)
    exchange.improve(clock, clock.seconds_left() * (1.0 - _SHARE_FOR_SETS))
    return _FoundSet(exchange.sites if _is_met(exchange) else None)


def _better_than(exchange: Exchange, sites: Positions) -> bool:
    """Return whether the set that was built is better than these sites; it stands as before afterwards."""
    built, worth, is_complete = exchange.sites, exchange.worth, exchange.is_complete
    exchange.restart(sites.tolist())
    others = exchange.worth
    exchange.restart(built.tolist())
    return is_complete and worth.is_better_than(others)


def _is_met(exchange: Exchange) -> bool:
    return exchange.is_complete and exchange.worth.missing <= 0.0


def _any_set(wish: _Wish, seconds: float) -> _FoundSet:
    """Look for any set that meets floors, money, number and, in sum, capacities, without the ways of the people."""
    costs, purse, count = wish.costs, wish.binding.purse, wish.costs.site_count
    model = Model()
    sites = model.add_choices(np.zeros(count), open_flags(purse.kept, count))
    if purse.places is not None:
        model.add_entries(model.add_rows(purse.places, purse.places, 1), sites)
    if np.isfinite(purse.budget):
        model.add_entries(model.add_rows(0.0, purse.budget, 1), sites, purse.prices)
    if wish.must_serve and wish.binding.capacity is not None:
        needed = float(wish.people.sum()) * (1.0 - _ROUNDING)
        model.add_entries(model.add_rows(needed, np.inf, 1), sites, wish.binding.capacity)
    rows = costs.rows_of_pairs()
    for floor in wish.floors:
        _add_floor(model, wish, floor, rows)
    solution = model.solve_for_any(seconds)
    if solution.ending is Ending.IMPOSSIBLE:
        return _FoundSet(None, is_impossible=True)
    return _FoundSet(np.flatnonzero(solution.values[:count] > 0.5) if solution.has_values else None)  # noqa: PLR2004


def _add_floor(model: Model, wish: _Wish, floor: NeededReach, rows: Positions) -> None:
    """Say which share of each point of the floor is reached, at most as many times as sites are open near it."""
    points = np.flatnonzero(floor.part & (wish.people > 0))
    place = np.full(wish.people.size, -1)
    place[points] = np.arange(points.size)
    inside = np.flatnonzero((place[rows] >= 0) & (wish.costs.cost <= floor.radius))
    shares = model.add_shares(np.zeros(points.size))
    first = model.add_rows(-np.inf, 0.0, points.size)
    model.add_entries(first + np.arange(points.size), shares)
    model.add_entries(first + place[rows[inside]], wish.costs.site[inside].astype(np.int64), -1.0)
    needed = floor.needed * (1.0 - _ROUNDING)
    model.add_entries(model.add_rows(needed, np.inf, 1), shares, wish.people[points])


def _nearest_pairs(wish: _Wish, sites: Positions) -> tuple[Positions, Positions]:
    """Return the points that have a site among these, and the pair of each with its nearest."""
    is_open: Flags = open_flags(sites, wish.costs.site_count)
    pairs = np.flatnonzero(is_open[wish.costs.site])
    rows = np.searchsorted(wish.costs.start, pairs, side="right") - 1
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    return rows[first], pairs[first]


def _nearest_shares(wish: _Wish, sites: Positions) -> Floats:
    rows, pairs = _nearest_pairs(wish, sites)
    shares = np.zeros(wish.costs.site.size)
    shares[pairs[wish.people[rows] > 0]] = 1.0
    return shares


def _each(wish: _Wish, sites: Positions) -> Floats:
    """Return what each point costs with these sites."""
    rows, pairs = _nearest_pairs(wish, sites)
    each = wish.unserved.copy()
    each[rows] = wish.weights[pairs]
    return each


def _part(share: float, clock: Clock, limits: SearchLimits) -> SearchLimits:
    return SearchLimits(max(share * clock.seconds_left(), _LEAST_SECONDS), max(limits.gap, _FREE_GAP), limits.seed)
