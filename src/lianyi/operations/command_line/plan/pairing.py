"""plan pairing."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when the command runs

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.plan import parts
from lianyi.operations.console import print_json, progress_bar, say


@click.command()
@parts.folder
@parts.out
@parts.time_limit("Seconds to plan; the gap that is left is told.")
@parts.reason_limit("Seconds each for the reasons of pairs, of open needs, of changes, and for what would fix them.")
@parts.gap
@click.option(
    "--blocks",
    is_flag=True,
    help="For hundreds of recipients: make the sum of all goals least, with prices of people and part after part.",
)
@parts.seed
@options.as_json
def pairing(folder: Path, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Plan which donor helps which recipient, from the tables in FOLDER.

    FOLDER holds donors.csv, recipients.csv, strengths.csv, needs.csv, pairs.csv and rules.toml, and published.csv where
    a plan is to be changed. DIR gets pairs.csv with the reason of each pair, unmet.csv with the reason of each open
    need, changes.csv, blocking.csv where wishes are given, and summary.json with value, bound and gap of each goal.
    pairs.csv can be the pairs.csv of `lianyi plan postings`, and the published.csv of the next pairing.
    """
    from lianyi.methods.location.limits import SearchLimits
    from lianyi.operations.planning import pairing as work
    from lianyi.operations.planning.pairing_results import write_account

    limits = SearchLimits(given["time_limit"], given["gap"], given["seed"])
    wish = work.PairingWish(folder, limits, given["reason_limit"], given["blocks"])
    document = write_account(work.account_of(wish, progress_bar, say), given["out"])
    if given["as_json"]:
        print_json(document)
    else:
        parts.print_goals(document)
        parts.print_open_needs(document["unmet"], ("recipient", "need", "missing", "reason"))
    say(f"Wrote {given['out']}: {document['pairs']:,} pairs, {len(document['unmet']):,} needs open.")
