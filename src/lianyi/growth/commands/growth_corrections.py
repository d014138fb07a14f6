"""What was written wrongly is corrected with a reason: the history keeps what stood before."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.access import require
from lianyi.accounts.audit import CommandContext, record, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import StateRefusedError
from lianyi.accounts.records import save_changes
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.mentors import NewGoal, check_goal
from lianyi.growth.commands.techniques import check_technique, note_of
from lianyi.growth.models import (
    DepartmentTechnique,
    LevelState,
    LogbookState,
    MentorGoal,
    MentorGoalCorrection,
)
from lianyi.growth.technique_authority import require_writing
from lianyi.partnerships.models import Duty

_STANDING_LINES = (LogbookState.WRITTEN, LogbookState.CONFIRMED)
_STANDING_LEVELS = (LevelState.PROPOSED, LevelState.SIGNED)
_GOAL_FIELDS = ("technique_id", "words", "level", "due_on")


@dataclass(frozen=True, slots=True)
class TechniqueCorrection:
    """Which duty the technique counts toward, and why it was chosen, as it should have been written."""

    duty: Duty | None
    reason: str


@command("growth.technique.correct")
def correct_technique(
    context: CommandContext, row: DepartmentTechnique, right: TechniqueCorrection, expected_version: int
) -> DepartmentTechnique:
    """Correct the duty that a technique counts toward, or why it was chosen; its rungs do not move."""
    require_writing(context.actor, row)
    _require_reason(context)
    before = snapshot(row, ("duty_id", "reason"))
    told_before = {"duty": _duty_code(row.duty), "reason": row.reason}
    row.duty, row.reason = right.duty, right.reason.strip()
    check_technique(row)
    changes = {"duty_id": None if right.duty is None else right.duty.pk, "reason": right.reason.strip()}
    if changes == before:
        raise InvalidInputError("Nothing is different.", field="reason", reason="correction-nothing")
    save_changes(row, changes, expected_version)
    facts = {"before": told_before, "after": {"duty": _duty_code(right.duty), "reason": row.reason}}
    note_of(context, row, "correct", row.state, timezone.localdate(), facts).save()
    record(context, "growth.technique.correct", row, before=before, after=snapshot(row, ("duty_id", "reason")))
    return row


def _duty_code(duty: Duty | None) -> str:
    return "" if duty is None else f"{duty.agreement.code} {duty.code}"


@command("growth.mentor_goal.correct")
def correct_goal(context: CommandContext, row: MentorGoal, right: NewGoal, expected_version: int) -> MentorGoal:
    """Correct a goal. What its logbook and levels are about stays: another technique is another goal."""
    require(context.actor, "training.write", row.pair)
    _require_reason(context)
    if row.pair.ended_on is not None:
        raise StateRefusedError("The pair has ended already.", reason="mentor-ended", day=row.pair.ended_on)
    before = snapshot(row, _GOAL_FIELDS)
    told_before = told_goal(row)
    row.technique, row.words, row.level, row.due_on = right.technique, right.words.strip(), right.level, right.due_on
    check_goal(row)
    after = snapshot(row, _GOAL_FIELDS)
    if after == before:
        raise InvalidInputError("Nothing is different.", field="reason", reason="correction-nothing")
    if after["technique_id"] != before["technique_id"] and _has_evidence(row):
        raise InvalidInputError(
            "The goal has lines or levels of its technique.", field="technique", reason="goal-has-evidence"
        )
    changes = {
        "technique_id": None if right.technique is None else right.technique.pk,
        "words": row.words,
        "level": row.level,
        "due_on": row.due_on,
    }
    save_changes(row, changes, expected_version)
    MentorGoalCorrection(
        goal=row,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        reason=context.reason.strip(),
        before=told_before,
        after=told_goal(row),
    ).save()
    record(context, "growth.mentor_goal.correct", row, before=before, after=after)
    return row


def told_goal(row: MentorGoal) -> dict[str, str]:
    """Return a goal as its history keeps it."""
    technique = "" if row.technique is None else row.technique.code
    due_on = row.due_on.isoformat() if isinstance(row.due_on, datetime.date) else str(row.due_on)
    return {"technique": technique, "words": row.words, "level": row.level, "due_on": due_on}


def _has_evidence(row: MentorGoal) -> bool:
    has_lines = row.lines.filter(state__in=_STANDING_LINES).exists()
    return has_lines or row.levels.filter(state__in=_STANDING_LEVELS).exists()


def _require_reason(context: CommandContext) -> None:
    if not context.reason.strip():
        raise InvalidInputError("A correction needs a reason in words.", field="why", reason="correction-reason")
