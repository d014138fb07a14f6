"""Figures that are too old to be relied on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from lianyi.registry.models import BedCount, Equipment, Place, PlacePopulation, ServiceOffered
from lianyi.registry.quality.findings import Finding
from lianyi.registry.quality.scoping import Checking, finding


def stale_beds(checking: Checking) -> Iterator[Finding]:
    rows = BedCount.objects.filter(counted_at__lte=checking.moment())
    return _stale(checking, rows, "counted_at", "stale-beds", checking.limits.beds_days)


def stale_services(checking: Checking) -> Iterator[Finding]:
    rows = ServiceOffered.objects.filter(until__isnull=True)
    return _stale(checking, rows, "stated_at", "stale-services", checking.limits.services_days)


def stale_equipment(checking: Checking) -> Iterator[Finding]:
    return _stale(checking, Equipment.objects.all(), "counted_at", "stale-equipment", checking.limits.equipment_days)


def _stale(
    checking: Checking, rows: QuerySet[Any, Any], moment_field: str, check: str, limit: int
) -> Iterator[Finding]:
    """Compare the latest moment of each institution with the limit; who never stated anything is not stale."""
    latest = rows.filter(institution__in=checking.institutions()).order_by().values_list("institution_id")
    old: dict[int, int] = {}
    for institution_id, moment in latest.annotate(latest=Max(moment_field)):
        if isinstance(moment, datetime) and checking.age_days(moment) > limit:
            old[institution_id] = checking.age_days(moment)
    institutions = checking.institutions().in_bulk(old)
    for institution_id, age in sorted(old.items()):
        yield finding(check, institutions[institution_id], age=age, limit=limit)


def stale_populations(checking: Checking) -> Iterator[Finding]:
    rows = PlacePopulation.objects.filter(group=PlacePopulation.Group.RESIDENT, place__in=checking.places())
    latest = rows.order_by().values_list("place_id").annotate(latest=Max("year"))
    earliest = checking.day.year - checking.limits.population_years
    old = {place_id: year for place_id, year in latest if year < earliest}
    places = Place.objects.in_bulk(old)
    for place_id, year in sorted(old.items()):
        yield finding("stale-population", places[place_id], year=year)
