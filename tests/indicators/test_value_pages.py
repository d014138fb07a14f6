"""The pages of indicators: definitions, sheets to fill in, values, completeness; and their tables."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.indicators.models import IndicatorSheet, IndicatorValue, ReportingAssignment
from lianyi.registry.imports.kinds import table_kind
from tests.cast import acting_as, as_service, day
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.indicators.values_story import COUNT, FAMILY, MINUTES, SHARE, USUAL, Reporting

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(story: Reporting) -> Client:
    return client_of(story.clerk)


@pytest.fixture
def analyst(story: Reporting) -> Client:
    return client_of(story.analyst)


def test_a_sheet_is_begun_filled_submitted_checked_accepted_and_locked(
    story: Reporting, clerk: Client, analyst: Client
) -> None:
    response = send(clerk, "indicators:sheet-new", node="SHAN", family=FAMILY, period="2024-05")
    row = IndicatorSheet.objects.get()
    assert response.url == reverse("indicators:sheet-figures", args=[row.pk])
    html = page_of(clerk, "indicators:sheet-figures", row.pk)
    assert "Sample share of referrals" in html
    sent = {
        f"n-{SHARE}": "5", f"d-{SHARE}": "80", f"n-{COUNT}": "1,200", f"b-{MINUTES}": "clock broken",
        "expected_version": version_in(html),
    }  # fmt: skip
    assert send(clerk, "indicators:sheet-figures", row.pk, **sent).status_code == 302
    text = words(page_of(clerk, "indicators:sheet", row.pk))
    assert "2 of 3 indicators have a figure. 1 is not available, with the reason." in text
    assert "6.2 %" in text or "6.3 %" in text
    assert "1,200" in text
    row.refresh_from_db()
    assert send(clerk, "indicators:sheet-step", row.pk, "submit", expected_version=row.version).status_code == 302
    assert "somebody else checks it" in words(page_of(clerk, "indicators:sheet", row.pk))
    assert "1 Sheet of indicators waits to be checked" in words(page_of(analyst, "home"))
    for name in ("check", "accept", "lock"):
        row.refresh_from_db()
        assert send(analyst, "indicators:sheet-step", row.pk, name, expected_version=row.version).status_code == 302
    row.refresh_from_db()
    assert row.state == "locked"
    assert status_of(clerk, "indicators:sheet-step", row.pk, "reopen") == 403


def test_the_page_of_an_indicator_tells_what_it_is_counted_from(analyst: Client) -> None:
    text = words(page_of(analyst, "indicators:definition", "referral-acceptance"))
    assert "Referrals referrals A row for each receiver that was asked" in text
    assert "Accepted accepted_at" in text
    assert "not recorded here" not in text
    text = words(page_of(analyst, "indicators:definition", "chest-pain-ecg-ahead"))
    assert "Whether it is a STEMI is_stemi not recorded here" in text
    assert "not recorded here" in words(page_of(analyst, "indicators:definition", "medicine-value-share"))


def test_a_wrong_line_is_told_at_its_line_and_nothing_typed_is_lost(story: Reporting, clerk: Client) -> None:
    row = story.begun()
    sent = {f"n-{SHARE}": "90", f"d-{SHARE}": "80", f"n-{COUNT}": "viele", "expected_version": row.version}
    response = send(clerk, "indicators:sheet-figures", row.pk, **sent)
    assert response.status_code == 422
    assert "'viele' is no number" in words(response.content.decode()).replace("&#x27;", "'")
    sent[f"n-{COUNT}"] = "100"
    response = send(clerk, "indicators:sheet-figures", row.pk, **sent)
    text = response.content.decode()
    assert response.status_code == 422
    assert "The numerator 90 is part of the denominator 80 and cannot be above it." in words(text)
    assert 'value="100"' in text
    assert not row.values.exists()


def test_a_sheet_that_came_back_says_why_and_asks_why_figures_change(
    story: Reporting, clerk: Client, analyst: Client
) -> None:
    row = story.submitted()
    send(analyst, "indicators:sheet-step", row.pk, "send_back", expected_version=row.version, reason="count again")
    assert "count again" in words(page_of(clerk, "indicators:sheet", row.pk))
    row.refresh_from_db()
    sent = {f"n-{SHARE}": "5", f"d-{SHARE}": "100", f"n-{COUNT}": "110", f"n-{MINUTES}": "1000", f"d-{MINUTES}": "100"}
    response = send(clerk, "indicators:sheet-figures", row.pk, **sent, expected_version=row.version)
    assert "say why they change" in words(response.content.decode())
    sent["reason"] = "night clinic forgotten"
    assert send(clerk, "indicators:sheet-figures", row.pk, **sent, expected_version=row.version).status_code == 302
    text = words(page_of(clerk, "indicators:value", story.value(row, COUNT).pk))
    assert "night clinic forgotten" in text
    assert "100 110" in text


def test_the_page_of_a_value_shows_its_figures_its_definition_and_who_else_gave_it(
    story: Reporting, analyst: Client
) -> None:
    story.duty()
    story.duty(story.scene.xiang.node)
    story.submitted("2024-04")
    row = story.submitted("2024-05", {**USUAL, SHARE: (8, 100)})
    text = words(page_of(analyst, "indicators:value", story.value(row, SHARE).pk))
    assert "8.0 %" in text
    assert "Patients referred" in text
    assert "1 of 2 units within your reach" in text
    assert "1 missing" in text
    assert "Sample share of referrals · 1" in text
    assert "Over time" in text


def test_the_list_of_indicators_tells_words_source_and_versions(analyst: Client) -> None:
    assert "Coordinated services" in words(page_of(analyst, "indicators:definitions", family="county-community"))
    text = words(page_of(analyst, "indicators:definitions", family=FAMILY))
    assert "Sample share of referrals" in text
    assert "Coordinated services" not in text
    one = words(page_of(analyst, "indicators:definition", "county-primary-visit-share"))
    assert "county visit" in one.lower() or "visits" in one.lower()
    assert "name from a source, words by this project" in one
    assert status_of(analyst, "indicators:definition", "nothing") == 404


def test_values_are_sorted_by_value_filtered_and_cost_no_more_for_more_rows(story: Reporting, analyst: Client) -> None:
    story.submitted("2024-01", {**USUAL, SHARE: (9, 100)})
    page_of(analyst, "indicators:values")
    before = queries_for(analyst, "indicators:values", code=SHARE)
    for month, figures in ((2, (50, 100)), (3, (1, 3))):
        story.submitted(f"2024-0{month}", {**USUAL, SHARE: figures})
    assert queries_for(analyst, "indicators:values", code=SHARE) == before
    text = words(page_of(analyst, "indicators:values", code=SHARE, sort="-quotient"))
    assert text.index("50.0 %") < text.index("33.3 %") < text.index("9.0 %")
    exported = analyst.get(reverse("indicators:values"), {"code": SHARE, "export": "csv"})
    assert b"33.33333" in b"".join(exported)


def test_the_board_shows_who_is_missing(story: Reporting, analyst: Client) -> None:
    story.duty()
    story.duty(story.scene.xiang.node)
    story.submitted("2024-05")
    text = words(page_of(analyst, "indicators:completeness", family=FAMILY, period="month", last="2024-05"))
    assert "2024-05: late" in text
    assert "2024-05: missing" in text
    assert "1 open institution within your reach is not asked" in text
    assert status_of(client_of(story.stranger), "indicators:completeness") == 200


def test_whoever_only_reads_gives_no_duty_and_begins_no_sheet(story: Reporting, clerk: Client) -> None:
    assert status_of(clerk, "indicators:reporter-new") == 403
    office = client_of(story.scene.office_jia)
    assert status_of(office, "indicators:sheet-new") == 403
    assert status_of(office, "indicators:values") == 200


def test_an_analyst_gives_and_ends_a_duty(story: Reporting, analyst: Client) -> None:
    sent = {"node": "SHAN", "family": FAMILY, "period": "month", "starts_on": "2024-01-01", "due_days": "10"}
    assert send(analyst, "indicators:reporter-new", **sent).status_code == 302
    duty = ReportingAssignment.objects.get()
    assert send(analyst, "indicators:reporter", duty.pk, ends_on="2024-12-31").status_code == 302
    duty.refresh_from_db()
    assert duty.ends_on == day("2024-12-31")


HEAD = "indicator_code,unit_code,period,numerator,denominator,unavailable_because,note,provenance\n"


def test_values_come_in_by_table_with_their_sheets_and_read_back_unchanged(story: Reporting) -> None:
    clerk = acting_as(story.clerk)
    run = load(clerk, "indicator_values", f"{HEAD}{SHARE},SHAN,2024-05,5,80,,,\n{COUNT},SHAN,202405,,,lost,,\n")
    assert (run.rows_created, run.rows_refused) == (2, 0)
    sheet = IndicatorSheet.objects.get()
    assert (sheet.state, sheet.provenance) == ("draft", "reported")
    assert set(sheet.values.values_list("code", "source", "provenance")) == {
        (SHARE, "uploaded", "reported"),
        (COUNT, "uploaded", "reported"),
    }
    kind = table_kind("indicator_values")
    assert kind is not None
    rows = list(kind.export(story.clerk))
    assert [(row["indicator_code"], row["period"], row["numerator"]) for row in rows] == [
        (SHARE, "2024-05", 5),
        (COUNT, "2024-05", None),
    ]
    names = [column.name for column in kind.columns]
    lines = [",".join("" if row[name] is None else str(row[name]) for name in names) for row in rows]
    again = load(acting_as(story.clerk), "indicator_values", ",".join(names) + "\n" + "\n".join(lines) + "\n")
    assert (again.rows_unchanged, again.rows_updated) == (2, 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"{SHARE},SHAN,2024-05,81,80,,,", "cannot be above it"),
        (f"{SHARE},SHAN,2024,5,80,,,", "is no indicator that is reported for 2024"),
        ("nothing,SHAN,2024-05,5,80,,,", "is no indicator that is reported for 2024-05"),
        (f"{SHARE},LIN,2024-05,5,80,,,", "not within your reach"),
        (f"{SHARE},SHAN,May,5,80,,,", "is no period"),
        (f"{SHARE},SHAN,2024-05,,,,,", "neither a figure nor a reason"),
        (f"{SHARE},SHAN,2024-05,5,80,,,recorded", "a table brings reported figures"),
        (f"{SHARE},SHAN,2190-05,5,80,,,", "begins no period that has begun"),
    ],
)
def test_a_row_that_cannot_be_says_why(story: Reporting, line: str, reason: str) -> None:
    assert reason in only_reason(preview_of(story.clerk, "indicator_values", f"{HEAD}{line}\n"))


def test_a_table_changes_nothing_that_somebody_has_read(story: Reporting) -> None:
    row = story.submitted()
    text = f"{HEAD}{COUNT},SHAN,2024-05,101,,,,\n"
    assert "is no draft any more" in only_reason(preview_of(story.clerk, "indicator_values", text))
    story.step(row, "send_back", reason="again")
    assert "with the reason" in only_reason(preview_of(story.clerk, "indicator_values", text))
    run = load(as_service("as the paper says"), "indicator_values", text)
    assert run.rows_updated == 1
    value = IndicatorValue.objects.get(code=COUNT)
    assert [(each.before["numerator"], each.reason) for each in value.changes.all()] == [
        ("100.0000", "as the paper says")
    ]


def test_sheets_and_duties_come_in_by_table(story: Reporting) -> None:
    duties = (
        "unit_code,family,period,starts_on,ends_on,due_days,provenance\nSHAN,sample-monthly,month,2024-01-01,,10,\n"
    )
    assert load(acting_as(story.analyst), "reporting_assignments", duties).rows_created == 1
    sheets = (
        "unit_code,family,period,state,received_on,provenance\nSHAN,sample-monthly,2024-05,locked,2024-06-03,sample\n"
    )
    assert "a table brings drafts only" in only_reason(preview_of(story.clerk, "indicator_sheets", sheets))
    assert load(as_service(), "indicator_sheets", sheets).rows_created == 1
    kind = table_kind("indicator_sheets")
    assert kind is not None
    (row,) = kind.export(story.clerk)
    assert (row["state"], str(row["received_on"])) == ("locked", "2024-06-03")
    assert load(as_service(), "indicator_sheets", sheets).rows_unchanged == 1


def test_the_board_is_taken_along_with_a_row_for_each_unit_and_period(story: Reporting, analyst: Client) -> None:
    story.duty()
    story.submitted("2024-05")
    asked = {"family": FAMILY, "period": "month", "last": "2024-05", "export": "csv"}
    lines = b"".join(analyst.get(reverse("indicators:completeness"), asked)).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Unit code","Unit","Level","Family","Period","Due on","Received on","Standing"')
    assert '"SHAN"' in lines[-1]
    assert '"2024-05"' in lines[-1]
    assert '"late"' in lines[-1]
    assert '"submitted"' in lines[-1]
    assert len([line for line in lines if '"missing"' in line]) == 11
