"""The milestones of the green channel that a step marks by itself."""

from __future__ import annotations

from collections.abc import Callable

from lianyi.referrals.models import Milestone
from lianyi.referrals.walk import Walk

Effect = Callable[[Walk], None]


def milestone(code: str, *, by_receiver: bool) -> Effect:
    def mark(walk: Walk) -> None:
        condition = walk.leg.request.condition
        known = {each.code for each in walk.policy.milestones_of(condition)}
        there = Milestone.objects.filter(request_id=walk.leg.request_id, code=code, corrected_by__isnull=True).first()
        # What a person typed stands. Of two that steps told, the earlier one does, whichever came first.
        is_earlier = there is not None and not there.is_typed and walk.occurred_at < there.occurred_at
        if code in known and (there is None or is_earlier):
            Milestone.objects.create(
                corrects=there,
                request_id=walk.leg.request_id,
                code=code,
                occurred_at=walk.occurred_at,
                recorded_at=walk.now,
                recorded_by_id=walk.context.actor.user_id,
                institution_id=walk.leg.to_institution_id if by_receiver else walk.leg.from_institution_id,
                is_typed=False,
            )

    return mark
