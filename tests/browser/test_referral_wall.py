"""The wall of a duty room and the figures of referrals in a real browser: languages, keyboard, dark look, phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

WALL = "/referrals/wall/"
FULL_HD = {"width": 1920, "height": 1080}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_wall_is_read_from_afar_and_worked_with_the_keyboard(
    site: Site, new_visitor: NewVisitor, language: str
) -> None:
    visitor = new_visitor(site, FULL_HD)
    visitor.log_in("changzhi-duty", language)
    visitor.open(WALL)
    page = visitor.page
    root, sound = page.locator("html"), page.locator("[data-wall=sound]")
    expect(sound).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("d")
    expect(page.locator("html.wall-dark")).to_have_count(1)
    visitor.check()
    page.keyboard.press("s")
    expect(sound).to_have_attribute("aria-pressed", "true")
    expect(sound).to_contain_text(visitor.words("声音已开", "Sound is on"))
    page.reload()
    # The look is remembered, a sound never starts by itself.
    expect(page.locator("html.wall-dark")).to_have_count(1)
    expect(sound).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("d")
    expect(root).not_to_have_class("wall-dark")


def test_the_clock_of_an_emergency_counts_and_the_chosen_case_stays_chosen(site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(site, FULL_HD)
    visitor.log_in("changzhi-duty", "zh-hans")
    visitor.open(WALL)
    page = visitor.page
    clock, link = page.locator("[data-due]").first, page.locator(".wall-link").first
    expect(clock).to_be_visible()
    size = clock.evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
    assert size >= 48
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    page.keyboard.press("j")
    expect(link).to_be_focused()
    with page.expect_response(lambda response: response.url.endswith(WALL)):
        pass
    expect(link).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "/referrals/cases/" in page.url


def test_the_wall_fits_a_phone(site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(site, PHONE)
    visitor.log_in("changzhi-duty", "zh-hans")
    visitor.open(WALL)
    expect(visitor.page.locator(".wall-case").first).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_lead_to_their_rows_and_back(visitor: Visitor, language: str) -> None:
    visitor.log_in("lucheng-coordinator", language)
    visitor.open("/referrals/statistics/?first=2026-01")
    page = visitor.page
    assert page.locator("[data-chart]").count() >= 2
    row = page.locator(".figure-table tbody tr", has_text=visitor.words("已接收", "Accepted")).first
    number = row.locator("a").first.inner_text()
    visitor.follow(row.locator("a").first)
    assert page.locator("#list tbody tr").count() == int(number)
    visitor.follow(page.locator(".crumbs a").nth(2))
    assert "statistics/?first=2026-01" in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_office_that_only_counts_gets_no_links(visitor: Visitor, language: str) -> None:
    visitor.log_in("changzhi-office", language)
    visitor.open("/referrals/statistics/")
    assert visitor.page.locator(".figure-table a").count() == 0
    visitor.open("/referrals/findings/")
