"""survey access."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, MAP, PLOT, TABLE_OUT, save_picture, save_table
from lianyi.operations.console import print_json, print_table, progress_bar, say

if TYPE_CHECKING:
    from lianyi.methods.access import Decay
    from lianyi.operations.surveying.access import AccessAccount
    from lianyi.operations.surveying.access_inputs import CostFile

_MOST_ROWS_SHOWN = 40
_MOST_NAMED = 20
METHODS = ("2sfca", "e2sfca", "kd2sfca", "3sfca", "m2sfca", "bfca", "mh3sfca", "gravity", "nearest")
UNITS = ("minutes", "hours", "seconds", "km", "m")


@click.command()
@click.option("--demand", type=FILE, required=True, metavar="D", help="Places: id, population; lon, lat for points.")
@click.option("--supply", type=FILE, required=True, metavar="S", help="Facilities: id, capacity; lon, lat for points.")
@click.option(
    "--cost", type=FILE, metavar="C", help="Ways: demand_id, supply_id, minutes. A way not there is too long."
)
@click.option("--cost-column", metavar="COLUMN", help="Column of C with the cost, if not minutes; say --unit with it.")
@click.option("--unit", type=click.Choice(UNITS), help="Unit of --cost-column, and so of --steps and --reach.")
@click.option("--radius-km", type=click.FloatRange(0), help="Without --cost: ways up to so many km as the crow flies.")
@click.option("--method", type=click.Choice(METHODS), help="Without it: e2sfca with weights, 2sfca without.")
@click.option("--steps", metavar="BOUND:WEIGHT,...", help="Weights by zone, such as 20:1,40:0.68,60:0.22.")
@click.option(
    "--decay",
    metavar="FORM[:NUMBER]",
    help="Weights by a formula: gaussian:SCALE, falling-gaussian, exponential:RATE, power:EXPONENT[:LEAST], kernel, "
    "quartic. Needs --reach or --radius-km.",
)
@click.option("--reach", type=click.FloatRange(0), help="How far people go; ways beyond count nothing.")
@click.option(
    "--edge",
    type=click.Choice(["inclusive", "exclusive"]),
    default="inclusive",
    show_default=True,
    help="Whether a way exactly as long as a bound is within it.",
)
@click.option("--within", metavar="LIMIT,...", help="Count the people with a facility within these limits.")
@click.option(
    "--coordinates",
    type=click.Choice(["wgs84", "cgcs2000", "gcj02", "bd09"]),
    default="wgs84",
    show_default=True,
    help="System of lon and lat.",
)
@click.option("--threads", type=click.IntRange(1), help="Threads for points; without it as many as processors.")
@click.option("--out", type=TABLE_OUT, metavar="R", help="Write id and access as .csv, .parquet or .xlsx.")
@PLOT
@MAP
@options.as_json
def access(  # noqa: PLR0913 - one parameter for each option
    demand: Path,
    supply: Path,
    cost: Path | None,
    cost_column: str | None,
    unit: str | None,
    *,
    radius_km: float | None,
    method: str | None,
    steps: str | None,
    decay: str | None,
    reach: float | None,
    edge: str,
    within: str | None,
    coordinates: str,
    threads: int | None,
    out: Path | None,
    plot: Path | None,
    map_file: Path | None,
    as_json: bool,
) -> None:
    """Measure who can reach how much: the floating catchment family, gravity, or the nearest facility.

    Tables are CSV, Parquet or Excel. The ways come from a table of costs (--cost) or, with --radius-km, from the
    coordinates. Facilities that nobody can reach are listed, and whether people times access adds up to the supply in
    reach is checked.
    """
    from lianyi.methods.access import Edge
    from lianyi.operations.surveying import access as work
    from lianyi.operations.surveying.warming import tell_first_use

    if (cost is None) == (radius_km is None):
        raise click.UsageError("Say where the ways come from: either --cost C, or --radius-km for coordinates.")
    decays = _wanted(steps, decay, reach, radius_km, edge) if method != "nearest" else None
    wish = work.AccessWish(
        demand=demand,
        supply=supply,
        costs=_costs(cost, cost_column, unit),
        method=work.method_of(method, decays),
        decay=decays,
        limits=_limits(within),
        edge=Edge(edge),
        coordinates=coordinates,
        threads=threads or 0,
        shows_map=map_file is not None,
    )
    tell_first_use()
    account = work.account_of(wish, progress_bar)
    _say_notes(account)
    _show(account, as_json=as_json)
    _save(account, out, plot, map_file)


def _wanted(steps: str | None, decay: str | None, reach: float | None, radius_km: float | None, edge: str) -> Decay:
    from lianyi.operations.surveying.access_weights import decay_of

    limits = [limit for limit in (reach, radius_km) if limit is not None]
    if steps is not None and decay is not None:
        raise click.UsageError("Give --steps or --decay, not both.")
    if not limits and steps is None:
        raise click.UsageError("Say how far people go: --steps 20:1,40:0.68,60:0.22, or --reach 30 in the unit of C.")
    try:
        return decay_of(steps, decay, min(limits, default=None), edge)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _costs(cost: Path | None, column: str | None, unit: str | None) -> CostFile | None:
    from lianyi.operations.surveying.access_inputs import CostFile

    if cost is None:
        if column is not None or unit is not None:
            raise click.UsageError("--cost-column and --unit go with --cost; points are always measured in km.")
        return None
    if column is None:
        if unit not in {None, "minutes"}:
            raise click.UsageError(f"Name the column that holds {unit}: --cost-column COLUMN.")
        return CostFile(cost)
    if unit is None:
        raise click.UsageError(f"Say the unit of {column}: --unit {'|'.join(UNITS)}. It is that of --steps too.")
    return CostFile(cost, column, unit)


def _limits(text: str | None) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",")) if text else ()
    except ValueError as error:
        raise click.UsageError(f"--within {text} is not a list of numbers such as 30,60.") from error


def _say_notes(account: AccessAccount) -> None:
    document = account.document
    for note in document["notes"]:
        say(f"Note: {note}")
    unreached = document.get("unreached_facilities", [])
    if unreached:
        named = ", ".join(unreached[:_MOST_NAMED])
        more = f" and {len(unreached) - _MOST_NAMED:,} more (all with --json)" if len(unreached) > _MOST_NAMED else ""
        say(
            f"Note: nobody can reach {len(unreached):,} facilities, with a supply of {document['supply_unreached']:g}: "
            f"{named}{more}."
        )


def _show(account: AccessAccount, *, as_json: bool) -> None:
    from lianyi.operations.surveying.access import lines_of

    if as_json:
        print_json(account.document)
        return
    for line in lines_of(account.document):
        click.echo(line)
    click.echo()
    headings = list(account.rows)
    rows = list(zip(*(column[:_MOST_ROWS_SHOWN].tolist() for column in account.rows.values()), strict=True))
    print_table(headings, [[f"{cell:.6g}" if isinstance(cell, float) else cell for cell in row] for row in rows])
    more = len(account.rows["id"]) - _MOST_ROWS_SHOWN
    if more > 0:
        say(f"{more:,} more places; write them all with --out.")


def _save(account: AccessAccount, out: Path | None, plot: Path | None, map_file: Path | None) -> None:
    from lianyi.drawing import svg_of
    from lianyi.drawing.point_map import html_of

    if out is not None:
        save_table(out, account.rows)
    if plot is not None:
        save_picture(plot, svg_of(account.curve))
    if map_file is not None and account.map is not None:
        save_picture(map_file, html_of(account.map))
