"""The map of a programme: its stops by how they stand, the places that teams set out from, the ways of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lianyi.dispatch.models import RoundCrew, RoundStop, RoundVisit
from lianyi.dispatch.rounds_checks import is_closed
from lianyi.dispatch.rounds_frequency import StopAccount
from lianyi.dispatch.rounds_texts import ago_word
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import name_of
from lianyi.registry.models import Institution, Place

Point = tuple[float, float]
# Shape and colour tell the same, for those who see no colours.
MARKS: Mapping[str, tuple[str, str]] = {
    "served": ("circle", "#2f7d4f"),
    "short": ("triangle", "#b3261e"),
    "open": ("circle", "#5b6770"),
    "closed": ("diamond", "#b87a00"),
    "start": ("rect", "#0b5fa5"),
}


def point_of_stop(row: RoundStop) -> Point | None:
    """Return longitude and latitude of a stop: its institution's, else its place's. A place above is no stop."""
    for each in (row.institution, row.place):
        if each is not None and each.longitude is not None and each.latitude is not None:
            return each.longitude, each.latitude
    return None


def point_of_start(row: Institution) -> Point | None:
    """Return where a team sets out: the institution's point, else that of its place."""
    each: Institution | Place
    for each in (row, row.place):
        if each.longitude is not None and each.latitude is not None:
            return each.longitude, each.latitude
    return None


def _mark_of(account: StopAccount) -> str:
    if is_closed(account.stop, account.today):
        return "closed"
    if not account.required:
        return "open"
    return "short" if account.shortfalls else "served"


def programme_map(accounts: Sequence[StopAccount], crews: Sequence[RoundCrew]) -> Chart | None:
    """Draw the stops; None where none has a position."""
    words = {
        "served": _("visited as often as required"),
        "short": _("fell short"),
        "open": _("no period is over yet"),
        "closed": _("cannot be reached today"),
    }
    points: dict[str, list[dict[str, Any]]] = {mark: [] for mark in words}
    rows = []
    for account in accounts:
        point, mark, name = point_of_stop(account.stop), _mark_of(account), name_of(account.stop.site)
        rows.append([name, words[mark], ago_word(account.days_since), _("yes") if point else _("no coordinates")])
        if point is not None:
            told = f"{name}: {words[mark]}, {ago_word(account.days_since)}"
            points[mark].append({"name": told, "value": point, "url": account.stop.get_absolute_url()})
    starts = {row.start_id: row.start for row in crews}
    begun = [
        {"name": name_of(row), "value": point} for row in starts.values() if (point := point_of_start(row)) is not None
    ]
    where = [each["value"] for group in (*points.values(), begun) for each in group]
    if not where:
        return None
    series = [_dots(words[mark], mark, group) for mark, group in points.items() if group]
    series.append(_dots(_("teams set out"), "start", begun))
    table = ChartTable([_("Stop"), _("State"), _("Last visit"), _("On the map")], rows)
    return chart("round-map", _option(where, series), title=_("Stops on the map"), table=table, height="tall")


def day_map(visits: Sequence[RoundVisit], start: Institution) -> Chart | None:
    """Draw the way of a team on a day, in the order of its visits; None where too few have a position."""
    home = point_of_start(start)
    stops = [(visit, point) for visit in visits if (point := point_of_stop(visit.stop)) is not None]
    way = [point for point in (home, *(point for _visit, point in stops), home) if point is not None]
    if not stops:
        return None
    names = [name_of(visit.stop.site) for visit, _point in stops]
    numbered = [
        {"name": f"{number}. {name}", "value": point}
        for number, (name, (_visit, point)) in enumerate(zip(names, stops, strict=True), start=1)
    ]
    line = {"type": "line", "name": _("way"), "showSymbol": False, "data": way, "lineStyle": {"type": "dashed"}}
    series = [line, _dots(_("stops"), "open", numbered)]
    if home is not None:
        series.append(_dots(_("teams set out"), "start", [{"name": name_of(start), "value": home}]))
    table = ChartTable([_("Order"), _("Stop")], [[number, name] for number, name in enumerate(names, start=1)])
    return chart("day-map", _option(way, series), title=_("Way of the day"), table=table, height="medium")


def _dots(name: str, mark: str, data: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    symbol, colour = MARKS[mark]
    size = 14 if mark == "start" else 11
    return {
        "type": "scatter",
        "name": name,
        "symbol": symbol,
        "symbolSize": size,
        "itemStyle": {"color": colour},
        "data": [{**each, "value": list(each["value"])} for each in data],
    }


def _option(points: Iterable[Point], series: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    where = list(points)
    return {
        "tooltip": {"trigger": "item", "formatter": "{b}"},
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 56, "right": 32, "top": 48, "bottom": 40},
        "xAxis": _axis(_("longitude"), [point[0] for point in where]),
        "yAxis": _axis(_("latitude"), [point[1] for point in where]),
        "series": list(series),
    }


def _axis(name: str, values: Sequence[float]) -> dict[str, Any]:
    """Leave room on both sides, so that no point stands on the frame."""
    room = max((max(values) - min(values)) * 0.1, 0.02)
    return {
        "type": "value",
        "name": name,
        "nameLocation": "middle",
        "nameGap": 26,
        "min": round(min(values) - room, 2),
        "max": round(max(values) + room, 2),
        "splitLine": {"show": False},
        "axisLabel": {"showMinLabel": False, "showMaxLabel": False},
    }
