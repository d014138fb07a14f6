"""Options and files that the survey commands share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lianyi.operations.console import say

if TYPE_CHECKING:
    import numpy as np

FILE = click.Path(path_type=Path)
PLOT = click.option("--plot", type=FILE, metavar="OUT.svg", help="Draw the result as an SVG picture.")


def save_table(path: Path, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write a table in the format that its name ends in, and say so."""
    from lianyi.tabular.arrays import write_arrays  # noqa: PLC0415 - loads the numerical libraries

    write_arrays(path, columns)
    rows = max((len(values) for values in columns.values()), default=0)
    say(f"Wrote {path}: {rows:,} rows.")


def save_picture(path: Path, svg: str) -> None:
    """Write a picture whole or not at all, and say so."""
    made = path.with_name(f".{path.name}.part")
    made.write_text(svg, encoding="utf-8")
    made.replace(path)
    say(f"Wrote {path}.")
