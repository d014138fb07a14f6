"""On which sides of a case the acting person stands."""

from __future__ import annotations

from lianyi.accounts.access import serves
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Act, Family, Permission, role_holds
from lianyi.referrals.machine import BY_NAME, Transition
from lianyi.referrals.models import Leg, LegEvent
from lianyi.referrals.states import Direction, Side

ROUTE = Permission(Family.REFERRAL, Act.ROUTE)
ALL_SIDES = (Side.SENDER, Side.RECEIVER, Side.COORDINATOR, Side.TRANSPORT, Side.SYSTEM)


def sides_of(actor: Actor, leg: Leg) -> tuple[Side, ...]:
    """Return the sides the actor may act for on this leg, the own institution's first."""
    if actor.is_service:
        return ALL_SIDES
    found = []
    if serves(actor, leg.from_institution_id):
        found.append(Side.SENDER)
    if leg.to_institution_id is not None and serves(actor, leg.to_institution_id):
        found.append(Side.RECEIVER)
    if role_holds(actor.role, ROUTE) and serves(actor, leg.request.coordinator_id):
        found.append(Side.COORDINATOR)
    if leg.transport_institution_id is not None and serves(actor, leg.transport_institution_id):
        found.append(Side.TRANSPORT)
    return tuple(found)


def holds_act(actor: Actor, leg: Leg, transition: Transition, *more: Act) -> bool:
    """Tell whether the actor's role may take such a step, on whichever side it stands."""
    acts = transition.acts_down if leg.request.direction == Direction.DOWN else transition.acts
    return actor.is_service or any(role_holds(actor.role, Permission(Family.REFERRAL, act)) for act in (*acts, *more))


def may_confirm(actor: Actor, event: LegEvent) -> bool:
    """Tell whether the actor could have taken, for the receiver, what the sender typed in after a telephone call."""
    is_receiver = Side.RECEIVER in sides_of(actor, event.leg)
    return is_receiver and event.step in BY_NAME and holds_act(actor, event.leg, BY_NAME[event.step])
