"""Who reaches which institutions in what time: straight lines made into drives, and the access that follows.

Roads are not known here. A drive is the great-circle distance times a detour over a mean speed (see
`lianyi.methods.travel`), so the figures order places by nearness and promise no arrival. Ways across the region's
border are not counted, neither to institutions outside nor of people from outside.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.methods.access import (
    NOBODY,
    AccessMethod,
    AccessResult,
    GlobePoints,
    Nearest,
    PointCatchments,
    Zones,
    measure_access,
    nearest_points,
    time_coverage,
)
from lianyi.methods.travel import MINUTES_PER_HOUR, TravelParameters
from lianyi.registry.models import Place, ServiceOffered
from lianyi.survey.amounts import InstitutionAmount, Inventory
from lianyi.survey.lines import People, people_of
from lianyi.survey.rulebook import groups_on

Floats = npt.NDArray[np.float64]

LIMITS_MINUTES = (15, 30, 60)
ZONES_MINUTES = ((20.0, 1.0), (40.0, 0.68), (60.0, 0.22))
"""Bounds and weights of the enhanced two-step method as in the package `catchment` of the University of Virginia."""
POOREST_SHARE = 0.2
"""The poor places are those with the lowest income per head that together hold a fifth of the people."""
ANY, HOSPITALS = "any", "hospitals"
ALL_PEOPLE, AGED, POOR = "all", "aged", "poor"


@dataclass(frozen=True, slots=True)
class DemandPlace:
    """People at one point: the smallest place below the region of which both population and position are known."""

    place: Place
    people: People
    longitude: float
    latitude: float
    is_poor: bool

    @property
    def residents(self) -> float:
        return self.people.residents.quantity if self.people.residents else 0.0

    @property
    def aged(self) -> float:
        return self.people.aged.quantity if self.people.aged else 0.0


@dataclass(frozen=True, slots=True)
class Demand:
    """The people of a region at points, and those who are at none of them."""

    places: Sequence[DemandPlace]
    people_without_position: float | None
    knows_incomes: bool
    places_without_aged: int

    @property
    def points(self) -> GlobePoints:
        return GlobePoints.of([each.longitude for each in self.places], [each.latitude for each in self.places])

    @property
    def residents(self) -> Floats:
        return np.array([each.residents for each in self.places])

    def weights(self, group: str) -> Floats:
        """Return how many people of a group live at each point."""
        if group == AGED:
            return np.array([each.aged for each in self.places])
        if group == POOR:
            return np.array([each.residents if each.is_poor else 0.0 for each in self.places])
        return self.residents

    @property
    def has_samples(self) -> bool:
        """Whether something invented is among the people or the places."""
        stated = [figure for each in self.places for figure in (each.people.residents, each.people.aged)]
        is_invented = any(each.place.is_sample for each in self.places)
        return is_invented or any(figure is not None and figure.is_sample for figure in stated)

    @property
    def groups(self) -> list[str]:
        """The groups about which something is known."""
        found = [ALL_PEOPLE]
        if self.weights(AGED).sum():
            found.append(AGED)
        return [*found, POOR] if self.knows_incomes else found


@dataclass(frozen=True, slots=True)
class Facilities:
    """The institutions that are asked about: those with a position, and those without."""

    rows: Sequence[InstitutionAmount]
    without_position: Sequence[InstitutionAmount]

    @property
    def points(self) -> GlobePoints:
        positions = [row.position or (0.0, 0.0) for row in self.rows]
        return GlobePoints.of([each[0] for each in positions], [each[1] for each in positions])

    def capacities(self, resource: str) -> Floats:
        """Return what each has of a resource; what was not stated counts for nothing, and the page says so."""
        return np.array([float(row.amount(resource) or 0) for row in self.rows])

    def without(self, resource: str) -> int:
        return sum(row.amount(resource) is None for row in self.rows)


@dataclass(frozen=True, slots=True)
class Drive:
    """How long a straight kilometre takes."""

    parameters: TravelParameters

    @property
    def minutes_per_km(self) -> float:
        return self.parameters.detour_factor / self.parameters.speed_km_per_hour * MINUTES_PER_HOUR

    def nearest(self, demand: GlobePoints, facilities: GlobePoints) -> Nearest:
        """Return for each point the nearest facility, with the minutes to it."""
        found = nearest_points(demand, facilities)
        return Nearest(found.costs * self.minutes_per_km, found.facility)

    def zones(self) -> Zones:
        return Zones(tuple((bound / self.minutes_per_km, weight) for bound, weight in ZONES_MINUTES))


@dataclass(frozen=True, slots=True)
class GroupCover:
    """How many of a group reach something within each limit."""

    group: str
    people: float
    covered: Sequence[float]
    mean_minutes: float | None

    def share(self, place: int) -> float | None:
        return self.covered[place] / self.people if self.people else None


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Everything about access in a region."""

    demand: Demand
    facilities: Facilities
    minutes: Floats
    nearest: npt.NDArray[np.int32] | npt.NDArray[np.int64]
    cover: Sequence[GroupCover]
    access: AccessResult | None


def demand_of(actor: Actor, region: Place) -> Demand:
    """Return where the people of a region are: at its smallest places of which population and position are known."""
    below = Place.objects.filter(node__path__startswith=region.node.path, valid_to__isnull=True)
    places = list(scoped(actor, below.select_related("node")).order_by("code"))
    people = people_of(actor, places)
    known = [each for each in places if people[each.pk].residents and each.longitude is not None]
    above = {key for each in known for key in each.node.path.strip("/").split("/")[:-1]}
    leaves = [each for each in known if each.node.key not in above]
    poor, knows_incomes = _poor_places(leaves, people)
    found = [
        DemandPlace(each, people[each.pk], each.longitude or 0.0, each.latitude or 0.0, each.pk in poor)
        for each in leaves
    ]
    own = people.get(region.pk, People()).residents
    placed = sum(each.residents for each in found)
    without = max(0.0, own.quantity - placed) if own is not None else None
    return Demand(found, without, knows_incomes, sum(each.people.aged is None for each in found))


def _poor_places(places: Sequence[Place], people: dict[int, People]) -> tuple[set[int], bool]:
    """Return the places with the lowest incomes that hold a fifth of the people; none unless all incomes are known."""
    incomes = {each.pk: income.quantity for each in places if (income := people[each.pk].income) is not None}
    if not places or len(incomes) < len(places):
        return set(), False
    residents = {each.pk: people[each.pk].residents for each in places}
    total = sum(each.quantity for each in residents.values() if each)
    poor: set[int] = set()
    held = 0.0
    for pk in sorted(incomes, key=lambda each: incomes[each]):
        if held >= POOREST_SHARE * total:
            break
        poor.add(pk)
        stated = residents[pk]
        held += stated.quantity if stated else 0.0
    return poor, True


def facilities_of(actor: Actor, found: Inventory, which: str) -> Facilities:
    """Return the institutions of a region that treat patients: all, hospitals only, or those that give a service."""
    rows = [row for row in found.rows if row.treats_patients]
    if which == HOSPITALS:
        kinds = groups_on(found.day).hospitals
        rows = [row for row in rows if row.institution.kind in kinds]
    elif which != ANY:
        giving = giving_service(actor, found, which)
        rows = [row for row in rows if row.institution.pk in giving]
    placed = [row for row in rows if row.position is not None]
    return Facilities(placed, [row for row in rows if row.position is None])


def giving_service(actor: Actor, found: Inventory, service: str) -> set[int]:
    """Return the institutions that give a service on the day of the inventory."""
    rows = ServiceOffered.objects.filter(service=service, institution__node__path__startswith=found.place.node.path)
    given = scoped(actor, rows).values_list("institution_id", "since", "until")
    return {pk for pk, since, until in given if _holds(since, until, found.day)}


def _holds(since: datetime.date | None, until: datetime.date | None, day: datetime.date) -> bool:
    return (since is None or since <= day) and (until is None or day <= until)


def cover_of(demand: Demand, minutes: Floats, limits: Sequence[float]) -> list[GroupCover]:
    """Return how many of each group reach something within the limits, and their mean time."""
    lines = []
    for group in demand.groups:
        people = demand.weights(group)
        found = time_coverage(minutes, people, limits)
        reached = np.isfinite(minutes) & (people > 0)
        mean = float(np.average(minutes[reached], weights=people[reached])) if reached.any() else None
        lines.append(GroupCover(group, float(people.sum()), [each.covered for each in found], mean))
    return lines


def access_of(demand: GlobePoints, people: Floats, sites: GlobePoints, capacity: Floats, drive: Drive) -> AccessResult:
    """Return the access of each point by the enhanced two-step method (Luo and Qi 2009)."""
    ways = PointCatchments(demand, sites, drive.zones(), threads=1)
    return measure_access(ways, people, capacity, AccessMethod.ENHANCED)


def reach_of(demand: Demand, facilities: Facilities, resource: str, drive: Drive) -> Reach:
    """Return who reaches the facilities in what time and what of the resource is there for them."""
    points, sites = demand.points, facilities.points
    if not len(sites):
        minutes = np.full(len(points), np.inf)
        nobody = np.full(len(points), NOBODY, np.int32)
        return Reach(demand, facilities, minutes, nobody, cover_of(demand, minutes, LIMITS_MINUTES), None)
    nearest = drive.nearest(points, sites)
    capacity = facilities.capacities(resource)
    has_some = bool(len(points)) and bool(capacity.sum())
    access = access_of(points, demand.residents, sites, capacity, drive) if has_some else None
    return Reach(
        demand, facilities, nearest.costs, nearest.facility, cover_of(demand, nearest.costs, LIMITS_MINUTES), access
    )
