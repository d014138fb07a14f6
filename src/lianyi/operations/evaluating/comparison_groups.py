"""Between the options of `lianyi evaluate did` and the comparison of groups: the table read, the picture drawn."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianyi.analysis.comparison_groups import ComparisonWish, compare_groups
from lianyi.analysis.comparison_words import verdict
from lianyi.analysis.panel_columns import PanelNames
from lianyi.drawing.effect_chart import Effect, EffectChart, svg_of_effects
from lianyi.operations.console import Stage
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """The table, its columns, and how units are to be compared."""

    table: Path
    names: PanelNames
    wish: ComparisonWish


def document_of(request: ComparisonRequest, stage: Stage) -> Document:
    """Read the table and compare."""
    names = request.names
    texts = {names.unit: "who was measured", names.time: "when"}
    if names.cluster is not None:
        texts[names.cluster] = "the helping hospital or province"
    columns = [ArrayColumn(name, "text", description=about) for name, about in texts.items()]
    gaps = {names.start: "the first treated period, empty or 0 if never"}
    if names.keep_out is not None:
        gaps[names.keep_out] = "who serves nobody as a comparison"
    columns += [
        ArrayColumn(name, "text", description=about, may_have_gaps=True)
        for name, about in gaps.items()
        if name not in texts
    ]
    figures = (names.outcome, *names.covariates)
    columns += [
        ArrayColumn(name, "number", description="what was measured", may_have_gaps=True)
        for name in dict.fromkeys(figures)
    ]
    table = read_arrays(request.table, columns)
    with stage("Placebo draws") as progress:
        document = compare_groups(table, names, request.wish, progress)
    return {"table": request.table.name, **document}


def picture_of(document: Document) -> str:
    """Return the effects by periods since the start as an SVG document."""
    level = f"{document['interval']['confidence']:.0%}"
    rows = document["event_study"] or [
        {"event_time": 0, "estimate": document["estimate"], "interval": document["interval"]}
    ]
    chart = EffectChart(
        title=f"Effect on {document['outcome']} by periods since the start",
        time_label="periods since the start (0 is the first treated one)",
        effect_label=f"effect on {document['outcome']}",
        effects=tuple(
            Effect(row["event_time"], row["estimate"], _ends(row.get("interval")), _ends(row.get("band")))
            for row in rows
        ),
        start=0,
        names=(f"{level} interval of its own", f"{level} band for all together"),
        note=f"{verdict(document)} {document['units']:,} units, {document['clusters']:,} clusters; "
        f"{document['conventions']['estimate']}. Before the start: placebos that should lie near 0.",
    )
    return svg_of_effects(chart)


def _ends(part: Document | None) -> tuple[float, float] | None:
    if part is None or part["low"] is None or part["high"] is None:
        return None
    return part["low"], part["high"]
