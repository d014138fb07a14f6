"""Control charts of a table file: what `lianyi evaluate spc` tells and draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.analysis.chart_walls import WallAccount, chart_wall
from lianyi.analysis.chart_wishes import ChartKind, ChartWish
from lianyi.analysis.figures import Document
from lianyi.analysis.process_control import ChartAccount, control_chart
from lianyi.drawing.control_chart import ChartPoint, ControlChartPicture, Mark, svg_of_control_chart
from lianyi.methods.process_control import Direction
from lianyi.tabular.arrays import ArrayColumn, read_arrays

_MARKS: Final = {
    "common-cause": Mark.COMMON,
    "improvement": Mark.IMPROVEMENT,
    "concern": Mark.CONCERN,
    "change": Mark.CHANGE,
}
_COUNTS: Final = frozenset({ChartKind.P, ChartKind.P_PRIME, ChartKind.U, ChartKind.C, ChartKind.T, ChartKind.G})


def chart_of_file(path: Path, wish: ChartWish) -> ChartAccount:
    """Read a table and chart the one series in it."""
    account = control_chart(_columns(path, wish, None), wish)
    account.document["table"] = path.name
    return account


def wall_of_file(path: Path, series: str, wish: ChartWish) -> WallAccount:
    """Read a table and chart every series in it."""
    account = chart_wall(_columns(path, wish, series), series, wish)
    account.document["table"] = path.name
    return account


def lines_of(document: Document) -> list[str]:
    """Return what a chart tells before its points, as a person reads it."""
    trial = ", trial limits" if document["trial_limits"] else ""
    lines = [
        f"{document['chart']} chart of {document['columns']['value']}: {document['observed']} points{trial}",
        f"mean {_number(document['mean'])}, limits {_limits(document)}",
    ]
    if document["moving_ranges"] is not None:
        lines.append(f"moving ranges: {document['moving_ranges']}, mean {_number(document['mean_moving_range'])}")
    if len(document["phases"]) > 1:
        lines += [
            f"  from {phase['from']}: mean {_number(phase['mean'])}, limits {_limits(phase)}"
            + (f" ({phase['reason']})" if phase["reason"] else "")
            for phase in document["phases"]
        ]
    latest = document["latest"]
    lines.append(f"latest point {latest['time']}: {_number(latest['value'])}, {latest['signal'] or 'no signal'}")
    if document["assurance"] is not None:
        lines.append(f"target {_number(document['target'])}: {document['assurance']}")
    told = document["runs"]
    lines.append(
        f"longest run {told['longest']} (at most {told['longest_allowed']}), crossings {told['crossings']} (at least "
        f"{told['crossings_needed']})"
    )
    estimate = document["autocorrelation"]
    lines.append(
        f"autocorrelation {_number(estimate['estimate'])} (by chance up to {_number(estimate['chance_limit'])})"
    )
    for chance in (document["alarms_by_chance"] or {"chances": []})["chances"]:
        lines.append(
            f"by chance alone, at autocorrelation {chance['autocorrelation']:g}: {chance['any_point']:.0%} of such "
            f"charts have a signal, {chance['latest_point']:.1%} at their latest point"
        )
    return lines


def point_cells(document: Document) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of the points."""
    headings = ["time", "value", "mean", "lower", "upper", "signal", "side", "variation"]
    rows = [
        [_cell(row[heading]) for heading in headings[:-1]] + [row["variation"] if row["signal"] else "-"]
        for row in document["points"]
    ]
    return headings, rows


def wall_lines(document: Document) -> list[str]:
    """Return what a wall of charts tells before its rows."""
    times = document["times"]
    span = f"{times['count']} times from {times['first']} to {times['last']}"
    lines = [f"{document['series']:,} {document['chart']} charts, {span}"]
    alarms = document["alarms"]
    if alarms is not None:
        lines.append(
            f"with a signal {alarms['with_a_signal']:,}, with one at the latest point "
            f"{alarms['with_a_signal_at_the_latest_point']:,}"
        )
        for expected in alarms["expected_by_chance"]:
            bound = expected["false_share_at_most"]
            false = "" if bound is None else f"; of the latest signals up to {bound:.0%} may be false"
            lines.append(
                f"by chance alone, at autocorrelation {expected['autocorrelation']:g}: "
                f"{expected['with_a_signal']:,.1f}, at the latest point "
                f"{expected['with_a_signal_at_the_latest_point']:,.1f}{false}"
            )
    return lines


def wall_cells(document: Document) -> tuple[list[str], list[list[str]]]:
    """Return headings and rows of a wall, those with a signal at the latest point first."""
    headings = ["name", "points", "mean", "lower", "upper", "latest", "signal", "variation"]
    rows = []
    for chart in sorted(document["charts"], key=lambda chart: chart["latest"]["signal"] is None):
        if "not_charted" in chart:
            rows.append([chart["name"], str(chart["observed"]), "-", "-", "-", "-", "-", chart["not_charted"]])
            continue
        latest, limits = chart["latest"], chart["limits"]
        told = [chart["mean"], limits["lower"], limits["upper"], latest["value"], latest["signal"]]
        shown = latest["variation"] if latest["signal"] else "-"
        rows.append([chart["name"], str(chart["observed"]), *map(_cell, told), shown])
    return headings, rows


def picture_text(account: ChartAccount) -> str:
    """Return the chart as an SVG document."""
    document = account.document
    begins = set(np.flatnonzero(account.charts.starts[0]).tolist())
    points = tuple(
        ChartPoint(
            label=row["time"],
            value=row["value"],
            centre=row["mean"],
            lower=row["lower"],
            upper=row["upper"],
            mark=_MARKS.get(row["variation"], Mark.COMMON),
            begins_phase=place in begins,
            told=f"{row['signal']}, {row['side']}" if row["signal"] else "",
        )
        for place, row in enumerate(document["points"])
    )
    title = f"{document['columns']['value']}: {document['chart']} chart, {document['observed']} points"
    return svg_of_control_chart(
        ControlChartPicture(
            title=title,
            value_label=_value_label(document),
            points=points,
            marks=_marks(account.wish.direction),
            target=document["target"],
            notes=_notes(document),
        )
    )


def _marks(direction: Direction) -> tuple[tuple[Mark, str], ...]:
    common = (Mark.COMMON, "common cause")
    if direction is Direction.NEITHER:
        return (common, (Mark.CHANGE, "signal of a change"))
    return (common, (Mark.IMPROVEMENT, "signal for the better"), (Mark.CONCERN, "signal for the worse"))


def _notes(document: Document) -> tuple[str, ...]:
    ranges = f"; moving ranges: {document['moving_ranges']}" if document["moving_ranges"] else ""
    reasons = [f"New phase from {phase['from']}: {phase['reason']}." for phase in document["phases"] if phase["reason"]]
    return (f"Limits: {document['conventions']['limits']}{ranges}.", *reasons, *document["warnings"])


def _value_label(document: Document) -> str:
    value, total = document["columns"]["value"], document["columns"]["total"]
    return value if total is None else f"{value} / {total}"


def _columns(path: Path, wish: ChartWish, series: str | None) -> dict[str, np.ndarray[Any, Any]]:
    least = 0 if wish.kind in _COUNTS else None
    columns = [ArrayColumn(wish.value, "number", minimum=least, description="the values to chart", may_have_gaps=True)]
    if wish.total is not None:
        columns.append(
            ArrayColumn(
                wish.total, "number", minimum=0, description="what the events are counted over", may_have_gaps=True
            )
        )
    if wish.time is not None:
        columns.append(ArrayColumn(wish.time, description="the time of each value"))
    if series is not None:
        columns.append(ArrayColumn(series, description="the series of each value"))
    return read_arrays(path, columns)


def _limits(document: Document) -> str:
    limits = document["limits"]
    return f"{_number(limits['lower'])} to {_number(limits['upper'])}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.5g}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
