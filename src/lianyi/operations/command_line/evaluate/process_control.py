"""evaluate spc."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, save_picture
from lianyi.operations.console import print_json, print_table, say
from lianyi.operations.errors import ChartOptionsError

if TYPE_CHECKING:
    from lianyi.analysis.chart_wishes import ChartWish
    from lianyi.analysis.figures import Document

_KINDS = ("xmr", "p", "p-prime", "u", "c", "t", "g")
_MOST_ROWS_SHOWN = 120


@click.command()
@click.argument("table", type=FILE)
@click.option("--value", required=True, metavar="COLUMN", help="Column with the values; for counts, with the events.")
@click.option("--time", metavar="COLUMN", help="Column with the times; without it the rows in their order.")
@click.option(
    "--series",
    metavar="COLUMN",
    help="Column that tells several series apart: a wall of charts, with the alarms to expect by chance.",
)
@click.option(
    "--kind",
    type=click.Choice(_KINDS),
    default="xmr",
    show_default=True,
    help="xmr any values; p share, p-prime of large totals, u rate, c count; t time, g cases between rare events.",
)
@click.option("--total", metavar="COLUMN", help="Column that events are counted over, for p, p-prime and u.")
@click.option(
    "--screen-outliers",
    is_flag=True,
    help="Leave moving ranges out of the limits that are 3.267 times their mean or more.",
)
@click.option(
    "--baseline", type=int, metavar="POINTS", help="The first so many points make the limits, which then stay."
)
@click.option(
    "--rebase",
    "rebases",
    metavar="TIME=REASON",
    multiple=True,
    help="Begin the limits anew at a time, for a change of the process that is named. Repeat it for more.",
)
@click.option("--target", type=float, metavar="VALUE", help="What the process should reach; needs --direction.")
@click.option("--direction", type=click.Choice(["up", "down"]), help="Whether more is better, or less.")
@PLOT
@options.as_json
def spc(  # noqa: PLR0913 - one parameter for each option
    table: Path,
    value: str,
    time: str | None,
    series: str | None,
    kind: str,
    total: str | None,
    *,
    screen_outliers: bool,
    baseline: int | None,
    rebases: tuple[str, ...],
    target: float | None,
    direction: str | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Chart the values of TABLE over time: did the process change, or does it only vary.

    Mean, limits and the four rules of NHS Making Data Count: a point outside the limits, seven rising or falling, two
    of three near a limit, seven on one side of the mean. A signal says that something changed, not why.
    """
    from lianyi.analysis.chart_wishes import ChartKind, ChartWish, RebaseWish, Target
    from lianyi.methods.process_control import Direction, MovingRanges

    wish = ChartWish(
        value=value,
        time=time,
        total=total,
        kind=ChartKind(kind),
        moving_ranges=MovingRanges.SCREENED if screen_outliers else MovingRanges.ALL,
        baseline_points=baseline,
        rebases=tuple(RebaseWish(*_rebase(text)) for text in rebases),
        direction=Direction(direction) if direction else Direction.NEITHER,
        target=None if target is None else Target(target),
    )
    if series is not None:
        _tell_wall(table, series, wish, plot, as_json=as_json)
        return
    from lianyi.operations.evaluating import process_control as work

    account = work.chart_of_file(table, wish)
    _warn(account.document)
    if as_json:
        print_json(account.document)
    else:
        _show(work.lines_of(account.document), *work.point_cells(account.document))
    if plot is not None:
        save_picture(plot, work.picture_text(account))


def _tell_wall(table: Path, series: str, wish: ChartWish, plot: Path | None, *, as_json: bool) -> None:
    from lianyi.operations.evaluating import process_control as work

    if plot is not None:
        raise ChartOptionsError("--plot draws one chart. Leave it out, or give a file with one series and no --series.")
    document = work.wall_of_file(table, series, wish).document
    _warn(document)
    if as_json:
        print_json(document)
    else:
        _show(work.wall_lines(document), *work.wall_cells(document))


def _rebase(text: str) -> tuple[str, str]:
    time, sign, reason = text.partition("=")
    if not sign or not time.strip() or not reason.strip():
        raise ChartOptionsError(
            f"--rebase “{text}” should be a time, = and the reason, such as 2024-03=second surgeon."
        )
    return time.strip(), reason.strip()


def _warn(document: Document) -> None:
    for warning in document["warnings"]:
        say(f"Note: {warning}")


def _show(lines: list[str], headings: list[str], rows: list[list[str]]) -> None:
    for line in lines:
        click.echo(line)
    click.echo()
    print_table(headings, rows[:_MOST_ROWS_SHOWN])
    if len(rows) > _MOST_ROWS_SHOWN:
        say(f"{len(rows) - _MOST_ROWS_SHOWN:,} more rows; write them all with --json.")
