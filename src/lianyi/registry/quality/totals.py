"""Figures that cannot all be true."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from lianyi.registry.models import BedCount, Equipment, Place, PlacePopulation, WorkloadMeasure, YearlyWorkload
from lianyi.registry.quality.findings import Finding
from lianyi.registry.quality.scoping import Checking, finding


def latest_bed_counts(checking: Checking, among: QuerySet[BedCount, Any]) -> QuerySet[BedCount, Any]:
    """Return the last count up to the day of each type of bed in each department."""
    rows = among.filter(institution__in=checking.institutions(), counted_at__lte=checking.moment())
    order = Window(
        RowNumber(),
        partition_by=[F("institution_id"), F("department_id"), F("bed_type")],
        order_by=[F("counted_at").desc(), F("pk").desc()],
    )
    return rows.annotate(position=order).filter(position=1)


def beds_taken(checking: Checking) -> Iterator[Finding]:
    counts = latest_bed_counts(checking, BedCount.objects.all()).select_related("institution")
    taken = counts.annotate(taken=Coalesce(F("beds_occupied"), 0) + Coalesce(F("beds_reserved"), 0))
    for row in taken.order_by("institution_id", "pk"):
        if row.taken > row.beds_open:
            yield finding(
                "more-beds-taken-than-open",
                row.institution,
                taken=row.taken,
                open=row.beds_open,
                bed_type=row.bed_type,
            )


def equipment_working(checking: Checking) -> Iterator[Finding]:
    rows = Equipment.objects.filter(institution__in=checking.institutions(), units_working__gt=F("units"))
    for row in rows.select_related("institution").order_by("pk"):
        yield finding(
            "more-working-than-units",
            row.institution,
            working=row.units_working,
            units=row.units,
            equipment_kind=row.equipment_kind,
        )


def aged_above_residents(checking: Checking) -> Iterator[Finding]:
    figures: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    groups = (PlacePopulation.Group.RESIDENT, PlacePopulation.Group.AGED_65_PLUS)
    rows = PlacePopulation.objects.filter(place__in=checking.places(), group__in=groups)
    for place_id, year, group, persons in rows.values_list("place_id", "year", "group", "persons"):
        figures[place_id, year][group] = persons
    wrong = {
        key: found
        for key, found in figures.items()
        if len(found) == len(groups) and found[groups[1]] > found[groups[0]]
    }
    places = Place.objects.in_bulk({place_id for place_id, _year in wrong})
    for (place_id, year), found in sorted(wrong.items()):
        residents, aged = found[groups[0]], found[groups[1]]
        yield finding("more-aged-than-residents", places[place_id], year=year, aged=aged, residents=residents)


def parts_above_whole(checking: Checking) -> Iterator[Finding]:
    """Compare the residents of each place with the sum over its parts of the same year."""
    residents = PlacePopulation.objects.filter(group=PlacePopulation.Group.RESIDENT)
    whole = {
        (place_id, year): persons
        for place_id, year, persons in residents.filter(place__in=checking.places()).values_list(
            "place_id", "year", "persons"
        )
    }
    parts = residents.filter(place__parent__in=checking.places()).order_by()
    sums = parts.values_list("place__parent_id", "year").annotate(persons=Sum("persons"))
    share = 1 + checking.limits.parts_above_whole_share
    wrong = [
        (parent, year, persons)
        for parent, year, persons in sums
        if (parent, year) in whole and persons > whole[parent, year] * share
    ]
    places = Place.objects.in_bulk({parent for parent, _year, _persons in wrong})
    for parent, year, persons in sorted(wrong):
        yield finding("parts-above-whole", places[parent], year=year, parts=persons, whole=whole[parent, year])


def bed_days_above_beds(checking: Checking) -> Iterator[Finding]:
    """Compare the bed days of each year with what the beds counted last can give."""
    beds: defaultdict[int, int] = defaultdict(int)
    counts = latest_bed_counts(checking, BedCount.objects.filter(department__isnull=True))
    for institution_id, number in counts.values_list("institution_id", "beds_open"):
        beds[institution_id] += number
    rows = YearlyWorkload.objects.filter(
        institution__in=checking.institutions(), department__isnull=True, measure=WorkloadMeasure.BED_DAYS
    )
    for row in rows.select_related("institution").order_by("institution_id", "year"):
        possible = beds.get(row.institution_id, 0) * (365 + calendar.isleap(row.year))
        if possible and row.quantity > possible:
            yield finding(
                "more-bed-days-than-beds",
                row.institution,
                bed_days=row.quantity,
                year=row.year,
                beds=beds[row.institution_id],
                possible=possible,
            )
