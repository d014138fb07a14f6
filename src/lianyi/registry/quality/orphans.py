"""Records that hang on something that is gone."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from lianyi.accounts.access import nodes_in_reach, scoped
from lianyi.registry.models import Department, Staff
from lianyi.registry.quality.findings import Finding
from lianyi.registry.quality.scoping import Checking, finding


def institutions_at_ended_places(checking: Checking) -> Iterator[Finding]:
    rows = checking.institutions().filter(place__valid_to__lt=checking.day).select_related("place")
    for row in rows.order_by("code"):
        yield finding("place-not-valid", row, place=row.place, valid_to=row.place.valid_to)


def departments_of_closed_institutions(checking: Checking) -> Iterator[Finding]:
    rows = scoped(checking.actor, Department.objects.select_related("institution"))
    rows = rows.filter(institution_id__in=nodes_in_reach(checking.actor).values("pk"))
    for row in rows.filter(checking.open_on_day(), checking.closed_on_day("institution__")).order_by("pk"):
        closed_on = row.institution.closed_on
        yield finding("department-of-closed-institution", row, institution=row.institution, closed_on=closed_on)


def branches_of_closed_institutions(checking: Checking) -> Iterator[Finding]:
    rows = checking.institutions().filter(checking.closed_on_day("parent__")).select_related("parent")
    for row in rows.order_by("code"):
        if row.parent is not None:
            yield finding("branch-of-closed-institution", row, parent=row.parent, closed_on=row.parent.closed_on)


def staff_out_of_place(checking: Checking) -> Iterator[Finding]:
    """Find people employed where nothing is open, or who belong to no department."""
    employed = Q(employed_to__isnull=True) | Q(employed_to__gte=checking.day)
    rows = scoped(checking.actor, Staff.objects.select_related("institution", "department")).filter(employed)
    misplaced = Q(department__isnull=True) | checking.closed_on_day("department__")
    for row in rows.filter(misplaced | checking.closed_on_day("institution__")).order_by("pk"):
        closed_on = row.institution.closed_on
        if closed_on is not None and closed_on <= checking.day:
            yield finding("staff-of-closed-institution", row, institution=row.institution, closed_on=closed_on)
        elif row.department is None:
            yield finding("staff-without-department", row)
        else:
            closed_on = row.department.closed_on
            yield finding("staff-in-closed-department", row, department=row.department, closed_on=closed_on)
