"""Courses and sessions: written, changed, held, cancelled, corrected with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, creation_facts, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.records import Provenance, VersionedRecord, save_changes
from lianyi.growth.models.training import Course, SessionState, TestResult, TrainingSession, TrainingSessionEvent
from lianyi.growth.training_authority import require_keeping, require_session_recording
from lianyi.growth.training_checks import check_course, check_session
from lianyi.growth.training_errors import SessionStepRefusedError, TrainingInputError
from lianyi.growth.training_machine import SESSION_STEP_BY_NAME, SessionStep, session_steps_from
from lianyi.partnerships.models import Agreement

COURSE_FIELDS = (
    *("organiser_id", "title_zh", "title_en", "kind", "starts_on", "ends_on", "test_maximum", "pass_mark"),
    "least_attendance_percent",
)
SESSION_FIELDS = (
    *("course_id", "kind", "title", "day", "begins_at", "minutes", "institution_id", "place", "teacher_id"),
    *("teacher_name", "department_id", "specialty", "technique_code"),
)
HELD_FIELDS = ("held_on", "held_minutes", "people_seen", "people", "services")
Row = TypeVar("Row", bound=VersionedRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCourse:
    """What a course says; without a test the points and the pass mark are None."""

    code: str
    organiser_id: int
    title_zh: str
    kind: str
    starts_on: datetime.date
    ends_on: datetime.date
    title_en: str = ""
    test_maximum: Decimal | None = None
    pass_mark: Decimal | None = None
    least_attendance_percent: int = 80
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """What a session says when it is planned; the teacher by record or by name."""

    code: str
    kind: str
    title: str
    day: datetime.date
    minutes: int
    course_id: int | None = None
    begins_at: datetime.time | None = None
    institution_id: int | None = None
    place: str = ""
    teacher_id: int | None = None
    teacher_name: str = ""
    department_id: int | None = None
    specialty: str = ""
    technique_code: str = ""
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAsHeld:
    """What became of a session. Counts are of free clinics; those that nobody made are left out."""

    held_on: datetime.date | None = None
    held_minutes: int | None = None
    people_seen: int | None = None
    people: Mapping[str, int] = field(default_factory=dict)
    services: Mapping[str, int] = field(default_factory=dict)


@command("growth.course.create")
def create_course(context: CommandContext, agreement: Agreement, new: NewCourse) -> Course:
    """Write a course down; sessions and enrolments follow."""
    require_keeping(context.actor, agreement)
    if Course.objects.filter(code=new.code).exists():
        raise TrainingInputError(
            f"'{new.code}' is taken; choose another code.", field="code", reason="code-taken", given=new.code
        )
    row = Course(agreement=agreement, **asdict(new))
    check_course(row)
    return made(context, "growth.course.create", row)


@command("growth.course.change")
def change_course(context: CommandContext, row: Course, changes: Mapping[str, Any], expected_version: int) -> Course:
    """Change a course; the points of its test stay once somebody has taken it."""
    require_keeping(context.actor, row)
    wanted = _with(row, changes, COURSE_FIELDS)
    if wanted.test_maximum != row.test_maximum and TestResult.objects.filter(enrolment__course=row).exists():
        raise TrainingInputError(
            "Somebody has taken the test; its points stay as they are.", field="test_maximum", reason="test-taken"
        )
    check_course(wanted)
    return changed(context, "growth.course.change", row, changes, expected_version)


@command("growth.training_session.plan")
def plan_session(context: CommandContext, agreement: Agreement, new: NewSession) -> TrainingSession:
    """Plan a session under an agreement, of a course or by itself."""
    row = TrainingSession(agreement=agreement, **asdict(new))
    _require_planning(context, row)
    if TrainingSession.objects.filter(code=new.code).exists():
        raise TrainingInputError(
            f"'{new.code}' is taken; choose another code.", field="code", reason="code-taken", given=new.code
        )
    check_session(row)
    row.save()
    note_of_session(context, row, "plan", "", {}).save()
    record(context, "growth.training_session.plan", row, before=None, after=creation_facts(row))
    return row


def _require_planning(context: CommandContext, row: TrainingSession) -> None:
    """Refuse a new session unless the actor keeps training under the agreement, or teaches it."""
    staff = row.teacher
    if staff is None or staff.user_id != context.actor.user_id:
        require_keeping(context.actor, row.agreement)
        return
    require(context.actor, "training.write", row.agreement)


@command("growth.training_session.change")
def change_session(
    context: CommandContext, row: TrainingSession, changes: Mapping[str, Any], expected_version: int
) -> TrainingSession:
    """Change a session while it is planned."""
    require_session_recording(context.actor, row)
    if row.state != SessionState.PLANNED:
        raise _no_step(row, "change")
    check_session(_with(row, changes, SESSION_FIELDS))
    return _save(context, row, "change", changes, expected_version)


@command("growth.training_session.step")
def take_session_step(
    context: CommandContext, row: TrainingSession, name: str, said: SessionAsHeld, expected_version: int
) -> TrainingSession:
    """Walk a session along the table of steps: held, cancelled, planned again, corrected."""
    require_session_recording(context.actor, row)
    step = SESSION_STEP_BY_NAME.get(name)
    if step is None or step not in session_steps_from(row.state):
        raise _no_step(row, name)
    if step.needs_reason and not context.reason.strip():
        raise TrainingInputError(f"'{name}' needs a reason in words.", field="reason", reason="no-reason")
    changes = _changes_of(step, said, context.reason)
    wanted = _with(row, changes, (*HELD_FIELDS, "state", "reason"))
    check_session(wanted)
    return _save(context, row, name, changes, expected_version)


def _changes_of(step: SessionStep, said: SessionAsHeld, reason: str) -> dict[str, Any]:
    what_was: dict[str, Any] = asdict(said) if step.asks_what_was else asdict(SessionAsHeld())
    is_cancelled = step.to_state == SessionState.CANCELLED
    return {**what_was, "state": step.to_state.value, "reason": reason if is_cancelled else ""}


def _no_step(row: TrainingSession, name: str) -> SessionStepRefusedError:
    return SessionStepRefusedError(
        f"The session {row.code} is '{row.state}'; '{name}' does not lead from there.",
        session=row.code,
        step=name,
        state_label=row.get_state_display(),
    )


def _save(
    context: CommandContext, row: TrainingSession, step: str, changes: Mapping[str, Any], expected_version: int
) -> TrainingSession:
    before, from_state = snapshot(row, changes), row.state
    save_changes(row, dict(changes), expected_version)
    note_of_session(context, row, step, from_state, before).save()
    record(context, f"growth.training_session.{step}", row, before=before, after=snapshot(row, changes))
    return row


def note_of_session(
    context: CommandContext, row: TrainingSession, step: str, from_state: str, before: Mapping[str, Any]
) -> TrainingSessionEvent:
    return TrainingSessionEvent(
        session=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
        before=dict(before),
        after=snapshot(row, before),
    )


def _with(row: Row, changes: Mapping[str, Any], accepted: Sequence[str]) -> Row:
    """Return the row as it would be, unsaved."""
    unknown = sorted(set(changes) - set(accepted))
    if unknown:
        raise TrainingInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fixed", fields=", ".join(unknown)
        )
    wanted: Row = type(row)._default_manager.get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    return wanted


def made(context: CommandContext, action: str, row: Row) -> Row:
    """Save a new row as part of a command, with its line in the trail."""
    row.save()
    record(context, action, row, before=None, after=creation_facts(row))
    return row


def changed(context: CommandContext, action: str, row: Row, changes: Mapping[str, Any], expected_version: int) -> Row:
    """Save a change as part of a command, with its line in the trail."""
    before = snapshot(row, changes)
    save_changes(row, dict(changes), expected_version)
    record(context, action, row, before=before, after=snapshot(row, changes))
    return row
