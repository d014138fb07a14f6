"""A sheet counted from records in a real browser: what was typed is doubted, the rows opened, the count taken."""

from __future__ import annotations

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

# Cases of 潞城's techniques in these quarters as the case tells them: all of them done alone, 14 rows.
QUARTERS = {"zh-hans": ("2025-Q2", "39 / 39", "0 / 39"), "en": ("2025-Q3", "39 / 39", "2 / 39")}


def begin(office: Visitor, period: str) -> str:
    """Begin the sheet of a quarter, type one figure, and return the address of the sheet."""
    office.open("/indicators/sheets/new/?node=LCRMYY&family=growth")
    office.page.locator("[name=period]").fill(period)
    office.follow(office.page.locator("main form .btn-primary").last)
    office.page.locator("[name=n-growth-complications]").fill("7")
    office.page.locator("[name=d-growth-complications]").fill("39")
    office.follow(office.page.locator("main form .btn-primary").last)
    return office.address


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_is_counted_its_rows_opened_and_the_counted_figure_taken(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    period, alone, complications = QUARTERS[language]
    office = new_visitor(own_site)
    office.log_in("lucheng-office", language)
    address, page = begin(office, period), office.page
    office.follow(page.locator(".page-actions form[action$='/count/'] button"))
    assert page.locator("td a[href*='/growth-local-share/numerator/rows/']").count() == 1
    assert alone in office.text()
    assert complications in office.text()
    assert page.locator("div.figure-doubt").count() == 1, "seven complications were typed"
    office.follow(page.locator("td a[href*='/growth-local-share/numerator/rows/']"))
    assert page.locator("#list tbody tr").count() == 14
    assert office.words("独立完成", "did it alone") in office.text("#list")
    office.follow(page.locator("#list tbody a").first)
    assert "/growth/techniques/" in page.url
    office.open(address)
    office.follow(page.locator("form[action$='/growth-complications/take/'] button"))
    assert page.locator("div.figure-doubt").count() == 0
    office.follow(page.locator("td a[href*='/indicators/values/']").last)
    assert page.locator("#changes").count() == 1
    phone = new_visitor(own_site, PHONE)
    phone.log_in("lucheng-analyst", language)
    phone.open(address)
    phone.open(f"{address}count/growth-local-share/denominator/rows/")
