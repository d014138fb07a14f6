"""Recorded tables as columns in memory, and the engine that counts over them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from lianyi.analysis.indicators import FrameEngine
from lianyi.indicators.recorded.table import ColumnKind, RecordedTable
from lianyi.indicators.recorded.tables import recorded_tables
from lianyi.methods.periods import DateSpan

BATCH: Final = 20_000
_TYPES: Final = {
    ColumnKind.TEXT: pa.string(),
    ColumnKind.WHOLE: pa.int64(),
    ColumnKind.DAY: pa.date32(),
    ColumnKind.MOMENT: pa.timestamp("us"),
    ColumnKind.YES_NO: pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class TableSize:
    """How many rows of a table were written."""

    name: str
    rows: int


class RecordedFrames(Mapping[str, pa.Table]):
    """The tables of this site for a span of days; each is read when it is first asked for."""

    def __init__(self, span: DateSpan | None = None) -> None:
        self._span = span
        self._read: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in self._read:
            table = recorded_tables()[name]
            self._read[name] = pa.Table.from_batches(batches_of(table, self._span), schema=schema_of(table))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(recorded_tables())

    def __len__(self) -> int:
        return len(recorded_tables())


def counting_engine(span: DateSpan | None = None) -> FrameEngine:
    """Return DuckDB over the rows of this site; only tables that a definition asks for are read."""
    return FrameEngine(RecordedFrames(span))


def schema_of(table: RecordedTable) -> pa.Schema:
    return pa.schema([(name, _TYPES[kind]) for name, kind in table.all_columns.items()])


def batches_of(table: RecordedTable, span: DateSpan | None) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table by some thousands, so that a table of any length takes little memory."""
    schema, rows = schema_of(table), table.rows(span)
    while some := list(itertools.islice(rows, BATCH)):
        columns: list[tuple[Any, ...]] = list(zip(*some, strict=True))
        arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)
