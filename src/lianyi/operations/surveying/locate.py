"""Where to place: the document and the rows of `lianyi survey locate`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np

from lianyi.drawing import LineChart
from lianyi.drawing.point_map import PointMap
from lianyi.methods.arrays import Positions
from lianyi.methods.errors import UnreachableDemandError
from lianyi.methods.location.conditions import Conditions, least_travel, most_covered
from lianyi.methods.location.coverage import Coverage, cover_in_order, order_by_people_in_reach, scale_up
from lianyi.methods.location.covering import maximal_covering, set_covering
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.location.p_center import p_center
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import Assignments, Placement, StopReason
from lianyi.operations.console import Stage
from lianyi.operations.errors import SurveyFileError
from lianyi.operations.surveying.locate_inputs import LocateFiles, LocateTables, read_tables
from lianyi.operations.surveying.locate_pictures import curve_of, map_of

_BAR: Final = 1000
_MOST_NAMED: Final = 20
Document = dict[str, Any]
Rows = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class LocateWish:
    """What is to be placed."""

    model: str
    files: LocateFiles
    places: int | None = None
    radius: float = math.inf
    budget: float | None = None
    limits: SearchLimits = field(default_factory=SearchLimits)

    @property
    def has_conditions(self) -> bool:
        return bool(self.files.capacity_column or self.budget is not None or self.files.floors)


@dataclass(frozen=True, slots=True)
class CoverageWish:
    """Whom sites with capacities cover in an order."""

    files: LocateFiles
    longest_cost: float
    new_sites: int = 0
    target_share: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class LocateAccount:
    """What the command tells: the document for --json, who uses which site for --out, and the pictures."""

    document: Document
    rows: Rows
    curve: LineChart
    map: PointMap | None


def account_of(wish: LocateWish, stage: Stage) -> LocateAccount:
    """Read the tables, search, and tell sites, objective, bound, gap and why the search stopped."""
    with stage("Reading") as progress:
        tables = read_tables(wish.files)
        progress(1, 1)
    with stage("Searching") as progress:
        placement = _named(tables, lambda: _placement(wish, tables, lambda share: progress(int(share * _BAR), _BAR)))
        progress(1, 1)
    document = _document(wish, tables, placement)
    return _account(document, tables, placement.sites, placement.assignments, verdict_of(document))


def _named(tables: LocateTables, search: Callable[[], Placement]) -> Placement:
    """Search, and name points that no site can serve by their ids instead of their places in the table."""
    try:
        return search()
    except UnreachableDemandError as error:
        ids = [str(tables.demand_ids[at]) for at in cast("list[int]", error.params["positions"])]
        more = f" and {len(ids) - _MOST_NAMED:,} others" if len(ids) > _MOST_NAMED else ""
        raise SurveyFileError(
            f"{len(ids):,} of {tables.demand_ids.size:,} demand points can use no site within the costs given: "
            f"{', '.join(ids[:_MOST_NAMED])}{more}. Add sites or ways for them, or leave them out and say so.",
            ids=ids,
        ) from error


def _account(
    document: Document, tables: LocateTables, sites: Positions, given: Assignments, note: str
) -> LocateAccount:
    model = document["model"]
    rows = _rows(tables, given)
    return LocateAccount(
        document, rows, curve_of(model, tables, given, note), map_of(model, tables, sites, given, note)
    )


def _placement(wish: LocateWish, tables: LocateTables, progress: Any) -> Placement:  # noqa: ANN401 - a callback
    costs, people, limits = tables.costs, tables.people, wish.limits
    if wish.model in _SERVING_ALL and math.isfinite(wish.radius):
        costs = costs.within(wish.radius)
    places = wish.places or 0
    if wish.has_conditions:
        conditions = Conditions(
            places=wish.places,
            keep=tables.keep,
            opening_cost=tables.of_sites(wish.files.opening_cost_column),
            budget=wish.budget,
            capacity=tables.of_sites(wish.files.capacity_column),
            floors=tables.floors,
        )
        if wish.model == "p-median":
            return least_travel(costs, people, conditions, limits=limits, progress=progress)
        return most_covered(costs, people, wish.radius, conditions, limits=limits, progress=progress)
    if wish.model == "p-median":
        return p_median(costs, people, places, keep=tables.keep, limits=limits, progress=progress)
    if wish.model == "p-center":
        return p_center(costs, people, places, keep=tables.keep, limits=limits, progress=progress)
    if wish.model == "mclp":
        return maximal_covering(costs, people, wish.radius, places, keep=tables.keep, limits=limits, progress=progress)
    return set_covering(costs, people, wish.radius, keep=tables.keep, limits=limits, progress=progress)


def _document(wish: LocateWish, tables: LocateTables, placement: Placement) -> Document:
    total = float(tables.people.sum())
    served = float(placement.assignments.people.sum())
    travel = float((placement.assignments.people * placement.assignments.cost).sum())
    return {
        "model": wish.model,
        "objective": placement.objective,
        "objective_is": _OBJECTIVES[wish.model],
        "bound": placement.bound if math.isfinite(placement.bound) else None,
        "gap": placement.gap if math.isfinite(placement.gap) else None,
        "is_optimal": placement.is_optimal,
        "stop_reason": placement.stop_reason.value,
        "sites": tables.site_ids[placement.sites].tolist(),
        "p": int(placement.sites.size),
        "kept": tables.site_ids[list(tables.keep)].tolist(),
        "radius": wish.radius if math.isfinite(wish.radius) else None,
        "budget": wish.budget,
        "people": total,
        "people_served": served,
        "share_served": served / total if total else None,
        "mean_cost": travel / served if served else None,
        "longest_cost": float(placement.assignments.cost.max(initial=0.0)),
        "loads": _loads(tables, placement),
        "zero_costs": tables.zero_costs,
        "time_limit_seconds": wish.limits.seconds,
        "gap_asked_for": wish.limits.gap,
        "seed": wish.limits.seed,
    }


def _loads(tables: LocateTables, placement: Placement) -> list[Document]:
    given, count = placement.assignments, tables.site_ids.size
    people = np.bincount(given.site, given.people, minlength=count)
    travel = np.bincount(given.site, given.people * given.cost, minlength=count)
    points = np.bincount(given.site, minlength=count)
    return [
        {
            "site": tables.site_ids[site],
            "people": float(people[site]),
            "demand_points": int(points[site]),
            "mean_cost": float(travel[site] / people[site]) if people[site] else None,
        }
        for site in placement.sites.tolist()
    ]


def _rows(tables: LocateTables, given: Assignments) -> Rows:
    return {
        "demand_id": tables.demand_ids[given.demand],
        "site_id": tables.site_ids[given.site],
        "cost": given.cost,
        "people": given.people,
    }


def coverage_account(wish: CoverageWish, stage: Stage) -> LocateAccount:
    """Fill the sites in their order, open further ones where asked, and tell the order with the result."""
    with stage("Reading") as progress:
        tables = read_tables(wish.files)
        progress(1, 1)
    capacity = tables.of_sites(wish.files.capacity_column)
    assert capacity is not None  # noqa: S101 - the command asks for the column
    order = _order(wish, tables)
    if wish.new_sites:
        coverage = scale_up(
            tables.costs, tables.people, capacity, wish.longest_cost, order, wish.new_sites, wish.target_share
        )
    else:
        coverage = cover_in_order(tables.costs, tables.people, capacity, wish.longest_cost, order)
    document = _coverage_document(wish, tables, coverage)
    note = f"Filled in this order: {document['order_by']}. Longest cost {wish.longest_cost:g}."
    return _account(document, tables, coverage.order, coverage.assignments, note)


def _order(wish: CoverageWish, tables: LocateTables) -> list[int]:
    ranks = tables.of_sites(wish.files.order_column)
    if ranks is None:
        order = order_by_people_in_reach(tables.costs, tables.people, wish.longest_cost)
    else:
        order = np.argsort(ranks, kind="stable")
    in_use = set(tables.keep) if wish.new_sites else set(range(tables.site_ids.size))
    return [site for site in order.tolist() if site in in_use]


def _coverage_document(wish: CoverageWish, tables: LocateTables, coverage: Coverage) -> Document:
    existing = len(tables.keep) if wish.new_sites else coverage.order.size
    return {
        "model": "coverage",
        "order_by": wish.files.order_column or "people in reach, most first",
        "order": tables.site_ids[coverage.order].tolist(),
        "new_sites": tables.site_ids[coverage.order[existing:]].tolist(),
        "longest_cost": wish.longest_cost,
        "people": float(tables.people.sum()),
        "people_covered": float(coverage.served.sum()),
        "share_covered": float(coverage.served.sum() / tables.people.sum()),
        "people_left": float(coverage.left.sum()),
        "steps": [
            {"site": tables.site_ids[site], "people": float(people), "share_covered": float(share)}
            for site, people, share in zip(
                coverage.order.tolist(), coverage.served.tolist(), coverage.covered_share.tolist(), strict=True
            )
        ],
    }


def verdict_of(document: Document) -> str:
    """Say in words how good the placement is."""
    reason = document["stop_reason"]
    if reason == StopReason.OPTIMAL.value:
        return "Proved: no placement is better."
    gap = document["gap"]
    told = "no bound is known" if gap is None else f"the best possible is at most {gap:.3%} away"
    return f"{_STOPPED[reason]}: {told}. This is not proved to be the best placement."


_OBJECTIVES: Final = {
    "p-median": "sum of people times cost",
    "p-center": "longest cost of a demand point to its nearest open site",
    "mclp": "people served within the radius",
    "lscp": "number of open sites",
}
_SERVING_ALL: Final = ("p-median", "p-center")
_STOPPED: Final = {
    StopReason.GAP.value: "The gap asked for is reached",
    StopReason.TIME_LIMIT.value: "The time is over",
    StopReason.SEARCH_LIMIT.value: "The search reached its limit before the time was over",
}
