"""Help that a lower unit asks of the upper hospital before a transfer back: told to it, with a time to answer."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, plain, record
from lianyi.accounts.commanding import command
from lianyi.referrals import outbox
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.models import Leg, Notice, ReturnNeed
from lianyi.referrals.need_queries import overdue_needs
from lianyi.referrals.policies import after, policy_of
from lianyi.rules.referral_policy import ClockKind, ReferralUrgency

NEED_ASKED = "need_asked"
NEED_PROVIDED = "need_provided"
NEED_REMINDER = "need_reminder"


def due_of_help(leg: Leg, at: datetime.datetime) -> datetime.datetime | None:
    """Return until when the upper hospital answers a call for help: as long as any question may take."""
    request = leg.request
    policy = policy_of(request.policy)
    target = policy.target(ClockKind.QUESTION, ReferralUrgency(request.urgency), request.condition)
    return None if target is None else after(policy, at, target)


def tell_of_help_asked(leg: Leg, now: datetime.datetime, due: datetime.datetime | None) -> None:
    outbox.put([_notice(leg, NEED_ASKED, leg.request.from_institution_id, now, due)], now)


def tell_of_help_promised(leg: Leg, now: datetime.datetime) -> None:
    if leg.to_institution_id is not None:
        outbox.put([_notice(leg, NEED_PROVIDED, leg.to_institution_id, now, None)], now)


@command("referrals.return_need.remind")
def remind_of_need(context: CommandContext, need_id: int) -> ReturnNeed:
    """Remind the upper hospital once that a lower unit waits for its help, and tell the coordinator."""
    now = timezone.now()
    need: ReturnNeed | None = overdue_needs(now).select_for_update(of=("self",)).filter(pk=need_id).first()
    if need is None:
        raise GuardRefusedError("Nobody has to be reminded of this need now.", reason="call-not-due")
    leg = Leg.objects.select_related("request__journey").filter(request_id=need.request_id).latest("pk")
    whom = dict.fromkeys((need.request.from_institution_id, need.request.coordinator_id))
    outbox.put([_notice(leg, NEED_REMINDER, each, now, need.due_at) for each in whom], now)
    need.reminded_at = now
    need.version += 1
    need.save(update_fields=["reminded_at", "version"])
    record(context, "referrals.return_need.remind", need, before=None, after={"reminded_at": plain(now)})
    return need


def _notice(leg: Leg, kind: str, institution_id: int, now: datetime.datetime, due: datetime.datetime | None) -> Notice:
    request = leg.request
    params = {"number": request.journey.number, "state": leg.state, "condition": request.condition}
    if due is not None:
        params["due_at"] = plain(due)
    return Notice(
        institution_id=institution_id, kind=kind, urgency=request.urgency, leg=leg, params=params, made_at=now
    )
