"""Points: raised at a visit, changed while nobody has sorted them, and sorted by the table."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import require, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.commanding import command
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.records import Provenance
from lianyi.errors import InvalidInputError
from lianyi.exchanges.category_lists import category_book
from lianyi.exchanges.commands.visits import require_writable
from lianyi.exchanges.commands.writing import as_wanted, changed, made, require_reason, require_words
from lianyi.exchanges.confidence import answers_for_members
from lianyi.exchanges.errors import PointStepRefusedError
from lianyi.exchanges.machines.points import POINT_STEP_BY_NAME, PointStep, point_steps_from
from lianyi.exchanges.models import ExchangeVisit, Point, PointEvent, PointKind, PointState
from lianyi.exchanges.partnership import of_partnership
from lianyi.registry.models import Department, Staff

POINT_FIELDS = (
    *("kind", "category", "statement_zh", "statement_en", "evidence", "raised_on", "raised_by", "raised_by_staff_id"),
    *("raised_by_institution_id", "institution_id", "department_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPoint:
    """What was raised; ``former_id`` names the point of an earlier visit that comes back with it."""

    kind: str
    category: str
    raised_on: datetime.date
    statement_zh: str = ""
    statement_en: str = ""
    evidence: str = ""
    raised_by: str = ""
    raised_by_staff_id: int | None = None
    raised_by_institution_id: int | None = None
    institution_id: int | None = None
    department_id: int | None = None
    former_id: int | None = None
    provenance: str = Provenance.RECORDED


@command("exchanges.point.raise")
def raise_point(context: CommandContext, visit: ExchangeVisit, new: NewPoint) -> Point:
    """Write down what was raised. Where a former point comes back, its action does, and there is nothing to sort."""
    row = Point(
        visit=visit,
        number=next_number(visit),
        provenance=new.provenance,
        **{name: getattr(new, name) for name in POINT_FIELDS},
    )
    if row.is_confidential:
        require(context.actor, "visit.write", visit)
        require_member_or_office(context, visit, row.raised_by_staff_id)
    else:
        require_writable(context, visit)
    check_point(row)
    if new.former_id is not None:
        former = former_of(context.actor, row, new.former_id)
        row.recurs_of = former
        if former.state == PointState.ACTION:
            row.state, row.merged_into = PointState.MERGED, former
    made(context, "exchanges.point.raise", row)
    note_of_point(context, row, "raise", "").save()
    return row


def require_member_or_office(context: CommandContext, visit: ExchangeVisit, staff_id: int | None) -> None:
    """Refuse to write a difficulty unless the actor is the member or one of the offices that answer for members.

    Raises
    ------
    NotPermittedError
    """
    is_member = staff_id is not None and Staff.objects.filter(pk=staff_id, user_id=context.actor.user_id).exists()
    if not is_member and not answers_for_members(context.actor, visit):
        raise NotPermittedError(
            "A member's difficulty is written down by the member or by a partnership office of the agreement, which "
            "alone read it.",
            reason="difficulty",
            permission="visit.write",
        )


def next_number(visit: ExchangeVisit) -> int:
    return int(visit.points.order_by("-number").values_list("number", flat=True).first() or 0) + 1


def check_point(row: Point) -> None:
    """Refuse what no point can say.

    Raises
    ------
    InvalidInputError
    """
    if row.kind not in PointKind.values:
        raise InvalidInputError(
            f"'{row.kind}' is not on the list.", field="kind", reason="exchange-code-unknown", given=row.kind
        )
    accepted = category_book().on(row.raised_on).codes(of_difficulties=row.is_confidential)
    if row.category not in accepted:
        raise InvalidInputError(
            f"'{row.category}' is no category of such a point. Accepted: {', '.join(accepted)}.",
            field="category",
            reason="point-category",
            given=row.category,
        )
    if row.raised_on < row.visit.starts_on:
        raise InvalidInputError(
            f"{row.raised_on} lies before the visit, which began on {row.visit.starts_on}.",
            field="raised_on",
            reason="point-before-visit",
            day=row.raised_on,
            start=row.visit.starts_on,
        )
    if row.raised_on > timezone.localdate():
        raise InvalidInputError(
            f"{row.raised_on} has not come yet.", field="raised_on", reason="exchange-day-to-come", day=row.raised_on
        )
    require_words("statement_zh", row.statement_zh, row.statement_en)
    department = row.department_id
    if department and not Department.objects.filter(pk=department, institution_id=row.institution_id).exists():
        raise InvalidInputError(
            "The department named belongs to another institution.", field="department", reason="department-elsewhere"
        )


def former_of(actor: Actor, row: Point, former_id: int) -> Point:
    """Return the former point that carries the action: the one named, or the one that it was merged into.

    Raises
    ------
    InvalidInputError
        When it is of another partnership, later than the new point, or on the other side of what is confidential.
    """
    former = _carrier(_points_beside(actor, row).filter(pk=former_id).first())
    if former is None or former.pk == row.pk:
        raise InvalidInputError(
            "Name a point of an earlier visit of the same partnership.", field="former", reason="point-former"
        )
    if former.raised_on > row.raised_on:
        raise InvalidInputError(
            f"The former point was raised on {former.raised_on}, after this one.",
            field="former",
            reason="point-former-later",
            day=former.raised_on,
        )
    return former


def _points_beside(actor: Actor, row: Point) -> QuerySet[Point, Any]:
    """Return the points of the same partnership that the actor knows of; difficulties and others keep apart."""
    same = Q(kind=PointKind.DIFFICULTY) if row.is_confidential else ~Q(kind=PointKind.DIFFICULTY)
    rows = scoped(actor, Point.objects.select_related("visit"))
    return rows.filter(same, of_partnership(row.visit, "visit__"))


def _carrier(point: Point | None) -> Point | None:
    """Return the point that another one was merged into, at the end of the line."""
    while point is not None and point.merged_into is not None:
        point = point.merged_into
    return point


@command("exchanges.point.change")
def change_point(context: CommandContext, row: Point, changes: Mapping[str, Any], expected_version: int) -> Point:
    """Change what a point says before it is sorted; a difficulty stays one, and nothing else becomes one."""
    require(context.actor, "visit.write", row)
    wanted = as_wanted(row, changes, POINT_FIELDS)
    if row.is_confidential != wanted.is_confidential:
        raise InvalidInputError(
            "A difficulty stays one, and no other point becomes one. Raise a new point.",
            field="kind",
            reason="point-difficulty-fixed",
        )
    if row.is_confidential:
        require_member_or_office(context, row.visit, row.raised_by_staff_id)
    else:
        require_writable(context, row.visit)
    if row.state != PointState.RAISED:
        raise _refused("point-sorted", row, "change")
    check_point(wanted)
    changed(context, "exchanges.point.change", row, changes, expected_version)
    note_of_point(context, row, "change", row.state).save()
    return row


@command("exchanges.point.sort")
def sort_point(
    context: CommandContext, row: Point, step_name: str, expected_version: int, target_id: int | None = None
) -> Point:
    """Say what becomes of a point without an action of its own; the answer is the reason of the context."""
    step = step_for_point(context, row, step_name)
    changes: dict[str, Any] = {"state": step.to_state.value, "merged_into_id": None}
    if step.needs_answer:
        require_reason(context, step.label)
    if step.name != "sort_again":
        changes["answer"] = context.reason
    elif row.recurs_of_id is not None and row.recurs_of_id == row.merged_into_id:
        raise _refused("point-came-back", row, step_name)
    if step.needs_target:
        changes["merged_into_id"] = _target_of(context.actor, row, target_id).pk
    from_state = row.state
    changed(context, f"exchanges.point.{step.name}", row, changes, expected_version)
    note_of_point(context, row, step.name, from_state).save()
    return row


def step_for_point(context: CommandContext, row: Point, step_name: str) -> PointStep:
    """Return a step that follows and that the actor may take.

    Raises
    ------
    NotPermittedError, PointStepRefusedError
    """
    step = POINT_STEP_BY_NAME.get(step_name)
    require(context.actor, "visit.decide" if step is None else step.permission, row)
    if step is None or step not in point_steps_from(row.state):
        raise _refused("point-not-following", row, step_name)
    return step


def _target_of(actor: Actor, row: Point, target_id: int | None) -> Point:
    target = None if target_id is None else _carrier(_points_beside(actor, row).filter(pk=target_id).first())
    if target is None or target.pk == row.pk:
        raise InvalidInputError(
            "Name another point of this partnership that is not merged into this one.",
            field="target",
            reason="point-target",
        )
    return target


def _refused(reason: str, row: Point, step_name: str) -> PointStepRefusedError:
    step = POINT_STEP_BY_NAME.get(step_name)
    return PointStepRefusedError(
        f"The point {row} is '{row.state}'; '{step_name}' does not follow.",
        reason=reason,
        point=str(row),
        step=step_name if step is None else step.label,
        state_label=PointState(row.state).label,
        allowed=[each.name for each in point_steps_from(row.state)],
    )


def note_of_point(context: CommandContext, row: Point, step: str, from_state: str) -> PointEvent:
    return PointEvent(
        point=row,
        step=step,
        from_state=from_state,
        to_state=row.state,
        recorded_at=timezone.now(),
        user_id=context.actor.user_id,
        acting_role=context.actor.role,
        reason=context.reason,
    )
