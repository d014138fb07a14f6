"""Milestones of a project: added, moved with a reason, said to be reached with evidence, signed by another side."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

from django.db.models import Max
from django.utils import timezone

from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import SeparationOfDutiesError
from lianyi.errors import InvalidInputError
from lianyi.growth.commands.projects import changed, made, note
from lianyi.growth.models import DelayReason, Milestone, MilestoneMove, Project
from lianyi.growth.projects_authority import require_on_project, side_of
from lianyi.growth.projects_checks import check_milestone, check_order, check_past
from lianyi.growth.projects_errors import MilestoneRefusedError
from lianyi.growth.projects_machine import OPEN_STATES
from lianyi.rules.project_templates import SigningSide


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMilestone:
    name_zh: str
    planned_from: datetime.date
    planned_to: datetime.date
    name_en: str = ""
    asked_zh: str = ""
    asked_en: str = ""
    signed_by: str = SigningSide.ANOTHER.value


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDays:
    """To when a milestone is moved, and why."""

    planned_from: datetime.date
    planned_to: datetime.date
    reason_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When a milestone was reached, and what shows it."""

    on: datetime.date
    evidence: str
    evidence_file: str = ""


@command("growth.milestone.add")
def add_milestone(context: CommandContext, project: Project, new: NewMilestone) -> Milestone:
    """Add a milestone; the days it is added with are its baseline."""
    _require_open(context, project, "growth.write")
    number = (project.milestones.aggregate(last=Max("number"))["last"] or 0) + 1
    row = Milestone(
        project=project, number=number, baseline_from=new.planned_from, baseline_to=new.planned_to, **asdict(new)
    )
    check_milestone(row)
    made(context, "growth.milestone.add", row)
    note(context, project, "milestone_add", timezone.localdate(), row)
    return row


@command("growth.milestone.move")
def move_milestone(context: CommandContext, row: Milestone, new: NewDays, expected_version: int) -> Milestone:
    """Move the planned days of a milestone, with a reason; the baseline and every earlier move stay."""
    _require_open(context, row.project, "growth.write")
    if row.reached_on is not None:
        raise _refused(row, "milestone-reached")
    check_order(new.planned_from, new.planned_to, "planned_to")
    if new.reason_code not in DelayReason.values or not context.reason.strip():
        raise InvalidInputError(
            "Say why the milestone is moved: a reason of the list, and a sentence.",
            field="reason",
            reason="milestone-move-reason",
        )
    if (new.planned_from, new.planned_to) == (row.planned_from, row.planned_to):
        raise InvalidInputError("These are the days it has.", field="planned_to", reason="milestone-not-moved")
    made(
        context,
        "growth.milestone_move.write",
        MilestoneMove(
            milestone=row,
            moved_on=timezone.localdate(),
            old_to=row.planned_to,
            new_from=new.planned_from,
            new_to=new.planned_to,
            reason_code=new.reason_code,
            reason=context.reason,
            moved_by_id=context.actor.user_id,
            provenance=row.provenance,
        ),
    )
    days = {"planned_from": new.planned_from, "planned_to": new.planned_to}
    changed(context, "growth.milestone.move", row, days, expected_version)
    note(context, row.project, "milestone_move", timezone.localdate(), row)
    return row


@command("growth.milestone.reach")
def reach_milestone(context: CommandContext, row: Milestone, said: Reached, expected_version: int) -> Milestone:
    """Say that a milestone is reached and what shows it; it counts once somebody of another side has signed."""
    _require_open(context, row.project, "growth.write")
    if row.project.started_on is None:
        raise _refused(row, "milestone-not-started")
    if row.reached_on is not None:
        raise _refused(row, "milestone-reached")
    check_past(said.on, "on")
    check_order(row.project.started_on, said.on, "on")
    if not said.evidence.strip():
        raise InvalidInputError(
            "Say what shows that the milestone is reached.", field="evidence", reason="milestone-without-evidence"
        )
    facts = {
        "reached_on": said.on,
        "evidence": said.evidence,
        "evidence_file": said.evidence_file,
        "reached_by_id": context.actor.user_id,
        "reached_side": side_of(context.actor, row.project).value,
    }
    changed(context, "growth.milestone.reach", row, facts, expected_version)
    note(context, row.project, "milestone_reach", said.on, row)
    return row


@command("growth.milestone.verify")
def verify_milestone(context: CommandContext, row: Milestone, expected_version: int) -> Milestone:
    """Sign that a milestone is reached: another person, of another side, and of the side that it asks for."""
    _require_open(context, row.project, "growth.decide")
    _require_other(context, row)
    facts = {
        "verified_on": timezone.localdate(),
        "verified_by_id": context.actor.user_id,
        "verified_side": side_of(context.actor, row.project).value,
    }
    changed(context, "growth.milestone.verify", row, facts, expected_version)
    note(context, row.project, "milestone_verify", timezone.localdate(), row)
    return row


@command("growth.milestone.send_back")
def send_back_milestone(context: CommandContext, row: Milestone, expected_version: int) -> Milestone:
    """Do not sign: the milestone is open again, with the reason; what had been said stays in the history."""
    _require_open(context, row.project, "growth.decide")
    _require_other(context, row)
    if not context.reason.strip():
        raise InvalidInputError("Say why, in words.", field="reason", reason="project-without-reason")
    nothing = {"reached_on": None, "evidence": "", "evidence_file": "", "reached_by_id": None, "reached_side": ""}
    changed(context, "growth.milestone.send_back", row, nothing, expected_version)
    note(context, row.project, "milestone_back", timezone.localdate(), row)
    return row


def signing_problem(row: Milestone, side: str, user_id: int | None) -> str:
    """Return why this side and person cannot sign a milestone that waits, empty where they can.

    >>> signing_problem(Milestone(reached_side="home", signed_by="partner"), "home", 1)
    'milestone-same-side'
    """
    if side == row.reached_side:
        return "milestone-same-side"
    if row.reached_by_id is not None and row.reached_by_id == user_id:
        return "milestone-same-person"
    if row.signed_by not in (SigningSide.ANOTHER.value, side):
        return "milestone-other-signer"
    return ""


def _require_other(context: CommandContext, row: Milestone) -> None:
    if row.reached_on is None or row.verified_on is not None:
        raise _refused(row, "milestone-not-waiting")
    problem = signing_problem(row, side_of(context.actor, row.project).value, context.actor.user_id)
    if problem:
        raise SeparationOfDutiesError(
            f"The milestone {row.number} of {row.project.code} is signed by {row.signed_by}, of another side than the "
            "one that said it is reached.",
            reason=problem,
            signer=row.get_signed_by_display(),
        )


def _require_open(context: CommandContext, project: Project, permission: str) -> None:
    require_on_project(context.actor, permission, project)
    if project.state not in OPEN_STATES:
        raise MilestoneRefusedError(
            f"The project {project.code} is '{project.state}'. Take it up again first.",
            reason="project-over",
            project=str(project),
            state_label=project.get_state_display(),
        )


def _refused(row: Milestone, reason: str) -> MilestoneRefusedError:
    return MilestoneRefusedError(
        f"This cannot be done with milestone {row.number} of {row.project.code} now ({reason}).",
        reason=reason,
        milestone=str(row),
    )
