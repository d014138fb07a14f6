"""plan pairing."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when the command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from lianyi.operations.planning.pairing_results import Document

_FOLDER = click.Path(path_type=Path, file_okay=False)
_MOST_ROWS_SHOWN = 40


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--out", type=_FOLDER, required=True, metavar="DIR", help="Folder for the results; made if not there.")
@click.option(
    "--time-limit",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds to plan; the gap that is left is told.",
)
@click.option(
    "--reason-limit",
    type=click.FloatRange(0, min_open=True),
    default=30.0,
    show_default=True,
    help="Seconds each for the reasons of pairs, of open needs, of changes, and for what would fix them.",
)
@click.option(
    "--gap",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Stop each goal at this share between value and bound, such as 0.01.",
)
@click.option(
    "--blocks",
    is_flag=True,
    help="For hundreds of recipients: make the sum of all goals least, with prices of people and part after part.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all random choices.")
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
        _print(document)
    say(f"Wrote {given['out']}: {document['pairs']:,} pairs, {len(document['unmet']):,} needs open.")


def _print(document: Document) -> None:
    levels = [*document["levels"], *([{"goal": "sum", **document["sum"]}] if document["sum"] else [])]
    print_table(("goal", "value", "bound", "gap", "stopped"), [_level_row(level) for level in levels])
    unmet = document["unmet"]
    if unmet:
        click.echo()
        rows = [
            (each["recipient"], each["need"] or "-", each["missing"], each["reason"])
            for each in unmet[:_MOST_ROWS_SHOWN]
        ]
        print_table(("recipient", "need", "missing", "reason"), rows)
    if len(unmet) > _MOST_ROWS_SHOWN:
        say(f"{len(unmet) - _MOST_ROWS_SHOWN:,} more open needs; all in unmet.csv.")


def _level_row(level: Document) -> tuple[str, ...]:
    return (
        level["goal"],
        f"{level['value']:.9g}",
        "-" if level["bound"] is None else f"{level['bound']:.9g}",
        "-" if level["gap"] is None else f"{level['gap']:.2%}",
        level["stop_reason"] or "-",
    )
