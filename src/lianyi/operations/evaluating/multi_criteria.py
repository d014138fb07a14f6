"""Between the options of `lianyi evaluate rank` and the scores: the table read, lines for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lianyi.analysis.multi_criteria import multi_criteria_document
from lianyi.methods.multi_criteria import Criterion, RankRule
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]

CRITERIA_HEADINGS = ("criterion", "better", "fixed weight", "entropy weight")

_SCORES = {"topsis_fixed": "TOPSIS, fixed", "topsis_entropy": "TOPSIS, entropy", "rank_sum_ratio": "RSR, fixed"}


@dataclass(frozen=True, slots=True)
class RankRequest:
    """The table, its columns, and when places are given."""

    table: Path
    unit: str
    criteria: tuple[Criterion, ...]
    weights: tuple[float, ...] | None
    cases: str | None
    rule: RankRule


def document_of(request: RankRequest) -> Document:
    """Read the table and compute the scores."""
    names = dict.fromkeys([*(each.name for each in request.criteria), *([request.cases] if request.cases else [])])
    wanted = [
        ArrayColumn(request.unit, "text", description="who is scored"),
        *(ArrayColumn(name, "number", description="a figure of the unit", may_have_gaps=True) for name in names),
    ]
    table = read_arrays(request.table, wanted)
    found = multi_criteria_document(table, request.unit, request.criteria, request.weights, request.cases, request.rule)
    return {"table": request.table.name, **found}


def criteria_cells(document: Document) -> list[list[str]]:
    """Return the weights side by side."""
    return [
        [each["name"], each["direction"], f"{each['fixed_weight']:.4f}", f"{each['entropy_weight']:.4f}"]
        for each in document["criteria"]
    ]


def headings_of(document: Document) -> Sequence[str]:
    """Return the headings of the scores, with places where they are given."""
    given = document["ranks"]["given"]
    return ["unit", *(heading for score in _SCORES.values() for heading in ((score, "place") if given else (score,)))]


def cells_of(document: Document) -> list[list[str]]:
    """Return the scores, in the order of the file: an order by score would be a ranking."""
    rows = []
    for row in document["rows"]:
        cells = [str(row["name"])]
        for score in _SCORES:
            cells.append("-" if row[score] is None else f"{row[score]:.4f}")
            if document["ranks"]["given"]:
                cells.append(str(row[f"place_{score}"]))
        rows.append(cells)
    return rows
