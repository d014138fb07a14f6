"""An indicator's run as a document, as lines and as a table, for `lianyi indicator run`."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from lianyi.analysis.indicators import (
    Engine,
    EngineKind,
    IndicatorResult,
    IndicatorRow,
    Part,
    RowsBehind,
    RunWish,
    duckdb_engine,
    postgresql_engine,
    rows_behind,
    run_indicator,
    spark_engine,
)
from lianyi.analysis.indicators.errors import EngineAddressError
from lianyi.rules.indicators import IndicatorDefinition

ADDRESS: Final = "LIANYI_INDICATOR_DATABASE"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineWish:
    """Which engine over which folder; the master is for Spark, the address for PostgreSQL, memory for DuckDB."""

    folder: Path
    kind: EngineKind
    master: str
    address: str | None = None
    memory: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillWish:
    """The rows behind which part, of whom and when."""

    part: Part
    reporter: str | None
    limit: int


def engine_of(wish: EngineWish) -> AbstractContextManager[Engine]:
    """Return the engine asked for, to be entered.

    Raises
    ------
    IndicatorFolderError, EngineNotInstalledError, EngineAddressError
    """
    if wish.kind is EngineKind.SPARK:
        return spark_engine(wish.folder, wish.master)
    if wish.kind is EngineKind.DUCKDB:
        return duckdb_engine(wish.folder, wish.memory)
    address = wish.address or os.environ.get(ADDRESS)
    if not address:
        message = f"No database is named. Give --database postgresql://user@host/name, or set {ADDRESS}."
        raise EngineAddressError(message, setting=ADDRESS)
    return postgresql_engine(wish.folder, address)


def run_all(definitions: tuple[IndicatorDefinition, ...], engine: EngineWish, wish: RunWish) -> list[IndicatorResult]:
    """Compute each of several indicators on one engine."""
    with engine_of(engine) as opened:
        return [run_indicator(definition, opened, wish) for definition in definitions]


def drill(definition: IndicatorDefinition, engine: EngineWish, wish: RunWish, wanted: DrillWish) -> RowsBehind:
    """Return the rows behind a part."""
    with engine_of(engine) as opened:
        return rows_behind(
            definition,
            opened,
            wanted.part,
            reporter=wanted.reporter,
            period=wish.period,
            by=wish.by,
            limit=wanted.limit,
        )


def document_of(result: IndicatorResult) -> Document:
    """Return a result with everything that it rests on."""
    definition = result.definition
    return {
        "indicator": definition.code,
        "version": definition.version,
        "name": asdict(definition.name),
        "unit": definition.unit.value,
        "factor": definition.factor,
        "direction": definition.direction.value,
        "confidence": definition.confidence.value,
        "engine": result.engine,
        "by": result.reporter_column,
        "reporters_from": "units" if result.reporters_are_known else "data",
        "rows": [_record(row) for row in result.rows],
        "periods": [
            {
                "period": each.period.label,
                "reporters_with_data": each.reporters_with_data,
                "reporters": each.reporters,
                "coverage": each.coverage,
                "numerator": each.numerator,
                "denominator": each.denominator,
                "value": each.value,
            }
            for each in result.periods
        ],
        "left_out": asdict(result.left_out),
    }


def drill_document(definition: IndicatorDefinition, wanted: DrillWish, found: RowsBehind) -> Document:
    """Return the rows behind a part, and how many more there are."""
    return {
        "indicator": definition.code,
        "version": definition.version,
        "part": wanted.part.value,
        "total": found.total,
        "shown": len(found.rows),
        "rows": [dict(zip(found.columns, row, strict=True)) for row in found.rows],
    }


def table_of(results: list[IndicatorResult]) -> dict[str, np.ndarray[Any, Any]]:
    """Return the values as columns, for --out."""
    records = [
        {"indicator": each.definition.code, "version": each.definition.version, **_record(row)}
        for each in results
        for row in each.rows
    ]
    texts = ("indicator", "reporter", "period", "state")
    numbers = ("version", "numerator", "denominator", "value", "rows_seen", "low", "high")
    columns: dict[str, np.ndarray[Any, Any]] = {}
    for name in (*texts[:1], *numbers[:1], *texts[1:], *numbers[1:]):
        values = [record[name] for record in records]
        filled = values if name in texts else [np.nan if value is None else value for value in values]
        columns[name] = np.array(filled, dtype=object if name in texts else np.float64)
    return columns


def lines_of(result: IndicatorResult) -> list[str]:
    """Return the head of a result as a person reads it; the rows come apart."""
    definition, left = result.definition, result.left_out
    lines = [f"{definition.code}, version {definition.version}: {definition.name.zh} / {definition.name.en}"]
    lines.append(f"unit: {definition.unit}; confidence: {definition.confidence}; engine: {result.engine}")
    for each in result.periods:
        who = "of all units" if result.reporters_are_known else "of those in the tables"
        value = "" if each.value is None else f"; together {each.value:,.6g}"
        lines.append(f"{each.period.label}: {each.reporters_with_data} {who} ({each.reporters}) have data{value}")
    for count, what in (
        (left.rows_without_reporter, "rows without a reporter are left out"),
        (left.rows_without_day, "rows without a day are left out"),
        (left.rows_without_figure, "rows that count lack their figure"),
    ):
        lines += [f"Note: {count:,} {what}."] if count else []
    return lines


def cells_of(row: IndicatorRow) -> list[str]:
    """Return one row as a person reads it."""
    numbers = [row.numerator, row.denominator, row.value]
    told = ["-" if number is None else f"{number:,.10g}" for number in numbers]
    return [row.reporter, row.period.label, *told, row.state.value, str(row.rows_seen)]


def _record(row: IndicatorRow) -> Document:
    return {
        "reporter": row.reporter,
        "period": row.period.label,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "value": row.value,
        "state": row.state.value,
        "rows_seen": row.rows_seen,
        "low": row.interval.low if row.interval is not None else None,
        "high": row.interval.high if row.interval is not None else None,
    }
