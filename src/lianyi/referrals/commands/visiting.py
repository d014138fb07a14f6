"""Reminding and calling for visits and follow-ups that are overdue. The worker runs this."""

from __future__ import annotations

from django.utils import timezone

from lianyi.accounts.audit import CommandContext, record
from lianyi.accounts.commanding import command
from lianyi.referrals import outbox
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.ladder import Called, called_for
from lianyi.referrals.models import Clock, FollowUp, Notice
from lianyi.referrals.visits import VisitCall
from lianyi.rules.referral_policy import ClockKind

VISIT_OVERDUE = "visit_overdue"


@command("referrals.follow_up.call")
def call_for_visit(context: CommandContext, call: VisitCall) -> FollowUp:
    """Remind whoever has to visit a patient, or call somebody above; the key of the call makes it happen once."""
    now = timezone.now()
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("leg__request__journey")
    row = rows.filter(pk=call.follow_up_id, state=FollowUp.State.OPEN, due_on__lte=timezone.localdate(now)).first()
    if row is None:
        raise GuardRefusedError("Nobody has to be called for this visit now.", reason="call-not-due")
    request = row.leg.request
    # Whom a post means follows from the case, as for a clock of it; this one is never kept.
    clock = Clock(
        leg=row.leg, kind=ClockKind.FIRST_FOLLOW_UP, urgency=request.urgency, institution_id=row.institution_id
    )
    called = Called(row.institution_id) if call.post is None else called_for(call.post, clock, now)
    params = {
        "number": request.journey.number,
        "state": row.leg.state,
        "condition": request.condition,
        "visit": row.kind,
        "due_on": row.due_on.isoformat(),
        **({} if call.post is None else {"post": call.post.value}),
    }
    notices = [
        Notice(
            institution_id=called.institution_id,
            user_id=user_id,
            kind=VISIT_OVERDUE,
            urgency=request.urgency,
            leg=row.leg,
            params=params,
            made_at=now,
        )
        for user_id in called.told
    ]
    outbox.put(notices, now)
    facts = {"kind": row.kind, "due_on": row.due_on.isoformat(), "call": call.number}
    record(context, "referrals.follow_up.call", row, before=None, after=facts)
    return row
