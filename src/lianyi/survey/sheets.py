"""A table of figures: drawn on a page and exported with the same columns and rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.pages.exports import export_response
from lianyi.pages.values import NOTHING

MOST_SHOWN = 200
"""More rows than these are no table to read on a page."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure or word: what is read, what a workbook keeps, where its rows stand, and a word beside it."""

    text: str
    value: Any = None
    url: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    label: str
    is_number: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a name of its own on the page."""

    key: str
    title: str
    headings: Sequence[Heading]
    rows: Sequence[Sequence[Cell]]
    note: str = ""

    @property
    def lines(self) -> list[list[tuple[Cell, bool]]]:
        """The first rows, as pairs of cell and whether it stands at the right; a file has them all."""
        return [
            [(cell, heading.is_number) for cell, heading in zip(row, self.headings, strict=True)]
            for row in self.rows[:MOST_SHOWN]
        ]

    @property
    def more(self) -> int:
        """How many rows only the file has."""
        return max(0, len(self.rows) - MOST_SHOWN)

    def as_values(self) -> Iterator[list[Any]]:
        """Yield headings and rows as an export writes them; a note beside a figure has a column of its own."""
        noted = [any(row[place].note for row in self.rows) for place in range(len(self.headings))]
        labels: list[Any] = []
        for heading, has_note in zip(self.headings, noted, strict=True):
            labels += [heading.label, f"{heading.label} *"] if has_note else [heading.label]
        yield labels
        for row in self.rows:
            line: list[Any] = []
            for cell, has_note in zip(row, noted, strict=True):
                line += [cell.value, cell.note] if has_note else [cell.value]
            yield line


def word(text: str, url: str = "", note: str = "", tone: str = "") -> Cell:
    return Cell(text or NOTHING, text, url, note, tone)


def number(value: float | None, decimals: int = 0, url: str = "", note: str = "") -> Cell:
    """Return a figure with thousands set apart; what is not known is a dash, never a zero."""
    if value is None:
        return Cell(NOTHING, None, "", note)
    kept = round(value, max(decimals, 6)) if decimals else value
    return Cell(number_text(value, decimals), kept, url, note)


def share(value: float | None, decimals: int = 1) -> Cell:
    if value is None:
        return Cell(NOTHING)
    return Cell(percent_text(value, decimals), round(value, 6))


def number_text(value: float | None, decimals: int = 0) -> str:
    if value is None:
        return NOTHING
    is_whole = not decimals and float(value).is_integer()
    return f"{value:,.0f}" if is_whole else f"{value:,.{decimals or 1}f}"


def percent_text(value: float | None, decimals: int = 1) -> str:
    return NOTHING if value is None else f"{value * 100:.{decimals}f} %"


@dataclass(frozen=True, slots=True)
class Sheets:
    """All tables of a page, any of which may be asked for as a file."""

    sheets: Sequence[Sheet] = field(default_factory=tuple)

    def export(self, request: HttpRequest, name: str) -> HttpResponse | None:
        """Return the table that the address asks for as a file, if it asks for one.

        Raises
        ------
        NotFoundInScopeError
            When the page has no such table.
        """
        if "export" not in request.GET:
            return None
        wanted = request.GET.get("table") or (self.sheets[0].key if self.sheets else "")
        found = next((each for each in self.sheets if each.key == wanted), None)
        if found is None:
            raise NotFoundInScopeError("There is no such table on this page.", model="Sheet")
        return export_response(found, request.GET["export"], f"{name}-{found.key}")
