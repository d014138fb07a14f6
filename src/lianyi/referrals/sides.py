"""On which sides of a case the acting person stands."""

from __future__ import annotations

from lianyi.accounts.access import serves
from lianyi.accounts.actors import Actor
from lianyi.accounts.roles import Role
from lianyi.referrals.models import Leg
from lianyi.referrals.states import Side

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
    if actor.role == Role.REFERRAL_COORDINATOR and serves(actor, leg.request.coordinator_id):
        found.append(Side.COORDINATOR)
    if leg.transport_institution_id is not None and serves(actor, leg.transport_institution_id):
        found.append(Side.TRANSPORT)
    return tuple(found)
