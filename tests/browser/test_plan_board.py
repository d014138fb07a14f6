"""The plan board in a real browser: Ceheng's fifteen postings, from the first search to what they deliver."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path

import pytest

from lianyi.methods.periods import add_calendar_months
from tests.browser.approving import (
    approve_all,
    counts,
    plan_page,
    promised_and_delivered,
    publish_all,
    record,
    today,
)
from tests.browser.conftest import NewVisitor
from tests.browser.site import Site, run_beside
from tests.browser.visitor import LANGUAGES, Visitor

PEOPLE = 15
AGREEMENT = "HC-CH-NEXT"
FIELDS = ("em", "ur", "cv", "og", "or", "rd", "an")
# Its goals are proved within a second; whoever has a slow machine waits longer.
SEARCH_MILLISECONDS = 300_000


@pytest.fixture(scope="module")
def needs_are_open(own_site: Site) -> None:
    script = Path(__file__).with_name("open_needs.py")
    assert run_beside(own_site, sys.executable, str(script)).strip() == f"{PEOPLE} people"


def this_month() -> datetime.date:
    return today().replace(day=1)


def make_scenario(planner: Visitor, name: str) -> None:
    planner.open("/dispatch/scenarios/")
    planner.follow(planner.page.locator(".page-actions a[href$='/scenarios/new/']"))
    planner.page.locator("[name=name]").fill(name)
    planner.page.get_by_label(AGREEMENT).check()
    planner.page.locator("[name=first_day]").fill(str(add_calendar_months(this_month(), -1)))
    planner.page.locator("[name=periods]").fill("6")
    planner.page.locator("[name=seconds]").fill("120")
    planner.follow(planner.page.locator("main form .form-end .btn-primary"))


def search(planner: Visitor, milliseconds: int = SEARCH_MILLISECONDS) -> None:
    """Ask for a search, and wait for the page to load itself again when it has ended."""
    planner.follow(planner.page.locator(".page-actions form[action$='/search/'] button"))
    ended = planner.page.locator("#search:not([hx-get]) .tag-good")
    ended.wait_for(timeout=milliseconds)
    planner.check()


def bars(planner: Visitor) -> int:
    return planner.page.locator(".plan-bar[data-move]").count()


@pytest.mark.usefixtures("needs_are_open")
def test_fifteen_postings_of_ceheng_are_planned_handed_over_approved_published_and_counted(
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
    three_sides_approve(own_site, new_visitor)
    publish_and_count(own_site, new_visitor)


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


def head_of(site: Site, new_visitor: NewVisitor, username: str, language: str) -> Visitor:
    """Let a head of department sit down; the home page of heads was looked at in other journeys."""
    head = new_visitor(site)
    site.welcomed.add((username, language))
    head.log_in(username, language)
    return head


def three_sides_approve(site: Site, new_visitor: NewVisitor) -> None:
    """Let each side answer on its own page, in either language, all lines with one press."""
    heads = ["huicheng-head", *(f"head-{field}" for field in FIELDS)]
    given = [
        approve_all(head_of(site, new_visitor, username, LANGUAGES[turn % 2]), AGREEMENT)
        for turn, username in enumerate(heads)
    ]
    assert given == [2, 1, 2, 2, 2, 2, 2, 2]
    lead = head_of(site, new_visitor, "huicheng-office", "zh-hans")
    plan_page(lead, AGREEMENT)
    assert counts(lead) == [PEOPLE, 0, PEOPLE]
    assert lead.page.locator("#list .problem-list").first.inner_text().splitlines() == [
        "缺少审批：派出医院。",
        "缺少审批：接收单位。",
    ]
    assert approve_all(lead, AGREEMENT) == PEOPLE
    receiving, beside = (head_of(site, new_visitor, "ceheng-office", language) for language in LANGUAGES)
    beside.open(f"/dispatch/approvals/?agreement={AGREEMENT}")
    assert approve_all(receiving, AGREEMENT) == PEOPLE
    too_late(beside)


def too_late(visitor: Visitor) -> None:
    """Approve a line that a colleague answered meanwhile: nothing is written, and the page says why."""
    box = visitor.page.locator("#list [name=ids]").first
    code = str(box.get_attribute("aria-label")).split()[0]
    box.check()
    visitor.follow(visitor.page.locator("#approve button").first)
    assert "1 of 1 lines cannot be approved, so none was." in visitor.page.locator(".notice-error").inner_text()
    told = visitor.page.locator(".notice-warning").inner_text()
    assert told == f"{code} This side has answered already: receiving unit."


def publish_and_count(site: Site, new_visitor: NewVisitor) -> None:
    lead = head_of(site, new_visitor, "huicheng-office", "zh-hans")
    plan = plan_page(lead, AGREEMENT)
    assert counts(lead) == [PEOPLE, PEOPLE, 0]
    assert publish_all(lead) == "已发布15行。"
    assert [line[1:] for line in promised_and_delivered(lead, plan)] == [("0", "进行中")] * 3
    lead.open(plan)
    assert record(lead, "arrive", 0, str(this_month())) == "已为15人登记。"
    days = (today() - this_month()).days + 1
    served = PEOPLE * days
    assert promised_and_delivered(lead, plan) == [
        ("15 人", "15", "已兑现"),
        ("8 个专业", "8", "已兑现"),
        ("1500 人日", str(served), "进行中"),
    ]
    reader = head_of(site, new_visitor, "ceheng-viewer", "en")
    assert promised_and_delivered(reader, plan) == [
        ("15 persons", "15", "kept"),
        ("8 specialties", "8", "kept"),
        ("1500 person-days", str(served), "running"),
    ]
    reader.follow(reader.page.get_by_role("link", name="Send 15 people", exact=True))
    reader.follow(reader.page.get_by_role("link", name="15 rows", exact=True))
    assert reader.page.locator("#list tbody tr").count() == PEOPLE
