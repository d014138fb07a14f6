"""What keeping a bed rests on: a free one by the house's own count, and a promise that has not run out."""

from __future__ import annotations

import datetime

from lianyi.referrals.beds import BedState, beds_of
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.moments import in_local_time
from lianyi.referrals.states import LegState
from lianyi.referrals.walk import Move, Walk


def bed_free(move: Move) -> None:
    """Keep no bed where a fresh count says that there is none: whoever knows better counts again."""
    state = _full_house(move)
    limit = datetime.timedelta(minutes=move.policy.limits.bed_state_minutes)
    if state is not None and move.now - state.counted_at <= limit:
        raise GuardRefusedError(
            f"No bed is free here by the count of {_said(state, move)}. Count the beds anew, or make an appointment.",
            reason="no-bed-free",
            counted_at=state.counted_at,
            minutes=_minutes(state, move),
        )


def reservation_over(move: Move) -> None:
    """Let the program end a reservation only when the time is over until which the bed was kept."""
    kept_until = move.leg.reserved_until
    if kept_until is None or kept_until > move.now:
        raise GuardRefusedError("The bed is still kept for the patient.", reason="bed-kept")


def is_given_free(move: Move) -> bool:
    """Tell whether the bed was given free because its time was over; a booking that people cancelled keeps no time."""
    return move.leg.state == LegState.APPOINTMENT_CANCELLED and move.leg.reserved_until is not None


def say_bed_confirmed(walk: Walk) -> None:
    """Let somebody who looked know better than the last count that names no free bed."""
    state = None if walk.facts.capacity_confirmed else _full_house(walk.move)
    if state is not None:
        raise FactsRefusedError(
            f"No bed was free here by the count of {_said(state, walk.move)}. Look, and confirm that there is room.",
            field="capacity_confirmed",
            reason="no-bed-counted",
            counted_at=state.counted_at,
            minutes=_minutes(state, walk.move),
        )


def _full_house(move: Move) -> BedState | None:
    """Return the receiver's beds when its last count leaves none free; None where it has some, or has not counted."""
    house = move.leg.to_institution_id
    state = None if house is None else beds_of([house], move.now).get(house)
    return state if state is not None and state.free == 0 else None


def _minutes(state: BedState, move: Move) -> int:
    return max(0, round((move.now - state.counted_at).total_seconds() / 60))


def _said(state: BedState, move: Move) -> str:
    return f"{in_local_time(state.counted_at)} ({_minutes(state, move)} min ago)"
