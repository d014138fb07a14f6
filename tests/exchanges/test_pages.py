"""The pages of visits, points, actions and recognition, as people use them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.exchanges import commands
from lianyi.exchanges.commands import NewRecognition
from lianyi.exchanges.models import (
    Action,
    ExchangeVisit,
    Point,
    ProgrammeLine,
    Recognition,
    VisitInstitution,
    VisitParticipant,
)
from lianyi.pages.home import home_items
from tests.cast import Scene, acting_as
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.exchanges.visits_story import Visiting, visiting


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


@pytest.fixture
def jia(story: Visiting) -> Client:
    return client_of(story.jia)


@pytest.fixture
def shan(story: Visiting) -> Client:
    return client_of(story.shan)


def test_a_visit_is_planned_filled_in_and_recorded(story: Visiting, jia: Client) -> None:
    sent = send(
        jia,
        "exchanges:visit-new",
        code="V-1",
        agreement=story.agreement.pk,
        kind="inspection",
        title_zh="样例督导",
        title_en="Sample inspection",
        starts_on=today_and(-1),
        ends_on=today_and(-1),
        host="SHAN",
        guest="JIA1",
    )
    row = ExchangeVisit.objects.get(code="V-1")
    assert sent.url == reverse("exchanges:visit", args=[row.pk])
    assert row.place == story.scene.county
    send(jia, "exchanges:visit-part-new", row.pk, "programme", subject_en="Ward round", starts_at="09:00")
    send(jia, "exchanges:visit-part-new", row.pk, "participants", side="guest", staff="JIA1/A1", institution="JIA1")
    said = {"speaker": "Sample head", "topic": "Staff", "words_en": "Two doctors are missing."}
    send(jia, "exchanges:visit-part-new", row.pk, "contributions", **said)
    wrong = send(jia, "exchanges:visit-part-new", row.pk, "participants", side="guest", staff="JIA1/NOBODY")
    assert (wrong.status_code, "no staff member within your reach" in wrong.content.decode()) == (422, True)
    step = page_of(jia, "exchanges:visit-step", row.pk, "hold")
    days = {"starts_on": today_and(-1), "ends_on": today_and(-1), "expected_version": version_in(step)}
    assert send(jia, "exchanges:visit-step", row.pk, "hold", **days).status_code == 302
    text = words(page_of(jia, "exchanges:visit", row.pk))
    for told in ("Ward round", "09:00", "样例甲", "Two doctors are missing.", "Staff", "held"):
        assert told in text
    line = ProgrammeLine.objects.get()
    page = page_of(jia, "exchanges:visit-part-change", "programme", line.pk)
    change = {"subject_en": "Ward round of surgery", "position": 1, "expected_version": version_in(page)}
    assert send(jia, "exchanges:visit-part-change", "programme", line.pk, **change).status_code == 302
    assert send(jia, "exchanges:visit-part-change", "programme", line.pk, **change).status_code == 409
    send(jia, "exchanges:visit-part-take-back", "participants", VisitParticipant.objects.get().pk)
    assert VisitParticipant.objects.get().is_void


def test_a_point_becomes_an_action_that_is_done_checked_and_closed_on_the_pages(
    story: Visiting, jia: Client, shan: Client
) -> None:
    new = {"kind": "problem", "category": "staff", "statement_en": "Too few doctors", "raised_on": today_and(-100)}
    new |= {"raised_by_institution": "JIA1", "institution": "SHAN", "department": "EM"}
    assert send(jia, "exchanges:point-new", story.visit.pk, **new).status_code == 302
    point = Point.objects.get()
    assert point.department == story.scene.shan_emergency
    page = page_of(jia, "exchanges:point-sort", point.pk, "act")
    assert "Too few doctors" in page
    make = {"title_en": "Hire two", "owner": "SHAN", "due_on": today_and(9), "expected_version": version_in(page)}
    send(jia, "exchanges:point-sort", point.pk, "act", **make)
    row = Action.objects.get()
    assert (row.state, row.owner) == ("agreed", story.scene.shan)
    assert "Action of yours is due soon" in [item.text for item in home_items(story.shan)]
    done = {"done_on": today_and(-2), "evidence": "Contracts", "expected_version": row.version}
    assert send(shan, "exchanges:action-step", row.pk, "finish", **done).status_code == 302
    assert "waits for somebody independent" in page_of(shan, "exchanges:action", row.pk)
    assert status_of(shan, "exchanges:action-step", row.pk, "verify") == 422
    assert "Action waits for your check" in [item.text for item in home_items(story.jia)]
    assert "SYMP-1" in page_of(jia, "exchanges:actions", to_check="yes")
    send(jia, "exchanges:action-step", row.pk, "verify", check_words="Seen on the roster")
    send(jia, "exchanges:action-step", row.pk, "close")
    row.refresh_from_db()
    text = words(page_of(shan, "exchanges:action", row.pk))
    assert (row.state, "Seen on the roster" in text, "样例 office-jia" in text) == ("closed", True, True)


def test_the_next_visit_opens_with_what_became_of_all_former_points(story: Visiting, shan: Client) -> None:
    story.closed(story.made(story.raised(statement_zh="已经解决")))
    story.made(story.raised(statement_zh="拖着没办"), due=-20)
    back = story.closed(story.made(story.raised(statement_zh="老毛病")))
    story.raised(statement_zh="没人理")
    following = story.held("NEXT", -5)
    story.raised(following, former_id=back.point_id)
    page = page_of(shan, "exchanges:visit", following.pk)
    text = words(page)
    assert page.index('id="former"') < page.index('id="programme"')
    for group in ("Came back (1)", "Late (1)", "Closed since (1)", "Waiting: not sorted, or on standby (1)"):
        assert group in text
    assert "came back 1 time" in text
    picture = page_of(shan, "exchanges:agreement-points", story.agreement.pk)
    assert "points-standing" in picture
    assert "老毛病" in picture


def test_day_and_owner_are_changed_with_a_reason(story: Visiting, jia: Client) -> None:
    row = story.made()
    page = page_of(jia, "exchanges:action-hand-over", row.pk)
    change = {"owner": "SHAN", "supporter": "JIA1", "due_on": today_and(60), "expected_version": version_in(page)}
    assert send(jia, "exchanges:action-hand-over", row.pk, **change).status_code == 422
    assert send(jia, "exchanges:action-hand-over", row.pk, reason="等批复", **change).status_code == 302
    text = words(page_of(jia, "exchanges:action", row.pk))
    assert ("moved 1 time" in text, "等批复" in text) == (True, True)
    change = {"title_zh": "招三名", "indicator_code": "IND-7", "expected_version": Action.objects.get().version}
    assert send(jia, "exchanges:action-change", row.pk, **change).status_code == 302
    assert "IND-7" in page_of(jia, "exchanges:action", row.pk)


def test_points_are_merged_answered_and_changed_on_their_pages(story: Visiting, jia: Client) -> None:
    first, other = story.raised(), story.raised(statement_zh="另一条")
    page = page_of(jia, "exchanges:point-change", first.pk)
    facts = {"kind": "demand", "category": "quality", "statement_zh": "改好了", "raised_on": today_and(-100)}
    send(jia, "exchanges:point-change", first.pk, expected_version=version_in(page), **facts)
    first.refresh_from_db()
    assert (first.kind, first.statement_zh) == ("demand", "改好了")
    merge = {"target": other.pk, "expected_version": first.version}
    send(jia, "exchanges:point-sort", first.pk, "merge", **merge)
    assert "Merged into this one" in page_of(jia, "exchanges:point", other.pk)
    assert send(jia, "exchanges:point-sort", other.pk, "answer").status_code == 422
    send(jia, "exchanges:point-sort", other.pk, "answer", reason="当场说明了")
    assert "当场说明了" in page_of(jia, "exchanges:point", other.pk)
    assert status_of(jia, "exchanges:point-sort", other.pk, "note") == 422
    assert status_of(jia, "exchanges:point-sort", other.pk, "unknown") == 404


def test_minutes_and_follow_up_sheet_are_pages_and_files(story: Visiting, jia: Client) -> None:
    story.made(story.raised(statement_zh="样例问题"))
    for name, told in (("minutes", "Points raised"), ("follow-up", "Points of this visit")):
        page = page_of(jia, "exchanges:visit-paper", story.visit.pk, name)
        assert ("样例问题" in page, told in page) == (True, True)
        pdf = jia.get(reverse("exchanges:visit-paper-pdf", args=[story.visit.pk, name]))
        assert pdf.content.startswith(b"%PDF-")
    assert status_of(jia, "exchanges:visit-paper", story.visit.pk, "gossip") == 404


def test_recognition_is_written_shown_changed_and_taken_back(story: Visiting, jia: Client, shan: Client) -> None:
    new = {"code": "T-1", "kind": "family", "given_on": today_and(-100), "to_words": "样例家属", "given_by": "JIA1"}
    new |= {"what_for_en": "A year apart", "gift": "Rice and oil", "handed_over_on": today_and(-100)}
    assert send(jia, "exchanges:visit-recognition-new", story.visit.pk, **new).status_code == 302
    row = Recognition.objects.get()
    assert (row.agreement, row.visit) == (story.agreement, story.visit)
    assert "Rice and oil" in page_of(shan, "exchanges:visit", story.visit.pk)
    assert "A year apart" in page_of(shan, "exchanges:recognitions", kind="family")
    assert send(shan, "exchanges:recognition-change", row.pk, **new).status_code == 403
    page = page_of(jia, "exchanges:recognition-change", row.pk)
    send(jia, "exchanges:recognition-change", row.pk, expected_version=version_in(page), **(new | {"gift": "Tea"}))
    assert "Tea" in page_of(jia, "exchanges:recognition", row.pk)
    send(jia, "exchanges:recognition-take-back", row.pk, reason="重复登记")
    assert "It was taken back" in page_of(jia, "exchanges:recognition", row.pk)
    assert "A year apart" not in page_of(jia, "exchanges:recognitions")


def test_lists_are_narrowed_down_and_taken_along(story: Visiting, jia: Client) -> None:
    story.made(story.raised(), due=-20)
    assert "SYMP" in page_of(jia, "exchanges:visits", q="SYMP", kind="inspection", institution="SHAN")
    assert "Sample visit SYMP" not in page_of(jia, "exchanges:visits", state="planned")
    assert "SYMP/1" in page_of(jia, "exchanges:points", category="staff", agreement="JS-NOW", institution="SHAN")
    assert "SYMP-1" in page_of(jia, "exchanges:actions", late="yes", owner="SHAN", standing="agreed")
    for name in ("visits", "points", "actions", "recognitions"):
        response = jia.get(reverse(f"exchanges:{name}"), {"export": "csv"})
        assert response.status_code == 200
        assert list(page_of(jia, f"exchanges:{name}", sort="-pk") or [])


def test_home_tells_of_visits_to_come_and_minutes_to_agree(story: Visiting) -> None:
    story.planned("SOON", 7)
    story.planned("PAST", -7)
    story.take(story.visit, "write_minutes", story.shan)
    texts = [item.text for item in home_items(story.jia)]
    assert {"Visit comes up", "Visit is over and not recorded", "Minutes wait for your agreement"} <= set(texts)
    assert "Minutes wait for your agreement" not in [item.text for item in home_items(story.shan)]


def test_the_hospital_that_received_somebody_thanks_them_by_name_and_nobody_else_does(
    story: Visiting, shan: Client
) -> None:
    thanks = {"code": "TH-9", "kind": "thanks", "given_on": today_and(-3), "given_by": "SHAN", "to_staff": "JIA1/A1"}
    thanks |= {"what_for_en": "Sample: nights kept"}
    # Nobody of JIA1 was posted to SHAN yet: its people are not for SHAN to name.
    assert send(shan, "exchanges:visit-recognition-new", story.visit.pk, **thanks).status_code == 422
    assert "JIA1/A1" not in page_of(shan, "exchanges:staff-suggestions", q="A1")
    story.scene.stayed(story.agreement, story.member, str(today_and(-30)), str(today_and(-2)))
    assert "JIA1/A1" in page_of(shan, "exchanges:staff-suggestions", q="A1")
    assert send(shan, "exchanges:visit-recognition-new", story.visit.pk, **thanks).status_code == 302
    assert Recognition.objects.get().to_staff == story.member
    lin = client_of(story.scene.office_lin)
    assert "JIA1/A1" not in page_of(lin, "exchanges:staff-suggestions", q="A1")


def test_lists_and_the_page_of_a_visit_cost_no_more_queries_with_more_rows(story: Visiting, jia: Client) -> None:
    last = story.held("LAST", -1)
    pages: list[tuple[str, tuple[int, ...]]] = [
        ("exchanges:visits", ()),
        ("exchanges:points", ()),
        ("exchanges:actions", ()),
        ("exchanges:recognitions", ()),
        ("exchanges:visit", (last.pk,)),
        ("exchanges:agreement-points", (story.agreement.pk,)),
    ]

    def grow(tag: str, number: int) -> None:
        for at in range(number):
            visit = story.held(f"{tag}{at}", -60 + at)
            further = VisitInstitution(position=0, side="guest", institution_id=story.scene.lin.pk)
            commands.add_part(acting_as(story.jia), visit, further)
            closed = story.closed(story.made(story.raised(visit)), on=-20)
            story.raised(last, former_id=closed.point_id)
            thanks = NewRecognition(
                code=f"T-{tag}{at}",
                kind="thanks",
                given_on=today_and(-3),
                given_by_id=story.scene.jia.pk,
                visit_id=visit.pk,
                to_staff_id=story.member.pk,
                what_for_zh="样例",
            )
            commands.give_recognition(acting_as(story.jia), thanks)

    grow("A", 2)
    few = {name: queries_for(jia, name, *keys) for name, keys in pages}
    grow("B", 6)
    assert {name: queries_for(jia, name, *keys) for name, keys in pages} == few
