"""A pairing plan in a real browser: made, searched, changed by hand, adopted, taken over; wishes asked and stated."""

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


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_institution_is_asked_for_its_wishes_states_them_and_takes_them_back(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    planner = new_visitor(own_site)
    planner.log_in("huicheng-planner", language)
    planner.open("/dispatch/pairing/new/")
    page = planner.page
    page.locator("[name=name]").fill(f"样例志愿 {language}")
    for side in ("donors", "recipients"):
        for box in page.locator(f"[name={side}]").all():
            box.check()
    send(planner)
    plan = planner.address
    planner.follow(page.locator(".page-actions a[href$='/wishes/']"))
    planner.follow(page.locator(".page-actions a[href$='/wishes/ask/']"))
    send(planner)
    office = new_visitor(own_site, PHONE)
    office.log_in("huicheng-office", language)
    office.open("/")
    office.follow(office.page.locator("main a[href*='/dispatch/pairing/wishes/']").first)
    # The office answers for three institutions, so the home page leads to the list.
    office.follow(office.page.locator(f"main tbody tr:has-text('样例志愿 {language}') th a").first)
    office.page.locator("[name^=rank_]").first.fill("1")
    office.page.locator("[name^=refusal_]").nth(1).fill("样例原因：路太远")
    office.follow(office.page.locator("main .form-end .btn-primary"))
    assert "样例原因：路太远" in office.text()
    own = office.address
    planner.open(f"{plan}wishes/")
    assert "样例原因：路太远" in planner.text()
    planner.follow(page.locator("main tbody tr:not(:has(.tag-good)) a").first)
    planner.follow(page.locator("main .form-end .btn-primary"))
    office.follow(office.page.locator(".page-actions form button"))
    assert office.page.locator(".form-end, fieldset:not([disabled])").count() > 0
    desk = new_visitor(own_site)
    desk.log_in("huicheng-office", language)
    desk.open(own)
    desk.open("/dispatch/pairing/wishes/")
    phone = new_visitor(own_site, PHONE)
    phone.log_in("huicheng-planner", language)
    for path in (f"{plan}wishes/", f"{plan}wishes/ask/", plan):
        phone.open(path)
