"""Every reading about points, within the asker's reach and knowledge; and where the former ones stand."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.access import decide, get_in_scope, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act
from lianyi.exchanges.confidence import answers_for_members
from lianyi.exchanges.machines.actions import is_late
from lianyi.exchanges.machines.points import PointStep, point_steps_from
from lianyi.exchanges.machines.visits import WRITABLE
from lianyi.exchanges.models import Action, ActionState, ExchangeVisit, Point, PointEvent, PointKind, PointState
from lianyi.exchanges.partnership import agreements_in_line, of_partnership
from lianyi.exchanges.standing import standing, with_standing
from lianyi.partnerships.models import Agreement

_NAMED = (
    *("visit__agreement", "visit__host", "visit__guest", "institution", "department", "raised_by_institution"),
    *("raised_by_staff", "merged_into__visit", "recurs_of__visit"),
)


@dataclass(frozen=True, slots=True)
class PointStanding:
    """A point with its action, where that stands, and whether it is late."""

    point: Point
    action: Action | None
    standing: str
    """A state of the action, or of the point that has none."""
    is_late: bool
    days_open: int | None
    """Days since it was raised, while nothing has become of it; None when it is over."""


def points(actor: Actor) -> QuerySet[Point, Any]:
    """Return the points that the actor may know of, the latest first."""
    return scoped(actor, Point.objects.select_related(*_NAMED)).order_by("-raised_on", "visit_id", "number")


def open_points(actor: Actor) -> QuerySet[Point, Any]:
    """Return the points without difficulties: what may leave the page in a file or a document."""
    return points(actor).exclude(kind=PointKind.DIFFICULTY)


def point(actor: Actor, pk: int) -> Point:
    """Return one point.

    Raises
    ------
    NotFoundInScopeError
        Also of a difficulty that is not for the asker: nobody learns that it exists.
    """
    return get_in_scope(actor, Point.objects.select_related(*_NAMED), pk)


def points_of_visit(actor: Actor, row: ExchangeVisit) -> list[Point]:
    return list(points(actor).filter(visit=row).order_by("number"))


def events_of_point(actor: Actor, row: Point) -> list[PointEvent]:
    return list(scoped(actor, PointEvent.objects.filter(point=row).select_related("user")).order_by("pk"))


def recurrences(actor: Actor, row: Point) -> list[Point]:
    """Return the later points that came back to this one."""
    return list(points(actor).filter(Q(recurs_of=row) | Q(recurs_of__merged_into=row)).order_by("raised_on", "pk"))


def merged(actor: Actor, row: Point) -> list[Point]:
    return list(points(actor).filter(merged_into=row, recurs_of__isnull=True).order_by("raised_on", "pk"))


def unsorted(actor: Actor) -> QuerySet[Point, Any]:
    """Return the points that wait to be sorted by the actor."""
    return scoped(actor, Point.objects.filter(state=PointState.RAISED), Act.DECIDE)


def allowed_point_steps(actor: Actor, row: Point) -> list[PointStep]:
    """Return the ways in which the actor could sort a point now."""
    came_back = row.recurs_of_id is not None and row.recurs_of_id == row.merged_into_id
    return [
        step
        for step in point_steps_from(row.state)
        if decide(actor, step.permission, row).allowed and not (step.name == "sort_again" and came_back)
    ]


def may_change(actor: Actor, row: Point) -> bool:
    """Tell whether the words of a point may still be changed."""
    is_open = row.state == PointState.RAISED and (row.is_confidential or row.visit.state in WRITABLE)
    return is_open and decide(actor, "visit.write", row).allowed


def beside(actor: Actor, row: Point) -> QuerySet[Point, Any]:
    """Return the other points of the partnership into which one may be merged."""
    same = Q(kind=PointKind.DIFFICULTY) if row.is_confidential else ~Q(kind=PointKind.DIFFICULTY)
    rows = points(actor).filter(same, of_partnership(row.visit, "visit__"), merged_into__isnull=True)
    return rows.exclude(pk=row.pk)


def former_points(actor: Actor, row: ExchangeVisit) -> QuerySet[Point, Any]:
    """Return the points of the earlier visits of the same partnership, those merged into others left out."""
    earlier = Q(visit__starts_on__lt=row.starts_on) | Q(visit__starts_on=row.starts_on, visit_id__lt=row.pk)
    rows = points(actor).filter(of_partnership(row, "visit__"), earlier).exclude(visit=row)
    return rows.filter(merged_into__isnull=True).order_by("raised_on", "visit_id", "number")


def points_of_agreement(actor: Actor, agreement: Agreement) -> QuerySet[Point, Any]:
    """Return the points raised under an agreement and those in line with it."""
    rows = points(actor).filter(visit__agreement_id__in=agreements_in_line(agreement), merged_into__isnull=True)
    return rows.order_by("raised_on", "visit_id", "number")


def standings(actor: Actor, rows: Sequence[Point], today: datetime.date) -> list[PointStanding]:
    """Return where points stand, with two queries however many there are."""
    named = Action.objects.filter(point_id__in=[row.pk for row in rows]).select_related("owner", "owner_staff")
    actions = {action.point_id: action for action in with_standing(scoped(actor, named))}
    return [_standing(row, actions.get(row.pk), today) for row in rows]


_SETTLED = (PointState.ANSWERED, PointState.NOTED, PointState.REFUSED, ActionState.CLOSED, ActionState.REFUSED)


def _standing(row: Point, action: Action | None, today: datetime.date) -> PointStanding:
    stands = str(row.state) if action is None else str(standing(action))
    late = action is not None and is_late(stands, action.due_on, today)
    days = None if stands in _SETTLED else (today - row.raised_on).days
    return PointStanding(row, action, stands, late, days)


def may_read_difficulties(actor: Actor, row: ExchangeVisit) -> bool:
    return answers_for_members(actor, row)


def count_of_difficulties(row: ExchangeVisit) -> int:
    """Return how many difficulties were raised; whoever shows it hides what lies below the limit of small counts."""
    return Point.objects.filter(visit=row, kind=PointKind.DIFFICULTY).count()
