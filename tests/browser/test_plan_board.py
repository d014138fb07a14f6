"""The plan board in a real browser: Ceheng's fifteen postings are planned, changed by hand and handed over."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site, run_beside
from tests.browser.visitor import LANGUAGES, Visitor

PEOPLE = 15
SEARCH_MILLISECONDS = 90_000


@pytest.fixture(scope="module")
def needs_are_open(own_site: Site) -> None:
    script = Path(__file__).with_name("open_needs.py")
    assert run_beside(own_site, sys.executable, str(script)).strip() == f"{PEOPLE} people"


def make_scenario(planner: Visitor, name: str) -> None:
    planner.open("/dispatch/scenarios/")
    planner.follow(planner.page.locator(".page-actions a[href$='/scenarios/new/']"))
    planner.page.locator("[name=name]").fill(name)
    planner.page.get_by_label("HC-CH-2026").check()
    planner.page.locator("[name=first_day]").fill("2027-01-01")
    planner.page.locator("[name=periods]").fill("6")
    planner.page.locator("[name=seconds]").fill("30")
    planner.follow(planner.page.locator("main form .form-end .btn-primary"))


def search(planner: Visitor) -> None:
    """Ask for a search, and wait for the page to load itself again when it has ended."""
    planner.follow(planner.page.locator(".page-actions form[action$='/search/'] button"))
    ended = planner.page.locator("#search:not([hx-get]) .tag-good")
    ended.wait_for(timeout=SEARCH_MILLISECONDS)
    planner.check()


def bars(planner: Visitor) -> int:
    return planner.page.locator(".plan-bar[data-move]").count()


@pytest.mark.usefixtures("needs_are_open")
def test_fifteen_postings_of_ceheng_are_planned_by_hand_and_by_search_and_handed_over(
    own_site: Site, new_visitor: NewVisitor
) -> None:
    tried = {}
    for language in LANGUAGES:
        planner = new_visitor(own_site)
        planner.log_in("huicheng-planner", language)
        make_scenario(planner, f"样例 {language}")
        search(planner)
        assert bars(planner) == PEOPLE
        assert "75 / 75" in planner.text()
        tried[language] = planner
    chinese, english = (tried[language] for language in LANGUAGES)
    by_hand(chinese)
    english.follow(english.page.locator(".page-actions a[href$='/compare/']"))
    assert english.page.locator(".plan-compare thead th").count() == 1 + len(LANGUAGES)
    hand_over(chinese)


def by_hand(planner: Visitor) -> None:
    """Shorten a line with the form, move it with the keyboard and by dragging, then search again: it stays."""
    page = planner.page
    name = page.locator(".plan-bar[data-move]").first.inner_text()
    planner.follow(page.locator(".plan-bar[data-move]").first)
    page.locator("[name=last]").select_option("3")
    page.locator("#verdict .notice-success").wait_for()
    planner.follow(page.locator("main form .form-end .btn-primary"))
    bar = page.locator(".plan-bar.plan-locked", has_text=name)
    assert bar.get_attribute("data-first") == "1"
    bar.focus()
    with page.expect_navigation(timeout=SEARCH_MILLISECONDS):
        page.keyboard.press("Alt+ArrowRight")
    planner.check()
    assert bar.get_attribute("data-first") == "2"
    row = page.locator("tr.plan-line", has=bar)
    page.locator(".plan-region").evaluate("region => region.scrollTo(0, 0)")
    with page.expect_navigation(timeout=SEARCH_MILLISECONDS):
        bar.drag_to(row.locator("td[data-period='1']"))
    planner.check()
    assert bar.get_attribute("data-first") == "1"
    search(planner)
    assert bar.get_attribute("data-first") == "1"
    assert page.locator(".plan-bar.plan-locked").count() == 1
    assert page.locator(".plan-open").count() == 0 or "75 / 75" not in planner.text()
    planner.follow(page.locator(".plan-bar.plan-locked"))
    planner.follow(page.locator(".page-actions form[action$='/unlock/'] button"))
    search(planner)
    assert bars(planner) == PEOPLE


def hand_over(planner: Visitor) -> None:
    planner.follow(planner.page.locator(".page-actions a[href$='/hand-over/']"))
    assert planner.page.locator(".table tbody tr").count() == PEOPLE
    planner.follow(planner.page.locator("main form .btn-primary"))
    assert planner.page.locator(".page-actions a[href$='/repair/']").count() == 1
    planner.open("/dispatch/needs/?standing=open")
    planner.follow(planner.page.locator("main td a[href*='/dispatch/needs/']").first)
    assert planner.page.locator("#postings ~ .table-region tbody tr, section:has(#postings) tbody tr").count() > 0
