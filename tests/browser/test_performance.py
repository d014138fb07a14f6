"""Performance assessment in a real browser: self-score, outside score, objection, answer, final, frozen."""

from __future__ import annotations

import datetime

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary").last)


def take(visitor: Visitor, step: str) -> None:
    """Press the button of a step, and send its form."""
    visitor.follow(visitor.page.locator(f".page-actions a[href$='/steps/{step}/']"))
    if step == "open":
        last_day = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(days=14)
        visitor.page.locator("[name=objections_until]").fill(last_day.isoformat())
    if step == "freeze":
        visitor.page.locator("[name=purpose]").select_option("money")
    send(visitor)


def self_score(office: Visitor) -> str:
    """Begin a round, fill in its sheet, attach evidence once for two items, submit; return the address."""
    office.open("/indicators/performance/")
    office.follow(office.page.locator(".page-actions a[href$='/performance/new/']"))
    page = office.page
    page.locator("[name=institution]").fill("SZFY")
    page.locator("[name=scheme]").select_option("alliance-2018")
    option = page.locator("[name=agreement] option", has_text="ZB-SZ-2026")
    page.locator("[name=agreement]").select_option(option.get_attribute("value"))
    first, last = ("2026-01-01", "2026-06-30") if office.language == "en" else ("2026-04-01", "2026-09-30")
    page.locator("[name=period_from]").fill(first)
    page.locator("[name=period_to]").fill(last)
    send(office)
    address = office.address
    office.follow(page.locator(".page-actions a[href$='/scores/assessed/']"))
    for item, grade in (("plan", "full"), ("charter", "half"), ("incentive", "half")):
        page.locator(f"[name=g-{item}][value={grade}]").check()
    page.locator("[name=v-other-members]").fill("3")
    page.locator("[name=o-other-members]").fill("2")
    office.accepted_statuses = {422}
    send(office)
    office.accepted_statuses = set()
    assert page.locator(".item-line.is-wrong").count() == 1, "3 of 2 cannot be"
    assert page.locator("[name=g-incentive][value=half]").is_checked()
    page.locator("[name=v-other-members]").fill("1")
    send(office)
    office.follow(page.locator(".page-actions a[href$='/evidence/']"))
    page.locator("[name=what]").fill("样例方案第三页")
    page.locator("[name=holder]").fill("样例帮扶办")
    for item in ("plan", "charter"):
        page.locator(f"[name=items][value={item}]").check()
    send(office)
    assert page.locator("#evidence-1").count() == 1
    for step in ("self_score", "submit"):
        take(office, step)
    return address


def score_from_outside(assessor: Visitor, address: str) -> None:
    """Agree with every self-score but that of the charter, and give the reason of the difference."""
    assessor.follow(assessor.page.locator(".task-list a[href*='waiting=outside']"))
    assessor.open(address)
    page = assessor.page
    assessor.follow(page.locator(".page-actions a[href$='/scores/outside/']"))
    for box in page.locator("[name^=agree-]").all():
        if box.get_attribute("name") != "agree-charter":
            box.check()
    page.locator("[name=g-charter][value=none]").check()
    page.locator("[name=r-charter]").fill("样例：协议已到期")
    send(assessor)
    for step in ("score", "open"):
        take(assessor, step)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_round_goes_from_self_score_to_frozen_with_an_objection_that_another_assessor_answers(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office = new_visitor(own_site, PHONE)
    office.log_in("shizhu-office", language)
    address = self_score(office)
    assessor = new_visitor(own_site)
    assessor.log_in("shizhu-assessor", language)
    score_from_outside(assessor, address)
    office.open(address)
    office.follow(office.page.locator("#item-charter a[href*='/objections/charter/']"))
    office.page.locator("[name=text]").fill("样例：续签协议已生效")
    send(office)
    assessor.open(address)
    assert assessor.page.locator("a[href*='/performance/objections/']").count() == 0
    assert assessor.page.locator(".notice-info").count() == 1
    reviewer = new_visitor(own_site)
    reviewer.log_in("shizhu-reviewer", language)
    reviewer.open(address)
    reviewer.follow(reviewer.page.locator("#item-charter a[href*='/performance/objections/']"))
    page = reviewer.page
    page.locator("[name=answer]").select_option("upheld")
    page.locator("[name=text]").fill("样例：已核对续签协议")
    page.locator("[name=grade]").select_option("half")
    send(reviewer)
    office.open(address)
    take(office, "accept")
    reviewer.open(address)
    take(reviewer, "finish")
    take(reviewer, "freeze")
    assert len(page.locator("#frozen ~ p code").inner_text()) == 64
    assert page.locator("#frozen ~ p .tag-good").count() == 1
    assert page.locator(".page-actions a[href*='/steps/']").count() == 0
    reviewer.follow(page.locator(".page-actions a[href$='/compare/']"))
    assert "样例：协议已到期" in page.locator("table").inner_text()
    reviewer.open(f"{address}paper/" if address.endswith("/") else f"{address}/paper/")
    assert page.locator(".paper-table").count() >= 5
