"""Covering: who has an open site within a radius. Exactly at the radius is inside.

Set covering (LSCP): C. Toregas, R. Swain, C. ReVelle and L. Bergman, Operations Research 19 (1971) 1363-1373. Maximal
covering (MCLP): R. Church and C. ReVelle, Papers of the Regional Science Association 32 (1974) 101-118.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Floats, Integers, Positions
from lianyi.methods.columns import total_of
from lianyi.methods.errors import PlacementConditionError
from lianyi.methods.location.bounds import Settled
from lianyi.methods.location.lagrangian_kernels import CLOSED, FREE, OPEN
from lianyi.methods.location.limits import Clock, Progress, SearchLimits, silent
from lianyi.methods.location.p_median import demand_of
from lianyi.methods.location.placements import Placement, StopReason, nearest_open, open_flags
from lianyi.methods.location.proof import Remaining, prove
from lianyi.methods.location.set_cover import fewest_sites
from lianyi.methods.location.site_costs import SiteCosts, check_site_number, kept_sites, refuse_unreachable
from lianyi.methods.location.solver import Ending, Model
from lianyi.methods.location.swap_kernels import Rows
from lianyi.methods.location.swap_search import SwapSearch


def set_covering(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    radius: float,
    *,
    keep: Sequence[int] = (),
    limits: SearchLimits | None = None,
    progress: Progress = silent,
) -> Placement:
    """Open as few sites as can be so that every demand point has one within the radius.

    Every point counts, with people or without. The objective is the number of open sites, those that stay among them;
    `demand` only tells how many people go each way.

    Raises
    ------
    PlacementConditionError
        When the radius is negative or not a number.
    UnreachableDemandError
        When a point has no site within the radius.
    SiteError, SurveyLengthError, SurveyAmountError
        When the input cannot be used.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[0, 4, 9], [4, 0, 5], [9, 5, 0]])
    >>> placement = set_covering(costs, [10, 20, 30], radius=5)
    >>> placement.sites.tolist(), placement.objective, placement.stop_reason.value
    ([1], 1.0, 'optimal')
    """
    limits = limits or SearchLimits()
    clock = Clock(limits, progress)
    people = demand_of(costs, demand)
    near = pairs_within(costs, radius)
    kept = kept_sites(keep, costs.site_count)
    refuse_unreachable(near, near.unreachable(), f" within {radius:g}")
    cover = fewest_sites(near, kept, clock.seconds_left(), limits.gap, limits.seed)
    assignments = nearest_open(costs, open_flags(cover.sites, costs.site_count), people)
    return Placement(float(cover.sites.size), float(cover.fewest), cover.sites, assignments, cover.stop_reason)


def maximal_covering(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    radius: float,
    places: int,
    *,
    keep: Sequence[int] = (),
    limits: SearchLimits | None = None,
    progress: Progress = silent,
) -> Placement:
    """Open so many sites that as many people as can be have one within the radius.

    The objective is the number of people covered. Assignments hold the people covered only.

    Raises
    ------
    PlacementConditionError
        When the radius is negative or not a number.
    SiteNumberError, SiteError, SurveyLengthError, SurveyAmountError, ZeroTotalError
        When the input cannot be used.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[0, 4, 9], [4, 0, 5], [9, 5, 0]])
    >>> placement = maximal_covering(costs, [10, 20, 29], radius=4, places=1)
    >>> placement.sites.tolist(), placement.objective, placement.bound, placement.stop_reason.value
    ([0], 30.0, 30.0, 'optimal')
    """
    limits = limits or SearchLimits()
    clock = Clock(limits, progress)
    people = demand_of(costs, demand)
    total_of("demand", people)
    kept = kept_sites(keep, costs.site_count)
    check_site_number(places, kept.size, costs.site_count)
    near = pairs_within(costs, radius)
    return _cover_most(near, people, kept, places, clock, limits)


def _cover_most(
    near: SiteCosts, people: Floats, kept: Integers, places: int, clock: Clock, limits: SearchLimits
) -> Placement:
    """Leave as few people out as can be: a p-median in which the way within the radius is free."""
    counts = (people > 0) & (np.diff(near.start) > 0)
    part, inside = near.only(counts), people[counts]
    reachable = float(inside.sum())
    if not inside.size:
        return _placed(near, people, _filled(kept, places, near.site_count))
    rows = Rows(part.start, part.site, np.zeros(part.site.size), inside)
    search = SwapSearch(rows, kept, places, near.site_count, clock, limits, offset=reachable)
    search.begin()

    def solve_rest(settled: Settled, seconds: float) -> Remaining:
        return _solve_rest(part, inside, settled, places, seconds, limits)

    status = np.where(open_flags(kept, near.site_count), OPEN, FREE).astype(np.int8)
    problem = Settled(rows, inside.copy(), status, inside.copy(), 0.0, may_go_unserved=True)
    left_out, reason = prove(search, problem, clock, solve_rest)
    placement = _placed(near, people, np.sort(search.sites).astype(np.int64))
    bound = max(placement.objective, reachable - left_out)
    if reason is StopReason.OPTIMAL:
        bound = placement.objective
    return replace(placement, bound=bound, stop_reason=reason)


def _placed(near: SiteCosts, people: Floats, sites: Positions) -> Placement:
    assignments = nearest_open(near, open_flags(sites, near.site_count), people)
    objective = float(assignments.people.sum())
    return Placement(objective, objective, sites, assignments, StopReason.OPTIMAL)


def _filled(kept: Integers, places: int, site_count: int) -> Positions:
    others = np.setdiff1d(np.arange(site_count), kept)
    return np.sort(np.concatenate((kept, others[: places - kept.size])))


def _solve_rest(
    costs: SiteCosts, people: Floats, settled: Settled, places: int, seconds: float, limits: SearchLimits
) -> Remaining:
    """Let the solver find who is left out among the sites that are not settled yet."""
    is_live = settled.status != CLOSED
    live = np.flatnonzero(is_live)
    position = np.cumsum(is_live) - 1
    model = Model()
    chosen = model.add_choices(np.zeros(live.size), settled.status[live] == OPEN)
    left_out = model.add_shares(people)
    used = is_live[costs.site]
    model.add_rows(1.0, np.inf, costs.demand_count)
    model.add_entries(costs.rows_of_pairs()[used], chosen[position[costs.site[used]]])
    model.add_entries(np.arange(costs.demand_count), left_out)
    model.add_entries(model.add_rows(places, places, 1), chosen)
    solution = model.solve(seconds, seed=limits.seed)
    if solution.ending is Ending.IMPOSSIBLE:
        return Remaining(np.empty(0, np.int32), np.inf)
    if not solution.has_values:
        return Remaining(np.empty(0, np.int32), solution.bound)
    return Remaining(live[solution.values[: live.size] > 0.5].astype(np.int32), solution.bound)  # noqa: PLR2004


def pairs_within(costs: SiteCosts, radius: float) -> SiteCosts:
    """Return the pairs within the radius, those exactly at it among them.

    Raises
    ------
    PlacementConditionError
        When the radius is negative or not a number.
    """
    if not radius >= 0.0:
        message = f"The radius is {radius}; give a number of 0 or more in the unit of the costs."
        raise PlacementConditionError(message, name="radius", given=radius)
    return costs.within(radius)
