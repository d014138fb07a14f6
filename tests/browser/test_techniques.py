"""Techniques in a real browser: what Ceheng does alone, a new one signed by both sides, the ladder of Lucheng."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary, main form .btn-danger").first)


def open_technique(visitor: Visitor, code: str) -> str:
    """Open the page of a technique by its number, and return its address."""
    visitor.open(f"/growth/techniques/?words={code}")
    visitor.follow(visitor.page.locator("main td a").first)
    return visitor.address


def choose_and_teach(office: Visitor, phone: Visitor) -> str:
    """Choose a technique of the department's own, confirm it, and record on a phone the cases that it asks for."""
    office.open("/growth/techniques/new/")
    option = office.page.locator("[name=agreement] option", has_text="HC-CH-2026")
    office.page.locator("[name=agreement]").select_option(option.get_attribute("value"))
    send(office)
    ward = office.page.locator(
        "[name=department] option", has_text="神经外科" if office.language != "en" else "Neurosurgery"
    )
    office.page.locator("[name=department]").select_option(ward.first.get_attribute("value"))
    office.page.locator("[name=name_zh]").fill(f"样例腰大池引流 {office.language}")
    office.page.locator("[name=chosen_on]").fill("2026-02-01")
    send(office)
    address = office.address
    phone.open(f"{address}steps/confirm_ready/")
    phone.page.locator("[name=on]").fill("2026-02-02")
    send(phone)
    for day, part, count in (
        ("2026-03-02", "observed", 2),
        ("2026-04-01", "assisted", 2),
        ("2026-05-06", "supervised", 5),
    ):
        phone.open(f"{address}cases/new/")
        phone.page.locator("[name=done_on]").fill(day)
        phone.page.locator("[name=part]").select_option(part)
        phone.page.locator("[name=local_staff]").select_option(index=1)
        phone.page.locator("[name=posting]").select_option(index=1)
        phone.page.locator("[name=count]").fill(str(count))
        send(phone)
    return address


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_ceheng_does_alone_is_seen_and_a_new_technique_is_signed_by_both_sides(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office, phone = new_visitor(own_site), new_visitor(own_site, PHONE)
    office.log_in("huicheng-office", language)
    phone.log_in("ceheng-office", language)
    kept, lapsed = ("队伍离开后仍在开展", "队伍离开后中断") if language != "en" else ("kept after", "lapsed after")
    open_technique(office, "CH-T01")
    assert kept in office.text()
    assert office.page.locator("[data-chart=technique-months-data]").count() == 1
    office.follow(office.page.locator("main dd a[href*='/growth/ladders/']"))
    assert kept in office.text()
    assert lapsed in office.text()
    address = choose_and_teach(office, phone)
    office.open(f"{address}steps/propose/")
    office.page.locator("[name=on]").fill("2026-06-01")
    send(office)
    phone.open("/")
    phone.open(f"{address}steps/sign/")
    send(phone)
    assert phone.page.locator("main .rung-reached").count() == 6
    office.open("/growth/techniques/?standing=independent")
    office.open("/growth/techniques/catalogue/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ladder_of_stomatology_in_lucheng_is_read_on_a_phone(
    site: Site, new_visitor: NewVisitor, language: str
) -> None:
    phone = new_visitor(site, PHONE)
    phone.log_in("lucheng-office", language)
    open_technique(phone, "LC-T01")
    phone.follow(phone.page.locator("main dd a[href*='/growth/ladders/']"))
    for name in ("机用镍钛器械根管治疗", "牙种植术") if language != "en" else ("Root canal", "Dental implant"):
        assert name in phone.text()
    assert phone.page.locator("main .ladder-row").count() == 3
