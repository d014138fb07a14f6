"""check and rules."""
# ruff: noqa: PLC0415 - the work is imported, with Django, when a command runs, so that --help answers at once

from __future__ import annotations

import sys
from pathlib import Path

import click

from lianyi.operations.command_line import options
from lianyi.operations.console import print_json, print_table, progress_bar, say, start_django
from lianyi.operations.exit_codes import DONE, NOT_INTACT, PROBLEMS_FOUND


@click.command()
@click.option("--audit", is_flag=True, help="Walk the whole audit trail too and recompute every hash.")
@options.in_language
@options.as_json
def check(*, audit: bool, language: str | None, as_json: bool) -> None:
    """Look for what is wrong: migrations, rule files, figures and records of the registry, the audit trail.

    Ends with 3 when there are problems, with 4 when the audit trail is not intact. Notices, such as old figures, are
    listed and are no problem.
    """
    start_django()
    from django.utils.translation import override

    from lianyi.operations import checking as work
    from lianyi.operations.initialising import config

    with override(language or config().language):
        report = work.run_checks(config(), walks_trail=audit, stage=progress_bar)
        if as_json:
            print_json(work.describe(report))
        else:
            for line in work.lines_of(report):
                click.echo(line)
    sys.exit(NOT_INTACT if report.broken_trail else PROBLEMS_FOUND if report.has_problems else DONE)


@click.group()
def rules() -> None:
    """Show the rule sets in use, check files of your own."""


@rules.command("list")
@options.as_json
def list_command(*, as_json: bool) -> None:
    """List the rule sets of the package and of LIANYI_RULES with their validity."""
    start_django()
    from lianyi.operations.initialising import config
    from lianyi.operations.rule_files import describe_rule_sets

    found = describe_rule_sets(config().rules_directories)
    if as_json:
        print_json(found)
        return
    print_table(
        ("id", "programme", "where", "in force", "from", "to", "file"),
        [
            (
                each["id"],
                each["programme"],
                each["jurisdiction"],
                "yes" if each["is_in_force"] else "NO",
                each["valid_from"],
                each["valid_to"] or "",
                each["file"],
            )
            for each in found
        ],
    )


@rules.command("check")
@click.argument("folder", type=click.Path(path_type=Path))
@options.as_json
def check_command(folder: Path, *, as_json: bool) -> None:
    """Check the rule files of FOLDER against the schema and against those of the package."""
    start_django()
    from lianyi.operations.rule_files import describe_rule_sets

    found = [each for each in describe_rule_sets([folder]) if each["file"].startswith(str(folder))]
    if as_json:
        print_json(found)
    else:
        say(f"{len(found)} rule sets in {folder} are fine: {', '.join(each['id'] for each in found) or '-'}.")
