"""What a step changes of the request: when it was sent and until when, whether it still looks for a receiver."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from lianyi.referrals import machine, versions
from lianyi.referrals.deriving import derive
from lianyi.referrals.models import Leg, Request
from lianyi.referrals.policies import after
from lianyi.referrals.running import answer_kind, clock_above, is_return
from lianyi.referrals.settling import ask_again, settle_ended_legs
from lianyi.referrals.states import CancelReason, Side
from lianyi.referrals.states import LegState as L
from lianyi.referrals.walk import Walk
from lianyi.rules.referral_policy import ClockKind, ReferralUrgency


def fix_breach_time(walk: Walk) -> None:
    """Fix when the request was sent and until when the patient must be seen; from now on the ask is frozen."""
    request = walk.leg.request
    values: dict[str, object] = {}
    if request.sent_at is None:
        values["sent_at"] = walk.occurred_at
    if request.breach_at is None:
        target = walk.policy.target(ClockKind.BREACH, ReferralUrgency(request.urgency), request.condition)
        if target is not None:
            values["breach_at"] = after(walk.policy, walk.occurred_at, target)
    change_request(walk, values)
    walk.change({"sent_at": walk.occurred_at, "answer_by": _answer_by(walk)})


def _answer_by(walk: Walk) -> datetime.datetime | None:
    """Return until when the receiver has to answer; a way back is due when the upper hospital awaits it."""
    leg = walk.leg
    above = clock_above(leg) if is_return(leg) else None
    if above is not None:
        return above.due_at
    target = walk.policy.target(answer_kind(leg), ReferralUrgency(leg.request.urgency), leg.request.condition)
    return None if target is None else after(walk.policy, walk.occurred_at, target)


def change_request(walk: Walk, values: Mapping[str, object]) -> None:
    if values:
        Request.objects.filter(pk=walk.leg.request_id).update(**values)
        for name, value in values.items():
            setattr(walk.leg.request, name, value)


def settle_earlier_legs(walk: Walk) -> None:
    """Take the ball off earlier legs of the request that ended without a receiver: the ask is on its way again."""
    walk.afterwards.append(lambda: settle_ended_legs(walk.context, walk.leg.request_id, walk.leg, walk.occurred_at))


def end_earlier_version(walk: Walk) -> None:
    """Let the version that this referral replaces ask nobody any more: a problem has one live referral."""
    for earlier in versions.earlier(walk.leg.request):
        walk.afterwards.append(lambda earlier=earlier: _end_version(walk, earlier))  # type: ignore[misc]


def _end_version(walk: Walk, earlier: Request) -> None:
    from lianyi.referrals.walking import system_step  # noqa: PLC0415 - its legs walk the same table

    for leg in Leg.objects.filter(request=earlier, is_open=True).order_by("number"):
        if leg.state == L.DRAFT:
            system_step(walk.context, leg, "mark_error", walk.occurred_at)
        else:
            system_step(walk.context, leg, "cancel", walk.occurred_at, reason_code=CancelReason.REPLACED)
    settle_ended_legs(walk.context, earlier.pk, walk.leg, walk.occurred_at)
    Request.objects.filter(pk=earlier.pk).update(is_revoked=True)
    derive(earlier)


def revoke_request(walk: Walk) -> None:
    change_request(walk, {"is_revoked": True})


def revoke_unless_kept(walk: Walk) -> None:
    """Take the ask back, unless only this receiver is dropped or other candidates still look at it."""
    if _goes_on(walk):
        return
    if walk.facts.keeps_request:
        walk.change({"ball_to_sender": True})
    else:
        revoke_request(walk)


def _goes_on(walk: Walk) -> bool:
    """Tell whether the ask outlives this leg: another candidate looks at it, or an earlier one left it without a place.

    That earlier one asked nothing while this leg was open. Now it does again, so that somebody holds the patient.
    """
    others = Leg.objects.filter(request_id=walk.leg.request_id, is_open=True).exclude(pk=walk.leg.pk)
    # A leg that the program itself ends follows a step that settles the whole ask: a death, a return that is dropped.
    if walk.move.side is Side.SYSTEM or others.exclude(state=L.DRAFT).exists():
        return others.exists()
    unrouted = Leg.objects.filter(request_id=walk.leg.request_id, state__in=machine.UNROUTED)
    newest = unrouted.exclude(pk=walk.leg.pk).select_related("request").order_by("-number").first()
    if newest is None:
        return others.exists()
    if not newest.ball_side:
        walk.afterwards.append(lambda: ask_again(walk.context, newest, walk.occurred_at))
    return True


def mark_request_error(walk: Walk) -> None:
    if not _goes_on(walk):
        revoke_request(walk)


def end_the_ask(walk: Walk) -> None:
    """Say that nobody is looked for any more: neither this leg nor another of the request asks anything."""
    walk.change({"ball_to_nobody": True})
    settle_earlier_legs(walk)
