from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory

from lianyi.accounts.errors import StateRefusedError
from lianyi.errors import ConfigurationError
from lianyi.web import error_pages, views
from tests.web.factories import signed_in

LANGUAGES = ("en", "zh-hans")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_that_does_not_exist_is_answered_with_a_page_of_the_shell(world, language):
    answer = signed_in("doctor", language=language).get("/no-such-page/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert 'id="navigation"' in page
    assert answer.headers["X-Request-ID"] in page


def test_a_record_out_of_reach_is_answered_like_one_that_does_not_exist(world):
    client = signed_in("admin")
    hidden, absent = (client.get(f"/accounts/users/{pk}/") for pk in (world.stranger.pk, 999_999))
    assert hidden.status_code == absent.status_code == 404
    texts = [re.sub(r"[0-9a-f]{32}|/\d+/", "", answer.content.decode()) for answer in (hidden, absent)]
    assert _without_tokens(texts[0]) == _without_tokens(texts[1])
    assert "There is no such record within your reach." in texts[0]


def _without_tokens(page: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value=|name="next" value=)"[^"]*"', "", page)


def test_what_the_role_may_not_do_is_answered_with_403_and_advice(world):
    answer = signed_in("doctor").get("/accounts/users/")
    assert answer.status_code == 403
    assert "The role in which you act does not include this." in answer.content.decode()


def test_a_form_without_its_protection_is_refused_with_advice(world):
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    answer = client.post("/login/", {"username": "admin", "password": "x"})
    assert answer.status_code == 403
    assert "The form is too old" in answer.content.decode()


def test_a_bad_request_has_a_page(world):
    request = RequestFactory().get("/")
    answer = error_pages.bad_request(request)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (StateRefusedError("in English only", given="x"), 422, "state does not allow this step"),
        (ConfigurationError("LIANYI_RULES is wrong"), 500, "A setting of this installation cannot be used."),
    ],
)
def test_a_refusal_becomes_a_page_with_its_status(world, monkeypatch, error, status, told):
    def refuse(_actor):
        raise error

    monkeypatch.setattr(views, "home_items", refuse)
    answer = signed_in("doctor").get("/")
    assert answer.status_code == status
    assert told in answer.content.decode()


def test_a_form_sent_again_for_something_else_is_answered_with_409(world):
    client = signed_in("admin")
    address = f"/accounts/users/{world.doctor.pk}"
    client.post(f"{address}/active/", {"active": "no", "command_key": "one"})
    data = {"password": "calm-meadow-58", "repeated": "calm-meadow-58", "command_key": "one"}
    answer = client.post(f"{address}/password/", data)
    assert answer.status_code == 422
    assert "This form was sent already for something else." in answer.content.decode()
    client.post(f"{address}/password/", {**data, "command_key": "two"})
    answer = client.post(f"{address}/active/", {"active": "yes", "command_key": "two"})
    assert answer.status_code == 409


def test_a_form_without_a_command_key_does_nothing(world):
    answer = signed_in("admin").post(f"/accounts/users/{world.doctor.pk}/active/", {"active": "no"})
    assert answer.status_code == 422
    world.doctor.refresh_from_db()
    assert world.doctor.is_active


def test_a_failure_is_told_in_both_languages(world, monkeypatch):
    def fail(_actor):
        raise RuntimeError("broken")

    monkeypatch.setattr(views, "home_items", fail)
    client = signed_in("doctor")
    client.raise_request_exception = False
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "程序出错了" in page
    assert "Something in the program went wrong" in page
    assert answer.headers["X-Request-ID"] in page


def test_the_page_of_a_failure_needs_no_database():
    # This test has no database: any query would fail it.
    answer = error_pages.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "/static/web/lianyi.css" in answer.content.decode()
