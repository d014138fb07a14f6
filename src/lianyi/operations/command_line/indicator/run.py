"""indicator run."""
# ruff: noqa: PLC0415 - the work is imported, with the engines, when a command runs

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, TABLE_OUT, save_table
from lianyi.operations.console import print_json, print_table, say

if TYPE_CHECKING:
    from lianyi.analysis.indicators import IndicatorResult, RowsBehind

_MOST_ROWS_SHOWN: Final = 40
_HEADINGS: Final = ("reporter", "period", "numerator", "denominator", "value", "state", "rows seen")


@click.command()
@click.argument("definition")
@click.option("--data", type=FILE, required=True, metavar="FOLDER", help="Folder with NAME.csv or NAME.parquet.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark", "postgresql"]),
    default="duckdb",
    show_default=True,
    help="Engine.",
)
@click.option("--period", metavar="PERIOD", help="2025, 2025-Q1, 2025-03, or two such as 2024..2025; without it all.")
@click.option("--by", metavar="COLUMN", help="Column that tells the reporter, in place of that of the definition.")
@click.option("--version", type=click.IntRange(1), help="Version of the definition; without it the one in force.")
@click.option("--on", type=options.DAY, help="Day on which the definition must be in force; without it today.")
@click.option(
    "--confidence", type=click.FloatRange(0.5, 0.999), help="Add intervals to shares of counts, such as 0.95."
)
@click.option("--rows", type=click.Choice(["numerator", "denominator"]), help="Show the rows behind this part instead.")
@click.option("--reporter", metavar="NAME", help="With --rows: only those of this reporter.")
@click.option("--limit", type=click.IntRange(1), default=1000, show_default=True, help="With --rows: the most to show.")
@click.option(
    "--master", default="local[2]", show_default=True, help="With --engine spark: the address of the cluster."
)
@click.option("--database", metavar="ADDRESS", help="With --engine postgresql; without it LIANYI_INDICATOR_DATABASE.")
@click.option(
    "--memory", metavar="SIZE", help="With --engine duckdb: the most memory, such as 2GB; then it uses the disk."
)
@click.option("--out", type=TABLE_OUT, metavar="FILE", help="Write the values as .csv, .parquet or .xlsx.")
@options.as_json
def run(  # noqa: PLR0913 - one parameter for each option
    definition: str,
    *,
    data: Path,
    engine: str,
    period: str | None,
    by: str | None,
    version: int | None,
    on: datetime.date | None,
    confidence: float | None,
    rows: str | None,
    reporter: str | None,
    limit: int,
    master: str,
    database: str | None,
    memory: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Compute an indicator from the tables of a folder. DEFINITION is a code or a TOML file.

    Each value comes with numerator, denominator, the rows seen and whether it is missing: a reporter without rows is
    missing, not zero. The table units (column reporter) says who should report. With --rows the same query shows the
    rows that it counted.
    """
    from lianyi.analysis.indicators import EngineKind, Part, RunWish
    from lianyi.operations.indicator_running import running
    from lianyi.operations.indicator_running.definitions import definitions_named

    if rows is None and reporter is not None:
        raise click.UsageError("--reporter goes with --rows.")
    found = definitions_named(definition, version, on or datetime.datetime.now().astimezone().date())
    engine_wish = running.EngineWish(
        folder=data, kind=EngineKind(engine), master=master, address=database, memory=memory
    )
    wish = RunWish(period=period, by=by, confidence=confidence)
    if rows is None:
        _tell(running.run_all(found, engine_wish, wish), out, as_json=as_json)
        return
    if len(found) > 1:
        raise click.UsageError(f"{definition} holds {len(found)} definitions; --rows needs a file with one.")
    wanted = running.DrillWish(part=Part(rows), reporter=reporter, limit=limit)
    behind = running.drill(found[0], engine_wish, wish, wanted)
    _tell_rows(behind, running.drill_document(found[0], wanted, behind), out, as_json=as_json)


def _tell(results: list[IndicatorResult], out: Path | None, *, as_json: bool) -> None:
    from lianyi.operations.indicator_running.running import cells_of, document_of, lines_of, table_of

    if as_json:
        documents = [document_of(each) for each in results]
        print_json(documents[0] if len(documents) == 1 else {"results": documents})
    else:
        for each in results:
            for line in lines_of(each):
                click.echo(line)
            print_table(_HEADINGS, [cells_of(row) for row in each.rows[:_MOST_ROWS_SHOWN]])
            if len(each.rows) > _MOST_ROWS_SHOWN:
                say(f"{len(each.rows) - _MOST_ROWS_SHOWN:,} more values; write them all with --out or --json.")
    if out is not None:
        save_table(out, table_of(results))


def _tell_rows(behind: RowsBehind, document: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    import numpy as np

    if as_json:
        print_json(document)
    else:
        click.echo(f"{behind.total:,} rows, {len(behind.rows):,} of them shown.")
        print_table(behind.columns, [["-" if cell is None else cell for cell in row] for row in behind.rows])
    if out is not None:
        columns = [
            ["" if row[number] is None else str(row[number]) for row in behind.rows]
            for number in range(len(behind.columns))
        ]
        save_table(
            out, {name: np.array(values, dtype=object) for name, values in zip(behind.columns, columns, strict=True)}
        )
