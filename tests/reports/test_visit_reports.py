"""Reports about visits: what became of points, what was promised a year ago; difficulties never stand there."""

from __future__ import annotations

import io

import docx
import pytest
from django.urls import reverse
from django.utils.translation import override

from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError
from lianyi.exchanges.models import ExchangeVisit
from lianyi.reports import commands, queries
from lianyi.reports.content import Part, Report
from lianyi.reports.docx_paper import docx_of
from lianyi.reports.making import made_visit_report
from lianyi.reports.models import KeptVisitReport, VisitReportKind
from lianyi.reports.visit_building import usual_kind, visit_report
from tests.cast import Scene, acting_as, actor_for
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, words
from tests.exchanges.visits_story import Visiting, visiting
from tests.reports.looking import assert_prints_well

FOLLOW_UP, SYMPOSIUM = VisitReportKind.FOLLOW_UP, VisitReportKind.SYMPOSIUM
SECRET = "宿舍漏水"


@pytest.fixture
def story(scene: Scene) -> Visiting:
    """Three points 100 days ago: one checked and closed, one late, one without an action; and an inspection since."""
    found = visiting(scene)
    found.closed(
        found.made(found.raised(statement_zh="样例：缺急诊医生", statement_en="Sample: doctors missing")), on=-50
    )
    found.made(found.raised(statement_zh="样例：缺床位", statement_en="Sample: beds missing"), due=-5)
    found.raised(statement_zh="样例：缺设备", statement_en="Sample: equipment missing")
    found.difficulty()
    return found


@pytest.fixture
def inspection(story: Visiting) -> ExchangeVisit:
    """An inspection of 20 days ago that asks for one thing."""
    row = story.held("INSP", -20)
    story.made(story.raised(row, statement_zh="样例：开通互认", statement_en="Sample: accept results"))
    return row


def told(story: Visiting, visit: ExchangeVisit, kind: VisitReportKind, language: str = "en") -> Report:
    with override(language):
        return visit_report(story.jia, visit, kind, today_and(0))


def part(report: Report, key: str) -> Part:
    return next(each for each in report.parts if each.key == key)


def numbers(report: Report, key: str) -> dict[str, str]:
    return {each.label: each.value for each in part(report, key).numbers}


def texts(report: Report, key: str) -> list[tuple[str, ...]]:
    grid = part(report, key).grid
    assert grid is not None
    return [tuple(cell.text for cell in row) for row in grid.rows]


def test_the_follow_up_tells_what_became_of_the_points_of_the_last_visit(
    story: Visiting, inspection: ExchangeVisit
) -> None:
    found = told(story, inspection, FOLLOW_UP)

    assert numbers(found, "former") == {
        "Points raised": "3",
        "With owner and day": "2/3",
        "Settled without action": "0",
        "Checked by another": "1/2",
        "Reported as done, not checked": "0",
        "Late": "1",
        "Came back": "0",
    }
    assert part(found, "former").sentences == (
        "Done, and checked by somebody else than the doer: 1 of 3 points that need an action.",
        "1 point has no action yet.",
    )
    # What presses stands first: the late one, then the one that nobody sorted, then what is closed.
    assert [row[0] for row in texts(found, "former-points")] == ["SYMP/2", "SYMP/3", "SYMP/1"]
    late, _unsorted, closed = texts(found, "former-points")
    assert late[-1].endswith("late")
    assert closed[4] == str(today_and(-50))
    assert closed[5].startswith(str(today_and(0)))
    assert closed[5].endswith(story.scene.jia.name_en or story.scene.jia.name_zh)
    assert texts(found, "points")[0][1].startswith("Sample: accept results → ")


def test_a_point_that_comes_back_opens_the_former_action_again(story: Visiting, inspection: ExchangeVisit) -> None:
    first = story.visit.points.get(number=1)
    story.raised(inspection, former_id=first.pk)
    found = told(story, inspection, FOLLOW_UP)

    assert numbers(found, "former")["Came back"] == "1"
    assert numbers(found, "former")["Checked by another"] == "0/2"


def test_what_was_answered_or_praised_needs_no_action(story: Visiting, inspection: ExchangeVisit) -> None:
    story.raised(inspection, kind="praise", category="staff", statement_en="Sample: well done")
    found = told(story, inspection, FOLLOW_UP)

    assert numbers(found, "in-short")["Settled without action"] == "1"
    assert numbers(found, "in-short")["With owner and day"] == "1/1"


def test_numbers_open_the_rows_that_they_count(story: Visiting, inspection: ExchangeVisit) -> None:
    client = client_of(story.jia)
    for number in part(told(story, story.visit, FOLLOW_UP), "in-short").numbers:
        page = client.get(number.url)
        assert page.status_code == 200
        if "/" not in number.value and number.label != "Settled without action":
            assert len(page.context["table"].rows) == int(number.value), number.label


def test_the_picture_tells_days_agreed_beside_days_taken(story: Visiting, inspection: ExchangeVisit) -> None:
    picture = part(told(story, inspection, FOLLOW_UP), "times").picture

    assert picture is not None
    # The late one: 95 days agreed, 100 taken; the closed one was done after 50; the new one has taken 20.
    assert "SYMP/2: 100 days" in picture.svg
    assert "SYMP/1: 50 days" in picture.svg
    assert "INSP/1: 20 days" in picture.svg


def test_no_report_holds_a_difficulty_whoever_asks(story: Visiting, inspection: ExchangeVisit) -> None:
    for actor in (story.jia, story.shan, story.posted):
        for visit in (story.visit, inspection):
            for kind in VisitReportKind:
                with override("zh-hans"):
                    assert SECRET not in str(visit_report(actor, visit, kind, today_and(0)).as_document())
    counted = numbers(told(story, story.visit, FOLLOW_UP), "in-short")
    assert counted["Points raised"] == "3"


def test_the_symposium_page_puts_former_points_before_the_promises_of_the_last_year(story: Visiting) -> None:
    story.scene.duty(story.agreement, "D07", "persons_posted", "3", "person", "year")
    coming = story.planned("NEXT", 330)
    found = told(story, coming, SYMPOSIUM)
    keys = [each.key for each in found.parts]

    assert keys[:2] == ["former", "former-points"]
    assert keys[-1] == "times"
    year = today_and(330).year - 1
    assert f"promises-{story.agreement.pk}-{year}" in keys
    promised = texts(found, f"promises-{story.agreement.pk}-{year}")
    assert any(row[0].startswith("D07") and row[2] == "3 persons" for row in promised)


def test_an_inspection_is_followed_up_and_other_visits_get_the_page_for_the_table(
    story: Visiting, inspection: ExchangeVisit
) -> None:
    assert usual_kind(inspection) == FOLLOW_UP
    story.visit.kind = "symposium"
    assert usual_kind(story.visit) == SYMPOSIUM


def kept(story: Visiting, visit: ExchangeVisit, kind: VisitReportKind = FOLLOW_UP) -> KeptVisitReport:
    made = made_visit_report(story.jia, visit, kind, today_and(0))
    return commands.keep_visit_report(acting_as(story.jia), visit, made)


def test_a_kept_report_stays_word_for_word_and_editions_are_counted(story: Visiting, inspection: ExchangeVisit) -> None:
    first = kept(story, inspection)
    before = first.documents
    story.raised(inspection)
    second = kept(story, inspection)

    assert (first.number, second.number, kept(story, inspection, SYMPOSIUM).number) == (1, 2, 1)
    assert queries.kept_visit_report(story.shan, first.pk).documents == before
    assert first.sha256 != second.sha256
    assert set(before) == {"en", "zh-hans"}


def test_a_further_guest_of_one_visit_does_not_read_what_is_told_of_all(
    story: Visiting, inspection: ExchangeVisit
) -> None:
    guest = actor_for("office-xiang", story.scene.xiang.pk, "supported_office")
    row = kept(story, inspection)

    for actor in (guest, story.scene.office_lin):
        with pytest.raises(NotFoundInScopeError):
            queries.kept_visit_report(actor, row.pk)


def test_an_outsider_keeps_no_report(story: Visiting, inspection: ExchangeVisit) -> None:
    made = made_visit_report(story.jia, inspection, FOLLOW_UP, today_and(0))

    with pytest.raises(NotPermittedError):
        commands.keep_visit_report(acting_as(story.scene.office_lin), inspection, made)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", VisitReportKind)
def test_reports_about_visits_print_well(
    story: Visiting, inspection: ExchangeVisit, kind: VisitReportKind, language: str
) -> None:
    report = told(story, inspection, kind, language).as_document()
    found = assert_prints_well(report, language, most_pages=6)
    written = docx.Document(io.BytesIO(docx_of(report)))

    assert "INSP/1" in found.text
    grids = [each for each in report["parts"] if each["grid"] and each["grid"]["rows"]]
    with_numbers = [each for each in report["parts"] if each["numbers"]]
    assert len(written.tables) == 1 + len(grids) + len(with_numbers)
    assert len(written.inline_shapes) == sum(each["picture"] is not None for each in report["parts"])


def test_the_page_of_a_report_is_shown_kept_and_listed(story: Visiting, inspection: ExchangeVisit) -> None:
    office = client_of(story.jia)
    text = words(page_of(office, "reports:of-visit", inspection.pk, "follow-up"))
    assert "What became of the former points" in text

    send(office, "reports:keep-of-visit", inspection.pk, "follow-up")
    row = KeptVisitReport.objects.get()
    assert "Edition 1" in words(page_of(office, "reports:kept-of-visit", row.pk))
    assert "Follow-up of an inspection" in words(page_of(office, "reports:visit-reports"))
    for name, place in (("file-now-of-visit", [inspection.pk, "symposium"]), ("kept-file-of-visit", [row.pk])):
        answer = office.get(reverse(f"reports:{name}", args=[*place, "pdf"]))
        assert answer.content.startswith(b"%PDF")
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_outsiders_and_unknown_kinds_find_nothing(story: Visiting, inspection: ExchangeVisit) -> None:
    assert status_of(client_of(story.scene.office_lin), "reports:of-visit", inspection.pk, "follow-up") == 404
    assert status_of(client_of(story.jia), "reports:of-visit", inspection.pk, "gossip") == 404


def test_the_page_asks_no_more_questions_for_more_points(story: Visiting, inspection: ExchangeVisit) -> None:
    office = client_of(story.jia)
    few = queries_for(office, "reports:of-visit", inspection.pk, "follow-up")
    for _number in range(4):
        story.made(story.raised(inspection))

    assert queries_for(office, "reports:of-visit", inspection.pk, "follow-up") == few
