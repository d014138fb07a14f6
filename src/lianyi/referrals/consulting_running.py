"""Which clock of a consultation runs in which state, and how clocks start, stand still, go on and stop.

Raw, paused and net time stay apart: a pause moves the due time but is kept as a row of its own, so that pausing
cannot make a figure look better.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Max

from lianyi.referrals import spans
from lianyi.referrals.consulting_facts import ConsultingWalk
from lianyi.referrals.consulting_machine import STATE_ROWS
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.ladder import rungs_of
from lianyi.referrals.models import (
    Awaited,
    Consultation,
    ConsultationCall,
    ConsultationClock,
    ConsultationState,
)
from lianyi.referrals.moments import FARTHEST_AHEAD, in_local_time, sound_moment
from lianyi.referrals.policies import after
from lianyi.referrals.states import Side, Urgency
from lianyi.rules.referral_policy import ClockTarget, ReferralPolicy, ReferralUrgency

# Which fact names the due time of a state, where it is not the policy's.
SAID_DUE = {ConsultationState.AWAITING_INFORMATION: "due_at", ConsultationState.SCHEDULED: "scheduled_for"}
# With these nothing is awaited any more, or something else; what had run out before stays known.
VOIDING = frozenset({"cancel", "withdraw", "reschedule"})


@dataclass(frozen=True, slots=True)
class Standing:
    """Until when the new state has to end, how far its ladder was climbed, and when the next one is called."""

    due_at: datetime.datetime | None
    rung: int
    next_call_at: datetime.datetime | None


def keep_time(walk: ConsultingWalk, to_state: str) -> Standing:
    """Stop the clocks that the new state does not have, and start or go on with the one it has.

    The clock of the answer runs through questions. It stands still meanwhile only where the patient can wait; the time
    of an urgent consultation goes on, as that of an urgent referral does.
    """
    at, awaited = walk.occurred_at, STATE_ROWS[to_state].awaits
    kept = None
    for clock in running_clocks(walk.row):
        if clock.kind == Awaited.ANSWER and to_state == ConsultationState.AWAITING_INFORMATION:
            if pauses_for_questions(walk.row):
                spans.stand_still(clock, at)
                clock.save()
        elif clock.kind == Awaited.ANSWER == awaited:
            spans.go_on(clock, at)
            clock.save()
            kept = clock
        else:
            spans.stop(clock, at, _how(walk))
            clock.save()
    if kept is not None:
        return _climbed(walk, kept)
    clock_of_state = _start(walk, to_state)
    due = None if clock_of_state is None else clock_of_state.due_at
    return Standing(due, 0, due)


def _how(walk: ConsultingWalk) -> ConsultationClock.Stop:
    is_void = walk.move.step.name in VOIDING
    return ConsultationClock.Stop.VOID if is_void else ConsultationClock.Stop.MET


def _climbed(walk: ConsultingWalk, clock: ConsultationClock) -> Standing:
    """Return where the ladder of a clock that goes on stands: nobody is called a second time for the same rung."""
    policy, rungs = walk.move.policy, rungs_of(walk.move.policy, clock.urgency)
    # The highest one, not their number: of calls from before there were clocks only the rung is known.
    rung = ConsultationCall.objects.filter(clock=clock).aggregate(top=Max("rung"))["top"] or 0
    if rung == 0:
        return Standing(clock.due_at, 0, clock.due_at)
    if rung < len(rungs):
        following = after(policy, clock.due_at, rungs[rung].after[walk.move.urgency])
        return Standing(clock.due_at, rung, max(following, walk.occurred_at))
    # Everybody was called before the question; whoever asked it gets as much time again as the answer has.
    target = _target(policy, walk.row, ConsultationState.ASKED)
    again = walk.occurred_at if target is None else after(policy, walk.occurred_at, target)
    return Standing(clock.due_at, rung, again)


def _start(walk: ConsultingWalk, to_state: str) -> ConsultationClock | None:
    awaited, due = STATE_ROWS[to_state].awaits, _due(walk, to_state)
    if awaited is None or due is None:
        return None
    clock = ConsultationClock(
        consultation=walk.row,
        kind=awaited,
        urgency=walk.row.urgency,
        institution_id=_against(walk.row, to_state),
        started_at=walk.occurred_at,
        due_at=due,
    )
    clock.save()
    return clock


def start_draft(row: Consultation, at: datetime.datetime) -> None:
    """Start the clock of a draft that was just written; its due time stands on the row."""
    if row.due_at is not None:
        ConsultationClock.objects.create(
            consultation=row,
            kind=Awaited.DRAFT,
            urgency=row.urgency,
            institution_id=_against(row, ConsultationState.DRAFT),
            started_at=at,
            due_at=row.due_at,
        )


def due_of_draft(row: Consultation, policy: ReferralPolicy, at: datetime.datetime) -> datetime.datetime | None:
    target = _target(policy, row, ConsultationState.DRAFT)
    return None if target is None else after(policy, at, target)


def _against(row: Consultation, state: str) -> int:
    is_experts = STATE_ROWS[state].ball is Side.RECEIVER
    return int(row.to_institution_id if is_experts else row.from_institution_id)


def _due(walk: ConsultingWalk, to_state: str) -> datetime.datetime | None:
    said_as = SAID_DUE.get(ConsultationState(to_state), "")
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
        return sound_moment(said_as, said, not_before=walk.occurred_at, not_after=walk.move.now + FARTHEST_AHEAD)
    target = _target(walk.move.policy, walk.row, to_state)
    return None if target is None else after(walk.move.policy, walk.occurred_at, target)


def _target(policy: ReferralPolicy, row: Consultation, state: str) -> ClockTarget | None:
    clock = STATE_ROWS[state].policy_clock
    return None if clock is None else policy.target(clock, ReferralUrgency(row.urgency), row.condition)


def running_clocks(row: Consultation) -> list[ConsultationClock]:
    return list(ConsultationClock.objects.filter(consultation=row, stopped_at__isnull=True).order_by("id"))


def clock_of_state(row: Consultation) -> ConsultationClock | None:
    """Return the clock by which the present state has to end."""
    awaited = STATE_ROWS[row.state].awaits
    return next((clock for clock in running_clocks(row) if clock.kind == awaited), None)


def pauses_for_questions(row: Consultation) -> bool:
    """Tell whether a question stops the clock of the answer: only where the patient can wait."""
    return row.urgency == Urgency.ROUTINE
