"""The p sites with the least total travel: the p-median.

First a placement: the sites that save most one after the other, then swaps. Then prices that the points offer for being
served, which bound every placement from below and name the sites to try next. What the bound settles is dropped; the
rest is searched branch by branch, and by the solver once little is left. The result tells the bound in any case.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import amount_column, total_of
from lianyi.methods.errors import SurveyLengthError
from lianyi.methods.location.bounds import Settled
from lianyi.methods.location.limits import Clock, Progress, SearchLimits, silent
from lianyi.methods.location.placements import Placement, nearest_open, open_flags
from lianyi.methods.location.proof import Remaining, prove
from lianyi.methods.location.remaining_model import solve_remaining
from lianyi.methods.location.set_cover import sites_that_reach_all
from lianyi.methods.location.site_costs import (
    SiteCosts,
    check_site_number,
    kept_sites,
    refuse_unreachable,
)
from lianyi.methods.location.swap_kernels import Rows
from lianyi.methods.location.swap_search import SwapSearch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lianyi.methods.arrays import Floats, Integers

_PAIRS_FOR_SOLVER = 60_000


def p_median(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    places: int,
    *,
    keep: Sequence[int] = (),
    limits: SearchLimits | None = None,
    progress: Progress = silent,
) -> Placement:
    """Open so many sites that the sum of demand times cost to the cheapest open site is least.

    S. L. Hakimi, Operations Research 12 (1964) 450-459; C. S. ReVelle and R. W. Swain, Geographical Analysis 2 (1970)
    30-42. Every point with demand must be served. "Optimal" means that no placement is cheaper by more than one part in
    10^9, or, where all products of demand and cost are whole numbers, that none is cheaper at all.

    Parameters
    ----------
    costs
        What it costs each demand point to use each site.
    demand
        People at each point, 0 or more. A point without people does not count and is still assigned.
    places
        How many sites are open in the end, those that stay among them.
    keep
        Positions of existing sites that stay open.
    limits
        Time, gap and seed; see `SearchLimits`.
    progress
        Told the share of the time that is gone.

    Raises
    ------
    SiteNumberError, SiteError, SurveyLengthError, SurveyAmountError, ZeroTotalError
        When the input cannot be used.
    UnreachableDemandError
        When a point with demand can use no site.
    PlacementImpossibleError
        When so many sites cannot serve all points, since not every site can be reached from everywhere.
    PlacementNotFoundError
        When the time ended before any placement was found that serves all points.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[0, 4, 9], [4, 0, 5], [9, 5, 0]])
    >>> placement = p_median(costs, [10, 20, 30], 2)
    >>> placement.sites.tolist(), placement.objective, placement.bound, placement.stop_reason.value
    ([1, 2], 40.0, 40.0, 'optimal')
    """
    limits = limits or SearchLimits()
    clock = Clock(limits, progress)
    people = demand_of(costs, demand)
    total_of("demand", people)
    kept = kept_sites(keep, costs.site_count)
    check_site_number(places, kept.size, costs.site_count)
    refuse_unreachable(costs, costs.unreachable()[people[costs.unreachable()] > 0], "")
    return _searched(costs, people, kept, places, limits, clock)


def _searched(
    costs: SiteCosts, people: Floats, kept: Integers, places: int, limits: SearchLimits, clock: Clock
) -> Placement:
    rows = weighted_rows(costs, people)
    search = SwapSearch(rows, kept, places, costs.site_count, clock, limits)
    search.begin()
    if search.total >= rows.unserved.max() and not open_to_all(rows, search.sites, costs.site_count):
        search.offer(sites_that_reach_all(costs, people > 0, kept, places, clock.seconds_left()))
    unsettled = _unsettled(rows, kept, costs.site_count)
    bound, reason = prove(search, unsettled, clock, partial(_solve_rest, places, limits.seed))
    sites = np.sort(search.sites).astype(np.int64)
    assignments = nearest_open(costs, open_flags(sites, costs.site_count), people)
    return Placement(search.total, min(bound, search.total), sites, assignments, reason)


def _solve_rest(places: int, seed: int, settled: Settled, seconds: float) -> Remaining | None:
    """Give what is left to the solver, once that is little."""
    if settled.rows.site.size > _PAIRS_FOR_SOLVER:
        return None
    return solve_remaining(settled, places, seconds, seed)


def demand_of(costs: SiteCosts, demand: npt.ArrayLike) -> Floats:
    """Return the demand as numbers of at least 0, one for each demand point.

    Raises
    ------
    SurveyLengthError, SurveyAmountError
        When it is not so.
    """
    people = amount_column("demand", demand)
    if people.size != costs.demand_count:
        message = (
            f"There are {people.size} figures of demand and costs of {costs.demand_count} points; give one for each."
        )
        raise SurveyLengthError(message, demand=people.size, costs=costs.demand_count)
    return people


def weighted_rows(costs: SiteCosts, people: Floats) -> Rows:
    """Return the points with demand, each with the cost for all its people together.

    Unserved is a point that costs more than any placement that serves all, or, where it can use every site, what its
    dearest site costs.
    """
    counts = np.diff(costs.start)
    has_people = people > 0
    weighted = costs.cost * np.repeat(people, counts)
    in_use = np.repeat(has_people, counts)
    start = np.concatenate(([0], np.cumsum(counts[has_people]))).astype(np.int64)
    rows = Rows(start, costs.site[in_use], weighted[in_use], np.zeros(start.size - 1))
    dearest = rows.cost[start[1:] - 1]
    rows.unserved[:] = np.where(counts[has_people] == costs.site_count, dearest, dearest.sum() + 1.0)
    return rows


def open_to_all(rows: Rows, sites: Integers, site_count: int) -> bool:
    """Return whether every point can use one of these sites."""
    is_open = open_flags(sites, site_count)[rows.site]
    return bool(np.logical_or.reduceat(is_open, rows.start[:-1]).all())


def _unsettled(rows: Rows, kept: Integers, site_count: int) -> Settled:
    status = np.zeros(site_count, np.int8)
    status[kept] = 1
    is_complete = np.diff(rows.start) == site_count
    ceiling = np.where(is_complete, rows.unserved, np.inf)
    return Settled(rows, ceiling, status, np.zeros(rows.unserved.size), 0.0, may_go_unserved=False)
