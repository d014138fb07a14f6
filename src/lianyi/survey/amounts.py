"""How much of each resource there is: by institution, summed by part of a region and by level, with its coverage.

Missing is not zero: an institution that stated nothing adds nothing and lowers the coverage; where nobody stated
anything the sum is None.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.registry.models import Institution, Place
from lianyi.rules import ResourceGroups
from lianyi.survey import queries
from lianyi.survey.queries import BedSum, StaffCount
from lianyi.survey.rulebook import groups_on

DOCTORS, NURSES, VILLAGE_DOCTORS, OTHER_STAFF = "doctors", "nurses", "village_doctors", "other_staff"
STAFF_GROUPS = (DOCTORS, NURSES, VILLAGE_DOCTORS, OTHER_STAFF)


@dataclass(frozen=True, slots=True)
class InstitutionAmount:
    """What one institution is known to have. ``part_id`` is the part of the region in which it stands, if in any."""

    institution: Institution
    part_id: int | None
    beds: BedSum | None
    staff: Mapping[str, int] | None
    general_practitioners: int | None
    states_beds: bool
    states_staff: bool
    treats_patients: bool

    @property
    def position(self) -> tuple[float, float] | None:
        """Longitude and latitude of the institution, or of its place where its own is not known."""
        for row in (self.institution, self.institution.place):
            if row.longitude is not None and row.latitude is not None:
                return row.longitude, row.latitude
        return None

    @property
    def has_own_position(self) -> bool:
        return self.institution.longitude is not None

    def amount(self, resource: str) -> int | None:
        """Return how much of a resource it has: beds, a group of staff, doctors and nurses together."""
        if resource == "beds":
            return None if self.beds is None else self.beds.beds
        if self.staff is None:
            return None
        if resource == "core_staff":
            return self.staff[DOCTORS] + self.staff[NURSES]
        if resource == "general_practitioners":
            return self.general_practitioners
        return self.staff[resource]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the institutions that should state a figure did, and from when the figures are."""

    known: int = 0
    expected: int = 0
    oldest: datetime.date | None = None
    newest: datetime.date | None = None

    @property
    def is_full(self) -> bool:
        return self.known >= self.expected


@dataclass(frozen=True, slots=True)
class Tally:
    """The sum over some institutions."""

    institutions: int
    beds: int | None
    staff: Mapping[str, int] | None
    general_practitioners: int | None
    bed_coverage: Coverage
    staff_coverage: Coverage

    def amount(self, resource: str) -> int | None:
        if resource == "institutions":
            return self.institutions
        if resource == "beds":
            return self.beds
        if resource == "general_practitioners":
            return self.general_practitioners
        if self.staff is None:
            return None
        if resource == "core_staff":
            return self.staff[DOCTORS] + self.staff[NURSES]
        return self.staff[resource]


@dataclass(frozen=True, slots=True)
class TitleLine:
    """The people of one resource by title rank."""

    group: str
    by_rank: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_rank.values())


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything counted within a region on a day."""

    place: Place
    parts: Sequence[Place]
    day: datetime.date
    rows: Sequence[InstitutionAmount]
    titles: Sequence[TitleLine]
    institutions_on_record: int
    has_samples: bool = False

    @property
    def out_of_reach(self) -> int:
        """How many institutions stand here whose records the asker may not read."""
        return self.institutions_on_record - len(self.rows)

    def of_part(self, part: Place | None) -> list[InstitutionAmount]:
        """Return the institutions in a part, or, for None, those that stand in no part."""
        wanted = None if part is None else part.pk
        return [row for row in self.rows if row.part_id == wanted]


@dataclass
class _StaffOfInstitution:
    groups: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAFF_GROUPS, 0))
    general_practitioners: int = 0


def inventory(actor: Actor, place: Place, day: datetime.date, parts: Sequence[Place] | None = None) -> Inventory:
    """Count what the institutions within a place and within the actor's reach have on a day.

    Without ``parts`` these are the places directly below; they may be places further down, of which none holds
    another.
    """
    groups = groups_on(day)
    parts = queries.parts_of(actor, [place]) if parts is None else parts
    counts = queries.staff_counts(actor, place, day, groups.general_practice)
    staff = _staff_by_institution(counts, groups)
    beds = queries.bed_sums(actor, place, groups.beds_not_counted)
    part_of = _part_finder(place, parts)
    rows = [
        _amount(each, part_of(each), beds.get(each.pk), staff.get(each.pk), groups)
        for each in queries.open_institutions(actor, place, day)
    ]
    present = {row.institution.pk for row in rows}
    titles = _titles([each for each in counts if each.institution_id in present], groups)
    has_samples = any(row.institution.is_sample or (row.beds is not None and row.beds.has_samples) for row in rows)
    has_samples = has_samples or any(each.samples for each in counts)
    return Inventory(place, parts, day, rows, titles, queries.institution_count(place, day), has_samples)


def _amount(
    row: Institution,
    part_id: int | None,
    beds: BedSum | None,
    staff: _StaffOfInstitution | None,
    groups: ResourceGroups,
) -> InstitutionAmount:
    return InstitutionAmount(
        institution=row,
        part_id=part_id,
        beds=beds,
        staff=None if staff is None else staff.groups,
        general_practitioners=None if staff is None else staff.general_practitioners,
        states_beds=row.kind in groups.kinds_with_beds,
        states_staff=row.kind in groups.kinds_with_staff,
        treats_patients=row.kind in groups.kinds_with_patients,
    )


def _staff_by_institution(counts: Iterable[StaffCount], groups: ResourceGroups) -> dict[int, _StaffOfInstitution]:
    found: defaultdict[int, _StaffOfInstitution] = defaultdict(_StaffOfInstitution)
    for each in counts:
        group = groups.group_of(each.profession)
        found[each.institution_id].groups[group] += each.persons
        if group == DOCTORS:
            found[each.institution_id].general_practitioners += each.general_practitioners
    return found


def _part_finder(place: Place, parts: Iterable[Place]) -> Callable[[Institution], int | None]:
    """Return how to tell in which part an institution stands: its path names the part behind the region's own."""
    by_key = {part.node.key: part.pk for part in parts}
    begins = len(place.node.path)

    def find(row: Institution) -> int | None:
        keys = row.node.path[begins:].split("/")
        return next((by_key[key] for key in keys if key in by_key), None)

    return find


def _titles(counts: Iterable[StaffCount], groups: ResourceGroups) -> list[TitleLine]:
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in counts:
        found[groups.group_of(each.profession)][each.title_rank] += each.persons
    return [TitleLine(group, dict(found[group])) for group in STAFF_GROUPS if group in found]


def tally(rows: Iterable[InstitutionAmount]) -> Tally:
    """Add up what some institutions have."""
    rows = list(rows)
    beds = [row.beds for row in rows if row.beds is not None]
    staffed = [row for row in rows if row.staff is not None]
    moments = [moment for each in beds for moment in (each.oldest, each.newest)]
    return Tally(
        institutions=sum(row.states_staff for row in rows),
        beds=sum(each.beds for each in beds) if beds else None,
        staff={group: sum(row.staff[group] for row in staffed if row.staff) for group in STAFF_GROUPS}
        if staffed
        else None,
        general_practitioners=sum(row.general_practitioners or 0 for row in staffed) if staffed else None,
        bed_coverage=Coverage(
            sum(row.states_beds and row.beds is not None for row in rows),
            sum(row.states_beds for row in rows),
            timezone.localdate(min(moments)) if moments else None,
            timezone.localdate(max(moments)) if moments else None,
        ),
        staff_coverage=Coverage(
            sum(row.states_staff and row.staff is not None for row in rows),
            sum(row.states_staff for row in rows),
        ),
    )
