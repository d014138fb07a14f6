"""Tables of training in and out, with an error for each wrong row."""

from __future__ import annotations

import pytest

from lianyi.accounts.actors import Actor
from lianyi.growth.imports.training import counts_in
from lianyi.growth.models import Attendance, Course, Enrolment, TestResult, TrainingSession
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from tests.cast import Scene, acting_as, as_service
from tests.dispatch.needs_story import today_and
from tests.dispatch.test_imports import load, only_reason, preview_of
from tests.growth.training_story import Teaching, teaching

TABLES = ("courses", "training_sessions", "enrolments", "attendances", "test_results")
SESSIONS = (
    "agreement_code,course_code,code,kind,title,day,minutes,institution_code,teacher,state,held_on,held_minutes,"
    "people_seen,people\n"
)


@pytest.fixture
def story(scene: Scene) -> Teaching:
    return teaching(scene)


def importer(story: Teaching, text: str) -> Actor:
    """Return the office whose staff a table names: each reaches its own people."""
    return story.scene.office_shan if "SHAN/" in text else story.office


def test_a_course_comes_in_whole_by_five_tables(story: Teaching) -> None:
    start, end, day = today_and(-20), today_and(-2), today_and(-10)
    head = "agreement_code,code,organiser_code,title_zh,kind,starts_on,ends_on,test_maximum,pass_mark,"
    head += "least_attendance_percent\n"
    load(acting_as(story.office), "courses", f"{head}JS-NOW,CPR,JIA1,样例复苏课,skills,{start},{end},50,30,75\n")
    rows = f"JS-NOW,CPR,C1,skills_practice,胸外按压,{day},60,SHAN,JIA1/A1,held,{day},70,,\n"
    rows += f"JS-NOW,,F1,free_clinic,东乡义诊,{day},240,XIANG,,held,{day},230,40,female_65_up=12; male_65_up=9\n"
    load(acting_as(story.office), "training_sessions", SESSIONS + rows)
    who = "course_code,staff,name,institution_name\n"
    load(acting_as(story.scene.office_shan), "enrolments", f"{who}CPR,SHAN/L1,,\nCPR,,样例村医,样例卫生室\n")
    came = "session_code,staff,name,institution_name,is_present\nC1,SHAN/L1,,,yes\nC1,,样例村医,样例卫生室,no\n"
    load(acting_as(story.scene.office_shan), "attendances", came)
    points = "course_code,staff,name,institution_name,moment,score,taken_on\n"
    shan = acting_as(story.scene.office_shan)
    load(shan, "test_results", f"{points}CPR,SHAN/L1,,,before,20,{start}\nCPR,SHAN/L1,,,after,45.5,{end}\n")
    course, clinic = Course.objects.get(code="CPR"), TrainingSession.objects.get(code="F1")
    assert (course.pass_mark, course.least_attendance_percent) == (30, 75)
    assert (clinic.people, clinic.people_seen, clinic.course) == ({"female_65_up": 12, "male_65_up": 9}, 40, None)
    session = TrainingSession.objects.get(code="C1")
    assert (session.teacher, session.held_minutes, session.events.get().step) == (story.scene.an, 70, "import")
    assert list(Attendance.objects.order_by("pk").values_list("is_present", "source")) == [
        (True, "table"),
        (False, "table"),
    ]
    assert list(TestResult.objects.order_by("pk").values_list("moment", "score")) == [("before", 20), ("after", 45.5)]


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (
            "courses",
            "agreement_code,code,organiser_code,title_zh,kind,starts_on,ends_on\nJS-NOW,X,LIN,课,taught,2026-01-01,2026-01-02\n",
            "LIN is no party of this agreement",
        ),
        (
            "training_sessions",
            f"{SESSIONS}JS-NOW,,X,lecture,讲座,2026-01-05,60,,,,,,,\n",
            "Give the institution or the place",
        ),
        (
            "training_sessions",
            f"{SESSIONS}JS-NOW,,X,lecture,讲座,2026-01-05,60,SHAN,JIA1/NO,,,,,\n",
            "“JIA1/NO” is not known",
        ),
        (
            "training_sessions",
            f"{SESSIONS}JS-NOW,,X,lecture,讲座,2026-01-05,60,SHAN,,held,,,,\n",
            "Give the day on which it was held",
        ),
        (
            "training_sessions",
            f"{SESSIONS}JS-NOW,,X,free_clinic,义诊,2026-01-05,60,SHAN,,held,2026-01-05,60,9,many\n",
            "“many” is no list of counts",
        ),
        (
            "training_sessions",
            f"{SESSIONS}JS-NOW,,DONE,lecture,讲座,2026-01-05,60,SHAN,,,,,,\n",
            "the session is on record (held)",
        ),
        ("enrolments", "course_code,staff,name,institution_name\nECG,,样例村医,\n", "names neither a person"),
        ("enrolments", "course_code,staff,name,institution_name\nECG,SHAN/L1,样例村医,样例卫生室\n", "or both"),
        ("attendances", "session_code,staff\nAHEAD,SHAN/L1\n", "“AHEAD” is cancelled or still to come"),
        (
            "test_results",
            "course_code,staff,moment,score,taken_on\nECG,SHAN/L2,before,10,2026-01-05\n",
            "is not enrolled",
        ),
        (
            "test_results",
            "course_code,staff,moment,score,taken_on\nECG,SHAN/L1,after,101,2026-01-05\n",
            "do not lie from 0 to 100",
        ),
        (
            "test_results",
            "course_code,staff,moment,score,taken_on\nECG,SHAN/L1,before,41,2026-01-05\n",
            "on record (40.0)",
        ),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(story: Teaching, kind: str, text: str, said: str) -> None:
    story.tested("before", {story.enrolled(story.learner): "40"})
    story.held("DONE")
    story.session("AHEAD", today_and(3))
    assert said in only_reason(preview_of(importer(story, text), kind, text))


def test_what_goes_out_comes_back_unchanged(story: Teaching) -> None:
    person = story.enrolled(story.learner)
    story.enrolled(name="样例村医", institution="样例卫生室")
    story.came(story.held("S1", teacher_id=story.scene.an.pk, department_id=story.scene.shan_emergency.pk), person)
    story.held("F1", kind="free_clinic", people_seen=9, people={"female_15_64": 9}, services={"test": 4})
    story.tested("before", {person: "40"})
    for kind in TABLES:
        content = export_table(as_service().actor, kind, "xlsx", "zh-hans")
        preview = running.preview_table(as_service().actor, kind, content, f"{kind}.xlsx", "zh-hans")
        assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] > 0, kind


def test_whoever_keeps_no_training_neither_imports_nor_exports_people(story: Teaching) -> None:
    story.enrolled(story.learner)

    def lines(actor: Actor) -> int:
        return len(export_table(actor, "enrolments", "csv", "en").decode("utf-8-sig").splitlines())

    assert (lines(story.learner_actor), lines(story.office)) == (1, 2)
    reason = only_reason(preview_of(story.scene.office_lin, "enrolments", "course_code,staff\nECG,SHAN/L1\n"))
    assert "“ECG” is not known here" in reason
    assert Enrolment.objects.count() == 1


def test_a_list_of_counts_is_read_or_refused_whole() -> None:
    assert counts_in("", ("test",)) == {}
    assert counts_in("test=3；test=4", ("test",)) == {"test": 4}
    assert counts_in("test=-1", ("test",)) is None
