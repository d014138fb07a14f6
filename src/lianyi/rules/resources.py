"""Which professions, beds and institutions count as which resource: a dated convention in TOML, as every other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.reference import codes_of
from lianyi.rules.schema import Confidence, Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

FOLDER = "resource_groups"
"""The folder of groups in the package, and in each directory that a bureau names."""

_KEYS = (
    *("id", "title", "valid_from", "source", "confidence", "note"),
    *("professions", "specialties", "beds", "institutions"),
)
PROFESSION_GROUPS = ("doctors", "nurses", "village_doctors")
OTHER_STAFF = "other_staff"
_INSTITUTIONS = ("with_staff", "with_beds", "with_patients", "hospitals")


@dataclass(frozen=True, slots=True)
class ResourceGroups:
    """One set of groups; codes are those of the reference lists."""

    id: str
    title: Words
    valid_from: date
    source: str
    confidence: Confidence
    note: str
    file: str
    professions: Mapping[str, tuple[str, ...]]
    general_practice: tuple[str, ...]
    beds_not_counted: tuple[str, ...]
    kinds_with_staff: tuple[str, ...]
    kinds_with_beds: tuple[str, ...]
    kinds_with_patients: tuple[str, ...]
    hospitals: tuple[str, ...]

    def group_of(self, profession: str) -> str:
        """Return the resource that people of a profession are counted as."""
        named = (group for group, codes in self.professions.items() if profession in codes)
        return next(named, OTHER_STAFF)


class ResourceGroupsBook(SuccessionBook[ResourceGroups]):
    """All sets of groups."""

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No grouping of resources holds on {day}; the first begins on {self.sets[0].valid_from}.",
            reason="resource-groups",
            on=day,
        )


def load_resource_groups(directories: Sequence[Path] = ()) -> ResourceGroupsBook:
    """Read the groups of the package and every ``resource_groups/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return ResourceGroupsBook(succession(parse_folder(FOLDER, directories, parse_resource_groups)))


def parse_resource_groups(file: str, content: bytes) -> ResourceGroups:
    """Read one set of groups.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    title = table.table("title", ("zh", "en"))
    professions = table.table("professions", PROFESSION_GROUPS)
    kinds = table.table("institutions", _INSTITUTIONS)
    known_professions, known_kinds = codes_of("professions"), codes_of("institution_kinds")
    return ResourceGroups(
        id=table.text("id"),
        title=Words(title.text("zh"), title.text("en")),
        valid_from=table.day("valid_from"),
        source=table.text("source"),
        confidence=table.choice("confidence", Confidence),
        note=table.optional_text("note") or "",
        file=file,
        professions={name: professions.texts(name, known_professions) for name in PROFESSION_GROUPS},
        general_practice=table.table("specialties", ("general_practice",)).texts(
            "general_practice", codes_of("specialties")
        ),
        beds_not_counted=table.table("beds", ("not_counted",)).texts("not_counted", codes_of("bed_types")),
        kinds_with_staff=kinds.texts("with_staff", known_kinds),
        kinds_with_beds=kinds.texts("with_beds", known_kinds),
        kinds_with_patients=kinds.texts("with_patients", known_kinds),
        hospitals=kinds.texts("hospitals", known_kinds),
    )
