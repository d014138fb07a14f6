"""Covering: who has an open site within a radius. Exactly at the radius is inside.

Set covering (LSCP): C. Toregas, R. Swain, C. ReVelle and L. Bergman, Operations Research 19 (1971) 1363-1373. Maximal
covering (MCLP): R. Church and C. ReVelle, Papers of the Regional Science Association 32 (1974) 101-118.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lianyi.methods.access.arrays import Floats, Integers
from lianyi.methods.columns import total_of
from lianyi.methods.errors import PlacementConditionError
from lianyi.methods.location.limits import Clock, Progress, SearchLimits, silent
from lianyi.methods.location.p_median import demand_of
from lianyi.methods.location.placements import Placement, StopReason, nearest_open, open_flags
from lianyi.methods.location.set_cover import fewest_sites
from lianyi.methods.location.site_costs import SiteCosts, check_site_number, kept_sites, refuse_unreachable
from lianyi.methods.location.solver import Model, require_values


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
    counts = (people > 0) & (np.diff(near.start) > 0)
    part = near.only(counts)
    greedy = cover_most_greedily(part, people[counts], kept, places)
    total = float(people[counts].sum())
    model = Model()
    chosen = model.add_choices(np.zeros(near.site_count), open_flags(kept, near.site_count))
    missed = model.add_shares(people[counts])
    model.add_rows(1.0, np.inf, part.demand_count)
    model.add_entries(part.rows_of_pairs(), chosen[part.site])
    model.add_entries(np.arange(part.demand_count), missed)
    model.add_entries(model.add_rows(places, places, 1), chosen)
    is_open = open_flags(greedy, near.site_count)
    start = np.concatenate((is_open, ~covered(part, is_open))).astype(np.float64)
    solution = model.solve(clock.seconds_left(), limits.gap, limits.seed, start)
    require_values(solution, f"{places} open sites with those that stay")
    sites = np.flatnonzero(solution.values[: near.site_count] > 0.5)  # noqa: PLR2004 - sites are 0 or 1
    assignments = nearest_open(near, open_flags(sites, near.site_count), people)
    objective = float(assignments.people.sum())
    bound = max(objective, total - solution.bound)
    reason = solution.stop_reason
    if reason is StopReason.OPTIMAL:
        bound = objective
    return Placement(objective, bound, sites, assignments, reason)


def cover_most_greedily(costs: SiteCosts, people: Floats, kept: Integers, places: int) -> Integers:
    """Open the site that covers most people not covered yet, so many times."""
    pair_rows = costs.rows_of_pairs()
    is_open = open_flags(kept, costs.site_count)
    is_left = ~covered(costs, is_open)
    for _ in range(places - kept.size):
        new = np.bincount(costs.site, people[pair_rows] * is_left[pair_rows], minlength=costs.site_count)
        new[is_open] = -1.0
        site = int(np.argmax(new))
        is_open[site] = True
        is_left[pair_rows[costs.site == site]] = False
    return np.flatnonzero(is_open).astype(np.int32)


def covered(costs: SiteCosts, is_open: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return for each demand point whether one of its sites is open."""
    return np.bincount(costs.rows_of_pairs()[is_open[costs.site]], minlength=costs.demand_count) > 0


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
