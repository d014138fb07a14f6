"""The rows of a site as a folder of tables, for `lianyi indicator run` and for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet

from lianyi.analysis.indicators import Span
from lianyi.errors import InvalidInputError
from lianyi.indicators.recorded.frames import TableSize, batches_of, schema_of
from lianyi.indicators.recorded.table import RECORD_ID, RecordedTable
from lianyi.indicators.recorded.tables import recorded_tables
from lianyi.methods.periods import DateSpan
from lianyi.operations.console import Stage
from lianyi.operations.working_folder import replace_durably
from lianyi.rules.indicator_tables import indicator_tables
from lianyi.rules.indicators import IndicatorPeriod

FORMATS: Final = ("parquet", "csv")


def days_of(period: str | None) -> DateSpan | None:
    """Return the days of a period or of two, such as 2025, 2025-Q1, 2024..2025; None for all days.

    Raises
    ------
    IndicatorPeriodError
    """
    if period is None:
        return None
    span = Span.read(period, IndicatorPeriod.MONTH)
    return DateSpan(span.first.first_day, span.last.last_day)


def write_tables(folder: Path, span: DateSpan | None, file_format: str, stage: Stage) -> tuple[TableSize, ...]:
    """Write every table that the site fills into a folder that is empty or not there yet.

    Raises
    ------
    InvalidInputError
        When something stands in the folder, so that no table of another day is read with these.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} is no empty folder. Name a new one, so that tables of different days are not mixed."
        raise InvalidInputError(message, reason="folder-not-empty", given=str(folder))
    # Rows of treatments without names are still nobody else's business on the same machine.
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    with stage("Writing tables") as progress:
        for number, table in enumerate(recorded_tables().values(), start=1):
            written.append(TableSize(table.name, _write(folder, table, span, file_format)))
            progress(number, len(recorded_tables()))
    return tuple(written)


def not_recorded() -> tuple[str, ...]:
    """Return the tables that definitions read and that no site fills."""
    return tuple(each.name for each in indicator_tables().values() if not each.is_recorded)


def document_of(written: tuple[TableSize, ...], folder: Path) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "tables": {each.name: each.rows for each in written},
        "not_recorded_here": list(not_recorded()),
    }


def _write(folder: Path, table: RecordedTable, span: DateSpan | None, file_format: str) -> int:
    """Write one table batch by batch; who reads the file sees whole tables only."""
    target = folder / f"{table.name}.{file_format}"
    made = target.with_name(f".{target.name}.part")
    # The key of a row opens it in this site alone; outside it would only be a number.
    wanted = [name for name in schema_of(table).names if name != RECORD_ID]
    schema = pa.schema([schema_of(table).field(name) for name in wanted])
    rows = 0
    writer = pa_parquet.ParquetWriter if file_format == "parquet" else pa_csv.CSVWriter
    with writer(made, schema) as out:
        for batch in batches_of(table, span):
            out.write_batch(batch.select(wanted))
            rows += batch.num_rows
    replace_durably(made, target)
    return rows
