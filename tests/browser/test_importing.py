"""A registry steward's import: template, preview with reasons, returned workbook, mended file, rows on record."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import Visitor

BROKEN = """code,name_zh,kind,place_code
CHCS01,册亨测试一院,general_hospital,522327
CHCS02,,general_hospital,522327
CHCS03,册亨测试三院,space_station,522327
CHCS04,册亨测试四院,general_hospital,999999
"""
CODES = ["CHCS01", "CHCS02", "CHCS03", "CHCS04"]
REASONS = ("机构名称：为空，此列必填。", "“space_station”不在可选范围内", "系统中没有“999999”")


def upload(visitor: Visitor, kind: str, file: Path) -> None:
    visitor.follow(visitor.page.locator(".navigation a[href='/registry/imports/']"))
    visitor.page.locator("[name=kind]").select_option(kind)
    visitor.page.locator("[name=file]").set_input_files(file)
    visitor.follow(visitor.page.get_by_role("button", name="上传并预览"))


def mend(workbook: Path) -> None:
    """Correct the marked cells as a person would in a spreadsheet."""
    book = openpyxl.load_workbook(workbook)
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        texts = [str(cell.value or "") for cell in row]
        if "CHCS02" in texts:
            row[texts.index("CHCS02") + 1].value = "册亨测试二院"
        for cell in row:
            if cell.value == "space_station":
                cell.value = "general_hospital"
            if str(cell.value) == "999999":
                cell.value = "522327"
    book.save(workbook)


def test_a_broken_table_comes_back_marked_and_goes_in_mended(
    own_site: Site, new_visitor: NewVisitor, tmp_path: Path
) -> None:
    visitor = new_visitor(own_site)
    visitor.log_in("ceheng-steward", "zh-hans")
    visitor.follow(visitor.page.locator(".navigation a[href='/registry/imports/']"))
    template = visitor.download(visitor.page.locator("a[href='/registry/imports/templates/institutions/']"))
    empty = tmp_path / "template.xlsx"
    template.save_as(empty)
    assert len(openpyxl.load_workbook(empty).sheetnames) >= 2

    broken = tmp_path / "broken.csv"
    broken.write_text(BROKEN, encoding="utf-8")
    upload(visitor, "institutions", broken)
    counts = visitor.page.locator("main dl.facts dd strong").all_inner_texts()
    assert counts == ["1", "0", "0", "3", "0"]
    refused = visitor.page.locator(".table-region[aria-labelledby=refused] tbody tr")
    for row, reason in zip(refused.all_inner_texts(), REASONS, strict=True):
        assert reason in row

    returned = tmp_path / "returned.xlsx"
    visitor.download(visitor.page.locator("main a[href$='/returned/']")).save_as(returned)
    marked = [cell.value for row in openpyxl.load_workbook(returned).worksheets[0].iter_rows() for cell in row]
    for reason in REASONS:
        assert any(reason in str(value) for value in marked)
    mend(returned)
    upload(visitor, "institutions", returned)
    assert visitor.page.locator("main dl.facts dd strong").all_inner_texts() == ["4", "0", "0", "0", "0"]
    visitor.follow(visitor.page.locator("main form[action$='/run/'] button"))
    expect(visitor.page.locator(".notice-success")).to_have_text("已导入4行。")
    visitor.follow(visitor.page.locator(".navigation a[href='/registry/institutions/']"))
    visitor.page.keyboard.press("/")
    visitor.page.keyboard.type("册亨测试")
    visitor.page.keyboard.press("Enter")
    rows = visitor.page.locator("#list tbody tr")
    expect(rows).to_have_count(4)
    assert [code for code in CODES if code in visitor.text("#list")] == CODES
