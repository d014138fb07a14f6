"""Every write about staff and the days on which they cannot be sent."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.registry.checks import check_order, checked
from lianyi.registry.commands.institution_ends import refuse_closed
from lianyi.registry.errors import (
    DatesOutOfOrderError,
    DuplicateCodeError,
    NothingToChangeError,
    UnchangeableFieldError,
    WrongInstitutionError,
)
from lianyi.registry.models import Department, Institution, Staff, StaffUnavailability

STAFF_FIELDS = (
    *("code", "name_zh", "name_en", "department_id", "profession", "title_rank", "title", "specialty"),
    *("licence_number", "employed_from", "employed_to", "provenance"),
)


@dataclass(frozen=True, slots=True)
class NewStaff:
    """What is to be known of a person who works for an institution."""

    code: str
    name_zh: str
    profession: str
    name_en: str = ""
    department: Department | None = None
    title_rank: str = "none"
    title: str = ""
    specialty: str = ""
    licence_number: str = ""
    employed_from: datetime.date | None = None
    employed_to: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewUnavailability:
    """Days on which a person cannot be sent."""

    starts_on: datetime.date
    ends_on: datetime.date
    kind: str
    provenance: str = Provenance.RECORDED


def check_department_of(institution_id: int, department: Department | None) -> None:
    """Refuse a department of another institution.

    Raises
    ------
    WrongInstitutionError
    """
    if department is not None and department.institution_id != institution_id:
        raise WrongInstitutionError(
            f"{department} belongs to another institution. Choose a department of the same institution.",
            field="department",
            given=department.code,
        )


@command("registry.staff.add")
def add_staff(context: CommandContext, institution: Institution, new: NewStaff) -> Staff:
    """Add a person to an institution that is not closed."""
    require(context.actor, "staff.write", institution)
    refuse_closed(institution, "nobody can be added to it")
    check_department_of(institution.pk, new.department)
    values = checked(
        Staff,
        {
            "code": new.code,
            "name_zh": new.name_zh,
            "name_en": new.name_en,
            "department_id": None if new.department is None else new.department.pk,
            "profession": new.profession,
            "title_rank": new.title_rank,
            "title": new.title,
            "specialty": new.specialty,
            "licence_number": new.licence_number,
            "employed_from": new.employed_from,
            "employed_to": new.employed_to,
            "provenance": new.provenance,
        },
    )
    check_order("employed_from", values["employed_from"], "employed_to", values["employed_to"])
    refuse_taken_number(institution.pk, values["code"], None)
    member = Staff.objects.create(institution=institution, **values)
    record(context, "registry.staff.add", member, before=None, after=creation_facts(member))
    return member


def refuse_taken_number(institution_id: int, code: str, own_pk: int | None) -> None:
    """Refuse a staff number that somebody else has in the institution.

    Raises
    ------
    DuplicateCodeError
    """
    known = Staff.objects.filter(institution_id=institution_id, code=code).first()
    if known is not None and known.pk != own_pk:
        raise DuplicateCodeError(
            f"The staff number '{code}' is taken in this institution. Give another, or change the existing record.",
            field="code",
            given=code,
        )


@command("registry.staff.update")
def update_staff(context: CommandContext, member: Staff, changes: Mapping[str, Any], expected_version: int) -> Staff:
    """Change what is known of a person, other than where they work."""
    require(context.actor, "staff.write", member)
    strange = sorted(set(changes) - set(STAFF_FIELDS))
    if strange:
        raise UnchangeableFieldError(
            f"{', '.join(strange)} cannot be changed here. Accepted: {', '.join(STAFF_FIELDS)}.",
            field=strange[0],
            expected=STAFF_FIELDS,
        )
    wanted = checked(Staff, changes)
    after = {name: value for name, value in wanted.items() if value != getattr(member, name)}
    if not after:
        raise NothingToChangeError(f"The record of {member} says this already; nothing was changed.")
    first, last = (wanted.get(name, getattr(member, name)) for name in ("employed_from", "employed_to"))
    check_order("employed_from", first, "employed_to", last)
    if after.get("department_id") is not None:
        check_department_of(member.institution_id, Department.objects.get(pk=after["department_id"]))
    if "code" in after:
        refuse_taken_number(member.institution_id, after["code"], member.pk)
    before = snapshot(member, after)
    save_changes(member, after, expected_version)
    record(context, "registry.staff.update", member, before=before, after=snapshot(member, after))
    return member


@command("registry.staff.end")
def end_staff(context: CommandContext, member: Staff, last_day: datetime.date, expected_version: int) -> Staff:
    """Note the last day on which a person works for the institution; the record stays."""
    require(context.actor, "staff.write", member)
    check_order("employed_from", member.employed_from, "employed_to", last_day)
    before = snapshot(member, ["employed_to"])
    save_changes(member, {"employed_to": last_day}, expected_version)
    record(context, "registry.staff.end", member, before=before, after=snapshot(member, ["employed_to"]))
    return member


@command("registry.staff.add_unavailability")
def add_unavailability(context: CommandContext, member: Staff, new: NewUnavailability) -> StaffUnavailability:
    """Note days on which a person cannot be sent: the kind of reason, never a diagnosis."""
    require(context.actor, "staff.write", member)
    check_order("starts_on", new.starts_on, "ends_on", new.ends_on)
    values = checked(StaffUnavailability, {"kind": new.kind, "provenance": new.provenance})
    if member.unavailabilities.filter(starts_on=new.starts_on).exists():
        raise DuplicateCodeError(
            f"An unavailability from {new.starts_on} is on record for {member}. End that one, or give another day.",
            field="starts_on",
            given=new.starts_on,
        )
    row = StaffUnavailability.objects.create(staff=member, starts_on=new.starts_on, ends_on=new.ends_on, **values)
    record(context, "registry.staff.add_unavailability", row, before=None, after=creation_facts(row))
    return row


@command("registry.staff.end_unavailability")
def end_unavailability(
    context: CommandContext, row: StaffUnavailability, last_day: datetime.date, expected_version: int
) -> StaffUnavailability:
    """Let an unavailability end earlier. One that never was ends on the day it began; nothing is deleted."""
    require(context.actor, "staff.write", row)
    check_order("starts_on", row.starts_on, "last_day", last_day)
    if last_day >= row.ends_on:
        raise DatesOutOfOrderError(
            f"It ends on {row.ends_on} already; {last_day} is not earlier. For more days add another unavailability.",
            field="last_day",
            last=last_day,
        )
    before = snapshot(row, ["ends_on"])
    save_changes(row, {"ends_on": last_day}, expected_version)
    record(context, "registry.staff.end_unavailability", row, before=before, after=snapshot(row, ["ends_on"]))
    return row
