"""Reporting of indicators in a real browser: filled in, doubted, checked, accepted, locked, opened again, corrected."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

# Both languages play on one site, so each has a hospital of its own and the month that nobody sent there.
UNITS = {
    "zh-hans": ("LCRMYY", "潞城区人民医院", "2025-11", "lucheng"),
    "en": ("SCRMYY", "Shuicheng District People", "2026-01", "shuicheng"),
}
BOARD = "/indicators/completeness/?family=stroke&period=month&last=2026-02"
FIGURES = {
    "stroke-assessed-mean": ("12.1", ""),
    "stroke-assessed-share": ("60", "75"),
    "stroke-imaging-mean": ("44", ""),
    "stroke-imaging-share": ("55", "75"),
    "stroke-needle-mean": ("63.5", ""),
    "stroke-needle-share": ("14", "25"),
    "stroke-thrombolysis": ("74", "75"),
}


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary, main form .btn-danger").last)


def refused(visitor: Visitor) -> None:
    """Send what cannot be kept: the page comes back with what was typed."""
    visitor.accepted_statuses = {422}
    send(visitor)
    visitor.accepted_statuses = set()


def take(visitor: Visitor, step: str, reason: str = "") -> None:
    visitor.follow(visitor.page.locator(f"main a[href$='/steps/{step}/']").first)
    if reason:
        visitor.page.locator("[name=reason]").fill(reason)
    send(visitor)


def write(visitor: Visitor, code: str, figures: tuple[str, str]) -> None:
    visitor.page.locator(f"[name=n-{code}]").fill(figures[0])
    if figures[1]:
        visitor.page.locator(f"[name=d-{code}]").fill(figures[1])


def standing_of(visitor: Visitor) -> str:
    """Return how the month of the district hospital stands on the board."""
    _code, name, month, _place = UNITS[visitor.language]
    visitor.open(BOARD)
    page = visitor.page
    heads = [each.strip() for each in page.locator(".arrival-table thead th").all_inner_texts()]
    row = page.locator(".arrival-table tbody tr").filter(has_text=name)
    found = row.locator("td").nth(heads.index(month) - 1).get_attribute("class") or ""
    return found.removeprefix("arrival arrival-")


def fill_in(office: Visitor) -> str:
    """Begin the sheet of the month that nobody sent; one error keeps all back; return the address of the sheet."""
    code, _name, month, _place = UNITS[office.language]
    office.open(f"/indicators/sheets/new/?node={code}&family=stroke&period={month}")
    send(office)
    page = office.page
    for indicator, figures in FIGURES.items():
        write(office, indicator, figures)
    write(office, "stroke-needle-share", ("26", "25"))
    refused(office)
    assert page.locator(".figure-line.is-wrong").count() == 1, "26 of 25 cannot be"
    assert page.locator("[name=n-stroke-imaging-share]").input_value() == "55", "what was typed is still there"
    write(office, "stroke-needle-share", FIGURES["stroke-needle-share"])
    send(office)
    return office.address


def explain_and_submit(office: Visitor, address: str) -> None:
    """Submit: the figure far from its own past needs a word first."""
    office.open(address)
    page = office.page
    office.follow(page.locator("main a[href$='/steps/submit/']").first)
    refused(office)
    office.open(address)
    office.follow(page.locator("main a[href$='/figures/']").first)
    doubted = page.locator(".figure-line", has=page.locator(".figure-doubt"))
    assert doubted.filter(has=page.locator("[name=t-stroke-thrombolysis]")).count() == 1
    for line in doubted.all():
        line.locator("[name^=t-]").fill("样例：本月集中登记")
    send(office)
    take(office, "submit")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_month_is_reported_checked_accepted_locked_and_corrected(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    code, _name, month, place = UNITS[language]
    office = new_visitor(own_site, PHONE)
    office.log_in(f"{place}-office", language)
    analyst = new_visitor(own_site)
    analyst.log_in(f"{place}-analyst", language)
    assert standing_of(analyst) == "overdue"
    address = fill_in(office)
    explain_and_submit(office, address)
    assert office.page.locator("main a[href$='/steps/check/']").count() == 0, "nobody checks what the own unit gave"
    analyst.open(address)
    for step in ("check", "accept", "lock"):
        take(analyst, step)
    assert standing_of(analyst) == "late"
    analyst.open(address)
    take(analyst, "reopen", "样例：分子重复登记")
    assert standing_of(analyst) == "overdue", "what is back with the unit is not received"
    office.open(address)
    office.follow(office.page.locator("main a[href$='/figures/']").first)
    write(office, "stroke-thrombolysis", ("26", "75"))
    refused(office)
    office.page.locator("[name=reason]").fill("样例：去掉重复登记")
    send(office)
    take(office, "submit")
    analyst.open(address)
    for step in ("check", "accept"):
        take(analyst, step)
    analyst.open(f"/indicators/values/?code=stroke-thrombolysis&words={code}&since={month}-01&until={month}-01")
    analyst.follow(analyst.page.locator("main table a[href*='/indicators/values/']").first)
    page = analyst.page
    assert page.locator(".value-figure").inner_text() == "34.7 %"
    corrections = page.locator("[aria-labelledby=changes] table").inner_text()
    assert "74 / 75" in corrections
    assert "样例：去掉重复登记" in corrections
    page.locator("#value-series canvas, #value-series svg").first.wait_for()
    assert page.locator("text=2025-03").count() >= 1
