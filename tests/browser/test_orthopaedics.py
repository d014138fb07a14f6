"""Orthopaedics of Lucheng: its gaps, the plan, techniques that stayed, the second assessment, the review, the paper."""

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


def open_first(visitor: Visitor, address: str) -> None:
    """Open the first row of a list."""
    visitor.open(address)
    visitor.follow(visitor.page.locator("main td a").first)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_weak_department_closes_its_gaps(own_site: Site, new_visitor: NewVisitor, language: str) -> None:
    office = new_visitor(own_site)
    office.log_in("changzhi-office" if language == "zh-hans" else "lucheng-office", language)
    page = office.page

    # The first assessment, and what is left of its gaps three years later.
    open_first(office, "/growth/assessments/?words=CZ-OR-2018")
    assert page.locator("#items ~ .table-region .tag-bad, section .tag-bad").count() >= 12
    later = page.locator("main a[href*='/compare/']", has_text="CZ-OR-2021")
    office.follow(later)
    closed, still, _new = (int(each) for each in page.locator(".figures strong").all_inner_texts())
    assert (closed, still) == (12, 1)
    assert page.locator(".chart-canvas svg").count() == 1

    # The cycle: gaps in order, and a plan whose records say that it was delivered.
    office.open("/growth/cycles/?words=CZ-LC-SA")
    office.follow(page.locator("td a[href*='/growth/cycles/']").first)
    cycle = office.address
    assert page.locator(".gap-card").count() == 6
    delivered = office.words("已完成", "delivered")
    for title in ("LC-OR", "LC-T04"):
        line = page.locator("tr", has=page.locator("td a", has_text=title))
        assert delivered in line.locator("td").nth(7).inner_text()
    office.follow(page.locator("td a", has_text="LC-T04").first)
    assert page.locator("main", has_text=office.words("持续满", "sustained")).count() == 1

    # The review: every gap but one is closed; the paper holds it all.
    office.open(cycle)
    if page.locator(".page-actions a[href$='/steps/review/']").count():
        take(office, "review")
        office.follow(page.locator("form[action$='/look-back/'] button"))
        take(office, "finish")
    assert page.locator("#gaps-before-after svg").count() == 1
    review = page.locator("section", has=page.locator("#review"))
    assert review.locator(".tag-good", has_text=office.words("已消除", "closed")).count() == 5
    office.follow(page.locator(".page-actions a[href$='/paper/']"))
    assert page.locator(".change-list li").count() == 6

    # From weak to a key specialty: how it grew stands with what could be supported next.
    office.open(cycle)
    office.follow(page.locator(".page-actions a[href$='/specialties/']"))
    grown = page.locator(".gap-card", has=page.locator("li", has_text="CZ-OR-2021"))
    grown.locator("summary").click()
    lines = [line.strip() for line in grown.locator("details li").all_inner_texts()]
    assert [line[:10] for line in lines] == sorted(line[:10] for line in lines)
    for day, word in (("2018-01-01", office.words("薄弱", "weak")), ("2021-09-01", "省级重点专科")):
        assert any(line.startswith(day) and word in line for line in lines)
    assert [code for line in lines for code in ("2018", "2020", "2021") if f"CZ-OR-{code}" in line] == [
        "2018",
        "2020",
        "2021",
    ]

    phone = new_visitor(own_site, PHONE)
    phone.log_in("lucheng-viewer", language)
    phone.open(f"{cycle}paper/")
