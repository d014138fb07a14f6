"""Pictures of the survey: bars by place, lines by year, Lorenz curves, points on a plain map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianyi.pages.charts import Chart, ChartTable, chart

GRID = {"left": 8, "right": 24, "top": 40, "bottom": 8, "containLabel": True}
MOST_BARS = 40
FEW_BARS = 6
"""More places than these are no picture to read; the table has them all."""
DIGITS = 4


def rounded(value: float | None, digits: int = DIGITS) -> float | None:
    return None if value is None else round(value, digits)


def bars_by_place(
    element_id: str, title: str, names: Sequence[str], series: Mapping[str, Sequence[float | None]]
) -> Chart:
    """Return bars that lie, one group for each name, in the order given; names without any figure are left out."""
    known = [at for at in range(len(names)) if any(values[at] is not None for values in series.values())][:MOST_BARS]
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis"},
        "grid": GRID,
        "legend": {"top": 0},
        "xAxis": {"type": "value"},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [names[at] for at in known],
            "axisLabel": {"interval": 0, "width": 120, "overflow": "break"},
        },
        "series": [
            {"type": "bar", "name": name, "data": [rounded(values[at]) for at in known], "barMaxWidth": 18}
            for name, values in series.items()
        ],
    }
    rows = [[name, *(rounded(values[at]) for values in series.values())] for at, name in enumerate(names)]
    height = "tall" if len(known) > FEW_BARS else "medium"
    return chart(element_id, option, title=title, table=ChartTable([_("Name"), *series], rows), height=height)


def lines_by_year(element_id: str, title: str, series: Mapping[str, Mapping[int, float]]) -> Chart:
    """Return one line for each series over the years; a year without a figure is a gap, not a zero."""
    known = sorted({year for figures in series.values() for year in figures})
    years = list(range(known[0], known[-1] + 1)) if known else []
    option: dict[str, Any] = {
        "tooltip": {"trigger": "axis"},
        "grid": GRID,
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": [str(year) for year in years]},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {"type": "line", "name": name, "symbolSize": 7, "data": [rounded(figures.get(year)) for year in years]}
            for name, figures in series.items()
        ],
    }
    rows = [[str(year), *(rounded(figures.get(year)) for figures in series.values())] for year in known]
    return chart(element_id, option, title=title, table=ChartTable([_("Year"), *series], rows), height="short")


def curves(
    element_id: str,
    title: str,
    axes: tuple[str, str],
    series: Mapping[str, Sequence[tuple[float, float]]],
    *,
    with_diagonal: bool,
) -> Chart:
    """Return curves through points, both axes as shares from 0 to 1 shown in per cent."""
    drawn: list[dict[str, Any]] = [
        {
            "type": "line",
            "name": name,
            "showSymbol": len(points) <= MOST_BARS,
            "data": [[round(100 * x, 2), round(100 * y, 2)] for x, y in points],
        }
        for name, points in series.items()
    ]
    if with_diagonal:
        equal = {"type": "dashed", "color": "#5b6770"}
        drawn.append(
            {
                "type": "line",
                "name": _("even shares"),
                "showSymbol": False,
                "lineStyle": equal,
                "itemStyle": {"color": "#5b6770"},
                "data": [[0, 0], [100, 100]],
            }
        )
    axis = {"type": "value", "min": 0, "max": 100, "nameLocation": "middle"}
    option = {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 48, "right": 24, "top": 40, "bottom": 44},
        "legend": {"top": 0},
        "xAxis": {**axis, "name": axes[0], "nameGap": 28},
        "yAxis": {**axis, "name": axes[1], "nameGap": 34},
        "series": drawn,
    }
    rows = [[name, round(100 * x, 2), round(100 * y, 2)] for name, points in series.items() for x, y in points]
    return chart(element_id, option, title=title, table=ChartTable([_("Curve"), *axes], rows))


def cover_curves(
    element_id: str, title: str, series: Mapping[str, Sequence[tuple[float, float]]], longest_minutes: int
) -> Chart:
    """Return for each group what share of it has reached something after so many minutes, as rising steps."""
    option = {
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 48, "right": 24, "top": 40, "bottom": 44},
        "legend": {"top": 0},
        "xAxis": {
            "type": "value",
            "min": 0,
            "max": longest_minutes,
            "name": _("minutes"),
            "nameLocation": "middle",
            "nameGap": 28,
        },
        "yAxis": {"type": "value", "min": 0, "max": 100, "name": "%"},
        "series": [
            {
                "type": "line",
                "name": name,
                "step": "end",
                "showSymbol": False,
                "data": [[round(minutes, 1), round(100 * part, 1)] for minutes, part in points],
            }
            for name, points in series.items()
        ],
    }
    rows = [
        [name, round(minutes, 1), round(100 * part, 1)] for name, points in series.items() for minutes, part in points
    ]
    return chart(element_id, option, title=title, table=ChartTable([_("Group"), _("minutes"), "%"], rows))


@dataclass(frozen=True, slots=True)
class Mark:
    """One point of a plain map."""

    name: str
    longitude: float
    latitude: float
    size: float = 10.0
    url: str = ""
    figure: str = ""


_SYMBOLS = ("circle", "triangle", "diamond", "rect", "pin")


def points_map(element_id: str, title: str, layers: Mapping[str, Sequence[Mark]]) -> Chart:
    """Return points by longitude and latitude without any map below them; each layer has a sign of its own."""
    marks = [mark for layer in layers.values() for mark in layer]
    option = {
        "tooltip": {"trigger": "item"},
        "grid": {"left": 56, "right": 24, "top": 56, "bottom": 44},
        "legend": {"top": 0},
        "xAxis": {**_degrees(_("longitude"), 28), **_span([mark.longitude for mark in marks])},
        "yAxis": {**_degrees(_("latitude"), 42), **_span([mark.latitude for mark in marks])},
        "series": [
            {
                "type": "scatter",
                "name": name,
                "symbol": symbol,
                "itemStyle": {"opacity": 0.85},
                "data": [
                    {
                        "name": f"{mark.name} {mark.figure}".strip(),
                        "value": [round(mark.longitude, 4), round(mark.latitude, 4)],
                        "symbolSize": mark.size,
                        **({"url": mark.url} if mark.url else {}),
                    }
                    for mark in layer
                ],
            }
            for symbol, (name, layer) in zip(_SYMBOLS, layers.items(), strict=False)
        ],
    }
    rows = [
        [name, mark.name, round(mark.longitude, 4), round(mark.latitude, 4), mark.figure]
        for name, layer in layers.items()
        for mark in layer
    ]
    table = ChartTable([_("Layer"), _("Name"), _("longitude"), _("latitude"), _("Figure")], rows)
    return chart(element_id, option, title=title, table=table, height="tall")


def _degrees(name: str, gap: int) -> dict[str, Any]:
    return {"type": "value", "name": name, "nameLocation": "middle", "nameGap": gap, "splitNumber": 4} | {
        "axisLabel": {"showMinLabel": False, "showMaxLabel": False}
    }


def _span(values: Sequence[float]) -> dict[str, float]:
    """Return bounds a little wider than the points, so that none lies on the edge."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    margin = max((high - low) * 0.06, 0.01)
    return {"min": round(low - margin, 2), "max": round(high + margin, 2)}
