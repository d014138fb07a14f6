"""Limits of a sending hospital by specialty: as one cell of a table says them, and whom each of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lianyi.dispatch.models.donors import MOST_PEOPLE
from lianyi.registry.imports.declaring import text
from lianyi.registry.imports.planning import Problems, Values
from lianyi.registry.imports.refusals import refusal, register_refusals
from lianyi.registry.imports.specialties import specialty_of
from lianyi.tabular.rows import ParsedRow

COLUMN: Final = text("most_away_by_specialty", "Most of a specialty away at a time", "各诊疗科目同时外派最多人数", 1000)


def family_of(specialty: str) -> tuple[str, ...]:
    """Return the codes under which somebody of a specialty counts: its own, and that of its first level.

    Examples
    --------
    >>> family_of("04.01"), family_of("20"), family_of("")
    (('04', '04.01'), ('20',), ())
    """
    first = specialty.partition(".")[0]
    return tuple(dict.fromkeys(code for code in (first, specialty) if code))


def as_cell(limits: Mapping[str, int]) -> str:
    """Return the limits as a cell of a table.

    Examples
    --------
    >>> as_cell({"20": 1, "04.01": 2})
    '04.01=2; 20=1'
    """
    return "; ".join(f"{code}={most}" for code, most in sorted(limits.items()))


def read_cell(row: ParsedRow, values: Values) -> Problems:
    """Put the limits that a cell says among the values; an empty cell clears them."""
    if COLUMN.name not in row.values:
        return ()
    found: dict[str, int] = {}
    for part in str(row.values[COLUMN.name] or "").replace("；", ";").replace("＝", "=").split(";"):
        given = part.strip()
        if not given:
            continue
        named, _equals, number = (each.strip() for each in given.partition("="))
        code = specialty_of(named)
        if code is None:
            return (refusal("unknown-specialty", COLUMN, given=named),)
        is_number = number.isascii() and number.isdigit() and int(number) <= MOST_PEOPLE
        if not is_number or code in found:
            return (refusal("not-by-specialty", COLUMN, given=given, most=MOST_PEOPLE),)
        found[code] = int(number)
    values[COLUMN.name] = found
    return ()


def for_export(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of one exported row, the limits as a cell."""
    return {**row, COLUMN.name: as_cell(row[COLUMN.name])}


def register() -> None:
    """Tell the importer why a cell is refused; once, when the application starts."""
    register_refusals(
        {
            "not-by-specialty": (
                "“{given}” is no limit of one specialty. Give each once with a number up to {most}, such as 04.01=2.",
                "“{given}”不是某一诊疗科目的限额，请每个科目只填一次，数字不超过 {most}，例如 04.01=2。",
            )
        }
    )
