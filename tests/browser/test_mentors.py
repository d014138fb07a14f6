"""Mentors in a real browser: what apprentices of Shizhu do alone; a new pair from its goal to the third signature."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary, main form .btn-danger").first)


def bring_together(office: Visitor) -> str:
    """Write a pair with one goal, and return its address."""
    office.open("/growth/mentors/new/")
    option = office.page.locator("[name=agreement] option", has_text="ZB-SZ-2026")
    office.page.locator("[name=agreement]").select_option(option.get_attribute("value"))
    send(office)
    # Each language has an apprentice of its own: the site is one for both.
    for name, code in (
        ("mentor", "ZBFY/OG05"),
        ("apprentice", "SZFY/OG04" if office.language == "en" else "SZFY/OG01"),
    ):
        person = office.page.locator(f"[name={name}] option", has_text=code)
        office.page.locator(f"[name={name}]").select_option(person.get_attribute("value"))
    office.page.locator("[name=starts_on]").fill("2026-03-02")
    send(office)
    pair = office.address
    office.follow(office.page.locator(".page-actions a[href$='/goals/new/']"))
    office.page.locator("[name=words]").fill(f"样例宫颈活检 {office.language}")
    office.page.locator("[name=level]").select_option("assist")
    office.page.locator("[name=due_on]").fill("2026-12-31")
    send(office)
    return pair


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pair_writes_confirms_and_is_signed_and_what_apprentices_do_alone_is_read(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office, phone = new_visitor(own_site), new_visitor(own_site, PHONE)
    office.log_in("zibo-office", language)
    phone.log_in("shizhu-office", language)
    office.open("/growth/mentors/")
    pair = bring_together(office)
    phone.open(f"{pair}logbook/new/")
    phone.page.locator("[name=done_on]").fill("2026-04-01")
    phone.page.locator("[name=level]").select_option("observe")
    phone.page.locator("[name=count]").fill("2")
    send(phone)
    office.open(pair)
    office.follow(office.page.locator("main a[href$='/confirm/']"))
    send(office)
    office.follow(office.page.locator("main a[href$='/level/']"))
    office.page.locator("[name=level]").select_option("assist")
    office.page.locator("[name=since]").fill("2026-05-04")
    send(office)
    phone.open(pair)
    phone.follow(phone.page.locator("main a[href$='/sign/']"))
    send(phone)
    assert phone.page.locator("main .rung-reached").count() == 2
    phone.open("/growth/mentors/alone/")
    assert "新生儿窒息复苏" in phone.text()
    phone.open("/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_learned_what_from_whom_is_a_picture_a_map_and_a_table(
    site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office, phone = new_visitor(site), new_visitor(site, PHONE)
    office.log_in("zibo-office", language)
    phone.log_in("shizhu-viewer", language)
    office.open("/growth/learned/")
    assert office.page.locator("svg.learned .learned-bar").count() > 6
    assert "SZ-M01" in office.text()
    # A name leads to the page narrowed down to it.
    office.follow(office.page.locator("svg.learned a", has_text="新生儿窒息复苏").first)
    assert office.page.locator("#list tbody tr").count() == 1
    office.open("/growth/learned/?grain=person")
    assert ("样例" if language != "en" else "Sample Zibo") in office.page.locator("#list tbody").inner_text()
    phone.open("/growth/learned/")
    assert "SZ-M01" not in phone.text()
    assert phone.page.locator("#list tbody tr").count() > 3
