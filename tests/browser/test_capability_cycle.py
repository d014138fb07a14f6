"""Capability in a real browser: a chest pain centre is assessed and checked, a cycle turns, specialties are ranked."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary").last)


def take(visitor: Visitor, step: str) -> None:
    """Press the button of a step, and send its form."""
    visitor.follow(visitor.page.locator(f".page-actions a[href$='/steps/{step}/']"))
    send(visitor)


def assess_chest_pain(office: Visitor) -> str:
    """Assess the chest pain centre of Ceheng by its times, one of them contradicted at first; return the address."""
    office.open("/growth/assessments/new/?institution=CHRMYY&checklist=chest-pain-centre")
    page = office.page
    page.locator("[name=institution]").fill("CHRMYY")
    option = page.locator("[name=agreement] option", has_text="HC-CH-2026")
    page.locator("[name=agreement]").select_option(option.get_attribute("value"))
    page.locator("[name=assessed_on]").fill("2026-10-10" if office.language == "en" else "2026-10-11")
    page.locator("[name=assessed_by]").fill("样例评估组")
    send(office)
    page.locator("[name=v-bypass-self]").fill("55%")
    page.locator("[name=v-bypass-ambulance]").fill("21%")
    page.locator("[name=r-bypass-ambulance][value=met]").check()
    page.locator("[name=e-bypass-ambulance]").fill("样例登记十二例")
    page.locator("[name=r-committee][value=met]").check()
    office.accepted_statuses = {422}
    send(office)
    office.accepted_statuses = set()
    assert page.locator(".item-line.is-wrong").count() == 1
    assert page.locator("[name=e-bypass-ambulance]").input_value() == "样例登记十二例"
    page.locator("[name=r-bypass-ambulance][value=not_met]").check()
    send(office)
    return office.address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chest_pain_centre_is_assessed_checked_by_another_side_and_stands_beside_the_last_one(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office = new_visitor(own_site, PHONE)
    office.log_in("ceheng-office", language)
    assessment = assess_chest_pain(office)
    take(office, "submit")
    assert office.page.locator(".page-actions a[href$='/steps/check/']").count() == 0
    checker = new_visitor(own_site)
    checker.log_in("huicheng-office", language)
    checker.follow(checker.page.locator(".task-list a[href*='/assessments/?waiting=yes']"))
    checker.open(assessment)
    take(checker, "check")
    take(checker, "finish")
    assert checker.page.locator(".share-bar").count() > 1
    checker.follow(checker.page.locator("main a[href*='/compare/']").last)
    assert checker.page.locator(".chart-canvas svg").count() == 1
    assert checker.page.locator("td .tag-good").count() > 0
    viewer = new_visitor(own_site)
    viewer.log_in("ceheng-viewer", language)
    viewer.open(assessment)
    assert viewer.page.locator(".page-actions a[href*='/steps/']").count() == 0
    viewer.open("/growth/checklists/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cycle_is_looked_back_on_and_the_next_begins_with_what_goes_on(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office = new_visitor(own_site)
    office.log_in("changzhi-office" if language == "zh-hans" else "zhongshan-office", language)
    office.open("/growth/cycles/")
    row = office.page.locator("tr", has_text="2026").filter(has=office.page.locator("td a[href*='/growth/cycles/']"))
    office.follow(row.locator("td a[href*='/growth/cycles/']").first)
    cycle, page = office.address, office.page
    office.follow(page.locator(".gap-actions a[href$='/move/']").last)
    page.locator("[name=place]").fill("1")
    page.locator("[name=reason]").fill("样例：今年先做这一项")
    send(office)
    assert "样例：今年先做这一项" in page.locator(".gap-card").first.inner_text()
    take(office, "review")
    office.follow(page.locator("form[action$='/look-back/'] button"))
    assert page.locator("#gaps-before-after svg").count() == 1
    take(office, "finish")
    office.follow(page.locator(".facts a[href*='/growth/cycles/of/']"))
    office.follow(page.locator(".page-actions a[href$='/open/']"))
    send(office)
    assert page.locator(f"main a[href^='{cycle}']").count() > 0, "gaps of the new cycle lead to those they come from"
    office.follow(page.locator(".page-actions a[href$='/specialties/']"))
    assert page.locator(".gap-card").count() >= 2
    phone = new_visitor(own_site, PHONE)
    phone.log_in("changzhi-office" if language == "zh-hans" else "zhongshan-office", language)
    phone.open(cycle)


@pytest.mark.parametrize("language", LANGUAGES)
def test_gaps_of_people_are_proposed_as_needs_with_their_place(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    planner = new_visitor(own_site)
    planner.log_in("ceheng-office", language)
    planner.open("/dispatch/needs/proposals/")
    words = "能力差距第" if language == "zh-hans" else "Capability gap at place"
    assert words in planner.text()
