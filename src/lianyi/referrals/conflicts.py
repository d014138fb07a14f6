"""What contradicts the record and cannot be decided by the program: kept, and told to the coordinator."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record
from lianyi.referrals.facts import StepFacts, plain_facts
from lianyi.referrals.models import Leg, MergeConflict, Notice
from lianyi.referrals.outbox import put

NOTICE_KIND = "merge_conflict"


def keep_conflict(
    context: CommandContext, leg: Leg, step: str, facts: StepFacts, occurred_at: datetime.datetime
) -> MergeConflict:
    """Keep what was said beside the case, as part of the command that met the contradiction."""
    row = MergeConflict.objects.create(
        leg=leg,
        step=step,
        facts=plain_facts(facts),
        occurred_at=occurred_at,
        user_id=context.actor.user_id,
        state_met=leg.state,
    )
    record(context, "referrals.conflict.keep", row, before=None, after={"leg": leg.pk, "step": step})
    request, now = leg.request, timezone.now()
    params = {"number": request.journey.number, "state": leg.state, "condition": request.condition}
    put(
        [
            Notice(
                institution_id=request.coordinator_id,
                kind=NOTICE_KIND,
                urgency=request.urgency,
                leg=leg,
                params=params,
                made_at=now,
            )
        ],
        now,
    )
    return row
