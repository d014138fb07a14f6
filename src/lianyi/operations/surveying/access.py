"""Who can reach what: the document, the rows and the pictures of `lianyi survey access`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.drawing import Axis, LineChart, Series
from lianyi.drawing.point_map import BAD_TO_GOOD, GOOD_TO_BAD, MapLayer, PointMap
from lianyi.methods.access import (
    NOBODY,
    AccessMethod,
    AccessResult,
    Decay,
    Edge,
    Nearest,
    Zones,
    measure_access,
    time_coverage,
)
from lianyi.methods.arrays import Floats
from lianyi.operations.console import Stage
from lianyi.operations.errors import SurveyFileError
from lianyi.operations.surveying.access_inputs import (
    CostFile,
    CostWays,
    Places,
    PointWays,
    read_costs,
    read_places,
)
from lianyi.operations.surveying.access_weights import text_of
from lianyi.tabular.arrays import ArrayColumn

_CURVE_POINTS: Final = 1000
_QUANTILES: Final = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
# Far above what sums in double precision lose.
_ROUNDING: Final = 1e-9
Document = dict[str, Any]
Rows = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, slots=True)
class AccessWish:
    """What is to be measured, and from which tables."""

    demand: Path
    supply: Path
    costs: CostFile | None
    """Without it the ways are those between the points."""
    method: AccessMethod | None
    """Without it only the nearest facility is looked for."""
    decay: Decay | None
    limits: tuple[float, ...] = ()
    """Within which people with a facility are counted."""
    edge: Edge = Edge.INCLUSIVE
    coordinates: str = "wgs84"
    threads: int = 0
    shows_map: bool = False

    @property
    def decay_text(self) -> str:
        return text_of(self.decay)

    @property
    def unit(self) -> str:
        return self.costs.unit if self.costs is not None else "km"


@dataclass(frozen=True, slots=True, eq=False)
class AccessAccount:
    """What the command tells: the document for --json, the rows for --out, and the pictures."""

    document: Document
    rows: Rows
    curve: LineChart
    map: PointMap | None


def method_of(name: str | None, decay: Decay | None) -> AccessMethod | None:
    """Return the measure that is meant; None for the nearest facility only."""
    if decay is None:
        return None
    if name is not None:
        return AccessMethod(name)
    is_binary = isinstance(decay, Zones) and len(decay.steps) == 1
    return AccessMethod.TWO_STEP if is_binary else AccessMethod.ENHANCED


def account_of(wish: AccessWish, stage: Stage) -> AccessAccount:
    """Read the tables and measure."""
    needs_points = wish.costs is None or wish.shows_map
    demand = read_places(
        wish.demand, _amount("population", "people at the place"), wish.coordinates, needs_points=needs_points
    )
    supply = read_places(
        wish.supply, _amount("capacity", "supply of the facility"), wish.coordinates, needs_points=needs_points
    )
    ways = _ways(wish, demand, supply, stage)
    found = _measured(wish, ways, demand, supply, stage)
    nearest = _nearest(wish, ways, stage)
    document = _document(wish, demand, supply, ways, found)
    if nearest is not None:
        document["coverage"] = _coverage(wish, nearest, demand)
        document["people_without_any_facility"] = float(demand.amounts[nearest.facility == NOBODY].sum())
    values = found.access if found is not None else _needed(nearest).costs
    rows = _rows(wish, demand, supply, found, nearest)
    return AccessAccount(document, rows, _curve(wish, values, demand), _map(wish, values, demand, supply))


def _amount(name: str, description: str) -> ArrayColumn:
    return ArrayColumn(name, "number", minimum=0, description=description)


def _ways(wish: AccessWish, demand: Places, supply: Places, stage: Stage) -> CostWays | PointWays:
    if wish.costs is not None:
        return read_costs(wish.costs, demand, supply, stage)
    if demand.points is None or supply.points is None:
        raise SurveyFileError("Without a table of costs both tables need the columns lon and lat.")
    return PointWays(demand.points, supply.points, wish.threads)


def _measured(
    wish: AccessWish, ways: CostWays | PointWays, demand: Places, supply: Places, stage: Stage
) -> AccessResult | None:
    if wish.method is None or wish.decay is None:
        return None
    with stage(f"Measuring {wish.method}") as progress:
        catchments = ways.catchments(wish.decay)
        return measure_access(
            catchments, demand.amounts, supply.amounts, wish.method, lambda share: progress(int(share * 1000), 1000)
        )


def _nearest(wish: AccessWish, ways: CostWays | PointWays, stage: Stage) -> Nearest | None:
    if wish.method is not None and not wish.limits:
        return None
    with stage("Looking for the nearest facility") as progress:
        found = ways.nearest()
        progress(1, 1)
    return found


def _needed(nearest: Nearest | None) -> Nearest:
    if nearest is None:
        raise SurveyFileError("Neither a measure nor the nearest facility was asked for.")
    return nearest


def _document(
    wish: AccessWish, demand: Places, supply: Places, ways: CostWays | PointWays, found: AccessResult | None
) -> Document:
    document: Document = {
        "method": str(wish.method) if wish.method is not None else "nearest",
        "unit": wish.unit,
        "weights": wish.decay_text,
        "edge": str(wish.edge),
        "demand_places": len(demand),
        "facilities": len(supply),
        "population": float(demand.amounts.sum()),
        "supply": float(supply.amounts.sum()),
    }
    if isinstance(ways, CostWays):
        document |= {"ways": ways.rows, "zero_costs": ways.zero_costs, "streamed": ways.is_streamed}
    if found is not None:
        document |= _result(found, demand, supply)
    document["notes"] = _notes(wish, ways, document)
    return document


def _result(found: AccessResult, demand: Places, supply: Places) -> Document:
    gap = found.conservation_gap
    return {
        "supply_in_range": found.supply_in_range,
        "distributed": found.distributed,
        "conservation_gap": gap,
        "conserved": None if gap is None else gap <= _ROUNDING,
        "unreached_facilities": [str(supply.ids[position]) for position in found.unreached.tolist()],
        "supply_unreached": found.supply_unreached,
        "people_without_access": found.people_without_access,
        "access_per_person": found.distributed / total if (total := float(demand.amounts.sum())) else None,
        "access_quantiles": _quantiles(found.access, demand.amounts),
    }


def _quantiles(values: Floats, people: Floats) -> dict[str, float] | None:
    """Return the access of the person at each share of all people, from the worst off."""
    if people.sum() == 0:
        return None
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(people[order]) / people.sum()
    # The first place that holds the person; places without people hold nobody.
    at = [int(np.searchsorted(upto, share, side="right" if share == 0 else "left")) for share in _QUANTILES]
    return {
        f"{share:g}": float(values[order[min(place, len(order) - 1)]])
        for share, place in zip(_QUANTILES, at, strict=True)
    }


def _coverage(wish: AccessWish, nearest: Nearest, demand: Places) -> list[Document]:
    return [
        {"within": each.limit, "unit": wish.unit, "people": each.covered, "share": each.share}
        for each in time_coverage(nearest.costs, demand.amounts, wish.limits, wish.edge)
    ]


def _notes(wish: AccessWish, ways: CostWays | PointWays, document: Document) -> list[str]:
    notes = []
    if wish.method is AccessMethod.TWO_STEP and wish.decay_text.count(":") > 1:
        notes.append("2sfca counts every way within the reach alike; use e2sfca for weights by zone.")
    if isinstance(ways, CostWays) and wish.costs is not None:
        if ways.zero_costs:
            notes.append(
                f"{ways.zero_costs:,} ways cost 0 {wish.unit}. They count as ways within the place. If 0 stands for "
                f"missing in {wish.costs.path.name}, take these rows out."
            )
        if not ways.saw_all_repeats:
            notes.append(
                f"{wish.costs.path.name} is read in a stream and is not in order of demand_id, so ways that stand "
                "twice were not looked for."
            )
    if document.get("conserved") is False:
        notes.append(
            f"People times access adds up to {document['distributed']:.10g}, and the supply in reach is "
            f"{document['supply_in_range']:.10g}: please report this."
        )
    return notes


def _rows(
    wish: AccessWish, demand: Places, supply: Places, found: AccessResult | None, nearest: Nearest | None
) -> Rows:
    rows: dict[str, np.ndarray[Any, Any]] = {"id": demand.ids}
    if found is not None:
        rows["access"] = found.access
    if nearest is not None:
        is_there = nearest.facility != NOBODY
        rows[f"nearest_{wish.unit}"] = np.where(is_there, nearest.costs, np.nan)
        rows["nearest_id"] = np.where(is_there, supply.ids[np.where(is_there, nearest.facility, 0)], "")
    return rows


def _curve(wish: AccessWish, values: Floats, demand: Places) -> LineChart:
    order = np.argsort(values, kind="stable")
    order = order[np.isfinite(values[order]) & (demand.amounts[order] > 0)]
    total = float(demand.amounts.sum()) or 1.0
    share = np.concatenate([[0.0], np.cumsum(demand.amounts[order])]) / total * 100
    some = np.unique(np.linspace(0, order.size, min(order.size, _CURVE_POINTS) + 1).astype(np.int64))
    heights = np.concatenate([values[order[:1]], values[order]])
    label = f"{wish.unit} to the nearest facility" if wish.method is None else f"access ({wish.method})"
    highest = float(heights.max(initial=0)) or 1.0
    return LineChart(
        title="Access over the population" if wish.method is not None else "Way to the nearest facility",
        x_axis=Axis("people, from the least to the largest figure", 0, 100, "%"),
        y_axis=Axis(label, 0, highest),
        series=(Series(label, share[some].tolist(), heights[some].tolist()),),
        note=f"{len(demand):,} places, {total:,.0f} people. Weights: {wish.decay_text}, edge {wish.edge}.",
    )


def _map(wish: AccessWish, values: Floats, demand: Places, supply: Places) -> PointMap | None:
    if not wish.shows_map or demand.points is None or supply.points is None:
        return None
    is_way = wish.method is None
    label = f"{wish.unit} to the nearest facility" if is_way else f"access ({wish.method})"
    has_something = np.isfinite(values) & ((values > 0) | is_way)
    return PointMap(
        title=f"{label}: {wish.demand.name} and {wish.supply.name}",
        places=MapLayer(demand.points.longitude, demand.points.latitude, demand.ids),
        values=np.where(has_something, values, np.nan),
        people=demand.amounts,
        value_label=label,
        facilities=MapLayer(supply.points.longitude, supply.points.latitude, supply.ids),
        note=f"Weights: {wish.decay_text}, edge {wish.edge}. Positions in WGS 84.",
        colours=GOOD_TO_BAD if is_way else BAD_TO_GOOD,
    )


def lines_of(document: Document) -> list[str]:
    """Return the document as a person reads it."""
    lines = [
        (
            f"{document['method']}: {document['demand_places']:,} places with {document['population']:,.10g} people, "
            f"{document['facilities']:,} facilities with a supply of {document['supply']:,.10g}"
        ),
        f"weights: {document['weights']} ({document['unit']}, edge {document['edge']})",
    ]
    if "access_quantiles" in document:
        if document["access_per_person"] is not None:
            lines.append(f"supply for one person: {document['access_per_person']:.6g}")
        for share, value in (document["access_quantiles"] or {}).items():
            lines.append(f"  person at {float(share):.0%} from the worst off: {value:.6g}")
        lines.append(f"people without access: {document['people_without_access']:,.10g}")
        lines.append(
            f"supply in reach: {document['supply_in_range']:,.10g}; given out: {document['distributed']:,.10g}"
        )
    for each in document.get("coverage", []):
        share = "" if each["share"] is None else f" ({each['share']:.1%})"
        lines.append(f"within {each['within']:g} {each['unit']}: {each['people']:,.10g} people{share}")
    return lines
