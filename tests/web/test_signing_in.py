from __future__ import annotations

import datetime

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from lianyi.accounts.models import User
from lianyi.accounts.roles import Role
from tests.web.factories import PASSWORD, affiliate, make_user, signed_in

NEW_PASSWORD = "calm-meadow-58"


def sign_in(client: Client, username: str, password: str, **data: str):
    return client.post("/login/", {"username": username, "password": password, **data})


def test_a_page_asks_a_stranger_to_sign_in_and_leads_back(world):
    client = Client()
    asked = client.get("/accounts/users/?q=a")
    assert asked.headers["Location"] == "/login/?next=%2Faccounts%2Fusers%2F%3Fq%3Da"
    answer = sign_in(client, "admin", PASSWORD, next="/accounts/users/?q=a")
    assert answer.headers["Location"] == "/accounts/users/?q=a"


def test_a_part_of_a_page_asked_for_by_a_stranger_moves_the_whole_page_to_the_login(db):
    answer = Client().get("/accounts/users/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/login/?next=%2Faccounts%2Fusers%2F"


def test_signing_in_never_leads_to_another_site(world):
    answer = sign_in(Client(), "admin", PASSWORD, next="https://elsewhere.example/")
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_told_beside_the_form(world):
    client = Client()
    client.cookies["django_language"] = "en"
    answer = sign_in(client, "admin", "wrong")
    assert "The user name or the password is wrong." in answer.content.decode()


@pytest.mark.usefixtures("world")
def test_too_many_wrong_passwords_close_the_door_and_say_how_long():
    client = Client()
    client.cookies["django_language"] = "en"
    for _try in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(client, "admin", "wrong").status_code == 200
    answer = sign_in(client, "admin", "wrong")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "closed for 15 minutes" in answer.content.decode()
    # The right password does not help now either.
    assert sign_in(client, "admin", PASSWORD).status_code == 429


@pytest.mark.usefixtures("world")
def test_one_address_that_tries_many_names_is_closed_and_its_own_retries_do_not_keep_it_closed():
    client = Client()
    client.cookies["django_language"] = "en"
    start = timezone.now()
    limit = settings.CONFIG.login_attempts_per_address
    with time_machine.travel(start, tick=False):
        answers = [sign_in(client, f"name-{number}", "wrong").status_code for number in range(limit)]
        assert answers == [200] * (limit - 1) + [429]
        refused = sign_in(client, "admin", PASSWORD)
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
        assert "Too many wrong passwords came from this address" in refused.content.decode()
        assert sign_in(Client(REMOTE_ADDR="192.0.2.9"), "admin", PASSWORD).status_code == 302
    with time_machine.travel(start + datetime.timedelta(minutes=14), tick=False):
        assert sign_in(client, "admin", PASSWORD).status_code == 429
    with time_machine.travel(start + datetime.timedelta(minutes=16), tick=False):
        assert sign_in(client, "admin", PASSWORD).status_code == 302


def test_a_person_shut_out_cannot_sign_in_and_a_session_ends_at_once(world):
    client = signed_in("doctor")
    assert client.get("/").status_code == 200
    User.objects.filter(username="doctor").update(is_active=False)
    assert client.get("/").headers["Location"] == "/login/?next=%2F"
    assert "sessionid" not in sign_in(Client(), "doctor", PASSWORD).cookies


def test_the_service_account_cannot_sign_in(world):
    assert "sessionid" not in sign_in(Client(), "lianyi-service", "!").cookies


def test_a_session_ends_after_the_time_set(world):
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        client = Client()
        sign_in(client, "doctor", PASSWORD)
        kept = Session.objects.get()
        assert kept.expire_date == start + datetime.timedelta(minutes=settings.CONFIG.session_minutes)
    with time_machine.travel(start + datetime.timedelta(minutes=settings.CONFIG.session_minutes + 1), tick=False):
        assert client.get("/").headers["Location"] == "/login/?next=%2F"


def test_the_session_cookie_is_hidden_from_scripts_and_ends_with_the_browser(world):
    cookie = sign_in(Client(), "doctor", PASSWORD).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_signing_out_needs_a_form_and_ends_the_session(world):
    client = signed_in("doctor")
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").status_code == 302


def test_the_language_kept_with_a_person_is_that_of_their_pages(world):
    affiliate(make_user("guest", language="en"), world.hospital, Role.TRAINER)
    client = Client()
    sign_in(client, "guest", PASSWORD)
    assert '<html lang="en">' in client.get("/").content.decode()


def own_password_form(client: Client, **changes: str):
    data = {"present": PASSWORD, "password": NEW_PASSWORD, "repeated": NEW_PASSWORD, "command_key": "k1", **changes}
    return client.post("/accounts/password/", data)


def test_a_first_password_must_be_changed_before_anything_else(world):
    user = make_user("newcomer", must_change_password=True)
    affiliate(user, world.hospital, Role.TRAINER)
    client = signed_in("newcomer")
    assert client.get("/").headers["Location"] == "/accounts/password/?next=%2F"
    page = client.get("/accounts/password/").content.decode()
    assert "Choose a password of your own before you go on." in page
    assert "At least 10 characters." in page
    assert own_password_form(client).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    user.refresh_from_db()
    assert (user.must_change_password, user.check_password(NEW_PASSWORD)) == (False, True)


def test_a_first_password_can_be_changed_before_any_affiliation_is_chosen(world):
    User.objects.filter(username="office").update(must_change_password=True)
    client = signed_in("office")
    assert own_password_form(client, password="short", repeated="short").status_code == 422
    assert own_password_form(client).status_code == 302
    assert User.objects.get(username="office").check_password(NEW_PASSWORD)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"present": "something else"}, "This is not your present password."),
        ({"repeated": "something else"}, "The two passwords differ."),
        ({"password": "1234567890", "repeated": "1234567890"}, "It holds nothing but digits."),
    ],
)
def test_a_new_password_that_does_not_do_is_refused_with_the_reason(world, changes, told):
    answer = own_password_form(signed_in("doctor"), **changes)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert User.objects.get(username="doctor").check_password(PASSWORD)
