"""evaluate its."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, save_picture
from lianyi.operations.console import print_json, print_table, say

if TYPE_CHECKING:
    from lianyi.analysis.interrupted_series import Family

_MOST_NAMED = 12


@click.command(name="its")
@click.argument("table", type=FILE)
@click.option(
    "--time",
    required=True,
    metavar="COLUMN",
    help="Column with the time of each record: a number, a month (2019-01), a quarter (2019Q1) or a day.",
)
@click.option("--outcome", required=True, metavar="COLUMN", help="Column with the figure; empty where it is missing.")
@click.option(
    "--start", required=True, metavar="TIME", help="When the measure began, written as the times of the table are."
)
@click.option(
    "--offset",
    metavar="COLUMN",
    help="Column with the logarithm of what the outcome is counted among, such as the population.",
)
@click.option(
    "--family",
    type=click.Choice(["poisson", "quasipoisson", "gaussian"]),
    help="Without it, and without --lag: REML with AR(1) errors on the log rate.",
)
@click.option(
    "--lag",
    type=click.IntRange(0),
    help="Newey-West standard errors that reach back so many points; without --family it means gaussian.",
)
@click.option(
    "--harmonics", type=click.IntRange(0), default=0, show_default=True, help="Pairs of sine and cosine for the season."
)
@click.option(
    "--period",
    type=click.FloatRange(0, min_open=True),
    help="Length of the season in units of time; without it a year, for plain numbers 12.",
)
@click.option(
    "--phase-in",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    metavar="N",
    help="Leave out N points from the start on; level and slope are then told from the first point after them.",
)
@click.option(
    "--impact",
    type=click.Choice(["level", "slope", "both"]),
    default="both",
    show_default=True,
    help="What may change, to be chosen before the figures are seen.",
)
@click.option(
    "--control",
    metavar="COLUMN",
    help="Column that tells the series with the measure (1) from its control (0): a controlled series.",
)
@click.option(
    "--treated", metavar="LABEL", help="Label of the series with the measure in --control, where it is not 1."
)
@click.option(
    "--at", multiple=True, metavar="TIME", help="Tell the effect at this time; without it at the last point. Repeat it."
)
@click.option("--placebo", is_flag=True, help="Try dates before the start on which nothing began.")
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="Level of confidence of the intervals, 0 to 1."
)
@PLOT
@options.as_json
def interrupted_series(  # noqa: PLR0913 - one parameter for each option
    table: Path,
    time: str,
    outcome: str,
    start: str,
    offset: str | None,
    family: str | None,
    lag: int | None,
    *,
    harmonics: int,
    period: float | None,
    phase_in: int,
    impact: str,
    control: str | None,
    treated: str | None,
    at: tuple[str, ...],
    placebo: bool,
    confidence: float,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Say whether level and slope of a series changed when a measure began (interrupted time series).

    TABLE holds one row for each time; with --control two, one for each group. The usual method is REML with AR(1)
    errors on the log rate, whose false alarms stay near 5 % also where neighbouring months resemble one another;
    --family and --lag choose others, and the answer says which it was and how often it errs. Missing points are left
    out and named.
    """
    from lianyi.analysis.interrupted_series import SeriesQuestion
    from lianyi.methods.interrupted_series import Impact
    from lianyi.operations.evaluating import interrupted_series as work

    question = SeriesQuestion(
        time=time,
        outcome=outcome,
        start=start,
        offset=offset,
        family=cast("Family | None", family),
        lag=lag,
        harmonic_pairs=harmonics,
        season=period,
        phase_in_points=phase_in,
        impact=Impact(impact),
        control=control,
        treated=treated,
        at=at,
        asks_placebos=placebo,
        confidence=confidence,
    )
    document = work.document_of(table, question)
    _say_notes(document)
    if as_json:
        print_json(document)
    else:
        for line in work.lines_of(document):
            click.echo(line)
        click.echo()
        print_table(*work.term_rows(document))
    if plot is not None:
        save_picture(plot, work.picture_of(document))


def _say_notes(document: dict[str, Any]) -> None:
    left_out = document["points"]["left_out"]
    for point in left_out[:_MOST_NAMED]:
        group = f", {point['group']}" if "group" in point else ""
        say(f"Left out: {point['time']}{group}, {point['reason']}.")
    if len(left_out) > _MOST_NAMED:
        say(f"{len(left_out) - _MOST_NAMED:,} more points left out; --json names them all.")
    for warning in document["warnings"]:
        say(f"Note: {warning}")
