"""Definitions of indicators as documents and as lines, for `lianyi indicator list`, `show`, `check` and `run`."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from lianyi.rules.errors import RuleFileError, UnknownRuleSetError
from lianyi.rules.indicator_parsing import parse_indicators
from lianyi.rules.indicators import IndicatorBook, IndicatorDefinition, book_of, load_indicators
from lianyi.rules.schema import Words

Document = dict[str, Any]


def known_indicators() -> IndicatorBook:
    """Return the indicators of the package and of the folders that LIANYI_RULES names.

    Raises
    ------
    RuleDirectoryError, RuleFileError, DuplicateRuleSetError, OverlappingRuleSetsError
    """
    named = os.environ.get("LIANYI_RULES", "")
    return load_indicators(tuple(Path(each) for each in named.split(os.pathsep) if each))


def definitions_named(name: str, version: int | None, day: date) -> tuple[IndicatorDefinition, ...]:
    """Return what a code or a TOML file names: of a code the version that holds on a day, of a file all its entries.

    Raises
    ------
    UnknownRuleSetError, NoApplicableRuleSetError, RuleFileError
    """
    if name.endswith(".toml"):
        return definitions_of_file(Path(name))
    book = known_indicators()
    return (book.version(name, version) if version is not None else book.on(name, day),)


def definitions_of_file(path: Path) -> tuple[IndicatorDefinition, ...]:
    """Return the definitions of a file.

    Raises
    ------
    RuleFileError
        Naming place, what was given and what is accepted.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise RuleFileError(file=str(path), place="whole file", given=reason, accepted="a TOML file") from error
    return book_of(parse_indicators(str(path), content)).definitions


def of_family(family: str | None, day: date) -> tuple[IndicatorDefinition, ...]:
    """Return what holds on a day, of a family where one is named.

    Raises
    ------
    UnknownRuleSetError
        Naming the families that there are.
    """
    book = known_indicators()
    if family is None:
        return tuple(each for one in book.families() for each in book.of_family(one.id, day))
    known = [each.id for each in book.families()]
    if family not in known:
        message = f"There is no family {family!r}; there are: {', '.join(known)}."
        raise UnknownRuleSetError(message, given=family, nearest=", ".join(known))
    return book.of_family(family, day)


def document_of(definition: IndicatorDefinition) -> Document:
    """Return everything that a definition says."""
    document: Document = asdict(definition)
    document["family"] = definition.family.id
    document["factor"] = definition.factor
    document["levels"] = list(definition.levels)
    return document


def lines_of(definition: IndicatorDefinition) -> list[str]:
    """Return a definition as a person reads it, in both languages."""
    number = f" (no. {definition.number})" if definition.number else ""
    lines = [f"{definition.code}, version {definition.version}{number}", *_both("", definition.name)]
    for label, words in (
        ("part", definition.part),
        ("numerator", definition.numerator),
        ("denominator", definition.denominator),
        ("left out", definition.exclusions),
        ("evidence", definition.evidence),
        ("note", definition.note),
    ):
        lines += _both(f"{label}: ", words) if words is not None else []
    ends = f" to {definition.valid_to}" if definition.valid_to else ""
    source = definition.source
    lines += [
        f"unit: {definition.unit}, {definition.formula}; better: {definition.direction}",
        f"told for: {', '.join(definition.levels)}; every {definition.period}",
        f"in force: from {definition.valid_from}{ends}; {definition.obtained}",
        f"confidence: {definition.confidence}",
        *_both("source: ", source.document),
    ]
    lines += [f"document: {' '.join(filter(None, (source.number, str(source.day or ''))))}"] if source.day else []
    if definition.query is not None:
        lines.append(f"tables: {', '.join(sorted(tables_of(definition)))}")
    return lines


def title_of(definition: IndicatorDefinition) -> str:
    """Return the English name, with the part where a document names several together."""
    return definition.name.en if definition.part is None else f"{definition.name.en}: {definition.part.en}"


def tables_of(definition: IndicatorDefinition) -> set[str]:
    """Return the tables that a query reads."""
    parts = definition.query.parts if definition.query is not None else ()
    return {table for part in parts for table in (part.table, *(lookup.table for lookup in part.lookups))}


def _both(label: str, words: Words) -> list[str]:
    return [f"{label}{words.zh}", f"{' ' * len(label)}{words.en}"]
