"""indicator list, show and check."""
# ruff: noqa: PLC0415 - the work is imported when a command runs

from __future__ import annotations

import datetime
from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.command_line.survey.outputs import FILE
from lianyi.operations.console import print_json, print_table


def _today() -> datetime.date:
    return datetime.datetime.now().astimezone().date()


@click.command("list")
@click.option("--family", metavar="FAMILY", help="Only this family.")
@click.option("--on", type=options.DAY, help="Day on which they must be in force; without it today.")
@options.as_json
def list_(family: str | None, on: datetime.date | None, *, as_json: bool) -> None:
    """List the indicators in force, those of the folders in LIANYI_RULES with them."""
    from lianyi.operations.indicator_running import definitions as work

    found = work.of_family(family, on or _today())
    if as_json:
        print_json([work.document_of(each) for each in found])
        return
    headings = ("code", "version", "family", "no.", "name", "unit", "obtained", "confidence")
    print_table(
        headings,
        [
            [
                each.code,
                each.version,
                each.family.id,
                each.number,
                work.title_of(each),
                each.unit,
                each.obtained,
                each.confidence,
            ]
            for each in found
        ],
    )


@click.command()
@click.argument("code")
@click.option("--version", type=click.IntRange(1), help="This version; without it the one in force.")
@click.option("--on", type=options.DAY, help="Day on which it must be in force; without it today.")
@options.as_json
def show(code: str, version: int | None, on: datetime.date | None, *, as_json: bool) -> None:
    """Show the definition CODE in both languages, with its source and the tables that it reads."""
    from lianyi.operations.indicator_running import definitions as work

    (found,) = work.definitions_named(code, version, on or _today())
    if as_json:
        print_json(work.document_of(found))
        return
    for line in work.lines_of(found):
        click.echo(line)


@click.command()
@click.argument("file", type=FILE)
@options.as_json
def check(file: Path, *, as_json: bool) -> None:
    """Say whether the definitions in FILE (TOML) can be used; a fault is named with its field.

    Ends with 1 when they cannot.
    """
    from lianyi.operations.indicator_running import definitions as work

    found = work.definitions_of_file(file)
    if as_json:
        print_json([work.document_of(each) for each in found])
        return
    for each in found:
        tables = ", ".join(sorted(work.tables_of(each)))
        click.echo(f"{each.code}, version {each.version}: in order" + (f"; reads {tables}" if tables else ""))
