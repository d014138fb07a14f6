"""The site without a mouse, and on a telephone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

MOST_TABS = 60
FOCUS = """() => {
  const each = document.activeElement, style = getComputedStyle(each), box = each.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {is_marked: ring || style.boxShadow !== "none", is_shown: box.width > 0 && box.bottom > 0
    && box.right > 0 && box.top < innerHeight, text: each.outerHTML.slice(0, 160)};
}"""


def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until the element has the focus; each one on the way must show that it has it."""
    wanted = visitor.page.locator(selector).first
    for _press in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        focus = visitor.page.evaluate(FOCUS)
        assert focus["is_marked"], f"no visible focus: {focus['text']}"
        assert focus["is_shown"], f"focus outside the window: {focus['text']}"
        if wanted.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{selector} was not reached with {MOST_TABS} presses of Tab")


def skip_to_content(visitor: Visitor) -> None:
    """Pass over the navigation by the first link of the page, as whoever has no mouse does."""
    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(".skip-link")).to_be_focused()
    assert visitor.page.evaluate(FOCUS)["is_shown"]
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#content")).to_be_focused()


def test_the_home_page_with_the_keyboard_alone(visitor: Visitor) -> None:
    visitor.log_in("huicheng-office", "en")
    skip_to_content(visitor)
    first_task = visitor.page.locator(".task-list a").first.get_attribute("href")
    tab_to(visitor, ".task-list a")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.check()
    assert visitor.address == first_task


def test_an_agreement_with_the_keyboard_alone(visitor: Visitor) -> None:
    visitor.log_in("huicheng-office", "en")
    visitor.open("/partnerships/agreements/")
    visitor.page.keyboard.press("/")
    expect(visitor.page.locator("[data-filter] input").first).to_be_focused()
    visitor.page.keyboard.type("HC-CH-2021")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("#list tbody tr")).to_have_count(1)
    tab_to(visitor, "#list tbody a")
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    visitor.settle()
    skip_to_content(visitor)
    tab_to(visitor, ".page-actions a")
    tab_to(visitor, ".tabs a[href$='/timeline/']")
    visitor.page.keyboard.press("?")
    expect(visitor.page.locator("#keys")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator("#keys")).to_be_hidden()


@pytest.fixture
def caller(site: Site, new_visitor: NewVisitor) -> Visitor:
    """A person with a telephone."""
    return new_visitor(site, PHONE)


def test_a_long_navigation_shows_where_one_is(visitor: Visitor) -> None:
    visitor.log_in("lucheng-analyst", "en")
    visitor.open("/indicators/completeness/")
    here = visitor.page.locator(".navigation [aria-current]")
    expect(here).to_contain_text("Completeness")
    expect(here).to_be_in_viewport(ratio=1)
    assert visitor.page.evaluate("() => scrollY") == 0


def test_signing_in_on_a_phone(caller: Visitor) -> None:
    caller.open("/login/")
    assert caller.page.locator("main form button").bounding_box()["height"] >= 32


@pytest.mark.parametrize(
    "address", ["/", "/partnerships/agreements/?q=ZB-SZ-2018", "/dispatch/board/?from=2026-01", "/dispatch/on-site/"]
)
def test_the_main_pages_on_a_phone(caller: Visitor, address: str) -> None:
    caller.log_in("zibo-office", "zh-hans")
    caller.open(address)
    if "agreements" in address:
        caller.follow(caller.page.locator("#list tbody a").first)
    caller.page.locator(".topbar button[data-bs-target='#navigation']").click()
    expect(caller.page.locator("#navigation")).to_be_visible()
    caller.follow(caller.page.locator("#navigation a[href='/dispatch/on-site/']"))


def test_a_text_too_pale_is_found_on_a_page_that_was_looked_at_before(visitor: Visitor) -> None:
    visitor.open("/login/")
    visitor.check()
    assert visitor.faults == []
    visitor.page.evaluate("document.querySelector('main label').style.color = '#dddddd'")
    visitor.check()
    [fault] = visitor.faults
    assert "color-contrast" in fault
    visitor.faults.clear()
