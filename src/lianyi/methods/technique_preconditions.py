"""Whether a department has what a technique asks for: people, equipment, services that the institution may give.

What the registry does not know is *not on record*, which is neither met nor unmet: somebody has to look, and a second
person attests what was found. The comparison of what is there with what a procedure needs follows the service readiness
of WHO (Service Availability and Readiness Assessment, reference manual, 2015): staff, equipment and the service itself.

Examples
--------
>>> needs = [StaffNeed("surgeon", 2, frozenset({"doctor"}), ("04.02",), 2), EquipmentNeed("ct", "ct", 1)]
>>> person = Person("doctor", "04.02", 3)
>>> [(verdict.key, verdict.state.value) for verdict in check(needs, OnRecord((person,), {}, {}))]
[('surgeon', 'not_met'), ('ct', 'not_on_record')]
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class PreconditionState(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    NOT_ON_RECORD = "not_on_record"


@dataclass(frozen=True, slots=True)
class StaffNeed:
    """So many people of one of the professions and specialties, of this rank of title or above.

    A specialty stands for those below it too: 12 for 12.05. Empty sets accept everybody.
    """

    key: str
    number: int
    professions: frozenset[str] = frozenset()
    specialties: tuple[str, ...] = ()
    least_rank: int = 0


@dataclass(frozen=True, slots=True)
class EquipmentNeed:
    """So many working units of a kind of equipment."""

    key: str
    kind: str
    units: int


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """A service or licence that the institution has."""

    key: str
    service: str


Precondition = StaffNeed | EquipmentNeed | ServiceNeed


@dataclass(frozen=True, slots=True)
class Person:
    profession: str
    specialty: str
    title_rank: int


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the registry knows of an institution: people, working units by kind, services and whether they are given."""

    people: tuple[Person, ...]
    equipment: Mapping[str, int]
    services: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One precondition beside the record; ``has`` None where nothing is on record."""

    key: str
    state: PreconditionState
    needs: int
    has: int | None


def check(needs: Iterable[Precondition], record: OnRecord) -> tuple[Verdict, ...]:
    """Return for each precondition whether it is met, not met, or not on record."""
    return tuple(_verdict(need, record) for need in needs)


def _verdict(need: Precondition, record: OnRecord) -> Verdict:
    if isinstance(need, StaffNeed):
        wanted, has = need.number, _people_for(need, record.people) if record.people else None
    elif isinstance(need, EquipmentNeed):
        wanted, has = need.units, record.equipment.get(need.kind)
    else:
        wanted, has = 1, None if need.service not in record.services else int(record.services[need.service])
    if has is None:
        return Verdict(need.key, PreconditionState.NOT_ON_RECORD, wanted, None)
    return Verdict(need.key, PreconditionState.MET if has >= wanted else PreconditionState.NOT_MET, wanted, has)


def _people_for(need: StaffNeed, people: Iterable[Person]) -> int:
    return sum(_fits(person, need) for person in people)


def _fits(person: Person, need: StaffNeed) -> bool:
    in_profession = not need.professions or person.profession in need.professions
    in_specialty = not need.specialties or any(
        person.specialty == code or person.specialty.startswith(f"{code}.") for code in need.specialties
    )
    return in_profession and in_specialty and person.title_rank >= need.least_rank
