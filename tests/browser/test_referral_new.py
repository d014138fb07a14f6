"""A township doctor refers an emergency: typed within two minutes, with the keyboard, and on a telephone."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import PHONE, Visitor

DOCTOR = "dianshang-doctor"
SECONDS_ALLOWED = 120
# A slow typist: about 150 letters a minute, and half a second of thought before each field.
MILLISECONDS_PER_KEY = 40
THOUGHT = 0.05


def type_into(page: Page, name: str, text: str) -> None:
    """Go to a field with the keyboard and type."""
    field = page.locator(f"#new-referral [name={name}]")
    field.focus()
    if field.evaluate("each => each.tagName") == "SELECT":
        field.select_option(text)
    elif field.get_attribute("type") in ("date", "datetime-local"):
        field.fill(text)
    else:
        page.keyboard.type(text, delay=MILLISECONDS_PER_KEY)


def write_emergency(visitor: Visitor) -> None:
    page = visitor.page
    type_into(page, "urgency", "emergency")
    expect(page.locator("[name=item_main_problem]")).to_be_visible()
    with page.expect_response("**/new/parts/"):
        type_into(page, "condition", "chest_pain")
    expect(page.locator("[name=item_ecg_finding]")).to_be_visible()
    type_into(page, "patient_name", "样例急诊病人")
    type_into(page, "id_number", "11010519491231002X")
    type_into(page, "phone", "000-1234")
    type_into(page, "problem", "suspected_infarction")
    type_into(page, "reason", "beyond_means")
    type_into(page, "item_main_problem", "样例:胸痛两小时")
    type_into(page, "item_pain_started", "2026-01-05T03:00")
    type_into(page, "item_ecg_finding", "样例:ST段抬高")
    type_into(page, "item_consciousness", "alert")
    type_into(page, "item_systolic_pressure", "110")
    type_into(page, "item_heart_rate", "88")
    type_into(page, "item_oxygen_saturation", "96")
    type_into(page, "item_treatment_given", "样例:阿司匹林300毫克")
    type_into(page, "consent", "consent")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_emergency_is_sent_within_two_minutes_of_typing(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    visitor = new_visitor(own_site)
    visitor.log_in(DOCTOR, language)
    visitor.open("/referrals/new/")
    begun = time.monotonic()
    write_emergency(visitor)
    page = visitor.page
    expect(page.locator("#meter")).to_contain_text(visitor.words("已填齐", "Complete"))
    if language == "en":
        # The same invented patient was sent in the first language.
        expect(page.locator("#live-warning")).to_contain_text("on the way for this problem already")
    # The sample township has no agreement of its own: the page asks why the patient goes there all the same.
    page.locator("details.more-fields summary").last.press("Enter")
    type_into(page, "override_code", "nearest")
    visitor.check()
    first = page.locator("#destinations input[type=checkbox]").first
    first.focus()
    page.keyboard.press("Space")
    send = page.locator("button[name=send]")
    send.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert time.monotonic() - begun < SECONDS_ALLOWED
    visitor.check()
    assert "/referrals/cases/" in visitor.address
    assert "样例急诊病人" in visitor.text()


def test_the_page_on_a_telephone(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site, PHONE)
    visitor.log_in(DOCTOR, "zh-hans")
    visitor.open("/referrals/new/")
    page = visitor.page
    type_into(page, "urgency", "emergency")
    with page.expect_response("**/new/parts/"):
        type_into(page, "condition", "stroke")
    expect(page.locator("[name=item_last_known_well]")).to_be_visible()
    visitor.check()
    # What is asked for and not given is named; nothing typed is lost.
    type_into(page, "patient_name", "样例电话病人")
    visitor.accepted_statuses.add(422)
    page.locator("button[name=send]").click()
    visitor.check()
    expect(page.locator("[name=patient_name]")).to_have_value("样例电话病人")
    expect(page.locator(".field-error").first).to_be_visible()


def test_a_draft_and_the_list_of_partners(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site)
    visitor.log_in(DOCTOR, "zh-hans")
    visitor.open("/referrals/partners/new/")
    visitor.page.locator("[name=name]").fill("样例外院")
    visitor.follow(visitor.page.locator("main form button.btn-primary"))
    visitor.open("/referrals/new/")
    page = visitor.page
    type_into(page, "patient_name", "样例草稿病人")
    type_into(page, "reason", "needs_tests")
    type_into(page, "problem", "pneumonia")
    # The list of receivers comes anew after each change; a tick set while it is on its way stays.
    page.get_by_label("样例外院").check()
    with page.expect_response("**/destinations/"):
        type_into(page, "problem", "fracture")
    expect(page.get_by_label("样例外院")).to_be_checked()
    visitor.follow(page.locator("button[name=save]"))
    assert "/referrals/drafts/" in visitor.address
    visitor.follow(page.get_by_role("link", name="添加文件"))


def test_the_page_for_guests(own_site: Site, new_visitor: NewVisitor) -> None:
    visitor = new_visitor(own_site)
    visitor.open("/referrals/guest/")
    visitor.open("/referrals/guest/#4821-0937-5516-2840")
    expect(visitor.page.locator("#code")).to_have_value("4821-0937-5516-2840")
    assert visitor.address == "/referrals/guest/"
