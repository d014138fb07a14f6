"""Which professions, beds and institutions count as which resource: a dated convention in TOML, as every other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.reference import codes_of
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

FOLDER = "resource_groups"
"""The folder of groups in the package, and in each directory that a bureau names."""

_KEYS = (
    *HEAD_KEYS,
    *("professions", "specialties", "beds", "institutions"),
)
PROFESSION_GROUPS = ("doctors", "nurses", "village_doctors")
OTHER_STAFF = "other_staff"
_INSTITUTIONS = ("with_staff", "with_beds", "with_patients", "hospitals")


@dataclass(frozen=True, slots=True)
class ResourceGroups(Headed):
    """One set of groups; codes are those of the reference lists."""

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
    professions = table.table("professions", PROFESSION_GROUPS)
    kinds = table.table("institutions", _INSTITUTIONS)
    known_professions, known_kinds = codes_of("professions"), codes_of("institution_kinds")
    return ResourceGroups(
        **head_of(table, file),
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
