"""What is asked of the words said with a step: checked when the step is really taken, and not before."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

from lianyi.referrals import machine, outcomes
from lianyi.referrals.bed_guards import say_bed_confirmed
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import FollowUp, Leg, ReturnNeed
from lianyi.referrals.stability import STABILITY
from lianyi.referrals.states import CancelReason, ChangeReason, Direction, Disposition, LegState, Side, Urgency
from lianyi.referrals.walk import Walk
from lianyi.registry.models import BedCount

# Dispositions after which nobody can be expected to follow up the patient first.
WITHOUT_FOLLOW_UP = (Disposition.DIED, Disposition.AGAINST_ADVICE, Disposition.ONWARD)


def say_capacity_known(walk: Walk) -> None:
    """Let an acceptance rest on a fresh count of beds, or on somebody who looked."""
    leg = walk.leg
    if walk.facts.capacity_confirmed or leg.to_institution_id is None or leg.request.direction == Direction.DOWN:
        return
    oldest = walk.now - datetime.timedelta(minutes=walk.policy.limits.bed_state_minutes)
    if not BedCount.objects.filter(institution_id=leg.to_institution_id, counted_at__gte=oldest).exists():
        raise FactsRefusedError(
            "The count of free beds is old. Look, and confirm that there is room.",
            field="capacity_confirmed",
            reason="capacity-unknown",
        )


def say_needs_answered(walk: Walk) -> None:
    """Let a lower unit take a patient back only when each need is met; a need that is not goes back as a request."""
    if walk.leg.request.direction != Direction.DOWN:
        return
    told = {answer.need_id: answer.answer for answer in walk.facts.needs}
    met = (ReturnNeed.Answer.YES, ReturnNeed.Answer.PROVIDED)
    needs = ReturnNeed.objects.filter(request_id=walk.leg.request_id).order_by("pk")
    unmet = [need.description for need in needs if told.get(need.pk, need.answer) not in met]
    if unmet:
        raise FactsRefusedError(
            f"These needs of the patient are not met: {', '.join(unmet)}. Tick what you have, ask the upper hospital "
            "for the rest, or decline.",
            field="needs",
            reason="needs-unmet",
            needs=unmet,
        )


def say_no_bare_decline(walk: Walk) -> None:
    if walk.leg.request.urgency == Urgency.EMERGENCY:
        _ask_for_a_way_on(walk)


def say_no_bare_withdrawal(walk: Walk) -> None:
    if walk.leg.request.urgency != Urgency.ROUTINE:
        _ask_for_a_way_on(walk)


def _ask_for_a_way_on(walk: Walk) -> None:
    if walk.facts.institution_id is None and not walk.facts.hand_to_coordinator:
        raise FactsRefusedError(
            "This patient cannot be turned away without a way on: name an institution that has agreed to take the "
            "patient, or hand over to the coordinator.",
            field="institution",
            reason="bare-decline",
        )


def say_road_asked(walk: Walk) -> None:
    """Let somebody who was on the way count as not come only when crew or family were asked; silence says nothing."""
    if walk.leg.state != LegState.IN_TRANSIT or walk.move.side is Side.SYSTEM or walk.facts.text.strip():
        return
    raise FactsRefusedError(
        "This patient was on the way. Ask the crew and the family first, and say whom you asked and what they know.",
        field="text",
        reason="road-not-asked",
    )


def say_tries_used_or_refused(walk: Walk) -> None:
    refused = walk.facts.reason_code in (CancelReason.PATIENT_REFUSED, CancelReason.MOVED_ELSEWHERE)
    if not refused and walk.leg.no_shows < walk.policy.limits.no_show_tries:
        raise FactsRefusedError(
            "The patient may be given another appointment. Say that the patient refused or is elsewhere, or make one.",
            field="reason_code",
            reason="tries-left",
        )


def say_stable(walk: Walk) -> None:
    lacking = [name for name, is_met in walk.facts.stability.items() if not is_met]
    if lacking:
        raise FactsRefusedError(
            f"The patient is not ready to go back: {', '.join(lacking)}.",
            field="stability",
            reason="not-stable",
            items=[STABILITY.get(name, name) for name in lacking],
        )


def back_leg_of(leg: Leg) -> Leg | None:
    """Return the latest leg of the way back that this leg's care led to."""
    back = Leg.objects.filter(request__based_on_id=leg.request_id, request__direction=Direction.DOWN)
    return back.order_by("-pk").first()


def say_back_leg_declined_or_worse(walk: Walk) -> None:
    back = back_leg_of(walk.leg)
    is_declined = back is not None and back.state in machine.UNROUTED
    if not is_declined and walk.facts.reason_code != ChangeReason.PATIENT_WORSE:
        raise FactsRefusedError(
            "The lower unit has not declined. Say that the patient is worse, or wait for its answer.",
            field="reason_code",
            reason="back-leg-open",
        )


def say_disposition_true(walk: Walk) -> None:
    given = walk.facts.disposition
    if given not in Disposition.values:
        raise FactsRefusedError(
            f"'{given}' is not a disposition. Accepted: {', '.join(Disposition.values)}.",
            field="disposition",
            reason="disposition-unknown",
            given=given,
        )
    back = back_leg_of(walk.leg)
    if given == Disposition.RETURNED and (back is None or back.state not in machine.TAKEN):
        raise FactsRefusedError(
            "'Returned' needs a lower unit that has accepted the patient. Propose the transfer back first.",
            field="disposition",
            reason="no-accepted-return",
        )
    if given == Disposition.ONWARD and not outcomes.legs_onward(walk.leg).exists():
        raise FactsRefusedError(
            "'Referred onward' needs an onward referral that somebody has in hand. Write and send it first.",
            field="disposition",
            reason="no-onward-leg",
        )


def say_first_follow_up_done(walk: Walk) -> None:
    if walk.leg.request.direction != Direction.DOWN or walk.facts.disposition in WITHOUT_FOLLOW_UP:
        return
    open_visit = FollowUp.objects.filter(
        leg=walk.leg, kind=FollowUp.Kind.FIRST_AFTER_RETURN, state=FollowUp.State.OPEN
    ).first()
    if open_visit is not None:
        raise FactsRefusedError(
            f"The first follow-up (due {open_visit.due_on}) is not done. Record it, or why it was not possible.",
            field="disposition",
            reason="follow-up-open",
            due_on=open_visit.due_on,
        )


SAID: Mapping[str, Callable[[Walk], None]] = {
    each.__name__.removeprefix("say_"): each
    for each in (
        say_capacity_known,
        say_bed_confirmed,
        say_needs_answered,
        say_no_bare_decline,
        say_no_bare_withdrawal,
        say_road_asked,
        say_tries_used_or_refused,
        say_stable,
        say_back_leg_declined_or_worse,
        say_disposition_true,
        say_first_follow_up_done,
    )
}
