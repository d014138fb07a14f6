"""Workbooks in the XML of 2003, which many office systems still export and name .xls."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from lxml import etree

from lianyi.tabular.columns import Cell
from lianyi.tabular.errors import BrokenFileError, NotATableError
from lianyi.tabular.sheets import (
    ReadingLimits,
    SheetData,
    Workbook,
    refuse_too_many_cells,
    refuse_too_many_rows,
)

_NAMESPACE: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_spreadsheet_xml(data: bytes, name: str, limits: ReadingLimits) -> Workbook:
    """Read every worksheet; entities are not resolved and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFileError(
            f"{name} is a workbook in XML that cannot be read ({error}). Save it as .xlsx and send it again.",
            name=name,
            reason=str(error),
        ) from error
    sheets = tuple(
        SheetData(worksheet.get(f"{_NAMESPACE}Name") or f"{number}", _rows(worksheet, name, limits))
        for number, worksheet in enumerate(root.iter(f"{_NAMESPACE}Worksheet"), start=1)
    )
    if not sheets:
        raise NotATableError(
            f"{name} is a workbook in XML without a worksheet. Save the table as .xlsx and send it again.",
            name=name,
            found="no worksheet",
        )
    return Workbook(sheets, "spreadsheet-xml")


def _rows(worksheet: etree._Element, name: str, limits: ReadingLimits) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    cell_count = 0
    for element in worksheet.iter(f"{_NAMESPACE}Row"):
        position = _index(element, len(rows))
        refuse_too_many_rows(position + 1, name, limits)
        rows.extend([] for _ in range(len(rows), position))
        row: list[Cell] = []
        for cell in element.iterchildren(f"{_NAMESPACE}Cell"):
            column = _index(cell, len(row))
            refuse_too_many_cells(1, cell_count + column + 1, name, limits)
            row.extend(None for _ in range(len(row), column))
            row.append(_value(cell.find(f"{_NAMESPACE}Data")))
        cell_count += len(row)
        rows.append(row)
    return rows


def _index(element: etree._Element, following: int) -> int:
    """Where the row or cell stands, counted from 0: rows and cells that hold nothing are left out of the file."""
    written = element.get(f"{_NAMESPACE}Index", "")
    return max(int(written) - 1, following) if written.isascii() and written.isdigit() else following


def _value(data: etree._Element | None) -> Cell:
    if data is None:
        return None
    text = "".join(str(part) for part in data.itertext())
    kind = data.get(f"{_NAMESPACE}Type", "String")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            return datetime.fromisoformat(text)
    except ValueError:
        return text
    return text == "1" if kind == "Boolean" else text
