"""What the ends and the subjects of learning are called, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianyi.growth.learning_ends import End
from lianyi.growth.learning_subjects import Subject
from lianyi.growth.models import SessionKind
from lianyi.pages.names import in_language, name_of
from lianyi.registry.models import Department, Institution, Staff
from lianyi.registry.reference_names import reference_name


def subject_word(subject: Subject) -> str:
    """Name what was learned: its own name, else the field, else the kind of session."""
    if subject.zh or subject.en:
        return in_language(subject.zh, subject.en)
    if subject.specialty:
        return reference_name("specialties", subject.specialty)
    return str(SessionKind(subject.session_kind).label) if subject.session_kind else _("no subject named")


@dataclass(frozen=True, slots=True)
class EndNames:
    """The records behind many ends, read at once."""

    institutions: Mapping[int, Institution]
    departments: Mapping[int, Department]
    staff: Mapping[int, Staff]

    def word(self, end: End) -> str:
        """Name an end: the institution, then the department, then the person."""
        parts = [
            name_of(self.institutions.get(end.institution_id or 0)) or end.words,
            name_of(self.departments.get(end.department_id or 0)),
            name_of(self.staff.get(end.staff_id or 0)) or end.person_words,
        ]
        return " · ".join(part for part in parts if part) or _("nobody wrote it down")


def names_of(ends: Iterable[End]) -> EndNames:
    """Read what ends are called, with three queries. The ends come from a scoped reading."""
    found = list(ends)
    institutions = Institution.objects.select_related("place__parent__parent__parent__parent")
    return EndNames(
        institutions.in_bulk({each.institution_id for each in found if each.institution_id is not None}),
        Department.objects.in_bulk({each.department_id for each in found if each.department_id is not None}),
        Staff.objects.in_bulk({each.staff_id for each in found if each.staff_id is not None}),
    )
