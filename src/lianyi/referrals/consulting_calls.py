"""Whom a consultation calls: the other side after each step, and post after post when nobody answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from lianyi.accounts.audit import CommandContext, record
from lianyi.referrals import duty, outbox
from lianyi.referrals.consulting_facts import ConsultingWalk
from lianyi.referrals.consulting_machine import STATE_ROWS
from lianyi.referrals.consulting_posts import called_for
from lianyi.referrals.consulting_running import clock_of_state
from lianyi.referrals.ladder import Called, is_round_over, next_round, post_of, rungs_of
from lianyi.referrals.models import Consultation, ConsultationCall, Notice
from lianyi.referrals.models.consultations import ConsultationState
from lianyi.referrals.policies import after, policy_of
from lianyi.referrals.states import Side
from lianyi.rules.referral_policy import ClockTarget, LadderPost, ReferralPolicy, ReferralUrgency

NOTICE_PREFIX = "consultation_"
CALL = f"{NOTICE_PREFIX}overdue"
QUIET = frozenset({"draft"})
SIDE_WORDS: Mapping[Side, str | Promise] = {
    Side.SENDER: pgettext_lazy("side of a consultation", "asking side"),
    Side.RECEIVER: pgettext_lazy("side of a consultation", "expert side"),
    Side.COORDINATOR: pgettext_lazy("side of a consultation", "coordinator"),
    Side.SYSTEM: pgettext_lazy("side of a consultation", "system"),
}
# Posts that stand above both sides: the asking side is told too, because it has to find another way.
_ABOVE = (LadderPost.COORDINATOR, LadderPost.ALLIANCE_LEAD)


def tell(walk: ConsultingWalk) -> None:
    """Tell the side that did not take the step; in an emergency also the person on duty by name."""
    row, step = walk.row, walk.move.step
    if step.name in QUIET or row.asked_at is None:
        return
    sides = {Side.SENDER: row.from_institution_id, Side.RECEIVER: row.to_institution_id}
    told = [institution for side, institution in sides.items() if side is not walk.move.side]
    notices = [_notice(row, f"{NOTICE_PREFIX}{step.name}", each, walk.move.now) for each in dict.fromkeys(told)]
    if step.name == "ask" and row.is_emergency:
        slot = duty.on_duty(row.to_institution_id, row.condition, walk.move.now)
        if slot is not None:
            kind = f"{NOTICE_PREFIX}{step.name}"
            notices.append(_notice(row, kind, row.to_institution_id, walk.move.now, user_id=slot.person_id))
    outbox.put(notices, walk.move.now)


def _notice(
    row: Consultation, kind: str, institution_id: int, now: datetime.datetime, user_id: int | None = None
) -> Notice:
    return Notice(
        institution_id=institution_id,
        user_id=user_id,
        kind=kind,
        urgency=row.urgency,
        consultation=row,
        params={"number": row.number, "state": row.state, "condition": row.condition},
        made_at=now,
    )


def call_next(context: CommandContext, row: Consultation, now: datetime.datetime) -> Consultation:
    """Call the next post, and note when the one after it is called. The last one gets as long as the first had."""
    policy = policy_of(row.policy)
    clock = STATE_ROWS[row.state].policy_clock
    target = None if clock is None else policy.target(clock, ReferralUrgency(row.urgency), row.condition)
    escalates = target is None or target.escalates
    if row.ball_institution_id is None:
        return _note(row, row.rung, None)
    rung = row.rung + 1
    post = post_of(policy, row.urgency, rung)
    called = called_for(post, row, now) if escalates else Called(row.ball_institution_id)
    _keep(row, rung, post, called, now)
    outbox.put(_notices(row, post if escalates else LadderPost.HOSPITAL_DUTY, called, now), now)
    _note(row, rung, _following(policy, row, rung, target, now) if escalates else None)
    record(context, "referrals.consultation.call", row, before=None, after={"rung": row.rung, "post": post})
    return row


def _keep(row: Consultation, rung: int, post: LadderPost, called: Called, now: datetime.datetime) -> None:
    """Keep that the clock ran out and who was called for it; cases from before there were clocks have none."""
    clock = clock_of_state(row)
    if clock is None:
        return
    if clock.breached_at is None:
        clock.breached_at = clock.due_at
        clock.save(update_fields=["breached_at"])
    ConsultationCall.objects.create(
        clock=clock,
        rung=rung,
        post=post,
        institution_id=called.institution_id,
        user_id=called.user_ids[0] if called.user_ids else None,
        called_at=now,
    )


def _note(row: Consultation, rung: int, next_call_at: datetime.datetime | None) -> Consultation:
    """Keep how far the ladder was climbed. The version stays: a call must not refuse somebody's answer."""
    row.rung, row.next_call_at = rung, next_call_at
    Consultation.objects.filter(pk=row.pk).update(rung=rung, next_call_at=next_call_at)
    return row


def _following(
    policy: ReferralPolicy, row: Consultation, rung: int, target: ClockTarget | None, now: datetime.datetime
) -> datetime.datetime | None:
    """Return when to come back after a rung: for the next one, for what time alone ends, or for another round."""
    planned = _planned(policy, row, rung, target)
    is_climbing = rung < len(rungs_of(policy, row.urgency)) and row.state != ConsultationState.SCHEDULED
    if row.due_at is None or (planned is not None and (planned > now or is_climbing)):
        return planned
    waits = row.state == ConsultationState.SCHEDULED or is_round_over(policy, row.urgency, rung)
    return next_round(policy, row.urgency, now) if waits else now


def _planned(
    policy: ReferralPolicy, row: Consultation, rung: int, target: ClockTarget | None
) -> datetime.datetime | None:
    if row.due_at is None:
        return None
    rungs = rungs_of(policy, row.urgency)
    if row.state == ConsultationState.SCHEDULED:
        # One reminder at the hour of the session; then it counts as not held.
        return row.due_at + datetime.timedelta(hours=policy.limits.no_show_grace_hours)
    urgency = ReferralUrgency(row.urgency)
    if rung < len(rungs):
        return after(policy, row.due_at, rungs[rung].after[urgency])
    can_expire = row.state in (
        ConsultationState.ASKED,
        ConsultationState.AWAITING_INFORMATION,
        ConsultationState.NO_SHOW,
    )
    if target is None or not can_expire:
        return None
    return after(policy, after(policy, row.due_at, rungs[-1].after[urgency]), target)


def _notices(row: Consultation, post: LadderPost, called: Called, now: datetime.datetime) -> list[Notice]:
    """Return the notices of one rung; from the coordinator on the asking side is told too: it has to find another."""
    told: list[tuple[int, int | None]] = [(called.institution_id, user_id) for user_id in called.told]
    if post in _ABOVE:
        told.append((row.from_institution_id, None))
    notices = [_notice(row, CALL, institution, now, user_id) for institution, user_id in dict.fromkeys(told)]
    for notice in notices:
        notice.params = {**notice.params, "post": post.value}
    return notices
