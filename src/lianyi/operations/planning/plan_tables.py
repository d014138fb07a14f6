"""What the tables of every plan share: rows whose empty cells and missing columns are the same, and tables to write."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lianyi.operations.errors import PlanFileError
from lianyi.tabular.arrays import ArrayColumn, read_arrays


def columns_of(required: Sequence[str], texts: Sequence[str], numbers: Sequence[str]) -> tuple[ArrayColumn, ...]:
    """Return the columns of a table: those that must be there, texts and numbers of at least 0 that may be missing."""
    return (
        *(ArrayColumn(name) for name in required),
        *(ArrayColumn(name, required=False) for name in texts),
        *(ArrayColumn(name, "number", required=False, minimum=0) for name in numbers),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    file: str
    number: int
    cells: Mapping[str, Any]

    def text(self, name: str) -> str:
        return str(self.cells.get(name) or "")

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.text(name).split(";") if part.strip())

    def amount(self, name: str) -> float | None:
        value = self.cells.get(name)
        return None if value is None or math.isnan(value) else float(value)

    def amount_or(self, name: str, usual: float) -> float:
        value = self.amount(name)
        return usual if value is None else value

    def whole(self, name: str) -> int | None:
        value = self.amount(name)
        if value is not None and value != int(value):
            raise self.wrong(name, f"{value:g}", "a whole number is expected")
        return None if value is None else int(value)

    def count(self, name: str, usual: int = 0) -> int:
        value = self.whole(name)
        return usual if value is None else value

    def is_yes(self, name: str) -> bool:
        value = self.count(name)
        if value not in (0, 1):
            raise self.wrong(name, str(value), "give 1 for yes, 0 or nothing for no")
        return value == 1

    def one_of(self, name: str, known: Sequence[str], usual: str) -> str:
        given = self.text(name) or usual
        if given not in known:
            raise self.wrong(name, given, f"give one of {', '.join(known)}")
        return given

    def counts_by_specialty(self, name: str) -> dict[str, int]:
        """Return numbers by specialty from a cell such as `03.04=2; 04.01=1`."""
        return self.counts(name, "specialty", "03.04=2; 04.01=1")

    def counts(self, name: str, of: str, example: str) -> dict[str, int]:
        """Return numbers by what they are of."""
        found: dict[str, int] = {}
        for part in self.texts(name):
            key, _equals, number = (each.strip() for each in part.partition("="))
            if not (number.isascii() and number.isdigit()) or key in found:
                raise self.wrong(name, part, f"give each {of} once with a number, such as {example}")
            found[key] = int(number)
        return found

    def wrong(self, name: str, given: str, expected: str) -> PlanFileError:
        message = f"{self.file}, row {self.number}: {name} is “{given}”; {expected}."
        return PlanFileError(message, file=self.file, row=self.number, column=name)


def found_file(folder: Path, name: str) -> Path:
    """Return the path of a file of the folder.

    Raises
    ------
    PlanFileError
        When the folder has no such file.
    """
    path = folder / name
    if not path.is_file():
        raise PlanFileError(f"{folder} has no file {name}.", file=name)
    return path


def read_cells(path: Path, columns: Sequence[ArrayColumn]) -> Iterable[tuple[int, dict[str, Any]]]:
    """Yield the number of each row, as a spreadsheet counts, and its cells."""
    arrays = {name: values.tolist() for name, values in read_arrays(path, columns).items()}
    count = max((len(values) for values in arrays.values()), default=0)
    # The headings are row 1.
    for number in range(count):
        yield number + 2, {name: values[number] for name, values in arrays.items()}


def table_of(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> dict[str, np.ndarray[Any, Any]]:
    """Return rows as columns of text, ready to be written."""
    kept = list(rows)
    return {name: np.array([_cell(row[name]) for row in kept], dtype=object) for name in names}


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:.9g}" if isinstance(value, float) else "" if value is None else str(value)
