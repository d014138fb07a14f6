"""survey locate: p-median, p-center, mclp, lscp and coverage."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, MAP, PLOT, TABLE_OUT, save_picture, save_table
from lianyi.operations.console import print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from lianyi.operations.surveying.locate import LocateAccount
    from lianyi.operations.surveying.locate_inputs import FloorWish, LocateFiles

Command = Callable[..., None]
_MOST_ROWS_SHOWN = 40

_TABLES = (
    click.option("--demand", type=FILE, required=True, metavar="D", help="Demand points: id, population."),
    click.option("--sites", type=FILE, required=True, metavar="S", help="Candidate sites: id; existing ones too."),
    click.option(
        "--cost",
        type=FILE,
        required=True,
        metavar="C",
        help="Ways: demand_id, site_id (or supply_id), minutes (or cost, distance). A way not there cannot be gone.",
    ),
    click.option("--cost-column", metavar="COLUMN", help="Column of C with the cost, if it has another name."),
    click.option("--keep", metavar="ID", multiple=True, help="An existing site that stays open. May be repeated."),
    click.option("--existing", metavar="COLUMN", help="Column of S with 1 for the sites that stay open."),
    click.option("--out", type=TABLE_OUT, metavar="R", help="Write who uses which site as .csv, .parquet or .xlsx."),
    PLOT,
    MAP,
)
_SEARCH = (
    click.option(
        "--time-limit",
        type=click.FloatRange(0, min_open=True),
        default=60.0,
        show_default=True,
        help="Seconds to search; the gap that is left is told.",
    ),
    click.option(
        "--gap",
        type=click.FloatRange(0, 1, max_open=True),
        default=0.0,
        show_default=True,
        help="Stop at this share between objective and bound, such as 0.01.",
    ),
    click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all random choices."),
)
_PLACES = click.option("-p", "--places", type=click.IntRange(1), help="Open sites in the end, those that stay too.")
_RADIUS = click.option(
    "--radius", type=click.FloatRange(0), required=True, help="Longest cost that counts, in the unit of C; inclusive."
)
_LONGEST = click.option(
    "--radius", type=click.FloatRange(0), help="Ways that cost more cannot be gone, in the unit of C; inclusive."
)
_CONDITIONS = (
    click.option("--capacity", metavar="COLUMN", help="Column of S with the people that a site can take."),
    click.option("--opening-cost", metavar="COLUMN", help="Column of S with what opening costs; needs --budget."),
    click.option("--budget", type=click.FloatRange(0), help="What opening may cost; sites that stay cost nothing."),
    click.option(
        "--floor",
        "floors",
        metavar="COLUMN=VALUE:RADIUS:SHARE",
        multiple=True,
        help="At least this share of the people with VALUE in a COLUMN of D must be within RADIUS. May be repeated.",
    ),
)


def _with(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def decorated(command: Command) -> Command:
        for decorator in reversed(decorators):
            command = decorator(command)
        return command

    return decorated


@click.group()
def locate() -> None:
    """Choose sites, and tell how good a choice can be at all: objective, proven bound, gap.

    Tables are CSV, Parquet or Excel. Costs are in one unit, which is also that of --radius.
    """


@locate.command("p-median")
@_with(*_TABLES, _PLACES, _LONGEST, *_CONDITIONS, *_SEARCH, options.as_json)
def p_median(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Serve everybody with the least people times cost."""
    _search("p-median", given)


@locate.command("p-center")
@_with(*_TABLES, _PLACES, _LONGEST, *_SEARCH, options.as_json)
def p_center(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Make the longest way of any demand point to its nearest site shortest."""
    _search("p-center", given)


@locate.command()
@_with(*_TABLES, _PLACES, _RADIUS, *_CONDITIONS, *_SEARCH, options.as_json)
def mclp(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Cover most people within a radius (maximal covering)."""
    _search("mclp", given)


@locate.command()
@_with(*_TABLES, _PLACES, _RADIUS, *_SEARCH, options.as_json)
def lscp(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Cover every demand point within a radius with the fewest sites (set covering); -p plays no part."""
    _search("lscp", given)


@locate.command()
@_with(
    *_TABLES,
    click.option("--max-cost", type=click.FloatRange(0), required=True, help="Longest cost that people go; inclusive."),
    click.option("--capacity", metavar="COLUMN", required=True, help="Column of S with the people a site can take."),
    click.option("--order", metavar="COLUMN", help="Column of S, lowest first; without it by people in reach."),
    click.option(
        "--new-sites",
        type=click.IntRange(0),
        default=0,
        show_default=True,
        help="Fill the existing sites, then open up to so many others, each where most people are left.",
    ),
    click.option("--target", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Share to stop at."),
    options.as_json,
)
def coverage(**given: Any) -> None:  # noqa: ANN401 - the options above
    """Fill sites that have a capacity in a stated order, as AccessMod does; the order is told with the result."""
    from lianyi.operations.surveying import locate as work
    from lianyi.operations.surveying.warming import tell_first_use

    wish = work.CoverageWish(_files(given), given["max_cost"], given["new_sites"], given["target"])
    tell_first_use()
    account = work.coverage_account(wish, progress_bar)
    _print(account, given, "steps")


def _search(model: str, given: dict[str, Any]) -> None:
    from lianyi.methods.location.limits import SearchLimits
    from lianyi.operations.surveying import locate as work
    from lianyi.operations.surveying.warming import tell_first_use

    if given["places"] is None and model != "lscp" and given.get("budget") is None:
        raise click.UsageError("Say how many sites are to be open: -p 4.")
    if (given.get("opening_cost") is None) != (given.get("budget") is None):
        raise click.UsageError("--budget and --opening-cost go together.")
    wish = work.LocateWish(
        model=model,
        files=_files(given),
        places=given["places"],
        radius=float("inf") if given["radius"] is None else given["radius"],
        budget=given.get("budget"),
        limits=SearchLimits(given["time_limit"], given["gap"], given["seed"]),
    )
    tell_first_use()
    account = work.account_of(wish, progress_bar)
    if account.document["zero_costs"]:
        say(f"Note: {account.document['zero_costs']:,} ways cost 0; they are taken as sites where people live.")
    _print(account, given, "loads")
    say(work.verdict_of(account.document))


def _files(given: dict[str, Any]) -> LocateFiles:
    from lianyi.operations.surveying.locate_inputs import LocateFiles

    return LocateFiles(
        demand=given["demand"],
        sites=given["sites"],
        costs=given["cost"],
        cost_column=given["cost_column"],
        keep=given["keep"],
        existing_column=given["existing"],
        capacity_column=given.get("capacity"),
        opening_cost_column=given.get("opening_cost"),
        order_column=given.get("order"),
        floors=[_floor(text) for text in given.get("floors", ())],
        needs_points=given["map_file"] is not None,
    )


def _floor(text: str) -> FloorWish:
    from lianyi.operations.surveying.locate_inputs import FloorWish

    try:
        named, radius, share = text.rsplit(":", 2)
        column, value = named.split("=", 1)
        return FloorWish(column, value, float(radius), float(share))
    except ValueError as error:
        message = f"--floor {text} is not COLUMN=VALUE:RADIUS:SHARE, such as group=poor:60:0.8."
        raise click.UsageError(message) from error


def _print(account: LocateAccount, given: dict[str, Any], table: str) -> None:
    document = account.document
    if given["as_json"]:
        print_json(document)
    else:
        for name, value in document.items():
            if value is not None and not isinstance(value, list):
                click.echo(f"{name.replace('_', ' ')}: {_cell(value)}")
        click.echo()
        rows = document[table]
        headings = list(rows[0]) if rows else []
        print_table(headings, [[_cell(row[name]) for name in headings] for row in rows[:_MOST_ROWS_SHOWN]])
        if len(rows) > _MOST_ROWS_SHOWN:
            say(f"{len(rows) - _MOST_ROWS_SHOWN:,} more sites; all with --json.")
    out: Path | None = given["out"]
    if out is not None:
        save_table(out, account.rows)
    if given["plot"] is not None:
        from lianyi.drawing import svg_of

        save_picture(given["plot"], svg_of(account.curve))
    if given["map_file"] is not None and account.map is not None:
        from lianyi.drawing.point_map import html_of

        save_picture(given["map_file"], html_of(account.map))


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.9g}" if isinstance(value, float) else str(value)
