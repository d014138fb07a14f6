"""Home departments that keep people on duty, as a plan must keep them too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lianyi.methods.periods import DateSpan
from lianyi.methods.postings.problem import Horizon, Ward
from lianyi.registry.models import Staff

Absences = defaultdict[int, list[DateSpan]]


def wards_of(staff: Sequence[Staff], horizon: Horizon, absences: Absences) -> Mapping[int, Ward]:
    """Return by department how many people it can miss in each period.

    Whoever is away on any day of a period counts as away in all of it, so that a plan leaves nobody alone on that day.
    """
    guarded = {
        row.department.pk: row.department
        for row in staff
        if row.department is not None and row.department.minimum_staff_on_duty > 0
    }
    members = _members(staff)
    found = {}
    for key, department in sorted(guarded.items()):
        spare = tuple(
            max(
                0,
                sum(not _is_away(absences.get(pk, ()), period.whole) for pk in members[key])
                - department.minimum_staff_on_duty,
            )
            for period in horizon.calendar
        )
        found[key] = Ward(str(key), spare)
    return found


def _members(staff: Sequence[Staff]) -> Mapping[int, list[int]]:
    members: defaultdict[int, list[int]] = defaultdict(list)
    for row in staff:
        if row.department_id is not None:
            members[row.department_id].append(row.pk)
    return members


def _is_away(spans: Sequence[DateSpan], period: DateSpan) -> bool:
    return any(span.overlaps(period) for span in spans)
