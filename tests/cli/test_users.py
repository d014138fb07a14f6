"""user add, list, password, affiliate, end, staff, lock, unlock."""

from __future__ import annotations

import datetime
import json

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.utils import timezone

from lianyi.accounts.models import Affiliation, AuditEvent, User
from lianyi.registry.models import Institution, Staff
from tests.cli.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang(lianyi, places):
    assert lianyi("user", "add", "zhang", "--name", "张示例", "--password-stdin", given=PASSWORD).exit_code == 0
    return User.objects.get(username="zhang")


def test_a_user_is_made_with_a_password_that_never_stood_on_the_command_line(lianyi):
    answer = lianyi("user", "add", "li", "--name", "李样例", "--password-stdin", "--json", given=f"{PASSWORD}\n")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {
        "username": "li",
        "name": "李样例",
        "email": "",
        "is_active": True,
        "must_change_password": False,
        "affiliations": [],
    }
    assert User.objects.get(username="li").check_password(PASSWORD)


def test_a_weak_password_is_refused_with_every_rule_it_breaks(lianyi):
    answer = lianyi("user", "add", "li", "--name", "李样例", "--password-stdin", given="123")
    assert answer.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr == (
        "lianyi: The password is not accepted: It is too short; at least 10 characters are needed. "
        "It is one of the passwords that everybody tries first. It holds nothing but digits.\n"
    )
    assert not User.objects.filter(username="li").exists()


def test_without_a_terminal_the_password_is_not_asked_for_but_the_option_named(lianyi):
    answer = lianyi("user", "add", "li", "--name", "李样例")
    assert answer.exit_code == 1
    assert "--password-stdin" in answer.stderr


def test_a_taken_name_is_refused(lianyi, zhang):
    answer = lianyi("user", "add", "Zhang", "--name", "张二", "--password-stdin", given=PASSWORD)
    assert answer.exit_code == 1
    assert "'Zhang' is taken" in answer.stderr


def test_an_affiliation_is_given_listed_and_ended(lianyi, zhang):
    given = lianyi(
        "user", "affiliate", "zhang", "--at", "522327", "--role", "commission_viewer", "--from", "2026-01-01", "--json"
    )
    assert given.exit_code == 0
    affiliation = Affiliation.objects.get(user=zhang)
    expected = {
        "id": affiliation.pk,
        "code": "522327",
        "name": "册亨县",
        "kind": "place",
        "department": None,
        "role": "commission_viewer",
        "valid_from": "2026-01-01",
        "valid_to": None,
        "includes_everything_below": True,
    }
    assert json.loads(given.stdout) == expected
    (listed,) = json.loads(lianyi("user", "list", "--json").stdout)
    assert (listed["username"], listed["affiliations"]) == ("zhang", [expected])
    ended = lianyi("user", "end", "zhang", affiliation.pk, "--last-day", "2026-03-31", "--json")
    assert json.loads(ended.stdout) == {**expected, "valid_to": "2026-03-31"}


def test_an_affiliation_starts_today_when_no_day_is_given(lianyi, zhang):
    lianyi("user", "affiliate", "zhang", "--at", "place:CN", "--role", "administrator", "--only-here")
    affiliation = Affiliation.objects.get(user=zhang)
    assert (affiliation.valid_from, affiliation.inherits_down) == (timezone.localdate(), False)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("affiliate", "zhang", "--at", "999", "--role", "administrator"), 1, "code '999'"),
        (("affiliate", "zhang", "--at", "CN", "--role", "king"), 1, "Accepted: village_clinician"),
        (("affiliate", "nobody", "--at", "CN", "--role", "administrator"), 1, "no user 'nobody'"),
        (("affiliate", "zhang", "--at", "CN", "--role", "administrator", "--from", "01.02.2026"), 2, "YYYY-MM-DD"),
        (("affiliate", "zhang", "--at", "CN", "--role", "trainer", "--department", "NS"), 1, "no department"),
        (("affiliate", "zhang", "--at", "CN", "--role", "department_head"), 1, "Name the department"),
        (("add", "bad name/<b>", "--name", "样例", "--password-stdin"), 1, "cannot be a user name"),
        (("add", "good", "--name", "样例", "--email", "notmail", "--password-stdin"), 1, "no e-mail address"),
        (("end", "zhang", "77"), 1, "Theirs are: none"),
        (("staff", "zhang", "--at", "CN", "--number", "7"), 1, "no staff with the number '7'"),
        (("password", "nobody", "--password-stdin"), 1, "no user 'nobody'"),
        (("lock", "nobody"), 1, "no user 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_way_to_mend_it(lianyi, zhang, arguments, code, said):
    before = AuditEvent.objects.count()
    answer = lianyi("user", *arguments, given=PASSWORD)
    assert answer.exit_code == code
    assert said in answer.stderr
    assert AuditEvent.objects.count() == before


def test_a_password_is_changed(lianyi, zhang):
    assert lianyi("user", "password", "zhang", "--password-stdin", given="Gelbe-Wolke-3318\n").exit_code == 0
    zhang.refresh_from_db()
    assert zhang.check_password("Gelbe-Wolke-3318")
    assert not zhang.must_change_password


def test_a_locked_user_is_shut_out_and_unlocking_forgets_wrong_passwords(lianyi, zhang, rf):
    assert lianyi("user", "lock", "zhang").exit_code == 0
    request = rf.post("/login/")
    assert authenticate(request, username="zhang", password=PASSWORD) is None
    AccessAttempt.objects.create(username="zhang", ip_address="192.0.2.7", failures_since_start=9)
    assert lianyi("user", "unlock", "zhang").exit_code == 0
    assert not AccessAttempt.objects.filter(username="zhang").exists()
    assert authenticate(request, username="zhang", password=PASSWORD) == zhang


def test_a_user_is_linked_with_their_staff_record_once(lianyi, zhang, tmp_path):
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "institutions.csv").write_text(
        "code,name_zh,kind,place_code\nCHRMYY,样例县医院,general_hospital,522327\n", encoding="utf-8"
    )
    (tables / "staff.csv").write_text(
        "institution_code,code,name_zh,profession\nCHRMYY,EM01,样例甲,doctor\nCHRMYY,EM02,样例乙,doctor\n",
        encoding="utf-8",
    )
    assert lianyi("import", "--folder", tables).exit_code == 0
    assert lianyi("user", "staff", "zhang", "--at", "CHRMYY", "--number", "EM01").exit_code == 0
    assert Staff.objects.get(code="EM01").user == zhang
    assert Institution.objects.get(code="CHRMYY").staff.filter(user__isnull=True).count() == 1
    again = lianyi("user", "staff", "zhang", "--at", "CHRMYY", "--number", "EM02")
    assert (again.exit_code, "linked already" in again.stderr) == (1, True)


def test_an_ended_affiliation_says_its_last_day_is_not_before_the_first(lianyi, zhang):
    lianyi("user", "affiliate", "zhang", "--at", "CN", "--role", "administrator", "--from", "2026-02-01")
    affiliation = Affiliation.objects.get(user=zhang)
    answer = lianyi("user", "end", "zhang", affiliation.pk, "--last-day", "2026-01-01")
    assert (answer.exit_code, "before the first day 2026-02-01" in answer.stderr) == (1, True)
    affiliation.refresh_from_db()
    assert affiliation.valid_to is None
    assert datetime.date(2026, 2, 1) == affiliation.valid_from
