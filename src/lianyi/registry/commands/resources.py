"""Every write about beds, services, equipment and yearly workload."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, ProvenancedRecord, save_changes
from lianyi.registry.checks import check_moment_not_ahead, check_order, check_year_not_ahead, checked
from lianyi.registry.commands.institution_ends import refuse_closed
from lianyi.registry.commands.staff import check_department_of
from lianyi.registry.errors import ImpossibleCountError, NoteNeededError, OlderCountError
from lianyi.registry.models import (
    BedCount,
    Department,
    Equipment,
    Institution,
    ServiceOffered,
    YearlyWorkload,
)

Statement = TypeVar("Statement", bound=ProvenancedRecord)


@dataclass(frozen=True, slots=True)
class NewBedCount:
    """Beds of one type as counted at one moment."""

    bed_type: str
    beds_open: int
    counted_at: datetime.datetime
    beds_occupied: int | None = None
    beds_reserved: int | None = None
    department: Department | None = None
    source: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewService:
    """A service and how open it is to new patients."""

    service: str
    capacity: str = ServiceOffered.Capacity.OPEN
    is_24_hours: bool = False
    since: datetime.date | None = None
    until: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewEquipment:
    """Units of one kind of equipment as counted at one moment."""

    equipment_kind: str
    units: int
    counted_at: datetime.datetime
    units_working: int | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewWorkload:
    """What an institution, or one department of it, did in a year."""

    year: int
    measure: str
    quantity: int
    department: Department | None = None
    source: str = ""
    provenance: str = Provenance.RECORDED


@command("registry.institution.count_beds")
def count_beds(context: CommandContext, institution: Institution, new: NewBedCount) -> BedCount:
    """Add a count of beds. More taken than open is taken only with a note (the reason or the source)."""
    require(context.actor, "registry.write", institution)
    refuse_closed(institution, "its beds are no longer counted")
    check_department_of(institution.pk, new.department)
    check_moment_not_ahead(new.counted_at, "counted_at")
    values = checked(
        BedCount,
        {
            "bed_type": new.bed_type,
            "beds_open": new.beds_open,
            "beds_occupied": new.beds_occupied,
            "beds_reserved": new.beds_reserved,
            "counted_at": new.counted_at,
            "source": new.source,
            "provenance": new.provenance,
        },
    )
    taken = (new.beds_occupied or 0) + (new.beds_reserved or 0)
    if taken > new.beds_open and not (context.reason.strip() or values["source"]):
        raise NoteNeededError(
            f"{taken} beds are occupied or reserved but only {new.beds_open} are open. "
            "Correct the figures, or explain them in the reason (extra beds, for example).",
            field="beds_occupied",
            taken=taken,
            open=new.beds_open,
        )
    count = BedCount.objects.create(institution=institution, department=new.department, **values)
    record(context, "registry.institution.count_beds", count, before=None, after=creation_facts(count))
    return count


@command("registry.institution.state_service")
def state_service(
    context: CommandContext, institution: Institution, new: NewService, expected_version: int | None = None
) -> ServiceOffered:
    """State that an institution gives a service, and how open it is now."""
    require(context.actor, "registry.write", institution)
    refuse_closed(institution, "it gives no services")
    check_order("since", new.since, "until", new.until)
    values = checked(
        ServiceOffered,
        {
            "service": new.service,
            "capacity": new.capacity,
            "is_24_hours": new.is_24_hours,
            "since": new.since,
            "until": new.until,
            "provenance": new.provenance,
        },
    )
    known = ServiceOffered.objects.filter(institution=institution, service=values["service"]).first()
    values["stated_at"] = context.occurred_at or timezone.now()
    row = known or ServiceOffered(institution=institution)
    return _stated(context, "registry.institution.state_service", row, values, expected_version)


@command("registry.institution.count_equipment")
def count_equipment(
    context: CommandContext, institution: Institution, new: NewEquipment, expected_version: int | None = None
) -> Equipment:
    """State how many units of a kind there are and work; a later count replaces an earlier one."""
    require(context.actor, "registry.write", institution)
    refuse_closed(institution, "its equipment is no longer counted")
    check_moment_not_ahead(new.counted_at, "counted_at")
    values = checked(
        Equipment,
        {
            "equipment_kind": new.equipment_kind,
            "units": new.units,
            "units_working": new.units_working,
            "counted_at": new.counted_at,
            "provenance": new.provenance,
        },
    )
    if new.units_working is not None and new.units_working > new.units:
        raise ImpossibleCountError(
            f"{new.units_working} of {new.units} units work: a part is never more than the whole. Correct one.",
            field="units_working",
            given=new.units_working,
        )
    known = Equipment.objects.filter(institution=institution, equipment_kind=values["equipment_kind"]).first()
    if known is not None and new.counted_at < known.counted_at:
        later = timezone.localtime(known.counted_at).date()
        raise OlderCountError(
            f"This was counted later, on {later}. Only a later count replaces that one.",
            field="counted_at",
            given=new.counted_at,
        )
    row = known or Equipment(institution=institution)
    return _stated(context, "registry.institution.count_equipment", row, values, expected_version)


@command("registry.institution.set_workload")
def set_workload(
    context: CommandContext, institution: Institution, new: NewWorkload, expected_version: int | None = None
) -> YearlyWorkload:
    """State a yearly figure; a second statement of the same figure replaces the first."""
    require(context.actor, "registry.write", institution)
    check_department_of(institution.pk, new.department)
    check_year_not_ahead(new.year)
    values = checked(
        YearlyWorkload,
        {
            "year": new.year,
            "measure": new.measure,
            "quantity": new.quantity,
            "source": new.source,
            "provenance": new.provenance,
        },
    )
    known = YearlyWorkload.objects.filter(
        institution=institution, department=new.department, year=values["year"], measure=values["measure"]
    ).first()
    row = known or YearlyWorkload(institution=institution, department=new.department)
    return _stated(context, "registry.institution.set_workload", row, values, expected_version)


def _stated(
    context: CommandContext, action: str, row: Statement, values: dict[str, Any], expected_version: int | None
) -> Statement:
    """Write a new row, or what differs in a known one; a repeated statement of the same leaves no trace."""
    if row.pk is None:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        record(context, action, row, before=None, after=creation_facts(row))
        return row
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if changed:
        before = snapshot(row, changed)
        save_changes(row, changed, expected_version)
        record(context, action, row, before=before, after=snapshot(row, changed))
    return row
