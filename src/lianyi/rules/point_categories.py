"""The categories by which points raised at visits are sorted: a dated list in TOML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import SuccessionBook, parse_folder, succession
from lianyi.rules.errors import NoApplicableRuleSetError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.schema import Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

FOLDER = "point_categories"
"""The folder of categories in the package, and in each directory that a bureau names."""

LONGEST_CODE = 40
_KEYS = (*HEAD_KEYS, "categories")
_CATEGORY_KEYS = ("code", "zh", "en", "of_difficulties")


@dataclass(frozen=True, slots=True)
class PointCategory:
    """One category; ``of_difficulties`` marks those of members' own difficulties, which stand apart."""

    code: str
    words: Words
    of_difficulties: bool


@dataclass(frozen=True, slots=True)
class PointCategories(Headed):
    """The list of one time."""

    categories: tuple[PointCategory, ...]

    def codes(self, *, of_difficulties: bool) -> tuple[str, ...]:
        """Return the codes for points of work, or those for difficulties."""
        return tuple(each.code for each in self.categories if each.of_difficulties is of_difficulties)


class PointCategoriesBook(SuccessionBook[PointCategories]):
    """All lists, each until the next begins."""

    def words(self, code: str) -> Words | None:
        """Return what a code is called in the latest list that has it, so that old points keep their words."""
        for each in reversed(self.sets):
            for category in each.categories:
                if category.code == code:
                    return category.words
        return None

    def _before_all(self, day: date) -> NoApplicableRuleSetError:
        return NoApplicableRuleSetError(
            f"No categories of points hold on {day}; the first begin on {self.sets[0].valid_from}.",
            reason="point-categories",
            on=day,
        )


def load_point_categories(directories: Sequence[Path] = ()) -> PointCategoriesBook:
    """Read the lists of the package and every ``point_categories/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return PointCategoriesBook(succession(parse_folder(FOLDER, directories, parse_point_categories)))


def parse_point_categories(file: str, content: bytes) -> PointCategories:
    """Read one list.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    found: dict[str, PointCategory] = {}
    for entry in table.tables("categories", _CATEGORY_KEYS):
        code = entry.text("code")
        if len(code) > LONGEST_CODE or code in found:
            raise entry.refuse("code", repr(code), f"a code of at most {LONGEST_CODE} letters, given once")
        is_difficulty = "of_difficulties" in entry and entry.boolean("of_difficulties")
        found[code] = PointCategory(code, Words(entry.text("zh"), entry.text("en")), is_difficulty)
    return PointCategories(**head_of(table, file), categories=tuple(found.values()))
