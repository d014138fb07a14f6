"""Where actions stand, asked of the database: the same rule as ``machines.actions.standing_of``, for whole lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from lianyi.exchanges.machines.actions import ENDED
from lianyi.exchanges.models import Action, ActionState, Point


def recurrences_of(point_id: Any) -> QuerySet[Point, Any]:  # noqa: ANN401 - a key, or a reference to an outer one
    """Return the points that name this one, or one merged into it, as the former one."""
    return Point.objects.filter(Q(recurs_of_id=point_id) | Q(recurs_of__merged_into_id=point_id))


def with_standing(rows: QuerySet[Action, Any]) -> QuerySet[Action, Any]:
    """Add ``standing`` and ``recurrence_count`` to actions."""
    back = recurrences_of(OuterRef("point_id"))
    later = back.filter(
        Q(raised_on__gt=OuterRef("done_on"))
        | Q(raised_on=OuterRef("done_on"), created_at__gt=OuterRef("done_recorded_at"))
    )
    # Without an order the count is one row for each action.
    counted = back.order_by().annotate(one=Value(1)).values("one").annotate(number=Count("pk")).values("number")
    return rows.annotate(
        standing=Case(
            When(Q(state__in=ENDED) & Exists(later), then=Value(ActionState.CAME_BACK.value)),
            default=F("state"),
            output_field=CharField(),
        ),
        recurrence_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    )


def standing(row: Action) -> ActionState:
    """Return where an action stands that was read by ``with_standing``."""
    return ActionState(row.standing)  # type: ignore[attr-defined]


def standing_in(rows: QuerySet[Action, Any], states: Sequence[str]) -> QuerySet[Action, Any]:
    """Keep of the actions read by ``with_standing`` those that stand so."""
    return rows.filter(Q(standing__in=list(states)))
