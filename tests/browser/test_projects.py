"""Ceheng builds neurosurgery and its chest pain centre, in a real browser: moved, reached, signed, on time or not."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary, main form .btn-danger").first)


def fill(visitor: Visitor, **fields: str) -> None:
    for name, value in fields.items():
        box = visitor.page.locator(f"main form [name={name}]")
        if box.evaluate("each => each.localName") == "select":
            box.select_option(value)
        else:
            box.fill(value)


def open_project(visitor: Visitor, code: str) -> str:
    """Find a project in the list by its code, open it, and return its address."""
    visitor.open(f"/growth/projects/?words={code}")
    link = visitor.page.locator("#list tbody tr").filter(has=visitor.page.get_by_text(code, exact=True)).locator("a")
    visitor.follow(link.first)
    return visitor.address


def move(visitor: Visitor, number: int, to: str) -> None:
    """Move a milestone, first without a reason: the form says what it needs and keeps what was typed."""
    visitor.follow(visitor.page.locator(f"#milestone-{number} a[href$='/move/']"))
    fill(visitor, planned_to=to, reason=f"样例：显微镜待修 {to}")
    visitor.page.locator("main form").first.evaluate("each => each.noValidate = true")
    visitor.accepted_statuses = {422}
    send(visitor)
    visitor.accepted_statuses = set()
    assert visitor.page.locator("[name=planned_to]").input_value() == to
    fill(visitor, reason_code="equipment")
    send(visitor)


@pytest.mark.parametrize("language", LANGUAGES)
def test_neurosurgery_moves_with_its_reason_and_the_partner_signs_what_was_reached(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    home, partner = new_visitor(own_site), new_visitor(own_site, PHONE)
    home.log_in("ceheng-office", language)
    partner.log_in("huicheng-office", language)
    address = open_project(home, "CH-NS")
    assert "手术显微镜到货推迟" in home.text()
    # Each language moves to a day of its own: the site is one for both.
    to = "2026-12-31" if language == "en" else "2026-11-30"
    move(home, 5, to)
    assert f"显微镜待修 {to}" in home.text()
    home.follow(home.page.locator("main a[href$='/milestones/new/']"))
    name = f"样例值班演练 {language}"
    fill(home, name_zh=name, planned_from="2022-09-01", planned_to="2022-12-31", signed_by="partner")
    send(home)
    line = home.page.locator("tr[id^=milestone-]", has_text=name)
    assert home.words("逾期", "late") in line.inner_text()
    home.follow(line.locator("a[href$='/reach/']"))
    fill(home, on="2023-03-20", evidence="样例演练记录 3 号")
    send(home)
    assert home.page.locator("tr[id^=milestone-]", has_text=name).locator("a[href$='/sign/']").count() == 0
    partner.open(address)
    partner.follow(partner.page.locator("tr[id^=milestone-]", has_text=name).locator("a[href$='/sign/']"))
    send(partner)
    signed = partner.page.locator("tr[id^=milestone-]", has_text=name)
    assert partner.words("已达到并签字", "reached and signed") in signed.inner_text()
    # 2022-12-31 to 2023-03-20.
    assert "79" in signed.locator("td.numeric").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chest_pain_centre_is_seen_over_time_and_against_its_time_standards(
    site: Site, new_visitor: NewVisitor, language: str
) -> None:
    home, viewer = new_visitor(site), new_visitor(site, PHONE)
    home.log_in("ceheng-office", language)
    viewer.log_in("huicheng-office", language)
    home.open("/growth/projects/over-time/?agreement=HC-CH-2026")
    drawing = home.page.locator("svg.gantt")
    expect(drawing).to_be_visible()
    assert drawing.locator(".gantt-diamond-signed").count() == 2
    assert drawing.locator(".gantt-diamond-reached").count() == 1
    viewer.open("/growth/projects/over-time/?agreement=HC-CH-2026")
    # On a phone the milestones stand below one another with their days.
    expect(viewer.page.locator("svg.gantt")).to_be_hidden()
    assert viewer.page.locator("main tbody tr .tag").count() >= 6
    open_project(home, "CH-CPC-2026")
    home.follow(home.page.locator("main a[href$='/times/']"))
    text = home.text()
    # First ECG within 10 minutes: 7, 9, 6, 8, 5, 4 and 8 of nine; out of the first door within 30 minutes: 24, 29, 27,
    # 30 and 26; open vessel within 90 minutes of the door: 43, 41 and 57, and none within 120 of the first contact.
    for share in ("77.8 % (7 / 9)", "55.6 % (5 / 9)", "100.0 % (3 / 3)", "0.0 % (0 / 3)"):
        assert share in text
    assert home.page.locator("[data-chart]").count() >= 4
    open_project(viewer, "CH-CPC-2026")
    viewer.follow(viewer.page.locator("main a[href$='/times/']"))
    # Huicheng only counts, and sees no small number.
    assert "(4 / 6)" not in viewer.text()
    assert viewer.words("不显示", "hidden") in viewer.text()
