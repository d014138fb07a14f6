"""On which days somebody may arrive, and who is recorded elsewhere on them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from django.db.models import Q

from lianyi.dispatch.errors import PostingDatesError
from lianyi.dispatch.machine import MOST_DAYS_BEFORE_PLAN, PRESENT, STAYED
from lianyi.dispatch.models import Posting


def earliest_arrival(posting: Posting) -> datetime.date:
    """Return the first day that can be the arrival: a little before the plan, never before the agreement."""
    before_plan = posting.starts_on - datetime.timedelta(days=MOST_DAYS_BEFORE_PLAN)
    return max(before_plan, posting.agreement.term.start)


def open_stays(postings: Iterable[Posting]) -> Mapping[int, list[Posting]]:
    """Return by person the stays of the people of these postings whose end nobody recorded, with one query."""
    rows = list(postings)
    found: dict[int, list[Posting]] = {row.staff_id: [] for row in rows}
    stays = Posting.objects.filter(staff_id__in=list(found), state__in=PRESENT, left_on__isnull=True)
    for stay in stays.select_related("to_institution").order_by("arrived_on", "pk"):
        found[stay.staff_id].append(stay)
    return found


def require_not_elsewhere(postings: Iterable[Posting], day: datetime.date) -> None:
    """Refuse the arrival of people who are still recorded at another place on that day.

    Raises
    ------
    PostingDatesError
    """
    rows = {row.staff_id: row for row in postings}
    elsewhere = Posting.objects.filter(staff_id__in=list(rows), state__in=STAYED, arrived_on__lte=day)
    # A stay without an end is one until somebody says otherwise, whatever was planned.
    there = elsewhere.filter(Q(left_on__isnull=True) | Q(left_on__gte=day)).exclude(
        pk__in=[row.pk for row in rows.values()]
    )
    for other in there.select_related("to_institution").order_by("pk"):
        raise PostingDatesError(
            f"The person of {rows[other.staff_id].code} is still recorded at {other.to_institution.name_zh} by posting "
            f"{other.code}, since {other.arrived_on}. Record the end of that stay first.",
            field="day",
            reason="still-elsewhere",
            posting=rows[other.staff_id].code,
            other=other.code,
            institution=other.to_institution,
            since=other.arrived_on,
        )
