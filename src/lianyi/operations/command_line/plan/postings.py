"""plan postings."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when the command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.plan import parts
from lianyi.operations.console import print_json, progress_bar, say

if TYPE_CHECKING:
    from lianyi.operations.planning.plan_results import Document
    from lianyi.operations.planning.postings import PlanWish

_MOST_SOLVERS = 64


@click.command()
@parts.folder
@parts.out
@parts.time_limit("Seconds to plan; the gap that is left is told.")
@parts.reason_limit("Seconds each for the reasons of open needs, what would fix them, and the reasons of changes.")
@parts.gap
@click.option(
    "--staged",
    is_flag=True,
    help="For many recipients: make the sum of all goals least, pairs first, then people, then parts again.",
)
@click.option(
    "--solvers",
    type=click.IntRange(1, _MOST_SOLVERS),
    default=1,
    show_default=True,
    help="With --staged: solver processes that work at the same time; one for each processor is enough.",
)
@click.option(
    "--rounds",
    type=click.IntRange(1),
    nargs=2,
    metavar="PRICES PARTS",
    help="With --staged: end after so many rounds of prices and so many parts planned again, and not by the clock, so "
    "that the plan is the same on every machine.",
)
@click.option(
    "--repair",
    is_flag=True,
    help="Bring back what was lost of published.csv with the fewest people changed; all else stays.",
)
@parts.seed
@options.as_json
def postings(folder: Path, **given: Any) -> None:  # noqa: ANN401 - the options above
    """Plan who goes where, when and for how long, from the tables in FOLDER.

    FOLDER holds people.csv, needs.csv, donors.csv, recipients.csv, pairs.csv and rules.toml, and published.csv where a
    plan is to be changed or repaired, with its unmet.csv as published_unmet.csv. DIR gets postings.csv, unmet.csv with
    the reason of each open need, changes.csv, and summary.json with value, bound and gap of each goal. Needs that
    nobody could ever serve are told before planning.
    """
    from lianyi.operations.planning.posting_results import write_account
    from lianyi.operations.planning.postings import account_of

    document = write_account(account_of(_wish(folder, given), progress_bar, say), given["out"])
    if given["as_json"]:
        print_json(document)
    else:
        parts.print_goals(document)
        parts.print_open_needs(document["unmet"], ("need", "missing", "reason"))
    _say_share(document)
    say(f"Wrote {given['out']}: {document['postings']:,} postings, {len(document['unmet']):,} needs open.")


def _wish(folder: Path, given: dict[str, Any]) -> PlanWish:
    from lianyi.methods.location.limits import SearchLimits
    from lianyi.methods.postings.staged_plans import Rounds
    from lianyi.operations.planning.postings import PlanWish, Way

    if given["staged"] and given["repair"]:
        raise click.UsageError("--staged makes a new plan and --repair keeps the old one; give one of them.")
    if not given["staged"] and (given["solvers"] > 1 or given["rounds"]):
        raise click.UsageError("--solvers and --rounds are for --staged; give that too, or leave them out.")
    way = Way.IN_STAGES if given["staged"] else Way.REPAIR if given["repair"] else Way.IN_ORDER
    limits = SearchLimits(given["time_limit"], given["gap"], given["seed"])
    rounds = Rounds(*given["rounds"]) if given["rounds"] else None
    return PlanWish(folder, limits, given["reason_limit"], way, given["solvers"], rounds)


def _say_share(document: Document) -> None:
    coverage, repair = document["coverage"], document["repair"]
    if coverage["missing_share"]:
        least = coverage["least_missing_share"]
        say(f"{coverage['missing_share']:.2%} of the weighted need stays open; {least:.2%} at least in any plan.")
    if repair:
        proof = "proved to be the least" if repair["is_least"] else f"at least {repair['least_changed']:g} must"
        say(f"Repaired: people changed, by their notice, {repair['changed']:g} ({proof}).")
