"""One line of a region's account: people, resources, and the rates and ratios between them, by either basis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from lianyi.accounts.actors import Actor
from lianyi.registry.models import InstitutionTier, Place, PlacePopulation
from lianyi.survey import queries
from lianyi.survey.amounts import Coverage, InstitutionAmount, Inventory, Tally, tally
from lianyi.survey.models import FigureMeasure
from lianyi.survey.queries import Stated

PER_THOUSAND = 1000
RESIDENT, AGED = PlacePopulation.Group.RESIDENT.value, PlacePopulation.Group.AGED_65_PLUS.value


class Basis(StrEnum):
    """Where the amounts of a page come from."""

    RECORDS = "records"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class People:
    """Who lives in a place and what is published about it; what is not known is None."""

    residents: Stated | None = None
    aged: Stated | None = None
    area_km2: Stated | None = None
    income: Stated | None = None


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much there is by one basis. ``year`` is that of the oldest published figure among them."""

    institutions: float | None = None
    beds: float | None = None
    doctors: float | None = None
    nurses: float | None = None
    other_staff: float | None = None
    bed_coverage: Coverage | None = None
    staff_coverage: Coverage | None = None
    year: int | None = None
    has_samples: bool = False

    def amount(self, resource: str) -> float | None:
        if resource == "core_staff":
            parts = (self.doctors, self.nurses)
            return None if None in parts else sum(part for part in parts if part is not None)
        found: float | None = getattr(self, resource)
        return found


@dataclass(frozen=True, slots=True)
class RegionLine:
    """The account of one place, or, without a place, of what stands in none of the parts."""

    place: Place | None
    people: People
    amounts: Amounts

    def per_thousand(self, resource: str) -> float | None:
        """Return the amount per 1,000 residents; None where either is not known or nobody lives there."""
        amount, residents = self.amounts.amount(resource), self.people.residents
        if amount is None or residents is None or not residents.quantity:
            return None
        return amount * PER_THOUSAND / residents.quantity

    @property
    def beds_per_1000(self) -> float | None:
        return self.per_thousand("beds")

    @property
    def doctors_per_1000(self) -> float | None:
        return self.per_thousand("doctors")

    @property
    def nurses_per_1000(self) -> float | None:
        return self.per_thousand("nurses")

    @property
    def nurses_per_doctor(self) -> float | None:
        return _ratio(self.amounts.nurses, self.amounts.doctors)

    @property
    def nurses_per_bed(self) -> float | None:
        return _ratio(self.amounts.nurses, self.amounts.beds)

    @property
    def aged_share(self) -> float | None:
        aged, residents = self.people.aged, self.people.residents
        if aged is None or residents is None or aged.year != residents.year:
            return None
        return _ratio(aged.quantity, residents.quantity)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


@dataclass(frozen=True, slots=True)
class LevelLine:
    """The account of the institutions of one level."""

    tier: InstitutionTier
    kinds: Mapping[str, int]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Account:
    """A region, its parts, and the levels of its institutions."""

    inventory: Inventory
    basis: Basis
    whole: RegionLine
    parts: Sequence[RegionLine]
    elsewhere: RegionLine | None
    levels: Sequence[LevelLine]

    @property
    def has_samples(self) -> bool:
        """Whether something invented is among the figures, so that the page can say so."""
        people = [line.people for line in (self.whole, *self.parts)]
        stated = [each for one in people for each in (one.residents, one.aged, one.area_km2, one.income)]
        of_amounts = self.basis is Basis.RECORDS and self.inventory.has_samples
        of_published = any(line.amounts.has_samples for line in (self.whole, *self.parts))
        return of_amounts or of_published or any(each is not None and each.is_sample for each in stated)


def people_of(actor: Actor, places: Sequence[Place]) -> dict[int, People]:
    """Return what is known about the people of each place."""
    populations, published = queries.populations(actor, places), queries.figures(actor, places)
    return {
        place.pk: People(
            populations.get((place.pk, RESIDENT)),
            populations.get((place.pk, AGED)),
            published.get((place.pk, FigureMeasure.AREA_KM2.value)),
            published.get((place.pk, FigureMeasure.INCOME_PER_HEAD.value)),
        )
        for place in places
    }


def recorded(rows: Sequence[InstitutionAmount]) -> Amounts:
    """Return the amounts that the records of institutions add up to."""
    found = tally(rows)
    staff = found.staff
    others = None if staff is None else staff["village_doctors"] + staff["other_staff"]
    return Amounts(
        institutions=found.institutions,
        beds=found.beds,
        doctors=None if staff is None else staff["doctors"],
        nurses=None if staff is None else staff["nurses"],
        other_staff=others,
        bed_coverage=found.bed_coverage,
        staff_coverage=found.staff_coverage,
    )


def published_amounts(figures: Mapping[tuple[int, str], Stated], place_id: int) -> Amounts:
    """Return the amounts that yearbooks give for a whole place."""

    def of(measure: FigureMeasure) -> Stated | None:
        return figures.get((place_id, measure.value))

    measures = (FigureMeasure.INSTITUTIONS, FigureMeasure.BEDS, FigureMeasure.DOCTORS, FigureMeasure.NURSES)
    known = {measure: stated for measure in (*measures, FigureMeasure.STAFF) if (stated := of(measure)) is not None}

    def quantity(measure: FigureMeasure) -> float | None:
        return known[measure].quantity if measure in known else None

    staff, doctors, nurses = (
        quantity(FigureMeasure.STAFF),
        quantity(FigureMeasure.DOCTORS),
        quantity(FigureMeasure.NURSES),
    )
    has_all = staff is not None and doctors is not None and nurses is not None
    return Amounts(
        institutions=quantity(FigureMeasure.INSTITUTIONS),
        beds=quantity(FigureMeasure.BEDS),
        doctors=doctors,
        nurses=nurses,
        other_staff=(staff or 0) - (doctors or 0) - (nurses or 0) if has_all else None,
        year=min((each.year for each in known.values()), default=None),
        has_samples=any(each.is_sample for each in known.values()),
    )


def account(actor: Actor, found: Inventory, basis: Basis) -> Account:
    """Draw up the account of a region from what was counted in it."""
    places = [found.place, *found.parts]
    people = people_of(actor, places)
    if basis is Basis.PUBLISHED:
        figures = queries.figures(actor, places)
        amounts = {place.pk: published_amounts(figures, place.pk) for place in places}
        elsewhere = None
    else:
        amounts = {part.pk: _seen(found, found.of_part(part)) for part in found.parts}
        amounts[found.place.pk] = _seen(found, found.rows)
        outside = found.of_part(None)
        is_some = any(row.states_staff for row in outside)
        elsewhere = RegionLine(None, People(), recorded(outside)) if found.parts and is_some else None
    lines = [RegionLine(place, people[place.pk], amounts[place.pk]) for place in places]
    return Account(found, basis, lines[0], lines[1:], elsewhere, levels_of(found.rows))


def _seen(found: Inventory, rows: Sequence[InstitutionAmount]) -> Amounts:
    """Return what records add up to; where none is within reach but some stand here, their number is not known."""
    amounts = recorded(rows)
    return replace(amounts, institutions=None) if not rows and found.out_of_reach else amounts


def levels_of(rows: Sequence[InstitutionAmount]) -> list[LevelLine]:
    """Return the institutions by level, the highest first; levels without any are left out."""
    lines = []
    for tier in InstitutionTier:
        own = [row for row in rows if row.institution.tier == tier.value and row.states_staff]
        if not own:
            continue
        kinds: dict[str, int] = {}
        for row in own:
            kinds[row.institution.kind] = kinds.get(row.institution.kind, 0) + 1
        lines.append(LevelLine(tier, dict(sorted(kinds.items(), key=lambda each: -each[1])), tally(own)))
    return lines
