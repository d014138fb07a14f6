"""Templates of construction projects: their milestones with months, evidence and who signs, as dated files in TOML.

Each kind of project has templates of its own, of which each holds until the next of the same kind begins.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from lianyi.rules.dated import parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError, OverlappingRuleSetsError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.parsing import read_words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.schema import Words
    from lianyi.rules.tables import Table

FOLDER = "project_templates"
"""The folder of templates in the package, and in each directory that a bureau names."""

_KEYS = (*HEAD_KEYS, "kind", "condition", "milestones")
_MILESTONE_KEYS = ("name", "from_month", "to_month", "evidence", "signed_by")
_BOTH = ("zh", "en")


class ProjectKind(StrEnum):
    """What is built."""

    DEPARTMENT = "department"
    CHEST_PAIN_CENTRE = "chest_pain_centre"
    STROKE_CENTRE = "stroke_centre"
    TRAUMA_CENTRE = "trauma_centre"
    CRITICAL_MOTHER_CENTRE = "critical_mother_centre"
    CRITICAL_NEWBORN_CENTRE = "critical_newborn_centre"
    SUB_CENTRE = "sub_centre"
    BUILDING_PHASE = "building_phase"
    KEY_SPECIALTY = "key_specialty"


class SigningSide(StrEnum):
    """Who signs that a milestone is reached: any side but the one that says so, the partner, or who watches both."""

    ANOTHER = "another"
    PARTNER = "partner"
    AUTHORITY = "authority"


@dataclass(frozen=True, slots=True)
class TemplateMilestone:
    """One milestone: its months counted from the start of the project, the evidence that is asked, who signs."""

    name: Words
    from_month: int
    to_month: int
    evidence: Words
    signed_by: SigningSide


@dataclass(frozen=True, slots=True)
class ProjectTemplate(Headed):
    """The milestones of one kind of project; ``condition`` names the pathway whose time standards its page shows."""

    kind: ProjectKind
    condition: str
    milestones: tuple[TemplateMilestone, ...]


@dataclass(frozen=True, slots=True)
class ProjectTemplateBook:
    """All templates, those of each kind in the order of their first days."""

    by_kind: Mapping[ProjectKind, tuple[ProjectTemplate, ...]]

    def template(self, template_id: str) -> ProjectTemplate | None:
        """Return a template by its name, None where this installation has none of it."""
        return next((each for rows in self.by_kind.values() for each in rows if each.id == template_id), None)

    def on(self, day: date) -> tuple[ProjectTemplate, ...]:
        """Return the template of each kind that holds on a day."""
        held = [[each for each in rows if each.valid_from <= day] for rows in self.by_kind.values()]
        return tuple(rows[-1] for rows in held if rows)

    def of_kind(self, kind: str, day: date) -> ProjectTemplate:
        """Return the template of a kind that holds on a day.

        Raises
        ------
        NoApplicableRuleSetError
        """
        found = next((each for each in self.on(day) if each.kind == kind), None)
        if found is None:
            raise NoApplicableRuleSetError(
                f"No template of projects of the kind '{kind}' holds on {day}.", reason="project-template", on=day
            )
        return found


def load_project_templates(directories: Sequence[Path] = ()) -> ProjectTemplateBook:
    """Read the templates of the package and every ``project_templates/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    found = succession(parse_folder(FOLDER, directories, parse_project_template))
    kinds: defaultdict[ProjectKind, list[ProjectTemplate]] = defaultdict(list)
    for each in found:
        kinds[each.kind].append(each)
    for rows in kinds.values():
        _refuse_same_day(rows)
    return ProjectTemplateBook({kind: tuple(kinds[kind]) for kind in ProjectKind if kind in kinds})


def _refuse_same_day(rows: Sequence[ProjectTemplate]) -> None:
    for one, other in pairwise(rows):
        if one.valid_from == other.valid_from:
            raise OverlappingRuleSetsError(
                f"{one.file} and {other.file} are both of the kind '{one.kind}' and begin on {one.valid_from}; give "
                "the added one the day from which it holds.",
                rule_sets=(one.id, other.id),
                files=(one.file, other.file),
            )


def parse_project_template(file: str, content: bytes) -> ProjectTemplate:
    """Read one template.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    return ProjectTemplate(
        **head_of(table, file),
        kind=table.choice("kind", ProjectKind),
        condition=table.optional_text("condition") or "",
        milestones=tuple(_milestones(table.tables("milestones", _MILESTONE_KEYS))),
    )


def _milestones(entries: Iterable[Table]) -> Iterable[TemplateMilestone]:
    for entry in entries:
        first, last = entry.integer("from_month"), entry.integer("to_month")
        if last <= first:
            raise entry.refuse("to_month", str(last), f"a month after {first}")
        yield TemplateMilestone(
            name=read_words(entry.table("name", _BOTH)),
            from_month=first,
            to_month=last,
            evidence=read_words(entry.table("evidence", _BOTH)),
            signed_by=entry.optional_choice("signed_by", SigningSide) or SigningSide.ANOTHER,
        )
