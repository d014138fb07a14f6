"""Every reading about actions, within the asker's reach and knowledge."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lianyi.accounts.access import decide, get_in_scope, nodes_in_reach, scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Role
from lianyi.exchanges.authority import is_independent, may_take_action_step
from lianyi.exchanges.machines.actions import DUE, OVER, ActionStep, action_steps_from
from lianyi.exchanges.models import Action, ActionEvent, ActionState, PointKind
from lianyi.exchanges.partnership import agreements_in_line
from lianyi.exchanges.standing import standing, standing_in, with_standing
from lianyi.partnerships.models import Agreement

_NAMED = (
    *("point__visit__agreement", "point__visit__host", "point__visit__guest", "point__raised_by_institution"),
    *("owner", "owner_staff", "supporter", "duty", "checked_by_institution"),
)
# Who looks after the actions of a whole institution.
_IN_CHARGE = (Role.LEAD_OFFICE, Role.SUPPORTED_OFFICE, Role.DEPARTMENT_HEAD)


def actions(actor: Actor) -> QuerySet[Action, Any]:
    """Return the actions that the actor may know of, with where each stands, what is due first on top."""
    rows = with_standing(scoped(actor, Action.objects.select_related(*_NAMED)))
    return rows.order_by(F("due_on").asc(nulls_last=True), "code")


def open_actions(actor: Actor) -> QuerySet[Action, Any]:
    """Return the actions without those about difficulties: what may leave the page in a file or a document."""
    return actions(actor).exclude(point__kind=PointKind.DIFFICULTY)


def action(actor: Actor, pk: int) -> Action:
    """Return one action with where it stands.

    Raises
    ------
    NotFoundInScopeError
    """
    return get_in_scope(actor, with_standing(Action.objects.select_related(*_NAMED)), pk)


def events_of_action(actor: Actor, row: Action) -> list[ActionEvent]:
    return list(scoped(actor, ActionEvent.objects.filter(action=row).select_related("user")).order_by("pk"))


def allowed_action_steps(actor: Actor, row: Action) -> list[ActionStep]:
    """Return the steps that the actor could take with an action now: exactly those that the page offers."""
    return [step for step in action_steps_from(standing(row)) if may_take_action_step(actor, step, row)]


def may_hand_over(actor: Actor, row: Action) -> bool:
    return row.state not in OVER and row.owner_id is not None and decide(actor, "visit.decide", row).allowed


def owner_has_left(row: Action, today: datetime.date) -> bool:
    """Tell whether the owner in person does not work for the owner institution any more."""
    staff = row.owner_staff
    if staff is None:
        return False
    return staff.institution_id != row.owner_id or (staff.employed_to is not None and staff.employed_to < today)


def without_person(today: datetime.date) -> Q:
    """Return the condition of the actions that nobody does in person: nobody was named, or whoever was has left."""
    left = Q(owner_staff__employed_to__lt=today) | (
        Q(owner_staff__isnull=False) & ~Q(owner_staff__institution_id=F("owner_id"))
    )
    return Q(owner_staff__isnull=True) | left


def mine(actor: Actor) -> QuerySet[Action, Any]:
    """Return what the actor still has to do: named in person, or in charge where nobody is."""
    rows = standing_in(actions(actor), DUE)
    own = Q(owner_staff__user_id=actor.user_id)
    if actor.role in _IN_CHARGE:
        own |= without_person(timezone.localdate()) & Q(owner_id__in=nodes_in_reach(actor).values("pk"))
    return rows.filter(own)


def to_check(actor: Actor) -> list[Action]:
    """Return the actions reported as done that the actor may check."""
    if not decide(actor, "visit.decide").allowed:
        return []
    rows = with_standing(scoped(actor, Action.objects.filter(state=ActionState.DONE), Act.DECIDE))
    found = standing_in(rows, [ActionState.DONE]).select_related(*_NAMED).order_by("done_on", "pk")
    return [row for row in found if is_independent(actor, row)]


def came_back(actor: Actor) -> QuerySet[Action, Any]:
    """Return the actions that came back and wait to be taken up again by whoever decides."""
    rows = with_standing(scoped(actor, Action.objects.all(), Act.DECIDE))
    return standing_in(rows, [ActionState.CAME_BACK])


def actions_of_agreement(actor: Actor, agreement: Agreement) -> QuerySet[Action, Any]:
    return actions(actor).filter(point__visit__agreement_id__in=agreements_in_line(agreement))
