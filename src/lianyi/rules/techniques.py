"""The catalogue of techniques: what each asks for before and on its way, dated, in TOML; a bureau adds or replaces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lianyi.rules.dated import parse_folder, succession
from lianyi.rules.errors import OverlappingRuleSetsError
from lianyi.rules.headed import HEAD_KEYS, Headed, head_of
from lianyi.rules.parsing import read_words
from lianyi.rules.reference import codes_of
from lianyi.rules.tables import table_of_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from lianyi.rules.schema import Words
    from lianyi.rules.tables import Table

FOLDER = "techniques"
"""The folder of catalogues in the package, and in each directory that a bureau names."""

_LADDER_KEYS = ("observed", "assisted", "supervised", "least_in_period", "period_months", "lapse_months")
_PERIODS = (1, 2, 3, 6)
_KEYS = (*HEAD_KEYS, "own", "techniques")
_TECHNIQUE_KEYS = ("id", "title", "specialties", "staff", "equipment", "services", "note", *_LADDER_KEYS)


@dataclass(frozen=True, slots=True)
class LadderNumbers:
    """Least cases for the rungs, least cases done alone in a period, and after how long without one it is lapsed."""

    observed: int
    assisted: int
    supervised: int
    least_in_period: int
    period_months: int
    lapse_months: int


@dataclass(frozen=True, slots=True)
class StaffAsked:
    """So many people of one of the professions and specialties, of this rank of title or above; empty takes all."""

    key: str
    number: int
    professions: tuple[str, ...]
    specialties: tuple[str, ...]
    least_title_rank: str


@dataclass(frozen=True, slots=True)
class EquipmentAsked:
    key: str
    kind: str
    units: int


@dataclass(frozen=True, slots=True)
class ServiceAsked:
    key: str
    service: str


Asked = StaffAsked | EquipmentAsked | ServiceAsked


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique: its specialties, what it asks for before, and how many cases each rung asks for."""

    id: str
    title: Words
    specialties: tuple[str, ...]
    preconditions: tuple[Asked, ...]
    ladder: LadderNumbers
    note: str


@dataclass(frozen=True, slots=True)
class TechniqueCatalogue(Headed):
    """Techniques that hold from a day on, and what a technique asks for that stands in no catalogue."""

    techniques: tuple[Technique, ...]
    own: LadderNumbers | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A technique with the catalogue that it stands in."""

    technique: Technique
    catalogue: TechniqueCatalogue


@dataclass(frozen=True, slots=True)
class TechniqueBook:
    """All catalogues, the earliest first. A later one adds techniques, and replaces those of the same name.

    Raises
    ------
    OverlappingRuleSetsError
        When two that begin on the same day name the same technique.
    """

    catalogues: tuple[TechniqueCatalogue, ...]

    def __post_init__(self) -> None:
        seen: dict[tuple[date, str], TechniqueCatalogue] = {}
        for catalogue in self.catalogues:
            for technique in catalogue.techniques:
                place = (catalogue.valid_from, technique.id)
                if place in seen:
                    raise OverlappingRuleSetsError(
                        f"{seen[place].file} and {catalogue.file} both describe '{technique.id}' from "
                        f"{catalogue.valid_from} on; give the added one the day from which it holds.",
                        rule_sets=(seen[place].id, catalogue.id),
                        files=(seen[place].file, catalogue.file),
                    )
                seen[place] = catalogue

    def on(self, day: date) -> Mapping[str, Listed]:
        """Return the techniques that hold on a day by their name, each as the latest catalogue describes it."""
        return {
            technique.id: Listed(technique, catalogue)
            for catalogue in self.catalogues
            if catalogue.valid_from <= day
            for technique in catalogue.techniques
        }

    def find(self, name: str, day: date) -> Listed | None:
        """Return a technique as it was described on a day, or as first described where the day lies before that."""
        begun = self.on(day).get(name)
        later = (Listed(each, catalogue) for catalogue in self.catalogues for each in catalogue.techniques)
        return begun or next((each for each in later if each.technique.id == name), None)

    def own_on(self, day: date) -> LadderNumbers:
        """Return what a technique of a department's own asks for on a day."""
        stated = [each for each in self.catalogues if each.own is not None]
        begun = [each for each in stated if each.valid_from <= day]
        found = (begun[-1] if begun else stated[0]).own
        if found is None:
            raise LookupError("No catalogue says what a technique of a department's own asks for.")
        return found


def load_techniques(directories: Sequence[Path] = ()) -> TechniqueBook:
    """Read the catalogues of the package and every ``techniques/*.toml`` of the directories named.

    Raises
    ------
    RuleDirectoryError, RuleFileError, OverlappingRuleSetsError
    """
    return TechniqueBook(succession(parse_folder(FOLDER, directories, parse_techniques)))


def parse_techniques(file: str, content: bytes) -> TechniqueCatalogue:
    """Read one catalogue.

    Raises
    ------
    RuleFileError
        Naming file, place, what was given and what is accepted.
    """
    table = table_of_file(file, content, _KEYS)
    techniques = tuple(_technique(entry) for entry in table.optional_tables("techniques", _TECHNIQUE_KEYS, "id"))
    names = [each.id for each in techniques]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise table.refuse("techniques", ", ".join(twice), "each technique once")
    own = _ladder(table.table("own", _LADDER_KEYS)) if "own" in table else None
    return TechniqueCatalogue(**head_of(table, file), techniques=techniques, own=own)


def _technique(entry: Table) -> Technique:
    specialties = entry.texts("specialties", codes_of("specialties"))
    return Technique(
        id=entry.text("id"),
        title=read_words(entry.table("title", ("zh", "en"))),
        specialties=specialties,
        preconditions=(*_staff(entry), *_equipment(entry), *_services(entry)),
        ladder=_ladder(entry),
        note=entry.optional_text("note") or "",
    )


def _ladder(table: Table) -> LadderNumbers:
    numbers = {name: table.integer(name) for name in _LADDER_KEYS}
    for name in ("least_in_period", "lapse_months"):
        if numbers[name] < 1:
            raise table.refuse(name, "0", "1 or more")
    if numbers["period_months"] not in _PERIODS:
        raise table.refuse("period_months", str(numbers["period_months"]), "1, 2, 3 or 6: what divides half a year")
    return LadderNumbers(**numbers)


def _staff(entry: Table) -> list[StaffAsked]:
    ranks = codes_of("title_ranks")
    found = []
    keys = ("number", "professions", "specialties", "least_title_rank")
    for position, need in enumerate(entry.optional_tables("staff", keys), start=1):
        rank = need.optional_text("least_title_rank") or "none"
        if rank not in ranks:
            raise need.refuse("least_title_rank", repr(rank), ", ".join(sorted(ranks)))
        professions = need.texts("professions", codes_of("professions"))
        specialties = need.texts("specialties", codes_of("specialties"))
        found.append(StaffAsked(f"staff-{position}", need.integer("number"), professions, specialties, rank))
    return found


def _equipment(entry: Table) -> list[EquipmentAsked]:
    known = codes_of("equipment_kinds")
    found = []
    for need in entry.optional_tables("equipment", ("kind", "units"), "kind"):
        kind = need.text("kind")
        if kind not in known:
            raise need.refuse("kind", repr(kind), ", ".join(sorted(known)))
        found.append(EquipmentAsked(f"equipment-{kind}", kind, need.integer("units")))
    return found


def _services(entry: Table) -> list[ServiceAsked]:
    return [ServiceAsked(f"service-{name}", name) for name in entry.texts("services", codes_of("services"))]
