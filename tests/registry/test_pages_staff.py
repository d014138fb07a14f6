from __future__ import annotations

import datetime

import pytest

from lianyi.accounts.models import ReadEvent
from lianyi.registry import commands
from lianyi.registry.models import Staff
from tests.registry.factories import Region, context, make_region
from tests.registry.pages import address, browser, key, steward, text_of

LIST_QUERIES = 6
PAGE_QUERIES = 9


@pytest.fixture
def region(db) -> Region:
    return make_region()


def add(region: Region, code: str, **more: object) -> Staff:
    new = commands.NewStaff(code, f"样例{code}", "doctor", title_rank="senior", department=region.surgery, **more)
    return commands.add_staff(context(), region.hospital, new)


def test_the_list_shows_staff_within_reach_and_notes_the_reading(region):
    add(region, "A1")
    add(region, "A2", employed_to=datetime.date(2020, 1, 1))
    client = steward(region)
    page = text_of(client.get(address("staff")))
    assert "样例A1 A1 样例医院H1 样例科S Licensed doctor Senior" in page
    assert ("employed" in page, "left" in page) == (True, True)
    event = ReadEvent.objects.get()
    assert (event.object_type, event.rows, event.basis, event.page) == ("registry.staff", 2, "G1", "registry:staff")
    left = client.get(f"{address('staff')}?state=left&institution=H1&export=csv").content.decode("utf-8-sig")
    assert [line.split(",")[1] for line in left.splitlines()[1:]] == ['"A2"']


def test_staff_of_another_institution_are_neither_listed_nor_shown_nor_changed(region):
    member = add(region, "A1")
    stranger = browser("supported_office", region.other_hospital.pk, "stranger")
    assert "样例A1" not in text_of(stranger.get(address("staff")))
    for name in ("staff-detail", "staff-change", "staff-end", "unavailability-add"):
        assert stranger.get(address(name, member.pk)).status_code == 404
    assert not ReadEvent.objects.exists()


def test_opening_one_person_is_noted_with_its_basis(region):
    member = add(region, "A1", licence_number="L-0001")
    page = text_of(steward(region).get(address("staff-detail", member.pk)))
    assert "Licence number L-0001" in page
    assert "None: the person can be sent on any day." in page
    event = ReadEvent.objects.get()
    assert (event.object_id, event.basis, event.page) == (member.pk, "G1", "registry:staff-detail")


def test_a_person_is_added_changed_made_unavailable_and_leaves(region):
    client = steward(region)
    new = {"code": "N1", "name_zh": "张示例", "profession": "nurse", "title_rank": "junior"}
    new |= {"department": str(region.surgery.pk), "specialty": "04", "command_key": key()}
    for _time in range(2):
        assert client.post(address("staff-add", region.hospital.pk), new).status_code == 302
    member = region.hospital.staff.get()
    assert (member.name_zh, member.department, member.specialty) == ("张示例", region.surgery, "04")
    changed = {**new, "title_rank": "intermediate", "expected_version": member.version, "command_key": key()}
    assert client.post(address("staff-change", member.pk), changed).status_code == 302
    member.refresh_from_db()
    assert member.title_rank == "intermediate"
    days = {"starts_on": "2024-05-01", "ends_on": "2024-05-31", "kind": "training", "command_key": key()}
    assert client.post(address("unavailability-add", member.pk), days).status_code == 302
    row = member.unavailabilities.get()
    early = {"last_day": "2024-05-10", "expected_version": row.version, "command_key": key()}
    assert client.post(address("unavailability-end", row.pk), early).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == datetime.date(2024, 5, 10)
    gone = {"last_day": "2024-12-31", "expected_version": member.version, "command_key": key()}
    assert client.post(address("staff-end", member.pk), gone).status_code == 302
    member.refresh_from_db()
    assert member.employed_to == datetime.date(2024, 12, 31)


def test_days_in_the_wrong_order_are_refused_beside_the_field(region):
    member = add(region, "A1")
    days = {"starts_on": "2024-05-31", "ends_on": "2024-05-01", "kind": "leave", "command_key": key()}
    answer = steward(region).post(address("unavailability-add", member.pk), days)
    assert answer.status_code == 422
    assert answer.context["form"].errors["ends_on"] == [
        "The end lies before the beginning. Correct one of the two dates."
    ]


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_and_the_page_ask_a_fixed_number_of_queries(region, number, django_assert_num_queries):
    members = [add(region, f"A{position:03d}") for position in range(number)]
    for position in range(number):
        day = datetime.date(2024, 1, 1) + datetime.timedelta(days=10 * position)
        commands.add_unavailability(context(), members[0], commands.NewUnavailability(day, day, "leave"))
    client = steward(region)
    client.get(address("staff"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(f"{address('staff')}?per_page=50")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(address("staff-detail", members[0].pk))
