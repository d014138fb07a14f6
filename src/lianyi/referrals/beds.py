"""How many beds a house has free, by what it counted and what it has promised to referrals since."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max, Q

from lianyi.referrals.machine import STARTED
from lianyi.referrals.models import Leg
from lianyi.referrals.states import LegState
from lianyi.registry.models import BedCount

# An older count of beds says nothing about tonight; it is not even shown with its age.
OLDEST_BED_COUNT = datetime.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BedState:
    """The free beds of a house, and when the oldest count behind that number was made."""

    free: int
    counted_at: datetime.datetime


def beds_of(keys: list[int], at: datetime.datetime) -> Mapping[int, BedState]:
    """Return the free beds of each house by its latest counts; a house that has not counted is left out.

    Counts of the house as a whole stand before those of its departments; a count without the occupied beds tells
    nothing about free ones.
    """
    rows = BedCount.objects.filter(
        institution_id__in=keys, beds_occupied__isnull=False, counted_at__gte=at - OLDEST_BED_COUNT
    ).order_by("counted_at", "pk")
    latest: dict[tuple[int, int | None, str], BedCount] = {}
    for row in rows:
        latest[row.institution_id, row.department_id, row.bed_type] = row
    whole = {institution for institution, department, _type in latest if department is None}
    found: dict[int, BedState] = {}
    for (institution, department, _type), row in latest.items():
        if institution in whole and department is not None:
            continue
        before = found.get(institution, BedState(0, row.counted_at))
        free = max(0, row.beds_open - (row.beds_occupied or 0) - (row.beds_reserved or 0))
        found[institution] = BedState(before.free + free, min(before.counted_at, row.counted_at))
    kept = _kept_since(found, at)
    return {key: BedState(max(0, each.free - kept.get(key, 0)), each.counted_at) for key, each in found.items()}


def _kept_since(counted: Mapping[int, BedState], at: datetime.datetime) -> Mapping[int, int]:
    """Return how many beds each house promised to referrals after its count; the count itself tells of earlier ones.

    A promise that has run out keeps no bed, whether or not the worker has ended it yet. Whoever has set out to a bed,
    or lies in it, has it until the house counts again.
    """
    lately = at - OLDEST_BED_COUNT
    waiting = Q(state=LegState.BED_RESERVED, reserved_until__gt=at)
    set_out = Q(state__in=STARTED) & (Q(departed_at__gte=lately) | Q(arrived_at__gte=lately))
    promised = Leg.objects.filter(waiting | set_out, to_institution_id__in=list(counted), is_open=True)
    to_bed = Q(events__to_state=LegState.BED_RESERVED)
    from_bed = Q(events__from_state=LegState.BED_RESERVED, events__to_state__in=STARTED)
    rows = promised.order_by().annotate(
        since=Max("events__occurred_at", filter=to_bed), left=Max("events__occurred_at", filter=from_bed)
    )
    kept: dict[int, int] = {}
    for house, state, since, left in rows.values_list("to_institution_id", "state", "since", "left"):
        has_bed = state == LegState.BED_RESERVED or left is not None
        if house is not None and has_bed and since is not None and since >= counted[house].counted_at:
            kept[house] = kept.get(house, 0) + 1
    return kept
