"""Training in a real browser: a session with its code of the day, a free clinic on a phone, what the tests changed."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary"))


def choose_agreement(visitor: Visitor) -> None:
    option = visitor.page.locator("[name=agreement] option", has_text="HC-CH-2026")
    visitor.page.locator("[name=agreement]").select_option(option.get_attribute("value"))


def plan_session(office: Visitor, code: str, kind: str) -> str:
    """Plan a session of today and return its address."""
    office.open("/growth/training/sessions/")
    office.follow(office.page.locator(".page-actions a[href$='/new/']"))
    choose_agreement(office)
    page = office.page
    page.locator("[name=code]").fill(f"{code}-{office.language}")
    page.locator("[name=kind]").select_option(kind)
    page.locator("[name=title]").fill("样例活动")
    page.locator("[name=day]").fill(str(datetime.date.today()))  # noqa: DTZ011 - the day of the machine, as the site has it
    page.locator("[name=place]").fill("样例会议室")
    send(office)
    return office.address


@pytest.mark.parametrize("language", LANGUAGES)
def test_training_of_ceheng_is_planned_attended_by_code_held_and_counted(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office = new_visitor(own_site)
    office.log_in("ceheng-office", language)
    lecture = plan_session(office, "BROWSER-L", "lecture")
    office.follow(office.page.locator(".page-actions a[href$='/code/']"))
    send(office)
    code = office.page.locator(".wall-code strong").inner_text()
    came = new_visitor(own_site, PHONE)
    came.log_in("huicheng-posted", language)
    came.open("/growth/training/mine/")
    came.follow(came.page.locator(".page-actions a"))
    came.page.locator("[name=code]").fill(code.lower())
    send(came)
    assert came.page.locator("table td", has_text="样例活动").count() >= 1
    office.open(lecture)
    office.follow(office.page.locator(".page-actions a[href$='/step/hold/']"))
    send(office)
    assert office.page.locator(".tag-good, h1 .tag").count() >= 1
    clinic = plan_session(office, "BROWSER-F", "free_clinic")
    phone = new_visitor(own_site, PHONE)
    phone.log_in("ceheng-office", language)
    phone.open(f"{clinic}step/hold/")
    phone.page.locator("[name=people_seen]").fill("31")
    phone.page.locator("[name=count_female_65_up]").fill("12")
    phone.page.locator("[name=count_consultation]").fill("30")
    send(phone)
    assert "31" in phone.text()
    watching = new_visitor(own_site)
    watching.log_in("ceheng-viewer", language)
    watching.open("/growth/training/figures/")
    assert watching.page.locator("[data-chart=training-courses-data]").count() == 1


def test_the_chest_pain_course_shows_its_change_gives_certificates_and_prints_one(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    office = new_visitor(own_site)
    office.log_in("ceheng-office", "zh-hans")
    office.open("/growth/training/")
    office.follow(office.page.locator("main td a", has_text="胸痛急救课程"))
    assert office.page.locator("[data-chart=training-pairs-data]").count() == 1
    assert "+25.4" in office.text()
    office.follow(office.page.locator(".page-actions a[href$='/certificates/']"))
    send(office)
    paper = office.download(office.page.locator("main a[href$='.pdf']").first)
    assert Path(paper.path()).read_bytes().startswith(b"%PDF-")
