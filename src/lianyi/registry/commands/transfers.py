"""Writes about going elsewhere: a person, a department with its people, or both with an institution that is merged.

A person keeps the one record, which from then on stands in the other institution; a dated row tells where they came
from. A department ends where it was and a new one begins in the other institution, each naming the other: beds,
workload and status that were stated before belong to the department as it was.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, plain, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import save_changes
from lianyi.registry import nodes
from lianyi.registry.changing import create_history, refuse_taken_code
from lianyi.registry.checks import LONGEST_DEPARTMENT_CODE, check_not_ahead, check_order, checked
from lianyi.registry.commands.institution_ends import Merger, check_merger, record_merger, refuse_closed
from lianyi.registry.commands.staff import check_department_of, refuse_taken_number
from lianyi.registry.errors import ClosedRecordError, CycleError, DuplicateCodeError
from lianyi.registry.history import merger_event
from lianyi.registry.models import Department, Institution, RegistryEvent, Staff, StaffTransfer
from lianyi.registry.models.institutions import open_on

LONGEST_NUMBER = 32


@dataclass(frozen=True, slots=True)
class StaffMove:
    """Where a person works from a day on; without ``code`` they keep their staff number."""

    institution: Institution
    moved_on: datetime.date
    department: Department | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class DepartmentMove:
    """Into which institution a department goes, and from which day on; without ``code`` it keeps its own."""

    into: Institution
    moved_on: datetime.date
    code: str = ""


@command("registry.staff.move")
def move_staff(context: CommandContext, member: Staff, move: StaffMove, expected_version: int) -> Staff:
    """Note that a person works for another institution from a day on. Their postings stay as they were."""
    require(context.actor, "staff.write", member)
    require(context.actor, "staff.write", move.institution)
    check_not_ahead(move.moved_on, "moved_on")
    refuse_closed(move.institution, "nobody can be moved to it", move.moved_on)
    if move.institution.pk == member.institution_id:
        raise CycleError(
            f"{member} works for {move.institution} already. Choose another institution.",
            field="institution",
            reason="same-institution",
        )
    check_order("employed_from", member.employed_from, "moved_on", move.moved_on)
    check_order("moved_on", move.moved_on, "employed_to", member.employed_to)
    check_department_of(move.institution.pk, move.department)
    refuse_taken_number(move.institution.pk, move.code or member.code, None)
    return _moved_member(context, member, move, expected_version)


def _moved_member(context: CommandContext, member: Staff, move: StaffMove, expected_version: int) -> Staff:
    after = {
        "institution_id": move.institution.pk,
        "department_id": None if move.department is None else move.department.pk,
        **checked(Staff, {"code": move.code or member.code}),
    }
    before = snapshot(member, after)
    StaffTransfer.objects.create(
        staff=member,
        moved_on=move.moved_on,
        from_institution_id=member.institution_id,
        from_department_id=member.department_id,
        from_code=member.code,
        to_institution_id=after["institution_id"],
        to_department_id=after["department_id"],
        reason=context.reason,
    )
    save_changes(member, after, expected_version)
    told = {**snapshot(member, after), "moved_on": plain(move.moved_on)}
    record(context, "registry.staff.move", member, before=before, after=told)
    return member


@command("registry.department.move")
def move_department(
    context: CommandContext, department: Department, move: DepartmentMove, expected_version: int
) -> Department:
    """Move a department with its people into another institution, and return it as it stands there."""
    for institution in (department.institution, move.into):
        require(context.actor, "registry.write", institution)
        require(context.actor, "staff.write", institution)
    check_not_ahead(move.moved_on, "moved_on")
    refuse_closed(move.into, "no department can be moved into it", move.moved_on)
    if move.into.pk == department.institution_id:
        raise CycleError(
            f"{department} belongs to {move.into} already. Choose another institution.",
            field="into",
            reason="same-institution",
        )
    if department.closed_on is not None:
        raise ClosedRecordError(
            f"A closing of {department} on {department.closed_on} is recorded already.",
            reason="department-closing-recorded",
            record=department.name_zh,
            closed_on=department.closed_on,
        )
    check_order("opened_on", department.opened_on, "moved_on", move.moved_on)
    made = _successor(context, department, move, expected_version)
    members = employed(department.staff.select_related("institution"), move.moved_on)
    _move_all(context, members, lambda _member: StaffMove(move.into, move.moved_on, made))
    return made


def employed(members: Iterable[Staff], day: datetime.date) -> list[Staff]:
    """Return those who work on the day; who left before stays in the record of where they worked."""
    return [each for each in members if each.employed_to is None or each.employed_to >= day]


def _successor(
    context: CommandContext, department: Department, move: DepartmentMove, expected_version: int
) -> Department:
    """Close a department and open the one that goes on for it; both histories name the other."""
    kept = ("name_zh", "name_en", "specialty", "status", "minimum_staff_on_duty", "provenance")
    values = checked(
        Department,
        {**{name: getattr(department, name) for name in kept}, "code": move.code or department.code},
    )
    made = Department(institution=move.into, opened_on=move.moved_on, **values)
    refuse_taken_code(made, made.code)
    made.node = nodes.new_department_node(move.into.node, made.code, made.name_zh, made.name_en)
    made.node.save(force_insert=True)
    made.node_id = made.node.pk
    made.save(force_insert=True)
    create_history(context, made)
    save_changes(department, {"closed_on": move.moved_on}, expected_version)
    moved = RegistryEvent.Kind.MOVED
    RegistryEvent.objects.bulk_create(
        [
            merger_event(department, moved, move.moved_on, made, {"closed_on": move.moved_on}, context.reason),
            merger_event(made, moved, move.moved_on, department, {}, context.reason),
        ]
    )
    closing = plain({"closed_on": move.moved_on, "moved_to": made.pk})
    record(context, "registry.department.move", department, before={"closed_on": None}, after=closing)
    record(context, "registry.department.open", made, before=None, after=creation_facts(made))
    return made


def _move_all(context: CommandContext, members: Collection[Staff], post_of: Callable[[Staff], StaffMove]) -> None:
    """Move people who go to one institution; a staff number taken there gets the former institution's code before."""
    taken: set[str] | None = None
    for member in members:
        move = post_of(member)
        if taken is None:
            taken = set(Staff.objects.filter(institution=move.institution).values_list("code", flat=True))
        code = _free_code(member.code, member.institution.code, taken, LONGEST_NUMBER)
        taken.add(code)
        _moved_member(context, member, dataclasses.replace(move, code=code), member.version)


def _free_code(code: str, former: str, taken: Collection[str], longest: int) -> str:
    """Return the code itself, or where it is taken in the other institution with the former one's code before it."""
    if code not in taken:
        return code
    longer = f"{former}-{code}"
    if longer in taken or len(longer) > longest:
        raise DuplicateCodeError(
            f"'{code}' is taken in the other institution, and '{longer}' cannot be given instead. Move it by itself "
            "first, with another code.",
            reason="when-moving",
            given=code,
        )
    return longer


@command("registry.institution.merge_with_people")
def merge_institution_with_people(
    context: CommandContext, institution: Institution, merger: Merger, expected_version: int
) -> Institution:
    """Merge an institution into another and take its departments and staff along on that day; branches stay.

    A code or staff number that is taken in the other institution gets the code of the former one before it.
    """
    check_merger(context, institution, merger)
    for each in (institution, merger.into):
        require(context.actor, "staff.write", each)
    check_not_ahead(merger.merged_on, "merged_on")
    departments = list(institution.departments.filter(open_on(merger.merged_on)).order_by("code"))
    members = employed(institution.staff.select_related("institution").order_by("code"), merger.merged_on)
    made = _departments_taken_along(context, departments, merger)
    _move_all(
        context,
        members,
        lambda member: StaffMove(merger.into, merger.merged_on, made.get(member.department_id)),
    )
    moved = {"departments_moved": len(departments), "staff_moved": len(members)}
    return record_merger(context, institution, merger, expected_version, moved)


def _departments_taken_along(
    context: CommandContext, departments: Collection[Department], merger: Merger
) -> dict[int | None, Department]:
    """Return the new departments by the key of those they go on for."""
    taken = set(merger.into.departments.values_list("code", flat=True))
    made: dict[int | None, Department] = {}
    for department in departments:
        code = _free_code(department.code, department.institution.code, taken, LONGEST_DEPARTMENT_CODE)
        taken.add(code)
        move = DepartmentMove(merger.into, merger.merged_on, code)
        made[department.pk] = _successor(context, department, move, department.version)
    return made
