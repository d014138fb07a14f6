"""Exports of DHIS2 turned into rows of indicator values: numerator and denominator of a unit in a period.

Two shapes are read. The long one has a row for each value, with the columns data element, period, organisation unit
and value in the names that DHIS2 gives them, and perhaps a category option combination (age, sex), over which values
are summed. The wide one has a row for each period and a column for each data element of a unit, both names glued into
the heading, as pivot tables are exported.

Missing is not zero: a part of an indicator that is made of several data elements is given only where all of them were
reported, an empty cell gives nothing, and what could not be used is told with its row.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from lianyi.errors import InvalidInputError

Rows = Sequence[Sequence[Any]]
PARTS: Final = ("numerator", "denominator")
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "element": ("dataelement", "dataelementid", "dataelementname", "data", "dataid", "dataname"),
    "period": ("period", "periodid", "periodname", "periodcode", "month"),
    "unit": ("orgunit", "orgunitid", "orgunitname", "organisationunit", "organisationunitid", "organisationunitname"),
    "value": ("value",),
    "combination": ("categoryoptioncombo", "categoryoptioncomboid", "categoryoptioncomboname"),
}
_LETTERS: Final = re.compile(r"[^a-z0-9]")
_MONTH: Final = re.compile(r"((?:19|20|21)\d{2})-?(0[1-9]|1[0-2])")
_QUARTER: Final = re.compile(r"((?:19|20|21)\d{2})-?Q([1-4])")
_YEAR: Final = re.compile(r"(?:19|20|21)\d{2}")
_ENGLISH_MONTH: Final = re.compile(r"([A-Z][a-z]+) ((?:19|20|21)\d{2})")
_MONTH_NAMES: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class ExportShapeError(InvalidInputError):
    """The table is no export of values in the long or the wide shape."""

    code = "analysis-dhis2-shape"


class ExportMappingError(InvalidInputError):
    """The mapping of data elements to indicators cannot be used."""

    code = "analysis-dhis2-mapping"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A data element, by the name or number that the export has, is a part of an indicator."""

    element: str
    indicator: str
    part: str

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            message = f"{self.element}: “{self.part}” is no part of an indicator; write numerator or denominator."
            raise ExportMappingError(message, field="part", given=self.part)
        if not self.element or not self.indicator:
            message = "A line of the mapping names no data element or no indicator."
            raise ExportMappingError(message, field="element")


class NotUsedReason(StrEnum):
    """Why a cell was left out."""

    PERIOD = "period"
    UNIT = "unit"
    NUMBER = "number"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A cell that was left out: its row and column as a spreadsheet counts them, why, and what was given."""

    row: int
    column: int
    reason: NotUsedReason
    given: str

    @property
    def why(self) -> str:
        return _WHY[self.reason].format(self.given)


_WHY: Final[Mapping[NotUsedReason, str]] = {
    NotUsedReason.PERIOD: "“{}” is no month, quarter or year",
    NotUsedReason.UNIT: "the unit “{}” is not in the table of units",
    NotUsedReason.NUMBER: "“{}” is no number of 0 or more",
    NotUsedReason.TWICE: "{} stands in the export twice",
}


@dataclass(frozen=True, slots=True)
class UnitValue:
    """Both parts of an indicator for a unit and period; None where the export does not tell it."""

    indicator: str
    unit: str
    period: str
    numerator: float | None
    denominator: float | None


@dataclass(frozen=True, slots=True)
class Converted:
    """What an export gave: values, cells left out, and how many values of data elements that nobody mapped."""

    values: tuple[UnitValue, ...]
    not_used: tuple[NotUsed, ...]
    unmapped: tuple[tuple[str, int], ...]
    empty_cells: int


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    element: str
    unit: str
    period: str
    combination: str
    value: Any


def values_of_export(rows: Rows, mapping: Iterable[Mapped], units: Mapping[str, str] | None = None) -> Converted:
    """Return the values of an export.

    Parameters
    ----------
    rows
        The table with its headings in the first row.
    mapping
        Which data element is which part of which indicator. An element may serve several indicators.
    units
        Organisation unit of the export -> code of the unit here; without it units keep the names of the export. A
        unit that is not named in it is told and left out.

    Raises
    ------
    ExportShapeError, ExportMappingError

    Examples
    --------
    >>> rows = [["dataElement", "period", "orgUnit", "value"],
    ...         ["tested", "202401", "Ceheng", "40"], ["positive", "202401", "Ceheng", "10"]]
    >>> mapping = [Mapped("positive", "positive-share", "numerator"), Mapped("tested", "positive-share", "denominator")]
    >>> values_of_export(rows, mapping).values
    (UnitValue(indicator='positive-share', unit='Ceheng', period='2024-01', numerator=10.0, denominator=40.0),)
    """
    wanted = list(mapping)
    if not wanted:
        raise ExportMappingError("The mapping is empty. Name at least one data element and its indicator.")
    if not rows:
        raise ExportShapeError("The export is empty.")
    collector = _Collector(frozenset(each.element for each in wanted), units)
    for cell in _cells(rows, sorted({each.element for each in wanted}, key=len, reverse=True)):
        collector.take(cell)
    return Converted(
        values=tuple(_values(collector.sums, wanted)),
        not_used=tuple(collector.not_used),
        unmapped=tuple(sorted(collector.unmapped.items())),
        empty_cells=collector.empty_cells,
    )


def period_of(text: str) -> str | None:
    """Return a period of DHIS2 as tables here name it, None where it is none.

    Examples
    --------
    >>> [period_of(text) for text in ("202401", "2024Q3", "2024", "March 2021", "2024-13")]
    ['2024-01', '2024-Q3', '2024', '2021-03', None]
    """
    given = text.strip()
    if found := _MONTH.fullmatch(given):
        return f"{found[1]}-{found[2]}"
    if found := _QUARTER.fullmatch(given):
        return f"{found[1]}-Q{found[2]}"
    if _YEAR.fullmatch(given):
        return given
    if (found := _ENGLISH_MONTH.fullmatch(given)) and found[1] in _MONTH_NAMES:
        return f"{found[2]}-{_MONTH_NAMES.index(found[1]) + 1:02d}"
    return None


class _Collector:
    """Adds cells up by element, unit and period, and keeps account of those that cannot be used."""

    def __init__(self, wanted: frozenset[str], units: Mapping[str, str] | None) -> None:
        self._wanted = wanted
        self._units = units
        self._seen: set[tuple[str, str, str, str]] = set()
        self.sums: defaultdict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self.not_used: list[NotUsed] = []
        self.unmapped: Counter[str] = Counter()
        self.empty_cells = 0

    def take(self, cell: _Cell) -> None:
        if cell.element not in self._wanted:
            self.unmapped[cell.element] += 1
            return
        if cell.value is None or not str(cell.value).strip():
            self.empty_cells += 1
            return
        problem = self._problem(cell)
        if problem is not None:
            self.not_used.append(NotUsed(cell.row, cell.column, *problem))
            return
        unit = cell.unit if self._units is None else self._units[cell.unit]
        self._seen.add((cell.element, cell.unit, cell.period, cell.combination))
        sums = self.sums[unit, str(period_of(cell.period))]
        sums[cell.element] = sums.get(cell.element, 0.0) + float(cell.value)

    def _problem(self, cell: _Cell) -> tuple[NotUsedReason, str] | None:
        if period_of(cell.period) is None:
            return NotUsedReason.PERIOD, cell.period
        if self._units is not None and cell.unit not in self._units:
            return NotUsedReason.UNIT, cell.unit
        if not _is_amount(cell.value):
            return NotUsedReason.NUMBER, str(cell.value)
        if (cell.element, cell.unit, cell.period, cell.combination) in self._seen:
            return NotUsedReason.TWICE, f"{cell.element} of {cell.unit} in {cell.period}"
        return None


def _is_amount(value: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return math.isfinite(number) and number >= 0


def _values(sums: Mapping[tuple[str, str], Mapping[str, float]], wanted: Sequence[Mapped]) -> Iterator[UnitValue]:
    asked: dict[str, dict[str, list[str]]] = {}
    for each in wanted:
        asked.setdefault(each.indicator, {}).setdefault(each.part, []).append(each.element)
    for (unit, period), found in sorted(sums.items()):
        for indicator, parts in asked.items():
            numerator, denominator = (_part(found, parts.get(part, ())) for part in PARTS)
            if numerator is not None or denominator is not None:
                yield UnitValue(indicator, unit, period, numerator, denominator)


def _part(found: Mapping[str, float], elements: Sequence[str]) -> float | None:
    if not elements or any(element not in found for element in elements):
        return None
    return sum(found[element] for element in elements)


def _cells(rows: Rows, elements: Sequence[str]) -> Iterator[_Cell]:
    headings = [str(cell or "").strip() for cell in rows[0]]
    columns = _columns_of(headings)
    if {"element", "period", "unit", "value"} <= columns.keys():
        return _long_cells(rows, columns)
    if "period" not in columns:
        raise ExportShapeError(
            "The table has no column of periods. A long export has the columns dataElement, period, orgUnit and value; "
            f"a wide one a column period and one for each data element and unit. Found: {', '.join(headings[:12])}.",
            field="period",
        )
    return _wide_cells(rows, headings, columns["period"], elements)


def _columns_of(headings: Sequence[str]) -> dict[str, int]:
    """Return where the columns stand; of a number and a name the number counts, which does not change."""
    folded = [_LETTERS.sub("", heading.lower()) for heading in headings]
    found: dict[str, int] = {}
    for what, names in _NAMES.items():
        place = next((folded.index(name) for name in names if name in folded), None)
        if place is not None:
            found[what] = place
    return found


def _long_cells(rows: Rows, columns: Mapping[str, int]) -> Iterator[_Cell]:
    for number, row in enumerate(rows[1:], 2):
        texts = {what: _text(row, place) for what, place in columns.items()}
        if any(texts.values()):
            yield _Cell(
                number,
                columns["value"] + 1,
                texts["element"],
                texts["unit"],
                texts["period"],
                texts.get("combination", ""),
                texts["value"],
            )


def _wide_cells(rows: Rows, headings: Sequence[str], period: int, elements: Sequence[str]) -> Iterator[_Cell]:
    """Yield the cells of columns whose heading begins with a data element; the rest of it is the unit."""
    split: dict[int, tuple[str, str]] = {}
    for place, heading in enumerate(headings):
        element = next((each for each in elements if heading.startswith(f"{each} ")), None)
        if element is not None:
            split[place] = element, heading[len(element) :].strip()
    if not split:
        raise ExportShapeError(
            f"No heading begins with a data element of the mapping ({', '.join(elements[:6])}). In a wide export each "
            "column bears the name of a data element, a blank and the unit.",
            field="element",
        )
    for number, row in enumerate(rows[1:], 2):
        when = _text(row, period)
        for place, (element, unit) in split.items():
            yield _Cell(number, place + 1, element, unit, when, "", _text(row, place))


def _text(row: Sequence[Any], place: int) -> str:
    cell = row[place] if place < len(row) else None
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
