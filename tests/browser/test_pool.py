"""The pool in a browser: a unit asks, the hospital asks a doctor, who states limits and answers on the telephone."""

from __future__ import annotations

import datetime

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

DOCTOR = "HZ3RMYY/EM04"


def answer_by() -> str:
    return str(datetime.date.today() + datetime.timedelta(days=7))  # noqa: DTZ011 - the day of the machine


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form.form-column .btn-primary"))


def ask_for_a_kind(unit: Visitor) -> str:
    unit.open("/dispatch/pool/candidacies/ask/")
    unit.page.locator("[name=home]").fill("HZ3RMYY")
    unit.page.locator("[name=specialty]").select_option("20")
    unit.page.locator("[name=answer_by]").fill(answer_by())
    unit.page.locator("[name=message]").fill("样例：夜班排不开")
    send(unit)
    return unit.address


def pass_on(office: Visitor, asking: str) -> None:
    office.follow(office.page.locator(".task-list a[href='/dispatch/pool/candidacies/']").first)
    office.follow(office.page.locator(f"main td a[href='{asking}']"))
    office.follow(office.page.locator(".page-actions a[href$='/steps/pass_on/']"))
    office.page.locator("[name=staff]").fill(DOCTOR)
    office.page.locator("[name=answer_by]").fill(answer_by())
    send(office)


def state_limits(doctor: Visitor) -> None:
    doctor.follow(doctor.page.locator(".page-actions a[href$='/mine/limits/']"))
    doctor.page.locator("[name=longest_term_months]").fill("6")
    doctor.page.locator("[name=has_family_limit]").check()
    send(doctor)
    assert doctor.words("最长 6 个月", "at most 6 months") in doctor.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_asks_and_the_doctor_whom_the_hospital_chose_answers_without_the_unit_reading_a_name(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    unit = new_visitor(own_site)
    unit.log_in("ceheng-office", language)
    asking = ask_for_a_kind(unit)
    office = new_visitor(own_site)
    office.log_in("huicheng-office", language)
    pass_on(office, asking)
    doctor = new_visitor(own_site, PHONE)
    doctor.log_in("huicheng-posted", language)
    doctor.follow(doctor.page.locator(".task-list a[href='/dispatch/pool/mine/']").first)
    state_limits(doctor)
    doctor.follow(doctor.page.locator(f".notice a[href='{asking}']"))
    assert "样例：夜班排不开" in doctor.text()
    doctor.follow(doctor.page.locator(".page-actions a[href$='/steps/agree/']"))
    doctor.follow(doctor.page.locator("main form.form-column button"))
    assert doctor.words("已同意", "agreed") in doctor.text()
    office.open("/dispatch/pool/?standing=willing")
    entry = office.page.locator("main td a[href^='/dispatch/pool/']").first
    name = entry.inner_text()
    office.follow(entry)
    assert (name in office.text(), name in doctor.text()) == (True, True)
    unit.open(asking)
    assert unit.words("已同意", "agreed") in unit.text()
    assert (name in unit.text(), "EM04" in unit.text()) == (False, False)
    for page in ("/dispatch/burden/", "/dispatch/burden/departments/"):
        office.open(page)
