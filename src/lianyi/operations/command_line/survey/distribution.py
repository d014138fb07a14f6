"""survey distribution."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, TABLE_OUT, map_option, save_picture, save_table
from lianyi.operations.console import print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from lianyi.operations.surveying.distribution import DistributionAccount

_MOST_ROWS_SHOWN = 40


@click.command()
@click.argument("table", type=FILE)
@click.option(
    "--population", required=True, metavar="COLUMN", help="Column with the number of residents of each place."
)
@click.option(
    "--resource", required=True, metavar="COLUMN", help="Column with the amount of the resource: doctors, beds."
)
@click.option(
    "--area", metavar="COLUMN", help="Column with the area of each place, in one unit: Gini by area, HRAD, PAD."
)
@click.option(
    "--group",
    "groups",
    metavar="COLUMN",
    multiple=True,
    help="Column with the region of each place, for Theil between and within. Repeat it from coarse to fine.",
)
@click.option("--rank", metavar="COLUMN", help="Column with wealth, such as GDP per resident: concentration index.")
@click.option(
    "--name", metavar="COLUMN", help="Column with the name or id of each place; without it the record's number."
)
@click.option(
    "--per",
    type=click.FloatRange(0, min_open=True),
    default=1000.0,
    show_default=True,
    help="Density for so many residents.",
)
@click.option("--log-base", type=float, default=math.e, help="Base of Theil's logarithm; without it natural.")
@click.option(
    "--resamples", type=int, default=1000, show_default=True, help="Bootstrap draws for intervals; 0 for no intervals."
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Seed of the draws: the same seed, the same intervals."
)
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="Level of confidence of the intervals, 0 to 1."
)
@click.option("--leave-out-missing", is_flag=True, help="Leave places out that lack a figure, and name them.")
@click.option(
    "--out",
    type=TABLE_OUT,
    metavar="FILE",
    help="Write the rows with density, HRAD and PAD as .csv, .parquet or .xlsx.",
)
@PLOT
@map_option("Draw a map of the places coloured by density; needs lon and lat (WGS 84) in TABLE.")
@options.as_json
def distribution(  # noqa: PLR0913 - one parameter for each option
    table: Path,
    population: str,
    resource: str,
    area: str | None,
    groups: tuple[str, ...],
    rank: str | None,
    name: str | None,
    *,
    per: float,
    log_base: float,
    resamples: int,
    seed: int,
    confidence: float,
    leave_out_missing: bool,
    out: Path | None,
    plot: Path | None,
    map_file: Path | None,
    as_json: bool,
) -> None:
    """Say how evenly a resource is spread over the places of TABLE (CSV, Parquet or Excel; one row for each place).

    Gini by population and by area, Theil's index with its parts between and within regions, concentration index by
    wealth, and for each place density, HRAD and PAD. Intervals show how much a figure hangs on single places. The
    conventions of each index are printed with --json.
    """
    from lianyi.methods.distribution import Resampling
    from lianyi.operations.surveying import distribution as work

    wish = work.DistributionWish(
        table=table,
        population=population,
        resource=resource,
        area=area,
        groups=groups,
        rank=rank,
        name=name,
        per=per,
        logarithm_base=log_base,
        resampling=Resampling(seed, resamples, confidence) if resamples else None,
        leaves_out_missing=leave_out_missing,
        shows_map=map_file is not None,
    )
    account = work.account_of(wish, progress_bar)
    for place in account.document["left_out"]:
        say(f"Left out: {place['name']}, without {place['missing']}.")
    for warning in account.document["warnings"]:
        say(f"Note: {warning}")
    if as_json:
        print_json(account.document)
    else:
        _show(account)
    if out is not None:
        save_table(out, account.rows)
    if plot is not None:
        save_picture(plot, work.picture_text(account))
    if map_file is not None and account.map is not None:
        from lianyi.drawing.point_map import html_of

        save_picture(map_file, html_of(account.map))


def _show(account: DistributionAccount) -> None:
    from lianyi.operations.surveying.distribution import lines_of

    for line in lines_of(account.document):
        click.echo(line)
    rows = account.document["rows"]
    headings = list(account.rows)
    click.echo()
    print_table(headings, [[_cell(row[heading]) for heading in headings] for row in rows[:_MOST_ROWS_SHOWN]])
    if len(rows) > _MOST_ROWS_SHOWN:
        say(f"{len(rows) - _MOST_ROWS_SHOWN:,} more places; write them all with --out or --json.")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() else f"{value:.6g}"
    return str(value)
