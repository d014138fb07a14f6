"""What falls away when a leg or a whole journey ends: the move somebody had, visits nobody needs, the case in reach."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.referrals import access, machine
from lianyi.referrals.deriving import derive_journey
from lianyi.referrals.models import Clock, FollowUp, Journey, Leg, RecoveryStage
from lianyi.referrals.policies import after, policy_of
from lianyi.referrals.running import running_clock, stop_clock
from lianyi.referrals.states import Direction, Side
from lianyi.referrals.states import LegState as L
from lianyi.rules.referral_policy import ClockKind, ReferralUrgency

# Visits that belong to a patient who came back; they fall away when the patient does not.
_OF_THE_RETURN = (FollowUp.Kind.FIRST_AFTER_RETURN, FollowUp.Kind.PLANNED)
_OF_THE_LIVING = (*_OF_THE_RETURN, FollowUp.Kind.HOME_VISIT)


def take_ball_off(context: CommandContext, leg: Leg, at: datetime.datetime) -> None:
    """End what an ended leg still asks of somebody, and the clock of it."""
    for clock in Clock.objects.filter(leg=leg, stopped_at__isnull=True):
        stop_clock(clock, at, Clock.Stop.MET)
    before = {"ball_side": leg.ball_side}
    Leg.objects.filter(pk=leg.pk).update(
        ball_side="", ball_institution=None, responsible=None, due_at=None, version=leg.version + 1
    )
    record(context, "referrals.leg.settled", leg, before=before, after={"ball_side": ""})


def ask_again(context: CommandContext, leg: Leg, at: datetime.datetime) -> None:
    """Give the move back on a leg that ended without a receiver: the candidate that still looked is gone too."""
    side = machine.STATE_ROWS[leg.state].ball or Side.SENDER
    coordinator_id = leg.request.coordinator_id if side is Side.COORDINATOR else None
    holder_id = coordinator_id or leg.from_institution_id
    policy, urgency = policy_of(leg.request.policy), ReferralUrgency(leg.request.urgency)
    target = policy.target(ClockKind.REROUTE, urgency, leg.request.condition)
    due = None if target is None else after(policy, at, target)
    if due is not None:
        Clock.objects.create(
            leg=leg,
            kind=ClockKind.REROUTE,
            urgency=urgency,
            institution_id=holder_id,
            started_at=at,
            due_at=due,
            next_call_at=due,
        )
    Leg.objects.filter(pk=leg.pk).update(
        ball_side=side,
        ball_institution_id=holder_id,
        responsible_id=leg.from_institution_id,
        due_at=due,
        version=leg.version + 1,
    )
    record(context, "referrals.leg.asked_again", leg, before={"ball_side": ""}, after={"ball_side": side.value})


def settle_ended_legs(context: CommandContext, request_id: int, besides: Leg, at: datetime.datetime) -> None:
    """Take the ball off the other ended legs of a request: the ask has gone on, or is over."""
    ended = Leg.objects.filter(request_id=request_id, is_open=False).exclude(ball_side="").exclude(pk=besides.pk)
    for leg in ended.order_by("pk"):
        take_ball_off(context, leg, at)


def settle_journey_of_the_dead(context: CommandContext, leg: Leg, at: datetime.datetime) -> None:
    """End what is still asked for somebody who has died: no search for a bed goes on and nobody knocks at the door."""
    journey_id = leg.request.journey_id
    ended = Leg.objects.filter(request__journey_id=journey_id, is_open=False).exclude(ball_side="")
    for each in ended.exclude(pk=leg.pk).order_by("pk"):
        take_ball_off(context, each, at)
    for visit in FollowUp.objects.filter(
        journey_id=journey_id, kind__in=_OF_THE_LIVING, state=FollowUp.State.OPEN
    ).order_by("pk"):
        _void(context, visit)
    _end_stages(context, journey_id, at)


def _end_stages(context: CommandContext, journey_id: int, at: datetime.datetime) -> None:
    """End the stages of recovery that still ran, with the day of the death; their last score stays unknown."""
    day = timezone.localdate(at)
    for stage in RecoveryStage.objects.filter(journey_id=journey_id, ended_on__isnull=True).order_by("pk"):
        ended_on = max(day, stage.started_on)
        RecoveryStage.objects.filter(pk=stage.pk).update(ended_on=ended_on, version=stage.version + 1)
        record(context, "referrals.recovery.end", stage, before=None, after={"ended_on": plain(ended_on)})


def void_visits_of_a_return_that_did_not_happen(context: CommandContext, leg: Leg) -> None:
    """Take the visits planned at the lower unit off its list when the patient did not come back there."""
    visits = FollowUp.objects.filter(leg=leg, kind__in=_OF_THE_RETURN, state=FollowUp.State.OPEN)
    for visit in visits.order_by("pk"):
        _void(context, visit)


def _void(context: CommandContext, visit: FollowUp) -> None:
    FollowUp.objects.filter(pk=visit.pk).update(state=FollowUp.State.VOID, version=visit.version + 1)
    record(context, "referrals.follow_up.void", visit, before={"state": "open"}, after={"state": "void"})


def leg_above(leg: Leg) -> Leg | None:
    """Return the leg of care that a transfer back came out of."""
    if leg.request.direction != Direction.DOWN or leg.request.based_on_id is None:
        return None
    return Leg.objects.filter(request_id=leg.request.based_on_id, state__in=machine.TAKEN).order_by("-pk").first()


def hand_ball_back(
    context: CommandContext, above: Leg, at: datetime.datetime, due: datetime.datetime | None = None
) -> None:
    """Give the case above a way back its next move again: the lower unit has answered, or will not answer any more."""
    clock = running_clock(above, ClockKind.BACK_ANSWER)
    if clock is not None:
        stop_clock(clock, at, Clock.Stop.MET)
    before = {"ball_side": above.ball_side}
    Leg.objects.filter(pk=above.pk).update(
        ball_side="receiver",
        ball_institution=above.to_institution_id,
        due_at=due or above.due_at,
        version=above.version + 1,
    )
    record(context, "referrals.leg.return_answered", above, before=before, after={"ball_side": "receiver"})


def give_care_back(context: CommandContext, leg: Leg, at: datetime.datetime) -> None:
    """Let the upper hospital move again when no lower unit looks at the way back any more."""
    above = leg_above(leg)
    if above is None or above.state != L.RETURN_PROPOSED:
        return
    if not Leg.objects.filter(request_id=leg.request_id, is_open=True).exclude(pk=leg.pk).exists():
        hand_ball_back(context, above, at)


def settle_journey(context: CommandContext, journey_id: int, at: datetime.datetime) -> None:
    """Close a journey below which nothing is open, and let every relation of its legs run out."""
    derive_journey(journey_id, at)
    if Journey.objects.filter(pk=journey_id, closed_at__isnull=True).exists():
        return
    legs = list(Leg.objects.filter(request__journey_id=journey_id).select_related("request").order_by("pk"))
    for leg in legs:
        grace = datetime.timedelta(days=policy_of(leg.request.policy).limits.grace_days)
        access.let_run_out(context, leg, at + grace)
