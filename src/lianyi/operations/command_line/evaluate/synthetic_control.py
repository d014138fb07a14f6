"""evaluate synthetic."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, save_picture
from lianyi.operations.console import print_json, say


@click.command("synthetic")
@click.argument("panel", type=FILE)
@click.option("--unit", required=True, metavar="COLUMN", help="Column with the unit: county, hospital, village.")
@click.option(
    "--time", required=True, metavar="COLUMN", help="Column with the period: 2021, 2021-03, 2021Q1 or 1, 2, 3."
)
@click.option("--outcome", required=True, metavar="COLUMN", help="Column with what was measured; empty where missing.")
@click.option("--treated", required=True, metavar="NAME", help="The unit that was helped, as the column writes it.")
@click.option("--start", required=True, metavar="PERIOD", help="Its first treated period, as the column writes it.")
@click.option(
    "--keep-out",
    metavar="NAME",
    multiple=True,
    help="A unit that must not be a donor: a neighbour whom the help reaches too, another helped unit. Repeat it.",
)
@click.option("--draws", type=int, default=200, show_default=True, help="Placebo draws of the error.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Seed of the draws: the same seed, the same result."
)
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="Level of confidence of the interval, 0 to 1."
)
@PLOT
@options.as_json
def synthetic(  # noqa: PLR0913 - one parameter for each option
    panel: Path,
    unit: str,
    time: str,
    outcome: str,
    *,
    treated: str,
    start: str,
    keep_out: tuple[str, ...],
    draws: int,
    seed: int,
    confidence: float,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare one helped unit with a weighted mean of donors that went the same way before.

    PANEL is a table (CSV, Parquet or Excel) with one row for each unit and period. The donors' weights match the
    outcomes of all periods before the start. Every donor is treated as if it had begun then too, and the helped unit
    is ranked among them; synthetic difference in differences stands beside.
    """
    from lianyi.analysis.synthetic_control import SyntheticNames, SyntheticWish, lines_of
    from lianyi.methods.comparison_groups import Draws
    from lianyi.operations.evaluating import synthetic_control as work
    from lianyi.operations.surveying.warming import tell_first_use

    tell_first_use()
    names = SyntheticNames(unit, time, outcome, treated, start, keep_out)
    document = work.document_of(work.SyntheticRequest(panel, names, SyntheticWish(Draws(seed, draws), confidence)))
    for warning in document["warnings"]:
        say(f"Note: {warning}")
    if as_json:
        print_json(document)
    else:
        for line in (*lines_of(document), "", "What this cannot say:"):
            click.echo(line)
        for sentence in document["what_it_cannot_say"]:
            click.echo(f"  - {sentence}")
    if plot is not None:
        save_picture(plot, work.picture_of(document))
