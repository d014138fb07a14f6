"""indicator export-data."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when the command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json, print_table, progress_bar, say, start_django


@click.command(name="export-data")
@click.option("--out", type=FILE, required=True, metavar="FOLDER", help="A folder that is empty or not there yet.")
@click.option("--period", metavar="PERIOD", help="2025, 2025-Q1, 2025-03, or two such as 2024..2025; without it all.")
@click.option(
    "--format", "file_format", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True,
    help="Files of the tables.",
)  # fmt: skip
@options.as_json
def export_data(out: Path, *, period: str | None, file_format: str, as_json: bool) -> None:
    """Write the rows of this site as the tables that `lianyi indicator run --data FOLDER` reads.

    Patients are keys that tell one from another and nobody by name; the keys of another site are others. Tables that
    no site records (medicines, fund spending and so on) are told, and come from the hospitals' own systems.
    """
    start_django()
    from lianyi.operations.indicator_running import recorded as work
    from lianyi.operations.initialising import require_database

    require_database()
    written = work.write_tables(out, work.days_of(period), file_format, progress_bar)
    if as_json:
        print_json(work.document_of(written, out))
        return
    print_table(("table", "rows"), [(each.name, f"{each.rows:,}") for each in written])
    say(f"Not recorded here: {', '.join(work.not_recorded())}.")
