"""How a command speaks: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unicodedata import east_asian_width

import click

from lianyi.config import keep_secret_key

Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


Stage = Callable[[str], AbstractContextManager[Progress]]
"""Begins a stage of long work by its name."""


def say(message: str) -> None:
    """Tell the person at the terminal; scripts read standard output only."""
    click.echo(message, err=True)


def print_json(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print the one JSON document of a command with --json."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print columns that stand below one another, Chinese characters counted as the two columns they take."""
    for line in table_lines(headings, rows):
        click.echo(line)


def table_lines(headings: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    cells = [[str(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """Show a bar on standard error while somebody watches; say nothing into a pipe or a file."""
    with click.progressbar(length=1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def update(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield update


def start_django_of_site() -> None:
    """Set Django up for a command that makes an installation or serves it: the secret key is made if there is none."""
    keep_secret_key(os.environ)
    start_django()


def start_django() -> None:
    """Set Django up: once, and only in commands that need it, so that --help answers at once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianyi.settings")
    import django  # noqa: PLC0415 - takes long, and --help needs none of it
    from django.apps import apps  # noqa: PLC0415

    if not apps.ready:
        django.setup()
