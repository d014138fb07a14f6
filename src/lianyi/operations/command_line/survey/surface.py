"""survey surface."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, OutputFile, map_option
from lianyi.operations.console import print_json, print_table, progress_bar, say


class Minutes(click.ParamType[tuple[float, ...]]):
    """Minutes, divided by commas."""

    name = "minutes"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[float, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"“{value}” is no list of minutes; write it like 30,60,120.", param, ctx)


@click.command()
@click.option(
    "--friction",
    "raster",
    type=FILE,
    required=True,
    metavar="F.tif",
    help="Raster of what a metre takes, in minutes per metre; with --speed in km/h. No data are barriers.",
)
@click.option(
    "--sources",
    type=FILE,
    required=True,
    metavar="S.csv",
    help="Table of the facilities: id, lon, lat (WGS 84, degrees), or id, x, y in the coordinates of the raster.",
)
@click.option(
    "--max-minutes",
    type=float,
    default=math.inf,
    help="Cells beyond these minutes are not reached; without it all are.",
)
@click.option("--speed", "is_speed", is_flag=True, help="The raster holds speeds in km/h; 0 is a barrier.")
@click.option("--crs", "coordinate_system", metavar="EPSG:N", help="Coordinate system of a raster that names none.")
@click.option("--skip-misplaced", is_flag=True, help="Leave out, and name, sources outside the raster or on barriers.")
@click.option(
    "--elevation",
    type=FILE,
    metavar="D.tif",
    help="Heights in metres on the same cells: walking takes longer uphill, by Tobler's rule.",
)
@click.option(
    "--on-foot", type=FILE, metavar="W.tif", help="With --elevation: 1 where people walk, 0 where slopes do not matter."
)
@click.option(
    "--heading",
    type=click.Choice(["to-facility", "from-facility"]),
    default="to-facility",
    show_default=True,
    help="With --elevation: which way people go.",
)
@click.option(
    "--population", type=FILE, metavar="P.tif", help="People for each cell, on the same cells: shares within times."
)
@click.option(
    "--times",
    type=Minutes(),
    default=(),
    metavar="30,60,...",
    help="Minutes at which people are counted; without it 15, 30, 60, 120, 180, 240 up to --max-minutes.",
)
@click.option(
    "--out",
    type=OutputFile(".tif", ".tiff"),
    metavar="T.tif",
    help="Write the minutes as GeoTIFF; no data where nobody gets.",
)
@click.option(
    "--allocation",
    type=OutputFile(".tif", ".tiff"),
    metavar="A.tif",
    help="Write which source is nearest in time: its record in the table, the first being 1; 0 where there is none.",
)
@PLOT
@map_option("Draw a map of the minutes with the sources; its colours change at --times.")
@options.as_json
def surface(  # noqa: PLR0913 - one parameter for each option
    raster: Path,
    sources: Path,
    *,
    max_minutes: float,
    is_speed: bool,
    coordinate_system: str | None,
    skip_misplaced: bool,
    elevation: Path | None,
    on_foot: Path | None,
    heading: str,
    population: Path | None,
    times: tuple[float, ...],
    out: Path | None,
    allocation: Path | None,
    plot: Path | None,
    map_file: Path | None,
    as_json: bool,
) -> None:
    """Say how long it takes from every cell of a raster to the facility that is nearest in time.

    People step from a cell to any of its eight neighbours; a step takes the mean of the two frictions times the
    distance, which in longitude and latitude is that on the ellipsoid. Cells exactly at --max-minutes are reached.
    """
    if on_foot is not None and elevation is None:
        raise click.UsageError("--on-foot says where slopes matter; give the heights with --elevation.")
    from lianyi.methods.surface import Heading
    from lianyi.operations.surveying import surface as work
    from lianyi.operations.surveying.warming import tell_first_use

    wish = work.SurfaceWish(
        raster=raster,
        sources=sources,
        max_minutes=max_minutes,
        is_speed=is_speed,
        coordinate_system=coordinate_system,
        skips_misplaced=skip_misplaced,
        elevation=elevation,
        on_foot=on_foot,
        heading=Heading(heading),
        population=population,
        times=times,
        out=out,
        allocation=allocation,
        plot=plot,
        map_file=map_file,
    )
    tell_first_use()
    document = work.surface_of(wish, progress_bar)
    for reason, ids in (("outside the raster", "skipped_outside"), ("on a barrier", "skipped_on_barrier")):
        for each in document["sources"][ids]:
            say(f"Left out: {each}, {reason}.")
    for path in (out, allocation, plot, map_file):
        if path is not None:
            say(f"Wrote {path}.")
    if as_json:
        print_json(document)
    else:
        _show(document)


def _show(document: dict[str, Any]) -> None:
    cells, minutes = document["cells"], document["minutes"]
    click.echo(f"Sources: {document['sources']['used']:,}")
    click.echo(f"Cells: {cells['all']:,}, of which {cells['barriers']:,} barriers; reached: {cells['reached']:,}")
    click.echo(f"Minutes of the cells reached: mean {minutes['mean']:.1f}, most {minutes['max']:.1f}")
    people = document["population"]
    if people is None:
        return
    click.echo(f"People: {people['total']:,.0f}; reached by nobody: {people['unreached']:,.0f}")
    rows = [
        (f"{step['minutes']:g}", f"{step['population']:,.0f}", _percent(step["share"])) for step in people["coverage"]
    ]
    print_table(["within minutes", "people", "share"], rows)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
