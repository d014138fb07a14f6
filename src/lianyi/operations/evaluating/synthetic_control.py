"""Between the options of `lianyi evaluate synthetic` and the synthetic control: the table read, the picture drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianyi.analysis.synthetic_control import SyntheticNames, SyntheticWish, synthetic_control, verdict
from lianyi.drawing import Axis, LineChart, Series, svg_of
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]

_ROOM = 0.05


@dataclass(frozen=True, slots=True)
class SyntheticRequest:
    """The table, its columns, the treated unit, and the draws."""

    table: Path
    names: SyntheticNames
    wish: SyntheticWish


def document_of(request: SyntheticRequest) -> Document:
    """Read the table and build the synthetic control."""
    names = request.names
    columns = [
        ArrayColumn(names.unit, "text", description="who was measured"),
        ArrayColumn(names.time, "text", description="when"),
        ArrayColumn(names.outcome, "number", description="what was measured", may_have_gaps=True),
    ]
    table = read_arrays(request.table, columns)
    return {"table": request.table.name, **synthetic_control(table, names, request.wish)}


def picture_of(document: Document) -> str:
    """Return the treated unit and its synthetic control over time as an SVG document."""
    rows = document["series"]
    are_numbers = all(isinstance(row["period"], (int, float)) for row in rows)
    x = [float(row["period"]) if are_numbers else float(number) for number, row in enumerate(rows, start=1)]
    own, synthetic = ([row[key] for row in rows] for key in ("outcome", "synthetic"))
    low, high = min(*own, *synthetic), max(*own, *synthetic)
    room = _ROOM * (high - low) or 1.0
    first = document["periods_before"]
    start = (x[first - 1] + x[first]) / 2
    label = "period" if are_numbers else f"period, counted from {rows[0]['period']}"
    chart = LineChart(
        title=f"{document['treated']} and its synthetic control",
        x_axis=Axis(label, x[0], x[-1]),
        y_axis=Axis(document["outcome"], low - room, high + room),
        series=(
            Series(document["treated"], x, own),
            Series(f"synthetic control of {len(document['weights'])} donors", x, synthetic),
            Series(f"start {document['start']}", [start, start], [low - room, high + room], is_guide=True),
        ),
        note=verdict(document),
    )
    return svg_of(chart)
