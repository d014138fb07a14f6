"""Secondments up in a real browser: a goal is written, a check after the return is recorded on a phone."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE

# Two returns of the sample data whose last check nobody made: one for the journey in each language.
PERSON = {"en": "Sample Shizhu MCH Paediatrics 01", "zh-hans": "样例石柱妇幼·妇产科 02"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_return_of_somebody_from_zibo_is_checked_at_home(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    office = new_visitor(own_site, PHONE)
    office.log_in("shizhu-office", language)
    office.open("/growth/secondments/?agreement=ZB-SZ-2018")
    office.follow(office.page.locator("main td a", has_text=PERSON[language]))
    address = office.address
    office.follow(office.page.locator(".page-actions a[href$='/goal/']"))
    office.page.locator("[name=words]").fill("样例目标：独立值班")
    office.follow(office.page.locator("main form .btn-primary"))
    assert "样例目标：独立值班" in office.text()
    office.follow(office.page.locator("main a[href$='/check/12/']"))
    office.page.locator("[name=outcome][value=independent]").check()
    office.page.locator("[name=evidence]").fill("样例：独立值班登记")
    office.follow(office.page.locator("main form .btn-primary"))
    assert office.address == address
    assert "样例：独立值班登记" in office.text()
    office.open("/growth/secondments/")
    assert "%" in office.text()
