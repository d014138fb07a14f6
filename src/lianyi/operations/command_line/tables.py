"""import, export and template."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, print_table, progress_bar, say, start_django
from lianyi.operations.exit_codes import DONE, PROBLEMS_FOUND, REFUSED

if TYPE_CHECKING:
    from lianyi.operations.tables import ImportOutcome

Language = Literal["zh-hans", "en"]
FILE = click.Path(path_type=Path)


def _ready(language: str | None) -> Language:
    start_django()
    from lianyi.operations.initialising import config, require_database

    require_database()
    return cast("Language", language or config().language)


@click.command("import")
@click.argument("kind", required=False)
@click.argument("file", type=FILE, required=False)
@click.option("--folder", type=FILE, help="Import every KIND.csv of this folder, all or none, instead of one file.")
@click.option("--sheet", metavar="NAME", help="Read this sheet of a workbook instead of the one that fits best.")
@click.option("--good-rows", is_flag=True, help="Import the rows that can be taken and leave out the others.")
@click.option("--preview", is_flag=True, help="Say what would become of each row and change nothing.")
@click.option("--returned", type=FILE, metavar="FILE.xlsx", help="Write the table back with the bad rows marked.")
@options.in_language
@options.acting_as
@options.as_json
def import_(  # noqa: PLR0913 - one parameter for each option
    kind: str | None,
    file: Path | None,
    folder: Path | None,
    *,
    sheet: str | None,
    good_rows: bool,
    preview: bool,
    returned: Path | None,
    language: str | None,
    acting_as: str | None,
    as_json: bool,
) -> None:
    """Import FILE (.xlsx, .csv and others) as a table of the KIND, all of it or nothing.

    Rows are known by their key: a row that is on record is updated or left as it is, so the same file may be sent
    twice. An unknown KIND lists the known ones. Ends with 1 when rows were refused and nothing was imported, with 3
    when a preview or --good-rows left rows out.
    """
    if (folder is None) == (kind is None or file is None):
        raise click.UsageError("Name either KIND and FILE, or --folder.")
    if folder is not None and (kind is not None or sheet is not None or good_rows or preview or returned is not None):
        raise click.UsageError("--folder takes no KIND and no FILE, --sheet, --good-rows, --preview or --returned.")
    chosen = _ready(language)
    if folder is not None:
        _import_folder(folder, acting_as, as_json=as_json)
        return
    from lianyi.operations.acting import actor_named
    from lianyi.operations.tables import ImportWish, describe_outcome, lines_of_outcome, run_import, verdict_of

    wish = ImportWish(str(kind), Path(str(file)), chosen, good_rows, preview, returned, sheet or "")
    outcome = run_import(actor_named(acting_as), wish, progress_bar)
    if as_json:
        print_json(describe_outcome(outcome))
    else:
        for line in lines_of_outcome(outcome):
            click.echo(line)
    say(verdict_of(outcome))
    sys.exit(_exit_code(outcome))


def _exit_code(outcome: ImportOutcome) -> int:
    if not outcome.refused:
        return DONE
    is_partial = outcome.run is not None or outcome.wish.only_preview
    return PROBLEMS_FOUND if is_partial else REFUSED


def _import_folder(folder: Path, acting_as: str | None, *, as_json: bool) -> None:
    from lianyi.operations.acting import actor_named
    from lianyi.operations.tables import run_folder_import

    if not folder.is_dir():
        raise click.UsageError(f"There is no folder {folder}.")
    with progress_bar(f"Importing {folder.name}") as progress:
        runs = run_folder_import(actor_named(acting_as), folder, progress)
    if as_json:
        print_json(runs)
        return
    columns = ("kind", "rows", "create", "update", "unchanged")
    print_table(columns, [[run[name] for name in columns] for run in runs])


@click.command()
@click.argument("kind")
@click.option(
    "--format", "file_format", type=click.Choice(["xlsx", "csv"]), help="Without it: what FILE ends in, or csv."
)
@click.option("--out", type=FILE, metavar="FILE", help="Where to; without it to standard output.")
@options.in_language
@options.acting_as
def export(kind: str, file_format: str | None, out: Path | None, language: str | None, acting_as: str | None) -> None:
    """Export the records of a KIND as a table that an import reads back as unchanged.

    An unknown KIND lists the known ones.
    """
    chosen = _ready(language)
    from lianyi.operations.acting import actor_named
    from lianyi.operations.tables import exported, write_file

    ending = out.suffix.removeprefix(".").lower() if out is not None else ""
    content = exported(actor_named(acting_as), kind, file_format or ending or "csv", chosen)
    if out is None:
        click.echo(content, nl=False)
    else:
        write_file(out, content)
        say(f"Wrote {out}: {len(content):,} bytes.")


@click.command()
@click.argument("kind")
@click.option("--out", type=FILE, metavar="FILE.xlsx", required=True, help="Where to write the workbook.")
@options.in_language
def template(kind: str, out: Path, language: str | None) -> None:
    """Write an empty workbook for a KIND of table, with instructions and drop-down lists.

    An unknown KIND lists the known ones.
    """
    chosen = _ready(language)
    from lianyi.operations.tables import write_template_file

    write_template_file(kind, chosen, out)
    say(f"Wrote {out}.")
