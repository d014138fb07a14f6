"""Access by exception: who the patient is, opened in an emergency for a short time, with a reason that is looked at."""

from __future__ import annotations

import dataclasses
import datetime

from django.utils import timezone

from lianyi.accounts.access import decide, get_in_scope
from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.accounts.commands import NewGrant, open_grants
from lianyi.accounts.models import GrantKind
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.handling import require_handling
from lianyi.referrals.models import Leg, Notice, PatientIdentity
from lianyi.referrals.outbox import put
from lianyi.referrals.policies import policy_of
from lianyi.referrals.targets import JOURNEY_TARGET, LEG_BASIS, RECORD_TARGET

SHORTEST_REASON = 10


@command("referrals.exception.open")
def break_glass(context: CommandContext, leg_id: int, reason: str) -> Leg:
    """Open the identity of one case to the asking person for the minutes of the policy.

    Only somebody who refers or decides at an institution that was asked may do it, and both institutions are told at
    once: whoever opens a case is asked why. The reason is kept with the grant.
    """
    leg = get_in_scope(context.actor, Leg.objects.select_related("request__journey"), leg_id)
    require_handling(context.actor, leg)
    identity = PatientIdentity.objects.get(journey_id=leg.request.journey_id)
    if decide(context.actor, "referral.read", identity).allowed:
        raise GuardRefusedError("You may see who the patient is already.", reason="identity-open")
    words = reason.strip()
    if len(words) < SHORTEST_REASON:
        raise FactsRefusedError(
            f"Say in at least {SHORTEST_REASON} characters why it cannot wait; {len(words)} were given.",
            field="reason",
            reason="exception-reason",
            least=SHORTEST_REASON,
            given=len(words),
        )
    now = timezone.now()
    until = now + datetime.timedelta(minutes=policy_of(leg.request.policy).limits.break_glass_minutes)
    open_grants(dataclasses.replace(context, reason=""), _grants(context, leg, words, (now, until)))
    record(
        dataclasses.replace(context, reason=""),
        "referrals.exception.open",
        leg,
        before=None,
        after={"until": until.isoformat()},
    )
    _tell_both(leg, now)
    return leg


def _grants(
    context: CommandContext, leg: Leg, words: str, span: tuple[datetime.datetime, datetime.datetime]
) -> list[NewGrant]:
    """Return what opens the record and the journey to the asking person, with the reason that was given."""
    return [
        NewGrant(
            kind=GrantKind.EXCEPTION,
            holder_user_id=context.actor.user_id,
            target_type=target,
            target_id=target_id,
            basis_type=LEG_BASIS,
            basis_id=leg.pk,
            valid_from=span[0],
            valid_to=span[1],
            reason=words,
        )
        for target, target_id in ((RECORD_TARGET, leg.request_id), (JOURNEY_TARGET, leg.request.journey_id))
    ]


def _tell_both(leg: Leg, now: datetime.datetime) -> None:
    told = [each for each in (leg.from_institution_id, leg.to_institution_id) if each is not None]
    params = {"number": leg.request.journey.number, "state": leg.state, "condition": leg.request.condition}
    notices = [
        Notice(
            institution_id=institution_id,
            kind="exception",
            urgency=leg.request.urgency,
            leg=leg,
            params=params,
            made_at=now,
        )
        for institution_id in told
    ]
    put(notices, now)
