"""What was learned, under one key for all records: a technique is the same one in a course and at a bedside."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from lianyi.growth.models import Course, DepartmentTechnique, MentorGoal, SecondmentGoal
from lianyi.growth.technique_catalogue import technique_book


@dataclass(frozen=True, slots=True)
class Subject:
    """What it was about. ``key`` stands in addresses; without names it is a field, a kind of session, or nothing."""

    key: str
    zh: str = ""
    en: str = ""
    specialty: str = ""
    session_kind: str = ""


NOTHING_NAMED = Subject("none")


@functools.cache
def _titles() -> Mapping[str, tuple[str, str]]:
    """Return what every technique of the catalogues is called, as the latest of them calls it."""
    listed = (each for catalogue in technique_book().catalogues for each in catalogue.techniques)
    return {each.id: (each.title.zh, each.title.en) for each in listed}


def of_catalogue(item: str) -> Subject | None:
    titles = _titles().get(item)
    return None if titles is None else Subject(f"technique-{item}", *titles)


def of_technique(row: DepartmentTechnique) -> Subject:
    return of_catalogue(row.item) or in_words(row.name_zh, row.name_en)


def in_words(chinese: str, english: str = "") -> Subject:
    return Subject(f"words-{chinese}", chinese, english)


def of_specialty(code: str) -> Subject:
    return Subject(f"specialty-{code}", specialty=code) if code else NOTHING_NAMED


def of_course(row: Course) -> Subject:
    return Subject(f"course-{row.pk}", row.title_zh, row.title_en)


@dataclass(frozen=True, slots=True)
class TechniqueCodes:
    """What people typed as the code of a technique: the number of a department's technique, or one of the catalogue."""

    by_code: Mapping[str, Subject]

    def named(self, typed: str) -> Subject | None:
        return self.by_code.get(typed) or of_catalogue(typed)

    def of_session(self, technique_code: str, specialty: str, kind: str) -> Subject:
        """Return the subject of a session outside a course: its technique, else its field, else its kind."""
        found = self.named(technique_code) if technique_code else None
        if found is not None:
            return found
        return of_specialty(specialty) if specialty else Subject(f"kind-{kind}", session_kind=kind)

    def of_secondment(self, goal: SecondmentGoal) -> Subject:
        found = self.named(goal.technique_code) if goal.technique_code else None
        return found or in_words(goal.words or goal.technique_code)


def technique_codes() -> TechniqueCodes:
    """Read the numbers of techniques; a number is a name and opens nothing."""
    rows = DepartmentTechnique.objects.only("code", "item", "name_zh", "name_en")
    return TechniqueCodes({row.code: of_technique(row) for row in rows})


def of_mentor_goal(goal: MentorGoal) -> Subject:
    return of_technique(goal.technique) if goal.technique is not None else in_words(goal.words)
