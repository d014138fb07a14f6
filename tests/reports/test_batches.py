"""Reports of all agreements of a place at once: made by the worker as the asker would, watched on one page."""

from __future__ import annotations

import pytest

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.accounts.models import Affiliation
from lianyi.partnerships.models import Agreement
from lianyi.reports import batches, commands
from lianyi.reports.content import ReportPeriod
from lianyi.reports.errors import NothingToReportError
from lianyi.reports.models import KeptReport, ReportBatch, ReportBatchLine
from tests.cast import Scene, acting_as, actor_for, day
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words

TODAY = day("2024-06-01")


@pytest.fixture
def office(scene: Scene) -> Actor:
    scene.county.refresh_from_db()
    return actor_for("office-county", scene.county.pk, "lead_office")


def asked(scene: Scene, office: Actor, *agreements: Agreement, year: int = 2022) -> ReportBatch:
    return commands.ask_for_all(acting_as(office), scene.county, ReportPeriod(year), agreements)


def test_the_worker_makes_each_report_once_as_the_asker(scene: Scene, two_years: Agreement, office: Actor) -> None:
    other = scene.agreement("OTHER", starts_on="2022-01-01", ends_on="2023-12-31")
    row = asked(scene, office, two_years, other)

    assert batches.make_asked_reports(TODAY) == 2
    assert batches.make_asked_reports(TODAY) == 0
    reports = [each.report for each in batches.lines_of(office, row)]
    assert {each.agreement_id for each in reports if each} == {two_years.pk, other.pk}
    assert all(each is not None and each.made_by_id == office.user_id for each in reports)


def test_a_report_that_cannot_be_made_keeps_no_other_back_and_says_why(
    scene: Scene, two_years: Agreement, office: Actor
) -> None:
    later = scene.agreement("LATER", starts_on="2023-01-01", ends_on="2024-12-31")
    row = asked(scene, office, later, two_years)

    assert batches.make_asked_reports(TODAY) == 1
    refused, made = batches.lines_of(office, row)
    assert (refused.report, refused.refused_code) == (None, "report-outside-term")
    assert made.report is not None


def test_whose_affiliation_ended_has_nothing_made_any_more(scene: Scene, two_years: Agreement, office: Actor) -> None:
    asked(scene, office, two_years)
    Affiliation.objects.filter(pk=office.affiliation_id).update(
        valid_from=day("2000-01-01"), valid_to=day("2024-05-31")
    )

    assert batches.make_asked_reports(TODAY) == 0
    assert ReportBatchLine.objects.get().refused_code == batches.ASKER_LEFT
    assert KeptReport.objects.count() == 0


def test_only_reports_that_one_may_keep_are_asked_for(scene: Scene, two_years: Agreement, office: Actor) -> None:
    viewer = actor_for("viewer-county", scene.county.pk, "commission_viewer")
    with pytest.raises(NotPermittedError):
        asked(scene, viewer, two_years)
    with pytest.raises(NothingToReportError):
        asked(scene, office)


def test_the_page_tells_how_far_they_have_come(scene: Scene, two_years: Agreement, office: Actor) -> None:
    client = client_of(office)
    send(client, "reports:ask-for-all", scene.county.pk, "2022")
    row = ReportBatch.objects.get()
    before = page_of(client, "reports:batch", row.pk)
    batches.make_asked_reports(TODAY)
    after = page_of(client, "reports:batch", row.pk)

    assert "0 of 1 done" in words(before)
    assert "hx-trigger" in before
    assert "1 of 1 done" in words(after)
    assert "hx-trigger" not in after[after.index('id="batch"') :]
    assert KeptReport.objects.get().get_absolute_url() in after


def test_where_nothing_runs_the_dashboard_says_so(scene: Scene, two_years: Agreement, office: Actor) -> None:
    client = client_of(office)
    answer = send(client, "reports:ask-for-all", scene.county.pk, "2020")

    assert "No agreement that you may write runs" in client.get(answer.headers["Location"]).content.decode()
    assert ReportBatch.objects.count() == 0


def test_outsiders_neither_ask_nor_watch(scene: Scene, two_years: Agreement, office: Actor) -> None:
    row = asked(scene, office, two_years)

    assert status_of(client_of(scene.office_lin), "reports:batch", row.pk) == 404
    with pytest.raises(NotFoundInScopeError):
        batches.batch(scene.office_shan, row.pk)
    assert send(client_of(scene.office_shan), "reports:ask-for-all", scene.county.pk, "2022").status_code == 404
