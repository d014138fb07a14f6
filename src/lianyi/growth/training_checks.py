"""What courses, sessions and their counts must be like, whoever writes them: people on pages or tables."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from lianyi.growth.models.training import Course, SessionKind, SessionState, TrainingSession
from lianyi.growth.training_errors import TrainingInputError

MOST_PEOPLE = 100_000
LONGEST_MINUTES = 1440
# People seen at a free clinic, in bands of age; the sexes beside them.
AGE_BANDS = ("0_14", "15_64", "65_up")
SEXES = ("female", "male")
PEOPLE_KEYS = tuple(f"{sex}_{band}" for sex in SEXES for band in AGE_BANDS)
SERVICES = ("consultation", "examination", "test", "medicine", "education", "referred")


def check_course(row: Course) -> None:
    """Refuse a course whose days, test or organiser cannot be.

    Raises
    ------
    TrainingInputError
    """
    if row.ends_on < row.starts_on:
        raise TrainingInputError(
            f"It ends on {row.ends_on}, before {row.starts_on}.",
            field="ends_on",
            reason="dates-reversed",
            start=row.starts_on,
            end=row.ends_on,
        )
    if (row.test_maximum is None) != (row.pass_mark is None):
        raise TrainingInputError(
            "Give both the most points and the pass mark, or leave both empty.", field="pass_mark", reason="test-half"
        )
    if row.test_maximum is not None and row.pass_mark is not None and not 0 < row.pass_mark <= row.test_maximum:
        raise TrainingInputError(
            f"The pass mark {row.pass_mark} does not lie within {row.test_maximum} points.",
            field="pass_mark",
            reason="pass-mark",
            most=row.test_maximum,
        )
    if not 1 <= row.least_attendance_percent <= 100:  # noqa: PLR2004 - a percentage
        raise TrainingInputError(
            "Give the least attendance from 1 to 100 %.", field="least_attendance_percent", reason="attendance-share"
        )
    if not row.agreement.parties.filter(institution_id=row.organiser_id).exists():
        raise TrainingInputError(
            f"{row.organiser} is no party of the agreement.",
            field="organiser",
            reason="not-a-party",
            name=row.organiser.code,
        )


def check_session(row: TrainingSession) -> None:
    """Refuse a session that cannot have been planned or held so.

    Raises
    ------
    TrainingInputError
    """
    if row.course is not None and row.course.agreement_id != row.agreement_id:
        raise TrainingInputError("The course belongs to another agreement.", field="course", reason="course-elsewhere")
    if row.course is not None and row.kind == SessionKind.FREE_CLINIC:
        raise TrainingInputError(
            "A free clinic is no session of a course; leave the course empty.",
            field="course",
            reason="clinic-in-course",
        )
    if row.institution_id is None and not row.place.strip():
        raise TrainingInputError("Give the institution or the place.", field="place", reason="no-place")
    if row.department is not None and row.department.institution_id != row.institution_id:
        raise TrainingInputError(
            "The department belongs to another institution.", field="department", reason="department-elsewhere"
        )
    if not 1 <= row.minutes <= LONGEST_MINUTES:
        raise TrainingInputError(
            f"{row.minutes} minutes are not from 1 to {LONGEST_MINUTES}.",
            field="minutes",
            reason="minutes",
            most=LONGEST_MINUTES,
        )
    if row.state == SessionState.HELD:
        check_held(row.held_on, row.held_minutes)
    if row.state == SessionState.CANCELLED and not row.reason.strip():
        raise TrainingInputError("Say why it was cancelled.", field="reason", reason="no-reason")
    check_clinic(row)


def check_held(held_on: datetime.date | None, minutes: int | None) -> None:
    if held_on is None or held_on > timezone.localdate():
        raise TrainingInputError(
            "Give the day on which it was held; it cannot lie ahead.", field="held_on", reason="held-ahead"
        )
    if minutes is None or not 1 <= minutes <= LONGEST_MINUTES:
        raise TrainingInputError(
            f"Give the minutes it took, 1 to {LONGEST_MINUTES}.",
            field="held_minutes",
            reason="minutes",
            most=LONGEST_MINUTES,
        )


def check_clinic(row: TrainingSession) -> None:
    """Refuse counts that are none, or that contradict each other; only a free clinic has counts."""
    has_counts = row.people_seen is not None or row.people or row.services
    if not has_counts:
        return
    if row.kind != SessionKind.FREE_CLINIC or row.state != SessionState.HELD:
        raise TrainingInputError(
            "Only a free clinic that was held has counts of people.", field="people_seen", reason="counts-elsewhere"
        )
    _check_counts("people", row.people, PEOPLE_KEYS)
    _check_counts("services", row.services, SERVICES)
    if row.people_seen is not None and not 0 <= row.people_seen <= MOST_PEOPLE:
        raise TrainingInputError(
            f"{row.people_seen} is no number from 0 to {MOST_PEOPLE}.",
            field="people_seen",
            reason="count",
            most=MOST_PEOPLE,
        )
    told = sum(row.people.values())
    if row.people and (row.people_seen is None or told > row.people_seen):
        raise TrainingInputError(
            f"{told} people by sex and age are more than those seen.",
            field="people_seen",
            reason="more-than-seen",
            told=told,
        )


def _check_counts(field: str, counts: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name, count in counts.items():
        if name not in known or not isinstance(count, int) or not 0 <= count <= MOST_PEOPLE:
            raise TrainingInputError(
                f"'{name}' = {count} is no count from 0 to {MOST_PEOPLE}.",
                field=field,
                reason="count",
                most=MOST_PEOPLE,
            )
