"""A pairing plan in a real browser: made, searched, a pair forbidden by hand, searched again, adopted, taken over."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

SEARCH_MILLISECONDS = 240_000


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form.form-column .btn-primary"))


def search(planner: Visitor) -> None:
    """Search in the background, and wait for the page to load itself again when it has ended."""
    planner.follow(planner.page.locator(".page-actions form[action$='/search/'] button"))
    planner.page.locator("#search:not([hx-get]) .tag-good").wait_for(timeout=SEARCH_MILLISECONDS)
    planner.check()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pairing_plan_is_searched_changed_by_hand_and_adopted(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    planner = new_visitor(own_site)
    planner.log_in("huicheng-planner", language)
    planner.open("/dispatch/pairing/new/")
    page = planner.page
    page.locator("[name=name]").fill(f"样例结对 {language}")
    for side in ("donors", "recipients"):
        for box in page.locator(f"[name={side}]").all():
            box.check()
    page.locator("[name=seconds]").fill("20")
    send(planner)
    plan = planner.address
    planner.open(f"{plan}known/")
    planner.open(plan)
    search(planner)
    # Two weak departments of the county hospital ask for one doctor each, and one hospital has them.
    assert "2 / 2" in planner.text()
    planner.open(f"{plan}pairs/")
    table = planner.download(page.locator("main a[href*='export=csv']").first)
    assert Path(table.path()).read_bytes().startswith(b"\xef\xbb\xbf")
    planner.open(plan)
    pair = page.locator(".pair-kept a").first
    planner.follow(pair)
    page.locator("[name=hold][value=forbidden]").check()
    send(planner)
    search(planner)
    assert page.locator(".pair-kept").count() <= 1  # only the key below the table
    assert page.locator("#open").count() == 1
    planner.follow(page.locator(".page-actions form[action$='/steps/decide/'] button"))
    planner.follow(page.locator(".page-actions a[href$='/take-over/']"))
    phone = new_visitor(own_site, PHONE)
    phone.log_in("huicheng-planner", language)
    for path in ("/dispatch/pairing/", plan, f"{plan}pairs/", f"{plan}known/", f"{plan}take-over/"):
        phone.open(path)
