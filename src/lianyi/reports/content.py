"""What a report says, whatever it is shown on: page, PDF and DOCX are made from the same document.

A number carries where it comes from: the rows behind it, what it counts, and marks such as "sample" or "hidden".
"""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from lianyi.methods.periods import DateSpan, quarter_span, year_span
from lianyi.reports.errors import ReportPeriodError

FIRST_YEAR, LAST_YEAR = 2000, 2999
QUARTERS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A year, or a quarter of one.

    Raises
    ------
    ReportPeriodError
        When there is no such year or quarter.
    """

    year: int
    quarter: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            message = f"{self.year} is no year of a report; give {FIRST_YEAR} to {LAST_YEAR}."
            raise ReportPeriodError(message, given=self.year)
        if self.quarter is not None and self.quarter not in QUARTERS:
            raise ReportPeriodError(f"There is no quarter {self.quarter}; give 1 to 4.", given=self.quarter)

    @classmethod
    def parse(cls, text: str) -> ReportPeriod:
        """Read ``2026`` or ``2026-Q3``."""
        year, separator, quarter = text.upper().partition("-Q")
        if not year.isdecimal() or (separator and not quarter.isdecimal()):
            raise ReportPeriodError(f"“{text}” is no period; give a year as 2026 or a quarter as 2026-Q3.", given=text)
        return cls(int(year), int(quarter) if separator else None)

    @classmethod
    def before(cls, day: datetime.date) -> ReportPeriod:
        """Return the last quarter that was over on a day."""
        quarter = (day.month - 1) // 3
        return cls(day.year, quarter) if quarter else cls(day.year - 1, 4)

    @property
    def span(self) -> DateSpan:
        return year_span(self.year) if self.quarter is None else quarter_span(self.year, self.quarter)

    def __str__(self) -> str:
        return str(self.year) if self.quarter is None else f"{self.year}-Q{self.quarter}"


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One figure. ``parts`` are numerator and denominator in words, ``definition`` says what is counted."""

    label: str
    value: str
    parts: str = ""
    definition: str = ""
    url: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; a cell may open the rows behind it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as SVG; its title and its table stand beside it."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One heading of a report. What has neither numbers nor rows says so in ``empty``."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    grid: Grid | None = None
    picture: Picture | None = None
    empty: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.sentences or self.numbers or self.picture or (self.grid and self.grid.rows))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A whole report in one language."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
    limits_title: str
    limits: tuple[str, ...]
    signed: tuple[str, ...] = field(default=())

    def as_document(self) -> dict[str, Any]:
        """Return plain values, as they come back from the database: what is kept, hashed, and given to templates."""
        found: dict[str, Any] = json.loads(json.dumps(asdict(self), ensure_ascii=False))
        return found
