"""Rows of the registry: places and their people, institutions, staff, visits of a year, village clinics."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from lianyi.indicators.recorded.table import CHUNK, Row, plain_rows
from lianyi.methods.periods import DateSpan
from lianyi.registry.models import (
    Equipment,
    Institution,
    Place,
    PlaceLevel,
    PlacePopulation,
    Staff,
    WorkloadMeasure,
    YearlyWorkload,
)
from lianyi.rules.reference import institution_kinds

PRIMARY_TIERS = frozenset({"village", "township"})
_VISITS = (WorkloadMeasure.OUTPATIENT_VISITS, WorkloadMeasure.EMERGENCY_VISITS)
VILLAGE_CLINIC, ECG = "village_clinic", "ecg"


@functools.cache
def primary_kinds() -> frozenset[str]:
    """Return the kinds of institution that are usually found in villages and townships."""
    return frozenset(kind.code for kind in institution_kinds() if kind.tiers and kind.tiers[0] in PRIMARY_TIERS)


def institutions(_span: DateSpan | None) -> Iterator[Row]:
    return plain_rows(Institution.objects.all(), "code", "kind", "place__code", "tier")


def staff(_span: DateSpan | None) -> Iterator[Row]:
    return plain_rows(Staff.objects.all(), "code", "institution__code", "profession", "title_rank")


def places(_span: DateSpan | None) -> Iterator[Row]:
    return plain_rows(Place.objects.all(), "code", "level")


def place_populations(span: DateSpan | None) -> Iterator[Row]:
    rows = PlacePopulation.objects.all()
    if span is not None:
        rows = rows.filter(year__gte=span.start.year, year__lte=span.end.year)
    for pk, provenance, group, persons, place, year in plain_rows(rows, "group", "persons", "place__code", "year"):
        yield pk, provenance, group, persons, place, str(year)


def visits(span: DateSpan | None) -> Iterator[Row]:
    """Yield the yearly outpatient and emergency visits of whole institutions."""
    rows = YearlyWorkload.objects.filter(department__isnull=True, measure__in=_VISITS)
    if span is not None:
        rows = rows.filter(year__gte=span.start.year, year__lte=span.end.year)
    counties = county_codes()
    for pk, provenance, place_id, kind, year, quantity in plain_rows(
        rows, "institution__place_id", "institution__kind", "year", "quantity"
    ):
        yield pk, provenance, counties.get(place_id), kind in primary_kinds(), None, str(year), quantity


def village_posts(_span: DateSpan | None) -> Iterator[Row]:
    """Yield every open village clinic; the day is that on which its ECG devices were counted."""
    device = Equipment.objects.filter(institution_id=OuterRef("pk"), equipment_kind=ECG).order_by("pk")
    rows = Institution.objects.filter(kind=VILLAGE_CLINIC, closed_on__isnull=True).annotate(
        units=Subquery(device.values("units")[:1]),
        working=Subquery(device.values("units_working")[:1]),
        counted_at=Subquery(device.values("counted_at")[:1]),
    )
    counties = county_codes()
    for pk, provenance, code, place_id, units, working, counted_at in plain_rows(
        rows, "code", "place_id", "units", "working", "counted_at"
    ):
        number = units if working is None else working
        day = None if counted_at is None else timezone.localdate(counted_at)
        yield pk, provenance, day, counties.get(place_id), None if number is None else number > 0, code


def county_codes() -> dict[int, str]:
    """Return by place the code of the county that it is or lies in; places above a county have none."""
    found = Place.objects.values_list("pk", "parent_id", "level", "code").iterator(chunk_size=CHUNK)
    above = {pk: (parent, level, code) for pk, parent, level, code in found}
    codes = {}
    for pk in above:
        at: int | None = pk
        while at is not None and at in above:
            parent, level, code = above[at]
            if level == PlaceLevel.COUNTY:
                codes[pk] = code
                break
            at = parent
    return codes
