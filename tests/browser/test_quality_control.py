"""Quality control in a real browser: the wall, a chart, a case from signal to signed check, the funnel."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site, serving
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

SHARE = "chest-pain-ecg-share"


@pytest.fixture
def new_site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for one journey: of a unit, an indicator and a side one case is open at most."""
    with serving(demo, tmp_path_factory.mktemp("quality-site")) as running:
        yield running


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary, main form .btn-danger").last)


def take(visitor: Visitor, step: str) -> None:
    visitor.follow(visitor.page.locator(f".page-actions a[href$='/steps/{step}/']"))


def today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


def open_case(analyst: Visitor) -> str:
    """Look at the wall, open the chart with the new signal, open its case and name the owner; return the address."""
    page = analyst.page
    analyst.open(f"/indicators/charts/?code={SHARE}&sort=signal")
    assert page.locator(".alarm-account dd").count() == 6
    assert page.locator(".wall-card").count() == 4
    assert page.locator(".wall-card .small-chart").count() == 3, "one hospital has two values only"
    analyst.follow(page.locator(".wall-card .wall-name").first)
    assert page.locator(".drawing svg path.upper").count() == 1
    analyst.follow(page.locator("a[href*='/open/']").first)
    send(analyst)
    address = analyst.address
    take(analyst, "assign")
    page.locator("[name=owner]").select_option(label="Sample Guangming hospital quality office")
    page.locator("[name=due_on]").fill((today() + datetime.timedelta(days=30)).isoformat())
    send(analyst)
    return address


def find_cause_and_act(owner: Visitor, address: str) -> None:
    page = owner.page
    owner.follow(page.locator(".task-list a[href*='waiting=mine']"))
    owner.open(address)
    take(owner, "find_cause")
    page.locator("[name=cause_kind]").select_option("equipment")
    page.locator("[name=cause]").fill("样例：心电图机送修")
    send(owner)
    take(owner, "agree")
    page.locator("[name=what]").fill("样例：备用机")
    page.locator("[name=owner_words]").fill("样例：设备科")
    page.locator("[name=due_on]").fill((today() + datetime.timedelta(days=10)).isoformat())
    send(owner)
    owner.follow(page.locator("a[href*='/done/']"))
    page.locator("[name=evidence]").fill("样例：验收单")
    send(owner)
    assert page.locator(".page-actions a[href*='/steps/']").count() == 0, "somebody else checks"
    assert page.locator("#since").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signal_becomes_a_case_that_is_checked_by_somebody_else(
    new_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    analyst = new_visitor(new_site)
    analyst.log_in("guangming-analyst", language)
    address = open_case(analyst)
    owner = new_visitor(new_site, PHONE)
    owner.log_in("guangming-quality", language)
    find_cause_and_act(owner, address)
    page = analyst.page
    analyst.open(address)
    take(analyst, "start_check")
    send(analyst)
    take(analyst, "sign_worked")
    page.locator("[name=words]").fill("样例：已查看")
    analyst.accepted_statuses = {422}
    send(analyst)
    analyst.accepted_statuses = set()
    assert page.locator(".notice-error, .field-error, [role=alert]").count() >= 1, "it is too early to sign"
    analyst.open("/indicators/quality-cases/?waiting=check")
    analyst.follow(page.locator("main table a", has_text="QC-SAMPLE-2"))
    take(analyst, "start_check")
    send(analyst)
    take(analyst, "sign_worked")
    page.locator("[name=words]").fill("样例：已核对考核记录")
    send(analyst)
    assert page.locator("#checks").count() == 1
    take(analyst, "close")
    send(analyst)
    assert page.locator("h1 .tag", has_text=analyst.words("已结案", "closed")).count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_funnel_is_read_and_ranks_nobody(site: Site, new_visitor: NewVisitor, language: str) -> None:
    analyst = new_visitor(site, PHONE)
    analyst.log_in("guangming-analyst", language)
    analyst.open(f"/indicators/funnel/?code={SHARE}&span=3")
    page = analyst.page
    assert page.locator(".drawing svg .unit").count() == 3
    assert page.locator("main thead button, main thead a").count() == 0, "nothing sorts by the value"
    page.locator("[name=sort]").select_option("outside")
    analyst.follow(page.locator("main form .btn-primary"))
    analyst.follow(page.locator("main tbody a").first)
    assert page.locator("#points").count() == 1
