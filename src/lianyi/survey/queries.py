"""Every reading of the survey, within the asker's reach. Staff are only ever counted here, never named."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from lianyi.accounts.access import get_in_scope, nodes_in_reach, scoped, scoped_for
from lianyi.accounts.actors import Actor
from lianyi.accounts.records import Provenance
from lianyi.accounts.roles import Act, Family, Permission, role_holds
from lianyi.registry.models import BedCount, Institution, Place, PlacePopulation, Staff, YearlyWorkload
from lianyi.registry.models.institutions import open_on
from lianyi.survey.models import Gap, PlaceFigure, Scenario


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure with the year it is of and where it comes from."""

    quantity: float
    year: int
    source: str = ""
    provenance: str = ""

    @property
    def is_sample(self) -> bool:
        return self.provenance == Provenance.SAMPLE


@dataclass(frozen=True, slots=True)
class BedSum:
    """Open beds of an institution by its last counts, with the days of the oldest and the newest of them."""

    beds: int
    oldest: datetime.datetime
    newest: datetime.datetime
    has_samples: bool = False


@dataclass(frozen=True, slots=True)
class StaffCount:
    """How many people of one profession and title rank an institution employs; some are general practitioners."""

    institution_id: int
    profession: str
    title_rank: str
    persons: int
    general_practitioners: int
    samples: int = 0


@dataclass(frozen=True, slots=True)
class YearSum:
    """What the institutions of a region did in a year, and how many of them said so."""

    year: int
    measure: str
    quantity: int
    institutions: int


@dataclass(frozen=True, slots=True)
class InstitutionYear:
    """What one institution did in one year."""

    institution_id: int
    measure: str
    year: int
    quantity: int


def parts_of(actor: Actor, places: Iterable[Place], day: datetime.date | None = None) -> list[Place]:
    """Return the places directly below some others whose codes are in use."""
    over = Q(valid_to__lt=day or timezone.localdate())
    rows = Place.objects.filter(~over | Q(valid_to__isnull=True), parent__in=list(places))
    return list(scoped(actor, rows.select_related("node", "parent")).order_by("code"))


def open_institutions(actor: Actor, place: Place, day: datetime.date) -> QuerySet[Institution, Any]:
    """Return the institutions within a place and within reach that are open on a day."""
    opened = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
    rows = Institution.objects.filter(open_on(day), opened, node__path__startswith=place.node.path)
    return scoped(actor, rows.select_related("node", "place")).order_by("code")


def institution_count(place: Place, day: datetime.date) -> int:
    """Return how many institutions stand within a place, whoever may open them: a number without names."""
    opened = Q(opened_on__isnull=True) | Q(opened_on__lte=day)
    return Institution.objects.filter(open_on(day), opened, node__path__startswith=place.node.path).count()


def bed_sums(actor: Actor, place: Place, not_counted: Iterable[str]) -> dict[int, BedSum]:
    """Return the beds of each institution: by type what the house counted last, else what its departments counted."""
    rows = BedCount.objects.filter(institution__node__path__startswith=place.node.path)
    counts = scoped(actor, rows.exclude(bed_type__in=list(not_counted)))
    last: dict[tuple[int, str, int | None], tuple[int, datetime.datetime, str]] = {}
    found = counts.order_by("counted_at", "pk").values_list(
        "institution_id", "bed_type", "department_id", "beds_open", "counted_at", "provenance"
    )
    for pk, bed_type, of_department, beds, counted_at, provenance in found:
        last[pk, bed_type, of_department] = (beds, counted_at, provenance)
    whole = {(institution, kind) for institution, kind, department in last if department is None}
    taken: defaultdict[int, list[tuple[int, datetime.datetime, str]]] = defaultdict(list)
    for (institution, kind, department), count in last.items():
        if department is None or (institution, kind) not in whole:
            taken[institution].append(count)
    return {pk: _bed_sum(each) for pk, each in taken.items()}


def _bed_sum(counts: list[tuple[int, datetime.datetime, str]]) -> BedSum:
    moments = [at for _beds, at, _provenance in counts]
    has_samples = any(provenance == Provenance.SAMPLE for _beds, _at, provenance in counts)
    return BedSum(sum(beds for beds, _at, _provenance in counts), min(moments), max(moments), has_samples)


def may_count_staff(actor: Actor) -> bool:
    return actor.is_service or any(
        role_holds(actor.role, Permission(Family.STAFF, act)) for act in (Act.READ, Act.COUNT)
    )


def staff_counts(actor: Actor, place: Place, day: datetime.date, general_practice: Iterable[str]) -> list[StaffCount]:
    """Count the people employed on a day by institution, profession and title rank; for those who may count them."""
    act = Act.READ if actor.is_service or role_holds(actor.role, Permission(Family.STAFF, Act.READ)) else Act.COUNT
    begun = Q(employed_from__isnull=True) | Q(employed_from__lte=day)
    employed = begun & (Q(employed_to__isnull=True) | Q(employed_to__gte=day))
    rows = Staff.objects.filter(employed, institution__node__path__startswith=place.node.path)
    practice = Q(pk__in=[])
    for code in general_practice:
        practice |= Q(specialty=code) | Q(specialty__startswith=f"{code}.")
    within = scoped_for(actor, rows, Permission(Family.STAFF, act)).order_by()
    counted = within.values("institution_id", "profession", "title_rank").annotate(
        persons=Count("pk"),
        general_practitioners=Count("pk", filter=practice),
        samples=Count("pk", filter=Q(provenance=Provenance.SAMPLE)),
    )
    return [StaffCount(**each) for each in counted]


def populations(actor: Actor, places: Iterable[Place]) -> dict[tuple[int, str], Stated]:
    """Return the last stated population of each place and group."""
    rows = scoped(actor, PlacePopulation.objects.filter(place__in=list(places)))
    return {
        (row.place_id, row.group): Stated(row.persons, row.year, row.source, row.provenance)
        for row in rows.order_by("year")
    }


def population_rows(actor: Actor, place: Place) -> list[PlacePopulation]:
    return list(scoped(actor, PlacePopulation.objects.filter(place=place)).order_by("group", "year"))


def figures(actor: Actor, places: Iterable[Place]) -> dict[tuple[int, str], Stated]:
    """Return the last published figure of each place and measure."""
    rows = scoped(actor, PlaceFigure.objects.filter(place__in=list(places)))
    return {
        (row.place_id, row.measure): Stated(float(row.quantity), row.year, row.source, row.provenance)
        for row in rows.order_by("year")
    }


def figure_years(actor: Actor, place: Place) -> Mapping[str, Mapping[int, Decimal]]:
    """Return the published figures of a place by measure and year."""
    rows = scoped(actor, PlaceFigure.objects.filter(place=place)).order_by("measure", "year")
    found: defaultdict[str, dict[int, Decimal]] = defaultdict(dict)
    for row in rows:
        found[row.measure][row.year] = row.quantity
    return found


def yearly_work(actor: Actor, place: Place) -> list[InstitutionYear]:
    """Return what each institution did by year: the house's own figure, else the sum of its departments."""
    rows = YearlyWorkload.objects.filter(institution__node__path__startswith=place.node.path)
    found = (
        scoped(actor, rows)
        .order_by()
        .values("institution_id", "measure", "year")
        .annotate(
            house=Max("quantity", filter=Q(department__isnull=True)),
            departments=Sum("quantity", filter=Q(department__isnull=False)),
        )
    )
    return [
        InstitutionYear(
            each["institution_id"],
            each["measure"],
            each["year"],
            int(each["departments"] if each["house"] is None else each["house"]),
        )
        for each in found
    ]


def workload_sums(actor: Actor, place: Place) -> list[YearSum]:
    """Add up what the institutions within a place did, year by year."""
    sums: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for each in yearly_work(actor, place):
        sums[each.year, each.measure].append(each.quantity)
    return [YearSum(year, measure, sum(found), len(found)) for (year, measure), found in sorted(sums.items())]


def figure_rows(actor: Actor) -> QuerySet[PlaceFigure, Any]:
    return scoped(actor, PlaceFigure.objects.select_related("place")).order_by("place__code", "measure", "-year")


def work_rows(actor: Actor) -> QuerySet[YearlyWorkload, Any]:
    rows = scoped(actor, YearlyWorkload.objects.select_related("institution__node", "department"))
    return rows.order_by("institution__code", "measure", "-year", "department__code")


def scenarios(actor: Actor) -> QuerySet[Scenario, Any]:
    return scoped(actor, Scenario.objects.select_related("place", "owner", "made_by")).order_by("-created_at", "-pk")


def scenario(actor: Actor, pk: int) -> Scenario:
    return get_in_scope(actor, Scenario.objects.select_related("place__node", "owner", "made_by"), pk)


def gaps(actor: Actor) -> QuerySet[Gap, Any]:
    named = ("place", "institution", "owner", "scenario", "made_by")
    return scoped(actor, Gap.objects.select_related(*named)).order_by("-created_at", "-pk")


def gap(actor: Actor, pk: int) -> Gap:
    named = ("place__node", "institution", "owner", "scenario", "made_by")
    return get_in_scope(actor, Gap.objects.select_related(*named), pk)


def gaps_waiting(actor: Actor) -> QuerySet[Gap, Any]:
    """Return the gaps put forward about places that the actor covers, for those who plan postings."""
    covered = nodes_in_reach(actor).values("pk")
    return gaps(actor).filter(Q(place_id__in=covered) | Q(owner_id__in=covered), state=Gap.State.PUT_FORWARD)
