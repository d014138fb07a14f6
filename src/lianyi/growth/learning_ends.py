"""The two ends of learning: institutions, their departments, or people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grain(StrEnum):
    """How finely the ends are told."""

    INSTITUTION = "institution"
    DEPARTMENT = "department"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class End:
    """Where knowledge comes from or goes to; ``words`` name what has no record, all empty is nobody on record."""

    institution_id: int | None = None
    department_id: int | None = None
    staff_id: int | None = None
    words: str = ""
    person_words: str = ""

    def at(self, grain: str) -> End:
        """Return the end no more finely than asked."""
        if grain == Grain.PERSON:
            return self
        department_id = self.department_id if grain == Grain.DEPARTMENT else None
        return End(self.institution_id, department_id, words=self.words)
