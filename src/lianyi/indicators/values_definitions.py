"""What the values need of the definitions: those that a unit reports of a family, and the value of two figures."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal

from django.conf import settings

from lianyi.indicators.models import IndicatorValue
from lianyi.rules.indicators import (
    IndicatorBook,
    IndicatorDefinition,
    IndicatorFamily,
    IndicatorUnit,
    load_indicators,
)


def indicator_book() -> IndicatorBook:
    """Return every definition; files are read once, so a new file needs a restart of the site."""
    return load_indicators(tuple(settings.LIANYI_RULES_DIRECTORIES))


def definitions_of(family: str, period: str, on: datetime.date | None) -> list[IndicatorDefinition]:
    """Return the indicators of a family for a kind of period, in their order: those of a day, or whichever held."""
    book = indicator_book()
    held = book.definitions if on is None else book.of_family(family, on)
    return [each for each in held if each.family.id == family and each.period == period]


def families() -> dict[str, IndicatorFamily]:
    return {each.id: each for each in indicator_book().families()}


def periods_of(family: str) -> list[str]:
    """Return for which kinds of period a family has indicators, the shortest first."""
    order = ("month", "quarter", "year")
    found = {each.period.value for each in indicator_book().definitions if each.family.id == family}
    return [each for each in order if each in found]


def versions_of(code: str) -> list[IndicatorDefinition]:
    """Return every version of an indicator, newest first; nothing for an unknown code."""
    found = [each for each in indicator_book().definitions if each.code == code]
    return sorted(found, key=lambda each: each.version, reverse=True)


def newest_definitions() -> list[IndicatorDefinition]:
    """Return of each indicator its newest version, family by family in the order of its document."""
    newest = {each.code: each for each in indicator_book().definitions}
    return sorted(newest.values(), key=lambda each: (each.family.id, each.position, each.code))


def definition_of(row: IndicatorValue) -> IndicatorDefinition:
    """Return the definition by which a value was given, also when a newer one holds now."""
    return indicator_book().version(row.code, row.definition_version)


def value_by(definition: IndicatorDefinition, numerator: Decimal | None, denominator: Decimal | None) -> float | None:
    """Return the value that follows from its figures; None where there is none."""
    if numerator is None:
        return None
    return definition.value(float(numerator), None if denominator is None else float(denominator))


def value_of(row: IndicatorValue) -> float | None:
    return value_by(definition_of(row), row.numerator, row.denominator)


def known_values(rows: Iterable[IndicatorValue]) -> list[float]:
    """Return the values of rows that have one, in their order."""
    return [value for value in map(value_of, rows) if value is not None]


def is_answer(definition: IndicatorDefinition) -> bool:
    """Tell whether yes or no is said, not a figure."""
    return definition.unit is IndicatorUnit.YES_NO
