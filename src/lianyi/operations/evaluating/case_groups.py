"""Between the options of `lianyi evaluate drg` and the indices: tables read, lines for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lianyi.analysis.case_groups import CaseColumns, case_group_document
from lianyi.tabular.array_values import Array
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]

HEADINGS = ("hospital", "cases", "groups", "total weight", "CMI", "cost index", "time index", "low-risk deaths")


def document_of(cases: Path, columns: CaseColumns, region: Path | None, confidence: float) -> Document:
    """Read the tables and compute the indices."""
    wanted = _columns(columns)
    # Deaths are of a hospital's own cases; a region needs none.
    needed = [each for each in wanted if each.name not in (columns.deaths, columns.low_risk)]
    own = read_arrays(cases, wanted)
    other = None if region is None else _with_empty(read_arrays(region, needed), wanted)
    return {"table": cases.name, **case_group_document(own, columns, other, confidence)}


def cells_of(document: Document) -> list[list[str]]:
    """Return the rows of the table that a person reads."""
    return [
        [
            str(row["hospital"]),
            f"{row['cases']:,.0f}",
            str(row["groups"]),
            _figure(row["total_weight"], 1),
            _figure(row["case_mix_index"]),
            _figure(row["cost_index"]),
            _figure(row["time_index"]),
            _low_risk(row.get("low_risk")),
        ]
        for row in document["rows"]
    ]


def _columns(columns: CaseColumns) -> list[ArrayColumn]:
    texts = {columns.hospital: "the hospital", columns.group: "the diagnosis-related group"}
    figures = {
        columns.cases: "number of cases",
        columns.cost: "cost",
        columns.days: "days in hospital",
        columns.deaths: "deaths among the cases",
        columns.low_risk: "1 for a low-risk group, else 0",
    }
    return [
        *(ArrayColumn(name, "text", description=about) for name, about in texts.items()),
        *(
            ArrayColumn(name, "number", description=about, may_have_gaps=True)
            for name, about in figures.items()
            if name is not None
        ),
    ]


def _with_empty(found: dict[str, Array], wanted: list[ArrayColumn]) -> dict[str, Array]:
    rows = len(next(iter(found.values())))
    return {each.name: found.get(each.name, np.full(rows, np.nan)) for each in wanted}


def _low_risk(part: Document | None) -> str:
    if part is None or part["share"] is None:
        return "-"
    low, high = part["interval"]["low"], part["interval"]["high"]
    return f"{part['deaths']} of {part['cases']} ({100 * low:.2f} to {100 * high:.2f} %)"


def _figure(value: float | None, places: int = 4) -> str:
    return "-" if value is None else f"{value:,.{places}f}"
