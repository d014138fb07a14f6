"""The pages and files of reports."""

from __future__ import annotations

import io

import docx
import pypdf
import pytest
from django.urls import reverse

from lianyi.reports.models import KeptReport, ReportSchedule
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(scene):
    return client_of(scene.office_jia)


def shown(client, agreement, period):
    return client.get(reverse("reports:of-agreement", args=[agreement.pk]), {"period": period})


def test_the_page_shows_the_report_of_the_chosen_period(office, two_years):
    text = words(shown(office, two_years, "2022").content.decode())

    assert "Yearly report 2022" in text
    assert "299/365 (81.9 %)" in text
    assert "What these numbers cannot say" in text


def test_without_a_choice_the_last_quarter_of_the_term_is_shown(office, two_years):
    assert "Quarterly report 2023, quarter 4" in words(page_of(office, "reports:of-agreement", two_years.pk))


def test_a_period_outside_the_term_is_told_on_the_form(office, two_years):
    answer = shown(office, two_years, "2019")

    assert answer.status_code == 422
    assert "2019" in answer.content.decode()


def test_a_report_is_kept_from_its_page_and_listed(office, two_years):
    send(office, "reports:keep", two_years.pk, "2022-Q3")
    row = KeptReport.objects.get()

    assert str(row.period) == "2022-Q3"
    text = words(page_of(office, "reports:kept", row.pk))
    assert "Edition 1" in text
    assert row.sha256[:12] in text
    assert "2022, quarter 3" in words(page_of(office, "reports:reports"))


@pytest.mark.parametrize("name", ["reports:file-now", "reports:kept-file"])
def test_a_report_is_a_pdf_and_a_docx(office, two_years, name):
    send(office, "reports:keep", two_years.pk, "2022")
    place = [two_years.pk, "2022"] if name == "reports:file-now" else [KeptReport.objects.get().pk]
    pdf = office.get(reverse(name, args=[*place, "pdf"]))
    written = office.get(reverse(name, args=[*place, "docx"]))

    assert "Yearly report 2022" in pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert docx.Document(io.BytesIO(written.content)).paragraphs[0].text == "Yearly report 2022"
    assert written.headers["Content-Disposition"].startswith("attachment")


def test_there_are_no_other_files_of_a_report(office, two_years):
    assert office.get(reverse("reports:file-now", args=[two_years.pk, "2022", "exe"])).status_code == 404


def test_a_schedule_is_set_and_shown(office, two_years):
    facts = {"every": "quarter", "days_after": "7", "since": "2022-06-30", "is_on": "on"}
    send(office, "reports:schedule", two_years.pk, **facts)

    row = ReportSchedule.objects.get()
    assert (row.every, row.days_after, row.is_on) == ("quarter", 7, True)
    assert "made by itself 7 days after its end" in words(page_of(office, "reports:of-agreement", two_years.pk))


def test_outsiders_see_no_report(scene, two_years):
    outsider = client_of(scene.office_lin)

    assert status_of(outsider, "reports:of-agreement", two_years.pk) == 404
    assert outsider.post(reverse("reports:keep", args=[two_years.pk, "2022"])).status_code == 404
    assert KeptReport.objects.count() == 0
