"""An option worked through: new sites, or institutions raised to give a service, and what changes with them.

Every figure stands twice, before and after, on the same people and the same estimated drives. Sites are found by an
exact search that says how good its answer is proved to be; or they are chosen by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from lianyi.methods.access import GlobePoints
from lianyi.methods.access.globe import distance_km
from lianyi.methods.distribution import gini
from lianyi.methods.location.covering import maximal_covering
from lianyi.methods.location.limits import SearchLimits
from lianyi.methods.location.p_center import p_center
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.placements import Placement
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.registry.models import Institution, Place
from lianyi.survey.errors import NothingToPlaceError
from lianyi.survey.reach import LIMITS_MINUTES, Demand, Drive, Facilities, GroupCover, access_of, cover_of

Floats = npt.NDArray[np.float64]
SEARCH = SearchLimits(seconds=10.0, gap=0.0)
MOST_POINTS = 4000
"""More points than these are worked through on the command line, where a search may take its time."""
PER_THOUSAND = 1000


class Aim(StrEnum):
    """What a search for sites looks for."""

    MOST_PEOPLE = "most_people"
    LEAST_TRAVEL = "least_travel"
    SHORTEST_LONGEST = "shortest_longest"
    HAND = "hand"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where something could be placed: in a place, or at an institution that is raised."""

    record: Place | Institution
    longitude: float
    latitude: float
    present_capacity: float = 0.0

    @property
    def code(self) -> str:
        return self.record.code


@dataclass(frozen=True, slots=True)
class Option:
    """What is asked: how many sites, to which end, and what each of them would have."""

    aim: Aim
    count: int
    minutes: float
    capacity: float
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Coverage, equity and load, as they are or would be."""

    cover: Sequence[GroupCover]
    minutes: Floats
    covered: float
    people: float
    gini_access: float | None
    least_access: float | None
    loads: Floats

    def as_facts(self) -> dict[str, Any]:
        """Return it as it is kept."""
        reached = np.isfinite(self.minutes)
        return {
            "people": round(self.people),
            "covered": round(self.covered),
            "cover": [
                {
                    "group": line.group,
                    "people": round(line.people),
                    "covered": [round(each) for each in line.covered],
                    "mean_minutes": None if line.mean_minutes is None else round(line.mean_minutes, 2),
                }
                for line in self.cover
            ],
            "longest_minutes": round(float(self.minutes.max()), 2) if reached.all() else None,
            "gini_access": None if self.gini_access is None else round(self.gini_access, 6),
            "least_access": None if self.least_access is None else round(self.least_access, 6),
            "largest_load": round(float(self.loads.max())) if self.loads.size else None,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """An option with what it changes. ``placement`` is None where the sites were chosen by hand."""

    option: Option
    sites: Sequence[Candidate]
    before: Picture
    after: Picture
    placement: Placement | None

    def as_facts(self) -> dict[str, Any]:
        """Return it as a scenario keeps it."""
        return {
            "limits_minutes": list(LIMITS_MINUTES),
            "minutes": self.option.minutes,
            "before": self.before.as_facts(),
            "after": self.after.as_facts(),
            "sites": [
                {
                    "code": each.code,
                    "name_zh": each.record.name_zh,
                    "name_en": each.record.name_en,
                    "load": round(float(load)),
                }
                for each, load in zip(self.sites, self.after.loads[-len(self.sites) :], strict=True)
            ],
            "search": _proof(self.placement),
        }


def _proof(placement: Placement | None) -> dict[str, Any] | None:
    if placement is None:
        return None
    return {
        "objective": round(placement.objective, 3),
        "bound": round(placement.bound, 3),
        "gap": round(placement.gap, 6) if np.isfinite(placement.gap) else None,
        "stop_reason": placement.stop_reason.value,
    }


def place_candidates(demand: Demand) -> list[Candidate]:
    """Return the places of the region as candidates for a new site."""
    return [Candidate(each.place, each.longitude, each.latitude) for each in demand.places]


def raised_candidates(others: Facilities, resource: str) -> list[Candidate]:
    """Return institutions that could be raised; each brings what it has of the resource."""
    found = []
    for row in others.rows:
        position = row.position
        if position is not None:
            found.append(Candidate(row.institution, *position, float(row.amount(resource) or 0)))
    return found


def work_through(
    demand: Demand, facilities: Facilities, candidates: Sequence[Candidate], option: Option, drive: Drive, resource: str
) -> Worked:
    """Find or take the sites of an option, and draw what is before and after.

    Raises
    ------
    NothingToPlaceError
        When there is nobody to serve, no candidate, or more of them than a page can work through.
    """
    if not demand.places or not candidates:
        raise NothingToPlaceError("There is nobody to serve here, or no candidate site with a position.")
    if max(len(demand.places), len(candidates)) > MOST_POINTS:
        raise NothingToPlaceError(
            f"{len(demand.places)} places and {len(candidates)} candidates are more than {MOST_POINTS}. Choose a "
            "smaller region, or work it through on the command line.",
            reason="too-many",
            maximum=MOST_POINTS,
        )
    capacities = facilities.capacities(resource)
    before_minutes = _nearest_minutes(demand, facilities.points, drive)
    placement, chosen = _choose(demand, before_minutes, candidates, option, drive)
    sites = [candidates[at] for at in chosen]
    new_capacity = np.array([each.present_capacity + option.capacity for each in sites])
    points = _joined(facilities.points, sites)
    before = _picture(demand, facilities.points, capacities, option, drive)
    after = _picture(demand, points, np.concatenate([capacities, new_capacity]), option, drive)
    return Worked(option, sites, before, after, placement)


def _nearest_minutes(demand: Demand, points: GlobePoints, drive: Drive) -> Floats:
    if not len(points):
        return np.full(len(demand.places), np.inf)
    return drive.nearest(demand.points, points).costs


def _joined(points: GlobePoints, sites: Sequence[Candidate]) -> GlobePoints:
    longitudes = [*points.longitude.tolist(), *(each.longitude for each in sites)]
    return GlobePoints.of(longitudes, [*points.latitude.tolist(), *(each.latitude for each in sites)])


def _choose(
    demand: Demand, before: Floats, candidates: Sequence[Candidate], option: Option, drive: Drive
) -> tuple[Placement | None, list[int]]:
    """Return the positions of the candidates taken, and the search that found them."""
    if option.aim is Aim.HAND:
        return None, [at for at, each in enumerate(candidates) if each.code in option.chosen]
    minutes = _minutes_matrix(demand.points, _joined(GlobePoints.of([], []), candidates), drive)
    has_existing = bool(np.isfinite(before).all()) and before.size > 0
    # The institutions that are there act together as one site that stays: only the nearest of them counts.
    table = np.column_stack([before, minutes]) if has_existing else minutes
    kept = (0,) if has_existing else ()
    places = min(option.count, len(candidates)) + len(kept)
    placement = _search(SiteCosts.from_matrix(table), demand.residents, option, places, kept)
    return placement, sorted(int(at) - len(kept) for at in placement.sites if int(at) >= len(kept))


def _search(costs: SiteCosts, people: Floats, option: Option, places: int, kept: tuple[int, ...]) -> Placement:
    if option.aim is Aim.MOST_PEOPLE:
        return maximal_covering(costs, people, option.minutes, places, keep=kept, limits=SEARCH)
    if option.aim is Aim.LEAST_TRAVEL:
        return p_median(costs, people, places, keep=kept, limits=SEARCH)
    return p_center(costs, people, places, keep=kept, limits=SEARCH)


def _minutes_matrix(demand: GlobePoints, sites: GlobePoints, drive: Drive) -> Floats:
    """Return the estimated minutes between every place and every candidate."""
    first, second = np.array(demand.unit_vectors()), np.array(sites.unit_vectors())
    squared = np.clip(2.0 - 2.0 * (first.T @ second), 0.0, 4.0)
    return distance_km(squared) * drive.minutes_per_km


def _picture(demand: Demand, points: GlobePoints, capacity: Floats, option: Option, drive: Drive) -> Picture:
    minutes = np.full(len(demand.places), np.inf)
    loads = np.zeros(len(points))
    people = demand.residents
    if len(points):
        found = drive.nearest(demand.points, points)
        minutes = found.costs
        loads = np.bincount(found.facility, weights=people, minlength=len(points)).astype(np.float64)
    equality, least = None, None
    if len(points) and capacity.sum() and people.sum():
        access = access_of(demand.points, people, points, capacity, drive).access
        least = float(access.min()) * PER_THOUSAND
        equality = gini(access * people, people) if access.sum() else None
    covered = float(people[minutes <= option.minutes].sum())
    return Picture(
        cover_of(demand, minutes, LIMITS_MINUTES), minutes, covered, float(people.sum()), equality, least, loads
    )
