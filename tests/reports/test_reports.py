"""Reports of a partnership: their numbers against values counted by hand, what is kept, and what is made by itself."""

from __future__ import annotations

import io

import docx
import pypdf
import pytest
from django.utils.translation import override

from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.pages.documents import render_pdf
from lianyi.partnerships.models import Agreement
from lianyi.reports import commands, queries
from lianyi.reports.building import checksum_of, report_of
from lianyi.reports.content import Part, Report, ReportPeriod
from lianyi.reports.docx_paper import docx_of
from lianyi.reports.errors import ReportNotBegunError, ReportOutsideTermError
from lianyi.reports.making import made_report, make_due_reports
from lianyi.reports.models import KeptReport
from tests.cast import Scene, acting_as, day

TODAY = "2024-06-01"


def told(scene: Scene, agreement: Agreement, period: str, today: str = TODAY, language: str = "en") -> Report:
    with override(language):
        return report_of(scene.office_jia, agreement, ReportPeriod.parse(period), day(today))


def part(report: Report, key: str) -> Part:
    return next(each for each in report.parts if each.key == key)


def numbers(report: Report, key: str) -> dict[str, str]:
    return {each.label: each.value for each in part(report, key).numbers}


def texts(report: Report, key: str) -> list[tuple[str, ...]]:
    grid = part(report, key).grid
    assert grid is not None
    return [tuple(cell.text for cell in row) for row in grid.rows]


def kept(scene: Scene, agreement: Agreement, period: str, today: str = TODAY) -> KeptReport:
    made = made_report(scene.office_jia, agreement, ReportPeriod.parse(period), day(today))
    return commands.keep_report(acting_as(scene.office_jia), agreement, made)


def test_a_year_tells_people_person_days_and_days_with_somebody_on_site(scene, two_years):
    found = told(scene, two_years, "2022")

    # An 1 March to 31 August: 184 days; Cai 1 August to 31 December: 153 days, 7 of them away.
    assert numbers(found, "people") == {
        "Persons on site": "2",
        "Person-days on site": str(184 + 146),
        "Arrived": "2",
        "Left the site": "1",
    }
    # Nobody from 1 January to 28 February (59 days) nor on the 7 days of October: 299 of 365, 81.9 %.
    assert texts(found, "people") == [(scene.shan.name_en or scene.shan.name_zh, "2", "330", "299/365 (81.9 %)")]


def test_a_quarter_counts_only_its_own_days(scene, two_years):
    found = told(scene, two_years, "2022-Q3")

    # An 1 July to 31 August: 62 days, Cai 1 August to 30 September: 61.
    assert numbers(found, "people")["Person-days on site"] == "123"
    assert numbers(found, "people")["Left the site"] == "1"


def test_promises_stand_with_what_was_delivered_and_open_their_rows(scene, two_years):
    found = told(scene, two_years, "2022")
    grid = part(found, "promises").grid

    assert grid is not None
    duty, label, promised, delivered, state = next(row for row in grid.rows if row[0].text.startswith("D09"))
    assert (label.text, promised.text, delivered.text, state.text) == ("2022", "3 persons", "2", "not kept")
    assert duty.url.startswith("/partnerships/")
    assert delivered.url.endswith("/2022-01-01/")
    assert part(found, "promises").sentences == ("0 of 2 promises that can be judged were kept.",)
    assert part(found, "promises").picture is not None


def test_a_period_that_is_not_over_says_so_and_is_counted_up_to_the_day(scene, two_years):
    found = told(scene, two_years, "2022-Q3", today="2022-07-31")

    assert numbers(found, "people")["Person-days on site"] == "31"
    assert "The period is not over; everything is counted up to the day of the report." in found.limits


def test_no_report_claims_an_effect(scene, two_years):
    assert "nothing here is compared with places that had no partner" in told(scene, two_years, "2022").limits[0]


def test_a_period_of_which_there_is_nothing_to_tell_is_refused(scene, two_years):
    with pytest.raises(ReportNotBegunError):
        told(scene, two_years, "2023", today="2022-12-31")
    with pytest.raises(ReportOutsideTermError):
        told(scene, two_years, "2021")


def test_a_kept_report_stays_word_for_word_when_the_rows_change(scene, two_years):
    first = kept(scene, two_years, "2022-Q3")
    words = first.documents
    scene.stayed(two_years, scene.ding, "2022-07-01", "2022-09-30")
    second = kept(scene, two_years, "2022-Q3")
    first = queries.kept_report(scene.office_jia, first.pk)

    assert (first.number, second.number) == (1, 2)
    assert first.documents == words
    assert checksum_of(first.documents) == first.sha256
    assert first.sha256 != second.sha256
    people = next(each for each in second.documents["en"]["parts"] if each["key"] == "people")
    assert people["numbers"][1]["value"] == str(123 + 92)


def test_a_report_is_kept_in_both_languages(scene, two_years):
    row = kept(scene, two_years, "2022")

    assert row.documents["en"]["title"] == "Yearly report 2022"
    assert row.documents["zh-hans"]["title"] == "2022年度报告"


def test_the_other_side_reads_a_kept_report_and_outsiders_do_not(scene, two_years):
    row = kept(scene, two_years, "2022")

    assert queries.kept_report(scene.office_shan, row.pk) == row
    with pytest.raises(NotFoundInScopeError):
        queries.kept_report(scene.office_lin, row.pk)


def test_an_outsider_keeps_no_report(scene, two_years):
    made = made_report(scene.office_jia, two_years, ReportPeriod(2022), day(TODAY))

    with pytest.raises(NotPermittedError):
        commands.keep_report(acting_as(scene.office_lin), two_years, made)


def scheduled(scene: Scene, agreement: Agreement, every: str, since: str = "2022-06-30", days_after: int = 5) -> None:
    wanted = commands.Schedule(every=every, days_after=days_after, since=day(since))
    commands.set_schedule(acting_as(scene.office_jia), agreement, wanted, None)


def test_reports_of_quarters_are_made_by_themselves_some_days_after_their_end_and_once(scene, two_years):
    scheduled(scene, two_years, "quarter")

    assert make_due_reports(day("2022-10-04")) == 1
    assert make_due_reports(day("2022-10-05")) == 1
    assert make_due_reports(day("2022-10-06")) == 0
    found = [(str(row.period), row.counted_to) for row in KeptReport.objects.order_by("pk")]
    assert found == [("2022-Q2", day("2022-06-30")), ("2022-Q3", day("2022-09-30"))]


def test_a_report_kept_before_its_period_was_over_does_not_stand_for_the_one_that_is_due(scene, two_years):
    scheduled(scene, two_years, "year", since="2022-12-31")
    kept(scene, two_years, "2022", today="2022-11-30")

    assert make_due_reports(day("2023-01-05")) == 1
    assert make_due_reports(day("2023-01-06")) == 0


def test_a_schedule_that_is_not_in_use_makes_nothing(scene, two_years):
    scheduled(scene, two_years, "quarter")
    row = queries.schedules_of(scene.office_jia, two_years)[0]
    wanted = commands.Schedule(every="quarter", days_after=5, since=day("2022-06-30"), is_on=False)
    commands.set_schedule(acting_as(scene.office_jia), two_years, wanted, row.version)

    assert make_due_reports(day("2022-12-01")) == 0


@pytest.mark.parametrize(("language", "words"), [("en", "Promised against delivered"), ("zh-hans", "承诺与兑现")])
def test_the_pdf_holds_the_words_of_the_page_with_its_own_fonts(scene, two_years, language, words):
    with override(language):
        report = told(scene, two_years, "2022", language=language).as_document()
        reader = pypdf.PdfReader(io.BytesIO(render_pdf("reports/documents/report.typ", {"report": report})))
    fonts = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }

    assert words in "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) <= 3
    assert all(name.startswith("NotoSansSC") for name in fonts)


def test_the_docx_holds_the_tables_the_chart_and_a_font_for_chinese_letters(scene, two_years):
    report = told(scene, two_years, "2022", language="zh-hans").as_document()
    found = docx.Document(io.BytesIO(docx_of(report)))

    headings = [each.text for each in found.paragraphs if each.style.name == "Heading 1"]
    assert headings == [each["title"] for each in report["parts"]] + [report["limits_title"]]
    assert "299/365 (81.9 %)" in [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    assert len(found.inline_shapes) == 1
    assert 'w:eastAsia="宋体"' in found.styles["Normal"].element.xml
