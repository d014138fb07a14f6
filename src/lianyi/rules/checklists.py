"""Checklists by which an institution or a department is assessed: dated conventions in TOML, and a bureau's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.rules.dated import parse_folder, refuse_doubles, with_id
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of, jurisdiction_of, refuse_twice
from lianyi.rules.parsing import read_words
from lianyi.rules.reference import codes_of
from lianyi.rules.schema import Confidence, Jurisdiction, Words
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.tables import Table

FOLDER = "checklists"
"""The folder of checklists in the package, and in each directory that a bureau names."""
MOST_PRIORITY = 3

_KEYS = (
    *HEAD_KEYS,
    *("series", "subject", "headline", "jurisdiction", "valid_to", "first_day", "specialty", "condition"),
    *("domains", "items"),
)
_ITEM_KEYS = (
    *("id", "domain", "level", "name", "priority", "required", "unit", "least", "most", "below"),
    *("profession", "specialty", "counted", "confidence", "note"),
)


class ChecklistSubject(StrEnum):
    """What is assessed as a whole."""

    INSTITUTION = "institution"
    DEPARTMENT = "department"


class Headline(StrEnum):
    """Which figure stands for the whole: the mean of the domains, the share of items, or the shares of the levels."""

    INDEX = "index"
    ITEMS = "items"
    LEVELS = "levels"


class ItemLevel(StrEnum):
    """The step of a standard that asks for an item."""

    BASIC = "basic"
    RECOMMENDED = "recommended"


class ItemUnit(StrEnum):
    """In what a measured item is counted; a share runs from 0 to 1."""

    MINUTE = "minute"
    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class ChecklistDomain:
    """A group of items."""

    code: str
    name: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One thing that is looked at. With a unit it is measured, and the limits tell whether it is met.

    ``counted`` names the time standard or the share of the referral policies by which referrals count it.
    """

    id: str
    domain: str
    name: Words
    confidence: Confidence
    level: ItemLevel | None = None
    priority: int = 1
    required: bool = False
    unit: ItemUnit | None = None
    least: float | None = None
    most: float | None = None
    below: float | None = None
    profession: str = ""
    specialty: str = ""
    counted: str = ""
    note: str = ""

    @property
    def asks_for_people(self) -> bool:
        return bool(self.profession)


@dataclass(frozen=True, slots=True)
class Checklist(Headed):
    """A checklist for one stretch of time; ``series`` is what its versions of other years share.

    ``first_day`` says how well the day is supported from which it holds: that of the document, its year only, or a
    day of this project's own. ``condition`` is the pathway whose referrals count some of its items, empty where none
    does.

    ``text`` is the file as it was read, so that an assessment can keep the rules that it was made by.
    """

    series: str
    subject: ChecklistSubject
    headline: Headline
    jurisdiction: Jurisdiction | None
    jurisdiction_name: Words
    valid_to: date | None
    first_day: Confidence
    specialty: str
    condition: str
    domains: tuple[ChecklistDomain, ...]
    items: tuple[ChecklistItem, ...]
    text: str

    def is_valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def covers(self, code: str) -> bool:
        return self.jurisdiction is None or self.jurisdiction.covers(code)

    def item(self, item_id: str) -> ChecklistItem | None:
        return next((each for each in self.items if each.id == item_id), None)

    def domain(self, code: str) -> ChecklistDomain:
        return next(each for each in self.domains if each.code == code)

    def in_domain(self, code: str) -> tuple[ChecklistItem, ...]:
        return tuple(each for each in self.items if each.domain == code)


@dataclass(frozen=True, slots=True)
class ChecklistBook:
    """All checklists, sorted by id.

    Raises
    ------
    DuplicateRuleSetError
        When two files hold the same id.
    """

    checklists: tuple[Checklist, ...]

    def __post_init__(self) -> None:
        refuse_doubles(self.checklists, "a checklist")

    def get(self, checklist_id: str) -> Checklist:
        """Return the checklist with this id, in force or not.

        Raises
        ------
        UnknownRuleSetError
        """
        return with_id(self.checklists, checklist_id, "checklist")

    def find(self, checklist_id: str) -> Checklist | None:
        return next((each for each in self.checklists if each.id == checklist_id), None)

    def on(self, day: date) -> tuple[Checklist, ...]:
        return tuple(each for each in self.checklists if each.is_valid_on(day))


def load_checklists(directories: Sequence[Path] = ()) -> ChecklistBook:
    """Read the checklists of the package and every ``checklists/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, DuplicateRuleSetError
    """
    found = parse_folder(FOLDER, directories, parse_checklist)
    return ChecklistBook(tuple(sorted(found, key=lambda each: each.id)))


def parse_checklist(file: str, content: bytes) -> Checklist:
    """Read one checklist.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    head = head_of(table, file)
    valid_to = table.optional_day("valid_to")
    if valid_to is not None and valid_to < head["valid_from"]:
        raise table.refuse("valid_to", str(valid_to), f"a day not before {head['valid_from']}")
    jurisdiction, name = jurisdiction_of(table)
    domains = tuple(
        ChecklistDomain(each.text("code"), read_words(each))
        for each in table.tables("domains", ("code", "zh", "en"), "code")
    )
    items = tuple(_item(each, [domain.code for domain in domains]) for each in table.tables("items", _ITEM_KEYS, "id"))
    refuse_twice(table, "domains", [each.code for each in domains])
    refuse_twice(table, "items", [each.id for each in items])
    if any(each.counted for each in items) and not table.optional_text("condition"):
        raise table.refuse("condition", "none, although referrals count some items", "the pathway of those referrals")
    for domain in domains:
        if not any(each.domain == domain.code for each in items):
            raise table.refuse("domains", f"{domain.code!r} without an item", "domains that have items")
    return Checklist(
        **head,
        series=table.text("series"),
        subject=table.choice("subject", ChecklistSubject),
        headline=table.choice("headline", Headline),
        jurisdiction=jurisdiction,
        jurisdiction_name=name,
        valid_to=valid_to,
        first_day=table.optional_choice("first_day", Confidence) or Confidence.SOURCED,
        specialty=_one_of(table, "specialty", "specialties"),
        condition=table.optional_text("condition") or "",
        domains=domains,
        items=items,
        text=content.decode(),
    )


def _one_of(table: Table, key: str, list_name: str) -> str:
    given = table.optional_text(key)
    if given is not None and given not in codes_of(list_name):
        raise table.refuse(key, repr(given), f"a code of the list {list_name}")
    return given or ""


def _item(table: Table, domains: Sequence[str]) -> ChecklistItem:
    domain, priority = table.text("domain"), table.integer("priority") if "priority" in table else 1
    if domain not in domains:
        raise table.refuse("domain", repr(domain), ", ".join(domains))
    if not 1 <= priority <= MOST_PRIORITY:
        raise table.refuse("priority", str(priority), f"a number from 1 to {MOST_PRIORITY}, {MOST_PRIORITY} first")
    limits = {name: table.optional_number(name) for name in ("least", "most", "below")}
    unit = table.optional_choice("unit", ItemUnit)
    if (unit is None) != all(each is None for each in limits.values()):
        raise table.refuse("unit", "a unit without a limit, or a limit without a unit", "both or neither")
    return ChecklistItem(
        id=table.text("id"),
        domain=domain,
        name=read_words(table.table("name", ("zh", "en"))),
        confidence=table.choice("confidence", Confidence),
        level=table.optional_choice("level", ItemLevel),
        priority=priority,
        required="required" in table and table.boolean("required"),
        unit=unit,
        profession=_one_of(table, "profession", "professions"),
        specialty=_one_of(table, "specialty", "specialties"),
        counted=table.optional_text("counted") or "",
        note=table.optional_text("note") or "",
        **limits,
    )
