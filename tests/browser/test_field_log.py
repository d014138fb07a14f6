"""A posted doctor logs the day while the network is away, in a real browser with a real service worker."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE

PAGE = "/referrals/offline/"
CODE = "quiet-7"
# One day for the journey in each language: the site is one for both.
DAYS = {"en": "2026-10-12", "zh-hans": "2026-10-13"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_logged_without_network_and_leaves_once_when_it_is_back(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    doctor = new_visitor(own_site, PHONE)
    doctor.log_in("huicheng-posted", language)
    doctor.open(PAGE)
    page = doctor.page
    page.locator("#setup-name").fill("样例手机")
    page.locator("#setup-code").fill(CODE)
    page.locator("#setup-again").fill(CODE)
    page.locator("#setup-form button").click()
    expect(page.locator("#log-place form")).to_be_visible()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(page.locator("#exchanged")).to_contain_text(":")
    doctor.check()
    doctor.context.set_offline(True)
    expect(page.locator("#network")).to_have_text(doctor.words("无网络", "without network"))
    form = page.locator("#log-place form")
    form.locator("[name=day]").fill(DAYS[language])
    form.locator("[name='count:outpatients']").fill("13")
    form.locator("[name='people:female_65_up']").fill("4")
    form.locator("[name=words]").fill("样例：停电半日")
    form.locator("button").click()
    expect(page.locator("#unsent")).to_have_attribute("data-count", "1")
    expect(page.locator("#queue-place")).to_contain_text(DAYS[language])
    doctor.context.set_offline(False)
    expect(page.locator("#unsent")).to_have_attribute("data-count", "0", timeout=30_000)
    doctor.open("/growth/log/")
    assert DAYS[language] in doctor.text()
    doctor.follow(page.locator("main td a", has_text=DAYS[language]))
    assert "样例：停电半日" in doctor.text()
    assert doctor.words("无网络时填写", "written without network") in doctor.text()
    # It left once: the day has one version.
    assert page.locator("main table tbody tr").count() == 1
