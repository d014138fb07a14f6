"""evaluate country."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json, progress_bar


@click.command()
@click.argument("panel", type=FILE)
@click.option("--unit", required=True, metavar="COLUMN", help="Column that names the county or hospital.")
@click.option("--time", required=True, metavar="COLUMN", help="Column with the period.")
@click.option("--start", required=True, metavar="COLUMN", help="Column with the first period with help; empty: never.")
@click.option(
    "--outcome", required=True, multiple=True, metavar="COLUMN", help="Column with an indicator; repeat it for each."
)
@click.option("--cluster", metavar="COLUMN", help="Column with the helping hospital or province.")
@click.option(
    "--false-discovery-rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.05,
    show_default=True,
    help="Share of what is called a change that may be false on average.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Seed of all draws.")
@options.as_json
def country(  # noqa: PLR0913 - one parameter for each option
    panel: Path,
    unit: str,
    time: str,
    start: str,
    outcome: tuple[str, ...],
    cluster: str | None,
    *,
    false_discovery_rate: float,
    seed: int,
    as_json: bool,
) -> None:
    """Say of many indicators over a whole country whether help changed them.

    PANEL holds one row for each unit and period. Each indicator is asked in four ways: helped units beside others
    (Callaway and Sant'Anna), each helped unit's own series (REML with AR(1) errors), the wall of control charts, and
    how evenly it is spread. Beside every number of findings stands how many chance alone gives.
    """
    from lianyi.analysis.comparison_groups import ComparisonWish
    from lianyi.analysis.country_evaluation import CountryQuestion
    from lianyi.methods.comparison_groups import Draws
    from lianyi.methods.distribution import Resampling
    from lianyi.operations.evaluating import country as work

    question = CountryQuestion(
        unit=unit,
        time=time,
        start=start,
        outcomes=outcome,
        cluster=cluster,
        wish=ComparisonWish(method="group-time", draws=Draws(seed=seed)),
        resampling=Resampling(seed=seed, resamples=200),
        false_discovery_rate=false_discovery_rate,
    )
    with progress_bar("Indicators") as progress:
        document = work.document_of(panel, question, progress)
    if as_json:
        print_json(document)
    else:
        for line in work.lines_of(document):
            click.echo(line)
