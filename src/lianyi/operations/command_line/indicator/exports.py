"""indicator from-dhis2."""
# ruff: noqa: PLC0415 - the work is imported when the command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, OutputFile, save_text
from lianyi.operations.console import print_json, print_table, say

_MOST_SHOWN = 20


@click.command(name="from-dhis2")
@click.argument("export", type=FILE)
@click.option(
    "--mapping",
    type=FILE,
    required=True,
    metavar="M.csv",
    help="Columns data_element, indicator_code, part: numerator or denominator. Several elements of a part are summed.",
)
@click.option(
    "--units",
    type=FILE,
    metavar="U.csv",
    help="Columns org_unit, unit_code: what the units of the export are called here. Without it names are kept.",
)
@click.option("--out", type=OutputFile(".csv"), required=True, metavar="OUT.csv", help="The table to import.")
@options.as_json
def from_dhis2(export: Path, *, mapping: Path, units: Path | None, out: Path, as_json: bool) -> None:
    """Turn an EXPORT of DHIS2 into the table of indicator values, which `lianyi import indicator_values` reads.

    EXPORT is CSV or Excel, long (dataElement, period, orgUnit, value) or wide (period, and a column for each data
    element and unit). Empty cells stay missing; what cannot be used is told with its row and column.
    """
    from lianyi.operations.indicator_running import dhis2 as work

    found = work.converted(export, mapping, units)
    save_text(out, work.table_of(found))
    document = work.document_of(found)
    if as_json:
        print_json(document)
        return
    click.echo(f"{document['values']} values, {document['empty_cells']} empty cells.")
    for element, number in document["unmapped"].items():
        say(f"Not in the mapping: {element}, {number} values.")
    if found.not_used:
        print_table(("row", "column", "not used because"), work.not_used_rows(found)[:_MOST_SHOWN])
        if len(found.not_used) > _MOST_SHOWN:
            say(f"{len(found.not_used) - _MOST_SHOWN} more; --json tells all.")
