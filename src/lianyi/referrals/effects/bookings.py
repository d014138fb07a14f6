"""Beds and appointments kept, patients who did not come, and the follow-ups planned for them."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.accounts.audit import creation_facts, record
from lianyi.referrals.models import FollowUp
from lianyi.referrals.states import Direction
from lianyi.referrals.walk import Walk


def reserve(walk: Walk) -> None:
    expected = walk.facts.expected_at
    if expected is None:
        return
    hours = walk.policy.limits.reservation_hours
    walk.change(
        {
            "expected_at": expected,
            "reservation": walk.facts.reservation.strip(),
            "reserved_until": expected + datetime.timedelta(hours=hours),
        }
    )


def free_reservation(walk: Walk) -> None:
    walk.change({"reservation": "", "reserved_until": None})


def give_bed_free(walk: Walk) -> None:
    """Take the bed back and keep until when it was kept: who has not come by then is still awaited for a while."""
    walk.change({"reservation": ""})


def count_reschedule(walk: Walk) -> None:
    walk.change({"reschedules": walk.leg.reschedules + 1})


def count_no_show(walk: Walk) -> None:
    walk.change({"no_shows": walk.leg.no_shows + 1})


def plan_home_visit(walk: Walk) -> None:
    """Ask the side near the patient to look after somebody who did not come."""

    def plan() -> None:
        near = walk.leg.to_institution_id if walk.leg.request.direction == Direction.DOWN else None
        already = FollowUp.objects.filter(
            leg=walk.leg, kind=FollowUp.Kind.HOME_VISIT, state=FollowUp.State.OPEN
        ).exists()
        if not already:
            days = walk.policy.limits.home_visit_days
            add_follow_up(walk, FollowUp.Kind.HOME_VISIT, near or walk.leg.from_institution_id, days)

    walk.afterwards.append(plan)


def add_follow_up(walk: Walk, kind: FollowUp.Kind, institution_id: int, days: int) -> FollowUp:
    today = timezone.localdate(walk.occurred_at)
    row = FollowUp.objects.create(
        journey_id=walk.leg.request.journey_id,
        leg=walk.leg,
        institution_id=institution_id,
        kind=kind,
        opens_on=today,
        due_on=today + datetime.timedelta(days=days),
        provenance=walk.leg.provenance,
    )
    record(walk.context, "referrals.follow_up.plan", row, before=None, after=creation_facts(row))
    return row
