"""What comes out of a table file, whatever its format: sheets of rows of cells, and how it was read."""

from __future__ import annotations

from dataclasses import dataclass

from lianyi.tabular.columns import Cell
from lianyi.tabular.errors import TooManyCellsError, TooManyRowsError, UnknownSheetError


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """Most that is read of one file, and most that reading a workbook may take.

    A cell far from the others costs the whole rectangle up to it.
    """

    maximum_bytes: int = 200 * 1024 * 1024
    maximum_unpacked_bytes: int = 1024 * 1024 * 1024
    maximum_rows: int = 1_048_576
    maximum_cells: int = 10_000_000
    maximum_memory_bytes: int = 3 * 1024 * 1024 * 1024
    maximum_seconds: int = 120


DEFAULT_LIMITS = ReadingLimits()


@dataclass(frozen=True, slots=True)
class SheetData:
    """One sheet. `rows[0]` is row 1 of the file; blank rows above and between are kept, so row numbers hold."""

    name: str
    rows: list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Workbook:
    """All visible sheets of a file.

    `file_format` is what the bytes were: "xlsx", "xls", "ods", "html", "spreadsheet-xml" or "text". `encoding` and
    `separator` are given for text; "latin-1" and "windows-1252" are last resorts, to be shown to whoever sent the file.
    """

    sheets: tuple[SheetData, ...]
    file_format: str
    encoding: str = ""
    separator: str = ""
    hidden_sheet_names: tuple[str, ...] = ()

    @property
    def encoding_is_guessed(self) -> bool:
        """Whether accented letters should be looked at, because no other encoding fitted."""
        return self.encoding in {"latin-1", "windows-1252"}

    def sheet_named(self, name: str) -> SheetData:
        """Return a sheet by its name.

        Raises
        ------
        UnknownSheetError
            Naming the sheets there are.
        """
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        names = tuple(sheet.name for sheet in self.sheets)
        raise UnknownSheetError(
            f"The file has no visible sheet “{name}”. Its sheets: {', '.join(names)}.", given=name, expected=names
        )


def refuse_too_many_rows(rows: int, name: str, limits: ReadingLimits) -> None:
    if rows > limits.maximum_rows:
        raise TooManyRowsError(
            f"{name} has {rows:,} rows; at most {limits.maximum_rows:,} are read. Split it into several files.",
            name=name,
            rows=rows,
            maximum_rows=limits.maximum_rows,
        )


def refuse_too_many_cells(rows: int, width: int, name: str, limits: ReadingLimits) -> None:
    if rows * width > limits.maximum_cells:
        raise TooManyCellsError(
            f"{name} reaches to row {rows:,} and column {width:,}: {rows * width:,} cells, of which at most "
            f"{limits.maximum_cells:,} are read. Delete stray cells far from the table, or split the file.",
            name=name,
            rows=rows,
            columns=width,
            maximum_cells=limits.maximum_cells,
        )
