"""The departments of an institution as its page shows them on a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.registry.models import Department, DepartmentStatus, DepartmentStatusChange

STATUS_TONES: Mapping[str, str] = {
    DepartmentStatus.WEAK: "warning",
    DepartmentStatus.DEVELOPING: "info",
    DepartmentStatus.ESTABLISHED: "neutral",
    DepartmentStatus.KEY: "good",
}


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """A department with where it stood on the day: its last dated status up to then.

    ``status`` is empty before the first dated one; without any dated one it is what the department came with.
    """

    department: Department
    status: str
    level_text: str
    changes: tuple[DepartmentStatusChange, ...]
    is_closed: bool

    @property
    def word(self) -> str:
        return str(DepartmentStatus(self.status).label) if self.status else _("not known")

    @property
    def tone(self) -> str:
        return STATUS_TONES.get(self.status, "neutral")


def department_lines(departments: Iterable[Department], day: datetime.date) -> list[DepartmentLine]:
    """Return the departments that had opened by the day; closed ones stand last."""
    lines = [_line(each, day) for each in departments if each.opened_on is None or each.opened_on <= day]
    return sorted(lines, key=lambda line: line.is_closed)


def _line(department: Department, day: datetime.date) -> DepartmentLine:
    changes = tuple(department.status_changes.all())
    made = next((change for change in changes if change.since <= day), None)
    return DepartmentLine(
        department=department,
        status=_status(department, changes, made),
        level_text="" if made is None else made.level_text,
        changes=changes,
        is_closed=department.closed_on is not None and department.closed_on <= day,
    )


def _status(
    department: Department, changes: tuple[DepartmentStatusChange, ...], made: DepartmentStatusChange | None
) -> str:
    if made is not None:
        return made.status
    return "" if changes else department.status
