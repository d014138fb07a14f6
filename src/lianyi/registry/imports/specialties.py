"""Codes of specialties as files have them: as text, as numbers that lost their zeros, or as the name itself."""

from __future__ import annotations

from functools import cache

from lianyi.rules import codes_of, specialties


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
