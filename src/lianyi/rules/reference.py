"""Reference lists that ship with the package: specialties, kinds of institution, titles, beds, equipment, services."""

from __future__ import annotations

import difflib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from lianyi.rules.errors import UnknownReferenceError
from lianyi.rules.schema import (
    CommonProblem,
    Confidence,
    InstitutionKind,
    ReferenceItem,
    ReferenceList,
    Service,
    Specialty,
    TitleRank,
    Words,
)
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lianyi.rules.tables import Table

    ItemT = TypeVar("ItemT", bound=ReferenceItem)

TIERS = ("village", "township", "county", "prefecture", "province", "administration")
# The conditions of the referral policies that ship with the package; a policy of one's own may have more.
GREEN_CONDITIONS = ("chest_pain", "stroke", "trauma", "critical_mother", "critical_newborn_child", "other")
_COMMON_KEYS = ("code", "zh", "en", "confidence", "note")
_SNAKE_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_SPECIALTY_CODE = re.compile(r"\d{2}(\.\d{2})?")


@cache
def load_reference_list(name: str) -> ReferenceList:
    """Return a reference list with its title, source and confidence.

    Raises
    ------
    UnknownReferenceError
        Naming the lists there are.
    RuleFileError
        When the file breaks its schema.
    """
    if name not in _PARSERS:
        known = ", ".join(sorted(_PARSERS))
        message = f"There is no reference list {name!r}; the lists are {known}."
        raise UnknownReferenceError(message, given=name, expected=known)
    file = f"{name}.toml"
    content = files("lianyi.rules").joinpath("reference", file).read_bytes()
    return parse_reference_list(name, file, content)


def load_reference(name: str) -> tuple[ReferenceItem, ...]:
    """Return the items of a reference list in the order of the file; see `load_reference_list` for the errors."""
    return load_reference_list(name).items


def reference_item(name: str, code: str) -> ReferenceItem:
    """Return one item by its code.

    Raises
    ------
    UnknownReferenceError
        Naming the nearest codes of the list.
    """
    items = {item.code: item for item in load_reference(name)}
    if code not in items:
        near = ", ".join(difflib.get_close_matches(code, items, n=3)) or "none"
        message = f"There is no {code!r} in the reference list {name}; the nearest codes are: {near}."
        raise UnknownReferenceError(message, given=code, list=name, nearest=near)
    return items[code]


def codes_of(name: str) -> frozenset[str]:
    """Return the codes of a reference list."""
    return frozenset(item.code for item in load_reference(name))


def specialties() -> tuple[Specialty, ...]:
    """Return the licensed subjects of care of both levels."""
    return _items_of("specialties", Specialty)


def institution_kinds() -> tuple[InstitutionKind, ...]:
    """Return the kinds of institution with the tiers they are found at."""
    return _items_of("institution_kinds", InstitutionKind)


def title_ranks() -> tuple[TitleRank, ...]:
    """Return the ranks of professional titles, lowest first."""
    return _items_of("title_ranks", TitleRank)


def services() -> tuple[Service, ...]:
    """Return the services that decide where a patient can be treated."""
    return _items_of("services", Service)


def common_problems() -> tuple[CommonProblem, ...]:
    """Return the short pick list of problems that patients are referred for."""
    return _items_of("common_problems", CommonProblem)


def parse_reference_list(name: str, file: str, content: bytes) -> ReferenceList:
    """Read a reference list from the bytes of its file.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    extra_keys, parse_item = _PARSERS[name]
    table = table_of_file(file, content, ("title", "source", "confidence", "items"))
    title = table.table("title", ("zh", "en"))
    confidence = table.choice("confidence", Confidence)
    entries = table.tables("items", (*_COMMON_KEYS, *extra_keys))
    items = tuple(parse_item(entry, _common(entry, confidence)) for entry in entries)
    _check_codes(name, entries, items)
    return ReferenceList(name, Words(title.text("zh"), title.text("en")), table.text("source"), confidence, items)


def _items_of(name: str, kind: type[ItemT]) -> tuple[ItemT, ...]:
    return tuple(item for item in load_reference(name) if isinstance(item, kind))


def _check_codes(name: str, entries: tuple[Table, ...], items: tuple[ReferenceItem, ...]) -> None:
    pattern = _SPECIALTY_CODE if name == "specialties" else _SNAKE_CODE
    form = "two digits, or two and two with a dot" if name == "specialties" else "small letters joined by underscores"
    seen: set[str] = set()
    for entry, item in zip(entries, items, strict=True):
        if not pattern.fullmatch(item.code):
            raise entry.refuse("code", repr(item.code), form)
        if item.code in seen:
            raise entry.refuse("code", repr(item.code), "a code not used before in this file")
        if isinstance(item, Specialty) and item.parent is not None and item.parent not in seen:
            raise entry.refuse("code", repr(item.code), f"a second level whose first level {item.parent} stands before")
        seen.add(item.code)


def _common(entry: Table, confidence: Confidence) -> ReferenceItem:
    return ReferenceItem(
        code=entry.text("code"),
        zh=entry.text("zh"),
        en=entry.text("en"),
        confidence=entry.optional_choice("confidence", Confidence) or confidence,
        note=entry.optional_text("note") or "",
    )


def _plain(_entry: Table, common: ReferenceItem) -> ReferenceItem:
    return common


def _specialty(_entry: Table, common: ReferenceItem) -> Specialty:
    return Specialty(code=common.code, zh=common.zh, en=common.en, confidence=common.confidence, note=common.note)


def _institution_kind(entry: Table, common: ReferenceItem) -> InstitutionKind:
    tiers = entry.texts("tiers", TIERS)
    if not tiers:
        raise entry.refuse("tiers", "nothing", f"at least one of {', '.join(TIERS)}")
    return InstitutionKind(
        code=common.code, zh=common.zh, en=common.en, confidence=common.confidence, note=common.note, tiers=tiers
    )


def _title_rank(entry: Table, common: ReferenceItem) -> TitleRank:
    return TitleRank(
        code=common.code,
        zh=common.zh,
        en=common.en,
        confidence=common.confidence,
        note=common.note,
        rank=entry.integer("rank"),
        titles_zh=entry.text_by_key("titles_zh", codes_of("professions")),
    )


def _service(entry: Table, common: ReferenceItem) -> Service:
    return Service(
        code=common.code,
        zh=common.zh,
        en=common.en,
        confidence=common.confidence,
        note=common.note,
        is_round_the_clock=entry.boolean("is_round_the_clock"),
    )


def _common_problem(entry: Table, common: ReferenceItem) -> CommonProblem:
    specialty = entry.text("specialty")
    if specialty not in codes_of("specialties"):
        raise entry.refuse("specialty", repr(specialty), "a code of the list of specialties")
    return CommonProblem(
        code=common.code,
        zh=common.zh,
        en=common.en,
        confidence=common.confidence,
        note=common.note,
        specialty=specialty,
        conditions=entry.texts("conditions", GREEN_CONDITIONS),
    )


_PARSERS: Mapping[str, tuple[tuple[str, ...], Callable[[Table, ReferenceItem], ReferenceItem]]] = {
    "bed_types": ((), _plain),
    "common_problems": (("specialty", "conditions"), _common_problem),
    "equipment_kinds": ((), _plain),
    "institution_kinds": (("tiers",), _institution_kind),
    "professions": ((), _plain),
    "programme_kinds": ((), _plain),
    "readiness_domains": ((), _plain),
    "services": (("is_round_the_clock",), _service),
    "specialties": ((), _specialty),
    "title_ranks": (("rank", "titles_zh"), _title_rank),
}

REFERENCE_NAMES = tuple(sorted(_PARSERS))
"""The names that `load_reference` accepts."""
