"""Filled forms: indicators of a county, units in it, pairs of institutions; nothing invented, few patients hidden."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils.translation import override

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.models import IndicatorSheet, IndicatorValue
from lianyi.partnerships.models import Agreement
from lianyi.reports.content import Report
from lianyi.reports.errors import FormPeriodError
from lianyi.reports.form_building import asked_form, form_book, form_report, form_workbook, periods_of_form
from tests.cast import Scene, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, status_of, words
from tests.reports.looking import assert_prints_well

TODAY = day("2026-11-01")
COUNTY_FORM, PUBLIC_HEALTH, STATIONING = "county-community-monitoring", "basic-public-health", "stationing"


@pytest.fixture
def viewer(scene: Scene) -> Actor:
    scene.county.refresh_from_db()
    return actor_for("viewer-county", scene.county.pk, "commission_viewer")


def reported(node: OrganisationNode, family: str, year: int, **figures: tuple[int, int | None]) -> None:
    """Write a yearly sheet with values, a code's dashes as underscores."""
    start = day(f"{year}-01-01")
    sheet = IndicatorSheet.objects.create(node=node, family=family, period="year", period_start=start, state="accepted")
    for code, (numerator, denominator) in figures.items():
        IndicatorValue.objects.create(
            sheet=sheet,
            node=node,
            code=code.replace("_", "-"),
            definition_version=1,
            period_start=start,
            numerator=Decimal(numerator),
            denominator=None if denominator is None else Decimal(denominator),
            source="typed",
        )


def filled(scene: Scene, viewer: Actor, form: str, period: str, language: str = "en") -> Report:
    table = form_book().of(form, TODAY)
    assert table is not None
    with override(language):
        return form_report(asked_form(viewer, scene.county, table, period, TODAY))


def rows(report: Report) -> list[tuple[str, ...]]:
    grid = report.parts[0].grid
    assert grid is not None
    return [tuple(cell.text for cell in row) for row in grid.rows]


def test_a_county_form_shows_this_year_beside_the_last_and_a_dash_where_nothing_was_said(
    scene: Scene, viewer: Actor
) -> None:
    node = scene.county.node
    reported(node, "county-community", 2024, county_tcm_visit_share=(1200, 10000))
    reported(node, "county-community", 2025, county_tcm_visit_share=(1500, 10000), county_unified_management=(1, None))
    found = {row[0]: row for row in rows(filled(scene, viewer, COUNTY_FORM, "2025"))}

    assert found["12"][2:] == ("1,500", "10,000", "15.0 %", "12.0 %", "accepted")
    assert found["1"][4:6] == ("yes", "—")
    assert found["14"][2:] == ("—",) * 5


def test_every_figure_opens_its_value(scene: Scene, viewer: Actor) -> None:
    reported(scene.county.node, "county-community", 2025, county_tcm_visit_share=(1500, 10000))
    grid = filled(scene, viewer, COUNTY_FORM, "2025").parts[0].grid

    assert grid is not None
    address = next(row[4].url for row in grid.rows if row[0].text == "12")
    assert client_of(viewer).get(address).status_code == 200


def test_units_stand_in_rows_and_few_people_are_hidden(scene: Scene, viewer: Actor) -> None:
    # 3 of 1000 tells of few who are managed, 998 of few who are not.
    for institution, found in ((scene.shan, (900, 1000)), (scene.xiang, (3, 1000)), (scene.cun, (998, 1000))):
        reported(institution.node, "basic-public-health", 2025, public_health_hypertension=found)
    told = rows(filled(scene, viewer, PUBLIC_HEALTH, "2025"))
    heading = filled(scene, viewer, PUBLIC_HEALTH, "2025").parts[0].grid
    assert heading is not None
    at = heading.columns.index("Hypertension, standard management at primary level")

    by_unit = {row[0]: row[at] for row in told}
    assert sorted(by_unit.values()) == ["90.0 %", "hidden: few", "hidden: few"]
    assert "0.3 %" not in str(told)


def test_each_pair_of_institutions_has_a_row_of_people_and_days(
    scene: Scene, two_years: Agreement, viewer: Actor
) -> None:
    table = form_book().of(STATIONING, TODAY)
    assert table is not None
    with override("en"):
        found = form_report(asked_form(viewer, scene.county, table, "2023", day("2024-06-01")))

    # In 2023 only Cai, 1 January to 30 June: 181 of 365 days; the whole stay since 8 October is 266 days on end.
    (row,) = rows(found)
    assert row[2] == "1"
    assert row[5:] == ("181", "266", "181/365", "49.5 %")


def test_a_form_says_that_it_is_a_proposal_and_where_it_comes_from(scene: Scene, viewer: Actor) -> None:
    found = filled(scene, viewer, STATIONING, "2025")

    assert found.marks == ("Proposal, not an official form",)
    assert found.limits[0] == form_book().of(STATIONING, TODAY).source  # type: ignore[union-attr]


def test_periods_are_of_the_kind_of_the_form(scene: Scene, viewer: Actor) -> None:
    monthly = form_book().of("essential-medicines", TODAY)
    assert monthly is not None
    assert periods_of_form(monthly, TODAY)[:3] == ["2026-11", "2026-10", "2026-09"]
    with pytest.raises(FormPeriodError):
        asked_form(viewer, scene.county, monthly, "2025", TODAY)


def test_a_workbook_holds_the_same_words(scene: Scene, viewer: Actor) -> None:
    reported(scene.county.node, "county-community", 2025, county_tcm_visit_share=(1500, 10000))
    table = form_book().of(COUNTY_FORM, TODAY)
    assert table is not None
    with override("en"):
        found = form_workbook(asked_form(viewer, scene.county, table, "2025", TODAY))
    lines = [[str(cell) for cell in line] for line in openpyxl.load_workbook(io.BytesIO(found)).active.values]

    assert any("15.0 %" in line for line in lines)
    assert len(lines) == 1 + len(table.rows)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("form", [COUNTY_FORM, PUBLIC_HEALTH, STATIONING])
def test_forms_print_well(scene: Scene, viewer: Actor, two_years: Agreement, form: str, language: str) -> None:
    reported(scene.shan.node, "basic-public-health", 2023, public_health_hypertension=(900, 1000))
    assert_prints_well(filled(scene, viewer, form, "2023", language).as_document(), language, most_pages=3)


def test_the_page_of_a_form_is_shown_and_taken_along(scene: Scene, viewer: Actor) -> None:
    client = client_of(viewer)
    page = client.get(reverse("reports:forms-of-place", args=[scene.county.pk]), follow=True)
    assert page.status_code == 200
    assert "Where this form comes from" in words(page_of(client, "reports:form-of-place", scene.county.pk, COUNTY_FORM))
    for ending, start in (("pdf", b"%PDF"), ("docx", b"PK"), ("xlsx", b"PK")):
        answer = client.get(reverse("reports:form-file", args=[scene.county.pk, COUNTY_FORM, "2025", ending]))
        assert answer.content.startswith(start)
    address = reverse("reports:form-of-place", args=[scene.county.pk, COUNTY_FORM])
    assert client.get(address, {"period": "gossip"}).status_code == 422


def test_unknown_forms_and_places_out_of_reach_are_not_found(scene: Scene, viewer: Actor) -> None:
    assert status_of(client_of(viewer), "reports:form-of-place", scene.county.pk, "gossip") == 404
    assert status_of(client_of(viewer), "reports:form-of-place", scene.city.pk, COUNTY_FORM) == 404
    assert status_of(client_of(scene.office_shan), "reports:form-of-place", scene.county.pk, COUNTY_FORM) == 404
