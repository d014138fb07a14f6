"""People and departments that go to another institution, and mergers that take them along."""

from __future__ import annotations

import datetime

import pytest

from lianyi.accounts.actors import service_actor
from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import NotPermittedError
from lianyi.registry import commands, queries
from lianyi.registry.errors import (
    ClosedRecordError,
    CycleError,
    DatesOutOfOrderError,
    DuplicateCodeError,
    FutureDateError,
    WrongInstitutionError,
)
from lianyi.registry.models import Department, RegistryEvent, Staff
from lianyi.registry.quality import find_problems
from tests.registry.factories import acting, context, make_department, make_institution, make_region

pytestmark = pytest.mark.django_db
DAY = datetime.date(2024, 5, 1)


def make_member(institution, code: str, department: Department | None = None, **more: object) -> Staff:
    new = commands.NewStaff(code, f"样例{code}", "doctor", department=department, **more)  # type: ignore[arg-type]
    return commands.add_staff(context(), institution, new)


def test_a_person_works_elsewhere_from_a_day_on_and_the_record_tells_from_where():
    region = make_region()
    member = make_member(region.hospital, "A1", region.surgery)
    ward = make_department("W", region.other_hospital)
    move = commands.StaffMove(region.other_hospital, DAY, ward, code="B7")
    moved = commands.move_staff(context(reason="调动"), member, move, 1)
    assert (moved.pk, moved.institution, moved.department, moved.code) == (member.pk, region.other_hospital, ward, "B7")
    (told,) = queries.transfers(service_actor(), moved)
    assert (told.from_institution, told.from_department, told.from_code) == (region.hospital, region.surgery, "A1")
    assert (told.to_institution, told.moved_on, told.reason) == (region.other_hospital, DAY, "调动")
    assert verify_chain().events > 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"moved_on": datetime.date(2999, 1, 1)}, FutureDateError),
        ({"moved_on": datetime.date(2010, 1, 1)}, DatesOutOfOrderError),
        ({"moved_on": datetime.date(2024, 12, 1)}, DatesOutOfOrderError),
        ({"code": "TAKEN"}, DuplicateCodeError),
        ({"institution": "same"}, CycleError),
        ({"institution": "closed"}, ClosedRecordError),
        ({"department": "elsewhere"}, WrongInstitutionError),
    ],
)
def test_a_move_that_cannot_be_is_refused(changes, error):
    region = make_region()
    make_member(region.other_hospital, "TAKEN")
    years = {"employed_from": datetime.date(2012, 1, 1), "employed_to": datetime.date(2024, 6, 30)}
    member = make_member(region.hospital, "A1", **years)
    known = {
        "same": region.hospital,
        "closed": make_institution("Z", region.county, closed_on=datetime.date(2020, 1, 1)),
        "elsewhere": region.surgery,
    }
    wanted = {"institution": region.other_hospital, "moved_on": DAY, **changes}
    move = commands.StaffMove(**{name: known.get(value, value) for name, value in wanted.items()})
    with pytest.raises(error):
        commands.move_staff(context(), member, move, 1)
    member.refresh_from_db()
    assert member.institution == region.hospital


def test_whoever_covers_one_side_only_moves_nobody():
    region = make_region()
    member = make_member(region.hospital, "A1")
    office = acting("supported_office", region.hospital.pk)
    with pytest.raises(NotPermittedError):
        commands.move_staff(context(office), member, commands.StaffMove(region.other_hospital, DAY), 1)


def test_a_department_ends_here_and_goes_on_there_with_its_people():
    region = make_region()
    here, gone = make_member(region.hospital, "A1", region.surgery), make_member(region.hospital, "A2", region.surgery)
    commands.end_staff(context(), gone, datetime.date(2020, 1, 1), 1)
    make_member(region.other_hospital, "A1")
    made = commands.move_department(context(), region.surgery, commands.DepartmentMove(region.other_hospital, DAY), 1)
    region.surgery.refresh_from_db()
    assert (region.surgery.closed_on, made.opened_on, made.code, made.specialty) == (DAY, DAY, "S", "04")
    assert made.node.path.startswith(region.other_hospital.node.path)
    here.refresh_from_db()
    gone.refresh_from_db()
    assert (here.department, here.institution, here.code) == (made, region.other_hospital, "H1-A1")
    assert (gone.department, gone.institution) == (region.surgery, region.hospital)
    events = RegistryEvent.objects.filter(kind="moved").values_list("node_id", "other_node_id", "effective_on")
    assert set(events) == {(region.surgery.pk, made.pk, DAY), (made.pk, region.surgery.pk, DAY)}


def test_a_department_does_not_move_where_it_is_nor_under_a_code_that_is_taken():
    region = make_region()
    make_department("S", region.other_hospital)
    with pytest.raises(CycleError):
        commands.move_department(context(), region.surgery, commands.DepartmentMove(region.hospital, DAY), 1)
    with pytest.raises(DuplicateCodeError):
        commands.move_department(context(), region.surgery, commands.DepartmentMove(region.other_hospital, DAY), 1)
    closed = commands.close_department(context(), region.surgery, DAY, 1)
    with pytest.raises(ClosedRecordError):
        commands.move_department(context(), closed, commands.DepartmentMove(region.other_hospital, DAY, "T"), 2)


def test_a_merger_with_people_leaves_nothing_that_cannot_be():
    region = make_region()
    make_department("S", region.other_hospital)
    make_member(region.other_hospital, "1")
    in_surgery = make_member(region.hospital, "1", region.surgery)
    without = make_member(region.hospital, "2")
    merger = commands.Merger(region.other_hospital, DAY)
    merged = commands.merge_institution_with_people(context(reason="合并"), region.hospital, merger, 1)
    assert merged.closed_on == DAY
    in_surgery.refresh_from_db()
    without.refresh_from_db()
    assert (in_surgery.institution, in_surgery.code) == (region.other_hospital, "H1-1")
    assert (in_surgery.department.code, in_surgery.department.institution) == ("H1-S", region.other_hospital)
    assert (without.institution, without.code, without.department) == (region.other_hospital, "2", None)
    event = RegistryEvent.objects.get(kind="merged")
    assert event.after == {
        "closed_on": "2024-05-01",
        "departments_moved": 1,
        "staff_moved": 2,
        "departments_left": 0,
        "staff_left": 0,
        "branches_left": 1,
    }
    found = find_problems(service_actor(), only=["closed-institutions", "staff"])
    assert [each.check for each in found if each.severity == "error"] == []


def test_a_merger_is_undone_whole_when_a_number_cannot_be_given():
    region = make_region()
    make_member(region.hospital, "1", region.surgery)
    make_member(region.other_hospital, "1")
    make_member(region.other_hospital, "H1-1")
    with pytest.raises(DuplicateCodeError, match="'1' is taken in the other institution"):
        commands.merge_institution_with_people(
            context(), region.hospital, commands.Merger(region.other_hospital, DAY), 1
        )
    region.hospital.refresh_from_db()
    region.surgery.refresh_from_db()
    assert (region.hospital.closed_on, region.surgery.closed_on) == (None, None)
    assert Staff.objects.filter(institution=region.hospital).count() == 1
