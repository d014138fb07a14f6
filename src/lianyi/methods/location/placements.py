"""What comes of a search for sites: never a placement alone, always with how good it can be at most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.location.limits import StopReason, relative_gap
from lianyi.methods.location.site_costs import SiteCosts

__all__ = ["Assignments", "Placement", "StopReason", "nearest_open", "open_flags", "relative_gap"]


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
