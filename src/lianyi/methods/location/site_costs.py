"""What it costs each demand point to use each candidate site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from lianyi.methods.access.pairs import PairTable, refuse_repeats
from lianyi.methods.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.compiling import compiled
from lianyi.methods.errors import SiteError, SiteNumberError, SurveyLengthError, TravelCostError, UnreachableDemandError

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, eq=False)
class SiteCosts:
    """The sites that each demand point can use, cheapest first, of equal ones the one listed first.

    A pair that is not there cannot be used. A cost of 0 is a cost like any other: the site stands in the place.

    Parameters
    ----------
    start
        Where the row of each demand point starts in the other two; one more than there are points.
    site, cost
        Position of the site, counted from 0, and the cost of the way, in one unit for all.
    site_count
        How many candidate sites there are, with those that stand in no pair.
    """

    start: Positions
    site: Integers
    cost: Floats
    site_count: int

    @property
    def demand_count(self) -> int:
        return self.start.size - 1

    @classmethod
    def from_pairs(cls, pairs: PairTable) -> SiteCosts:
        """Sort a table of pairs (see `lianyi.methods.access.pairs.PairTable`, which checks it).

        Raises
        ------
        RepeatedPairError
            When the same pair stands twice, in a table of any order.

        Examples
        --------
        >>> costs = SiteCosts.from_pairs(PairTable([0, 0, 1], [0, 1, 1], [7.0, 0.0, 3.0], 2, 2))
        >>> costs.site.tolist(), costs.cost.tolist()
        ([1, 0, 1], [0.0, 7.0, 3.0])
        """
        batch = pairs.batch
        refuse_repeats(batch, pairs.facility_count)
        start, site, cost = gather_rows(batch.demand, batch.facility, batch.costs, pairs.demand_count)
        sort_rows(start, site, cost)
        return cls(start, site, cost, pairs.facility_count)

    @classmethod
    def from_matrix(cls, matrix: npt.ArrayLike) -> SiteCosts:
        """Take a matrix with a row for each demand point and a column for each site; infinity: cannot be used.

        Raises
        ------
        SurveyLengthError
            When it is no matrix with at least one row and one column.
        TravelCostError
            When a cost is negative or not a number.

        Examples
        --------
        >>> SiteCosts.from_matrix([[5.0, 0.0], [float("inf"), 2.0]]).site.tolist()
        [1, 0, 1]
        """
        table = np.ascontiguousarray(matrix, np.float64)
        if table.ndim != 2 or not table.size:  # noqa: PLR2004 - rows and columns
            message = (
                f"The costs have the shape {table.shape}; give a row for each demand point, a column for each site."
            )
            raise SurveyLengthError(message, shape=table.shape)
        is_bad = ~(table >= 0.0)
        if is_bad.any():
            row, column = (int(place) for place in np.argwhere(is_bad)[0])
            message = (
                f"The cost in row {row + 1}, column {column + 1} is {table[row, column]}; a cost is 0 or more, and "
                "infinity where nobody can travel."
            )
            raise TravelCostError(message, row=row + 1, given=float(table[row, column]))
        reach = np.isfinite(table)
        start = np.concatenate(([0], np.cumsum(reach.sum(axis=1)))).astype(np.int64)
        site = np.broadcast_to(np.arange(table.shape[1], dtype=np.int32), table.shape)[reach]
        cost = table[reach]
        sort_rows(start, site, cost)
        return cls(start, site, cost, table.shape[1])

    def within(self, radius: float) -> SiteCosts:
        """Return only the pairs whose cost is the radius or less."""
        kept = self.cost <= radius
        before = np.concatenate(([0], np.cumsum(kept, dtype=np.int64)))
        return SiteCosts(before[self.start], self.site[kept], self.cost[kept], self.site_count)

    def only(self, rows: Flags) -> SiteCosts:
        """Return only these demand points, in their order."""
        counts = np.diff(self.start)
        kept = np.repeat(rows, counts)
        start = np.concatenate(([0], np.cumsum(counts[rows]))).astype(np.int64)
        return SiteCosts(start, self.site[kept], self.cost[kept], self.site_count)

    def rows_of_pairs(self) -> Positions:
        """Return the demand point of each pair."""
        return np.repeat(np.arange(self.demand_count), np.diff(self.start))

    def unreachable(self) -> Positions:
        """Return the demand points that can use no site at all."""
        return np.flatnonzero(np.diff(self.start) == 0)


@compiled
def gather_rows(
    demand: Integers, facility: Integers, costs: Floats, demand_count: int
) -> tuple[Positions, Integers, Floats]:
    """Bring the pairs of each demand point together, by rising site."""
    by_site = np.argsort(facility, kind="mergesort")
    start = np.zeros(demand_count + 1, np.int64)
    for pair in range(demand.size):
        start[demand[pair] + 1] += 1
    start = np.cumsum(start)
    following = start[:-1].copy()
    site = np.empty(facility.size, np.int32)
    cost = np.empty(costs.size, np.float64)
    for pair in by_site:
        place = following[demand[pair]]
        following[demand[pair]] += 1
        site[place] = facility[pair]
        cost[place] = costs[pair]
    return start, site, cost


@compiled
def sort_rows(start: Positions, site: Integers, cost: Floats) -> None:
    """Sort each row by cost; equal costs stay in the order of their sites."""
    for row in range(start.size - 1):
        part = slice(start[row], start[row + 1])
        order = np.argsort(cost[part], kind="mergesort")
        cost[part] = cost[part][order]
        site[part] = site[part][order]


def kept_sites(keep: Sequence[int] | npt.ArrayLike, site_count: int) -> Integers:
    """Return the positions of sites that stay open, each once.

    Raises
    ------
    SiteError
        When there is no such site, or a position is not a whole number.
    """
    given = np.asarray(keep)
    if not given.size:
        return np.empty(0, np.int32)
    if given.dtype.kind not in "iu" or given.min() < 0 or given.max() >= site_count:
        message = (
            f"The sites to keep are {given.tolist()[:_MOST_NAMED]}; give positions from 0 to {site_count - 1}, counted "
            "in the list of sites."
        )
        raise SiteError(message, site_count=site_count)
    return np.unique(given).astype(np.int32)


def check_site_number(places: int, kept: int, site_count: int) -> None:
    """Refuse a number of sites that cannot be opened.

    Raises
    ------
    SiteNumberError
        When it is below 1, below the number of sites kept, or above the number of sites.
    """
    if not max(1, kept) <= places <= site_count:
        message = (
            f"{places} sites are to be open, and {site_count} are listed of which {kept} stay; give a number from "
            f"{max(1, kept)} to {site_count}. The sites that stay count."
        )
        raise SiteNumberError(message, given=places, kept=kept, site_count=site_count)


def refuse_unreachable(costs: SiteCosts, rows: Positions, reach: str) -> None:
    """Refuse demand points that no site can serve at all.

    Raises
    ------
    UnreachableDemandError
        Naming the first of them by position, counted from 1.
    """
    if rows.size:
        named = ", ".join(str(row + 1) for row in rows[:_MOST_NAMED].tolist())
        message = (
            f"{rows.size} of {costs.demand_count} demand points can use no site{reach}: number {named}"
            f"{' and others' if rows.size > _MOST_NAMED else ''}. Add sites or ways for them, or leave "
            "them out and say so."
        )
        raise UnreachableDemandError(message, count=int(rows.size), positions=rows.tolist())
