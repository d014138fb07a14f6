"""What falls short of a standard: required, present, missing, and where it cannot be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lianyi.accounts.actors import Actor
from lianyi.registry.models import Institution, InstitutionGrade, InstitutionTier, Place, WorkloadMeasure
from lianyi.rules import ResourceMeasure, ResourceRequirement, ResourceStandard
from lianyi.survey import queries
from lianyi.survey.amounts import Coverage, InstitutionAmount, Inventory, tally
from lianyi.survey.lines import People, people_of
from lianyi.survey.models import Resource
from lianyi.survey.queries import InstitutionYear

COUNTRY = "CN"
_WORK = {
    ResourceMeasure.OUTPATIENT_VISITS_PER_PERSON: WorkloadMeasure.OUTPATIENT_VISITS,
    ResourceMeasure.DISCHARGES_PER_100: WorkloadMeasure.DISCHARGES,
}
_STOCK = {
    ResourceMeasure.BEDS_PER_10000: "beds",
    ResourceMeasure.CORE_STAFF_PER_10000: "core_staff",
    ResourceMeasure.GENERAL_PRACTITIONERS_PER_10000: "general_practitioners",
}
RESOURCE_OF_MEASURE: Mapping[ResourceMeasure, Resource] = {
    ResourceMeasure.INSTITUTIONS_IN_PLACE: Resource.INSTITUTIONS,
    ResourceMeasure.INSTITUTIONS_PER_10000: Resource.INSTITUTIONS,
    ResourceMeasure.BEDS_PER_10000: Resource.BEDS,
    ResourceMeasure.CORE_STAFF_PER_10000: Resource.CORE_STAFF,
    ResourceMeasure.GENERAL_PRACTITIONERS_PER_10000: Resource.GENERAL_PRACTITIONERS,
    ResourceMeasure.GENERAL_PRACTITIONERS_IN_INSTITUTION: Resource.GENERAL_PRACTITIONERS,
}
"""What a gap is called by what was counted; measures of use are no gap that somebody could fill."""


class Standing(StrEnum):
    """How a place or an institution stands against one requirement."""

    MET = "met"
    SHORT = "short"
    SHORT_AS_KNOWN = "short_as_known"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Reason(StrEnum):
    """Why it cannot be told, or why the requirement does not hold."""

    NONE = ""
    NO_POPULATION = "no-population"
    NOT_STATED = "not-stated"
    NOT_GRADED = "not-graded"
    OUT_OF_REACH = "out-of-reach"
    SMALLER_PLACE = "smaller-place"


@dataclass(frozen=True, slots=True)
class Finding:
    """One requirement held against one place, or against one institution in it."""

    requirement: ResourceRequirement
    place: Place
    institution: Institution | None
    standing: Standing
    required: float | None = None
    present: float | None = None
    reason: Reason = Reason.NONE
    coverage: Coverage | None = None
    year: int | None = None

    @property
    def missing(self) -> float | None:
        """How much is missing; None where nothing is, or where it cannot be told."""
        if self.standing not in (Standing.SHORT, Standing.SHORT_AS_KNOWN):
            return None
        return None if self.required is None or self.present is None else self.required - self.present

    @property
    def resource(self) -> Resource | None:
        return RESOURCE_OF_MEASURE.get(self.requirement.measure)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What stands in one place: its people, its institutions, what they did in their last year."""

    place: Place
    people: People
    rows: Sequence[InstitutionAmount]
    work: Sequence[InstitutionYear]
    sees_all: bool

    @property
    def shortage(self) -> Standing:
        """What less than required is: short only where no institution is out of reach."""
        return Standing.SHORT if self.sees_all else Standing.SHORT_AS_KNOWN


def jurisdiction_of(place: Place) -> str:
    """Return the code under which standards name a place: the digits of the national list below the country."""
    return f"{COUNTRY}-{place.code}" if place.code.isdigit() else COUNTRY


def findings(actor: Actor, found: Inventory, standard: ResourceStandard) -> list[Finding]:
    """Hold every requirement of a standard against a region, its parts and its institutions."""
    places = [found.place, *found.parts]
    people = people_of(actor, places)
    work = queries.yearly_work(actor, found.place)
    sees_all = found.out_of_reach == 0
    grounds = []
    for place in places:
        rows = found.rows if place.pk == found.place.pk else found.of_part(place)
        within = {row.institution.pk for row in rows}
        own = [each for each in work if each.institution_id in within]
        grounds.append(_Ground(place, people[place.pk], rows, own, sees_all))
    return [each for requirement in standard.requirements for each in _of_requirement(requirement, grounds)]


def _of_requirement(requirement: ResourceRequirement, grounds: Iterable[_Ground]) -> Iterator[Finding]:
    whole, *parts = grounds
    if requirement.measure.is_of_institution:
        for row in whole.rows:
            if requirement.counts(row.institution.kind, row.institution.tier, row.institution.grade):
                yield _of_institution(requirement, row)
        return
    for ground in (whole, *parts):
        if ground.place.level in requirement.place_levels:
            yield _of_place(requirement, ground)


def _of_institution(requirement: ResourceRequirement, row: InstitutionAmount) -> Finding:
    place, institution = row.institution.place, row.institution
    present = row.general_practitioners
    if present is None:
        return Finding(requirement, place, institution, Standing.UNKNOWN, requirement.minimum, reason=Reason.NOT_STATED)
    standing = Standing.MET if present >= requirement.minimum else Standing.SHORT
    return Finding(requirement, place, institution, standing, requirement.minimum, present)


def _of_place(requirement: ResourceRequirement, ground: _Ground) -> Finding:
    residents = ground.people.residents
    needs_people = requirement.measure.persons_of_rate is not None or requirement.population_above is not None
    if residents is None and needs_people:
        return Finding(requirement, ground.place, None, Standing.UNKNOWN, reason=Reason.NO_POPULATION)
    if residents is not None and residents.quantity <= (requirement.population_above or -1):
        return Finding(requirement, ground.place, None, Standing.NOT_APPLICABLE, reason=Reason.SMALLER_PLACE)
    if not ground.rows and not ground.sees_all:
        return Finding(requirement, ground.place, None, Standing.UNKNOWN, reason=Reason.OUT_OF_REACH)
    if requirement.measure is ResourceMeasure.INSTITUTIONS_IN_PLACE:
        return _of_kinds(requirement, ground)
    persons = requirement.measure.persons_of_rate or 1
    # A rate rarely gives a whole number of people or beds; the next whole one is what satisfies it.
    required = math.ceil(requirement.minimum * (residents.quantity if residents else 0) / persons)
    return _of_rate(requirement, ground, float(required))


def _of_kinds(requirement: ResourceRequirement, ground: _Ground) -> Finding:
    rows = [row.institution for row in ground.rows if row.treats_patients]
    present = sum(requirement.counts(row.kind, row.tier, row.grade) for row in rows)
    standing, reason = Standing.MET, Reason.NONE
    if present < requirement.minimum:
        standing = ground.shortage
        if any(_might_count(requirement, row) for row in rows):
            standing, reason = Standing.UNKNOWN, Reason.NOT_GRADED
    return Finding(requirement, ground.place, None, standing, requirement.minimum, present, reason)


def _might_count(requirement: ResourceRequirement, row: Institution) -> bool:
    """Tell whether an institution is of the kind but has no tier or grade on record that would decide it."""
    if requirement.kinds and row.kind not in requirement.kinds:
        return False
    lacks_tier = bool(requirement.tiers) and row.tier == InstitutionTier.UNGRADED
    lacks_grade = bool(requirement.grades) and row.grade == InstitutionGrade.NONE
    fits_tier = not requirement.tiers or row.tier in requirement.tiers
    return lacks_tier or (lacks_grade and fits_tier)


def _of_rate(requirement: ResourceRequirement, ground: _Ground, required: float) -> Finding:
    if requirement.measure in _WORK:
        return _of_work(requirement, ground, required)
    rows = [row for row in ground.rows if requirement.counts(*_standing_facts(row.institution))]
    found = tally(rows)
    if requirement.measure is ResourceMeasure.INSTITUTIONS_PER_10000:
        standing = Standing.MET if found.institutions >= required else ground.shortage
        return Finding(requirement, ground.place, None, standing, required, found.institutions)
    resource = _STOCK[requirement.measure]
    coverage = found.bed_coverage if resource == "beds" else found.staff_coverage
    return _judged(requirement, ground, required, found.amount(resource), coverage)


def _standing_facts(row: Institution) -> tuple[str, str, str]:
    return row.kind, row.tier, row.grade


def _of_work(requirement: ResourceRequirement, ground: _Ground, required: float) -> Finding:
    own = [each for each in ground.work if each.measure == _WORK[requirement.measure]]
    year = max((each.year for each in own), default=None)
    last = [each for each in own if each.year == year]
    coverage = Coverage(len(last), sum(row.states_staff and row.treats_patients for row in ground.rows))
    present = sum(each.quantity for each in last) if last else None
    return _judged(requirement, ground, required, present, coverage, year)


def _judged(
    requirement: ResourceRequirement,
    ground: _Ground,
    required: float,
    present: float | None,
    coverage: Coverage,
    year: int | None = None,
) -> Finding:
    if present is None:
        reason = Reason.NOT_STATED
        return Finding(requirement, ground.place, None, Standing.UNKNOWN, required, reason=reason, coverage=coverage)
    standing = Standing.MET
    if present < required:
        standing = ground.shortage if coverage.is_full else Standing.SHORT_AS_KNOWN
    return Finding(requirement, ground.place, None, standing, required, present, coverage=coverage, year=year)
