"""Write docs/operator/commands.md from the commands' own help: ``python tools/make_command_docs.py``.

With --check nothing is written; the exit code tells whether the page is what would be written.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from lianyi.cli import main as lianyi
from lianyi.operations.exit_codes import MEANINGS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "operator" / "commands.md"
INTRODUCTION = """\
# Commands

This page is made from the commands' own help by `python tools/make_command_docs.py`.

Results go to standard output, messages and progress bars to standard error; bars are shown only on a terminal. With
`--json` a command prints one JSON document on standard output. Settings come from the environment, see
[configuration](configuration.md).

## Exit codes

| code | meaning |
|---|---|
"""


def commands(group: click.Group, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Walk the commands below a group, each with its path."""
    for name, command in sorted(group.commands.items()):
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def section(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=" ".join(path))
    lines = [f"{'#' * len(path)} {' '.join(path)}", "", inspect.cleandoc(command.help or ""), ""]
    if isinstance(command, click.Group):
        return "\n".join(lines)
    lines += ["```", command.get_usage(context), "```", ""]
    named = [option for option in command.params if isinstance(option, click.Option)]
    options = [record for option in named if (record := option.get_help_record(context))]
    if options:
        lines += ["| option | meaning |", "|---|---|"]
        lines += [f"| `{name}` | {_cell(text)} |" for name, text in options]
        lines.append("")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def page() -> str:
    codes = "".join(f"| {code} | {meaning} |\n" for code, meaning in MEANINGS.items())
    sections = [section(path, command) for path, command in commands(lianyi, ("lianyi",))]
    return f"{INTRODUCTION}{codes}\n" + "\n".join(sections)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the page about the commands from their help.")
    parser.add_argument("--check", action="store_true", help="only tell whether the page is up to date")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE} is not up to date; run: python tools/make_command_docs.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
