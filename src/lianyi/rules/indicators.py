"""Indicators by their definitions: dated, versioned files in TOML, and a bureau's own.

A definition says in words and, where it can, as a query what is counted over what. A changed definition gets the next
version and the day from which it holds; the old version stays, so an old value can always be read by the definition it
was made with.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

from lianyi.rules.dated import nearest_ids, parse_folder
from lianyi.rules.errors import (
    DuplicateRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    UnknownRuleSetError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.indicator_queries import IndicatorQuery
    from lianyi.rules.schema import Words

FOLDER: Final = "indicators"
"""The folder of indicators in the package, and in each directory that a bureau names."""


class IndicatorUnit(StrEnum):
    """In what a value is told."""

    PERCENT = "percent"
    PER_1000 = "per_1000"
    PER_10000 = "per_10000"
    RATIO = "ratio"
    COUNT = "count"
    MINUTES = "minutes"
    DAYS = "days"
    YUAN = "yuan"
    YES_NO = "yes_no"


FACTORS: Final = {IndicatorUnit.PERCENT: 100.0, IndicatorUnit.PER_1000: 1_000.0, IndicatorUnit.PER_10000: 10_000.0}
"""By what numerator over denominator is multiplied; 1 for every other unit."""
_NEEDS_DENOMINATOR: Final = frozenset({*FACTORS, IndicatorUnit.RATIO})


class Formula(StrEnum):
    """What is made of numerator and denominator.

    A quotient divides them. A change is the numerator over the denominator, less one: growth. A figure is the
    numerator alone. A judgement has neither.
    """

    QUOTIENT = "quotient"
    CHANGE = "change"
    FIGURE = "figure"
    JUDGEMENT = "judgement"


class Direction(StrEnum):
    """Which way is better. ``yes`` is for what is there or not, ``monitor`` for what is watched without a better."""

    UP = "up"
    DOWN = "down"
    YES = "yes"
    MONITOR = "monitor"


class ReporterLevel(StrEnum):
    """Kinds of reporter that an indicator is told for."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY_HOSPITAL = "county_hospital"
    SECONDARY_HOSPITAL = "secondary_hospital"
    TERTIARY_HOSPITAL = "tertiary_hospital"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    ALLIANCE = "alliance"
    PARTNERSHIP = "partnership"


class IndicatorPeriod(StrEnum):
    """The stretch of time that one value is told for."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Obtained(StrEnum):
    """Where a value comes from: a query over tables, figures that a reporter gives, or evidence and a judge."""

    QUERY = "query"
    UPLOADED = "uploaded"
    JUDGED = "judged"


class DefinitionConfidence(StrEnum):
    """How well a definition is supported.

    ``derived`` is written out by this project from a name that has a source; ``local`` is a bureau's own.
    """

    SOURCED = "sourced"
    DERIVED = "derived"
    UNCERTAIN = "uncertain"
    UNSOURCED = "unsourced"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class IndicatorSource:
    """The document that a definition comes from; number and day are empty where they are not known."""

    document: Words
    number: str
    day: date | None
    confidence: DefinitionConfidence


@dataclass(frozen=True, slots=True)
class IndicatorFamily:
    """A set of indicators that a document or a subject holds together.

    ``first_day`` says how sure the day is; where it ``counts_patients``, its numerators are people who fell ill or came
    to be treated, of whom a few must not be told on paper.
    """

    id: str
    title: Words
    first_day: DefinitionConfidence
    counts_patients: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorDefinition:
    """One version of one indicator.

    ``number`` is the number in the document, ``part`` tells those apart that a document names together.
    ``evidence`` says what a judge looks at. ``exclusions`` and ``note`` are None where there is nothing to say.
    ``position`` is the place in its file, in which order a document tells its indicators. ``numerator_is_part`` says
    that what is counted above is some of what is counted below, so that the value cannot be above 100 percent; the
    use of beds and a comparison of two different groups may be.
    """

    code: str
    version: int
    family: IndicatorFamily
    number: str
    name: Words
    part: Words | None
    numerator: Words | None
    denominator: Words | None
    unit: IndicatorUnit
    formula: Formula
    numerator_is_part: bool
    direction: Direction
    levels: tuple[ReporterLevel, ...]
    period: IndicatorPeriod
    exclusions: Words | None
    evidence: Words | None
    source: IndicatorSource
    confidence: DefinitionConfidence
    valid_from: date
    valid_to: date | None
    obtained: Obtained
    query: IndicatorQuery | None
    note: Words | None
    position: int
    file: str

    @property
    def factor(self) -> float:
        return FACTORS.get(self.unit, 1.0)

    @property
    def needs_denominator(self) -> bool:
        return self.formula in (Formula.QUOTIENT, Formula.CHANGE)

    def value(self, numerator: float, denominator: float | None) -> float | None:
        """Return the value in `unit`; None where the denominator is nothing or not known."""
        if not self.needs_denominator:
            return numerator
        if denominator is None or denominator == 0:
            return None
        quotient = numerator / denominator
        return (quotient - 1 if self.formula is Formula.CHANGE else quotient) * self.factor

    def begins_by(self, day: date) -> bool:
        return self.valid_from <= day


@dataclass(frozen=True, slots=True)
class IndicatorBook:
    """All versions of all indicators, by code and version.

    Raises
    ------
    DuplicateRuleSetError
        When two entries hold the same version of a code.
    OverlappingRuleSetsError
        When a later version does not begin after the one before.
    """

    definitions: tuple[IndicatorDefinition, ...]

    def __post_init__(self) -> None:
        for one, other in zip(self.definitions, self.definitions[1:], strict=False):
            if one.code == other.code:
                _refuse_same_version(one, other)
                _refuse_same_days(one, other)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _ in groupby(self.definitions, key=lambda each: each.code))

    def versions(self, code: str) -> tuple[IndicatorDefinition, ...]:
        """Return all versions of an indicator, the first first.

        Raises
        ------
        UnknownRuleSetError
            Naming the nearest codes.
        """
        found = tuple(each for each in self.definitions if each.code == code)
        if not found:
            nearest = nearest_ids(code, self.codes)
            message = f"There is no indicator {code!r}; the nearest known codes are: {nearest}."
            raise UnknownRuleSetError(message, given=code, nearest=nearest)
        return found

    def version(self, code: str, version: int) -> IndicatorDefinition:
        """Return one version of an indicator, in force or not.

        Raises
        ------
        UnknownRuleSetError
        """
        versions = self.versions(code)
        for each in versions:
            if each.version == version:
                return each
        known = ", ".join(str(each.version) for each in versions)
        message = f"The indicator {code} has no version {version}; it has: {known}."
        raise UnknownRuleSetError(message, given=f"{code} {version}", nearest=known)

    def on(self, code: str, day: date) -> IndicatorDefinition:
        """Return the version of an indicator that holds on a day: the last that began, unless it has ended.

        Raises
        ------
        UnknownRuleSetError, NoApplicableRuleSetError
        """
        begun = [each for each in self.versions(code) if each.begins_by(day)]
        if begun and (begun[-1].valid_to is None or day <= begun[-1].valid_to):
            return begun[-1]
        known = "; ".join(
            f"version {each.version} from {each.valid_from}" + (f" to {each.valid_to}" if each.valid_to else "")
            for each in self.versions(code)
        )
        message = f"The indicator {code} is not in force on {day}; there are: {known}."
        raise NoApplicableRuleSetError(message, reason="indicator", indicator=code, on=day)

    def in_force(self, day: date) -> tuple[IndicatorDefinition, ...]:
        """Return the version of each indicator that holds on a day."""
        last = {each.code: each for each in self.definitions if each.begins_by(day)}
        return tuple(each for each in last.values() if each.valid_to is None or day <= each.valid_to)

    def of_family(self, family: str, day: date) -> tuple[IndicatorDefinition, ...]:
        """Return what holds of a family on a day, in the order of its document; nothing for an unknown family."""
        found = (each for each in self.in_force(day) if each.family.id == family)
        return tuple(sorted(found, key=lambda each: (each.position, each.code)))

    def families(self) -> tuple[IndicatorFamily, ...]:
        """Return the families in the order of their ids."""
        return tuple(sorted({each.family.id: each.family for each in self.definitions}.values(), key=lambda it: it.id))


@functools.cache
def load_indicators(directories: tuple[Path, ...] = ()) -> IndicatorBook:
    """Read the indicators of the package and every ``indicators/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, DuplicateRuleSetError, OverlappingRuleSetsError
    """
    from lianyi.rules.indicator_parsing import parse_indicators  # noqa: PLC0415 - it builds on what stands here

    return book_of(each for entries in parse_folder(FOLDER, directories, parse_indicators) for each in entries)


def book_of(definitions: Iterable[IndicatorDefinition]) -> IndicatorBook:
    """Return a book of definitions that come in any order.

    Raises
    ------
    DuplicateRuleSetError, OverlappingRuleSetsError
    """
    return IndicatorBook(tuple(sorted(definitions, key=lambda each: (each.code, each.version))))


def indicator_definitions(directories: Sequence[Path] = ()) -> tuple[IndicatorDefinition, ...]:
    """Return all versions of all indicators, by code and version."""
    return load_indicators(tuple(directories)).definitions


def definition(code: str, on: date, directories: Sequence[Path] = ()) -> IndicatorDefinition:
    """Return the version of an indicator that holds on a day.

    Raises
    ------
    UnknownRuleSetError, NoApplicableRuleSetError
    """
    return load_indicators(tuple(directories)).on(code, on)


def definition_version(code: str, version: int, directories: Sequence[Path] = ()) -> IndicatorDefinition:
    """Return one version of an indicator, in force or not.

    Raises
    ------
    UnknownRuleSetError
    """
    return load_indicators(tuple(directories)).version(code, version)


def families(directories: Sequence[Path] = ()) -> tuple[IndicatorFamily, ...]:
    """Return the families of indicators in the order of their ids."""
    return load_indicators(tuple(directories)).families()


def _refuse_same_version(one: IndicatorDefinition, other: IndicatorDefinition) -> None:
    if one.version == other.version:
        raise DuplicateRuleSetError(
            f"{one.file} and {other.file} both hold version {one.version} of the indicator {one.code!r}; give the "
            "added one the next version and the day from which it holds, or a code of its own.",
            rule_set=one.code,
            files=(one.file, other.file),
        )


def _refuse_same_days(one: IndicatorDefinition, other: IndicatorDefinition) -> None:
    if other.valid_from <= (one.valid_to or one.valid_from):
        raise OverlappingRuleSetsError(
            f"{other.file}: version {other.version} of the indicator {one.code!r} begins on {other.valid_from}, "
            f"version {one.version} ({one.file}) holds from {one.valid_from}"
            + (f" to {one.valid_to}" if one.valid_to else "")
            + "; begin the later version after the earlier one.",
            rule_sets=(f"{one.code} {one.version}", f"{other.code} {other.version}"),
            files=(one.file, other.file),
        )
