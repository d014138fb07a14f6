"""evaluate funnel."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, save_picture
from lianyi.operations.console import print_json, print_table, say

_MOST_ROWS_SHOWN = 120


@click.command()
@click.argument("table", type=FILE)
@click.option("--observed", metavar="COLUMN", help="Column with the events that happened.")
@click.option("--expected", metavar="COLUMN", help="Column with those expected for the cases of the unit.")
@click.option("--events", metavar="COLUMN", help="Column with the cases that had the event.")
@click.option("--total", metavar="COLUMN", help="Column with all cases.")
@click.option("--unit", metavar="COLUMN", help="Column with the name of each unit; without it the record's number.")
@click.option(
    "--scale",
    type=click.Choice(["square-root", "logarithm"]),
    default="square-root",
    show_default=True,
    help="For ratios: as the Care Quality Commission, or as summary hospital mortality judges them.",
)
@click.option(
    "--extremes",
    type=click.Choice(["winsorised", "truncated", "kept"]),
    help="What is done with the outer units before dispersion is judged: truncated for logarithm, else winsorised.",
)
@click.option(
    "--trim",
    type=float,
    default=0.1,
    show_default=True,
    help="Share of the units at each end that are winsorised or truncated.",
)
@click.option(
    "--least-expected",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    help="Units with fewer expected events are not called out.",
)
@click.option(
    "--least-total",
    type=click.FloatRange(0),
    default=20.0,
    show_default=True,
    help="With --events: units with fewer cases are not called out.",
)
@PLOT
@options.as_json
def funnel(  # noqa: PLR0913 - one parameter for each option
    table: Path,
    observed: str | None,
    expected: str | None,
    events: str | None,
    total: str | None,
    unit: str | None,
    *,
    scale: str,
    extremes: str | None,
    trim: float,
    least_expected: float,
    least_total: float,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare the units of TABLE, one row for each, with what is expected of them.

    Which differ by more than chance?

    Give --observed and --expected, or --events and --total. Limits are wider where units differ by more than chance
    anyway. Nobody is ranked, and small units are not called out.
    """
    from lianyi.analysis.funnels import FunnelColumns, FunnelOptions
    from lianyi.methods.funnels import Adjustment, Extremes, FunnelWish, Scale, SmallUnits
    from lianyi.operations.evaluating import funnels as work

    columns = FunnelColumns(observed, expected, events, total, unit)
    usual = "truncated" if scale == "logarithm" and not columns.are_shares else "winsorised"
    wish = FunnelWish(Adjustment(Extremes(extremes or usual), trim), SmallUnits(least_expected, least_total))
    account = work.funnel_of_file(table, columns, FunnelOptions(Scale(scale), wish))
    for warning in account.document["warnings"]:
        say(f"Note: {warning}")
    if as_json:
        print_json(account.document)
    else:
        for line in work.lines_of(account.document):
            click.echo(line)
        click.echo()
        headings, rows = work.unit_cells(account.document)
        print_table(headings, rows[:_MOST_ROWS_SHOWN])
        if len(rows) > _MOST_ROWS_SHOWN:
            say(f"{len(rows) - _MOST_ROWS_SHOWN:,} more rows; write them all with --json.")
    if plot is not None:
        save_picture(plot, work.picture_text(account))
