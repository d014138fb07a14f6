"""The pictures of a partnership: delivery by period, the time line, flows on a map, the rounds of the cycle."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import in_language, name_of
from lianyi.pages.values import shown
from lianyi.partnerships.models import CycleStep, TimelineFact
from lianyi.partnerships.promises import DutyAccount
from lianyi.partnerships.queries import Flow, TimelineEntry
from lianyi.partnerships.words import unit_name
from lianyi.registry.models import Institution, Place


def duty_chart(account: DutyAccount) -> Chart:
    """Draw what was delivered in each period against what was promised."""
    labels = [period.label for period in account.periods]
    delivered = [None if period.delivered is None else float(period.delivered) for period in account.periods]
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 56, "right": 24, "top": 32, "bottom": 48},
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "name": unit_name(account.duty.unit), "minInterval": 1},
        "series": [
            {"type": "bar", "name": _("delivered"), "data": delivered, "barMaxWidth": 48},
            {
                "type": "line",
                "name": _("promised"),
                "data": [float(account.duty.quantity)] * len(labels),
                "symbol": "none",
                "step": "middle",
                "lineStyle": {"type": "dashed"},
            },
        ],
    }
    table = ChartTable(
        [_("Period"), _("Promised"), _("Delivered")],
        [
            [period.label, shown(period.promised), _("hidden: few") if period.is_hidden else shown(period.delivered)]
            for period in account.periods
        ],
    )
    return chart("duty-chart", option, title=_("Delivered by period"), table=table)


def timeline_chart(entries: Sequence[TimelineEntry]) -> Chart:
    """Draw the events by kind over time."""
    kinds = [kind for kind in TimelineFact.Kind if any(entry.kind == kind for entry in entries)]
    option: dict[str, Any] = {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 24, "top": 8, "bottom": 32, "containLabel": True},
        "xAxis": {"type": "time", "axisLabel": {"hideOverlap": True}},
        "yAxis": {
            "type": "category",
            "data": [str(kind.label) for kind in kinds],
            "inverse": True,
            # Beside long names a phone would have no room for the time line itself.
            "axisLabel": {"width": 130, "overflow": "break"},
        },
        "series": [
            {
                "type": "scatter",
                "symbolSize": 12,
                "data": [
                    {
                        "value": [entry.day.isoformat(), str(TimelineFact.Kind(entry.kind).label)],
                        "name": in_language(entry.text_zh, entry.text_en),
                    }
                    for entry in entries
                ],
            }
        ],
    }
    rows = [
        [day_text(entry), str(TimelineFact.Kind(entry.kind).label), in_language(entry.text_zh, entry.text_en)]
        for entry in entries
    ]
    table = ChartTable([_("Date"), _("Kind"), _("What happened")], rows)
    return chart("timeline-chart", option, title=_("Events by kind"), table=table)


def day_text(entry: TimelineEntry) -> str:
    """Return the date no more exactly than it is known."""
    length = {"year": 4, "month": 7}.get(entry.precision, 10)
    return entry.day.isoformat()[:length]


@dataclass(frozen=True, slots=True)
class LocatedFlow:
    """A flow with its two institutions; the points are those of their places where they have none of their own."""

    flow: Flow
    source: Institution
    target: Institution

    @property
    def is_located(self) -> bool:
        return point_of(self.source) is not None and point_of(self.target) is not None


def point_of(institution: Institution) -> tuple[float, float] | None:
    """Return longitude and latitude (WGS 84) of an institution, else of its place, else of the place above."""
    row: Institution | Place | None = institution
    while row is not None:
        if row.longitude is not None and row.latitude is not None:
            return row.longitude, row.latitude
        row = row.place if isinstance(row, Institution) else row.parent
    return None


def located_flows(flows: Sequence[Flow]) -> list[LocatedFlow]:
    """Look up the institutions of flows with one query. The flows come from a scoped reading."""
    ids = {pk for flow in flows for pk in (flow.from_institution_id, flow.to_institution_id)}
    rows = Institution.objects.filter(pk__in=ids).select_related("place__parent__parent__parent__parent").in_bulk()
    return [LocatedFlow(flow, rows[flow.from_institution_id], rows[flow.to_institution_id]) for flow in flows]


def flow_chart(flows: Sequence[LocatedFlow]) -> Chart:
    """Draw who goes where: points by longitude and latitude, curved arrows as wide as the people are many."""
    located = [flow for flow in flows if flow.is_located]
    points = {row.pk: row for flow in located for row in (flow.source, flow.target)}
    option: dict[str, Any] = {
        "tooltip": {"trigger": "item"},
        **map_axes(points.values()),
        "series": [_arrows(located), map_dots(points.values())],
    }
    table = ChartTable(
        [pgettext("institution", "From"), pgettext("institution", "To"), _("Persons")],
        [[name_of(each.source), name_of(each.target), each.flow.persons] for each in flows],
    )
    return chart("flow-map", option, title=_("Who goes where"), table=table, height="tall")


def map_axes(rows: Iterable[Institution]) -> dict[str, Any]:
    """Return the frame of a map of institutions that have a position: longitude and latitude, nothing below them."""
    where = [point for row in rows if (point := point_of(row)) is not None]
    return {
        "grid": {"left": 56, "right": 96, "top": 24, "bottom": 40},
        "xAxis": _axis(_("longitude"), [point[0] for point in where]),
        "yAxis": _axis(_("latitude"), [point[1] for point in where]),
    }


def _axis(name: str, values: Sequence[float]) -> dict[str, Any]:
    """Leave room on both sides, so that no point and no name stands on the frame."""
    room = max((max(values) - min(values)) * 0.15, 0.05)
    return {
        "type": "value",
        "name": name,
        "min": round(min(values) - room, 2),
        "max": round(max(values) + room, 2),
        "splitLine": {"show": False},
        "axisLabel": {"showMinLabel": False, "showMaxLabel": False},
    }


def _arrows(located: Sequence[LocatedFlow]) -> dict[str, Any]:
    widest = max(flow.flow.persons for flow in located)
    return {
        "type": "lines",
        "coordinateSystem": "cartesian2d",
        "symbol": ["none", "arrow"],
        "symbolSize": 9,
        "data": [
            {
                "coords": [list(point_of(each.source) or ()), list(point_of(each.target) or ())],
                "name": f"{name_of(each.source)} → {name_of(each.target)}: {each.flow.persons}",
                "lineStyle": {"width": 1 + 4 * each.flow.persons / widest, "curveness": 0.2, "opacity": 0.7},
            }
            for each in located
        ],
    }


def map_dots(rows: Iterable[Institution]) -> dict[str, Any]:
    """Return one dot for each point; several institutions at one point are told as the first and how many more."""
    at_point: dict[tuple[float, float], list[str]] = {}
    for row in rows:
        point = point_of(row)
        if point is not None:
            at_point.setdefault(point, []).append(name_of(row))
    middle = (min(point[0] for point in at_point) + max(point[0] for point in at_point)) / 2
    return {
        "type": "scatter",
        "symbolSize": 9,
        "label": {"show": True, "formatter": "{b}"},
        "labelLayout": {"hideOverlap": True},
        # Names stand toward the middle, so that none is cut off at the frame.
        "data": [
            {
                "name": names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}",
                "value": list(point),
                "label": {"position": "left" if point[0] > middle else "right"},
            }
            for point, names in at_point.items()
        ],
    }


@dataclass(frozen=True, slots=True)
class StepSlot:
    """One of the six places of a cycle; ``step`` is None where it has not begun."""

    number: int
    label: str
    step: CycleStep | None


@dataclass(frozen=True, slots=True)
class Cycle:
    number: int
    slots: tuple[StepSlot, ...]


def cycles_of(steps: Sequence[CycleStep]) -> list[Cycle]:
    """Arrange dated steps into rounds of six, newest round first; an agreement without any shows the empty round."""
    rounds = [(number, {step.step: step for step in found}) for number, found in groupby(steps, lambda s: s.cycle)]
    rounds = rounds or [(1, {})]
    return [
        Cycle(number, tuple(StepSlot(each.value, str(each.label), found.get(each.value)) for each in CycleStep.Step))
        for number, found in reversed(rounds)
    ]
