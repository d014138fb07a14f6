"""Notes, pauses, the way back, the outcome and the flag of a cancellation asked for."""

from __future__ import annotations

import datetime

from lianyi.referrals import machine
from lianyi.referrals.effects.deaths import review_death
from lianyi.referrals.effects.request import change_request
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Clock, Leg
from lianyi.referrals.moments import CLOCK_TOLERANCE, EARLIEST, sound_moment, to_the_minute
from lianyi.referrals.running import running_clock, start_clock, start_outcome_clock, stop_clock
from lianyi.referrals.said import WITHOUT_FOLLOW_UP, back_leg_of
from lianyi.referrals.settling import settle_journey_of_the_dead, void_visits_of_a_return_that_did_not_happen
from lianyi.referrals.states import Direction, Disposition, EntryMode, Side
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk
from lianyi.rules.referral_policy import ClockKind


def remember_forecast(walk: Walk) -> None:
    """Keep when the patient is likely to go back, so that the lower unit can prepare; the latest forecast counts."""
    if walk.facts.expected_return_on is not None:
        walk.change({"expected_return_on": walk.facts.expected_return_on})


def hold(walk: Walk) -> None:
    if walk.facts.ball_side not in (Side.SENDER, Side.RECEIVER):
        raise FactsRefusedError(
            f"'{walk.facts.ball_side}' cannot look after a pause: the sender or the receiver does.",
            field="ball_side",
            reason="pause-side",
            given=walk.facts.ball_side,
        )
    walk.change({"held_from": walk.leg.state})


def resume(walk: Walk) -> None:
    walk.change({"held_from": ""})


def open_back_leg(walk: Walk) -> None:
    from lianyi.referrals.commands.returns import write_back_leg  # noqa: PLC0415 - the way back walks the same table

    def start() -> None:
        write_back_leg(walk)

    walk.afterwards.append(start)


def drop_back_leg(walk: Walk) -> None:
    def drop() -> None:
        from lianyi.referrals.walking import system_step  # noqa: PLC0415 - the back leg walks the same table

        back = back_leg_of(walk.leg)
        if back is not None and back.state in (*machine.BEFORE_DECISION, *machine.AGREED):
            system_step(walk.context, back, "cancel", walk.occurred_at)
        elif back is not None and back.state == L.DRAFT:
            system_step(walk.context, back, "mark_error", walk.occurred_at)

    walk.afterwards.append(drop)


def start_outcome_time(walk: Walk) -> None:
    """Let the time for the outcome run from the end of care, so that the worker calls when it is over.

    Said again with another time, it counts from that one. The look at the care itself is no longer needed.
    """
    ended = walk.facts.care_ended_at
    if ended is None:
        return
    sound_moment("care_ended_at", ended, not_before=_to_the_minute(walk.leg), not_after=walk.now + CLOCK_TOLERANCE)
    _stop(walk, walk.leg, ClockKind.OUTCOME, Clock.Stop.VOID)
    clock = start_outcome_clock(walk.leg, walk.policy, min(ended, walk.now))
    if clock is not None and walk.leg.state == L.UNDER_CARE:
        _stop(walk, walk.leg, ClockKind.CARE_REVIEW, Clock.Stop.VOID)
        walk.change({"due_at": clock.due_at})


def void_outcome_time(walk: Walk) -> None:
    """Let no outcome be due while the patient stays in care; one who went back down is not in care any more."""
    back = back_leg_of(walk.leg)
    clock = running_clock(walk.leg, ClockKind.OUTCOME)
    if clock is None or (back is not None and back.arrived_at is not None):
        return
    stop_clock(clock, walk.occurred_at, Clock.Stop.VOID)
    if walk.leg.state == L.UNDER_CARE:
        # After a pause the look at the care runs already, beside the time for the outcome.
        review = running_clock(walk.leg, ClockKind.CARE_REVIEW) or start_clock(
            walk, L.UNDER_CARE, ClockKind.CARE_REVIEW
        )
        walk.change({"due_at": None if review is None else review.due_at})


def write_outcome(walk: Walk) -> None:
    walk.change({"outcome_at": walk.occurred_at, "disposition": walk.facts.disposition})
    _time_the_outcome(walk)
    if walk.leg.request.direction == Direction.DOWN and walk.facts.disposition in WITHOUT_FOLLOW_UP:
        # Nobody below has the patient any more: no visit there is owed, and none was made.
        _stop(walk, walk.leg, ClockKind.FIRST_FOLLOW_UP, Clock.Stop.VOID)
        walk.afterwards.append(lambda: void_visits_of_a_return_that_did_not_happen(walk.context, walk.leg))
    else:
        _stop(walk, walk.leg, ClockKind.FIRST_FOLLOW_UP)
    if walk.facts.disposition == Disposition.DIED:
        walk.afterwards.append(lambda: review_death(walk))
        walk.afterwards.append(lambda: settle_journey_of_the_dead(walk.context, walk.leg, walk.occurred_at))
    if walk.facts.disposition != Disposition.RETURNED:
        drop_back_leg(walk)


def _time_the_outcome(walk: Walk) -> None:
    """Let the outcome count from the end of care, and say when that was only now: a late one is a breach all the same.

    The clock of a patient who went back down began with the arrival there.
    """
    ended = walk.facts.care_ended_at
    is_known = ended is not None and running_clock(walk.leg, ClockKind.OUTCOME) is None
    if ended is not None and is_known and ended <= walk.occurred_at and walk.leg.request.direction != Direction.DOWN:
        sound_moment("care_ended_at", ended, not_before=_to_the_minute(walk.leg), not_after=walk.occurred_at)
        start_outcome_clock(walk.leg, walk.policy, ended)
    _stop(walk, walk.leg, ClockKind.OUTCOME)


def _to_the_minute(leg: Leg) -> datetime.datetime:
    """Return when the patient had come, as people type it: without seconds."""
    return EARLIEST if leg.arrived_at is None else to_the_minute(leg.arrived_at)


def remember_acknowledgement(walk: Walk) -> None:
    walk.change({"closed_at": walk.occurred_at, "is_acknowledged": walk.entry_mode != EntryMode.AUTOMATIC})


def mark_reopened(walk: Walk) -> None:
    walk.change({"is_reopened": True, "closed_at": None, "outcome_at": None, "disposition": ""})
    change_request(walk, {"is_revoked": False})


def raise_flag(walk: Walk) -> None:
    walk.change({"cancel_asked": True})
    start_clock(walk, walk.leg.state, ClockKind.CANCEL_ANSWER)


def lower_flag(walk: Walk) -> None:
    walk.change({"cancel_asked": False})
    _stop(walk, walk.leg, ClockKind.CANCEL_ANSWER)


def _stop(walk: Walk, leg: Leg, kind: ClockKind, how: Clock.Stop = Clock.Stop.MET) -> None:
    clock = running_clock(leg, kind)
    if clock is not None:
        stop_clock(clock, walk.occurred_at, how)
