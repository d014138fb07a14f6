"""survey: calculations on plain files. No installation, server or database is needed.

Each command stands in a module of its own that is loaded when the command is named or listed; the numerical libraries
are loaded when it runs.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Final

import click

# Command -> module of this package and the name of the command in it.
_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "access": ("access", "access"),
    "distribution": ("distribution", "distribution"),
    "locate": ("locate", "locate"),
    "readiness": ("workload", "readiness"),
    "surface": ("surface", "surface"),
    "warm-up": ("warming", "warm_up"),
    "wisn": ("workload", "wisn"),
}


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name, each loaded when it is asked for."""

    def __init__(self, package: str, places: dict[str, tuple[str, str]]) -> None:
        self._package = package
        self._places = places
        self._loaded: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._loaded:
            module, attribute = self._places[name]
            self._loaded[name] = getattr(importlib.import_module(f"{self._package}.{module}"), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        self._places.pop(name, None)
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._places, *self._loaded}))

    def __len__(self) -> int:
        return len({*self._places, *self._loaded})

    def __contains__(self, name: object) -> bool:
        return name in self._places or name in self._loaded


@click.group(commands=LazyCommands(__name__, _COMMANDS))
def survey() -> None:
    """Amount, distribution and reach of resources, and where the next should stand, from plain files.

    Tables are CSV, Parquet or Excel with headings in the first row; columns may stand in any order. Results go to
    standard output, or with --out to a file; nothing is kept.
    """
