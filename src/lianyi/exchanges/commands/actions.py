"""Actions: made of points, agreed with owner and day, done, checked by another, closed; and taken up again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.access import decide, require
from lianyi.accounts.audit import CommandContext, snapshot
from lianyi.accounts.commanding import command
from lianyi.accounts.models import User
from lianyi.accounts.records import Provenance
from lianyi.errors import InvalidInputError
from lianyi.exchanges.authority import require_action_step
from lianyi.exchanges.commands.points import note_of_point, step_for_point
from lianyi.exchanges.commands.writing import changed, made, require_reason, require_words
from lianyi.exchanges.errors import ActionStepRefusedError
from lianyi.exchanges.machines.actions import ACTION_STEP_BY_NAME, OVER, ActionStep, action_steps_from
from lianyi.exchanges.models import Action, ActionEvent, ActionState, Point, PointState
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.exchanges.standing import standing, with_standing
from lianyi.partnerships.models import Duty
from lianyi.registry.models import Institution, Staff

ACTION_FIELDS = ("title_zh", "title_en", "duty_id", "indicator_code", "indicator_words")
OWNER_FIELDS = ("owner_id", "owner_staff_id", "owner_function", "supporter_id", "due_on")
# What a new start clears; the events keep it.
_UNDONE: Mapping[str, Any] = {
    "evidence": "",
    "done_on": None,
    "done_recorded_at": None,
    "check_words": "",
    "checked_on": None,
    "checked_by": "",
    "checked_by_institution_id": None,
    "closed_on": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Who does it, who helps, and until when."""

    owner_id: int
    due_on: datetime.date
    owner_staff_id: int | None = None
    owner_function: str = ""
    supporter_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """What is to be done about a point; with ``ownership`` it is agreed at once."""

    title_zh: str = ""
    title_en: str = ""
    duty_id: int | None = None
    indicator_code: str = ""
    indicator_words: str = ""
    ownership: Ownership | None = None
    provenance: str = Provenance.RECORDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    """What a step says beside its reason."""

    ownership: Ownership | None = None
    done_on: datetime.date | None = None
    evidence: str = ""
    check_words: str = ""


@command("exchanges.action.make")
def make_action(context: CommandContext, point: Point, new: NewAction, expected_version: int) -> Action:
    """Turn a point into an action: sorted by whoever decides, only reported by whoever may just write."""
    may_decide = decide(context.actor, "visit.decide", point).allowed
    if may_decide:
        step_for_point(context, point, "act")
    else:
        require(context.actor, "visit.write", point)
        _require_raised(point)
    row = Action(
        code=f"{point.visit.code}-{point.number}",
        point=point,
        state=ActionState.SORTED if may_decide else ActionState.REPORTED,
        provenance=new.provenance,
        **{name: getattr(new, name) for name in ACTION_FIELDS},
    )
    check_action(row)
    from_state = point.state
    changed(context, "exchanges.point.act", point, {"state": PointState.ACTION.value}, expected_version)
    note_of_point(context, point, "act", from_state).save()
    made(context, "exchanges.action.make", row)
    note_of_action(context, row, "make", "", {}).save()
    if new.ownership is not None and may_decide:
        _walk(context, row, ACTION_STEP_BY_NAME["agree"], ActionFacts(ownership=new.ownership), row.version)
    return row


def _require_raised(point: Point) -> None:
    if point.state != PointState.RAISED:
        raise ActionStepRefusedError(
            f"The point {point} was sorted already.",
            reason="action-of-sorted-point",
            action=str(point),
            state_label=PointState(point.state).label,
            allowed=[],
        )


def check_action(row: Action) -> None:
    """Refuse what no action can say.

    Raises
    ------
    InvalidInputError
    """
    require_words("title_zh", row.title_zh, row.title_en)
    if row.duty_id is None:
        return
    agreement = row.point.visit.agreement
    duties = [] if agreement is None else Duty.objects.filter(agreement_id__in=agreements_in_line(agreement))
    if row.duty_id not in {duty.pk for duty in duties}:
        raise InvalidInputError(
            "The duty belongs to another agreement than the visit.", field="duty", reason="action-duty-elsewhere"
        )


@command("exchanges.action.change")
def change_action(context: CommandContext, row: Action, changes: Mapping[str, Any], expected_version: int) -> Action:
    """Change the words of an action, the duty and the indicator that it serves; what is over stays as it was."""
    require(context.actor, "visit.decide", row)
    unknown = sorted(set(changes) - set(ACTION_FIELDS))
    if unknown:
        raise InvalidInputError(
            f"These cannot be changed here: {', '.join(unknown)}.", reason="fields-fixed", fields=unknown
        )
    _require_open(row, "change")
    wanted = Action.objects.select_related("point__visit__agreement").get(pk=row.pk)
    for name, value in changes.items():
        setattr(wanted, name, value)
    check_action(wanted)
    return _save(context, row, "change", changes, expected_version)


@command("exchanges.action.hand_over")
def hand_over_action(context: CommandContext, row: Action, ownership: Ownership, expected_version: int) -> Action:
    """Give an action another owner, supporter or day, with a reason: nothing is lost when somebody leaves."""
    require(context.actor, "visit.decide", row)
    _require_open(row, "hand_over")
    require_reason(context, "hand_over")
    changes = _ownership(row, ownership)
    changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not changes:
        raise InvalidInputError("Nothing would change.", field="due_on", reason="action-unchanged")
    step = "move_day" if set(changes) == {"due_on"} else "hand_over"
    return _save(context, row, step, changes, expected_version)


def _require_open(row: Action, step_name: str) -> None:
    if row.state in OVER:
        raise refused_step(row, step_name, row.state)


@command("exchanges.action.step")
def take_action_step(
    context: CommandContext, row: Action, step_name: str, facts: ActionFacts, expected_version: int
) -> Action:
    """Take one step of an action's life."""
    stands = standing(with_standing(Action.objects.all()).get(pk=row.pk))
    step = ACTION_STEP_BY_NAME.get(step_name)
    if step is None or step not in action_steps_from(stands):
        require(context.actor, "visit.read", row)
        raise refused_step(row, step_name, stands)
    require_action_step(context.actor, step, row)
    if step.needs_reason:
        require_reason(context, step.label)
    return _walk(context, row, step, facts, expected_version)


def _walk(context: CommandContext, row: Action, step: ActionStep, facts: ActionFacts, expected_version: int) -> Action:
    changes: dict[str, Any] = {"state": step.to_state.value}
    if "owner" in step.asks:
        if facts.ownership is None:
            raise InvalidInputError("Say who does it and until when.", field="owner", reason="action-without-owner")
        changes |= _ownership(row, facts.ownership) | dict(_UNDONE)
    if step.name == "finish":
        changes |= _done(row, facts)
    if step.name == "send_back":
        changes |= {"done_on": None, "done_recorded_at": None}
    if step.name == "verify":
        changes |= _checked(context, facts)
    if step.name == "close":
        changes["closed_on"] = timezone.localdate()
    return _save(context, row, step.name, changes, expected_version)


def _ownership(row: Action, given: Ownership) -> dict[str, Any]:
    """Return the fields of an ownership that can be.

    Raises
    ------
    InvalidInputError
    """
    if not Institution.objects.filter(pk=given.owner_id).exists():
        raise InvalidInputError("Say which institution does it.", field="owner", reason="action-without-owner")
    staff = None if given.owner_staff_id is None else Staff.objects.get(pk=given.owner_staff_id)
    if staff is not None and staff.institution_id != given.owner_id:
        raise InvalidInputError(
            "The person named works for another institution.", field="owner_staff", reason="action-owner-elsewhere"
        )
    if given.due_on < row.point.raised_on:
        raise InvalidInputError(
            f"{given.due_on} lies before the day on which the point was raised, {row.point.raised_on}.",
            field="due_on",
            reason="action-due-early",
            day=given.due_on,
            start=row.point.raised_on,
        )
    return {name: getattr(given, name) for name in OWNER_FIELDS}


def _done(row: Action, facts: ActionFacts) -> dict[str, Any]:
    if facts.done_on is None or not facts.evidence.strip():
        raise InvalidInputError(
            "Say on which day it was done, and what shows it.", field="evidence", reason="action-without-evidence"
        )
    today = timezone.localdate()
    if not row.point.raised_on <= facts.done_on <= today:
        raise InvalidInputError(
            f"{facts.done_on} lies before {row.point.raised_on}, when the point was raised, or has not come yet.",
            field="done_on",
            reason="action-done-when",
            day=facts.done_on,
            start=row.point.raised_on,
        )
    return {"done_on": facts.done_on, "evidence": facts.evidence, "done_recorded_at": timezone.now()}


def _checked(context: CommandContext, facts: ActionFacts) -> dict[str, Any]:
    if not facts.check_words.strip():
        raise InvalidInputError("Say what the check found.", field="check_words", reason="action-without-check")
    node_id = context.actor.node_id
    institution = Institution.objects.filter(pk=node_id).values_list("pk", flat=True).first()
    return {
        "check_words": facts.check_words,
        "checked_on": timezone.localdate(),
        "checked_by": User.objects.get(pk=context.actor.user_id).display_name,
        "checked_by_institution_id": institution,
    }


def refused_step(row: Action, step_name: str, stands: str) -> ActionStepRefusedError:
    """Return the refusal of a step that the table does not have for where the action stands."""
    step, allowed = ACTION_STEP_BY_NAME.get(step_name), action_steps_from(stands)
    return ActionStepRefusedError(
        f"The action {row.code} is '{stands}'; '{step_name}' does not follow.",
        reason="action-not-following",
        action=row.code,
        step=step_name if step is None else step.label,
        steps=[each.label for each in allowed],
        state_label=ActionState(stands).label,
        allowed=[each.name for each in allowed],
    )


def _save(context: CommandContext, row: Action, step: str, changes: Mapping[str, Any], expected_version: int) -> Action:
    before, from_state = snapshot(row, changes), row.state
    changed(context, f"exchanges.action.{step}", row, changes, expected_version)
    note_of_action(context, row, step, from_state, before).save()
    return row


def note_of_action(
    context: CommandContext, row: Action, step: str, from_state: str, before: Mapping[str, Any]
) -> ActionEvent:
    happened = timezone.localdate() if context.occurred_at is None else timezone.localdate(context.occurred_at)
    return ActionEvent(
        action=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        happened_on=happened,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_node_id=context.actor.node_id,
        acting_role=context.actor.role,
        reason=context.reason,
        before=dict(before),
        after=snapshot(row, before),
    )
