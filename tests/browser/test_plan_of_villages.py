"""514 village postings in five batches in a real browser: planned, handed over, approved, published, begun, counted."""

from __future__ import annotations

import datetime
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.approving import (
    approve_all,
    counts,
    plan_page,
    promised_and_delivered,
    publish_all,
    record,
)
from tests.browser.conftest import NewVisitor
from tests.browser.site import Site, run_beside
from tests.browser.test_plan_board import search
from tests.browser.visitor import LANGUAGES, Visitor

PEOPLE, VILLAGES = 514, 109
AGREEMENT = "ZB-FVD-NEXT"
BATCHES = (98, 100, 102, 105, 109)
# A search ends when every goal is proved, long before this; no machine is so slow that it needs all of it.
SEARCH_SECONDS = 900
MOST_MILLISECONDS_OF_A_PRESS = 120_000
# With all lines of the plan, on a machine that does other things too.
MOST_SECONDS_OF_A_PAGE = 20.0


@dataclass(frozen=True)
class AskedBatch:
    """What the needs of one year ask for."""

    first_day: datetime.date
    people: int
    villages: int


@pytest.fixture(scope="module")
def batches(own_site: Site) -> list[AskedBatch]:
    """Open the needs of five years."""
    script = Path(__file__).with_name("open_village_needs.py")
    told = [part.split("=") for part in run_beside(own_site, sys.executable, str(script)).split()]
    found = [AskedBatch(datetime.date.fromisoformat(day), int(people), int(sites)) for day, people, sites in told]
    assert tuple(each.people for each in found) == BATCHES
    return found


@pytest.mark.long
def test_514_village_postings_in_five_batches_are_planned_published_and_counted(
    own_site: Site, new_visitor: NewVisitor, batches: list[AskedBatch]
) -> None:
    planners = speakers(own_site, new_visitor, "zibo-planner")
    for number, batch in enumerate(batches):
        plan_a_batch(planners[number % len(planners)], number + 1, batch)
    chinese, english = speakers(own_site, new_visitor, "zibo-office")
    assert seconds_to_open(chinese, f"/dispatch/approvals/?agreement={AGREEMENT}") < MOST_SECONDS_OF_A_PAGE
    # The office speaks for the hospitals that send, and for the villages of its city.
    assert [approve_all(each, AGREEMENT) for each in (chinese, english)] == [PEOPLE, PEOPLE]
    plan = plan_page(chinese, AGREEMENT)
    assert counts(chinese) == [PEOPLE, PEOPLE, 0]
    assert seconds_to_open(chinese, plan) < MOST_SECONDS_OF_A_PAGE
    first, *later = BATCHES
    chinese.follow(chinese.page.locator("section:has(#batches) tbody th a").first)
    assert publish_all(chinese) == f"已发布{first}行。"
    english.open(plan)
    assert lines_of_batches(english) == [(str(first), "0", "0"), *((str(people), str(people), "0") for people in later)]
    assert publish_all(english) == f"{PEOPLE - first} lines are published."
    assert lines_of_batches(english) == [(str(people), "0", "0") for people in BATCHES]
    begin_and_count(chinese, english, plan, batches[0])


def speakers(site: Site, new_visitor: NewVisitor, username: str) -> list[Visitor]:
    """Let one person sit down at two desks, one for each language."""
    made = []
    for language in LANGUAGES:
        visitor = new_visitor(site)
        visitor.log_in(username, language)
        visitor.page.set_default_timeout(MOST_MILLISECONDS_OF_A_PRESS)
        made.append(visitor)
    return made


def plan_a_batch(planner: Visitor, number: int, batch: AskedBatch) -> None:
    """Plan the needs of one year by a search, and hand the lines over to the agreement."""
    page = planner.page
    planner.open("/dispatch/scenarios/")
    planner.follow(page.locator(".page-actions a[href$='/scenarios/new/']"))
    page.locator("[name=name]").fill(f"样例 {number}")
    page.get_by_label(AGREEMENT).check()
    page.locator("[name=first_day]").fill(str(batch.first_day))
    page.locator("[name=months_per_period]").select_option("3")
    page.locator("[name=periods]").fill("4")
    page.locator("[name=seconds]").fill(str(SEARCH_SECONDS))
    page.locator("details.plan-rules summary").click()
    page.locator("[name=fair_months]").fill("")
    page.locator("[name=most_months]").fill("24")
    planner.follow(page.locator("main form .form-end .btn-primary"))
    search(planner, 1000 * SEARCH_SECONDS)
    assert f"{4 * batch.people} / {4 * batch.people}" in planner.text()
    planner.follow(page.locator(".page-actions a[href$='/hand-over/']"))
    assert page.locator(".count-number").first.inner_text() == str(batch.people)
    planner.follow(page.locator("main form .btn-primary"))


def begin_and_count(chinese: Visitor, english: Visitor, plan: str, first: AskedBatch) -> None:
    """Let the first batch arrive, and compare what is promised with what is delivered."""
    chinese.open(plan)
    assert record(chinese, "arrive", 0, str(first.first_day)) == f"已为{first.people}人登记。"
    assert lines_of_batches(chinese)[0] == (str(first.people), "0", str(first.people))
    delivered = [str(first.people), "1", str(first.villages)]
    assert promised_and_delivered(english, plan) == [
        (promise, count, "running")
        for promise, count in zip(("514 persons", "5 batches", f"{VILLAGES} institutions"), delivered, strict=True)
    ]
    assert [line[1:] for line in promised_and_delivered(chinese, plan)] == [(count, "进行中") for count in delivered]


def seconds_to_open(visitor: Visitor, address: str) -> float:
    """Return how long the server takes for a page."""
    began = time.monotonic()
    assert visitor.context.request.get(f"{visitor.site.url}{address}").ok
    return time.monotonic() - began


def lines_of_batches(visitor: Visitor) -> list[tuple[str, ...]]:
    """Return lines, lines not published, and people who came, of each batch on the plan that stands open."""
    rows = visitor.page.locator("section:has(#batches) tbody tr").all()
    return [tuple(row.locator("td.numeric").nth(at).inner_text() for at in range(3)) for row in rows]
