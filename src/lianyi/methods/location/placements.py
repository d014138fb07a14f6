"""What comes of a search for sites: never a placement alone, always with how good it can be at most."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lianyi.methods.access.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.location.site_costs import SiteCosts


class StopReason(StrEnum):
    """Why a search ended."""

    OPTIMAL = "optimal"  # proved: nothing is better
    GAP = "gap"  # the gap asked for was reached
    TIME_LIMIT = "time_limit"
    SEARCH_LIMIT = "search_limit"  # of the memory for open branches, or of the solver


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """Who uses which site: positions of demand point and site, the cost of the way, and the people who go it."""

    demand: Positions
    site: Positions
    cost: Floats
    people: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """Sites to open, and how good that is.

    Parameters
    ----------
    objective
        What the chosen sites reach.
    bound
        Proven: no placement is below it where the least is sought, none is above it where the most is sought.
    sites
        Positions of the open sites, those kept among them, in rising order.
    assignments
        Who uses which site; demand points that use none do not stand in it.
    stop_reason
        Why the search ended. Only `StopReason.OPTIMAL` says that nothing is better.
    """

    objective: float
    bound: float
    sites: Positions
    assignments: Assignments
    stop_reason: StopReason

    @property
    def gap(self) -> float:
        """How far the objective is from the bound, as a share of the objective; infinite without a bound."""
        return relative_gap(self.objective, self.bound)

    @property
    def is_optimal(self) -> bool:
        return self.stop_reason is StopReason.OPTIMAL


def relative_gap(objective: float, bound: float) -> float:
    """Return the distance of objective and bound as a share of the objective.

    Examples
    --------
    >>> relative_gap(200.0, 198.0), relative_gap(0.0, 0.0), relative_gap(0.0, -1.0)
    (0.01, 0.0, inf)
    """
    distance = abs(objective - bound)
    if distance == 0.0:
        return 0.0
    return distance / abs(objective) if objective else float("inf")


def nearest_open(costs: SiteCosts, is_open: Flags, people: Floats) -> Assignments:
    """Send each demand point to its cheapest open site, of equal ones to the one listed first."""
    pairs = np.flatnonzero(is_open[costs.site])
    rows = np.searchsorted(costs.start, pairs, side="right") - 1
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    pairs, rows = pairs[first], rows[first]
    return Assignments(rows, costs.site[pairs].astype(np.int64), costs.cost[pairs], people[rows])


def open_flags(sites: Integers | Positions, site_count: int) -> Flags:
    """Return for each site whether it is among these."""
    flags = np.zeros(site_count, np.bool_)
    flags[sites] = True
    return flags
