"""Codes of specialties as files have them: as text, as numbers that lost their zeros, or as the name itself."""

from __future__ import annotations

from functools import cache

from lianyi.registry.imports.declaring import code
from lianyi.registry.imports.planning import Problems, Values
from lianyi.registry.imports.refusals import refusal
from lianyi.rules import codes_of, specialties
from lianyi.tabular.rows import ParsedRow

SPECIALTY = code("specialty", "Specialty", "诊疗科目代码", 20, aliases=("诊疗科目",))


@cache
def _code_by_name() -> dict[str, str]:
    """Return the codes by name, for the names that only one specialty has."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for item in specialties():
        for name in (item.zh, item.en):
            if found.setdefault(name, item.code) != item.code:
                twice.add(name)
    return {name: code for name, code in found.items() if name not in twice}


def specialty_of(given: object) -> str | None:
    """Return the code of a specialty, or None where there is none such.

    Examples
    --------
    >>> specialty_of("03.04"), specialty_of("3.04"), specialty_of("4.1"), specialty_of("外科"), specialty_of("99")
    ('03.04', '03.04', None, '04', None)
    """
    text = str(given).strip()
    codes = codes_of("specialties")
    if text in codes:
        return text
    if text in _code_by_name():
        return _code_by_name()[text]
    first, point, second = text.partition(".")
    if not first.isdigit() or (point and not second.isdigit()):
        return None
    # A spreadsheet that took 03.10 for a number shows 3.1: zeros were lost in front and behind.
    whole = f"{first.zfill(2)}.{second.ljust(2, '0')}" if point else first.zfill(2)
    return whole if whole in codes else None


def read_specialty(row: ParsedRow, values: Values) -> Problems:
    """Put the code of the specialty that a row may name among its values; an empty cell clears it."""
    if SPECIALTY.name not in row.values:
        return ()
    given = row.values[SPECIALTY.name]
    values[SPECIALTY.name] = "" if given is None else specialty_of(given)
    return () if values[SPECIALTY.name] is not None else (refusal("unknown-specialty", SPECIALTY, given=given),)
