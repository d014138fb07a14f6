"""Every write about departments: opening, renaming, correcting, closing, and where they stand from which day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, save_changes
from lianyi.registry import nodes
from lianyi.registry.changing import (
    Change,
    change_record,
    check_facts,
    correct_record,
    create_history,
    refuse_taken_code,
)
from lianyi.registry.checks import LONGEST_DEPARTMENT_CODE, check_not_ahead, checked
from lianyi.registry.commands.institution_ends import refuse_closed
from lianyi.registry.errors import ClosedRecordError
from lianyi.registry.models import Department, DepartmentStatus, DepartmentStatusChange, Institution

LONGEST_CODE = LONGEST_DEPARTMENT_CODE


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """What is to be known of a new department."""

    code: str
    name_zh: str
    specialty: str
    name_en: str = ""
    status: str = DepartmentStatus.ESTABLISHED
    minimum_staff_on_duty: int = 0
    opened_on: datetime.date | None = None
    closed_on: datetime.date | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True)
class NewStatus:
    """Where a department stands from a day on, and by whose word."""

    status: str
    since: datetime.date
    level_text: str = ""
    source: str = ""
    provenance: str = Provenance.RECORDED


@command("registry.department.open")
def open_department(context: CommandContext, institution: Institution, new: NewDepartment) -> Department:
    """Add a department to an institution that is not closed."""
    require(context.actor, "registry.write", institution)
    refuse_closed(institution, "no department can be opened in it")
    values = checked(
        Department,
        {
            "code": new.code,
            "name_zh": new.name_zh,
            "name_en": new.name_en,
            "specialty": new.specialty,
            "status": new.status,
            "minimum_staff_on_duty": new.minimum_staff_on_duty,
            "opened_on": new.opened_on,
            "closed_on": new.closed_on,
            "provenance": new.provenance,
        },
    )
    check_facts(Department, values)
    department = Department(institution=institution, **values)
    refuse_taken_code(department, department.code)
    department.node = nodes.new_department_node(
        institution.node, department.code, department.name_zh, department.name_en
    )
    department.node.save(force_insert=True)
    department.node_id = department.node.pk
    department.save(force_insert=True)
    create_history(context, department)
    record(context, "registry.department.open", department, before=None, after=creation_facts(department))
    return department


@command("registry.department.rename")
def rename_department(
    context: CommandContext,
    department: Department,
    name_zh: str,
    name_en: str,
    effective_on: datetime.date,
    expected_version: int,
) -> Department:
    """Give a department new names from a day on."""
    require(context.actor, "registry.write", department)
    changes = {"name_zh": name_zh, "name_en": name_en}
    change = Change(changes, effective_on, expected_version, "registry.department.rename")
    return change_record(context, department, change)


@command("registry.department.correct")
def correct_department(
    context: CommandContext, department: Department, changes: Mapping[str, Any], expected_version: int
) -> Department:
    """Mend fields that were wrong all along: specialty, code, days, how many must stay on duty."""
    require(context.actor, "registry.write", department)
    change = Change(changes, datetime.date.min, expected_version, "registry.department.correct")
    return correct_record(context, department, change)


@command("registry.department.close")
def close_department(
    context: CommandContext, department: Department, closed_on: datetime.date, expected_version: int
) -> Department:
    """Close a department; ``closed_on`` is the first day on which it is shut."""
    require(context.actor, "registry.write", department)
    if department.closed_on is not None:
        raise ClosedRecordError(
            f"A closing of {department} on {department.closed_on} is recorded already. "
            "If the day is wrong, propose its correction.",
            reason="department-closing-recorded",
            record=department.name_zh,
            closed_on=department.closed_on,
        )
    effective_on = min(closed_on, timezone.localdate())
    change = Change({"closed_on": closed_on}, effective_on, expected_version, "registry.department.close")
    return change_record(context, department, change)


@command("registry.department.set_status")
def set_department_status(
    context: CommandContext, department: Department, new: NewStatus, expected_version: int
) -> DepartmentStatusChange:
    """State where a department stands from a day on; a second statement for the same day replaces the first.

    The department's own status is always that of its latest dated statement, so an older one added later leaves it.
    """
    require(context.actor, "registry.write", department)
    check_not_ahead(new.since, "since")
    values = checked(
        DepartmentStatusChange,
        {
            "status": new.status,
            "level_text": new.level_text,
            "source": new.source,
            "provenance": new.provenance,
        },
    )
    known = DepartmentStatusChange.objects.filter(department=department, since=new.since).first()
    if known is None:
        row = DepartmentStatusChange.objects.create(department=department, since=new.since, **values)
        before, after = None, creation_facts(row)
    else:
        before = snapshot(known, values)
        row = save_changes(known, values, None)
        after = snapshot(row, values)
    latest = DepartmentStatusChange.objects.filter(department=department).latest("since")
    save_changes(department, {"status": latest.status}, expected_version)
    record(context, "registry.department.set_status", row, before=before, after=after)
    return row
