"""evaluate partnership."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json


@click.command()
@click.argument("panel", type=FILE)
@click.option("--unit", required=True, metavar="COLUMN", help="Column that names the institution or village.")
@click.option("--time", required=True, metavar="COLUMN", help="Column with the month, quarter, year or day.")
@click.option(
    "--outcome",
    required=True,
    multiple=True,
    metavar="COLUMN",
    help="Column with a figure; repeat it to see cases, cost and length of stay beside one another.",
)
@click.option(
    "--level", required=True, metavar="COLUMN", help="Column that tells lead, recipient, village, and comparison units."
)
@click.option("--start", required=True, metavar="TIME", help="When help began, written as the times of the table are.")
@click.option("--left", metavar="TIME", help="When the team left: the effect is told again 12 and 24 months later.")
@click.option(
    "--comparison", metavar="LABEL", help="Label in --level of units without such help; needs --why-comparable."
)
@click.option(
    "--why-comparable",
    default="",
    metavar="WORDS",
    help="How and when the units for comparison were chosen; told with the answer.",
)
@click.option(
    "--inside",
    multiple=True,
    metavar="LABEL",
    help="Level over whose units evenness is told; repeat it. Without it all but the first.",
)
@click.option("--phase-in", type=click.IntRange(0), default=0, show_default=True, help="Leave out so many points.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of the drawing of units.")
@options.as_json
def partnership(  # noqa: PLR0913 - one parameter for each option
    panel: Path,
    unit: str,
    time: str,
    outcome: tuple[str, ...],
    level: str,
    start: str,
    left: str | None,
    comparison: str | None,
    *,
    why_comparable: str,
    inside: tuple[str, ...],
    phase_in: int,
    seed: int,
    as_json: bool,
) -> None:
    """Say whether a partnership worked: lead, recipient and village level apart, and after the team left.

    PANEL holds one row for each unit and time. Each level has its own interrupted series (REML with AR(1) errors on
    the log of the mean of its units), beside units chosen for comparison where there are some. How evenly the outcome
    is spread over the units of the county is compared before and after.
    """
    from lianyi.analysis.partnership_evaluation import EvaluationQuestion
    from lianyi.methods.distribution import Resampling
    from lianyi.operations.evaluating import partnership as work

    question = EvaluationQuestion(
        unit=unit,
        time=time,
        level=level,
        outcomes=outcome,
        start=start,
        left=left,
        comparison=comparison,
        why_comparable=why_comparable,
        inside=inside,
        phase_in_points=phase_in,
        resampling=Resampling(seed=seed),
    )
    document = work.document_of(panel, question)
    if as_json:
        print_json(document)
    else:
        for line in work.lines_of(document):
            click.echo(line)
