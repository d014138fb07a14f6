"""Which clocks run in which state, and how they start, pause and stop as a leg walks on.

Raw, paused and net time stay apart: a pause moves the due time but is kept as a row of its own, so that pausing
cannot make a figure look better.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from lianyi.referrals import machine, spans
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Clock, Leg
from lianyi.referrals.moments import in_local_time
from lianyi.referrals.policies import after
from lianyi.referrals.states import Direction, Side, Urgency
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk
from lianyi.rules.referral_policy import ClockKind as K
from lianyi.rules.referral_policy import ReferralPolicy, ReferralUrgency

# The clock of a state's due time comes first; the others run beside it.
RUNNING: Mapping[str, tuple[K, ...]] = {
    L.DRAFT: (K.DRAFT,),
    L.SENT: (K.DELIVERY,),
    L.DELIVERED: (K.SEEN, K.DECISION),
    L.OPENED: (K.DECISION,),
    L.ROUTED: (K.DECISION,),
    L.AWAITING_INFORMATION: (K.QUESTION, K.DECISION),
    L.INFORMATION_SUPPLIED: (K.DECISION,),
    L.ACCEPTED: (K.BOOKING, K.DEPARTURE),
    L.WAITING_LIST: (K.WAITING_REVIEW,),
    L.SCHEDULED: (K.DEPARTURE,),
    L.BED_RESERVED: (K.DEPARTURE,),
    L.APPOINTMENT_CANCELLED: (K.REBOOKING,),
    L.NO_SHOW: (K.NO_SHOW_CONTACT,),
    L.IN_TRANSIT: (K.TRANSIT,),
    L.ARRIVED: (K.HAND_OVER,),
    L.UNDER_CARE: (K.CARE_REVIEW,),
    L.ON_HOLD: (K.HOLD_REVIEW,),
    L.RETURN_PROPOSED: (K.BACK_ANSWER,),
    L.OUTCOME_SENT: (K.ACKNOWLEDGE,),
    L.DECLINED: (K.REROUTE,),
    L.WITHDRAWN_BY_RECEIVER: (K.REROUTE,),
    L.NO_RESPONSE: (K.REROUTE,),
    L.DIVERTED: (K.REROUTE,),
    L.NO_SHOW_FINAL: (K.NO_SHOW_CONTACT,),
    L.EXPIRED: (K.REROUTE,),
}
# Against whom a clock runs; all others run against the side that must move.
AGAINST: Mapping[K, Side] = {
    K.DELIVERY: Side.RECEIVER,
    K.SEEN: Side.RECEIVER,
    K.DECISION: Side.RECEIVER,
    K.QUESTION: Side.SENDER,
    K.DEPARTURE: Side.SENDER,
    K.BREACH: Side.RECEIVER,
    K.OUTCOME: Side.RECEIVER,
    K.FIRST_FOLLOW_UP: Side.RECEIVER,
    K.CANCEL_ANSWER: Side.RECEIVER,
}
# What a person says about the time of a state counts more than the policy's number.
SAID_DUE: Mapping[str, str] = {
    L.AWAITING_INFORMATION: "due_at",
    L.WAITING_LIST: "due_at",
    L.SCHEDULED: "expected_at",
    L.BED_RESERVED: "expected_at",
    L.IN_TRANSIT: "expected_at",
    L.ON_HOLD: "due_at",
    L.RETURN_PROPOSED: "due_at",
}
# A lower unit is not asked in an emergency: one clock runs from the sending of a way back to its answer, and calls.
_WHILE_A_RETURN_IS_ASKED: Mapping[str, tuple[K, ...]] = {
    **dict.fromkeys((L.SENT, L.DELIVERED, L.OPENED, L.ROUTED, L.INFORMATION_SUPPLIED), (K.BACK_ANSWER,)),
    L.AWAITING_INFORMATION: (K.QUESTION, K.BACK_ANSWER),
}
# They run from the first asking to the answer, through all the states between.
_UNTIL_ANSWERED = (K.DECISION, K.BACK_ANSWER)
# These end by a step of their own, whatever state the leg is in.
FREE = (K.OUTCOME, K.FIRST_FOLLOW_UP, K.CANCEL_ANSWER, K.BREACH)
# Here the patient is seen: what must happen by the breach time has happened.
SEEN = (*machine.IN_RECEIVERS_HANDS, L.OUTCOME_SENT)


def keep_time(walk: Walk, to_state: str) -> datetime.datetime | None:
    """Stop the clocks that the new state does not have, start those it has, and return when the state is due.

    A pause stops no clock of the state it began in: they stand still and go on afterwards.
    """
    leg, at = walk.leg, walk.occurred_at
    wanted = _wanted(walk, to_state)
    _keep_breach(walk, to_state)
    resumes = walk.move.transition.to_state == machine.HELD_FROM
    running = {clock.kind: clock for clock in Clock.objects.filter(leg=leg, stopped_at__isnull=True)}
    for kind, clock in list(running.items()):
        if kind in FREE and to_state in machine.OPEN:
            continue
        begins_anew = bool(wanted) and kind == wanted[0] and kind not in _UNTIL_ANSWERED and not resumes
        if kind in wanted and not begins_anew:
            if resumes:
                resume_clock(clock, at)
        elif to_state == L.ON_HOLD and kind not in wanted:
            pause_clock(clock, at)
        else:
            stop_clock(clock, at, Clock.Stop.MET)
            del running[kind]
    due = None
    for kind in wanted:
        clock_of_state = running.get(kind) or start_clock(walk, to_state, kind)
        if kind == wanted[0] and clock_of_state is not None:
            due = clock_of_state.due_at
    outcome = running.get(K.OUTCOME)
    if to_state == L.UNDER_CARE and outcome is not None and due is not None:
        # The care has ended and the case came back here, from a pause or a proposal: its outcome is what is owed.
        due = min(due, outcome.due_at)
    return due


def _keep_breach(walk: Walk, to_state: str) -> None:
    """Let the time by which the patient must be seen run from sending to arrival, whatever states lie between.

    A transfer back has none: that patient is in care. With a leg that ends without the patient it stops as no longer
    needed; the next receiver's leg has its own.
    """
    clock = running_clock(walk.leg, K.BREACH)
    if to_state == L.SENT and clock is None and not is_return(walk.leg):
        start_clock(walk, to_state, K.BREACH)
    elif clock is not None and to_state in SEEN:
        stop_clock(clock, walk.occurred_at, Clock.Stop.MET)
    elif clock is not None and to_state not in machine.OPEN:
        stop_clock(clock, walk.occurred_at, Clock.Stop.VOID)


def _wanted(walk: Walk, to_state: str) -> tuple[K, ...]:
    if is_return(walk.leg) and to_state in _WHILE_A_RETURN_IS_ASKED:
        return _WHILE_A_RETURN_IS_ASKED[to_state]
    if to_state in machine.OPEN:
        return RUNNING[to_state]
    if not walk.changes.get("ball_side"):
        return ()
    # Whoever has the move after an end without a receiver has to find a way on.
    return RUNNING.get(to_state, (K.REROUTE,))


def start_clock(walk: Walk, to_state: str, kind: K) -> Clock | None:
    """Start a clock of the leg; None where the policy has no such clock for this urgency and nothing was said."""
    policy, leg = walk.policy, walk.leg
    urgency = ReferralUrgency(leg.request.urgency)
    due = _due(walk, to_state, kind, policy, urgency)
    if due is None:
        return None
    clock = Clock(
        leg=leg,
        kind=kind,
        urgency=urgency,
        institution_id=_against(walk, to_state, kind),
        started_at=walk.occurred_at,
        due_at=due,
        next_call_at=_first_call(leg, kind, due),
    )
    clock.save()
    return clock


def start_outcome_clock(leg: Leg, policy: ReferralPolicy, care_ended_at: datetime.datetime) -> Clock | None:
    """Start the clock of the outcome with the end of care; for the leg above a return that is another leg's step.

    None for a partner without an account, against whom no clock runs, and where the policy has no such time.
    """
    target = policy.target(K.OUTCOME, ReferralUrgency(leg.request.urgency), leg.request.condition)
    if target is None or leg.to_institution_id is None:
        return None
    due = after(policy, care_ended_at, target)
    return Clock.objects.create(
        leg=leg,
        kind=K.OUTCOME,
        urgency=leg.request.urgency,
        institution_id=leg.to_institution_id,
        started_at=care_ended_at,
        due_at=due,
        next_call_at=due,
    )


def _due(
    walk: Walk, to_state: str, kind: K, policy: ReferralPolicy, urgency: ReferralUrgency
) -> datetime.datetime | None:
    is_main = kind == RUNNING.get(to_state, (None,))[0]
    said_as = SAID_DUE.get(to_state) if is_main else None
    said: datetime.datetime | None = getattr(walk.facts, said_as) if said_as else None
    if said is not None:
        if said < walk.occurred_at:
            raise FactsRefusedError(
                f"{in_local_time(said)} lies before the step itself ({in_local_time(walk.occurred_at)}). Give a "
                "later time.",
                field=said_as,
                reason="due-before-step",
                given=said,
                step_at=walk.occurred_at,
            )
        return said
    if kind == K.BREACH:
        # Fixed for the whole request when it was sent; another receiver gets no more time.
        return walk.leg.request.breach_at
    if kind == K.BACK_ANSWER and is_return(walk.leg):
        above = clock_above(walk.leg)
        if above is not None:
            return above.due_at
    target = policy.target(kind, urgency, walk.leg.request.condition)
    return None if target is None else after(policy, walk.occurred_at, target)


def _against(walk: Walk, to_state: str, kind: K) -> int:
    side = AGAINST.get(kind)
    if kind == K.BACK_ANSWER:
        # On the way back it is its receiver; on the case above, the unit that was named with the proposal.
        side = Side.RECEIVER if is_return(walk.leg) else Side.LOWER_UNIT
    if side is None and walk.changes.get("ball_institution_id"):
        return int(walk.changes["ball_institution_id"])
    return institution_of(walk, side or machine.STATE_ROWS[to_state].ball or Side.SENDER)


def institution_of(walk: Walk, side: Side) -> int:
    """Return which institution stands on a side; a partner without an account is looked after by the sender."""
    leg = walk.leg
    found: int | None = None
    if side is Side.RECEIVER:
        found = leg.to_institution_id
    elif side is Side.COORDINATOR:
        found = leg.request.coordinator_id
    elif side is Side.LOWER_UNIT:
        found = walk.facts.institution_id
    elif side is Side.TRANSPORT:
        found = walk.changes.get("transport_institution_id", leg.transport_institution_id)
    return int(leg.from_institution_id if found is None else found)


def stop_clock(clock: Clock, at: datetime.datetime, how: Clock.Stop) -> None:
    spans.stop(clock, at, how)
    clock.next_call_at = None
    clock.save()


def pause_clock(clock: Clock, at: datetime.datetime) -> None:
    if clock.paused_since is None:
        spans.stand_still(clock, at)
        clock.next_call_at = None
        clock.save()


def resume_clock(clock: Clock, at: datetime.datetime) -> None:
    """Let a paused clock go on; whoever had to be called for it is called that much later."""
    if clock.paused_since is not None:
        spans.go_on(clock, at)
        clock.next_call_at = _first_call(clock.leg, K(clock.kind), clock.due_at)
        clock.save()


def _first_call(leg: Leg, kind: K, due: datetime.datetime) -> datetime.datetime | None:
    """Return when somebody is called for a clock first.

    One whose end only reminds is called for as well; the call then goes no further than that. The lower unit is called
    for the way back itself, not once more for the case above, which it cannot open.
    """
    return None if kind == K.BACK_ANSWER and not is_return(leg) else due


def running_clock(leg: Leg, kind: K) -> Clock | None:
    return Clock.objects.filter(leg=leg, kind=kind, stopped_at__isnull=True).first()


def pauses_for_questions(leg: Leg) -> bool:
    """Tell whether a question stops the receiver's clock: only where the patient can wait."""
    return leg.request.urgency == Urgency.ROUTINE


def is_return(leg: Leg) -> bool:
    return leg.request.direction == Direction.DOWN


def answer_kind(leg: Leg) -> K:
    """Return which clock of a leg runs until its receiver says yes or no."""
    return K.BACK_ANSWER if is_return(leg) else K.DECISION


def clock_above(leg: Leg) -> Clock | None:
    """Return the clock by which the upper hospital awaits the answer to a way back: both run to one moment."""
    above_id = leg.request.based_on_id
    if above_id is None:
        return None
    waiting = Clock.objects.filter(leg__request_id=above_id, kind=K.BACK_ANSWER, stopped_at__isnull=True)
    return waiting.order_by("-pk").first()
