"""Who may tell which milestone of a pathway, and which times contradict the order of things.

The policy names for each milestone the side that knows it first. Some times cannot be: nothing happens before the
onset, and nothing is done at the receiver before the patient is there. Others are only unusual, such as a laboratory
result that comes when the patient has left: they are taken when the teller says that they are right.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from enum import StrEnum

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals import machine
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Leg, Milestone
from lianyi.referrals.moments import in_local_time
from lianyi.referrals.sides import sides_of
from lianyi.referrals.states import Side
from lianyi.rules.referral_policy import Milestone as Known
from lianyi.rules.referral_policy import MilestoneSide

# The moments that part the way; what lies between two of them has no fixed order.
ANCHORS = ("onset", "first_contact", "door_out", "door_in")


class Certainty(StrEnum):
    """Whether the teller has looked at an order that is unusual and says that it is right."""

    TOLD = "told"
    CONFIRMED = "confirmed"


def tellable(actor: Actor, leg: Leg, known: Sequence[Known]) -> list[Known]:
    """Return the milestones that the actor's side knows; the coordinator may write down every one."""
    sides = _sides_known(actor, leg)
    return [each for each in known if each.side in sides]


def _sides_known(actor: Actor, leg: Leg) -> Collection[MilestoneSide]:
    mine = sides_of(actor, leg)
    if Side.COORDINATOR in mine:
        return tuple(MilestoneSide)
    known = set()
    if Side.SENDER in mine:
        known.add(MilestoneSide.SENDER)
        if leg.to_institution_id is None:
            # A partner without an account tells its times on the telephone.
            known.add(MilestoneSide.RECEIVER)
    # Who has turned the patient away knows nothing of the care.
    if Side.RECEIVER in mine and leg.state not in machine.WITHOUT_PATIENT:
        known.add(MilestoneSide.RECEIVER)
    # Where no third institution drives, each of the two sees its end of the road.
    if Side.TRANSPORT in mine or (known and leg.transport_institution_id is None):
        known.add(MilestoneSide.TRANSPORT)
    return known


def require_tellable(actor: Actor, leg: Leg, milestone: Known) -> None:
    """Refuse a milestone that another side knows.

    Raises
    ------
    NotPermittedError
    """
    if milestone.side not in _sides_known(actor, leg):
        raise NotPermittedError(
            f"'{milestone.code}' is told by the {milestone.side}. Ask it, or the coordinator, to record it.",
            reason="milestone-side",
            permission="referral.write",
            sides=[Side(milestone.side).label],
        )


def check_order(leg: Leg, milestone: Known, at: datetime.datetime, known: Sequence[Known], how: Certainty) -> None:
    """Refuse a time that contradicts what is recorded already; an unusual one only until it is confirmed.

    Raises
    ------
    FactsRefusedError
        Naming the milestone that stands in the way, and its time.
    """
    places = {each.code: place for place, each in enumerate(known)}
    here = places[milestone.code]
    standing = Milestone.objects.filter(request_id=leg.request_id, corrected_by__isnull=True)
    for row in standing.exclude(code=milestone.code).order_by("occurred_at", "pk"):
        other = next((each for each in known if each.code == row.code), None)
        if other is None:
            continue
        # People type minutes; what a step noted by itself has seconds too.
        told, there = _minute(at), _minute(row.occurred_at)
        is_wrong = told < there if places[row.code] < here else told > there
        if not is_wrong:
            continue
        first, then = (other, milestone) if places[row.code] < here else (milestone, other)
        if _cannot_be(first, then):
            raise _impossible(row, other, at)
        if how is Certainty.TOLD and (first.code in ANCHORS or then.code in ANCHORS):
            raise _unusual(row, other, at)


def _minute(at: datetime.datetime) -> datetime.datetime:
    return at.replace(second=0, microsecond=0)


def _cannot_be(first: Known, then: Known) -> bool:
    """Tell whether the second of two milestones can never come before the first."""
    return first.code == "onset" or (first.code == "door_in" and then.side is MilestoneSide.RECEIVER)


def _impossible(row: Milestone, other: Known, at: datetime.datetime) -> FactsRefusedError:
    return FactsRefusedError(
        f"{in_local_time(at)} contradicts '{other.code}' at {in_local_time(row.occurred_at)}. Correct whichever of the "
        "two is wrong.",
        field="occurred_at",
        reason="milestone-impossible",
        given=at,
        there=row.occurred_at,
        other_zh=other.name.zh,
        other_en=other.name.en,
    )


def _unusual(row: Milestone, other: Known, at: datetime.datetime) -> FactsRefusedError:
    return FactsRefusedError(
        f"{in_local_time(at)} contradicts '{other.code}' at {in_local_time(row.occurred_at)}. Look at both; if it was "
        "so, say that the order is right.",
        field="occurred_at",
        reason="milestone-order",
        given=at,
        there=row.occurred_at,
        other_zh=other.name.zh,
        other_en=other.name.en,
    )
