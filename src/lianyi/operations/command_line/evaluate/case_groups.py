"""evaluate drg."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json, print_table, say


@click.command("drg")
@click.argument("cases_table", type=FILE, metavar="CASES")
@click.option("--hospital", required=True, metavar="COLUMN", help="Column with the hospital.")
@click.option("--group", required=True, metavar="COLUMN", help="Column with the diagnosis-related group.")
@click.option("--cases", required=True, metavar="COLUMN", help="Column with the number of cases.")
@click.option("--cost", required=True, metavar="COLUMN", help="Column with the cost, in one currency and of one year.")
@click.option("--days", metavar="COLUMN", help="Column with the days in hospital, for the time index.")
@click.option(
    "--amounts",
    type=click.Choice(["mean", "total"]),
    default="mean",
    show_default=True,
    help="Whether cost and days are of one case (mean) or of all cases of the row (total).",
)
@click.option("--deaths", metavar="COLUMN", help="Column with the deaths among the cases.")
@click.option("--low-risk", metavar="COLUMN", help="Column with 1 for a group in which hardly anybody should die.")
@click.option("--region", type=FILE, metavar="TABLE", help="Compare with this table; without it with CASES together.")
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="Level of confidence of the intervals, 0 to 1."
)
@options.as_json
def drg(  # noqa: PLR0913 - one parameter for each option
    cases_table: Path,
    hospital: str,
    group: str,
    cases: str,
    cost: str,
    *,
    days: str | None,
    amounts: str,
    deaths: str | None,
    low_risk: str | None,
    region: Path | None,
    confidence: float,
    as_json: bool,
) -> None:
    """Say what hospitals treat and at what cost, from CASES by hospital and diagnosis-related group.

    CASES is a table (CSV, Parquet or Excel) with one row for each hospital and group. Number of groups, total weight,
    case-mix index, cost and time index, and deaths in low-risk groups with their interval. Whatever is missing is left
    out of the index that needs it, and counted.
    """
    from lianyi.analysis.case_groups import Amounts, CaseColumns
    from lianyi.operations.evaluating import case_groups as work

    columns = CaseColumns(hospital, group, cases, cost, days, deaths, low_risk, Amounts(amounts))
    document = work.document_of(cases_table, columns, region, confidence)
    for warning in document["warnings"]:
        say(f"Note: {warning}")
    if as_json:
        print_json(document)
        return
    click.echo(
        f"{document['hospitals']:,} hospitals, {document['groups']:,} groups, {document['cases']:,.0f} cases; "
        f"compared with {document['compared_with']}, mean cost {document['region_mean_cost']:,.2f}"
    )
    print_table(work.HEADINGS, work.cells_of(document))
