"""Whether enough people stay on duty in the departments that send somebody."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lianyi.dispatch.machine import BOOKED, STAYED
from lianyi.dispatch.models import Posting
from lianyi.dispatch.stays import expected_span
from lianyi.methods.periods import DateSpan
from lianyi.methods.staffing import CoverBreach, minimum_cover_breaches
from lianyi.registry.models import Department, Staff, StaffUnavailability

ONE_DAY = datetime.timedelta(days=1)
Spans = Mapping[int, Sequence[DateSpan]]


@dataclass(frozen=True, slots=True)
class BareDepartment:
    """A department that a line would leave with too few people, and when."""

    department: Department
    breaches: tuple[CoverBreach, ...]


@dataclass(frozen=True, slots=True)
class _Member:
    """Somebody who belongs to a department, with the days of employment; open where no day is on record."""

    pk: int
    first_day: datetime.date
    last_day: datetime.date

    def is_employed_in(self, window: DateSpan) -> bool:
        return self.first_day <= window.end and self.last_day >= window.start

    def not_employed_in(self, window: DateSpan) -> list[DateSpan]:
        spans = []
        if self.first_day > window.start:
            spans.append(DateSpan(window.start, self.first_day - ONE_DAY))
        if self.last_day < window.end:
            spans.append(DateSpan(self.last_day + ONE_DAY, window.end))
        return spans


def bare_departments(rows: Sequence[Posting]) -> dict[int, BareDepartment]:
    """Return by line the home department that it would leave with too few people, with a fixed number of queries.

    Away are those posted or about to be, those on leave or in training, and those not yet or no longer employed.
    """
    guarded = {row.from_department_id for row in rows if _is_guarded(row)}
    if not guarded:
        return {}
    members = _members_of(guarded)
    away = _away([member.pk for found in members.values() for member in found], rows)
    bare = {}
    for row in rows:
        department = row.from_department
        if department is None or department.pk not in guarded:
            continue
        window = DateSpan(row.starts_on, row.ends_on)
        people = [member for member in members[department.pk] if member.is_employed_in(window)]
        breaches = minimum_cover_breaches(
            window,
            staff=len(people),
            minimum=department.minimum_staff_on_duty,
            away={str(member.pk): [*away.get(member.pk, ()), *member.not_employed_in(window)] for member in people},
        )
        if breaches:
            bare[row.pk] = BareDepartment(department, breaches)
    return bare


def _is_guarded(row: Posting) -> bool:
    return row.from_department is not None and row.from_department.minimum_staff_on_duty > 0


def _members_of(departments: set[int | None]) -> Mapping[int, list[_Member]]:
    members: defaultdict[int, list[_Member]] = defaultdict(list)
    found = Staff.objects.filter(department_id__in=departments).order_by("pk")
    for pk, department_id, first_day, last_day in found.values_list(
        "pk", "department_id", "employed_from", "employed_to"
    ):
        members[department_id].append(_Member(pk, first_day or datetime.date.min, last_day or datetime.date.max))
    return members


def _away(staff_ids: Sequence[int], rows: Sequence[Posting]) -> Spans:
    """Return who is away and when: published postings, the lines to be published, leave and training."""
    away: defaultdict[int, list[DateSpan]] = defaultdict(list)
    published = Posting.objects.filter(staff_id__in=staff_ids, state__in=(*BOOKED, *STAYED))
    everyone = {row.pk: row for row in published}
    everyone.update({row.pk: row for row in rows})
    for row in everyone.values():
        span = expected_span(row)
        if span is not None:
            away[row.staff_id].append(span)
    leave = StaffUnavailability.objects.filter(staff_id__in=staff_ids).order_by("pk")
    for staff_id, start, end in leave.values_list("staff_id", "starts_on", "ends_on"):
        away[staff_id].append(DateSpan(start, end))
    return away
