"""The nearest facility of every place, and how many people have one within a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lianyi.methods.access.decay import Edge
from lianyi.methods.arrays import Floats, Integers
from lianyi.methods.columns import amounts
from lianyi.methods.errors import SurveyLengthError

if TYPE_CHECKING:
    import numpy.typing as npt

NOBODY = -1
"""In place of a facility where none is in reach."""


class _Batch(Protocol):
    @property
    def demand(self) -> Integers: ...

    @property
    def facility(self) -> Integers: ...

    @property
    def costs(self) -> Floats: ...


_Lower = Callable[[Floats, Integers, Integers, Integers, Floats], None]


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """For each demand place the cheapest way to any facility."""

    costs: Floats
    """Infinite where no facility can be reached."""
    facility: Integers
    """Position of the facility; `NOBODY` where there is none."""


@dataclass(frozen=True, slots=True)
class TimeCoverage:
    """People with a facility within a limit, out of all people."""

    limit: float
    covered: float
    population: float

    @property
    def share(self) -> float | None:
        """None when there are no people."""
        return self.covered / self.population if self.population else None


def nearest_of(batches: Iterable[_Batch], demand_count: int, lower: _Lower) -> Nearest:
    """Go once over all pairs."""
    least = np.full(demand_count, np.inf)
    found = np.full(demand_count, NOBODY, np.int32)
    for batch in batches:
        lower(least, found, batch.demand, batch.facility, batch.costs)
    return Nearest(least, found)


def time_coverage(
    least_costs: Floats, population: npt.ArrayLike, limits: Iterable[float], edge: Edge = Edge.INCLUSIVE
) -> list[TimeCoverage]:
    """Return for each limit how many people have a facility within it.

    The measure of AccessMod (N. Ray and S. Ebener, International Journal of Health Geographics 7, 2008, 63) without
    capacities. A place exactly at the limit is covered unless the edge is exclusive.

    Examples
    --------
    >>> [c.covered for c in time_coverage(np.array([5, 30, np.inf]), [100, 50, 10], [15, 30])]
    [100.0, 150.0]
    """
    people = amounts("population", population)
    if people.size != least_costs.size:
        message = f"There are {people.size} populations for {least_costs.size} places; give one for each."
        raise SurveyLengthError(message, given=people.size, expected=least_costs.size)
    total = float(people.sum())
    inside = np.less if edge is Edge.EXCLUSIVE else np.less_equal
    return [
        TimeCoverage(float(limit), float(people[inside(least_costs, limit) & (least_costs < np.inf)].sum()), total)
        for limit in limits
    ]
