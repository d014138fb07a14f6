"""Every reading about training, within the asker's reach; whoever keeps no training sees of people the own rows."""

from __future__ import annotations

import datetime
from typing import Any, TypeVar

from django.db.models import Count, Model, Q, QuerySet

from lianyi.accounts.access import decide, get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act
from lianyi.growth.models.training import (
    Attendance,
    AttendanceCode,
    Course,
    Enrolment,
    SessionState,
    TestMoment,
    TestResult,
    TrainingCertificate,
    TrainingSession,
    TrainingSessionEvent,
)
from lianyi.growth.training_authority import keeps_training

Row = TypeVar("Row", bound=Model)
_SESSION_PARTS = ("agreement", "course", "institution", "teacher__institution", "department")


def countable(actor: Actor, rows: QuerySet[Row, Any]) -> QuerySet[Row, Any]:
    """Return rows to count, for those who read them and for those who only see counts of them."""
    return scoped(actor, rows, Act.READ if decide(actor, "training.read").allowed else Act.COUNT)


def courses(actor: Actor) -> QuerySet[Course, Any]:
    """Return the courses within reach with how many sessions were held and how many people are enrolled."""
    rows = scoped(actor, Course.objects.select_related("agreement", "organiser"))
    return rows.annotate(
        session_count=Count("sessions", filter=~Q(sessions__state=SessionState.CANCELLED), distinct=True),
        held_count=Count("sessions", filter=Q(sessions__state=SessionState.HELD), distinct=True),
        enrolled_count=Count("enrolments", filter=Q(enrolments__is_withdrawn=False), distinct=True),
    ).order_by("-starts_on", "code")


def course(actor: Actor, pk: int) -> Course:
    return get_in_scope(actor, Course.objects.select_related("agreement", "organiser"), pk)


def sessions(actor: Actor) -> QuerySet[TrainingSession, Any]:
    rows = scoped(actor, TrainingSession.objects.select_related(*_SESSION_PARTS))
    present = Count("attendances", filter=Q(attendances__is_present=True), distinct=True)
    return rows.annotate(present_count=present).order_by("-day", "code")


def session(actor: Actor, pk: int) -> TrainingSession:
    return get_in_scope(actor, TrainingSession.objects.select_related(*_SESSION_PARTS), pk)


def events_of(actor: Actor, row: TrainingSession) -> list[TrainingSessionEvent]:
    rows = TrainingSessionEvent.objects.filter(session=row).select_related("user")
    return list(scoped(actor, rows).order_by("pk"))


def _own(actor: Actor, rows: QuerySet[Row, Any], lookup: str) -> QuerySet[Row, Any]:
    return rows if keeps_training(actor) else rows.filter(**{lookup: actor.user_id})


def enrolments(actor: Actor, row: Course | None = None) -> QuerySet[Enrolment, Any]:
    rows = Enrolment.objects.select_related("course__agreement", "staff__institution")
    found = _own(actor, scoped(actor, rows), "staff__user_id")
    return (found if row is None else found.filter(course=row)).order_by("course_id", "pk")


def everybody_in(actor: Actor, row: TrainingSession) -> QuerySet[Enrolment, Any]:
    """Return everybody enrolled in the course of a session, for whoever may record it."""
    rows = Enrolment.objects.filter(course__sessions=row, is_withdrawn=False)
    return scoped(actor, rows.select_related("staff__institution"), Act.WRITE).order_by("pk")


def enrolment(actor: Actor, pk: int) -> Enrolment:
    return get_in_scope(actor, Enrolment.objects.select_related("course__agreement", "staff__institution"), pk)


def attendances(actor: Actor, row: TrainingSession) -> QuerySet[Attendance, Any]:
    """Return who was noted for a session: all for whoever records it, else the own row."""
    rows = scoped(actor, Attendance.objects.filter(session=row).select_related("staff__institution"))
    is_teacher = row.teacher is not None and row.teacher.user_id == actor.user_id
    return (rows if is_teacher else _own(actor, rows, "staff__user_id")).order_by("pk")


def attendances_of_course(actor: Actor, row: Course) -> QuerySet[Attendance, Any]:
    return _own(actor, scoped(actor, Attendance.objects.filter(session__course=row)), "staff__user_id")


def results(actor: Actor, row: Course) -> QuerySet[TestResult, Any]:
    return scoped(actor, TestResult.objects.filter(enrolment__course=row)).order_by("enrolment_id", "moment")


def standing_code(actor: Actor, row: TrainingSession, now: datetime.datetime) -> AttendanceCode | None:
    """Return the code that is good now, for whoever may record the session."""
    return scoped(actor, AttendanceCode.objects.filter(session=row, closes_at__gt=now), Act.WRITE).first()


def certificates(actor: Actor) -> QuerySet[TrainingCertificate, Any]:
    rows = TrainingCertificate.objects.select_related(
        "enrolment__course__agreement", "enrolment__course__organiser", "enrolment__staff__institution", "issued_by"
    )
    return _own(actor, scoped(actor, rows), "enrolment__staff__user_id").order_by("-issued_on", "number")


def certificate(actor: Actor, pk: int) -> TrainingCertificate:
    rows = TrainingCertificate.objects.select_related(
        "enrolment__course__agreement", "enrolment__course__organiser", "enrolment__staff__institution", "issued_by"
    )
    return get_in_scope(actor, _own(actor, rows, "enrolment__staff__user_id"), pk)


def tests_missing(actor: Actor, today: datetime.date) -> QuerySet[Enrolment, Any]:
    """Return those whose course is over and who took the first test and not the second."""
    over = Enrolment.objects.filter(course__ends_on__lt=today, is_withdrawn=False, results__moment=TestMoment.BEFORE)
    second = TestResult.objects.filter(moment=TestMoment.AFTER).values("enrolment_id")
    return scoped(actor, over.exclude(pk__in=second), Act.WRITE)
