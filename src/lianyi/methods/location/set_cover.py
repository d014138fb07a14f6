"""The fewest sites so that each demand point has one among those that it can use."""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Flags, Integers, Positions
from lianyi.methods.errors import PlacementImpossibleError, PlacementNotFoundError
from lianyi.methods.location.cover_bound import cover_by_prices, cover_greedily
from lianyi.methods.location.placements import StopReason, open_flags
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.solver import Ending, Model

_ALMOST_WHOLE = 1e-6
_MOST_COMPARED = 2500
_SHARE_FOR_PRICES = 0.5
_MOST_PAIRS_SOLVED = 3_000_000


class Cover(NamedTuple):
    """Sites that cover all points, and how few could do so at least."""

    sites: Positions
    fewest: int
    stop_reason: StopReason


def fewest_sites(costs: SiteCosts, kept: Integers, seconds: float, gap: float = 0.0, seed: int = 0) -> Cover:
    """Cover every point with as few sites as can be, those kept among them. Every point must have a pair."""
    clock = time.monotonic()
    priced = cover_by_prices(costs, kept, cover_greedily(costs, kept), _SHARE_FOR_PRICES * seconds)
    sites, fewest = priced.sites, priced.fewest
    if sites.size - fewest > gap * sites.size and costs.site.size <= _MOST_PAIRS_SOLVED:
        model = cover_model(costs, kept)
        known = open_flags(sites, costs.site_count).astype(np.float64)
        solution = model.solve(seconds - (time.monotonic() - clock), gap, seed, known)
        if solution.has_values:
            found = np.flatnonzero(solution.values > 0.5)  # noqa: PLR2004 - sites are 0 or 1
            sites = found if found.size < sites.size else sites
        if np.isfinite(solution.bound):
            fewest = max(fewest, int(np.ceil(solution.bound - _ALMOST_WHOLE)))
    fewest = min(fewest, sites.size)
    if fewest == sites.size:
        return Cover(sites, fewest, StopReason.OPTIMAL)
    is_near = sites.size - fewest <= gap * sites.size
    return Cover(sites, fewest, StopReason.GAP if is_near else StopReason.TIME_LIMIT)


def cover_model(costs: SiteCosts, kept: Integers) -> Model:
    """Return the model of the fewest sites."""
    model = Model()
    columns = model.add_choices(np.ones(costs.site_count), open_flags(kept, costs.site_count))
    model.add_rows(1.0, np.inf, costs.demand_count)
    model.add_entries(costs.rows_of_pairs(), columns[costs.site])
    return model


def can_cover(costs: SiteCosts, kept: Integers, places: int, seconds: float, seed: int = 0) -> Positions | None:
    """Return so many sites or fewer that cover every point.

    They are empty when it is proved that there are none, and None when the time ended first.
    """
    if costs.unreachable().size:
        return np.empty(0, np.int64)
    greedy = cover_greedily(costs, kept)
    if greedy.size <= places:
        return greedy
    clock = time.monotonic()
    if max(costs.demand_count, costs.site_count) > _MOST_COMPARED:
        return _cover_at_once(costs, kept, places, seconds, seed)
    points, sites = _needed(costs, kept)
    model = Model()
    model.add_choices(np.ones(sites.size))
    rows, columns = np.nonzero(points)
    model.add_rows(1.0, np.inf, points.shape[0])
    model.add_entries(rows, columns)
    model.add_entries(model.add_rows(0.0, places - kept.size, 1), np.arange(sites.size))
    solution = model.solve_for_any(seconds - (time.monotonic() - clock), seed)
    if solution.ending is Ending.IMPOSSIBLE:
        return np.empty(0, np.int64)
    if not solution.has_values:
        return None
    chosen = sites[solution.values > 0.5]  # noqa: PLR2004 - sites are 0 or 1
    return np.concatenate((kept.astype(np.int64), chosen))


def _cover_at_once(costs: SiteCosts, kept: Integers, places: int, seconds: float, seed: int) -> Positions | None:
    """Do as `can_cover` without comparing all points and all sites with one another."""
    model = cover_model(costs, kept)
    model.add_entries(model.add_rows(0.0, places, 1), np.arange(costs.site_count))
    solution = model.solve_for_any(seconds, seed)
    if solution.ending is Ending.IMPOSSIBLE:
        return np.empty(0, np.int64)
    return np.flatnonzero(solution.values > 0.5) if solution.has_values else None  # noqa: PLR2004


def _needed(costs: SiteCosts, kept: Integers) -> tuple[Flags, Positions]:
    """Return which of the sites that matter cover which of the points that matter.

    A point matters when no other point's sites are all among its own; a site when no other covers all that it covers:
    C. Toregas and C. ReVelle, Papers of the Regional Science Association 28 (1972) 133-144.
    """
    covers = np.zeros((costs.demand_count, costs.site_count), np.bool_)
    covers[costs.rows_of_pairs(), costs.site] = True
    sites = np.setdiff1d(np.arange(costs.site_count), kept)
    covers = covers[~covers[:, kept].any(axis=1)][:, sites]
    while True:
        before = covers.shape
        covers = covers[_smallest(covers)]
        largest = _smallest(~covers.T)
        covers, sites = covers[:, largest], sites[largest]
        if covers.shape == before:
            return covers, sites


def _smallest(members: Flags) -> Positions:
    """Return the rows that contain no other row; of equal rows the first."""
    _, first = np.unique(np.packbits(members, axis=1), axis=0, return_index=True)
    first = np.sort(first)
    numbers = members[first].astype(np.float32)
    is_part = numbers @ numbers.T == numbers.sum(axis=1)[:, None]
    np.fill_diagonal(is_part, val=False)
    smallest: Positions = first[~is_part.any(axis=0)]
    return smallest


def sites_that_reach_all(costs: SiteCosts, has_people: Flags, kept: Integers, places: int, seconds: float) -> Integers:
    """Return so many sites that every point with people can use one.

    Raises
    ------
    PlacementImpossibleError
        When it is proved that there are none.
    PlacementNotFoundError
        When the time ended first.
    """
    part = costs.only(has_people)
    sites = can_cover(part, kept, places, seconds)
    if sites is None:
        message = (
            f"The time ended before {places} sites were found of which each point can use one. Whether there are "
            "such is not known. Give more time or more sites."
        )
        raise PlacementNotFoundError(message, places=places)
    if not sites.size:
        message = (
            f"{places} sites cannot serve all points: not every site can be reached from everywhere. Open more sites, "
            "or give the ways that are missing from the costs."
        )
        raise PlacementImpossibleError(message, places=places)
    closed = np.setdiff1d(np.arange(costs.site_count), sites)
    return np.concatenate((sites, closed))[:places].astype(np.int32)
