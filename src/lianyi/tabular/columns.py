"""What a table's columns are: name, labels in both languages, kind, bounds, choices.

One declaration serves the template, the reading of a filled-in file, the returned workbook and the export.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

Language = Literal["en", "zh-hans"]

Cell: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | None
"""A cell as a file gives it. Text files give text only; workbooks give numbers as float."""

Value: TypeAlias = str | int | float | bool | Decimal | datetime | date | None
"""A parsed cell."""

Bound: TypeAlias = int | float | Decimal | date | None


class ColumnKind(enum.Enum):
    """What a cell of the column means, and so what Python type its value has."""

    TEXT = "text"  # str
    CODE = "code"  # str, whatever the file stored it as
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # Decimal
    DATE = "date"  # date
    DATETIME = "datetime"  # datetime
    BOOLEAN = "boolean"  # bool
    CHOICE = "choice"  # str, the value of one of the declared choices
    LONGITUDE = "longitude"  # float, decimal degrees
    LATITUDE = "latitude"  # float, decimal degrees
    YEAR = "year"  # int


@dataclass(frozen=True, slots=True)
class Choice:
    """One accepted value of a choice column and the words people write for it."""

    value: str
    label_en: str
    label_zh: str
    aliases: tuple[str, ...] = ()

    def label(self, language: Language) -> str:
        return self.label_zh if language == "zh-hans" else self.label_en


@dataclass(frozen=True, slots=True)
class Column:
    """One declared column. `minimum` and `maximum` are inclusive and of the value's own type."""

    name: str
    label_en: str
    label_zh: str
    kind: ColumnKind
    required: bool = False
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    maximum_length: int | None = None
    minimum: Bound = None
    maximum: Bound = None
    help_en: str = ""
    help_zh: str = ""
    example: str = ""
    accepts_percent: bool = False
    """Whether "12.5%" may be given; it is read as the share 0.125."""

    def label(self, language: Language) -> str:
        return self.label_zh if language == "zh-hans" else self.label_en

    def help(self, language: Language) -> str:
        return self.help_zh if language == "zh-hans" else self.help_en
