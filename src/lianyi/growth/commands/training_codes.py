"""The code of the day: made by the teacher, typed by those who came, each on the own account.

A typed code that is wrong is kept as a try and not refused with an error, which would undo it: whoever guesses is
stopped by the tries before.
"""

from __future__ import annotations

import datetime

from django.utils import timezone
from django.utils.crypto import get_random_string

from lianyi.accounts.audit import CommandContext, creation_facts, record
from lianyi.accounts.commanding import command
from lianyi.growth.commands.training import changed
from lianyi.growth.commands.training_people import Person, note_attendance
from lianyi.growth.models.training import (
    Attendance,
    AttendanceCode,
    AttendanceSource,
    CodeTry,
    SessionState,
    TrainingSession,
    TryOutcome,
)
from lianyi.growth.training_authority import require_session_recording
from lianyi.growth.training_errors import TrainingInputError
from lianyi.registry.models import Staff

CODE_LENGTH = 6
# Without signs that look alike on a wall.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LEAST_MINUTES, MOST_MINUTES = 5, 240
TRIES = 5
TRIES_WITHIN = datetime.timedelta(minutes=10)


@command("growth.attendance_code.open")
def open_code(context: CommandContext, session: TrainingSession, minutes: int) -> AttendanceCode:
    """Make a code for the session of today, good for so many minutes; an earlier one that still stands ends."""
    require_session_recording(context.actor, session)
    now = timezone.now()
    if session.state == SessionState.CANCELLED or timezone.localdate(now) not in (session.day, session.held_on):
        raise TrainingInputError(
            "A code is made on the day of the session, and not when it was cancelled.", reason="code-day"
        )
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise TrainingInputError(
            f"Give {LEAST_MINUTES} to {MOST_MINUTES} minutes.",
            field="minutes",
            reason="code-minutes",
            least=LEAST_MINUTES,
            most=MOST_MINUTES,
        )
    for earlier in AttendanceCode.objects.filter(session=session, closes_at__gt=now):
        changed(context, "growth.attendance_code.close", earlier, {"closes_at": now}, earlier.version)
    row = AttendanceCode(
        session=session,
        text=_fresh_code(now),
        opens_at=now,
        closes_at=now + datetime.timedelta(minutes=minutes),
        made_by_id=context.actor.user_id,
    )
    row.save()
    facts = {name: value for name, value in creation_facts(row).items() if name != "text"}
    record(context, "growth.attendance_code.open", row, before=None, after=facts)
    return row


def _fresh_code(now: datetime.datetime) -> str:
    standing = set(AttendanceCode.objects.filter(closes_at__gt=now).values_list("text", flat=True))
    while (text := get_random_string(CODE_LENGTH, LETTERS)) in standing:
        pass
    return text


@command("growth.attendance_code.enter")
def enter_code(context: CommandContext, text: str) -> CodeTry:
    """Take the code that somebody types who came; the outcome says what became of it."""
    staff = Staff.objects.filter(user_id=context.actor.user_id).first()
    if staff is None:
        raise TrainingInputError(
            "Your account is tied to no staff record. Ask the teacher to put you on the list.", reason="no-record"
        )
    now = timezone.now()
    outcome, attendance = _taken(context, staff, text.strip().upper(), now)
    row = CodeTry(user_id=context.actor.user_id, tried_at=now, outcome=outcome, attendance=attendance)
    row.save()
    record(context, "growth.attendance_code.enter", row, before=None, after={"outcome": outcome})
    return row


def _taken(
    context: CommandContext, staff: Staff, text: str, now: datetime.datetime
) -> tuple[TryOutcome, Attendance | None]:
    wrong = (TryOutcome.UNKNOWN, TryOutcome.OVER)
    tries = CodeTry.objects.filter(user_id=context.actor.user_id, tried_at__gt=now - TRIES_WITHIN, outcome__in=wrong)
    if tries.count() >= TRIES:
        return TryOutcome.TOO_MANY, None
    code = AttendanceCode.objects.filter(text=text).select_related("session").order_by("-opens_at").first()
    if code is None:
        return TryOutcome.UNKNOWN, None
    if code.closes_at <= now or code.session.state == SessionState.CANCELLED:
        return TryOutcome.OVER, None
    person = Person(staff_id=staff.pk)
    kept = Attendance.objects.filter(session=code.session, staff=staff).first()
    if kept is not None and not kept.is_present:
        # The teacher has said that this person was not there; a code does not overrule a list.
        return TryOutcome.LISTED, kept
    return TryOutcome.ACCEPTED, note_attendance(context, code.session, person, AttendanceSource.CODE, is_present=True)
