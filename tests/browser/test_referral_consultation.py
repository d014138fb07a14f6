"""A remote consultation in the browser, in Chinese and in English: asked, answered with a signed opinion, closed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import Visitor

ASKING, EXPERT = "lucheng-doctor", "changzhi-duty"
FIELDS = {
    "to_institution": "CZ2YY",
    "question": "样例：下一步如何处理？",
    "name": "样例会诊患者",
    "born_on": "1950-02-03",
    "problem_code": "I63",
    "item_history": "样例病史",
    "item_findings": "样例体征",
    "item_diagnosis": "样例诊断",
    "item_current_drugs": "样例用药",
    "item_allergy": "无",
}


def sit_down(new_visitor: NewVisitor, site: Site, username: str, language: str) -> Visitor:
    visitor = new_visitor(site)
    visitor.log_in(username, language)
    return visitor


def fill_in(visitor: Visitor) -> None:
    for name, value in FIELDS.items():
        visitor.page.locator(f"main [name={name}]").fill(value)
    visitor.page.locator("[name=specialty]").select_option("04.02")
    visitor.page.locator("[name=item_infection_risk]").select_option("none_known")


def press(visitor: Visitor, chinese: str, english: str) -> None:
    label = visitor.words(chinese, english)
    visitor.follow(visitor.page.locator(".case-actions").get_by_text(label, exact=True))


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form.form-column .form-end button").first)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_opinion_is_asked_signed_read_and_closed(own_site: Site, new_visitor: NewVisitor, language: str) -> None:
    doctor = sit_down(new_visitor, own_site, ASKING, language)
    doctor.open("/referrals/consultations/")
    doctor.follow(doctor.page.get_by_role("link", name=doctor.words("新建会诊", "New consultation")))
    liability = doctor.words("责任由邀请方承担", "answers for it")
    assert liability in doctor.text()
    fill_in(doctor)
    doctor.accepted_statuses = {422}
    send(doctor)
    assert doctor.words("须经患者或家属同意", "needs the patient's or family's agreement") in doctor.text()
    doctor.accepted_statuses = set()
    doctor.page.locator("[name=has_consent]").check()
    send(doctor)
    address = doctor.address

    expert = sit_down(new_visitor, own_site, EXPERT, language)
    number = doctor.page.locator("h1").inner_text().split()[0]
    expert.open("/referrals/consultations/?part=waiting")
    expert.follow(expert.page.locator("#list").get_by_role("link", name=number, exact=True))
    assert expert.address == address
    before = expert.text()
    assert liability in before
    for hidden in ("样例会诊患者", "样例病史"):
        assert hidden not in before
    press(expert, "接受会诊", "Accept")
    assert "样例病史" in expert.text()
    assert "样例会诊患者" not in expert.text()
    press(expert, "签署会诊意见", "Sign the opinion")
    expert.page.locator("[name=opinion]").fill("样例意见：先复查影像。")
    send(expert)
    assert expert.words("与签署时一致", "as signed") in expert.text()

    doctor.open(address)
    assert "样例意见：先复查影像。" in doctor.text()
    print_link = doctor.page.get_by_role("link", name=doctor.words("打印会诊意见", "Print the opinion"))
    paper = doctor.download(print_link)
    assert paper.suggested_filename == f"opinion-{number}.pdf"
    press(doctor, "已阅会诊意见", "I have read the opinion")
    press(doctor, "填写采纳情况并结束", "Say what was followed, and close")
    doctor.page.locator("[name=followed]").select_option("partly")
    doctor.page.locator("[name=text]").fill("样例原因")
    send(doctor)
    expect(doctor.page.locator(".case-state")).to_have_text(doctor.words("已结束", "closed"))
    assert re.search(doctor.words("部分采纳", "followed in part"), doctor.text())


@pytest.mark.parametrize("kind", ["live", "emergency", "multi_specialist"])
def test_the_form_of_each_kind_is_a_sound_page(own_site: Site, new_visitor: NewVisitor, kind: str) -> None:
    doctor = sit_down(new_visitor, own_site, ASKING, "zh-hans")
    doctor.open(f"/referrals/consultations/new/?kind={kind}")
    expect(doctor.page.locator(".choice-links [aria-current=true]").first).to_be_visible()
    doctor.follow(doctor.page.locator(".choice-links").last.locator("a").last)
    assert "会诊目的" in doctor.text()
