"""Rounds in a real browser: a stop is closed, plans are read and searched, the tables go out, a visit is recorded."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.browser.conftest import NewVisitor
from tests.browser.site import Site
from tests.browser.visitor import LANGUAGES, PHONE, Visitor

PROGRAMME = "样例流动医院"
SEARCH_MILLISECONDS = 90_000
HEAD = "day,team_code,stop_code,position,arrives_at,departs_at,travel_minutes\n"


def code_of(language: str) -> str:
    """Return the code of the programme that the journey in a language writes: the site is one for both."""
    return "ROUND-EN" if language == "en" else "ROUND-ZH"


def next_tuesday() -> datetime.date:
    today = datetime.date.today()  # noqa: DTZ011 - the day of the machine, as the site has it
    return today + datetime.timedelta(days=8 - today.weekday())


def send(visitor: Visitor) -> None:
    visitor.follow(visitor.page.locator("main form .btn-primary"))


def write_programme(planner: Visitor) -> str:
    """Write a programme with one team and one stop, and return its address."""
    planner.open("/dispatch/rounds/new/")
    page = planner.page
    option = page.locator("[name=agreement] option", has_text="ZB-ZC-MOBILE")
    page.locator("[name=agreement]").select_option(option.get_attribute("value"))
    page.locator("[name=code]").fill(code_of(planner.language))
    page.locator("[name=name_zh]").fill(PROGRAMME)
    page.locator("[name=kind]").select_option("walking_doctor")
    page.locator("[name=starts_on]").fill("2026-01-01")
    page.locator("[name=ends_on]").fill("2027-12-31")
    page.locator("[name=rule]").select_option("mobile-medicine-2024/village-rounds")
    page.locator("[name=period]").select_option("week")
    send(planner)
    programme = planner.address
    planner.follow(page.locator(".page-actions a[href$='/crews/new/']"))
    page.locator("[name=team]").select_option(index=1)
    page.locator("[name=start]").fill("ZCYL01")
    send(planner)
    planner.follow(page.locator(".page-actions a[href$='/stops/new/']"))
    page.locator("[name=code]").fill("V1")
    page.locator("[name=institution]").fill("ZBWSS001")
    send(planner)
    return programme


def read_plan(planner: Visitor, programme: str, folder: Path) -> None:
    """Read a plan with one visit, look at what it would change, and take it over."""
    file = folder / f"visits-{planner.language}.csv"
    file.write_text(f"{HEAD}{next_tuesday()},M01,V1,1,09:00,11:00,30\n", encoding="utf-8")
    planner.open(f"{programme}plans/read/")
    planner.page.locator("[name=file]").set_input_files(file)
    send(planner)
    assert planner.page.locator("#changes").count() == 1
    planner.follow(planner.page.locator("form[action$='/take-over/'] button"))


def search_plan(planner: Visitor, programme: str) -> None:
    """Search a plan in the background, and wait for the page to load itself again when it has ended."""
    planner.open(f"{programme}plans/")
    planner.follow(planner.page.locator(".page-actions a[href$='/plans/search/']"))
    planner.page.locator("[name=seconds]").fill("2")
    send(planner)
    planner.page.locator("#search:not([hx-get]) .tag-good").wait_for(timeout=SEARCH_MILLISECONDS)
    planner.check()
    planner.follow(planner.page.locator("#search a[href*='/rounds/plans/']"))
    assert planner.page.locator("#changes").count() == 1
    assert "100.0 %" in planner.text()
    planner.follow(planner.page.locator("form[action$='/put-aside/'] button"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_rounds_are_written_planned_closed_and_recorded_at_a_desk_and_on_a_phone(
    own_site: Site, new_visitor: NewVisitor, tmp_path: Path, language: str
) -> None:
    planner = new_visitor(own_site)
    planner.log_in("zibo-planner", language)
    programme = write_programme(planner)
    read_plan(planner, programme, tmp_path)
    planner.follow(planner.page.locator("main a[href*='/sheet/']").first)
    assert "09:00" in planner.text()
    pdf = planner.download(planner.page.locator("main a[href$='.pdf']"))
    assert Path(pdf.path()).read_bytes().startswith(b"%PDF-")
    planner.open(f"{programme}close/")
    planner.page.locator("[name=starts_on]").fill(str(next_tuesday()))
    planner.page.locator("[name=ends_on]").fill(str(next_tuesday()))
    planner.page.locator("[name=stops]").check()
    send(planner)
    assert planner.page.locator("main .notice-warning").count() == 1
    search_plan(planner, programme)
    archive = f"{programme}plans/folder/"
    planner.open(archive)
    tables = planner.download(planner.page.locator("main form .btn-primary"))
    assert Path(tables.path()).read_bytes().startswith(b"PK")
    phone = new_visitor(own_site, PHONE)
    phone.log_in("zibo-planner", language)
    phone.open(f"{programme}visits/record/")
    phone.page.locator("[name=stop]").select_option(index=1)
    phone.page.locator("[name=crew]").select_option(index=1)
    phone.page.locator("[name=people_seen]").fill("14")
    phone.page.locator("[name=count_consultation]").fill("12")
    send(phone)
    phone.open(f"{programme}frequency/")
    assert "V" in phone.text()
    phone.open(programme)
    phone.open(f"{programme}week/")
    phone.follow(phone.page.locator(".round-day a").first)
    assert "14" in phone.text()


def test_the_sample_rounds_of_zichuan_are_read_by_whoever_watches(visitor: Visitor) -> None:
    visitor.log_in("zibo-office", "zh-hans")
    visitor.open("/dispatch/rounds/")
    visitor.follow(visitor.page.locator("main td a").first)
    assert visitor.page.locator("[data-chart=round-map-data]").count() == 1
    for tab in ("week", "frequency", "plans"):
        visitor.follow(visitor.page.locator(f".tabs a[href$='/{tab}/']"))
