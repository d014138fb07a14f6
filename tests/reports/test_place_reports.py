"""Reports about places: what a district bureau sees on one page, against values counted by hand."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.partnerships.models import Agreement
from lianyi.reports import commands, queries
from lianyi.reports.content import Part, Report, ReportPeriod
from lianyi.reports.district_building import place_report
from lianyi.reports.errors import ReportNotBegunError
from lianyi.reports.making import made_place_report
from lianyi.reports.models import KeptPlaceReport, PlaceReportKind
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, words
from tests.exchanges.visits_story import visiting
from tests.reports.looking import assert_prints_well

DASHBOARD, DEMANDS = PlaceReportKind.DASHBOARD, PlaceReportKind.DEMANDS
TODAY = day("2024-06-01")


@pytest.fixture
def viewer(scene: Scene) -> Actor:
    return actor_for("viewer-county", scene.county.pk, "commission_viewer")


@pytest.fixture
def office(scene: Scene) -> Actor:
    return actor_for("office-county", scene.county.pk, "lead_office")


def told(scene: Scene, actor: Actor, period: str = "2022", language: str = "en") -> Report:
    scene.county.refresh_from_db()
    with override(language):
        return place_report(actor, scene.county, DASHBOARD, ReportPeriod.parse(period), TODAY)


def part(report: Report, key: str) -> Part:
    return next(each for each in report.parts if each.key == key)


def glance(report: Report) -> dict[str, str]:
    return {each.label: each.value for each in part(report, "glance").numbers}


def texts(report: Report, key: str) -> list[tuple[str, ...]]:
    grid = part(report, key).grid
    assert grid is not None
    return [tuple(cell.text for cell in row) for row in grid.rows]


def test_a_district_sees_the_promises_of_all_agreements_that_touch_it(
    scene: Scene, two_years: Agreement, viewer: Actor
) -> None:
    found = told(scene, viewer)

    # D09 wants 3 persons, 2 came; the other duty of the scene is judged too: none kept.
    assert glance(found)["Agreements that touch it"] == "1"
    assert glance(found)["Promises kept"] == "0/2"
    title = two_years.title_en or two_years.title_zh
    assert texts(found, "promises")[0][0] == title
    assert texts(found, "promises")[0][2:] == ("0", "2", "0", "0")


def test_a_district_sees_who_came_to_it_and_for_how_long(scene: Scene, two_years: Agreement, viewer: Actor) -> None:
    found = told(scene, viewer)

    # An 184 days, Cai 153 days less 7 away; somebody was there on 299 days of the year.
    assert glance(found)["Posted to it"] == "2"
    assert glance(found)["Person-days on site"] == str(184 + 146)
    assert glance(found)["Posted out of it"] == "0"
    assert texts(found, "people")[0][1:] == ("2", "330", "299/365 (81.9 %)")


def test_the_other_side_sees_the_same_people_as_posted_out(scene: Scene, two_years: Agreement) -> None:
    city = actor_for("viewer-city", scene.city.pk, "commission_viewer")
    scene.city.refresh_from_db()
    with override("en"):
        found = place_report(city, scene.city, DASHBOARD, ReportPeriod(2022), TODAY)

    assert glance(found)["Posted to it"] == "0"
    assert glance(found)["Posted out of it"] == "2"


def test_numbers_open_exactly_the_rows_behind_them(scene: Scene, two_years: Agreement, viewer: Actor) -> None:
    client = client_of(viewer)
    number = next(each for each in part(told(scene, viewer), "glance").numbers if each.label == "Posted to it")

    assert len(client.get(number.url).context["table"].rows) == 2


def test_a_district_sees_what_became_of_the_demands_and_no_difficulty(scene: Scene, viewer: Actor) -> None:
    story = visiting(scene)
    story.closed(story.made(story.raised(statement_en="Sample: doctors missing")), on=-50)
    story.raised()
    story.difficulty()
    scene.county.refresh_from_db()
    today = story.visit.starts_on.replace(month=12, day=31)
    with override("en"):
        period = ReportPeriod(story.visit.starts_on.year)
        found = place_report(viewer, scene.county, DEMANDS, period, today)

    numbers = {each.label: each.value for each in part(found, "demands").numbers}
    assert (numbers["Points raised"], numbers["Checked by another"]) == ("2", "1/1")
    assert "宿舍漏水" not in str(found.as_document())


def test_a_period_that_has_not_begun_is_refused(scene: Scene, viewer: Actor) -> None:
    with pytest.raises(ReportNotBegunError):
        told(scene, viewer, "2025")


def test_only_who_covers_the_whole_place_has_its_dashboard(scene: Scene, two_years: Agreement) -> None:
    assert queries.watched_place(actor_for("city", scene.city.pk, "lead_office"), scene.city.pk) == scene.city
    for actor in (scene.office_shan, scene.office_jia, scene.office_lin):
        with pytest.raises(NotFoundInScopeError):
            queries.watched_place(actor, scene.county.pk)


def kept(scene: Scene, actor: Actor) -> KeptPlaceReport:
    scene.county.refresh_from_db()
    made = made_place_report(actor, scene.county, DASHBOARD, ReportPeriod(2022), TODAY)
    return commands.keep_place_report(acting_as(actor), scene.county, made)


def test_a_kept_dashboard_is_read_by_who_covers_the_place_and_nobody_else(
    scene: Scene, two_years: Agreement, office: Actor, viewer: Actor
) -> None:
    first, second = kept(scene, office), kept(scene, office)

    assert (first.number, second.number) == (1, 2)
    assert queries.kept_place_report(viewer, first.pk).documents["en"]["title"] == "District dashboard 2022"
    for actor in (scene.office_shan, scene.office_lin):
        with pytest.raises(NotFoundInScopeError):
            queries.kept_place_report(actor, first.pk)


def test_who_only_reads_keeps_no_dashboard(scene: Scene, two_years: Agreement, viewer: Actor) -> None:
    with pytest.raises(NotPermittedError):
        kept(scene, viewer)
    with pytest.raises(NotPermittedError):
        kept(scene, scene.office_shan)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_dashboard_prints_well(scene: Scene, two_years: Agreement, viewer: Actor, language: str) -> None:
    found = assert_prints_well(told(scene, viewer, language=language).as_document(), language, most_pages=4)

    assert "330" in found.text


def test_the_page_is_shown_kept_and_listed(scene: Scene, two_years: Agreement, office: Actor) -> None:
    client = client_of(office)
    address = reverse("reports:of-place", args=[scene.county.pk, "dashboard"])
    assert client.get(reverse("reports:districts")).headers["Location"] == address
    assert "At a glance" in words(page_of(client, "reports:of-place", scene.county.pk, "dashboard"))

    year = str(two_years.starts_on.year + 1)
    send(client, "reports:keep-of-place", scene.county.pk, "demands", year)
    row = KeptPlaceReport.objects.get()
    assert "Edition 1" in words(page_of(client, "reports:kept-of-place", row.pk))
    assert "Demands of visits" in words(page_of(client, "reports:place-reports"))
    for name, place in (
        ("file-now-of-place", [scene.county.pk, "dashboard", year]),
        ("kept-file-of-place", [row.pk]),
    ):
        assert client.get(reverse(f"reports:{name}", args=[*place, "pdf"])).content.startswith(b"%PDF")


def test_unknown_kinds_and_periods_are_told(scene: Scene, office: Actor) -> None:
    client = client_of(office)

    assert status_of(client, "reports:of-place", scene.county.pk, "gossip") == 404
    address = reverse("reports:of-place", args=[scene.county.pk, "dashboard"])
    assert client.get(address, {"period": "1066"}).status_code == 422


def test_the_dashboard_asks_no_more_questions_for_more_agreements_and_people(
    scene: Scene, two_years: Agreement, viewer: Actor
) -> None:
    client = client_of(viewer)
    page = (client, "reports:of-place", scene.county.pk, "dashboard")
    page_of(*page, period="2023")
    few = queries_for(*page, period="2023")
    for number in range(3):
        more = scene.agreement(f"MORE-{number}", starts_on="2022-01-01", ends_on="2030-12-31")
        scene.duty(more, "D08", "persons_posted", "1", "person", "year")
        scene.stayed(more, scene.ding, f"2023-0{1 + 2 * number}-01", f"2023-0{1 + 2 * number}-20")

    assert queries_for(*page, period="2023") == few
