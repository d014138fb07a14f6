"""The tables inside a page can be sorted, filtered and taken along; without the script they read as before."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.visitor import LANGUAGES, Visitor

RISKY_TABLE = """() => document.body.insertAdjacentHTML("beforeend", `<div id="added">
  <div class="table-region" role="region" aria-label="Added"><table class="table" data-small-table>
  <thead><tr><th scope="col">Name</th><th scope="col" class="numeric">Days</th><th data-action>Change</th></tr>
  </thead><tbody>
  <tr><td>=1+1</td><td>-5</td><td>end</td></tr><tr><td>@name, "quoted"</td><td>1,200 days</td><td>end</td></tr>
  <tr><td>+86</td><td>—</td><td>end</td></tr><tr><td>plain</td><td>90 days</td><td>end</td></tr>
  </tbody></table></div></div>`)"""


def promises_of(visitor: Visitor) -> Locator:
    """Open the first agreement of Huicheng and return its table of promises, which has thirteen rows."""
    visitor.open("/partnerships/agreements/?q=HC-CH-2021")
    visitor.follow(visitor.page.locator("#list tbody a").first)
    return visitor.page.locator("table[data-small-table]").first


def header(table: Locator, position: int) -> Locator:
    return table.locator("thead th").nth(position)


def column(table: Locator, position: int) -> list[str]:
    """Return what the rows that are shown say in a column."""
    return table.locator(f"tbody tr:not([hidden]) > :nth-child({position + 1})").all_inner_texts()


def saved_rows(visitor: Visitor, region: Locator) -> list[list[str]]:
    saved = visitor.download(region.get_by_role("button", name="CSV"))
    content = Path(saved.path()).read_bytes()
    assert saved.suggested_filename.endswith(".csv")
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_table_of_a_page_is_sorted_with_the_keyboard(visitor: Visitor, language: str) -> None:
    visitor.log_in("huicheng-office", language)
    table = promises_of(visitor)
    as_given = column(table, 2)
    header(table, 2).get_by_role("button").focus()
    visitor.page.keyboard.press("Enter")
    expect(header(table, 2)).to_have_attribute("aria-sort", "ascending")
    amounts = [float(text.strip("%").split()[0]) for text in column(table, 2)]
    assert amounts == sorted(amounts)
    visitor.page.keyboard.press("Space")
    expect(header(table, 2)).to_have_attribute("aria-sort", "descending")
    assert [float(text.strip("%").split()[0]) for text in column(table, 2)] == sorted(amounts, reverse=True)
    visitor.check()
    visitor.page.keyboard.press("Enter")
    assert header(table, 2).get_attribute("aria-sort") is None
    assert column(table, 2) == as_given


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_table_of_a_page_is_filtered_and_what_is_shown_is_saved(visitor: Visitor, language: str) -> None:
    visitor.log_in("huicheng-office", language)
    table = promises_of(visitor)
    rows = table.locator("tbody tr")
    kept = visitor.words("已兑现", "kept")
    filled = visitor.page.locator("main .small-table-tools input")
    filled.fill(kept)
    expect(visitor.page.locator("main .small-table-tools [role=status]")).to_contain_text(str(rows.count()))
    shown = table.locator("tbody tr:not([hidden])")
    assert 0 < shown.count() < rows.count()
    assert all(kept in text for text in shown.all_inner_texts())
    lines = saved_rows(visitor, visitor.page.locator("main"))
    assert lines[0][0] == visitor.words("职责", "Duty")
    assert [line[0] for line in lines[1:]] == column(table, 0)
    # The bar of progress has no words of its own; the file gets its share.
    assert all(0 <= float(line[4]) <= 1 for line in lines[1:] if line[4])
    filled.fill("")
    expect(table.locator("tbody tr:not([hidden])")).to_have_count(rows.count())


def test_formulas_are_disarmed_and_empty_cells_stand_last(visitor: Visitor) -> None:
    visitor.log_in("huicheng-office", "en")
    visitor.page.evaluate(RISKY_TABLE)
    added = visitor.page.locator("#added")
    added.dispatch_event("htmx:afterSwap")
    expect(added.locator("input")).to_have_count(0)
    header(added, 1).get_by_role("button").click()
    assert column(added, 1) == ["-5", "90 days", "1,200 days", "—"]
    header(added, 1).get_by_role("button").click()
    assert column(added, 1) == ["1,200 days", "90 days", "-5", "—"]
    expect(header(added, 2).get_by_role("button")).to_have_count(0)
    assert saved_rows(visitor, added) == [
        ["Name", "Days"],
        ['\'@name, "quoted"', "1,200 days"],
        ["plain", "90 days"],
        ["'=1+1", "'-5"],
        ["'+86", "—"],
    ]


def test_the_controls_are_not_printed(visitor: Visitor) -> None:
    visitor.log_in("huicheng-office", "en")
    promises_of(visitor)
    expect(visitor.page.locator("main .small-table-tools")).to_be_visible()
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator("main .small-table-tools")).to_be_hidden()


def test_without_scripts_the_table_reads_as_before(visitor: Visitor) -> None:
    visitor.log_in("huicheng-office", "en")
    table = promises_of(visitor)
    plain = visitor.context.browser.new_context(
        java_script_enabled=False, storage_state=visitor.context.storage_state()
    )
    page = plain.new_page()
    page.goto(visitor.page.url)
    rows = page.locator("main table").first.locator("tbody tr")
    assert rows.count() == table.locator("tbody tr").count()
    assert page.locator("main .small-table-tools, main button.sort").count() == 0
    plain.close()
