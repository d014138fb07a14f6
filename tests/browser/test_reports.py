"""A quarterly report of a partnership: shown, opened to its rows, kept, and taken along as files."""

from __future__ import annotations

import io

import docx
import pypdf
import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_office_keeps_the_report_of_a_year(own_site: Site, new_visitor: NewVisitor, language: str) -> None:
    office = new_visitor(own_site)
    office.log_in("huicheng-office", language)
    page = office.page

    office.open("/partnerships/agreements/?q=HC-CH-2021")
    office.follow(page.locator("td a").first)
    office.follow(page.locator("nav a[href*='/reports/agreement/']"))
    page.locator("select[name=period]").select_option("2021")
    office.follow(page.locator("form[method=get] .btn-primary"))
    title = office.words("2021年度报告", "Yearly report 2021")
    assert page.locator("h2", has_text=title).count() == 1
    assert page.locator("#part-promises .report-picture svg").count() == 1

    # A number opens its rows, and the way back leads to the same report.
    here = office.address
    office.follow(page.locator("#part-people .report-numbers a").first)
    assert "/dispatch/postings/" in office.address
    office.open(here)

    office.follow(page.locator("form[action$='/keep/'] button"))
    assert office.words("版，", "Edition") in page.locator("main").inner_text()
    words = {}
    for ending in ("pdf", "docx"):
        words[ending] = office.download(page.locator(f"a[href$='/report.{ending}']")).path().read_bytes()
    assert title in pypdf.PdfReader(io.BytesIO(words["pdf"])).pages[0].extract_text().replace(" ", " ")
    assert docx.Document(io.BytesIO(words["docx"])).paragraphs[0].text == title

    # The kept report stands in the list of all, and reads well on a phone.
    page.set_viewport_size(PHONE)
    office.open("/reports/")
    office.follow(page.locator("main td a").first)
    assert (
        page.locator("h2", has_text=office.words("这些数字不能说明什么", "What these numbers cannot say")).count() == 1
    )
