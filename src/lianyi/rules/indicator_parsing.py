"""From a TOML file to the definitions of indicators, with every check that one file can be put to alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lianyi.rules.indicator_queries import IndicatorQuery
from lianyi.rules.indicator_query_parsing import PART_KEYS, read_part
from lianyi.rules.indicators import (
    FACTORS,
    DefinitionConfidence,
    Direction,
    Formula,
    IndicatorDefinition,
    IndicatorFamily,
    IndicatorPeriod,
    IndicatorSource,
    IndicatorUnit,
    Obtained,
    ReporterLevel,
)
from lianyi.rules.parsing import read_words
from lianyi.rules.schema import Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from datetime import date

    from lianyi.rules.tables import Table

_CODE: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_HEAD_KEYS: Final = ("family", "title", "counts_patients", "valid_from", "first_day", "source", "indicators")
_SOURCE_KEYS: Final = ("zh", "en", "number", "day", "confidence")
_KEYS: Final = (
    *("code", "version", "number", "name", "part", "numerator", "denominator", "unit", "formula", "direction"),
    *(
        "numerator_is_part",
        "levels",
        "period",
        "exclusions",
        "evidence",
        "source",
        "confidence",
        "valid_from",
        "valid_to",
        "obtained",
    ),
    *("query", "note"),
)
_WORDS: Final = ("zh", "en")


@dataclass(frozen=True, slots=True)
class _Head:
    """What holds for every entry of a file that does not say otherwise."""

    family: IndicatorFamily
    valid_from: date
    source: IndicatorSource


def parse_indicators(file: str, content: bytes) -> tuple[IndicatorDefinition, ...]:
    """Read one file of indicators.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _HEAD_KEYS)
    first_day = table.optional_choice("first_day", DefinitionConfidence) or DefinitionConfidence.SOURCED
    head = _Head(
        IndicatorFamily(
            _identifier(table, "family"),
            read_words(table.table("title", _WORDS)),
            first_day,
            "counts_patients" in table and table.boolean("counts_patients"),
        ),
        table.day("valid_from"),
        _source(table.table("source", _SOURCE_KEYS)),
    )
    found: list[IndicatorDefinition] = []
    for each in table.tables("indicators", _KEYS, "code"):
        entry = _definition(each, head, len(found) + 1)
        if any((entry.code, entry.version) == (other.code, other.version) for other in found):
            raise each.refuse("version", str(entry.version), "a version of this code that no other entry has")
        found.append(entry)
    return tuple(found)


def _definition(table: Table, head: _Head, position: int) -> IndicatorDefinition:
    obtained = table.choice("obtained", Obtained)
    unit = table.choice("unit", IndicatorUnit)
    formula = _formula(table, unit, obtained)
    source = _source(table.table("source", _SOURCE_KEYS)) if "source" in table else head.source
    numerator, denominator = _fraction(table, formula)
    return IndicatorDefinition(
        code=_identifier(table, "code"),
        version=_version(table),
        family=head.family,
        number=table.optional_text("number") or "",
        name=read_words(table.table("name", _WORDS)),
        part=_optional_words(table, "part"),
        numerator=numerator,
        denominator=denominator,
        unit=unit,
        formula=formula,
        numerator_is_part=_numerator_is_part(table, unit, formula),
        direction=_direction(table, obtained),
        levels=_levels(table),
        period=table.choice("period", IndicatorPeriod),
        exclusions=_optional_words(table, "exclusions"),
        evidence=_evidence(table, obtained),
        source=source,
        confidence=table.optional_choice("confidence", DefinitionConfidence) or source.confidence,
        valid_from=table.optional_day("valid_from") or head.valid_from,
        valid_to=_valid_to(table, head),
        obtained=obtained,
        query=_query(table, obtained, formula),
        note=_optional_words(table, "note"),
        position=position,
        file=table.file,
    )


def _identifier(table: Table, key: str) -> str:
    given = table.text(key)
    if not _CODE.fullmatch(given):
        raise table.refuse(key, repr(given), "small letters and digits joined by hyphens, such as referral-acceptance")
    return given


def _version(table: Table) -> int:
    version = table.integer("version") if "version" in table else 1
    if version == 0:
        raise table.refuse("version", "0", "a whole number of 1 or more")
    return version


def _formula(table: Table, unit: IndicatorUnit, obtained: Obtained) -> Formula:
    if (unit is IndicatorUnit.YES_NO) != (obtained is Obtained.JUDGED):
        raise table.refuse("unit", f"{unit} for what is {obtained}", "yes_no for what is judged, and for nothing else")
    if obtained is Obtained.JUDGED:
        usual = Formula.JUDGEMENT
    elif unit in FACTORS or unit is IndicatorUnit.RATIO or "denominator" in table:
        usual = Formula.QUOTIENT
    else:
        usual = Formula.FIGURE
    formula = table.optional_choice("formula", Formula) or usual
    if formula is not usual and not (formula is Formula.CHANGE and unit is IndicatorUnit.PERCENT):
        raise table.refuse("formula", repr(str(formula)), f"{usual}, or change in percent")
    return formula


def _numerator_is_part(table: Table, unit: IndicatorUnit, formula: Formula) -> bool:
    """Return whether the numerator is some of the denominator: of a quotient in percent, unless the file says no."""
    may_be = unit is IndicatorUnit.PERCENT and formula is Formula.QUOTIENT
    if "numerator_is_part" not in table:
        return may_be
    given = table.boolean("numerator_is_part")
    if given and not may_be:
        raise table.refuse("numerator_is_part", "true", "false, or nothing; only a quotient in percent is such a part")
    return given


def _fraction(table: Table, formula: Formula) -> tuple[Words | None, Words | None]:
    if formula is Formula.JUDGEMENT:
        for key in ("numerator", "denominator"):
            if key in table:
                raise table.refuse(key, "words", "none for what is judged")
        return None, None
    numerator = read_words(table.table("numerator", _WORDS))
    if formula is Formula.FIGURE:
        return numerator, None
    return numerator, read_words(table.table("denominator", _WORDS))


def _direction(table: Table, obtained: Obtained) -> Direction:
    direction = table.choice("direction", Direction)
    if (direction is Direction.YES) != (obtained is Obtained.JUDGED):
        raise table.refuse("direction", repr(str(direction)), "yes for what is judged, and for nothing else")
    return direction


def _levels(table: Table) -> tuple[ReporterLevel, ...]:
    given = table.texts("levels", list(ReporterLevel))
    if not given or len(set(given)) < len(given):
        raise table.refuse("levels", repr(list(given)), f"at least one of {', '.join(ReporterLevel)}, none twice")
    return tuple(ReporterLevel(each) for each in given)


def _evidence(table: Table, obtained: Obtained) -> Words | None:
    if (obtained is Obtained.JUDGED) != ("evidence" in table):
        raise table.refuse("evidence", "words" if "evidence" in table else "nothing", "words for what is judged alone")
    return _optional_words(table, "evidence")


def _valid_to(table: Table, head: _Head) -> date | None:
    first, last = table.optional_day("valid_from") or head.valid_from, table.optional_day("valid_to")
    if last is not None and last < first:
        raise table.refuse("valid_to", str(last), f"{first} (valid_from) or later")
    return last


def _query(table: Table, obtained: Obtained, formula: Formula) -> IndicatorQuery | None:
    if (obtained is Obtained.QUERY) != ("query" in table):
        raise table.refuse("query", "a query" if "query" in table else "nothing", "a query for what comes from one")
    if obtained is not Obtained.QUERY:
        return None
    keys = ("numerator",) if formula is Formula.FIGURE else ("numerator", "denominator")
    query = table.table("query", keys)
    parts = [read_part(query.table(key, PART_KEYS)) for key in keys]
    return IndicatorQuery(parts[0], parts[1] if len(parts) > 1 else None)


def _optional_words(table: Table, key: str) -> Words | None:
    return read_words(table.table(key, _WORDS)) if key in table else None


def _source(table: Table) -> IndicatorSource:
    return IndicatorSource(
        document=Words(table.text("zh"), table.text("en")),
        number=table.optional_text("number") or "",
        day=table.optional_day("day"),
        confidence=table.choice("confidence", DefinitionConfidence),
    )
