"""evaluate did."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, save_picture
from lianyi.operations.console import print_json, progress_bar, say

if TYPE_CHECKING:
    from lianyi.analysis.comparison_groups import Method
    from lianyi.methods.comparison_groups.group_time import Controls


@click.command("did")
@click.argument("panel", type=FILE)
@click.option("--unit", required=True, metavar="COLUMN", help="Column with the unit: county, hospital, village.")
@click.option(
    "--time", required=True, metavar="COLUMN", help="Column with the period: 2021, 2021-03, 2021Q1 or 1, 2, 3."
)
@click.option("--outcome", required=True, metavar="COLUMN", help="Column with what was measured; empty where missing.")
@click.option(
    "--start",
    required=True,
    metavar="COLUMN",
    help="Column with the first treated period of the unit; empty or 0 if it is never treated.",
)
@click.option(
    "--cluster", metavar="COLUMN", help="Column with the helping hospital or province; without it each unit for itself."
)
@click.option(
    "--method",
    type=click.Choice(["auto", "twfe", "group-time"]),
    default="auto",
    show_default=True,
    help="auto: two-way fixed effects (twfe) for a common start, group-time effects for staggered starts.",
)
@click.option(
    "--control",
    type=click.Choice(["never", "not-yet"]),
    default="never",
    show_default=True,
    help="Whom group-time effects compare with: never treated, or not yet treated.",
)
@click.option("--covariate", "covariates", metavar="COLUMN", multiple=True, help="Column that changes may depend on.")
@click.option(
    "--keep-out",
    metavar="COLUMN",
    help="Column that marks untreated units to keep out of the comparison, such as neighbours of helped counties.",
)
@click.option("--placebo", is_flag=True, help="Also a placebo date and placebo units; with few clusters done anyway.")
@click.option("--draws", type=int, default=999, show_default=True, help="Draws of bands, wild bootstrap and placebos.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Seed of the draws: the same seed, the same result."
)
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="Level of confidence of the intervals, 0 to 1."
)
@PLOT
@options.as_json
def did(  # noqa: PLR0913 - one parameter for each option
    panel: Path,
    unit: str,
    time: str,
    outcome: str,
    start: str,
    cluster: str | None,
    *,
    method: Method,
    control: Controls,
    covariates: tuple[str, ...],
    keep_out: str | None,
    placebo: bool,
    draws: int,
    seed: int,
    confidence: float,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare units that were helped with units that were not, before and after, over the rows of PANEL.

    PANEL is a table (CSV, Parquet or Excel) with one row for each unit and period. With one start for all treated
    units: two-way fixed effects and event study with clustered errors. With staggered starts: effects by cohort and
    period of Callaway and Sant'Anna, for plain two-way fixed effects mislead there. Few clusters bring the wild
    cluster bootstrap and placebo units.
    """
    from lianyi.analysis.comparison_groups import ComparisonWish
    from lianyi.analysis.comparison_words import lines_of
    from lianyi.analysis.panel_columns import PanelNames
    from lianyi.methods.comparison_groups import Draws
    from lianyi.operations.evaluating import comparison_groups as work

    request = work.ComparisonRequest(
        panel,
        PanelNames(unit, time, outcome, start, cluster, keep_out, covariates),
        ComparisonWish(method, control, "doubly-robust", Draws(seed, draws), confidence, placebo),
    )
    document = work.document_of(request, progress_bar)
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
