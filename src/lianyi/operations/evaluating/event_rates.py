"""Between the options of `lianyi evaluate rates` and the rates: the table read, lines for a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lianyi.analysis.event_rates import RateColumns, RateWish, event_rate_document
from lianyi.tabular.arrays import ArrayColumn, read_arrays

Document = dict[str, Any]


def document_of(table: Path, columns: RateColumns, wish: RateWish) -> Document:
    """Read the table and compute the rates."""
    figures = {columns.events: "number of events", columns.base: "what the events are related to"}
    wanted = [ArrayColumn(name, "number", description=about, may_have_gaps=True) for name, about in figures.items()]
    if columns.standard is not None:
        wanted.append(
            ArrayColumn(columns.standard, "number", description="size of the part in the standard population")
        )
    if columns.name is not None:
        wanted.append(ArrayColumn(columns.name, "text", description="who or what the row is about"))
    return {"table": table.name, **event_rate_document(read_arrays(table, wanted), columns, wish)}


def headings_of(document: Document) -> tuple[str, ...]:
    """Return the headings of the table that a person reads."""
    level = f"{document['confidence']:.0%} interval"
    crude = ("crude",) if any("crude" in row for row in document["rows"]) else ()
    return ("name", document["events"], document["related_to"], *crude, document["kind"], level)


def cells_of(document: Document) -> list[list[str]]:
    """Return its rows, and what they make together."""
    together = [document["together"]] if document["together"] and len(document["rows"]) > 1 else []
    return [_cells(row) for row in [*document["rows"], *together]]


def _cells(row: Document) -> list[str]:
    crude = [_figure(row["crude"])] if "crude" in row else []
    return [
        str(row["name"]),
        _count(row["events"]),
        _count(row["related_to"]),
        *crude,
        _figure(row["value"]),
        _limits(row["interval"]),
    ]


def _limits(interval: Document | None) -> str:
    return "-" if interval is None else f"{_figure(interval['low'])} to {_figure(interval['high'])}"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}"


def _count(value: float | None) -> str:
    return "-" if value is None else f"{value:,.10g}"
