"""evaluate: whether it worked, from plain files. No installation, server or database is needed."""

from __future__ import annotations

from typing import Final

import click

from lianyi.operations.command_line.survey import LazyCommands

# Command -> module of this package and the name of the command in it.
_COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "country": ("country", "country"),
    "did": ("comparison_groups", "did"),
    "drg": ("case_groups", "drg"),
    "funnel": ("funnels", "funnel"),
    "its": ("interrupted_series", "interrupted_series"),
    "partnership": ("partnership", "partnership"),
    "rank": ("multi_criteria", "rank"),
    "rates": ("event_rates", "rates"),
    "spc": ("process_control", "spc"),
    "synthetic": ("synthetic_control", "synthetic"),
}


@click.group(commands=LazyCommands(__name__, _COMMANDS))
def evaluate() -> None:
    """Whether it worked: interrupted series, comparison groups, process control and funnels, from plain files.

    Tables are CSV, Parquet or Excel with headings in the first row; columns may stand in any order. Results go to
    standard output; nothing is kept.
    """
