"""Needs in a real browser: a gap chosen on the survey page becomes a draft, is submitted, approved and opened."""

from __future__ import annotations

import datetime

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def take(visitor: Visitor, step: str) -> None:
    """Press the button of a step on the page of a need, and send its form."""
    visitor.follow(visitor.page.locator(f".page-actions a[href$='/steps/{step}/']"))
    visitor.follow(visitor.page.locator("main form .btn-primary"))


def put_forward(bureau: Visitor) -> str:
    """Put the shortfall of general practitioners forward from its line, and return the page of the gap."""
    bureau.open("/survey/shortfalls/?place=520204")
    link = bureau.page.locator("td a[href*='requirement=general-practitioners'][href*='place=520204']").first
    bureau.follow(link)
    bureau.page.locator("[name=note]").fill("样例说明")
    bureau.follow(bureau.page.locator("main form .btn-primary"))
    return bureau.address


def complete(planner: Visitor) -> None:
    """Say for whom, from when to when, and fewer than the whole region lacks."""
    planner.follow(planner.page.locator(".page-actions a[href$='/change/']"))
    today = datetime.date.today()  # noqa: DTZ011 - the day of the machine, as the site has it
    planner.page.locator("[name=institution]").fill("SCRMYY")
    planner.page.locator("[name=people]").fill("2")
    planner.page.locator("[name=starts_on]").fill(str(today))
    planner.page.locator("[name=ends_on]").fill(str(today + datetime.timedelta(days=300)))
    planner.follow(planner.page.locator("main form .btn-primary"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_gap_chosen_on_the_survey_page_becomes_a_need_that_is_opened_for_help(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    bureau = new_visitor(own_site)
    bureau.log_in("liupanshui-viewer", language)
    gap = put_forward(bureau)
    need = str(bureau.page.locator("main a[href*='/dispatch/needs/']").get_attribute("href"))
    planner = new_visitor(own_site, PHONE)
    planner.log_in("shuicheng-planner", language)
    planner.follow(planner.page.locator(".task-list a[href*='origin=survey_gap']"))
    planner.open(need)
    assert "样例说明" in planner.text()
    complete(planner)
    take(planner, "submit")
    assert planner.page.locator(".page-actions a[href$='/steps/approve/']").count() == 0
    office = new_visitor(own_site)
    office.log_in("shuicheng-office", language)
    office.follow(office.page.locator(".task-list a[href*='standing=submitted']"))
    office.follow(office.page.locator(f"main td a[href='{need}']"))
    take(office, "approve")
    planner.open(need)
    take(planner, "open")
    assert planner.page.locator(".page-actions a[href*='/steps/']").count() == 1
    bureau.open(gap)
    assert bureau.page.locator(f"main a[href='{need}'] + .tag-warning").count() == 1
    planner.open("/dispatch/needs/?standing=open")
    assert planner.page.locator(f"main a[href='{need}']").count() == 1
    planner.open("/dispatch/needs/proposals/")
