"""evaluate rank."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json, print_table, say

if TYPE_CHECKING:
    from lianyi.methods.multi_criteria import Criterion


@click.command("rank")
@click.argument("table", type=FILE)
@click.option("--unit", required=True, metavar="COLUMN", help="Column with who is scored: hospital, county, alliance.")
@click.option(
    "--criteria",
    required=True,
    metavar="COL:up,COL:down",
    help="Columns with their direction: up where more is better, down where less is.",
)
@click.option(
    "--weights", metavar="W,W", help="Fixed weights in the order of the criteria; without them all weigh the same."
)
@click.option("--cases", metavar="COLUMN", help="Column with the number of cases behind each unit's figures.")
@click.option(
    "--least-units",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    help="Places are given from so many units on.",
)
@click.option(
    "--least-cases",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Places are given where every unit has so many cases; needs --cases.",
)
@options.as_json
def rank(
    table: Path,
    unit: str,
    criteria: str,
    *,
    weights: str | None,
    cases: str | None,
    least_units: int,
    least_cases: int,
    as_json: bool,
) -> None:
    """Score the units of TABLE by several criteria: TOPSIS with fixed and with entropy weights, and rank-sum ratio.

    The weights stand side by side, for entropy rewards dispersion and not importance. Places are withheld, with the
    reason, where there are few units or few cases behind them. A unit that lacks a figure is left out and named.
    """
    from lianyi.methods.multi_criteria import RankRule
    from lianyi.operations.evaluating import multi_criteria as work

    request = work.RankRequest(
        table, unit, _criteria(criteria), _weights(weights), cases, RankRule(least_units, least_cases)
    )
    document = work.document_of(request)
    for unit_left_out in document["left_out"]:
        say(f"Left out: {unit_left_out['name']}, without {', '.join(unit_left_out['missing'])}.")
    for warning in document["warnings"]:
        say(f"Note: {warning}")
    if as_json:
        print_json(document)
        return
    print_table(work.CRITERIA_HEADINGS, work.criteria_cells(document))
    click.echo()
    print_table(work.headings_of(document), work.cells_of(document))
    if not document["ranks"]["given"]:
        click.echo()
        click.echo(f"No places are given. {document['ranks']['reason']}")


def _criteria(text: str) -> tuple[Criterion, ...]:
    from lianyi.methods.assessment_scores import Direction
    from lianyi.methods.multi_criteria import Criterion

    found = []
    for part in text.split(","):
        name, _colon, direction = part.strip().rpartition(":")
        if not name or direction not in tuple(Direction):
            message = f"“{part.strip()}” should be a column and its direction, such as kept_share:up or mean_days:down."
            raise click.BadParameter(message, param_hint="--criteria")
        found.append(Criterion(name, Direction(direction)))
    return tuple(found)


def _weights(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        message = f"“{text}” should be numbers with commas between them, such as 0.5,0.3,0.2."
        raise click.BadParameter(message, param_hint="--weights") from None
