"""What a person of the pool did already: past postings, months away, and the service that counts for promotion."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from lianyi.dispatch.models import Posting
from lianyi.dispatch.needs_filling import PUBLISHED
from lianyi.dispatch.stays import SUPPORT_KINDS, stays_of
from lianyi.methods.presence import service_days
from lianyi.registry.models import Staff

DAYS_IN_A_MONTH = 365.25 / 12
# What cities and provinces ask of a doctor before the next title is service at county level and below.
GRASS_ROOTS = ("county", "township", "village")


@dataclass(frozen=True, slots=True)
class PastPosting:
    """One published posting with the days really served; None before the arrival."""

    posting: Posting
    present_days: int | None
    counts_for_promotion: bool


@dataclass(frozen=True, slots=True)
class Service:
    """A person's published postings, the days served in all, and those that count for promotion."""

    postings: tuple[PastPosting, ...]
    days_served: int
    promotion_days: int

    @property
    def promotion_months(self) -> float:
        return self.promotion_days / DAYS_IN_A_MONTH


def service_of(staff: Staff, today: datetime.date) -> Service:
    """Return the service of a person whose entry the reader may read; days of absence are taken off."""
    rows = Posting.objects.filter(staff=staff, state__in=PUBLISHED)
    found = list(rows.select_related("staff", "to_institution__place", "agreement").order_by("starts_on", "pk"))
    return service_by(found, today)


def service_by(rows: Sequence[Posting], today: datetime.date) -> Service:
    """Return the service that these postings of one person prove; needs ``staff`` and ``to_institution__place``."""
    days = {int(stay.key): service_days(stay, stay.span).present_days for stay in stays_of(rows, today)}
    past = tuple(PastPosting(row, days.get(row.pk), _counts(row)) for row in rows)
    return Service(
        past,
        sum(each.present_days or 0 for each in past),
        sum(each.present_days or 0 for each in past if each.counts_for_promotion),
    )


def _counts(row: Posting) -> bool:
    return row.kind in SUPPORT_KINDS and row.to_institution.place.level in GRASS_ROOTS
