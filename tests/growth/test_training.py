"""Courses and sessions, lists and codes, tests, certificates, and what of them counts toward duties."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent
from lianyi.growth.commands import training, training_codes, training_people
from lianyi.growth.commands.training import SessionAsHeld
from lianyi.growth.commands.training_people import Person
from lianyi.growth.models import (
    Attendance,
    Course,
    SessionState,
    TestResult,
    TrainingCertificate,
    TrainingSession,
    TryOutcome,
)
from lianyi.growth.queries import training as queries
from lianyi.growth.training_errors import (
    SessionStepRefusedError,
    TrainingCertificateRefusedError,
    TrainingInputError,
)
from lianyi.growth.training_figures import changes_of, clinics_held
from lianyi.growth.training_hours import attended_of
from lianyi.growth.training_machine import SESSION_STEPS
from lianyi.partnerships.promises import accounts_of
from tests.cast import Scene, acting_as, actor_for, make_staff
from tests.dispatch.needs_story import today_and
from tests.growth.training_story import Teaching, teaching

HELD = SessionAsHeld(held_on=datetime.date(2026, 1, 1), held_minutes=60)


@pytest.fixture
def story(scene: Scene) -> Teaching:
    return teaching(scene)


def reason_of(error: pytest.ExceptionInfo[TrainingInputError]) -> object:
    return error.value.params["reason"]


def test_a_session_walks_the_table_and_every_step_is_kept(story: Teaching) -> None:
    row = story.session("S1")
    story.step(row, "cancel", reason="下雪封路")
    assert (row.state, row.reason) == ("cancelled", "下雪封路")
    story.step(row, "plan_again")
    story.step(row, "hold", SessionAsHeld(held_on=today_and(-1), held_minutes=75))
    story.step(row, "correct", SessionAsHeld(held_on=today_and(-1), held_minutes=80), reason="时长有误")
    story.step(row, "take_back", reason="登记到另一次")
    assert (row.state, row.held_on, row.held_minutes) == ("cancelled", None, None)
    assert list(row.events.values_list("step", "to_state")) == [
        ("plan", "planned"),
        ("cancel", "cancelled"),
        ("plan_again", "planned"),
        ("hold", "held"),
        ("correct", "held"),
        ("take_back", "cancelled"),
    ]


@pytest.mark.parametrize("state", SessionState.values)
def test_whatever_is_not_in_the_table_is_refused(story: Teaching, state: str) -> None:
    row = story.session("S1")
    if state == "held":
        story.step(row, "hold", SessionAsHeld(held_on=today_and(-1), held_minutes=75))
    if state == "cancelled":
        story.step(row, "cancel", reason="停电")
    for step in SESSION_STEPS:
        if step.from_state != state:
            with pytest.raises(SessionStepRefusedError):
                story.step(row, step.name, SessionAsHeld(held_on=today_and(-1), held_minutes=75), reason="有")
    with pytest.raises(SessionStepRefusedError):
        story.step(row, "burn")


def test_what_cannot_have_been_is_refused_with_its_reason(story: Teaching) -> None:
    row = story.session("S1")
    with pytest.raises(TrainingInputError) as ahead:
        story.step(row, "hold", SessionAsHeld(held_on=today_and(1), held_minutes=60))
    with pytest.raises(TrainingInputError) as counts:
        story.step(row, "hold", SessionAsHeld(held_on=today_and(-1), held_minutes=60, people_seen=3))
    with pytest.raises(TrainingInputError) as silent:
        story.step(row, "cancel", reason=" ")
    with pytest.raises(TrainingInputError) as nowhere:
        story.session("S2", institution_id=None)
    with pytest.raises(TrainingInputError) as taken:
        story.session("S1")
    reasons = [reason_of(each) for each in (ahead, counts, silent, nowhere, taken)]
    assert reasons == ["held-ahead", "counts-elsewhere", "no-reason", "no-place", "code-taken"]
    clinic = story.session("F1", kind="free_clinic")
    more = SessionAsHeld(held_on=today_and(-1), held_minutes=60, people_seen=5, people={"female_0_14": 6})
    with pytest.raises(TrainingInputError) as too_many:
        story.step(clinic, "hold", more)
    assert reason_of(too_many) == "more-than-seen"


def test_the_points_of_a_test_stay_once_somebody_took_it(story: Teaching) -> None:
    person = story.enrolled(story.learner)
    change = {"test_maximum": Decimal(50), "pass_mark": Decimal(30)}
    story.tested("before", {person: "40"})
    with pytest.raises(TrainingInputError) as error:
        training.change_course(acting_as(story.office), story.course, change, story.course.version)
    assert reason_of(error) == "test-taken"


def test_a_result_is_changed_only_with_a_reason_and_the_trail_keeps_both(story: Teaching) -> None:
    person = story.enrolled(story.learner)
    story.tested("before", {person: "40"})
    with pytest.raises(TrainingInputError) as error:
        story.tested("before", {person: "45"})
    assert reason_of(error) == "result-without-reason"
    story.tested("before", {person: "45"}, reason="漏计一题")
    event = AuditEvent.objects.filter(action="growth.test.correct").get()
    assert (event.before["score"], event.after["score"]) == ("40.0", "45.0")
    with pytest.raises(TrainingInputError):
        story.tested("after", {person: "101"})
    assert TestResult.objects.count() == 1


def test_the_change_is_of_pairs_and_a_missing_second_test_is_not_zero(story: Teaching) -> None:
    first, second = story.enrolled(story.learner), story.enrolled(story.other)
    third = story.enrolled(name="样例村医", institution="样例卫生室")
    story.tested("before", {first: "40", second: "50", third: "55"})
    story.tested("after", {first: "70", second: "60"})
    [found] = changes_of([story.course])
    assert (found.change.pairs, found.change.only_before, found.change.mean_change) == (2, 1, 20)
    assert (found.reached_after.numerator, found.reached_after.denominator) == (2, 2)
    assert (found.reached_before.numerator, found.reached_before.denominator) == (0, 3)


def test_somebody_is_enrolled_once_and_comes_back_into_the_same_enrolment(story: Teaching) -> None:
    row = story.enrolled(story.learner)
    with pytest.raises(TrainingInputError) as twice:
        story.enrolled(story.learner)
    training_people.withdraw_enrolment(acting_as(story.office, "调岗"), row, row.version)
    back = story.enrolled(story.learner)
    assert (reason_of(twice), back.pk, back.is_withdrawn) == ("enrolled", row.pk, False)
    with pytest.raises(TrainingInputError) as nobody:
        training_people.enrol(acting_as(story.office), story.course, Person())
    with pytest.raises(TrainingInputError) as homeless:
        training_people.enrol(acting_as(story.office), story.course, Person(name="样例某"))
    assert (reason_of(nobody), reason_of(homeless)) == ("person", "person-from")


def test_hours_come_from_sessions_attended_and_unknown_is_not_missed(story: Teaching) -> None:
    person, other = story.enrolled(story.learner), story.enrolled(story.other)
    first, second = story.held("S1", held_minutes=90), story.held("S2", held_minutes=45)
    story.held("S3", held_minutes=60)
    cancelled = story.session("S4")
    story.step(cancelled, "cancel", reason="停电")
    story.came(first, person, other)
    story.came(second, person, were_there=False)
    what = attended_of(story.course, [person, other])
    assert (what[person.pk].sessions_attended, what[person.pk].minutes) == (1, 90)
    assert (what[person.pk].sessions_missed, what[person.pk].sessions_unknown, what[person.pk].sessions_held) == (
        1,
        1,
        3,
    )
    assert (what[other.pk].sessions_missed, what[other.pk].sessions_unknown) == (0, 2)


def test_a_certificate_asks_for_the_least_attendance_and_is_revoked_with_a_reason(story: Teaching) -> None:
    good, poor = story.enrolled(story.learner), story.enrolled(story.other)
    sessions = [story.held(f"S{at}") for at in range(5)]
    for row in sessions[:4]:
        story.came(row, good)
    for row in sessions[:3]:
        story.came(row, poor)
    with pytest.raises(TrainingCertificateRefusedError) as error:
        training_people.issue_certificates(acting_as(story.office), story.course, [good.pk, poor.pk])
    assert (error.value.params["attended"], error.value.params["held"]) == (3, 5)
    assert TrainingCertificate.objects.count() == 0
    training_people.issue_certificates(acting_as(story.office), story.course, [good.pk])
    row = TrainingCertificate.objects.get()
    assert (row.number, row.minutes, row.sessions_attended, row.sessions_held) == ("ECG-0001", 360, 4, 5)
    with pytest.raises(TrainingCertificateRefusedError) as again:
        training_people.issue_certificates(acting_as(story.office), story.course, [good.pk])
    assert again.value.params["reason"] == "standing"
    with pytest.raises(TrainingInputError):
        training_people.revoke_certificate(acting_as(story.office), row, row.version)
    training_people.revoke_certificate(acting_as(story.office, "冒名"), row, row.version)
    training_people.issue_certificates(acting_as(story.office), story.course, [good.pk])
    assert list(TrainingCertificate.objects.order_by("pk").values_list("number", flat=True)) == ["ECG-0001", "ECG-0002"]


@pytest.fixture
def noon() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(timezone.now().replace(hour=4, minute=0), tick=False) as clock:
        yield clock


def test_a_code_is_good_for_its_window_and_puts_its_typer_on_the_list(
    noon: time_machine.Coordinates, scene: Scene
) -> None:
    story = teaching(scene)
    row = story.session("S1", today_and(0))
    code = training_codes.open_code(acting_as(story.office), row, 30)
    wrong = training_codes.enter_code(acting_as(story.learner_actor), "ZZZZZZ")
    done = training_codes.enter_code(acting_as(story.learner_actor), f" {code.text.lower()} ")
    kept = Attendance.objects.get()
    assert (wrong.outcome, done.outcome) == (TryOutcome.UNKNOWN, TryOutcome.ACCEPTED)
    assert (kept.staff_id, kept.is_present, kept.source) == (story.learner.pk, True, "code")
    noon.shift(datetime.timedelta(minutes=31))
    late = training_codes.enter_code(acting_as(story.learner_actor), code.text)
    assert (late.outcome, Attendance.objects.count()) == (TryOutcome.OVER, 1)
    assert code.text not in str(list(AuditEvent.objects.values_list("before", "after")))


def test_whoever_guesses_is_stopped_for_a_while(noon: time_machine.Coordinates, scene: Scene) -> None:
    story = teaching(scene)
    code = training_codes.open_code(acting_as(story.office), story.session("S1", today_and(0)), 60)
    for _ in range(training_codes.TRIES):
        assert training_codes.enter_code(acting_as(story.learner_actor), "ZZZZZZ").outcome == TryOutcome.UNKNOWN
    assert training_codes.enter_code(acting_as(story.learner_actor), code.text).outcome == TryOutcome.TOO_MANY
    noon.shift(datetime.timedelta(minutes=11))
    assert training_codes.enter_code(acting_as(story.learner_actor), code.text).outcome == TryOutcome.ACCEPTED


def test_a_code_is_made_on_the_day_overrules_no_list_and_needs_a_staff_record(
    noon: time_machine.Coordinates, scene: Scene
) -> None:
    story = teaching(scene)
    with pytest.raises(TrainingInputError) as other_day:
        training_codes.open_code(acting_as(story.office), story.session("S0", today_and(-1)), 30)
    row = story.session("S1", today_and(0))
    story.came(row, story.enrolled(story.learner), were_there=False)
    code = training_codes.open_code(acting_as(story.office), row, 30)
    listed = training_codes.enter_code(acting_as(story.learner_actor), code.text)
    with pytest.raises(TrainingInputError) as no_record:
        training_codes.enter_code(acting_as(story.office), code.text)
    assert (reason_of(other_day), listed.outcome, reason_of(no_record)) == ("code-day", "listed", "no-record")
    assert not Attendance.objects.get().is_present


def test_only_held_sessions_count_and_a_free_clinic_only_as_a_free_clinic(story: Teaching) -> None:
    agreement, scene = story.agreement, story.scene
    sessions = scene.duty(agreement, "T1", "training_sessions", "2", "session")
    long_ones = scene.duty(agreement, "T2", "training_sessions", "2", "session", parameters={"least_minutes": 60})
    rounds = scene.duty(agreement, "T3", "training_sessions", "1", "session", parameters={"kinds": ["ward_round"]})
    clinics = scene.duty(agreement, "T4", "free_clinics", "1", "clinic")
    today = today_and(0)

    def delivered() -> list[tuple[Decimal, int] | None]:
        accounts = accounts_of([sessions, long_ones, rounds, clinics], today)
        found = [account.periods[0].evidence for account in accounts]
        return [None if each is None else (each.value, len(each.row_ids)) for each in found]

    assert delivered() == [None, None, None, None]
    story.session("P1")
    assert delivered() == [(0, 0), (0, 0), (0, 0), (0, 0)]
    story.held("S1", held_minutes=45)
    story.held("S2", kind="ward_round", held_minutes=90)
    story.held("F1", kind="free_clinic", people_seen=40)
    story.step(story.session("C1"), "cancel", reason="停电")
    reported = story.held("R1")
    TrainingSession.objects.filter(pk=reported.pk).update(provenance="reported")
    assert delivered() == [(2, 2), (1, 1), (1, 1), (1, 1)]


def test_a_free_clinic_without_a_count_is_told_and_small_counts_are_hidden_from_watchers(story: Teaching) -> None:
    counts = {"female_15_64": 12, "male_15_64": 3, "female_65_up": 9, "male_65_up": 8}
    story.held("F1", kind="free_clinic", people_seen=40, people=counts)
    story.held("F2", kind="free_clinic")
    viewer = actor_for("viewer", story.scene.shan.pk, "commission_viewer")
    exact, hidden = clinics_held(story.office), clinics_held(viewer)
    assert (exact.clinics, exact.not_counted, exact.without_sex_and_age) == (2, 1, 8)
    assert exact.shown.cells == ((0, 0), (12, 3), (9, 8))
    assert hidden.shown.cells[1] == (None, None)
    assert 3 not in [cell for line in hidden.shown.cells for cell in line]
    assert list(queries.sessions(viewer)) == []


def test_who_does_not_keep_training_sees_of_people_only_the_own_row(story: Teaching) -> None:
    story.enrolled(story.learner), story.enrolled(story.other)
    story.came(story.held("S1"), *queries.enrolments(story.office, story.course))
    assert [row.staff_id for row in queries.enrolments(story.learner_actor, story.course)] == [story.learner.pk]
    assert [row.staff_id for row in queries.attendances(story.learner_actor, TrainingSession.objects.get())] == [
        story.learner.pk
    ]
    with pytest.raises(NotPermittedError):
        training_people.enrol(acting_as(story.learner_actor), story.course, Person(staff_id=story.other.pk))


def test_a_posted_person_records_what_they_teach_and_nothing_else(story: Teaching) -> None:
    posted = actor_for("posted", story.scene.jia.pk, "posted_staff")
    teacher = make_staff(story.scene.jia, "T1", "样例讲师")
    type(teacher).objects.filter(pk=teacher.pk).update(user_id=posted.user_id)
    own = story.session("S1", teacher_id=teacher.pk)
    story.step(own, "hold", SessionAsHeld(held_on=today_and(-1), held_minutes=60), actor=posted)
    assert own.state == "held"
    foreign = story.session("S2")
    with pytest.raises(NotPermittedError):
        story.step(foreign, "cancel", reason="不去", actor=posted)
    with pytest.raises(NotPermittedError):
        training.plan_session(
            acting_as(posted),
            story.agreement,
            training.NewSession(code="S3", kind="lecture", title="讲座", day=today_and(1), minutes=60, place="会议室"),
        )


def test_an_outsider_with_the_same_role_sees_nothing(story: Teaching) -> None:
    story.held("S1")
    outsider = story.scene.office_lin
    assert (list(queries.courses(outsider)), list(queries.sessions(outsider))) == ([], [])
    assert Course.objects.count() == 1
