"""The district on one page, its forms, and the page for a symposium: shown, opened to their rows, and taken along."""

from __future__ import annotations

import io

import openpyxl
import pypdf
import pytest

from tests.browser.visitor import LANGUAGES, Visitor


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bureau_sees_its_district_on_one_page_and_takes_its_forms_along(visitor: Visitor, language: str) -> None:
    visitor.log_in("liupanshui-viewer", language)
    page = visitor.page
    visitor.open("/reports/place/")
    visitor.follow(page.locator("main td a", has_text=visitor.words("水城区", "Shuicheng")).first)
    board = page.locator(".report-board")
    assert board.locator(".report-numbers").count() >= 1
    assert board.locator(".report-picture svg").count() >= 1
    title = page.locator("h1").inner_text()
    paper = visitor.download(page.locator("a[href$='.pdf']")).path().read_bytes()
    assert len(pypdf.PdfReader(io.BytesIO(paper)).pages) >= 1

    # A number opens the rows that it counts.
    here = visitor.address
    visitor.follow(board.locator("#part-promises td a").first)
    assert "/partnerships/" in visitor.address
    visitor.open(here)
    assert page.locator("h1").inner_text() == title

    visitor.follow(page.locator(".page-actions a[href$='/forms/']"))
    visitor.follow(
        page.locator("nav.tabs a", has_text=visitor.words("对口支援和派驻人员年度表", "counterpart support")).first
    )
    assert visitor.words("建议稿", "Proposal") in page.locator("main").inner_text()
    book = openpyxl.load_workbook(
        io.BytesIO(visitor.download(page.locator("a[href$='.xlsx']")).path().read_bytes()), read_only=True
    )
    assert book.worksheets[0].max_row > 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_symposium_page_tells_what_became_of_the_points(visitor: Visitor, language: str) -> None:
    visitor.log_in("guangming-office", language)
    page = visitor.page
    visitor.open("/exchanges/visits/?q=GM-V-2024")
    visitor.follow(page.locator("main td a").first)
    visitor.follow(page.locator("a[href*='/reports/visit/'][href*='symposium']"))
    words = page.locator("main").inner_text()
    assert visitor.words("这些数字不能说明什么", "What these numbers cannot say") in words
    assert page.locator(".report-part .report-numbers li").count() >= 1
    visitor.follow(page.locator("nav.tabs a:not([aria-current])").first)
    assert "/follow-up/" in visitor.address
