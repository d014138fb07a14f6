"""The burden of published postings on people and on the wards at home, for whoever keeps their pool."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Candidacy, CandidacyOrigin, Posting
from lianyi.dispatch.needs_filling import PUBLISHED
from lianyi.dispatch.pool_queries import staff_to_enter
from lianyi.dispatch.stays import expected_span
from lianyi.methods.burden import PersonBurden, WardBurden, Worker, person_burdens, ward_burdens
from lianyi.methods.periods import DateSpan, year_span
from lianyi.registry.models import Department, Institution, Staff

# Somebody sent in so many of the years looked at is sent again and again.
OFTEN = 2


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person's burden, as a table shows it."""

    staff: Staff
    burden: PersonBurden
    times_asked: int

    @property
    def is_often(self) -> bool:
        """Sent in two years or more, and more than the peers."""
        above = self.burden.above_peers
        return len(self.burden.years_sent) >= OFTEN and above is not None and above > 0


@dataclass(frozen=True, slots=True)
class WardLine:
    """One department's burden, as a table shows it."""

    department: Department
    burden: WardBurden

    @property
    def least_left(self) -> int:
        """People left on the day with most away."""
        return self.burden.people - self.burden.most_away

    @property
    def is_bare(self) -> bool:
        """Fewer were left than the department has to keep."""
        return self.least_left < self.department.minimum_staff_on_duty


@dataclass(frozen=True, slots=True)
class Burden:
    """The burden of a span of whole years."""

    window: DateSpan
    people: tuple[PersonLine, ...]
    wards: tuple[WardLine, ...]


def window_of(first_year: int, last_year: int) -> DateSpan:
    return DateSpan(year_span(first_year).start, year_span(last_year).end)


def burden_of(actor: Actor, window: DateSpan, institution: Institution | None = None) -> Burden:
    """Return the burden in a window, of all whose pool the actor keeps or of those of one institution.

    People are compared with all whose pool the actor keeps, of the same profession, title and specialty of the first
    level; a narrower list compares them no less widely. Published postings count, with real days where they are known.
    """
    kept = staff_to_enter(actor)
    staff = list(kept.order_by("institution__code", "code"))
    away, asked = _away_of(kept), _asked_of(kept, window)
    workers = [_worker(each, away.get(each.pk, ()), window) for each in staff]
    by_key = {str(each.pk): each for each in staff}
    people = [
        PersonLine(by_key[each.worker.id], each, asked[int(each.worker.id)])
        for each in person_burdens([worker for worker in workers if worker is not None], window)
    ]
    departments = {str(each.department_id): each.department for each in staff if each.department is not None}
    wards = [
        WardLine(departments[each.ward], each)
        for each in ward_burdens([worker for worker in workers if worker is not None], window)
    ]
    wanted = None if institution is None else institution.pk
    return Burden(
        window,
        tuple(line for line in people if wanted in (None, line.staff.institution_id)),
        tuple(line for line in wards if wanted in (None, line.department.institution_id)),
    )


def _worker(staff: Staff, away: Sequence[DateSpan], window: DateSpan) -> Worker | None:
    first = max(staff.employed_from or window.start, window.start)
    last = min(staff.employed_to or window.end, window.end)
    if last < first:
        return None
    specialty = staff.specialty.partition(".")[0]
    return Worker(
        id=str(staff.pk),
        peers=f"{staff.profession} {staff.title_rank} {specialty}",
        ward="" if staff.department_id is None else str(staff.department_id),
        employed=DateSpan(first, last),
        away=tuple(away),
    )


def _away_of(staff: QuerySet[Staff, Any]) -> dict[int, list[DateSpan]]:
    found: defaultdict[int, list[DateSpan]] = defaultdict(list)
    rows = Posting.objects.filter(staff_id__in=staff.values("pk"), state__in=PUBLISHED).order_by("starts_on", "pk")
    for row in rows.only("staff_id", "state", "starts_on", "ends_on", "arrived_on", "left_on"):
        span = expected_span(row)
        if span is not None:
            found[row.staff_id].append(span)
    return found


def _asked_of(staff: QuerySet[Staff, Any], window: DateSpan) -> Counter[int]:
    """Count how often each was invited or asked for by name or choice; an own application is no asking."""
    inside = Q(created_at__date__gte=window.start, created_at__date__lte=window.end)
    rows = Candidacy.objects.filter(inside, staff_id__in=staff.values("pk")).exclude(origin=CandidacyOrigin.APPLIED)
    return Counter(pk for pk in rows.values_list("staff_id", flat=True) if pk is not None)


def years_offered(today: datetime.date) -> list[int]:
    """Return the years that can be looked at: nine back, and two in which people are planned already."""
    return list(range(today.year - 9, today.year + 3))
