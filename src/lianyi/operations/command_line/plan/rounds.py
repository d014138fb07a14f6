"""plan rounds."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when the command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.plan import parts
from lianyi.operations.console import print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from lianyi.operations.planning.rounds import Document


@click.command()
@parts.folder
@parts.out
@parts.time_limit("Seconds to plan; the best plan found by then is written.")
@click.option(
    "--steps",
    type=click.IntRange(0),
    help="Stop after so many steps of the search, so that the plan is the same on every machine.",
)
@parts.seed
@options.as_json
def rounds(folder: Path, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Plan which village is visited on which day by which team, and on which route, from the tables in FOLDER.

    FOLDER holds villages.csv, teams.csv and rules.toml; travel.csv, or positions of villages and places.csv; and where
    there are any closures.csv and published.csv, the plan that is to be changed as little as possible. DIR gets
    visits.csv, routes.csv with the times at each stop, missed.csv with reasons, and summary.json. Visits that no plan
    can hold are told before planning.
    """
    from lianyi.methods.round_plans.search import RoundLimits
    from lianyi.operations.planning import rounds as work

    limits = RoundLimits(given["time_limit"], given["steps"], given["seed"])
    account = work.account_of(folder, limits, progress_bar, say)
    document = work.write_account(account, given["out"])
    if given["as_json"]:
        print_json(document)
    else:
        _print(document)
    say(
        f"Wrote {given['out']}: {document['visits_planned']:,} of {document['visits_due']:,} visits on "
        f"{document['team_days']:,} days of teams."
    )


def _print(document: Document) -> None:
    names = ("coverage", "travel_minutes", "travel_km", "team_days", "nights", "changed", "balance")
    rows = [(name, "-" if document[name] is None else f"{document[name]:.6g}") for name in names]
    print_table(("figure", "value"), rows)
    parts.print_rows(document["missed"], ("village", "period", "missing", "reason"), "more; all in missed.csv")
