"""Who takes part in training: enrolled, there or not, tested, with a certificate."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance
from lianyi.growth.commands.training import changed, made
from lianyi.growth.models.training import (
    Attendance,
    AttendanceSource,
    Course,
    Enrolment,
    SessionState,
    TestMoment,
    TestResult,
    TrainingCertificate,
    TrainingSession,
)
from lianyi.growth.training_authority import require_keeping, require_session_recording
from lianyi.growth.training_errors import TrainingCertificateRefusedError, TrainingInputError
from lianyi.growth.training_hours import Attended, attended_of
from lianyi.registry.models import Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a staff record, or a name with the institution in words."""

    staff_id: int | None = None
    name: str = ""
    institution_name: str = ""

    def fields(self) -> dict[str, object]:
        return {"staff_id": self.staff_id, "name": self.name.strip(), "institution_name": self.institution_name.strip()}


def check_person(person: Person) -> None:
    """Refuse a person who is neither a record nor a name, or both.

    Raises
    ------
    TrainingInputError
    """
    if (person.staff_id is None) == (not person.name.strip()):
        raise TrainingInputError(
            "Choose somebody with a record, or give a name: one of the two.", field="staff", reason="person"
        )
    if person.staff_id is None and not person.institution_name.strip():
        raise TrainingInputError(
            "Give the institution of the person in words.", field="institution_name", reason="person-from"
        )


def require_reach(actor: Actor, staff_id: int | None) -> None:
    """Refuse a staff record that the actor does not reach; everybody reaches the own one.

    Raises
    ------
    TrainingInputError
    """
    if staff_id is None:
        return
    rows = Staff.objects.filter(pk=staff_id)
    if not (rows.filter(user_id=actor.user_id).exists() or scoped(actor, rows).exists()):
        raise TrainingInputError(
            "This person's record is not within your reach; their own office enrols them.",
            field="staff",
            reason="staff-out-of-reach",
        )


@command("growth.enrolment.add")
def enrol(context: CommandContext, course: Course, person: Person, provenance: str = Provenance.RECORDED) -> Enrolment:
    """Enrol somebody in a course; somebody who withdrew comes back into the same enrolment."""
    require_keeping(context.actor, course)
    check_person(person)
    require_reach(context.actor, person.staff_id)
    earlier = Enrolment.objects.filter(course=course, **person.fields()).first()
    if earlier is None:
        return made(context, "growth.enrolment.add", Enrolment(course=course, provenance=provenance, **person.fields()))
    if not earlier.is_withdrawn:
        raise TrainingInputError(f"{earlier} is enrolled already.", field="staff", reason="enrolled", name=str(earlier))
    changes = {"is_withdrawn": False, "withdrawn_reason": ""}
    return changed(context, "growth.enrolment.come_back", earlier, changes, earlier.version)


@command("growth.enrolment.withdraw")
def withdraw_enrolment(context: CommandContext, row: Enrolment, expected_version: int) -> Enrolment:
    """Take somebody out of a course, with a reason; what they attended stays on record."""
    require_keeping(context.actor, row.course)
    if not context.reason.strip():
        raise TrainingInputError("Say why the enrolment ends.", field="reason", reason="no-reason")
    changes = {"is_withdrawn": True, "withdrawn_reason": context.reason}
    return changed(context, "growth.enrolment.withdraw", row, changes, expected_version)


@command("growth.attendance.list")
def record_attendance(
    context: CommandContext, session: TrainingSession, seen: Sequence[tuple[Person, bool]]
) -> TrainingSession:
    """Note who was there and who was not, as the teacher's list says. Whoever is not on it stays unknown."""
    require_session_recording(context.actor, session)
    if session.state == SessionState.CANCELLED or session.day > timezone.localdate():
        raise TrainingInputError(
            "A session that was cancelled or is still to come has no attendance.", reason="attendance-ahead"
        )
    enrolled = set(Enrolment.objects.filter(course__sessions=session).values_list("staff_id", flat=True))
    for person, is_present in seen:
        check_person(person)
        if person.staff_id not in enrolled:
            require_reach(context.actor, person.staff_id)
        note_attendance(context, session, person, AttendanceSource.LIST, is_present=is_present)
    return session


def note_attendance(
    context: CommandContext, session: TrainingSession, person: Person, source: str, *, is_present: bool
) -> Attendance:
    """Write one attendance as part of a command. A row that says the same keeps where it is known from."""
    kept = Attendance.objects.filter(session=session, **person.fields()).first()
    if kept is None:
        row = Attendance(
            session=session, is_present=is_present, source=source, noted_at=timezone.now(), **person.fields()
        )
        return made(context, "growth.attendance.note", row)
    if kept.is_present == is_present:
        return kept
    changes = {"is_present": is_present, "source": source, "noted_at": timezone.now()}
    return changed(context, "growth.attendance.correct", kept, changes, kept.version)


@command("growth.test.record")
def record_results(
    context: CommandContext,
    course: Course,
    moment: str,
    taken_on: datetime.date,
    scores: Mapping[int, Decimal],
) -> Course:
    """Write the points of a test down, by enrolment; whoever is not named has no result. A change needs a reason."""
    require_keeping(context.actor, course)
    if course.test_maximum is None:
        raise TrainingInputError("The course has no test. Give it points and a pass mark first.", reason="no-test")
    if taken_on > timezone.localdate():
        raise TrainingInputError(f"{taken_on} is still to come.", field="taken_on", reason="test-ahead", day=taken_on)
    enrolments = {row.pk: row for row in Enrolment.objects.filter(course=course, pk__in=list(scores))}
    if set(scores) - set(enrolments):
        raise TrainingInputError("A test belongs to somebody who is enrolled in the course.", reason="not-enrolled")
    for pk, score in scores.items():
        check_score(course, score)
        _note_result(context, enrolments[pk], TestMoment(moment), taken_on, score)
    return course


def check_score(course: Course, score: Decimal) -> None:
    if course.test_maximum is None or not 0 <= score <= course.test_maximum:
        raise TrainingInputError(
            f"{score} points do not lie from 0 to {course.test_maximum}.",
            reason="score",
            given=score,
            most=course.test_maximum,
        )


def _note_result(
    context: CommandContext, enrolment: Enrolment, moment: TestMoment, taken_on: datetime.date, score: Decimal
) -> None:
    kept = TestResult.objects.filter(enrolment=enrolment, moment=moment).first()
    if kept is None:
        made(
            context,
            "growth.test.record",
            TestResult(enrolment=enrolment, moment=moment, score=score, taken_on=taken_on),
        )
        return
    if kept.score == score:
        return
    if not context.reason.strip():
        raise TrainingInputError(
            f"{enrolment} has {kept.score} points; a change needs a reason.",
            field="reason",
            reason="result-without-reason",
        )
    changed(context, "growth.test.correct", kept, {"score": score, "taken_on": taken_on}, kept.version)


@command("growth.certificate.issue")
def issue_certificates(context: CommandContext, course: Course, enrolment_ids: Sequence[int]) -> Course:
    """Give certificates to those who attended enough; one who did not refuses all, so that nobody is overlooked."""
    require_keeping(context.actor, course)
    rows = list(Enrolment.objects.filter(course=course, pk__in=list(enrolment_ids), is_withdrawn=False).order_by("pk"))
    if not rows or len(rows) != len(set(enrolment_ids)):
        raise TrainingCertificateRefusedError("Choose people who are enrolled in the course.", reason="nobody")
    attended = attended_of(course, rows)
    for row in rows:
        _refuse_certificate(course, row, attended[row.pk])
    start = TrainingCertificate.objects.filter(enrolment__course=course).count()
    for at, row in enumerate(rows, start=start + 1):
        what = attended[row.pk]
        certificate = TrainingCertificate(
            enrolment=row,
            number=f"{course.code}-{at:04d}",
            issued_on=timezone.localdate(),
            issued_by_id=context.actor.user_id,
            minutes=what.minutes,
            sessions_attended=what.sessions_attended,
            sessions_held=what.sessions_held,
        )
        made(context, "growth.certificate.issue", certificate)
    return course


def _refuse_certificate(course: Course, row: Enrolment, what: Attended) -> None:
    if TrainingCertificate.objects.filter(enrolment=row, revoked_at__isnull=True).exists():
        raise TrainingCertificateRefusedError(f"{row} has a certificate already.", reason="standing", name=str(row))
    if not what.reaches(course.least_attendance_percent):
        raise TrainingCertificateRefusedError(
            f"{row} was at {what.sessions_attended} of {what.sessions_held} sessions; the course asks for "
            f"{course.least_attendance_percent} %.",
            reason="attendance",
            name=str(row),
            attended=what.sessions_attended,
            held=what.sessions_held,
            least=course.least_attendance_percent,
        )


@command("growth.certificate.revoke")
def revoke_certificate(context: CommandContext, row: TrainingCertificate, expected_version: int) -> TrainingCertificate:
    """Revoke a certificate with a reason; its number stays taken."""
    require_keeping(context.actor, row.enrolment.course)
    if row.revoked_at is not None:
        raise TrainingCertificateRefusedError(f"{row.number} is revoked already.", reason="revoked", name=row.number)
    if not context.reason.strip():
        raise TrainingInputError("Say why the certificate is revoked.", field="reason", reason="no-reason")
    changes = {"revoked_at": timezone.now(), "revoked_reason": context.reason}
    return changed(context, "growth.certificate.revoke", row, changes, expected_version)
