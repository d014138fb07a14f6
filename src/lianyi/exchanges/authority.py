"""Who acts for which side of a visit, who owns an action, and who is independent enough to check one."""

from __future__ import annotations

from django.db.models import Q

from lianyi.accounts.access import covers, decide, require, serves
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError, SeparationOfDutiesError
from lianyi.exchanges.beside import institutions_of
from lianyi.exchanges.machines.actions import DOING_STEPS, ActionStep, By
from lianyi.exchanges.machines.visits import VisitStep
from lianyi.exchanges.models import Action, ExchangeVisit, Point, VisitSide


def side_of(actor: Actor, visit: ExchangeVisit) -> VisitSide | None:
    """Return the side for which somebody acts; None for those of neither, and for those who stand above both."""
    if actor.is_service:
        return None
    sides = {side: institutions_of(visit, side) for side in VisitSide}
    acting = [side for side, members in sides.items() if any(covers(actor, each.pk) for each in members)]
    if len(acting) > 1:
        # A bureau that covers both acts for the side that sits in its own place or is itself.
        own = {side: {key for each in sides[side] for key in (each.pk, each.place_id)} for side in acting}
        acting = [side for side in acting if actor.node_id in own[side]]
    return acting[0] if len(acting) == 1 else None


def may_take_visit_step(actor: Actor, step: VisitStep, visit: ExchangeVisit) -> bool:
    """Tell whether the page offers a step of a visit: exactly where the command would take it."""
    if not decide(actor, step.permission, visit).allowed:
        return False
    side = side_of(actor, visit)
    if step.by_own_side:
        return side is not None
    return not step.by_other_side or (side is not None and side != visit.minutes_side)


def require_visit_step(actor: Actor, step: VisitStep, visit: ExchangeVisit) -> None:
    """Refuse unless the actor may take the step.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError
    """
    require(actor, step.permission, visit)
    side = side_of(actor, visit)
    if (step.by_own_side or step.by_other_side) and side is None:
        raise NotPermittedError(
            "Minutes are written by the host or the guest and agreed to by the other one; you act for neither of them.",
            reason="visit-side",
            permission=step.permission,
        )
    if step.by_other_side and side == visit.minutes_side:
        raise SeparationOfDutiesError(
            "Your side wrote these minutes; the other side agrees to them or objects.",
            reason="own-minutes",
            visit=visit.code,
        )


def owns(actor: Actor, action: Action) -> bool:
    """Tell whether somebody does an action: the owner in person, or whoever acts for the owner institution."""
    if actor.is_service:
        return True
    if action.owner_staff is not None and action.owner_staff.user_id == actor.user_id:
        return True
    return serves(actor, action.owner_id)


def is_independent(actor: Actor, action: Action) -> bool:
    """Tell whether somebody may check an action.

    Neither the owner in person nor whoever started it or reported it as done. Where another institution than the owner
    raised the point, the check comes from another institution than the owner's.
    """
    if action.owner_staff is not None and action.owner_staff.user_id == actor.user_id:
        return False
    if action.events.filter(step__in=DOING_STEPS, user_id=actor.user_id).exists():
        return False
    raised = Point.objects.filter(Q(pk=action.point_id) | Q(merged_into_id=action.point_id))
    by_another = raised.exclude(raised_by_institution_id=action.owner_id).filter(raised_by_institution__isnull=False)
    return actor.node_id != action.owner_id or not by_another.exists()


def may_take_action_step(actor: Actor, step: ActionStep, action: Action) -> bool:
    """Tell whether the page offers a step of an action: exactly where the command would take it."""
    if not decide(actor, step.permission, action).allowed:
        return False
    if step.by is By.OWNER:
        return owns(actor, action)
    return step.by is By.ANYBODY or is_independent(actor, action)


def require_action_step(actor: Actor, step: ActionStep, action: Action) -> None:
    """Refuse unless the actor may take the step.

    Raises
    ------
    NotPermittedError, SeparationOfDutiesError
    """
    require(actor, step.permission, action)
    if step.by is By.OWNER and not owns(actor, action):
        raise NotPermittedError(
            "The owner of the action says what was done: the person named, or whoever acts for the institution.",
            reason="action-owner",
            permission=step.permission,
        )
    if step.by is By.INDEPENDENT and not is_independent(actor, action):
        raise SeparationOfDutiesError(
            "Whoever owns or did an action does not check it. Where another institution raised the point, somebody of "
            "another institution than the owner's checks.",
            reason="own-action",
            action=action.code,
        )
