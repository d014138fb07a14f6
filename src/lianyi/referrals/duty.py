"""Who is on duty for a green channel at a moment."""

from __future__ import annotations

import datetime

from lianyi.referrals.models import DutyRoster, DutySlot

ANY_CONDITION = "other"


def on_duty(institution_id: int, condition: str, at: datetime.datetime) -> DutySlot | None:
    """Return the duty of a published roster at a moment; that for other emergencies serves where none is."""
    slots = DutySlot.objects.filter(
        roster__institution_id=institution_id,
        roster__state=DutyRoster.State.PUBLISHED,
        is_void=False,
        starts_at__lte=at,
        ends_at__gt=at,
    )
    for wanted in dict.fromkeys((condition or ANY_CONDITION, ANY_CONDITION)):
        found = slots.filter(roster__condition=wanted).order_by("-roster__published_at", "-starts_at").first()
        if found is not None:
            return found
    return None
