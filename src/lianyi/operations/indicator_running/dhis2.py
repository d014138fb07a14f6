"""Exports of DHIS2 as tables of indicator values: the files behind `lianyi indicator from-dhis2`."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, Final

from lianyi.analysis.dhis2 import Converted, Mapped, values_of_export
from lianyi.tabular.arrays import ArrayColumn, read_arrays
from lianyi.tabular.formula_guard import guarded
from lianyi.tabular.reading import read_tables

COLUMNS: Final = ("indicator_code", "unit_code", "period", "numerator", "denominator", "provenance")
REPORTED: Final = "reported"


def converted(export: Path, mapping: Path, units: Path | None) -> Converted:
    """Read the three files and return the values of the export."""
    lines = read_arrays(
        mapping,
        [
            ArrayColumn("data_element", description="name or number of the data element in the export"),
            ArrayColumn("indicator_code", description="code of the indicator"),
            ArrayColumn("part", description="numerator or denominator"),
        ],
    )
    wanted = [
        Mapped(str(element).strip(), str(indicator).strip(), str(part).strip())
        for element, indicator, part in zip(lines["data_element"], lines["indicator_code"], lines["part"], strict=True)
    ]
    names = None if units is None else _units(units)
    workbook = read_tables(export, export.name)
    return values_of_export(workbook.sheets[0].rows, wanted, names)


def _units(path: Path) -> dict[str, str]:
    table = read_arrays(
        path,
        [
            ArrayColumn("org_unit", description="unit in the export"),
            ArrayColumn("unit_code", description="code of the unit here"),
        ],
    )
    return {
        str(name).strip(): str(code).strip() for name, code in zip(table["org_unit"], table["unit_code"], strict=True)
    }


def table_of(found: Converted) -> str:
    """Return the values as the text of a table that the site imports."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in found.values:
        figures = (_figure(each.numerator), _figure(each.denominator))
        writer.writerow((each.indicator, guarded(each.unit), each.period, *figures, REPORTED))
    return stream.getvalue()


def _figure(number: float | None) -> str:
    if number is None:
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


def document_of(found: Converted) -> dict[str, Any]:
    """Return the account of a conversion."""
    return {
        "values": len(found.values),
        "empty_cells": found.empty_cells,
        "unmapped": dict(found.unmapped),
        "not_used": [{"row": each.row, "column": each.column, "why": each.why} for each in found.not_used],
    }


def not_used_rows(found: Converted) -> list[tuple[int, int, str]]:
    return [(each.row, each.column, each.why) for each in found.not_used]
