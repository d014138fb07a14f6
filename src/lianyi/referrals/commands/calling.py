"""What time alone brings about: calls up the ladder, reminders, alarms of unfilled duty. The worker runs these.

Every one is a command with a key that names its clock and rung, question or hole, so that a worker which is killed, or
runs twice, neither loses a call nor makes it twice.
"""

from __future__ import annotations

import datetime

from django.db import connection
from django.utils import timezone

from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.accounts.commanding import command
from lianyi.referrals import duty, outbox
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.guards import ANSWER_CLOCKS
from lianyi.referrals.ladder import Called, call_time, called_for, is_round_over, next_round, post_of, rungs_of
from lianyi.referrals.models import Clock, Escalation, Leg, Notice, Question
from lianyi.referrals.policies import after, policy_of
from lianyi.referrals.states import Urgency
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import ClockKind, LadderPost, ReferralPolicy, ReferralUrgency

# A leg that cannot time out yet, because the sender was asked something, is looked at again after this.
NEXT_LOOK = datetime.timedelta(minutes=15)
ESCALATION = "escalation"
REMINDER = "reminder"
TELEPHONE = "telephone_receiver"
QUESTION_REMINDER = "question_reminder"
ROSTER_HOLE = "roster_hole"


@command("referrals.clock.call")
def call_next(context: CommandContext, clock_id: int, rung: int) -> Clock:
    """Climb one rung of the ladder for a clock that ran out: mark the breach, call, and say when the next is due."""
    now = timezone.now()
    clock = _due_clock(clock_id, now)
    if clock.rung + 1 != rung:
        raise _not_due()
    policy = policy_of(clock.leg.request.policy)
    target = policy.target(ClockKind(clock.kind), ReferralUrgency(clock.urgency), clock.leg.request.condition)
    if target is not None and not target.escalates:
        return _remind(context, clock, after(policy, now, target) if target.repeats else None, now)
    rungs = rungs_of(policy, clock.urgency)
    if rung <= len(rungs) and call_time(policy, clock, rungs[rung - 1]) > now:
        raise _not_due()
    post = post_of(policy, clock.urgency, rung)
    called = called_for(post, clock, now)
    Escalation.objects.create(
        clock=clock,
        rung=rung,
        post=post,
        institution_id=called.institution_id,
        user_id=called.user_ids[0] if called.user_ids else None,
        called_at=now,
    )
    _tell(clock, post, called, now)
    _keep(context, clock, rung, _following(policy, clock, rung, now))
    return clock


@command("referrals.clock.wait")
def look_again_later(context: CommandContext, clock_id: int) -> Clock:
    """Put the next look at a clock off: its due time moved, or its leg cannot time out yet."""
    now = timezone.now()
    clock = _due_clock(clock_id, now)
    policy = policy_of(clock.leg.request.policy)
    rungs = rungs_of(policy, clock.urgency)
    if clock.rung < len(rungs):
        clock.next_call_at = call_time(policy, clock, rungs[clock.rung])
    else:
        clock.next_call_at = max(_following(policy, clock, clock.rung, now), now + NEXT_LOOK)
    clock.save(update_fields=["next_call_at"])
    record(context, "referrals.clock.wait", clock, before=None, after={"next_call_at": plain(clock.next_call_at)})
    return clock


def _due_clock(clock_id: int, now: datetime.datetime) -> Clock:
    """Return the clock under lock, unless somebody else has it in hand, it was stopped, or it was called already."""
    skip = connection.features.has_select_for_update_skip_locked
    clock = (
        Clock.objects.select_for_update(of=("self",), skip_locked=skip)
        .select_related("leg__request__journey", "leg__request__agreement__alliance")
        .filter(pk=clock_id, stopped_at__isnull=True, next_call_at__lte=now)
        .first()
    )
    if clock is None:
        raise _not_due()
    return clock


def _not_due() -> GuardRefusedError:
    return GuardRefusedError("Nobody has to be called for this clock now.", reason="call-not-due")


def _following(policy: ReferralPolicy, clock: Clock, rung: int, now: datetime.datetime) -> datetime.datetime:
    """Return when to come back after a rung; a leg that nobody answered may time out before the next round."""
    rungs = rungs_of(policy, clock.urgency)
    if rung < len(rungs):
        return call_time(policy, clock, rungs[rung])
    if not is_round_over(policy, clock.urgency, rung):
        return now
    again = next_round(policy, clock.urgency, now)
    return min(again, max(clock.leg.answer_by or now, now)) if clock.kind in ANSWER_CLOCKS else again


def _keep(context: CommandContext, clock: Clock, rung: int, following: datetime.datetime | None) -> None:
    clock.rung = rung
    clock.breached_at = clock.breached_at or clock.due_at
    clock.next_call_at = following
    clock.save(update_fields=["rung", "breached_at", "next_call_at"])
    facts = {"leg": clock.leg_id, "kind": clock.kind, "rung": rung, "breached_at": plain(clock.breached_at)}
    record(context, "referrals.clock.call", clock, before=None, after=facts)


def _remind(context: CommandContext, clock: Clock, again_at: datetime.datetime | None, now: datetime.datetime) -> Clock:
    """Remind whoever has to act, and call nobody else; nobody is reminded again where no time for it is given."""
    outbox.put([_notice(clock, REMINDER, clock.institution_id, None, now)], now)
    _keep(context, clock, clock.rung + 1, again_at)
    return clock


def _tell(clock: Clock, post: LadderPost, called: Called, now: datetime.datetime) -> None:
    phone = duty.duty_phone(clock.institution_id, now)
    notices = [
        _notice(clock, ESCALATION, called.institution_id, user_id, now, post=post.value, phone=phone)
        for user_id in called.told
    ]
    if clock.kind == ClockKind.DELIVERY and clock.breached_at is None:
        notices += _prompts_to_telephone(clock, phone, now)
    outbox.put(notices, now)


def _prompts_to_telephone(clock: Clock, phone: str, now: datetime.datetime) -> list[Notice]:
    """Tell the sender, desk and writer, that nobody there has it: the receiver is to be told on the telephone."""
    request = clock.leg.request
    return [
        _notice(clock, TELEPHONE, request.from_institution_id, user_id, now, phone=phone)
        for user_id in dict.fromkeys((None, request.written_by_id))
    ]


def _notice(
    clock: Clock, kind: str, institution_id: int, user_id: int | None, now: datetime.datetime, **more: str
) -> Notice:
    request = clock.leg.request
    return Notice(
        institution_id=institution_id,
        user_id=user_id,
        kind=kind,
        urgency=request.urgency,
        leg=clock.leg,
        params={
            "number": request.journey.number,
            "state": clock.leg.state,
            "condition": request.condition,
            "clock": clock.kind,
            "due_at": plain(clock.due_at),
            **more,
        },
        made_at=now,
    )


@command("referrals.question.remind")
def remind_of_question(context: CommandContext, question_id: int) -> Question:
    """Remind the sender once of a question whose time is over; afterwards the receiver may decline."""
    now = timezone.now()
    rows = Question.objects.select_for_update(of=("self",)).select_related("leg__request__journey")
    question = rows.filter(pk=question_id, answered_at__isnull=True, reminded_at__isnull=True, due_at__lte=now).first()
    if question is None:
        raise _not_due()
    leg: Leg = question.leg
    question.reminded_at = now
    question.version += 1
    question.save(update_fields=["reminded_at", "version"])
    params = {
        "number": leg.request.journey.number,
        "state": leg.state,
        "condition": leg.request.condition,
        "due_at": plain(question.due_at),
    }
    notice = Notice(
        institution_id=leg.from_institution_id,
        kind=QUESTION_REMINDER,
        urgency=leg.request.urgency,
        leg=leg,
        params=params,
        made_at=now,
    )
    outbox.put([notice], now)
    record(context, "referrals.question.remind", question, before=None, after={"reminded_at": plain(now)})
    return question


@command("referrals.roster.alarm")
def alarm_of_hole(context: CommandContext, hole: duty.Hole) -> Notice:
    """Tell an institution and who coordinates its referrals of hours with nobody on duty; once a day until filled."""
    now = timezone.now()
    place = Institution.objects.get(pk=hole.institution_id)
    params = {
        "condition": hole.condition,
        "from": plain(hole.span.start),
        "to": plain(hole.span.end),
        "place_zh": place.name_zh,
        "place_en": place.name_en,
    }
    told = dict.fromkeys((place.pk, *duty.coordinating(place.pk, timezone.localdate(now))))
    notices = [
        Notice(institution_id=institution_id, kind=ROSTER_HOLE, urgency=Urgency.EMERGENCY, params=params, made_at=now)
        for institution_id in told
    ]
    made = outbox.put(notices, now)[0]
    record(context, "referrals.roster.alarm", made, before=None, after={"condition": hole.condition})
    return made
