"""indicator: indicators by their definitions, from plain files. Only export-data needs an installation."""

from __future__ import annotations

from typing import Final

import click

from lianyi.operations.command_line.survey import LazyCommands

# Command -> module of this package and the name of the command in it.
_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "check": ("definitions", "check"),
    "export-data": ("recorded", "export_data"),
    "from-dhis2": ("exports", "from_dhis2"),
    "list": ("definitions", "list_"),
    "run": ("run", "run"),
    "show": ("definitions", "show"),
}


@click.group(commands=LazyCommands(__name__, _COMMANDS))
def indicator() -> None:
    """List, show, check and compute indicators by their definitions, on plain tables."""
