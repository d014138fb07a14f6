"""evaluate rates."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json, print_table, say


@click.command("rates")
@click.argument("table", type=FILE)
@click.option("--events", required=True, metavar="COLUMN", help="Column with the number of events.")
@click.option("--person-time", metavar="COLUMN", help="Column with person-years, bed-days or residents: rates.")
@click.option("--total", metavar="COLUMN", help="Column with all cases of which the events are part: shares.")
@click.option("--expected", metavar="COLUMN", help="Column with the events expected of a reference: ratios.")
@click.option("--name", metavar="COLUMN", help="Column with who or what each row is about; without it its number.")
@click.option(
    "--standard",
    metavar="COLUMN",
    help="With --person-time and --name: rows of one name are its age bands, and this is their standard population.",
)
@click.option(
    "--per", type=click.FloatRange(0, min_open=True), default=1.0, show_default=True, help="For so many: 1000, 100000."
)
@click.option(
    "--method",
    type=click.Choice(["exact", "byar", "mid_p"]),
    default="exact",
    show_default=True,
    help="Limits of rates and ratios. Shares have Wilson's interval, standardised rates gamma limits.",
)
@click.option(
    "--confidence", type=float, default=0.95, show_default=True, help="Level of confidence of the intervals, 0 to 1."
)
@options.as_json
def rates(  # noqa: PLR0913 - one parameter for each option
    table: Path,
    events: str,
    *,
    person_time: str | None,
    total: str | None,
    expected: str | None,
    name: str | None,
    standard: str | None,
    per: float,
    method: str,
    confidence: float,
    as_json: bool,
) -> None:
    """Say rates, shares or ratios of few events with limits that hold for small numbers, row by row of TABLE.

    Give one of --person-time, --total and --expected. A row that lacks a number has no figure, which is not 0. Rows are
    not ranked: with few events their order is chance.
    """
    from lianyi.analysis.event_rates import RateColumns, RateWish, RelatedTo
    from lianyi.methods.small_counts import CountMethod
    from lianyi.operations.evaluating import event_rates as work

    given = {RelatedTo.PERSON_TIME: person_time, RelatedTo.TOTAL: total, RelatedTo.EXPECTED: expected}
    chosen = [(kind, column) for kind, column in given.items() if column is not None]
    if len(chosen) != 1:
        raise click.UsageError("Give exactly one of --person-time, --total and --expected.")
    (kind, base), *_none = chosen
    if standard is not None and (person_time is None or name is None):
        raise click.UsageError("--standard needs --person-time and --name: rows of one name are its age bands.")
    document = work.document_of(
        table, RateColumns(events, base, kind, name, standard), RateWish(per, CountMethod(method), confidence)
    )
    for warning in document["warnings"]:
        say(f"Note: {warning}")
    if as_json:
        print_json(document)
        return
    click.echo(f"{document['kind']} per {per:,g}; limits: {document['conventions']['interval']}")
    print_table(work.headings_of(document), work.cells_of(document))
