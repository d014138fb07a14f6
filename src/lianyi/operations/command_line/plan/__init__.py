"""plan: plans from plain files. No installation, server or database is needed."""

from __future__ import annotations

from typing import Final

import click

from lianyi.operations.command_line.survey import LazyCommands

# Command -> module of this package and the name of the command in it.
_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "pairing": ("pairing", "pairing"),
    "postings": ("postings", "postings"),
    "rounds": ("rounds", "rounds"),
}


@click.group(commands=LazyCommands(__name__, _COMMANDS))
def plan() -> None:
    """Plans from a folder of plain tables, each confirmed by an independent check before it is written."""
