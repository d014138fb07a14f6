"""The pages of training: courses, sessions, lists, the code of the day, tests, certificates, figures, the home page."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from lianyi.accounts.models import ReadEvent
from lianyi.growth.models import (
    Attendance,
    AttendanceCode,
    Course,
    Enrolment,
    TestResult,
    TrainingCertificate,
    TrainingSession,
)
from lianyi.partnerships.queries import timeline
from tests.cast import Scene, actor_for
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, status_of, version_in, words
from tests.growth.training_story import Teaching, teaching


@pytest.fixture
def story(scene: Scene) -> Teaching:
    return teaching(scene)


@pytest.fixture
def office(story: Teaching) -> Client:
    return client_of(story.office)


def test_a_course_is_written_gets_people_and_is_changed_with_the_version_seen(story: Teaching, office: Client) -> None:
    facts = {"title_zh": "样例查房带教", "kind": "bedside", "organiser": "JIA1", "least_attendance_percent": 50}
    facts |= {"starts_on": today_and(0), "ends_on": today_and(30), "code": "WARD", "agreement": story.agreement.pk}
    response = send(office, "growth:course-new", **facts)
    row = Course.objects.get(code="WARD")
    assert response.url == row.get_absolute_url()
    shan = client_of(story.scene.office_shan)
    assert send(shan, "growth:course-enrol", row.pk, staff="SHAN/L1").status_code == 302
    assert "within your reach" in send(office, "growth:course-enrol", row.pk, staff="SHAN/L2").content.decode()
    guest = {"name": "样例村医", "institution_name": "样例卫生室", "command_key": "guest-1"}
    assert office.post(reverse("growth:course-enrol", args=[row.pk]), guest).status_code == 302
    again = send(shan, "growth:course-enrol", row.pk, staff="SHAN/L1")
    assert (again.status_code, "is enrolled already" in again.content.decode()) == (422, True)
    page = page_of(office, "growth:course", row.pk)
    assert ("样例学员一" in page, "样例村医 · 样例卫生室" in page, "no test" in page) == (True, True, True)
    change = {
        **facts,
        "title_zh": "新名",
        "expected_version": version_in(page_of(office, "growth:course-change", row.pk)),
    }
    assert send(office, "growth:course-change", row.pk, **change).status_code == 302
    assert send(office, "growth:course-change", row.pk, **change).status_code == 409
    person = Enrolment.objects.get(course=row, staff=story.learner)
    assert send(office, "growth:enrolment-withdraw", person.pk, reason="调岗").status_code == 302
    assert "withdrawn" in page_of(office, "growth:course", row.pk)
    assert "WARD" in page_of(office, "growth:courses", kind="bedside")


def test_a_session_is_planned_held_listed_and_shown(story: Teaching, office: Client) -> None:
    facts = {"agreement": story.agreement.pk, "course": story.course.pk, "code": "S1", "kind": "lesson"}
    facts |= {"title": "心电图入门", "day": today_and(-1), "minutes": 90, "institution": "SHAN", "department": "EM"}
    send(office, "growth:session-new", **facts, teacher="JIA1/A1")
    row = TrainingSession.objects.get(code="S1")
    assert (row.teacher, row.department) == (story.scene.an, story.scene.shan_emergency)
    assert "over and not recorded" in words(office.get(reverse("home")).content.decode())
    story.enrolled(story.learner)
    held = {"held_on": today_and(-1), "held_minutes": 80}
    assert send(office, "growth:session-step", row.pk, "hold", **held).url == row.get_absolute_url()
    seen = {"person_0": "present", "name": "样例护士", "institution_name": "样例卫生院", "command_key": "list-1"}
    assert office.post(reverse("growth:session-list", args=[row.pk]), seen).status_code == 302
    assert list(Attendance.objects.order_by("pk").values_list("staff__code", "name", "source")) == [
        ("L1", "", "list"),
        (None, "样例护士", "list"),
    ]
    page = words(page_of(office, "growth:session", row.pk))
    assert ("list of the teacher" in page, "80 min" in page) == (True, True)
    assert "心电图入门" in page_of(office, "growth:sessions", words="S1")
    assert status_of(office, "growth:session-step", row.pk, "burn") == 404
    silent = send(office, "growth:session-step", row.pk, "take_back", reason="")
    assert silent.status_code == 422


def test_a_free_clinic_is_recorded_with_counts_on_a_phone(story: Teaching, office: Client) -> None:
    row = story.session("F1", kind="free_clinic", title="东乡义诊")
    assert "65 years and over" in page_of(office, "growth:session-step", row.pk, "hold")
    said = {"held_on": today_and(-1), "held_minutes": 240, "people_seen": 60, "count_female_65_up": 20}
    send(office, "growth:session-step", row.pk, "hold", **said, count_consultation=55)
    row.refresh_from_db()
    assert (row.people_seen, row.people, row.services) == (60, {"female_65_up": 20}, {"consultation": 55})
    assert [entry.text_en for entry in timeline(story.office, story.agreement)] == ["Free clinic: 东乡义诊"]
    figures = words(page_of(office, "growth:training-figures"))
    assert ("1 free clinic was held." in figures, "without sex and age: 40" in figures) == (True, True)


def test_the_code_is_shown_to_the_teacher_and_typed_by_whoever_came(story: Teaching, office: Client) -> None:
    row = story.session("S1", today_and(0))
    assert send(office, "growth:session-code", row.pk, minutes=30).status_code == 302
    code = AttendanceCode.objects.get().text
    assert code in page_of(office, "growth:session-code", row.pk)
    learner = client_of(story.learner_actor)
    wrong = send(learner, "growth:training-code", code="ZZZZZZ")
    assert (wrong.status_code, "no such code" in wrong.content.decode()) == (422, True)
    assert send(learner, "growth:training-code", code=code).url == reverse("growth:training-mine")
    mine = words(page_of(learner, "growth:training-mine"))
    assert ("课 S1" in mine, "code of the day" in mine) == (True, True)
    assert status_of(learner, "growth:session-code", row.pk) == 403


def test_tests_are_typed_for_everybody_and_the_change_says_what_is_missing(story: Teaching, office: Client) -> None:
    first, second = story.enrolled(story.learner), story.enrolled(story.other)
    scores = {f"score_{first.pk}": "40", f"score_{second.pk}": "55"}
    send(office, "growth:course-tests", story.course.pk, taken_on=today_and(-30), **scores)
    send_after = office.post(
        f"{reverse('growth:course-tests', args=[story.course.pk])}?moment=after",
        {"command_key": "after-1", "taken_on": today_and(-1), f"score_{first.pk}": "72.5", f"score_{second.pk}": ""},
    )
    assert send_after.status_code == 302
    assert TestResult.objects.count() == 3
    page = words(page_of(office, "growth:course", story.course.pk))
    assert "+32.5 points; too few or too equal to give an interval" in page
    assert "Only 1 person took both tests" in page
    assert "1 person took the first test and not the second. That is missing, not zero." in page
    assert "1/1 = 100%" in page
    assert "no second test" in words(office.get(reverse("home")).content.decode())
    learner = page_of(client_of(story.learner_actor), "growth:course", story.course.pk)
    assert ("样例学员二" in learner, "72.5" in learner) == (False, True)


def test_certificates_are_given_printed_in_both_languages_and_revoked(story: Teaching, office: Client) -> None:
    person = story.enrolled(story.learner)
    story.enrolled(story.other)
    story.came(story.held("S1", held_minutes=90), person)
    page = page_of(office, "growth:course-certificates", story.course.pk)
    assert ("样例学员一" in page, "样例学员二" in page, "1.5 h" in page) == (True, False, True)
    assert send(office, "growth:course-certificates", story.course.pk, enrolments=[person.pk]).status_code == 302
    row = TrainingCertificate.objects.get()
    learner = client_of(story.learner_actor)
    for language in ("both", "zh-hans", "en"):
        response = learner.get(reverse("growth:training-certificate-pdf", args=[row.pk]), {"language": language})
        assert response.content.startswith(b"%PDF-")
    read = ReadEvent.objects.filter(object_type="growth.trainingcertificate", object_id=row.pk)
    assert not read.exists()
    office.get(reverse("growth:training-certificate-pdf", args=[row.pk]))
    assert read.get().user_id == story.office.user_id
    assert send(office, "growth:training-certificate-revoke", row.pk, reason="冒名").status_code == 302
    assert "冒名" in page_of(office, "growth:training-certificates")
    assert "revoked" in page_of(learner, "growth:training-mine")
    outsider = client_of(actor_for("outsider", story.scene.lin.pk, "lead_office"))
    assert status_of(outsider, "growth:training-certificate-pdf", row.pk) == 404


def test_a_commission_sees_counts_and_no_list(story: Teaching) -> None:
    story.held("S1")
    duty = story.scene.duty(story.agreement, "T1", "training_sessions", "2", "session")
    viewer = client_of(actor_for("viewer", story.scene.shan.pk, "commission_viewer"))
    assert status_of(viewer, "growth:courses") == 403
    assert status_of(viewer, "growth:sessions") == 403
    figures = words(page_of(viewer, "growth:training-figures"))
    assert re.search(r"course lesson 1 1.5 h 0", figures)
    first_day = story.agreement.starts_on.isoformat()
    evidence = words(page_of(viewer, "growth:training-evidence", duty.pk, first_day))
    assert ("course lesson 1" in evidence, "课 S1" in evidence) == (True, False)
    assert "课 S1" in page_of(client_of(story.office), "growth:training-evidence", duty.pk, first_day)


def test_the_teacher_finds_the_session_of_today_at_home(story: Teaching) -> None:
    teacher = actor_for("teacher", story.scene.jia.pk, "trainer")
    type(story.scene.an).objects.filter(pk=story.scene.an.pk).update(user_id=teacher.user_id)
    story.session("S1", today_and(0), teacher_id=story.scene.an.pk)
    assert "that you teach today" in words(client_of(teacher).get(reverse("home")).content.decode())
