"""Who is covered when sites with a capacity are filled one after the other, as in AccessMod.

In its turn a site takes the nearest people who are left, within the longest cost, until it is full; people equally far
are taken in equal shares. So the result depends on the order, and the order is part of the result. N. Ray and
S. Ebener, "AccessMod 3.0", International Journal of Health Geographics 7 (2008) 63: geographic coverage, scaling up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats, Integers, Positions
from lianyi.methods.columns import amount_column, total_of
from lianyi.methods.compiling import compiled
from lianyi.methods.errors import PlacementConditionError, SiteError, SurveyLengthError
from lianyi.methods.location.covering import pairs_within
from lianyi.methods.location.p_median import demand_of
from lianyi.methods.location.placements import Assignments
from lianyi.methods.location.site_costs import SiteCosts, gather_rows, sort_rows

_LEAST_PEOPLE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Who is served by which site, and who is left.

    Parameters
    ----------
    order
        Positions of the sites in the order in which they took people.
    served
        For each site in that order, the people it took.
    covered_share
        For each site in that order, the share of all people covered once it had its turn.
    left
        For each demand point, the people nobody took.
    assignments
        Who uses which site, in that order, the nearest first.
    """

    order: Positions
    served: Floats
    covered_share: Floats
    left: Floats
    assignments: Assignments


def cover_in_order(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    longest_cost: float,
    order: Sequence[int] | npt.ArrayLike,
) -> Coverage:
    """Fill the sites in this order. Sites that are not in it take nobody.

    Raises
    ------
    PlacementConditionError
        When the longest cost is negative or not a number, or the capacities are not one for each site.
    SiteError
        When the order names a site that is not there or one twice.
    SurveyLengthError, SurveyAmountError, ZeroTotalError
        When the input cannot be used.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[5, 50], [20, 10]])
    >>> first = cover_in_order(costs, [100, 100], [150, 80], 30, order=[0, 1])
    >>> first.served.tolist(), first.left.tolist()
    ([150.0, 50.0], [0.0, 0.0])
    >>> other = cover_in_order(costs, [100, 100], [150, 80], 30, order=[1, 0])
    >>> other.served.tolist(), other.left.tolist()
    ([80.0, 120.0], [0.0, 0.0])
    """
    columns = _Columns(costs, demand, capacity, longest_cost)
    turns = _checked_order(order, costs.site_count)
    return columns.coverage(turns)


def order_by_people_in_reach(costs: SiteCosts, demand: npt.ArrayLike, longest_cost: float) -> Positions:
    """Return the sites by the people within the longest cost, most first; of equal ones the one listed first.

    AccessMod offers this order, its reverse, and one by a column of the table of sites (sort that column yourself).
    """
    people = demand_of(costs, demand)
    near = pairs_within(costs, longest_cost)
    reach = np.bincount(near.site, people[near.rows_of_pairs()], minlength=costs.site_count)
    return np.argsort(-reach, kind="stable")


def scale_up(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    longest_cost: float,
    existing: Sequence[int],
    new_sites: int,
    target_share: float = 1.0,
) -> Coverage:
    """Fill the existing sites in their order, then open new ones, each time the one that takes most people left.

    It stops after so many new sites, once the share of people covered reaches the target, or when nobody is taken.
    Each step is the best by itself; together they need not be: compare `lianyi.methods.location.conditions`. Raises as
    `cover_in_order`.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[5, 9, 50], [20, 10, 50], [50, 50, 1]])
    >>> plan = scale_up(costs, [100, 100, 90], [60, 150, 80], 30, existing=[0], new_sites=2)
    >>> plan.order.tolist(), plan.served.tolist(), plan.left.tolist()
    ([0, 1, 2], [60.0, 140.0, 80.0], [0.0, 0.0, 10.0])
    """
    columns = _Columns(costs, demand, capacity, longest_cost)
    order = _checked_order(existing, costs.site_count).tolist()
    if new_sites < 0 or not 0.0 <= target_share <= 1.0:
        message = (
            f"{new_sites} new sites up to a share of {target_share}; give 0 or more sites and a share from 0 to 1."
        )
        raise PlacementConditionError(message, name="new_sites", given=new_sites)
    coverage = columns.coverage(np.array(order, np.int64))
    for _ in range(new_sites):
        if coverage.covered_share.size and coverage.covered_share[-1] >= target_share:
            break
        could_take = columns.could_take(coverage.left)
        could_take[order] = 0.0
        if could_take.max(initial=0.0) <= _LEAST_PEOPLE:
            break
        order.append(int(np.argmax(could_take)))
        coverage = columns.coverage(np.array(order, np.int64))
    return coverage


class _Columns:
    """For each site the demand points within the longest cost, nearest first."""

    def __init__(self, costs: SiteCosts, demand: npt.ArrayLike, capacity: npt.ArrayLike, longest_cost: float) -> None:
        near = pairs_within(costs, longest_cost)
        self._people = demand_of(costs, demand)
        self._total = total_of("demand", self._people)
        self._capacity = amount_column("capacity", capacity)
        if self._capacity.size != costs.site_count:
            message = f"There are {self._capacity.size} capacities and {costs.site_count} sites; give one for each."
            raise SurveyLengthError(message, capacity=self._capacity.size, sites=costs.site_count)
        rows = near.rows_of_pairs().astype(np.int32)
        self._start, self._point, self._cost = gather_rows(near.site, rows, near.cost, costs.site_count)
        sort_rows(self._start, self._point, self._cost)

    def could_take(self, left: Floats) -> Floats:
        """Return for each site the people that it could take of those left."""
        sites = np.repeat(np.arange(self._capacity.size), np.diff(self._start))
        reach = np.bincount(sites, left[self._point], minlength=self._capacity.size)
        return np.minimum(reach, self._capacity)

    def coverage(self, order: Positions) -> Coverage:
        """Fill the sites in this order."""
        left = self._people.copy()
        taken = fill(self._start, self._point, self._cost, self._capacity, order, left)
        sites = np.repeat(np.arange(self._capacity.size), np.diff(self._start))
        served = np.bincount(sites, taken, minlength=self._capacity.size)[order].astype(np.float64)
        turn = np.full(self._capacity.size, order.size)
        turn[order] = np.arange(order.size)
        used = np.flatnonzero(taken > _LEAST_PEOPLE)
        used = used[np.argsort(turn[sites[used]], kind="stable")]
        assignments = Assignments(self._point[used].astype(np.int64), sites[used], self._cost[used], taken[used])
        return Coverage(order, served, np.cumsum(served) / self._total, left, assignments)


@compiled
def fill(start: Positions, point: Integers, cost: Floats, capacity: Floats, order: Positions, left: Floats) -> Floats:
    """Let each site in its turn take the nearest people left; people at the same cost in equal shares."""
    taken = np.zeros(point.size)
    for site in order:
        room = capacity[site]
        first = start[site]
        while first < start[site + 1] and room > 0.0:
            end = first
            there = 0.0
            while end < start[site + 1] and cost[end] == cost[first]:
                there += left[point[end]]
                end += 1
            share = 1.0 if there <= room else room / there
            for k in range(first, end):
                taken[k] = left[point[k]] * share
                left[point[k]] -= taken[k]
            room = room - there if there <= room else 0.0
            first = end
    return taken


def _checked_order(order: Sequence[int] | npt.ArrayLike, site_count: int) -> Positions:
    given = np.asarray(order)
    if not given.size:
        return np.empty(0, np.int64)
    is_usable = given.ndim == 1 and given.dtype.kind in "iu" and given.min() >= 0 and given.max() < site_count
    if not is_usable or np.unique(given).size != given.size:
        message = (
            f"The order names sites by their positions from 0 to {site_count - 1}, each once; given: "
            f"{given.tolist()[:5]} ... ({given.size} in all)."
        )
        raise SiteError(message, site_count=site_count)
    return given.astype(np.int64)
