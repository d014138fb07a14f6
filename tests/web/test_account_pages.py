from __future__ import annotations

import datetime

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from lianyi.accounts import commands
from lianyi.accounts.models import Affiliation, AuditEvent, NodeKind, ReadEvent, User
from lianyi.accounts.roles import Role
from lianyi.web import page_names
from lianyi.web.page_names import page_name
from tests.web.factories import PASSWORD, affiliate, make_node, make_user, service_context, signed_in

NEW_USER = {
    "username": "newcomer",
    "display_name": "张示例",
    "email": "",
    "language": "en",
    "password": "calm-meadow-58",
    "node": "H1",
    "role": "trainer",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "inherits_down": "on",
    "command_key": "make-newcomer",
}


def test_an_administrator_makes_a_user_who_can_work_at_once(world):
    answer = signed_in("admin").post("/accounts/users/new/", NEW_USER)
    made = User.objects.get(username="newcomer")
    assert answer.headers["Location"] == f"/accounts/users/{made.pk}/"
    assert (made.display_name, made.language, made.must_change_password) == ("张示例", "en", True)
    affiliation = made.affiliations.get()
    assert (affiliation.node, affiliation.role) == (world.hospital, "trainer")
    assert affiliation.valid_from == datetime.date(2026, 1, 1)


def test_a_form_sent_twice_acts_once(world):
    client = signed_in("admin")
    before = AuditEvent.objects.count()
    first, second = (client.post("/accounts/users/new/", NEW_USER) for _time in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert AuditEvent.objects.count() == before + 2
    assert User.objects.filter(username="newcomer").count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"username": "DOCTOR"}, "The user name &#x27;DOCTOR&#x27; is taken."),
        ({"password": "short"}, "It is too short; at least 10 characters are needed."),
        ({"node": "H2"}, "&#x27;H2&#x27; is no code of an institution or place within your reach."),
        ({"valid_to": "2025-01-01"}, "It ends on 2025-01-01, before it starts on 2026-01-01."),
        ({"role": "department_head"}, "A head of department needs a department."),
        ({"role": "department_head", "department": "XX"}, "&#x27;XX&#x27; is no code of a department of Sample County"),
        ({"username": "bad name/<b>"}, "cannot be a user name. Use letters, digits"),
        ({"role": "emperor"}, "Select a valid choice."),
    ],
)
def test_a_new_user_that_cannot_be_is_refused_whole(world, changes, told):
    before = AuditEvent.objects.count()
    answer = signed_in("admin").post("/accounts/users/new/", {**NEW_USER, **changes})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not User.objects.filter(username="newcomer").exists()
    assert AuditEvent.objects.count() == before


def test_an_administrator_of_another_county_reaches_nobody_here(world):
    client = signed_in("stranger")
    assert "doctor" not in client.get("/accounts/users/").content.decode()
    assert client.get(f"/accounts/users/{world.doctor.pk}/").status_code == 404
    answer = client.post(f"/accounts/users/{world.doctor.pk}/active/", {"active": "no", "command_key": "k"})
    assert answer.status_code == 404
    assert client.get(f"/accounts/affiliations/{world.doctor.affiliations.get().pk}/end/").status_code == 404
    assert client.get(f"/accounts/audit/{AuditEvent.objects.first().pk}/").status_code == 404


def test_a_user_page_hides_affiliations_elsewhere(world):
    page = signed_in("admin").get(f"/accounts/users/{world.office.pk}/").content.decode()
    assert "Sample County Hospital" in page
    assert "Other Hospital" not in page


def test_a_head_of_department_is_given_a_department_by_its_code_there(world):
    department = make_node("H1/NS", "神经外科", "Neurosurgery", parent=world.hospital, kind=NodeKind.DEPARTMENT)
    client = signed_in("admin")
    offered = client.get("/accounts/departments/?department=neuro").content.decode()
    assert "H1/NS" in offered
    assert "Neurosurgery · Sample County Hospital" in offered
    for number, code in enumerate(("NS", "H1/NS")):
        data = {**NEW_USER, "username": f"head-{number}", "role": "department_head", "department": code}
        client.post("/accounts/users/new/", {**data, "command_key": f"head-{number}"})
        made = User.objects.get(username=f"head-{number}")
        assert made.affiliations.get().department_node == department
    assert "Neurosurgery" in client.get(f"/accounts/users/{made.pk}/").content.decode()


def test_the_list_of_users_hides_what_they_are_elsewhere_or_were(world):
    page = signed_in("admin").get("/accounts/users/").content.decode()
    assert "Sample County Hospital" in page
    assert "Other Hospital" not in page
    held = world.doctor.affiliations.get()
    commands.end_affiliation(service_context(), held, datetime.date(2020, 6, 30), held.version)
    assert "Referring clinician · " not in signed_in("admin").get("/accounts/users/?q=doctor").content.decode()
    assert "No users" not in signed_in("admin").get("/accounts/users/?role=supported_office").content.decode()
    found = signed_in("admin").get("/accounts/users/?role=lead_office").content.decode()
    assert f"/accounts/users/{world.office.pk}/" not in found


def test_an_administrator_of_one_node_is_offered_nothing_that_reaches_below_it(world):
    narrow = make_user("narrow")
    new = commands.NewAffiliation(
        narrow.pk, world.county.pk, Role.ADMINISTRATOR, datetime.date(2020, 1, 1), inherits_down=False
    )
    commands.create_affiliation(service_context(), new)
    client = signed_in("narrow")
    client.post("/accounts/users/new/", {**NEW_USER, "node": "441302", "role": "lead_office"})
    assert User.objects.get(username="newcomer").affiliations.get().inherits_down is False


def test_an_affiliation_that_ended_is_not_given_back_by_a_later_last_day(world):
    held = world.doctor.affiliations.get()
    commands.end_affiliation(service_context(), held, datetime.date(2020, 6, 30), held.version)
    data = {"last_day": "2099-12-31", "command_key": "revive"}
    answer = signed_in("admin").post(f"/accounts/affiliations/{held.pk}/end/", data)
    assert "It ends on 2020-06-30 already, and 2099-12-31 is later." in answer.content.decode()


def test_an_affiliation_is_given_and_ended(world):
    client = signed_in("admin")
    given = {"node": "441302", "role": "trainer", "valid_from": "2026-01-01", "command_key": "give"}
    client.post(f"/accounts/users/{world.doctor.pk}/affiliations/new/", given)
    made = Affiliation.objects.get(user=world.doctor, node=world.county)
    assert made.inherits_down is False
    early = client.post(f"/accounts/affiliations/{made.pk}/end/", {"last_day": "2025-12-31", "command_key": "end"})
    assert "It ends on 2025-12-31, before it starts on 2026-01-01." in early.content.decode()
    client.post(f"/accounts/affiliations/{made.pk}/end/", {"last_day": "2026-01-31", "command_key": "end-2"})
    made.refresh_from_db()
    assert made.valid_to == datetime.date(2026, 1, 31)


def test_a_person_is_shut_out_and_let_in_again(world):
    client, address = signed_in("admin"), f"/accounts/users/{world.doctor.pk}/active/"
    client.post(address, {"active": "no", "command_key": "out"})
    world.doctor.refresh_from_db()
    assert world.doctor.is_active is False
    client.post(address, {"active": "yes", "command_key": "in"})
    world.doctor.refresh_from_db()
    assert world.doctor.is_active is True


def test_an_administrator_cannot_shut_out_themselves(world):
    answer = signed_in("admin").post(f"/accounts/users/{world.admin.pk}/active/", {"active": "no", "command_key": "k"})
    assert answer.status_code == 403
    assert "You cannot shut out yourself" in answer.content.decode()


def test_a_password_set_by_an_administrator_must_be_changed(world):
    data = {"password": "calm-meadow-58", "repeated": "calm-meadow-58", "command_key": "set"}
    signed_in("admin").post(f"/accounts/users/{world.doctor.pk}/password/", data)
    world.doctor.refresh_from_db()
    assert world.doctor.must_change_password
    assert not world.doctor.check_password(PASSWORD)
    assert "calm-meadow" not in str(list(AuditEvent.objects.values()))


def test_suggestions_hold_what_is_within_reach_only(world):
    client = signed_in("admin")
    page = client.get("/accounts/nodes/?node=hospital").content.decode()
    assert '<option value="H1">Sample County Hospital</option>' in page
    assert "H2" not in page
    assert "<option" not in client.get("/accounts/nodes/?node=").content.decode()


def test_the_trail_shows_an_event_field_by_field(world):
    client = signed_in("admin")
    client.post(f"/accounts/users/{world.doctor.pk}/active/", {"active": "no", "command_key": "out"})
    event = AuditEvent.objects.get(command_key="out")
    page = client.get(f"/accounts/audit/{event.pk}/").content.decode()
    assert '<th scope="row">Active</th><td>yes</td><td>no</td>' in page
    assert "User shut out or let in" in page
    assert event.hash in page


def test_the_trail_is_filtered_by_person_record_action_and_day(world):
    client = signed_in("admin")
    client.post(f"/accounts/users/{world.doctor.pk}/active/", {"active": "no", "command_key": "out"})
    nurse = make_user("nurse")
    affiliate(nurse, world.hospital, "referring_clinician")
    client.post(f"/accounts/users/{nurse.pk}/active/", {"active": "no", "command_key": "out-2"})
    for query, rows in (
        ("", "2 entries"),
        (f"object_type=accounts.user&object_id={world.doctor.pk}", "1 of 2"),
        ("action=set_active", "2 of 2"),
        ("person=doctor", "0 of 2"),
        ("until=2020-01-01", "0 of 2"),
        ("since=2020-01-01", "2 of 2"),
    ):
        assert rows in client.get(f"/accounts/audit/?{query}").content.decode(), query


def test_the_chain_is_verified_on_request_and_a_broken_one_is_told(world):
    client = signed_in("admin")
    assert "The trail is intact" in client.post("/accounts/audit/verify/", follow=True).content.decode()
    AuditEvent.objects.filter(sequence=2).update(reason="changed behind the back")
    told = client.post("/accounts/audit/verify/", follow=True).content.decode()
    assert "The audit trail is not intact at event 2." in told


def test_readings_of_users_are_noted_with_their_basis(world):
    client = signed_in("admin")
    client.get("/accounts/users/")
    client.get(f"/accounts/users/{world.doctor.pk}/")
    noted = ReadEvent.objects.order_by("pk").values_list("page", "object_id", "rows", "basis")
    assert list(noted) == [("accounts:users", None, 3, "G1"), ("accounts:user", world.doctor.pk, 1, "G1")]
    assert "organisation" in client.get("/accounts/readings/").content.decode()


def test_the_log_of_readings_names_pages_in_words(world):
    client = signed_in("admin")
    client.get(f"/accounts/users/{world.doctor.pk}/")
    readings = client.get("/accounts/readings/").content.decode()
    assert '<span title="accounts:user">User record</span>' in readings
    table = client.get("/accounts/readings/?export=csv").content.decode("utf-8-sig")
    assert table.splitlines()[1].endswith('"User record"')
    with translation.override("zh-hans"):
        assert page_name("accounts:user") == "用户档案"
        assert page_name("board:of-a-later-version") == "board:of-a-later-version"


@pytest.mark.parametrize("name", [name for name in page_names.NAMES if ":" in name])
def test_every_named_page_is_there(name):
    # A page is found with the number of a record, with a code, or with nothing more.
    assert any(_address(name, more) for more in ([], [1], ["CODE"], [1, "arrive"], [1, "2026-01-01"]))


def _address(name, more):
    try:
        return reverse(name, args=more)
    except NoReverseMatch:
        return ""
