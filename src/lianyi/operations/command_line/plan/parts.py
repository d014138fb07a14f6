"""What the commands below plan share: folder and limits as options, goals and open needs as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from lianyi.operations.console import print_table, say

FOLDER: Final = click.Path(path_type=Path, file_okay=False)
MOST_ROWS_SHOWN: Final = 40
Wrapped = TypeVar("Wrapped", bound=Callable[..., Any])

folder = click.argument("folder", type=FOLDER)
out = click.option(
    "--out", type=FOLDER, required=True, metavar="DIR", help="Folder for the results; made if not there."
)
seed = click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all random choices.")


def time_limit(text: str) -> Callable[[Wrapped], Wrapped]:
    """Return the option of how long to plan, with its help."""
    return _seconds("--time-limit", 60.0, text)


def reason_limit(text: str) -> Callable[[Wrapped], Wrapped]:
    """Return the option of how long to look for reasons, with its help."""
    return _seconds("--reason-limit", 30.0, text)


def _seconds(name: str, usual: float, text: str) -> Callable[[Wrapped], Wrapped]:
    amount = click.FloatRange(0, min_open=True)
    return click.option(name, type=amount, default=usual, show_default=True, help=text)


gap = click.option(
    "--gap",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.0,
    show_default=True,
    help="Stop each goal at this share between value and bound, such as 0.01.",
)


def print_goals(document: dict[str, Any]) -> None:
    """Print each goal with value, bound and gap, and their sum where that has a bound."""
    levels = [*document["levels"], *([{"goal": "sum", **document["sum"]}] if document["sum"] else [])]
    print_table(("goal", "value", "bound", "gap", "stopped"), [_level_row(level) for level in levels])


def _level_row(level: dict[str, Any]) -> tuple[str, ...]:
    return (
        level["goal"],
        f"{level['value']:.9g}",
        "-" if level["bound"] is None else f"{level['bound']:.9g}",
        "-" if level["gap"] is None else f"{level['gap']:.2%}",
        level["stop_reason"] or "-",
    )


def print_open_needs(unmet: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """Print these columns of the first open needs, and how many more there are."""
    print_rows(unmet, columns, "more open needs; all in unmet.csv")


def print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str], more: str) -> None:
    """Print these columns of the first rows, below an empty line, and how many more there are."""
    if rows:
        click.echo()
        print_table(tuple(columns), [tuple(each[name] or "-" for name in columns) for each in rows[:MOST_ROWS_SHOWN]])
    if len(rows) > MOST_ROWS_SHOWN:
        say(f"{len(rows) - MOST_ROWS_SHOWN:,} {more}.")
