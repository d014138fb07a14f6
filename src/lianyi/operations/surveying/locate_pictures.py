"""The pictures of `lianyi survey locate`: people served up to each cost, and where they and the sites are."""

from __future__ import annotations

import numpy as np

from lianyi.drawing import Axis, LineChart, Series
from lianyi.drawing.point_map import GOOD_TO_BAD, MapLayer, PointMap
from lianyi.methods.arrays import Floats, Positions
from lianyi.methods.location.placements import Assignments
from lianyi.operations.surveying.locate_inputs import LocateTables

_CURVE_POINTS = 400
_PERCENT = 100


def curve_of(model: str, tables: LocateTables, given: Assignments, note: str) -> LineChart:
    """Return the share of all people who go up to each cost to their site."""
    order = np.argsort(given.cost, kind="stable")
    total = float(tables.people.sum()) or 1.0
    share = np.concatenate([[0.0], np.cumsum(given.people[order])]) / total * _PERCENT
    cost = np.concatenate([[0.0], given.cost[order]])
    some = np.unique(np.linspace(0, order.size, min(order.size, _CURVE_POINTS) + 1).astype(np.int64))
    # Steps: between two costs nobody is added.
    x, y = np.repeat(cost[some], 2)[1:], np.repeat(share[some], 2)[:-1]
    unit = tables.cost_name
    return LineChart(
        title=f"{model}: people served up to a cost",
        x_axis=Axis(f"{unit} to the site", 0, float(cost.max(initial=0.0)) or 1.0),
        y_axis=Axis("share of all people", 0, _PERCENT, "%"),
        series=(Series("people served", x.tolist(), y.tolist()),),
        note=note,
    )


def map_of(model: str, tables: LocateTables, sites: Positions, given: Assignments, note: str) -> PointMap | None:
    """Return demand points, coloured by the cost to their site, and the open sites; None without coordinates."""
    points, places = tables.demand_points, tables.site_points
    if points is None or places is None:
        return None
    return PointMap(
        title=f"{model}: {sites.size} open sites",
        places=MapLayer(points.longitude, points.latitude, tables.demand_ids),
        values=_mean_costs(tables, given),
        people=tables.people,
        value_label=f"{tables.cost_name} to the site",
        facilities=MapLayer(places.longitude[sites], places.latitude[sites], tables.site_ids[sites]),
        note=f"{note} Positions in WGS 84.",
        colours=GOOD_TO_BAD,
    )


def _mean_costs(tables: LocateTables, given: Assignments) -> Floats:
    """Return the mean over the people of each point, who may be divided among sites; NaN where nobody is served."""
    count = tables.people.size
    served = np.bincount(given.demand, given.people, minlength=count)
    travel = np.bincount(given.demand, given.people * given.cost, minlength=count)
    # Of a point without people every way counts the same.
    ways = np.bincount(given.demand, minlength=count)
    plain = np.bincount(given.demand, given.cost, minlength=count)
    with np.errstate(invalid="ignore"):
        return np.where(served > 0, travel / served, plain / ways)
