"""Every reading of the registry, within the asker's reach.

Lists and single records are those that the pages use; what is put together from several of them stands here: an
institution with all that hangs on it, and an institution as it was on a day.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from lianyi.accounts.access import get_in_scope
from lianyi.accounts.actors import Actor
from lianyi.registry import history
from lianyi.registry.models import (
    BedCount,
    Department,
    DepartmentStatusChange,
    Equipment,
    Institution,
    Place,
    RegistryEvent,
    ServiceOffered,
    YearlyWorkload,
)
from lianyi.registry.page_queries import (
    branches,
    change_request,
    change_requests,
    department,
    departments,
    equipment_of,
    events,
    import_runs,
    institution,
    institution_with_code,
    institutions,
    institutions_within,
    latest_bed_counts,
    line_above,
    parts_of,
    pending_change,
    place,
    place_with_code,
    places,
    populations,
    services,
    staff,
    staff_member,
    successions,
    to_decide,
    unavailabilities,
    workloads,
)

__all__ = [
    "CountedBeds",
    "DepartmentOnDay",
    "InstitutionDetail",
    "InstitutionOnDay",
    "branches",
    "change_request",
    "change_requests",
    "department",
    "departments",
    "equipment_of",
    "events",
    "import_runs",
    "institution",
    "institution_as_of",
    "institution_detail",
    "institution_with_code",
    "institutions",
    "institutions_within",
    "latest_bed_counts",
    "line_above",
    "parts_of",
    "pending_change",
    "place",
    "place_with_code",
    "places",
    "populations",
    "services",
    "staff",
    "staff_member",
    "staff_of",
    "successions",
    "to_decide",
    "unavailabilities",
    "workloads",
]


@dataclass(frozen=True, slots=True)
class CountedBeds:
    """The latest count of one type of bed, and how old it is."""

    count: BedCount
    age_days: int

    @property
    def beds_free(self) -> int | None:
        """Beds that can be given away; None where it is not known how many are taken."""
        if self.count.beds_occupied is None:
            return None
        return self.count.beds_open - self.count.beds_occupied - (self.count.beds_reserved or 0)


@dataclass(frozen=True, slots=True)
class InstitutionDetail:
    """One institution with all that hangs on it, in a number of queries that does not depend on how much that is."""

    institution: Institution
    departments: tuple[Department, ...]
    branches: tuple[Institution, ...]
    beds: tuple[CountedBeds, ...]
    services: tuple[ServiceOffered, ...]
    equipment: tuple[Equipment, ...]
    workloads: tuple[YearlyWorkload, ...]
    events: tuple[RegistryEvent, ...]
    staff_count: int


def institution_detail(actor: Actor, pk: int, now: datetime.datetime | None = None) -> InstitutionDetail:
    """Return one institution with all that hangs on it.

    Raises
    ------
    NotFoundInScopeError
    """
    row = institution(actor, pk)
    moment = now or timezone.now()
    counts = latest_bed_counts(actor, row)
    return InstitutionDetail(
        institution=row,
        departments=tuple(departments(actor, row)),
        branches=tuple(branches(actor, row)),
        beds=tuple(CountedBeds(count, (moment - count.counted_at).days) for count in counts),
        services=tuple(services(actor, row)),
        equipment=tuple(equipment_of(actor, row)),
        workloads=tuple(workloads(actor, row)),
        events=tuple(events(actor, pk)),
        staff_count=staff_of(actor, row).count(),
    )


def staff_of(actor: Actor, row: Institution) -> QuerySet[Any, Any]:
    """Return the staff of one institution."""
    return staff(actor).filter(institution=row)


@dataclass(frozen=True, slots=True)
class DepartmentOnDay:
    """A department as it was on a day; ``status`` is None before its first dated statement."""

    department: Department
    name_zh: str
    name_en: str
    status: str | None


@dataclass(frozen=True, slots=True)
class InstitutionOnDay:
    """An institution as it was on a day: its kept fields, where it stood, what it had."""

    institution: Institution
    day: datetime.date
    facts: dict[str, Any]
    place: Place
    parent: Institution | None
    departments: tuple[DepartmentOnDay, ...]
    events: tuple[RegistryEvent, ...]

    @property
    def is_open(self) -> bool:
        opened, closed = self.facts["opened_on"], self.facts["closed_on"]
        return (opened is None or opened <= self.day) and (closed is None or self.day < closed)


def institution_as_of(actor: Actor, pk: int, day: datetime.date) -> InstitutionOnDay:
    """Return an institution as it was on a day, from the events on record.

    Raises
    ------
    NotFoundInScopeError
    """
    row = get_in_scope(actor, Institution.objects.select_related("place", "parent"), pk)
    own_events = history.events_of_node(pk)
    facts = history.facts_on(Institution, _now(row), own_events, day)
    above = facts["parent_id"]
    return InstitutionOnDay(
        institution=row,
        day=day,
        facts=facts,
        place=Place.objects.get(pk=facts["place_id"]),
        parent=None if above is None else Institution.objects.get(pk=above),
        departments=_departments_on(row, day),
        events=tuple(event for event in own_events if event.effective_on <= day),
    )


def _now(row: Institution | Department) -> dict[str, Any]:
    return {name: getattr(row, name) for name in history.FACTS[type(row)]}


def _departments_on(row: Institution, day: datetime.date) -> tuple[DepartmentOnDay, ...]:
    rows = list(Department.objects.filter(institution=row).order_by("code"))
    pks = [each.pk for each in rows]
    events_by_node: dict[int, list[RegistryEvent]] = {pk: [] for pk in pks}
    for event in RegistryEvent.objects.filter(node_id__in=pks).order_by("effective_on", "pk"):
        events_by_node[event.node_id].append(event)
    status_changes = DepartmentStatusChange.objects.filter(department_id__in=pks, since__lte=day).order_by("since")
    status = dict(status_changes.values_list("department_id", "status"))
    found = []
    for each in rows:
        facts = history.facts_on(Department, _now(each), events_by_node[each.pk], day)
        begun = facts["opened_on"] is None or facts["opened_on"] <= day
        if begun and (facts["closed_on"] is None or day < facts["closed_on"]):
            found.append(DepartmentOnDay(each, facts["name_zh"], facts["name_en"], status.get(each.pk)))
    return tuple(found)
