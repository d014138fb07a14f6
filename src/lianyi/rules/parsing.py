"""From a TOML table to a rule set, with every check that one file can be put to alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.reference import codes_of, institution_kinds, title_ranks
from lianyi.rules.schema import (
    JURISDICTION_CODE,
    Confidence,
    Jurisdiction,
    Measure,
    Per,
    Period,
    Requirement,
    RuleFamily,
    RuleSet,
    Unit,
    Words,
)
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from lianyi.rules.tables import Table

_IDENTIFIER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LOCAL_PROGRAMME_KIND = re.compile(r"local_[a-z0-9_]+")
_SET_KEYS = (
    "id",
    "family",
    "programme_kind",
    "title",
    "document_title_zh",
    "document_number",
    "jurisdiction",
    "valid_from",
    "valid_to",
    "source",
    "confidence",
    "unsourced",
    "note",
    "requirements",
)
_REQUIREMENT_KEYS = (
    "id",
    "zh",
    "en",
    "measure",
    "minimum",
    "maximum",
    "unit",
    "per",
    "period",
    "title_rank",
    "gap_tolerance_days",
    "applies_to",
    "except_for",
    "confidence",
    "unsourced",
    "note",
)


@dataclass(frozen=True, slots=True)
class _MeasureShape:
    """The units a measure can be given in and the fields it cannot be computed without."""

    units: tuple[Unit, ...]
    needs: tuple[str, ...] = ()


_SHAPES: Mapping[Measure, _MeasureShape] = {
    Measure.HEADCOUNT_IN_YEAR: _MeasureShape((Unit.PERSON,), ("per",)),
    Measure.HEADCOUNT_IN_BATCH: _MeasureShape((Unit.PERSON,), ("per",)),
    Measure.CONTINUOUS_MONTHS: _MeasureShape((Unit.MONTH,), ("gap_tolerance_days",)),
    Measure.CALENDAR_COVERAGE: _MeasureShape((Unit.SHARE,), ("period",)),
    Measure.HANDOVER_OVERLAP_DAYS: _MeasureShape((Unit.DAY,)),
    Measure.TITLE_MIX_MINIMUM: _MeasureShape((Unit.PERSON, Unit.SHARE), ("title_rank",)),
    Measure.SPECIALTY_NEED: _MeasureShape((Unit.SHARE,)),
    Measure.WORKING_DAYS_PER_WEEK: _MeasureShape((Unit.DAY,)),
    Measure.FIXED_PERSONS_PER_SITE: _MeasureShape((Unit.PERSON,), ("per",)),
    Measure.ROUNDS_PER_PERIOD: _MeasureShape((Unit.ROUND,), ("per", "period")),
    Measure.STATIONED_MINIMUM_DAYS: _MeasureShape((Unit.DAY,), ("title_rank", "period")),
    Measure.IN_COUNTY_ADMISSION_SHARE: _MeasureShape((Unit.SHARE,)),
    Measure.PROGRAMME_MONTHS: _MeasureShape((Unit.MONTH,)),
    Measure.SENDING_INSTITUTIONS: _MeasureShape((Unit.INSTITUTION,)),
    Measure.SUPPORTED_INSTITUTIONS: _MeasureShape((Unit.INSTITUTION,)),
}


def parse_rule_set(file: str, content: bytes) -> RuleSet:
    """Read one rule set.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _SET_KEYS)
    rule_set = RuleSet(
        id=read_identifier(table),
        family=table.choice("family", RuleFamily),
        programme_kind=_programme_kind(table),
        title=read_words(table.table("title", ("zh", "en"))),
        document_title_zh=table.optional_text("document_title_zh"),
        document_number=table.optional_text("document_number"),
        jurisdiction=read_jurisdiction(table.table("jurisdiction", ("code", "zh", "en"))),
        valid_from=table.day("valid_from"),
        valid_to=read_last_day(table),
        source=table.text("source"),
        confidence=table.choice("confidence", Confidence),
        unsourced=_unsourced(table, _SET_KEYS),
        note=table.optional_text("note") or "",
        requirements=tuple(_requirement(entry) for entry in table.tables("requirements", _REQUIREMENT_KEYS)),
        file=file,
    )
    _check_ids(table, rule_set)
    return rule_set


def read_identifier(table: Table) -> str:
    """Return the id of a table."""
    value = table.text("id")
    if not _IDENTIFIER.fullmatch(value):
        raise table.refuse("id", repr(value), "small letters and digits joined by hyphens, such as hebei-2019")
    return value


def read_jurisdiction(table: Table) -> Jurisdiction:
    """Return the place that a table with code and words names."""
    code = table.text("code")
    if not JURISDICTION_CODE.fullmatch(code):
        accepted = "a country such as CN, or a country and a subdivision such as CN-13 or CN-1303"
        raise table.refuse("code", repr(code), accepted)
    return Jurisdiction(code, read_words(table))


def read_last_day(table: Table) -> date | None:
    """Return the last day of a table with a first one, or None where none is known."""
    first_day, last_day = table.day("valid_from"), table.optional_day("valid_to")
    if last_day is not None and last_day < first_day:
        raise table.refuse("valid_to", str(last_day), f"{first_day} (valid_from) or later")
    return last_day


def read_words(table: Table) -> Words:
    """Return the words of a table in both languages."""
    return Words(table.text("zh"), table.text("en"))


def _check_ids(table: Table, rule_set: RuleSet) -> None:
    seen: set[str] = set()
    for index, requirement in enumerate(rule_set.requirements):
        if requirement.id in seen:
            raise table.refuse(f"requirements[{index}].id", repr(requirement.id), "an id not used before in this file")
        seen.add(requirement.id)


def _requirement(table: Table) -> Requirement:
    scopes = _scopes()
    requirement = Requirement(
        id=read_identifier(table),
        name=read_words(table),
        measure=table.choice("measure", Measure),
        unit=table.choice("unit", Unit),
        confidence=table.choice("confidence", Confidence),
        minimum=table.optional_number("minimum"),
        maximum=table.optional_number("maximum"),
        per=table.optional_choice("per", Per),
        period=table.optional_choice("period", Period),
        title_rank=_title_rank(table),
        gap_tolerance_days=table.optional_integer("gap_tolerance_days"),
        applies_to=table.texts("applies_to", scopes),
        except_for=table.texts("except_for", scopes),
        unsourced=_unsourced(table, _REQUIREMENT_KEYS),
        note=table.optional_text("note") or "",
    )
    _check_shape(table, requirement)
    _check_numbers(table, requirement)
    return requirement


def _check_shape(table: Table, requirement: Requirement) -> None:
    shape = _SHAPES[requirement.measure]
    if requirement.unit not in shape.units:
        raise table.refuse("unit", repr(str(requirement.unit)), f"{' or '.join(shape.units)} for {requirement.measure}")
    for key in shape.needs:
        if key not in table:
            raise table.refuse(key, "nothing", f"a value, which {requirement.measure} cannot be computed without")


def _check_numbers(table: Table, requirement: Requirement) -> None:
    if requirement.minimum is None and requirement.maximum is None:
        raise table.refuse("minimum", "nothing", "a minimum, a maximum or both")
    for key, value in (("minimum", requirement.minimum), ("maximum", requirement.maximum)):
        if value is None:
            continue
        if requirement.unit is Unit.SHARE and value > 1:
            raise table.refuse(key, repr(value), "a share from 0 to 1")
        if requirement.unit is not Unit.SHARE and not float(value).is_integer():
            raise table.refuse(key, repr(value), f"a whole number of the unit {requirement.unit}")
    if (
        requirement.minimum is not None
        and requirement.maximum is not None
        and requirement.maximum < requirement.minimum
    ):
        raise table.refuse("maximum", repr(requirement.maximum), f"{requirement.minimum} (minimum) or more")


def _programme_kind(table: Table) -> str:
    value = table.text("programme_kind")
    known = codes_of("programme_kinds")
    if value not in known and not _LOCAL_PROGRAMME_KIND.fullmatch(value):
        accepted = f"{', '.join(sorted(known))}, or a kind of your own that begins with local_"
        raise table.refuse("programme_kind", repr(value), accepted)
    return value


def _title_rank(table: Table) -> int | None:
    rank = table.optional_integer("title_rank")
    known = [entry.rank for entry in title_ranks()]
    if rank is not None and rank not in known:
        raise table.refuse("title_rank", repr(rank), f"one of the ranks {', '.join(map(str, known))}")
    return rank


def _unsourced(table: Table, known_keys: tuple[str, ...]) -> tuple[str, ...]:
    named = table.texts("unsourced", known_keys)
    for key in named:
        if key not in table:
            raise table.refuse("unsourced", repr(key), "keys that this table gives a value for")
    return named


def _scopes() -> frozenset[str]:
    tiers = frozenset(tier for kind in institution_kinds() for tier in kind.tiers)
    return tiers | codes_of("institution_kinds") | codes_of("professions")
