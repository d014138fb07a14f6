"""Dated standards of what a place or an institution should have, in TOML: those of the package and a bureau's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.rules.dated import parse_folder, refuse_doubles, with_id
from lianyi.rules.headed import jurisdiction_of, refuse_twice
from lianyi.rules.quality import PLACE_LEVELS
from lianyi.rules.reference import codes_of
from lianyi.rules.schema import Confidence, Jurisdiction, Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "resource_standards"
"""The folder of standards in the package, and in each directory that a bureau names."""

_KEYS = (
    *("id", "title", "document_title_zh", "document_number", "jurisdiction", "valid_from", "valid_to", "source"),
    *("confidence", "unsourced", "note", "requirements"),
)
_UNSOURCED = ("valid_from", "valid_to", "document_title_zh", "document_number")
_REQUIREMENT_KEYS = (
    *("id", "name", "measure", "minimum", "place_levels", "population_above", "kinds", "tiers", "grades"),
    *("confidence", "note"),
)
_TIERS, _GRADES = ("tertiary", "secondary", "primary", "ungraded"), ("A", "B", "C", "none")


class ResourceMeasure(StrEnum):
    """What a standard counts. Rates are over the residents of the place."""

    INSTITUTIONS_IN_PLACE = "institutions_in_place"
    INSTITUTIONS_PER_10000 = "institutions_per_10000"
    BEDS_PER_10000 = "beds_per_10000"
    CORE_STAFF_PER_10000 = "core_staff_per_10000"
    GENERAL_PRACTITIONERS_PER_10000 = "general_practitioners_per_10000"
    GENERAL_PRACTITIONERS_IN_INSTITUTION = "general_practitioners_in_institution"
    OUTPATIENT_VISITS_PER_PERSON = "outpatient_visits_per_person"
    DISCHARGES_PER_100 = "discharges_per_100"

    @property
    def persons_of_rate(self) -> int | None:
        """For how many residents the minimum is given; None where it is a plain number."""
        return _PERSONS_OF_RATE.get(self)

    @property
    def is_of_institution(self) -> bool:
        """Whether each institution is held against it rather than the place."""
        return self is ResourceMeasure.GENERAL_PRACTITIONERS_IN_INSTITUTION


_PERSONS_OF_RATE = {
    ResourceMeasure.INSTITUTIONS_PER_10000: 10_000,
    ResourceMeasure.BEDS_PER_10000: 10_000,
    ResourceMeasure.CORE_STAFF_PER_10000: 10_000,
    ResourceMeasure.GENERAL_PRACTITIONERS_PER_10000: 10_000,
    ResourceMeasure.OUTPATIENT_VISITS_PER_PERSON: 1,
    ResourceMeasure.DISCHARGES_PER_100: 100,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRequirement:
    """One demand: so many of what, for which places or institutions.

    ``place_levels`` and ``kinds`` say where it holds; ``population_above`` leaves out smaller places. ``kinds``,
    ``tiers`` and ``grades`` narrow the institutions that count; empty means all that treat patients.
    """

    id: str
    name: Words
    measure: ResourceMeasure
    minimum: float
    confidence: Confidence
    place_levels: tuple[str, ...] = ()
    population_above: int | None = None
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    note: str = ""

    def counts(self, kind: str, tier: str, grade: str) -> bool:
        """Tell whether an institution is one of those that the requirement counts."""
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.tiers or tier in self.tiers)
            and (not self.grades or grade in self.grades)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceStandard:
    """The requirements of one document for one stretch of time; ``jurisdiction`` is None for a reference anywhere."""

    id: str
    title: Words
    jurisdiction: Jurisdiction | None
    jurisdiction_name: Words
    valid_from: date
    valid_to: date | None
    source: str
    confidence: Confidence
    requirements: tuple[ResourceRequirement, ...]
    file: str
    document_title_zh: str | None = None
    document_number: str | None = None
    unsourced: tuple[str, ...] = ()
    note: str = ""

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def covers(self, code: str) -> bool:
        """Tell whether it holds for a place with this code of a jurisdiction, such as CN-520204."""
        return self.jurisdiction is None or self.jurisdiction.covers(code)


@dataclass(frozen=True, slots=True)
class ResourceStandardBook:
    """All standards, sorted by id.

    Raises
    ------
    DuplicateRuleSetError
        When two files hold the same id.
    """

    standards: tuple[ResourceStandard, ...]

    def __post_init__(self) -> None:
        refuse_doubles(self.standards, "a standard")

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.standards)

    def get(self, standard_id: str) -> ResourceStandard:
        """Return the standard with this id, in force or not.

        Raises
        ------
        UnknownRuleSetError
            Naming the id and the nearest known ids.
        """
        return with_id(self.standards, standard_id, "standard")

    def of_place(self, jurisdiction: str, day: date) -> tuple[ResourceStandard, ...]:
        """Return the standards that hold for a place on a day."""
        return tuple(each for each in self.standards if each.is_valid_on(day) and each.covers(jurisdiction))


def load_resource_standards(directories: Sequence[Path] = ()) -> ResourceStandardBook:
    """Read the standards of the package and every ``resource_standards/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, DuplicateRuleSetError
    """
    found = parse_folder(FOLDER, directories, parse_resource_standard)
    return ResourceStandardBook(tuple(sorted(found, key=lambda standard: standard.id)))


def parse_resource_standard(file: str, content: bytes) -> ResourceStandard:
    """Read one standard.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    title = table.table("title", ("zh", "en"))
    valid_from, valid_to = table.day("valid_from"), table.optional_day("valid_to")
    if valid_to is not None and valid_to < valid_from:
        raise table.refuse("valid_to", str(valid_to), f"a day not before {valid_from}")
    jurisdiction, name = jurisdiction_of(table)
    return ResourceStandard(
        id=table.text("id"),
        title=Words(title.text("zh"), title.text("en")),
        jurisdiction=jurisdiction,
        jurisdiction_name=name,
        valid_from=valid_from,
        valid_to=valid_to,
        source=table.text("source"),
        confidence=table.choice("confidence", Confidence),
        requirements=_requirements(table),
        file=file,
        document_title_zh=table.optional_text("document_title_zh"),
        document_number=table.optional_text("document_number"),
        unsourced=table.texts("unsourced", _UNSOURCED),
        note=table.optional_text("note") or "",
    )


def _requirements(table: Table) -> tuple[ResourceRequirement, ...]:
    found = tuple(_requirement(each) for each in table.tables("requirements", _REQUIREMENT_KEYS, "id"))
    refuse_twice(table, "requirements", [each.id for each in found])
    return found


def _requirement(table: Table) -> ResourceRequirement:
    name = table.table("name", ("zh", "en"))
    measure = table.choice("measure", ResourceMeasure)
    kinds = table.texts("kinds", codes_of("institution_kinds"))
    levels = table.texts("place_levels", PLACE_LEVELS)
    if measure.is_of_institution and not kinds:
        raise table.refuse("kinds", "nothing", "the kinds of institution that are held against it")
    if not measure.is_of_institution and not levels:
        raise table.refuse("place_levels", "nothing", f"levels of place among {', '.join(PLACE_LEVELS)}")
    return ResourceRequirement(
        id=table.text("id"),
        name=Words(name.text("zh"), name.text("en")),
        measure=measure,
        minimum=table.number("minimum"),
        confidence=table.choice("confidence", Confidence),
        place_levels=levels,
        population_above=table.optional_integer("population_above"),
        kinds=kinds,
        tiers=table.texts("tiers", _TIERS),
        grades=table.texts("grades", _GRADES),
        note=table.optional_text("note") or "",
    )
