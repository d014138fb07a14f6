"""Watchers and link checkers ask for the head of a page only; numbers beyond all keys name nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.web.factories import signed_in

PAGES = ("/", "/accounts/users/", "/accounts/me/", "/accounts/users/new/", "/affiliation/")


@pytest.mark.parametrize("address", PAGES)
def test_the_head_of_a_page_is_answered_like_the_page(world, address):
    client = signed_in("admin")
    answer = client.head(address)
    assert (answer.status_code, answer.content) == (client.get(address).status_code, b"")


def test_the_sign_of_life_answers_a_watcher_who_asks_for_the_head_only(db):
    answer = Client().head("/healthz")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("address", ["/dispatch/postings/", "/dispatch/board/", "/dispatch/on-site/"])
def test_the_head_of_a_list_of_postings_is_answered(world, address):
    assert signed_in("office").head(address).status_code in {200, 302}
    assert signed_in("doctor").head(address).status_code == signed_in("doctor").get(address).status_code


@pytest.mark.parametrize("address", ["/accounts/users/{}/", "/accounts/affiliations/{}/end/", "/dispatch/person/{}/"])
def test_an_address_with_a_number_beyond_all_keys_is_not_found(world, address):
    assert signed_in("admin").get(address.format("9" * 25)).status_code == 404
