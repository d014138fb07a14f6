"""The survey in a real browser: every page in both languages, on desk and phone; an option kept and put forward."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lianyi.methods.access import warming as access
from lianyi.methods.location import warming as location
from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

PAGES = (
    "/survey/?place=522327",
    "/survey/?place=522327&basis=published",
    "/survey/institutions/?place=522327",
    "/survey/figures/?place=522327",
    "/survey/workload/?place=522327",
    "/survey/distribution/?place=522327",
    "/survey/shortfalls/?place=522327",
    "/survey/compare/?place=522327&other=440311&basis=published",
    "/survey/access/?place=522327",
    "/survey/options/?place=522327",
    "/survey/scenarios/",
    "/survey/gaps/",
)
CASES = (
    ("ceheng-viewer", "522327"),
    ("shizhu-viewer", "500240"),
    ("lucheng-viewer", "140406"),
    ("guangming-viewer", "440311"),
    ("liupanshui-viewer", "520204"),
)


@pytest.fixture(scope="module", autouse=True)
def methods() -> None:
    """Compile the methods as an installation does, so that no page waits for a compiler."""
    access.warm_up()
    location.warm_up()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_a_region_is_whole_in_both_languages(visitor: Visitor, language: str) -> None:
    visitor.log_in("ceheng-viewer", language)
    for path in PAGES:
        visitor.open(path)
        assert visitor.last_status == 200, path


@pytest.mark.parametrize(("username", "code"), CASES)
def test_every_case_has_something_to_show(visitor: Visitor, username: str, code: str) -> None:
    visitor.log_in(username, "en")
    visitor.open(f"/survey/?place={code}")
    assert visitor.page.locator("[data-chart]").count() >= 1
    visitor.open(f"/survey/access/?place={code}")
    expect(visitor.page.locator("#sheet-cover")).to_be_visible()
    visitor.open(f"/survey/options/?place={code}&minutes=10")
    expect(visitor.page.locator("#sheet-change")).to_be_visible()


def test_a_region_is_chosen_and_kept_from_tab_to_tab(visitor: Visitor) -> None:
    visitor.log_in("guangming-viewer", "en")
    visitor.open("/survey/")
    expect(visitor.page.locator("h1")).to_have_text("Resources: Guangming District")
    visitor.follow(visitor.page.locator(".tabs a", has_text="Two regions"))
    visitor.page.locator("[name=other]").fill("510100GX")
    visitor.page.locator("[name=basis]").select_option("published")
    visitor.follow(visitor.page.locator("form.survey-question button"))
    expect(visitor.page.locator("h1")).to_have_text("Guangming District beside Chengdu High-tech Zone")
    visitor.follow(visitor.page.locator(".tabs a", has_text="Account"))
    assert "place=440311" in visitor.address


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (360, "en"), (360, "zh-hans")])
def test_the_files_of_a_table_with_a_filter_stand_on_one_line(
    site: Site, new_visitor: NewVisitor, width: int, language: str
) -> None:
    visitor = new_visitor(site, {"width": width, "height": 800})
    visitor.log_in("shizhu-viewer", language)
    visitor.open("/survey/shortfalls/")
    tools = visitor.page.locator(".section-head .small-table-tools", has=visitor.page.locator("input")).first
    boxes = [tools.locator("a", has_text="Excel").bounding_box(), tools.get_by_role("button").bounding_box()]
    middles = {round(box["y"] + box["height"] / 2) for box in boxes if box}
    assert len(middles) == 1


def test_a_number_opens_its_rows_and_a_table_is_taken_along(visitor: Visitor) -> None:
    visitor.log_in("ceheng-viewer", "en")
    visitor.open("/survey/?place=522327")
    taken = visitor.download(visitor.page.locator(".survey-sheet a", has_text="Excel").first)
    assert taken.suggested_filename.startswith("resources-522327-parts-")
    visitor.follow(visitor.page.locator("section.survey-sheet td a", has_text="primary"))
    assert "tier=primary" in visitor.address
    assert "样例册亨基层" not in visitor.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_option_is_kept_and_its_gap_taken_up_by_who_plans(
    own_site: Site, new_visitor: NewVisitor, language: str
) -> None:
    bureau = new_visitor(own_site)
    bureau.log_in("guangming-viewer", language)
    bureau.open("/survey/options/?place=440311&minutes=3")
    bureau.follow(bureau.page.locator(".page-actions .btn-primary"))
    bureau.page.locator("[name=name]").fill(f"样例方案 {language}")
    bureau.follow(bureau.page.locator("main form .btn-primary"))
    expect(bureau.page.locator("h1")).to_contain_text(f"样例方案 {language}")
    bureau.follow(bureau.page.locator(".page-actions a", has_text=bureau.words("提出缺口", "Put the gap forward")))
    bureau.page.locator("[name=note]").fill("样例说明")
    bureau.follow(bureau.page.locator("main form .btn-primary"))
    gap = bureau.address
    assert bureau.page.locator(".page-actions a[href$='sheet.pdf']").count() == 1
    planner = new_visitor(own_site, PHONE)
    planner.log_in("guangming-planner", language)
    waiting = planner.words("缺口", "put forward")
    planner.follow(planner.page.locator(".task-list a", has_text=waiting))
    planner.open(gap)
    planner.follow(planner.page.locator(".page-actions .btn-primary"))
    planner.page.locator("[name=answer]").fill("样例答复")
    planner.follow(planner.page.locator("main form .btn-primary"))
    assert planner.address == gap
    assert "样例答复" in planner.text()


def test_a_shortfall_is_put_forward_from_its_line(own_site: Site, new_visitor: NewVisitor) -> None:
    bureau = new_visitor(own_site)
    bureau.log_in("ceheng-viewer", "en")
    bureau.open("/survey/shortfalls/?place=522327")
    bureau.follow(bureau.page.locator("td a", has_text="Put forward").first)
    bureau.follow(bureau.page.locator("main form .btn-primary"))
    expect(bureau.page.locator("h1")).to_contain_text("general practitioners")
    bureau.open("/survey/gaps/")
    assert bureau.page.locator("tbody tr").count() >= 1
