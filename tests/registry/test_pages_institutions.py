from __future__ import annotations

import datetime
import io

import openpyxl
import pytest
from django.utils import timezone

from lianyi.accounts.models import AuditEvent, Grant
from lianyi.registry import commands
from lianyi.registry.models import BedCount, Institution, ServiceOffered, Staff
from tests.registry.factories import Region, context, make_department, make_institution, make_region
from tests.registry.pages import address, browser, hidden, key, steward, text_of

DAY = datetime.date
LIST_QUERIES = 5
PAGE_QUERIES = 18


@pytest.fixture
def region(db) -> Region:
    return make_region()


def test_the_list_shows_the_institutions_within_reach_in_the_language_of_the_page(region):
    commands.rename_institution(
        context(), region.hospital, commands.NewNames("样例县医院", "Sample County Hospital"), DAY(2020, 1, 1), 1
    )
    client = steward(region)
    english = text_of(client.get(address("institutions")))
    assert "3 entries" in english
    assert "Sample County Hospital" in english
    assert "secondary · grade B" in english
    assert "General hospital" in english
    client.cookies["django_language"] = "zh-hans"
    chinese = text_of(client.get(address("institutions")))
    assert "样例县医院" in chinese
    assert "综合医院" in chinese
    assert "Sample County Hospital" not in chinese


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("q=H2", {"H2"}),
        ("kind=township_health_centre", {"C1"}),
        ("tier=secondary", {"H1"}),
        ("place=441302", {"H1", "C1"}),
        ("place=4413", {"H1", "H2", "C1"}),
        ("place=nowhere", set()),
        ("state=closed", {"OLD"}),
        ("state=open", {"H1", "H2", "C1"}),
    ],
)
def test_the_list_is_filtered_by_text_kind_tier_place_with_all_below_and_state(region, query, shown):
    old = make_institution("OLD", region.province)
    commands.close_institution(context(), old, DAY(2020, 1, 1), old.version)
    client = browser("registry_steward", region.province.pk, "provincial")
    answer = client.get(f"{address('institutions')}?{query}&export=csv")
    lines = answer.content.decode("utf-8-sig").splitlines()[1:]
    assert {line.split(",")[1].strip('"') for line in lines} == shown


def test_the_export_of_the_list_holds_names_and_words(region):
    answer = steward(region).get(f"{address('institutions')}?sort=-code&export=xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)
    assert rows[0][:5] == ("Name", "Code", "Kind", "Tier", "Grade")
    assert [row[1] for row in rows[1:]] == ["H2", "H1", "C1"]
    assert rows[2][2:5] == ("General hospital", "secondary", "grade B")


def test_people_of_another_institution_in_the_same_role_get_an_empty_list_and_no_page(region):
    stranger = browser("department_head", region.other_hospital.pk, "stranger")
    listed = text_of(stranger.get(address("institutions")))
    assert "样例医院H1" not in listed
    assert "样例医院H2" in listed
    department = make_department("D", region.hospital)
    for name, pk in (
        ("institution-detail", region.hospital.pk),
        ("institution-rename", region.hospital.pk),
        ("institution-propose", region.hospital.pk),
        ("beds-count", region.hospital.pk),
        ("department-rename", department.pk),
    ):
        assert stranger.get(address(name, pk)).status_code == 404


def test_a_partner_reads_the_page_but_sees_neither_history_nor_ways_to_change(region):
    partner = browser("supported_office", region.other_hospital.pk, "partner")
    Grant.objects.create(
        kind="G2",
        holder_node_id=region.other_hospital.pk,
        target_type="accounts.node",
        target_id=region.hospital.pk,
        basis_type="test",
        basis_id=1,
        valid_from=timezone.now(),
    )
    answer = partner.get(address("institution-detail", region.hospital.pk))
    page = text_of(answer)
    assert "样例医院H1" in page
    assert "样例科S" in page
    assert answer.context["past"].lines == []
    assert "Propose a change" not in page
    assert partner.get(address("beds-count", region.hospital.pk)).status_code == 403


def test_the_page_shows_beds_with_their_age_and_marks_old_counts(region):
    now = timezone.now()
    for days, beds in ((100, 8), (3, 10)):
        new = commands.NewBedCount("icu", beds, now - datetime.timedelta(days=days), 4, 1)
        commands.count_beds(context(), region.hospital, new)
    old = commands.NewBedCount("general", 200, now - datetime.timedelta(days=100))
    commands.count_beds(context(), region.hospital, old)
    page = text_of(steward(region).get(address("institution-detail", region.hospital.pk)))
    assert "Intensive care bed the whole house 10 4 1 5" in page
    assert "3 days ago" in page
    assert "General bed the whole house 200 — — —" in page
    assert "100 days ago out of date" in page
    assert page.count("out of date") == 1


def test_the_page_shows_departments_services_equipment_workload_and_branches(region):
    hospital = region.hospital
    status = commands.NewStatus("key", DAY(2024, 1, 1), "of the province", "省卫健委〔2024〕1号")
    commands.set_department_status(context(), region.surgery, status, region.surgery.version)
    commands.state_service(context(), hospital, commands.NewService("thrombolysis_stemi_24h", "full"))
    commands.count_equipment(context(), hospital, commands.NewEquipment("ct", 3, timezone.now(), 2))
    for year, quantity in ((2022, 1200), (2024, 1500)):
        commands.set_workload(context(), hospital, commands.NewWorkload(year, "operations", quantity))
    answer = steward(region).get(address("institution-detail", hospital.pk))
    page = text_of(answer)
    assert "04 Surgery key specialty of the province" in page
    assert "2024-01-01 key specialty · of the province 省卫健委〔2024〕1号" in page
    assert "full" in page
    assert "3 2" in page
    assert "operations 1,200 1,500" in page
    assert answer.context["charts"][0].option["series"][0]["data"] == [1200, None, 1500]
    assert "样例医院C1" in page


def test_the_page_shows_the_facts_of_an_earlier_day(region):
    hospital = region.hospital
    commands.rename_institution(context(), hospital, commands.NewNames("新名医院"), DAY(2015, 6, 1), hospital.version)
    client = steward(region)
    now = text_of(client.get(address("institution-detail", hospital.pk)))
    assert "2015-06-01 renamed Chinese name: 样例医院H1 → 新名医院" in now
    then = text_of(client.get(f"{address('institution-detail', hospital.pk)}?on=2010-01-01"))
    assert "Facts as they were on 2010-01-01" in then
    assert "Chinese name 样例医院H1 differs from today" in then
    nonsense = client.get(f"{address('institution-detail', hospital.pk)}?on=2010-13-45")
    assert nonsense.context["is_today"]


def test_an_institution_is_opened_with_its_position_converted(region):
    client = steward(region)
    sent = {
        "command_key": key(),
        "code": "NEW",
        "name_zh": "样例新医院",
        "name_en": "New Sample Hospital",
        "kind": "general_hospital",
        "tier": "primary",
        "grade": "none",
        "ownership": "public",
        "place": "441302",
        "parent": "H1",
        "longitude": "114.42",
        "latitude": "23.10",
        "coordinate_system": "gcj02",
    }
    answers = [client.post(address("institution-open"), sent) for _time in range(2)]
    made = Institution.objects.get(code="NEW")
    assert [answer.headers["Location"] for answer in answers] == [address("institution-detail", made.pk)] * 2
    assert (made.place, made.parent, made.given_coordinate_system) == (region.county, region.hospital, "gcj02")
    assert made.longitude == pytest.approx(114.415, abs=0.002)
    assert AuditEvent.objects.filter(action="registry.institution.open", object_id=made.pk).count() == 1


def test_a_refusal_stands_beside_the_field_it_names(region):
    client = steward(region)
    sent = {"command_key": key(), "code": "H1", "name_zh": "样例", "kind": "general_hospital", "place": "441302"}
    sent |= {"tier": "primary", "grade": "none", "ownership": "public"}
    answer = client.post(address("institution-open"), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["code"] == [
        "It is on record already under this code or day. Give another, or change the existing record."
    ]
    unknown = client.post(address("institution-open"), {**sent, "place": "999", "code": "X"})
    assert "There is no place with the code '999'" in text_of(unknown)
    half = client.post(address("institution-open"), {**sent, "longitude": "114", "code": "X"})
    assert "give all three or none" in text_of(half)


def test_two_people_who_save_the_same_record_meet_on_the_conflict_page(region):
    client, hospital = steward(region), region.hospital
    url = address("institution-rename", hospital.pk)
    seen = hidden(client.get(url), "expected_version")
    commands.rename_institution(context(), hospital, commands.NewNames("他人改名"), DAY(2024, 1, 1), hospital.version)
    sent = {"command_key": key(), "expected_version": seen, "name_zh": "我改名", "effective_on": "2024-01-02"}
    answer = client.post(url, sent)
    assert answer.status_code == 409
    assert "Chinese name differs 他人改名 我改名" in text_of(answer)
    again = {name: hidden(answer, name) for name in ("command_key", "expected_version", "name_zh", "effective_on")}
    assert client.post(url, again).status_code == 302
    hospital.refresh_from_db()
    assert hospital.name_zh == "我改名"


def test_a_form_sent_without_the_version_that_was_seen_is_refused(region):
    sent = {"command_key": key(), "name_zh": "新名", "effective_on": "2024-01-02"}
    answer = steward(region).post(address("institution-rename", region.hospital.pk), sent)
    assert answer.status_code == 422
    region.hospital.refresh_from_db()
    assert region.hospital.name_zh == "样例医院H1"


def test_move_regrade_place_under_correct_close_and_reopen_work_from_their_pages(region):
    client, hospital = steward(region), region.hospital

    def send(name: str, **more: str) -> None:
        url = address(name, hospital.pk)
        version = hidden(client.get(url), "expected_version")
        answer = client.post(url, {"command_key": key(), "expected_version": version, **more})
        assert answer.status_code == 302, text_of(answer)
        hospital.refresh_from_db()

    send("institution-move", place="441322", address="样例路 1 号", effective_on="2024-03-01")
    assert (hospital.place, hospital.address) == (region.other_county, "样例路 1 号")
    send("institution-regrade", tier="tertiary", grade="A", ownership="public", effective_on="2024-03-02")
    assert (hospital.tier, hospital.grade) == ("tertiary", "A")
    send("institution-place-under", parent="H2", effective_on="2024-03-03")
    assert hospital.parent == region.other_hospital
    send(
        "institution-correct",
        code="H1X",
        name_zh=hospital.name_zh,
        kind="tcm_hospital",
        reason="wrong from the start",
        tier="tertiary",
        grade="A",
        ownership="public",
        opened_on="1990-05-01",
        address="样例路 1 号",
    )
    assert (hospital.code, hospital.kind) == ("H1X", "tcm_hospital")
    send("institution-close", closed_on="2024-04-01", reason="moved away")
    assert hospital.closed_on == DAY(2024, 4, 1)
    send("institution-reopen", reason="a mistake")
    assert hospital.closed_on is None
    send("institution-merge", into="H2", merged_on="2024-05-01", reason="one hospital from now on")
    assert hospital.closed_on == DAY(2024, 5, 1)
    page = text_of(client.get(address("institution-detail", hospital.pk)))
    assert "2024-05-01 merged into another 样例医院H2" in page
    assert "Branch or sub-centre of: — → 样例医院H2" in page


def test_departments_are_opened_renamed_corrected_restated_and_closed_from_their_pages(region):
    client = steward(region)
    new = {"code": "N", "name_zh": "神经内科", "specialty": "03.03", "status": "weak", "minimum_staff_on_duty": "2"}
    answer = client.post(address("department-open", region.hospital.pk), {"command_key": key(), **new})
    assert answer.status_code == 302
    made = region.hospital.departments.get(code="N")
    assert (made.specialty, made.status, made.minimum_staff_on_duty) == ("03.03", "weak", 2)

    def send(name: str, **more: str) -> None:
        made.refresh_from_db()
        sent = {"command_key": key(), "expected_version": made.version, **more}
        assert client.post(address(name, made.pk), sent).status_code == 302
        made.refresh_from_db()

    send("department-rename", name_zh="脑病科", effective_on="2024-01-01")
    send("department-status", status="developing", since="2024-02-01", source="评审报告")
    send("department-correct", code="N1", name_zh="脑病科", specialty="03.03", minimum_staff_on_duty="3", reason="r")
    assert (made.name_zh, made.status, made.code, made.minimum_staff_on_duty) == ("脑病科", "developing", "N1", 3)
    send("department-close", closed_on="2024-06-01", reason="merged")
    assert made.closed_on == DAY(2024, 6, 1)


def test_more_beds_taken_than_open_need_a_note(region):
    client, url = steward(region), address("beds-count", region.hospital.pk)
    sent = {"bed_type": "icu", "beds_open": "10", "beds_occupied": "12", "counted_at": "2024-05-01T08:00"}
    answer = client.post(url, {"command_key": key(), **sent})
    assert answer.context["form"].errors["beds_occupied"] == [
        (
            "12 beds are occupied or reserved but only 10 are open. Correct the figures, or explain them in the reason "
            "(extra beds, for example)."
        )
    ]
    assert client.post(url, {"command_key": key(), **sent, "reason": "two extra beds"}).status_code == 302
    count = BedCount.objects.get()
    assert (count.beds_open, count.beds_occupied) == (10, 12)
    assert timezone.localtime(count.counted_at).isoformat() == "2024-05-01T08:00:00+08:00"
    again = client.get(address("beds-count-again", count.pk))
    assert again.context["form"]["beds_occupied"].value() == 12


def test_a_service_that_somebody_else_stated_meanwhile_is_a_conflict_and_one_own_is_changed(region):
    client, url = steward(region), address("service-state", region.hospital.pk)
    sent = {"service": "remote_consultation", "capacity": "full", "expected_version": "0"}
    commands.state_service(context(), region.hospital, commands.NewService("remote_consultation", "open"))
    assert client.post(url, {"command_key": key(), **sent}).status_code == 409
    stated = ServiceOffered.objects.get()
    assert stated.capacity == "open"
    change = {"command_key": key(), "capacity": "full", "expected_version": stated.version}
    assert client.post(address("service-change", stated.pk), change).status_code == 302
    stated.refresh_from_db()
    assert (stated.service, stated.capacity) == ("remote_consultation", "full")


def test_equipment_and_yearly_figures_are_entered_and_changed(region):
    client, hospital = steward(region), region.hospital
    machine = {"equipment_kind": "ct", "units": "2", "units_working": "3", "counted_at": "2024-05-01T08:00"}
    url = address("equipment-count", hospital.pk)
    refused = client.post(url, {"command_key": key(), "expected_version": "0", **machine})
    assert "units_working" in refused.context["form"].errors
    machine |= {"units_working": "1"}
    assert client.post(url, {"command_key": key(), "expected_version": "0", **machine}).status_code == 302
    known = hospital.equipment.get()
    later = {"units": "2", "units_working": "2", "counted_at": "2024-06-01T08:00", "expected_version": known.version}
    assert client.post(address("equipment-change", known.pk), {"command_key": key(), **later}).status_code == 302
    known.refresh_from_db()
    assert known.units_working == 2
    figure = {"year": "2023", "measure": "deliveries", "quantity": "640", "expected_version": "0"}
    url = address("workload-enter", hospital.pk)
    assert client.post(url, {"command_key": key(), **figure}).status_code == 302
    row = hospital.workloads.get()
    changed = {"quantity": "650", "expected_version": row.version}
    assert client.post(address("workload-change", row.pk), {"command_key": key(), **changed}).status_code == 302
    row.refresh_from_db()
    assert (row.year, row.measure, row.quantity) == (2023, "deliveries", 650)


def _fill(region: Region, number: int) -> None:
    for position in range(number):
        make_institution(f"B{position:03d}", region.county, parent=region.hospital)
        department = make_department(f"D{position:03d}", region.hospital)
        status = commands.NewStatus("weak", DAY(2024, 1, 1))
        commands.set_department_status(context(), department, status, department.version)
        new = commands.NewBedCount("icu", 5, timezone.now(), department=department)
        commands.count_beds(context(), region.hospital, new)
        figure = commands.NewWorkload(1990 + position, "operations", 100)
        commands.set_workload(context(), region.hospital, figure)
        names = commands.NewNames(f"样例名{position}")
        region.hospital.refresh_from_db()
        commands.rename_institution(
            context(), region.hospital, names, DAY(2001 + position // 2, 1, 1), region.hospital.version
        )


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_and_the_page_ask_a_fixed_number_of_queries(region, number, django_assert_num_queries):
    _fill(region, number)
    client = steward(region)
    client.get(address("institutions"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(address("institutions"))
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(address("institution-detail", region.hospital.pk))


LONG = "9" * 25


@pytest.mark.parametrize("name", ["institution-detail", "place-detail", "staff-detail", "institution-rename"])
def test_an_address_with_a_number_beyond_all_keys_is_not_found(region, name):
    assert steward(region).get(address(name, int(LONG))).status_code == 404


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("beds-count", {"bed_type": "general", "beds_open": LONG, "counted_at": "2024-05-01 08:00"}),
        ("beds-count", {"bed_type": "general", "beds_open": "1", "counted_at": "2024-05-01 08:00", "department": LONG}),
        ("workload-enter", {"year": "2024", "measure": "admissions", "quantity": LONG}),
        ("equipment-count", {"equipment_kind": "ct", "units": LONG, "counted_at": "2024-05-01 08:00"}),
        ("department-open", {"code": "N", "name_zh": "新科", "specialty": "03", "minimum_staff_on_duty": LONG}),
    ],
)
def test_numbers_of_25_digits_are_refused_on_the_form(region, name, given):
    sent = {"command_key": key(), "expected_version": "0", "status": "weak", **given}
    answer = steward(region).post(address(name, region.hospital.pk), sent)
    assert answer.status_code == 422
    assert "Ensure this value is less than" in text_of(answer) or "not one of the available choices" in text_of(answer)


def test_a_workload_of_a_year_to_come_is_refused_on_the_form(region):
    sent = {"command_key": key(), "expected_version": "0", "year": "2999", "measure": "admissions", "quantity": "5"}
    answer = steward(region).post(address("workload-enter", region.hospital.pk), sent)
    assert answer.status_code == 422
    assert "2999 has not begun yet." in text_of(answer)


def test_a_closing_announced_ahead_is_told_and_leaves_the_page_open(region):
    client, hospital = steward(region), region.hospital
    commands.close_institution(context(), hospital, DAY(2999, 1, 1), hospital.version)
    page = client.get(address("institution-detail", hospital.pk))
    assert "Will close on 2999-01-01." in text_of(page)
    assert address("department-open", hospital.pk) in page.content.decode()
    sent = {"command_key": key(), "expected_version": hospital.version, "closed_on": "2024-01-01", "reason": "again"}
    refused = client.post(address("institution-close", hospital.pk), sent)
    assert "A closing of 样例医院H1 on 2999-01-01 is recorded already. Take it back first" in text_of(refused)


@pytest.mark.parametrize("name", ["institutions", "places", "staff", "imports", "data-quality"])
def test_a_watcher_may_ask_for_the_head_of_a_page(region, name):
    answer = steward(region).head(address(name))
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_merger_takes_departments_and_people_along_on_request(region):
    client, hospital = steward(region), region.hospital
    commands.add_staff(context(), hospital, commands.NewStaff("1", "样例甲", "doctor", department=region.surgery))
    version = hidden(client.get(address("institution-merge", hospital.pk)), "expected_version")
    sent = {"command_key": key(), "expected_version": version, "into": "H2", "merged_on": "2024-05-01", "reason": "r"}
    answer = client.post(address("institution-merge", hospital.pk), {**sent, "takes_people_along": "on"})
    assert answer.status_code == 302, text_of(answer)
    member = Staff.objects.get(code="1")
    assert (member.institution, member.department.code) == (region.other_hospital, "S")
    page = text_of(client.get(address("staff-detail", member.pk)))
    assert "Earlier institutions 2024-05-01: 样例医院H1 (1) → 样例医院H2" in page


def test_a_person_and_a_department_are_moved_from_their_pages(region):
    client = steward(region)
    member = commands.add_staff(
        context(), region.hospital, commands.NewStaff("1", "样例甲", "doctor", department=region.surgery)
    )
    url = address("staff-move", member.pk)
    sent = {"command_key": key(), "expected_version": hidden(client.get(url), "expected_version"), "code": "77"}
    sent |= {"institution": "H2", "moved_on": "2024-05-01"}
    wrong = client.post(url, {**sent, "department": "S"})
    assert "That institution has no department with this code." in text_of(wrong)
    assert client.post(url, sent).status_code == 302
    member.refresh_from_db()
    assert (member.institution, member.department, member.code) == (region.other_hospital, None, "77")
    url = address("department-move", region.surgery.pk)
    sent = {"command_key": key(), "expected_version": hidden(client.get(url), "expected_version"), "code": "S9"}
    assert client.post(url, {**sent, "into": "H2", "moved_on": "2024-06-01", "reason": "r"}).status_code == 302
    assert region.other_hospital.departments.get().code == "S9"
