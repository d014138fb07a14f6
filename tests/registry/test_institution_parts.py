from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError, StaleVersionError
from lianyi.accounts.models import AuditEvent
from lianyi.registry import commands
from lianyi.registry.errors import (
    ClosedRecordError,
    DatesOutOfOrderError,
    DuplicateCodeError,
    FutureDateError,
    ImpossibleCountError,
    NoteNeededError,
    OlderCountError,
    TextTooLongError,
    UnchangeableFieldError,
    UnknownCodeError,
    WrongInstitutionError,
)
from lianyi.registry.models import BedCount, Department, DepartmentStatusChange, Staff
from tests.registry.factories import acting, context, make_department, make_institution, make_region

pytestmark = pytest.mark.django_db


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.fromisoformat(text))


def add_member(region, code="1", **more) -> Staff:
    given = {"name_zh": "样例甲", "profession": "doctor", **more}
    return commands.add_staff(context(), region.hospital, commands.NewStaff(code=code, **given))


def test_the_status_of_a_department_is_that_of_its_latest_statement():
    region = make_region()
    first = commands.NewStatus("established", day("2022-01-01"), source="样例来源")
    commands.set_department_status(context(), region.surgery, first, 1)
    commands.set_department_status(context(), region.surgery, commands.NewStatus("weak", day("2018-01-01")), 2)
    surgery = Department.objects.get(pk=region.surgery.pk)
    assert (surgery.status, surgery.version) == ("established", 3)
    commands.set_department_status(context(), surgery, commands.NewStatus("key", day("2022-01-01")), 3)
    surgery.refresh_from_db()
    rows = DepartmentStatusChange.objects.filter(department=surgery).values_list("since", "status")
    assert surgery.status == "key"
    assert list(rows) == [(day("2018-01-01"), "weak"), (day("2022-01-01"), "key")]
    with pytest.raises(FutureDateError):
        commands.set_department_status(context(), surgery, commands.NewStatus("key", day("2999-01-01")), 4)


def test_a_department_is_renamed_and_closed_with_history():
    region = make_region()
    row = commands.rename_department(context(), region.surgery, "普通外科", "General surgery", day("2020-01-01"), 1)
    row = commands.close_department(context(), row, day("2021-01-01"), 2)
    kinds = [event.kind for event in row.node.registry_events.order_by("pk")]
    assert (row.node.name_zh, row.closed_on, kinds) == ("普通外科", day("2021-01-01"), ["renamed", "closed"])
    with pytest.raises(ClosedRecordError):
        commands.close_department(context(), row, day("2022-01-01"), 3)


def test_a_department_needs_a_known_specialty_a_fitting_code_and_its_own_code():
    region = make_region()
    with pytest.raises(UnknownCodeError, match="there is no code '77'"):
        make_department("X", region.hospital, specialty="77")
    with pytest.raises(TextTooLongError, match="at most 31"):
        make_department("X" * 32, region.hospital)
    with pytest.raises(TextTooLongError, match="at most 31"):
        commands.correct_department(context(), region.surgery, {"code": "X" * 32}, 1)
    with pytest.raises(DuplicateCodeError):
        make_department("S", region.hospital)
    assert make_department("S", region.other_hospital).node.code == "H2/S"


def test_a_member_of_staff_belongs_to_a_department_of_the_same_institution():
    region = make_region()
    other = make_department("O", region.other_hospital)
    with pytest.raises(WrongInstitutionError, match="another institution"):
        add_member(region, department=other)
    member = add_member(region, department=region.surgery, title_rank="senior", specialty="04")
    with pytest.raises(WrongInstitutionError):
        commands.update_staff(context(), member, {"department_id": other.pk}, 1)


def test_staff_are_updated_and_ended_but_never_moved_or_doubled():
    region = make_region()
    member = add_member(region, employed_from=day("2010-01-01"))
    add_member(region, code="2")
    member = commands.update_staff(context(), member, {"title_rank": "intermediate", "title": "主治医师"}, 1)
    event = AuditEvent.objects.latest("sequence")
    assert (event.before, event.after) == (
        {"title_rank": "none", "title": ""},
        {"title_rank": "intermediate", "title": "主治医师"},
    )
    with pytest.raises(UnchangeableFieldError, match="institution_id cannot be changed"):
        commands.update_staff(context(), member, {"institution_id": region.other_hospital.pk}, 2)
    with pytest.raises(DuplicateCodeError):
        commands.update_staff(context(), member, {"code": "2"}, 2)
    with pytest.raises(DuplicateCodeError):
        add_member(region)
    with pytest.raises(StaleVersionError):
        commands.end_staff(context(), member, day("2020-01-01"), 1)
    with pytest.raises(DatesOutOfOrderError):
        commands.end_staff(context(), member, day("2009-01-01"), 2)
    assert commands.end_staff(context(), member, day("2020-01-01"), 2).employed_to == day("2020-01-01")


def test_an_unavailability_may_end_earlier_but_not_later_and_is_never_deleted():
    region = make_region()
    member = add_member(region)
    new = commands.NewUnavailability(day("2024-02-01"), day("2024-02-20"), "leave")
    row = commands.add_unavailability(context(), member, new)
    with pytest.raises(DuplicateCodeError):
        commands.add_unavailability(context(), member, new)
    with pytest.raises(DatesOutOfOrderError, match="is not earlier"):
        commands.end_unavailability(context(), row, day("2024-02-25"), 1)
    with pytest.raises(DatesOutOfOrderError):
        commands.end_unavailability(context(), row, day("2024-01-25"), 1)
    assert commands.end_unavailability(context(), row, day("2024-02-10"), 1).ends_on == day("2024-02-10")


def test_staff_are_kept_by_their_own_institution_only():
    region = make_region()
    stranger = acting("supported_office", region.other_hospital.pk)
    with pytest.raises(NotPermittedError):
        commands.add_staff(context(stranger), region.hospital, commands.NewStaff("1", "样例甲", "doctor"))
    office = acting("supported_office", region.hospital.pk)
    assert commands.add_staff(context(office), region.hospital, commands.NewStaff("1", "样例甲", "doctor")).pk


def test_more_beds_taken_than_open_need_a_note():
    region = make_region()
    new = commands.NewBedCount("general", 10, moment("2024-05-01 08:00"), beds_occupied=9, beds_reserved=2)
    with pytest.raises(NoteNeededError, match="11 beds are occupied or reserved but only 10 are open"):
        commands.count_beds(context(), region.hospital, new)
    row = commands.count_beds(context(reason="走廊加床"), region.hospital, new)
    assert (row.beds_open, row.beds_occupied, row.beds_reserved) == (10, 9, 2)


def test_bed_counts_are_only_added():
    region = make_region()
    for number in (10, 12):
        new = commands.NewBedCount("general", number, moment(f"2024-05-{number} 08:00"), department=region.surgery)
        commands.count_beds(context(), region.hospital, new)
    assert list(BedCount.objects.values_list("beds_open", flat=True)) == [12, 10]
    with pytest.raises(ImpossibleCountError, match="a count is 0 or more"):
        commands.count_beds(context(), region.hospital, commands.NewBedCount("general", -1, timezone.now()))
    later = timezone.now() + datetime.timedelta(days=2)
    with pytest.raises(FutureDateError):
        commands.count_beds(context(), region.hospital, commands.NewBedCount("general", 1, later))
    with pytest.raises(UnknownCodeError):
        commands.count_beds(context(), region.hospital, commands.NewBedCount("hammock", 1, timezone.now()))


def test_a_service_is_stated_again_with_a_new_capacity():
    region = make_region()
    row = commands.state_service(context(), region.hospital, commands.NewService("primary_pci_24h"))
    first = row.stated_at
    again = commands.state_service(context(), region.hospital, commands.NewService("primary_pci_24h", "full"))
    assert (again.pk, again.capacity, again.version) == (row.pk, "full", 2)
    assert again.stated_at > first
    with pytest.raises(StaleVersionError):
        commands.state_service(context(), region.hospital, commands.NewService("primary_pci_24h"), expected_version=1)


def test_equipment_counts_go_forward_in_time_and_parts_are_not_more_than_the_whole():
    region = make_region()
    new = commands.NewEquipment("ct", 2, moment("2024-05-02 00:00"), units_working=1)
    commands.count_equipment(context(), region.hospital, new)
    with pytest.raises(OlderCountError, match="2024-05-02"):
        commands.count_equipment(context(), region.hospital, commands.NewEquipment("ct", 1, moment("2024-05-01 00:00")))
    worse = commands.NewEquipment("ct", 2, moment("2024-05-03 00:00"), units_working=3)
    with pytest.raises(ImpossibleCountError, match="3 of 2 units"):
        commands.count_equipment(context(), region.hospital, worse)


def test_a_yearly_figure_of_the_house_is_apart_from_that_of_a_department():
    region = make_region()
    whole = commands.set_workload(context(), region.hospital, commands.NewWorkload(2023, "operations", 900))
    part = commands.NewWorkload(2023, "operations", 300, department=region.surgery)
    assert commands.set_workload(context(), region.hospital, part).pk != whole.pk
    again = commands.set_workload(context(), region.hospital, commands.NewWorkload(2023, "operations", 901))
    assert (again.pk, again.quantity) == (whole.pk, 901)


def test_a_command_repeated_with_its_key_is_done_once():
    region = make_region()
    given = context()
    new = commands.NewBedCount("general", 10, moment("2024-05-01 08:00"))
    first = commands.count_beds(given, region.hospital, new)
    assert commands.count_beds(given, region.hospital, new).pk == first.pk
    assert BedCount.objects.count() == 1


def test_nobody_can_be_added_to_a_closed_institution():
    region = make_region()
    closed = make_institution("Z", region.county, closed_on=day("2020-01-01"))
    with pytest.raises(ClosedRecordError, match="nobody can be added"):
        commands.add_staff(context(), closed, commands.NewStaff("1", "样例甲", "doctor"))


def test_a_yearly_figure_is_of_a_year_that_has_begun():
    region = make_region()
    year = timezone.localdate().year
    with pytest.raises(FutureDateError, match=f"The year {year + 1} has not begun"):
        commands.set_workload(context(), region.hospital, commands.NewWorkload(year + 1, "admissions", 5))
    made = commands.set_workload(context(), region.hospital, commands.NewWorkload(year, "admissions", 5))
    assert (made.year, made.quantity) == (year, 5)


@pytest.mark.parametrize(
    "run",
    [
        lambda row: commands.count_beds(
            context(), row, commands.NewBedCount("general", 2**31, moment("2024-05-01 08:00"))
        ),
        lambda row: commands.set_workload(context(), row, commands.NewWorkload(2024, "admissions", 2**63)),
        lambda row: make_department("N", row, minimum_staff_on_duty=2**15),
    ],
)
def test_counts_that_the_database_cannot_hold_are_refused(run):
    with pytest.raises(ImpossibleCountError) as caught:
        run(make_region().hospital)
    assert caught.value.params["reason"] == "too-large"
