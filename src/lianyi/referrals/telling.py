"""Whom a step is told to. Notices are written in the transaction of the step; they name a case, never a patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lianyi.referrals import duty, outbox
from lianyi.referrals.models import Leg, Notice
from lianyi.referrals.states import LegState as L
from lianyi.referrals.states import Side, Urgency
from lianyi.referrals.walk import Walk

# Steps that only their own side needs to know of.
QUIET = frozenset({"draft", "deliver", "open"})
# Steps that the coordinator hears of as well, because somebody has to find another way.
ALARMING = frozenset({"decline", "decline_unanswered", "time_out", "withdraw", "divert", "give_up"})


# Rules of the table that whoever drives the patient hears of: from the answer to the arrival, and what ends the drive.
OF_THE_ROAD = frozenset({"R08", "R11", "R12", "R13", "R17", "R18", "R19", "R21", "R30", "R34", "R35"})


def tell(walk: Walk, from_state: str) -> None:
    """Tell the sides that did not take the step; on sending, the people on duty by name."""
    transition = walk.move.transition
    if transition.name in QUIET or (from_state == L.DRAFT and transition.name == "mark_error"):
        return
    leg = walk.leg
    institutions = _whom(walk)
    if transition.name in ALARMING or walk.facts.hand_to_coordinator:
        institutions.append(leg.request.coordinator_id)
    params: Mapping[str, object] = {
        "number": leg.request.journey.number,
        "state": leg.state,
        "condition": leg.request.condition,
    }
    notices = [
        Notice(
            institution_id=institution_id,
            kind=transition.name,
            urgency=leg.request.urgency,
            leg=leg,
            params=params,
            made_at=walk.now,
        )
        for institution_id in dict.fromkeys(institutions)
    ]
    if transition.name == "send":
        notices += _to_people_on_duty(walk, params)
    outbox.put(notices, walk.now)


def _whom(walk: Walk) -> list[int]:
    """Return whose desks hear of a step: the other sides; of what another record shows, those who say what follows."""
    leg = walk.leg
    if walk.move.transition.name == "propose_closing":
        return [leg.ball_institution_id or leg.from_institution_id, leg.request.coordinator_id]
    return _others(walk)


def _others(walk: Walk) -> list[int]:
    leg, side = walk.leg, walk.move.side
    found: list[int] = []
    driver = leg.transport_institution_id
    if side is not Side.SENDER and not (side is Side.TRANSPORT and driver in (None, leg.from_institution_id)):
        found.append(leg.from_institution_id)
    if side is not Side.RECEIVER and leg.to_institution_id is not None:
        found.append(leg.to_institution_id)
    if driver is not None and side is not Side.TRANSPORT and walk.move.transition.rule in OF_THE_ROAD:
        found.append(driver)
    return found


def _to_people_on_duty(walk: Walk, params: Mapping[str, object]) -> Iterable[Notice]:
    """Tell person and deputy on duty of what cannot wait: the green channel, and urgent referrals."""
    leg: Leg = walk.leg
    if leg.to_institution_id is None or leg.request.urgency == Urgency.ROUTINE:
        return []
    on_duty = duty.on_duty(leg.to_institution_id, leg.request.condition, walk.now)
    if on_duty is None:
        return []
    return [
        Notice(
            institution_id=leg.to_institution_id,
            user_id=user_id,
            kind="green_channel" if leg.request.is_green else "urgent_referral",
            urgency=leg.request.urgency,
            leg=leg,
            params=params,
            made_at=walk.now,
        )
        for user_id in dict.fromkeys((on_duty.person_id, on_duty.deputy_id))
    ]
