"""The p sites with the shortest longest way: the p-center.

The longest way of a placement is the cost of some pair, so the search halves the list of costs: so many sites suffice
within a radius or they do not. E. Minieka, "The m-center problem", SIAM Review 12 (1970) 138-139.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Integers, Positions
from lianyi.methods.errors import PlacementImpossibleError, PlacementNotFoundError
from lianyi.methods.location.limits import Clock, Progress, SearchLimits, silent
from lianyi.methods.location.p_median import demand_of
from lianyi.methods.location.placements import Placement, StopReason, nearest_open, open_flags, relative_gap
from lianyi.methods.location.set_cover import can_cover
from lianyi.methods.location.site_costs import SiteCosts, check_site_number, kept_sites, refuse_unreachable

_SHARE_OF_TIME_FOR_ONE = 0.25


def p_center(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    places: int,
    *,
    keep: Sequence[int] = (),
    limits: SearchLimits | None = None,
    progress: Progress = silent,
) -> Placement:
    """Open so many sites that the longest way of a demand point to its cheapest open site is shortest.

    Every point counts the same, with people or without; `demand` only tells how many people go each way.

    Raises
    ------
    SiteNumberError, SiteError, SurveyLengthError, SurveyAmountError
        When the input cannot be used.
    UnreachableDemandError
        When a point can use no site.
    PlacementImpossibleError
        When so many sites cannot serve all points.
    PlacementNotFoundError
        When the time ended before any placement was found that serves all points.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[0, 4, 9], [4, 0, 5], [9, 5, 0]])
    >>> placement = p_center(costs, [10, 20, 30], 1)
    >>> placement.sites.tolist(), placement.objective, placement.bound, placement.stop_reason.value
    ([1], 5.0, 5.0, 'optimal')
    """
    limits = limits or SearchLimits()
    clock = Clock(limits, progress)
    people = demand_of(costs, demand)
    kept = kept_sites(keep, costs.site_count)
    check_site_number(places, kept.size, costs.site_count)
    refuse_unreachable(costs, costs.unreachable(), "")
    halving = _Halving(costs, kept, places, clock, limits)
    halving.run()
    sites = _filled(halving.sites, places, costs.site_count)
    assignments = nearest_open(costs, open_flags(sites, costs.site_count), people)
    objective = float(assignments.cost.max())
    bound = min(halving.bound, objective)
    return Placement(objective, bound, sites, assignments, _reason(objective, bound, limits))


class _Halving:
    """Narrows the radius between one that is proved too short and one for which sites are known."""

    def __init__(self, costs: SiteCosts, kept: Integers, places: int, clock: Clock, limits: SearchLimits) -> None:
        self._costs, self._kept, self._places, self._clock, self._limits = costs, kept, places, clock, limits
        nearest = costs.cost[costs.start[:-1]]
        self._radii = np.unique(costs.cost[costs.cost >= nearest.max()])
        self.sites: Positions = np.empty(0, np.int64)
        self._shortest = 0
        self._known = self._radii.size
        # Radii that were not decided in time, the first and the last of them; both `_known` when there are none.
        self._first_open = self._last_open = self._known

    @property
    def bound(self) -> float:
        """Return the shortest radius that is not proved too short."""
        return float(self._radii[self._shortest])

    def run(self) -> None:
        """Try the longest radius first, then halves of what is left, around what cannot be decided."""
        self._try(self._radii.size - 1)
        if not self.sites.size:
            self._refuse()
        while not self._clock.is_over:
            if relative_gap(float(self._radii[self._known]), self.bound) <= self._limits.gap:
                return
            if self._shortest < self._first_open:
                self._try((self._shortest + self._first_open) // 2)
            elif self._last_open + 1 < self._known:
                self._try((self._last_open + 1 + self._known) // 2)
            else:
                return

    def _try(self, place: int) -> None:
        """Narrow by one radius."""
        near = self._costs.within(float(self._radii[place]))
        seconds = self._clock.seconds_left()
        if place < self._radii.size - 1:
            seconds *= _SHARE_OF_TIME_FOR_ONE
        sites = can_cover(near, self._kept, self._places, seconds, self._limits.seed)
        if sites is None:
            has_open = self._first_open < self._known
            self._last_open = max(place, self._last_open) if has_open else place
            self._first_open = min(place, self._first_open)
            return
        if sites.size:
            self.sites = sites
            is_open = open_flags(sites, self._costs.site_count)
            longest = float(nearest_open(near, is_open, np.zeros(near.demand_count)).cost.max())
            self._known = int(np.searchsorted(self._radii, longest))
        else:
            self._shortest = place + 1
        if not self._shortest <= self._first_open <= self._last_open < self._known:
            self._first_open = self._last_open = self._known

    def _refuse(self) -> None:
        if self._shortest == self._radii.size:
            message = (
                f"{self._places} sites cannot serve all points: not every site can be reached from everywhere. Open "
                "more sites, or give the ways that are missing from the costs."
            )
            raise PlacementImpossibleError(message, places=self._places)
        message = (
            f"The time ended before {self._places} sites were found that serve all points. Whether there are such is "
            "not known. Give more time or more sites."
        )
        raise PlacementNotFoundError(message, places=self._places)


def _filled(sites: Positions, places: int, site_count: int) -> Positions:
    """Open further sites, the first listed, where fewer than asked for are enough."""
    others = np.setdiff1d(np.arange(site_count), sites)
    return np.sort(np.concatenate((sites, others[: places - sites.size])))


def _reason(objective: float, bound: float, limits: SearchLimits) -> StopReason:
    if bound >= objective:
        return StopReason.OPTIMAL
    if relative_gap(objective, bound) <= limits.gap:
        return StopReason.GAP
    return StopReason.TIME_LIMIT
