"""Early warning: the same patient is on the way for the same problem already. It says where, not more."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from lianyi.referrals.models import Leg
from lianyi.referrals.states import Direction, LegState


@dataclass(frozen=True, slots=True)
class LiveReferral:
    """A live referral of the same person, told to somebody who may not open it."""

    institution_name: str
    since: datetime.datetime
    state_label: str


def live_referrals(digest: str, problem_code: str, besides: Collection[int] = ()) -> list[LiveReferral]:
    """Return the open referrals of a person for a problem; those on the way back down do not count.

    ``besides`` are the requests that the one being written replaces.
    """
    rows = Leg.objects.filter(
        is_open=True, request__journey__identity__match_digest=digest, request__journey__problem_code=problem_code
    ).exclude(request__direction=Direction.DOWN)
    found = rows.exclude(request_id__in=besides).select_related("from_institution", "request__journey").order_by("pk")
    return [
        LiveReferral(
            institution_name=leg.from_institution.name_zh,
            since=leg.request.sent_at or leg.request.journey.opened_at,
            state_label=str(LegState(leg.state).label),
        )
        for leg in found
    ]
