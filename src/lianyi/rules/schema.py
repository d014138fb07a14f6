"""The shapes of dated rule sets and of reference data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

JURISDICTION_CODE = re.compile(r"[A-Z]{2}(-[0-9A-Z]{1,12})?")
"""A country of ISO 3166-1, alone or with a subdivision; for China the digits of GB/T 2260, such as CN-13 or CN-1303."""


class Confidence(StrEnum):
    """How well a number is supported."""

    SOURCED = "sourced"
    UNCERTAIN = "uncertain"
    UNSOURCED = "unsourced"
    LOCAL = "local"


class RuleFamily(StrEnum):
    """What a rule set governs."""

    PROGRAMME = "programme"


class Measure(StrEnum):
    """What a requirement counts; each is computed from postings, rounds or counts of institutions."""

    HEADCOUNT_IN_YEAR = "headcount_in_year"
    HEADCOUNT_IN_BATCH = "headcount_in_batch"
    CONTINUOUS_MONTHS = "continuous_months"
    CALENDAR_COVERAGE = "calendar_coverage"
    HANDOVER_OVERLAP_DAYS = "handover_overlap_days"
    TITLE_MIX_MINIMUM = "title_mix_minimum"
    SPECIALTY_NEED = "specialty_need"
    WORKING_DAYS_PER_WEEK = "working_days_per_week"
    FIXED_PERSONS_PER_SITE = "fixed_persons_per_site"
    ROUNDS_PER_PERIOD = "rounds_per_period"
    STATIONED_MINIMUM_DAYS = "stationed_minimum_days"
    IN_COUNTY_ADMISSION_SHARE = "in_county_admission_share"
    PROGRAMME_MONTHS = "programme_months"
    SENDING_INSTITUTIONS = "sending_institutions"
    SUPPORTED_INSTITUTIONS = "supported_institutions"


class Unit(StrEnum):
    """In what the numbers of a requirement are counted; a share runs from 0 to 1."""

    PERSON = "person"
    DAY = "day"
    MONTH = "month"
    SHARE = "share"
    ROUND = "round"
    INSTITUTION = "institution"


class Per(StrEnum):
    """For each of what the number holds."""

    PAIRING = "pairing"
    HOSPITAL = "hospital"
    COUNTY = "county"
    COMMUNITY_CENTRE = "community_centre"
    TOWNSHIP_CENTRE = "township_centre"
    TOWNSHIP = "township"
    VILLAGE = "village"
    PERSON = "person"
    PROGRAMME = "programme"


class Period(StrEnum):
    """Over what time the number holds."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    BATCH = "batch"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """Where a rule set holds."""

    code: str
    name: Words

    def covers(self, code: str) -> bool:
        """Whether a place with this code lies inside: CN covers CN-13, which covers CN-1303."""
        if code == self.code:
            return True
        country, _, subdivision = self.code.partition("-")
        other_country, _, other_subdivision = code.partition("-")
        if country != other_country:
            return False
        # Only the digits of GB/T 2260 nest by their beginning; letters of ISO 3166-2 do not.
        return not subdivision or (subdivision.isdigit() and other_subdivision.startswith(subdivision))


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One demand of a programme, with its numbers and how well they are supported.

    ``applies_to`` and ``except_for`` hold codes of tiers, institution kinds or professions; an empty ``applies_to``
    means everyone. ``unsourced`` names those fields of this requirement that no text was found for although the
    requirement itself has a source.
    """

    id: str
    name: Words
    measure: Measure
    unit: Unit
    confidence: Confidence
    minimum: float | None = None
    maximum: float | None = None
    per: Per | None = None
    period: Period | None = None
    title_rank: int | None = None
    gap_tolerance_days: int | None = None
    applies_to: tuple[str, ...] = ()
    except_for: tuple[str, ...] = ()
    unsourced: tuple[str, ...] = ()
    note: str = ""

    def is_met_by(self, value: float) -> bool:
        """Whether a measured value in `unit` lies between minimum and maximum, both allowed."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def applies(self, codes: frozenset[str]) -> bool:
        """Whether the requirement holds for something that carries these codes of tier, kind or profession."""
        return not codes.intersection(self.except_for) and (not self.applies_to or bool(codes & set(self.applies_to)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """The requirements of one programme in one jurisdiction for one stretch of time.

    ``document_title_zh`` and ``document_number`` are None when they are not known. ``file`` names where it was read.
    """

    id: str
    family: RuleFamily
    programme_kind: str
    title: Words
    jurisdiction: Jurisdiction
    valid_from: date
    valid_to: date | None
    source: str
    confidence: Confidence
    requirements: tuple[Requirement, ...]
    file: str
    document_title_zh: str | None = None
    document_number: str | None = None
    unsourced: tuple[str, ...] = ()
    note: str = ""

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def validity(self) -> str:
        """The days in force, for messages."""
        return f"from {self.valid_from}" + (f" to {self.valid_to}" if self.valid_to else "")

    def requirement(self, requirement_id: str) -> Requirement | None:
        """Return the requirement with this id, or None."""
        return next((entry for entry in self.requirements if entry.id == requirement_id), None)

    def requirements_for(self, measure: Measure) -> tuple[Requirement, ...]:
        """Return the requirements that count this measure, in the order of the file."""
        return tuple(entry for entry in self.requirements if entry.measure is measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceItem:
    """One coded term in both languages."""

    code: str
    zh: str
    en: str
    confidence: Confidence = Confidence.SOURCED
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialty(ReferenceItem):
    """A licensed subject of care; ``parent`` is the code of the first level, None for a first level itself."""

    @property
    def parent(self) -> str | None:
        first, dot, _ = self.code.partition(".")
        return first if dot else None

    @property
    def level(self) -> int:
        return 1 if self.parent is None else 2


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionKind(ReferenceItem):
    """A kind of institution and the tiers at which it is found, the usual one first."""

    tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRank(ReferenceItem):
    """A rank of professional title, 0 for none, and what it is called in each profession."""

    rank: int
    titles_zh: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(ReferenceItem):
    """A service that decides where a patient can be treated."""

    is_round_the_clock: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonProblem(ReferenceItem):
    """A problem that patients are often referred for.

    ``specialty`` is where they usually go; ``conditions`` are the green channels they may belong to, none for most.
    """

    specialty: str
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReferenceList:
    """A reference list with where it comes from."""

    name: str
    title: Words
    source: str
    confidence: Confidence
    items: tuple[ReferenceItem, ...]
