"""survey wisn and survey readiness."""
# ruff: noqa: PLC0415 - the work is imported, with the numerical libraries, when a command runs

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE, PLOT, TABLE_OUT, save_picture, save_table
from lianyi.operations.console import print_json, print_table

_UNIT_COLUMNS = (
    "facility",
    "cadre",
    "existing_staff",
    "required_staff",
    "required_staff_rounded",
    "difference",
    "ratio",
)
_CADRE_COLUMNS = (
    "cadre",
    "facilities",
    "existing_staff",
    "required_staff",
    "difference",
    "ratio",
    "missing_where_short",
)


@click.command()
@click.argument("workloads", type=FILE)
@click.option(
    "--components",
    type=FILE,
    metavar="C.csv",
    help="The components of the work, when WORKLOADS is the site's table of cadres.",
)
@click.option(
    "--out",
    type=TABLE_OUT,
    metavar="FILE",
    help="Write one row for each facility and cadre as .csv, .parquet or .xlsx.",
)
@PLOT
@options.as_json
def wisn(workloads: Path, *, components: Path | None, out: Path | None, plot: Path | None, as_json: bool) -> None:
    """Say how many staff the work needs: WISN of WHO, from a TOML file of WORKLOADS.

    The file gives available working time, activities with volumes and unit times, support activities of all and
    additional activities of some, for each cadre of each facility. --json shows every step between. The tables of the
    site, cadre_workloads and workload_components, are read too, the second with --components.
    """
    from lianyi.operations.surveying.workload import document_of, staff_in
    from lianyi.operations.surveying.workload_tables import staff_in_tables

    document = document_of(staff_in(workloads) if components is None else staff_in_tables(workloads, components))
    if as_json:
        print_json(document)
    else:
        _print(_UNIT_COLUMNS, document["units"])
        if len(document["units"]) > 1:
            click.echo()
            _print(_CADRE_COLUMNS, document["cadres"])
    if out is not None:
        save_table(out, _columns(_UNIT_COLUMNS, document["units"]))
    if plot is not None:
        from lianyi.drawing import svg_of_bars
        from lianyi.operations.surveying.workload_pictures import staff_bars

        save_picture(plot, svg_of_bars(staff_bars(document)))


@click.command()
@click.argument("items", type=FILE)
@click.option(
    "--availability",
    type=FILE,
    metavar="A.csv",
    help="Also form the service availability index: area,indicator,value,target.",
)
@click.option(
    "--out", type=TABLE_OUT, metavar="FILE", help="Write one row for each facility as .csv, .parquet or .xlsx."
)
@PLOT
@options.as_json
def readiness(items: Path, *, availability: Path | None, out: Path | None, plot: Path | None, as_json: bool) -> None:
    """Say how ready facilities are: the indices of SARA and HHFA, from a table of ITEMS.

    Columns: facility, domain, item, available (1, 0, or nothing for not assessed); or facility, domain, present, items
    as counts. Rows with a service instead of a domain give the readiness of that service.
    """
    from lianyi.operations.surveying.readiness import availability_of, readiness_of

    document = readiness_of(items)
    if availability is not None:
        document["availability"] = availability_of(availability)
    rows = [_facility_row(each) for each in document.get("facilities", [])]
    if as_json:
        print_json(document)
    else:
        _show_readiness(document, rows)
    if out is not None:
        save_table(out, _columns(list(rows[0]) if rows else ["facility"], rows))
    if plot is not None:
        from lianyi.drawing import svg_of_bars
        from lianyi.operations.surveying.workload_pictures import readiness_bars

        save_picture(plot, svg_of_bars(readiness_bars(document)))


def _show_readiness(document: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        _print(list(rows[0]), rows)
        click.echo()
        _print(("domain", "mean", "share_with_every_item", "facilities_assessed"), document["domains"])
        click.echo(f"Mean index: {_cell(document['index'])}; with everything: {document['facilities_with_everything']}")
    if "services" in document:
        _print(("service", "mean", "share_with_every_item", "facilities_assessed"), document["services"])
    if "availability" in document:
        _print(("area", "score"), document["availability"]["areas"])
        click.echo(f"Service availability index: {_cell(document['availability']['index'])}")


def _facility_row(facility: Mapping[str, Any]) -> dict[str, Any]:
    return {"facility": facility["facility"], **facility["domains"], "index": facility["index"]}


def _print(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    print_table(columns, [[_cell(row[name]) for name in columns] for row in rows])


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _columns(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    import numpy as np

    return {
        name: np.array([row[name] for row in rows], dtype=object if _is_text(name, rows) else float) for name in names
    }


def _is_text(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return any(isinstance(row[name], str) for row in rows)
