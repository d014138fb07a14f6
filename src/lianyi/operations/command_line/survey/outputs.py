"""Options and files that the survey commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lianyi.operations.console import say
from lianyi.operations.surveying.whole_files import write_text_whole

if TYPE_CHECKING:
    import numpy as np

FILE = click.Path(path_type=Path)
Command = TypeVar("Command", bound=Callable[..., Any])


class OutputFile(click.ParamType[Path]):
    """A file to be written: its ending and its folder are looked at before any work is done."""

    name = "file"

    def __init__(self, *endings: str) -> None:
        self._endings = endings

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Path:
        path = Path(value)
        if path.suffix.lower() not in self._endings:
            self.fail(f"“{value}” should end in {' or '.join(self._endings)}.", param, ctx)
        if not path.parent.is_dir():
            self.fail(f"For {path.name} there is no folder {path.parent}. Make it, or name another.", param, ctx)
        if path.is_dir():
            self.fail(f"{value} is a folder; name a file.", param, ctx)
        return path


TABLE_OUT = OutputFile(".csv", ".parquet", ".xlsx")
PLOT = click.option("--plot", type=OutputFile(".svg"), metavar="OUT.svg", help="Draw the result as an SVG picture.")


def map_option(text: str) -> Callable[[Command], Command]:
    """Return the option --map with a text that says what it needs."""
    return click.option("--map", "map_file", type=OutputFile(".html", ".htm"), metavar="OUT.html", help=text)


MAP = map_option("Draw a map of the points; needs lon and lat (WGS 84) in both tables.")


def save_table(path: Path, columns: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write a table in the format that its name ends in, and say so."""
    from lianyi.tabular.arrays import write_arrays  # noqa: PLC0415 - loads the numerical libraries

    write_arrays(path, columns)
    rows = max((len(values) for values in columns.values()), default=0)
    say(f"Wrote {path}: {rows:,} rows.")


def save_text(path: Path, text: str) -> None:
    """Write a text whole or not at all, and say so."""
    write_text_whole(path, text)
    say(f"Wrote {path}.")


def save_picture(path: Path, svg: str) -> None:
    """Write a picture whole or not at all, and say so."""
    save_text(path, svg)
