"""Placing under conditions: capacities, a budget, floors of equity, sites that stay.

Everything is one sparse model for the solver, with a share for each pair of a point and a site that it can use. It is
exact for some hundred sites; for more, the time may end with a gap, which is told. A first placement is built up and
exchanged whatever binds, and a bound comes from the placement without conditions and from the budget: so there is an
answer with a gap also where the solver would find none in the time. People of one point may be divided among sites
where capacities force it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.columns import amount_column, total_of
from lianyi.methods.errors import PlacementConditionError
from lianyi.methods.location.covering import pairs_within
from lianyi.methods.location.first_plans import (
    MOST_PAIRS_SOLVED,
    First,
    least_travel_first,
    most_covered_first,
)
from lianyi.methods.location.limits import Clock, Progress, SearchLimits, silent
from lianyi.methods.location.p_median import demand_of
from lianyi.methods.location.placements import Assignments, Placement, StopReason, open_flags, relative_gap
from lianyi.methods.location.site_costs import SiteCosts, check_site_number, kept_sites, refuse_unreachable
from lianyi.methods.location.site_sets import Binding, NeededReach, Purse
from lianyi.methods.location.solver import Ending, Model, Solution, require_values

_LEAST_SHARE = 1e-9
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Floor:
    """A part of the people of whom at least a share must have a site within a radius.

    Parameters
    ----------
    points
        Positions of the demand points that belong to the part: a poor county, the people of a plateau.
    radius
        In the unit of the costs; exactly at the radius is inside.
    share
        From 0 to 1, of the people of these points together.
    """

    points: Positions
    radius: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """What a placement must keep to; what is None does not bind.

    Parameters
    ----------
    places
        How many sites are open in the end, those that stay among them. With a budget it may be left out.
    keep
        Positions of existing sites that stay open.
    opening_cost, budget
        What opening each site costs, and how much may be spent. Sites that stay cost nothing.
    capacity
        How many people each site can take.
    floors
        Floors of equity.
    """

    places: int | None = None
    keep: Sequence[int] = ()
    opening_cost: npt.ArrayLike | None = None
    budget: float | None = None
    capacity: npt.ArrayLike | None = None
    floors: Sequence[Floor] = ()


def least_travel(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    conditions: Conditions,
    *,
    limits: SearchLimits | None = None,
    progress: Progress = silent,
) -> Placement:
    """Serve everybody under the conditions with the least sum of people times cost.

    Raises
    ------
    PlacementConditionError, SiteNumberError, SiteError, SurveyLengthError, SurveyAmountError, ZeroTotalError
        When the input cannot be used.
    UnreachableDemandError
        When a point with people can use no site.
    PlacementImpossibleError
        When nothing meets all conditions.
    PlacementNotFoundError
        When the time ended before anything was found that does.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[0, 6], [1, 5]])
    >>> placement = least_travel(costs, [10, 10], Conditions(places=2, capacity=[12, 12]))
    >>> placement.objective, placement.stop_reason.value
    (42.0, 'optimal')
    >>> list(zip(placement.assignments.site.tolist(), placement.assignments.people.round(6).tolist()))
    [(0, 10.0), (0, 2.0), (1, 8.0)]
    """
    limits = limits or SearchLimits()
    clock = Clock(limits, progress)
    people = demand_of(costs, demand)
    total_of("demand", people)
    refuse_unreachable(costs, costs.unreachable()[people[costs.unreachable()] > 0], "")
    parts = _Parts(costs, people, conditions)
    parts.add_pairs(weights=costs.cost, everybody=True)
    first = least_travel_first(costs, people, parts.binding, clock, limits)
    solution = parts.solve(first, clock, limits)
    require_values(solution, parts.told())
    return parts.placement(solution, clock, most=False)


def most_covered(
    costs: SiteCosts,
    demand: npt.ArrayLike,
    radius: float,
    conditions: Conditions,
    *,
    limits: SearchLimits | None = None,
    progress: Progress = silent,
) -> Placement:
    """Serve as many people as can be within the radius under the conditions. Raises as `least_travel`.

    Nobody has to be served beyond what the floors ask for.

    Examples
    --------
    >>> costs = SiteCosts.from_matrix([[0, 9], [1, 9], [9, 0]])
    >>> conditions = Conditions(opening_cost=[3, 2], budget=3, capacity=[15, 50])
    >>> placement = most_covered(costs, [10, 10, 12], 5, conditions)
    >>> placement.sites.tolist(), placement.objective, placement.bound
    ([0], 15.0, 15.0)
    """
    limits = limits or SearchLimits()
    clock = Clock(limits, progress)
    people = demand_of(costs, demand)
    total_of("demand", people)
    near = pairs_within(costs, radius)
    parts = _Parts(near, people, conditions)
    parts.add_pairs(weights=np.full(near.cost.size, -1.0), everybody=False)
    first = most_covered_first(near, people, parts.binding, radius, clock, limits)
    solution = parts.solve(first, clock, limits)
    require_values(solution, parts.told())
    return parts.placement(solution, clock, most=True)


class _Parts:
    """The model, built block by block."""

    def __init__(self, costs: SiteCosts, people: Floats, conditions: Conditions) -> None:
        self.model = Model()
        self._costs, self._people, self._conditions = costs, people, conditions
        self._kept = kept_sites(conditions.keep, costs.site_count)
        self._pair_rows = costs.rows_of_pairs()
        self._sites = self.model.add_choices(np.zeros(costs.site_count), open_flags(self._kept, costs.site_count))
        self._pairs: Positions = np.empty(0, np.int64)
        self._add_places()
        self._add_budget()

    def told(self) -> str:
        """Say in words what binds."""
        given = self._conditions
        parts = (
            (given.places is not None, f"{given.places} open sites"),
            (self._kept.size > 0, f"{self._kept.size} sites that stay"),
            (given.budget is not None, f"a budget of {given.budget:g}" if given.budget is not None else ""),
            (given.capacity is not None, "the capacities"),
            (len(given.floors) > 0, f"{len(given.floors)} floors"),
        )
        return ", ".join(words for binds, words in parts if binds) or "everybody served"

    def add_pairs(self, weights: Floats, *, everybody: bool) -> None:
        """Add who uses which site, to nobody more than once, and the conditions on it."""
        costs = self._costs
        self._pairs = self.model.add_shares(weights * self._people[self._pair_rows])
        has_pair = (np.diff(costs.start) > 0) & (self._people > 0)
        lower = np.where(has_pair & everybody, 1.0, 0.0)
        first = self.model.add_rows(lower, 1.0, costs.demand_count)
        self.model.add_entries(first + self._pair_rows, self._pairs)
        first = self.model.add_rows(-np.inf, 0.0, self._pairs.size)
        each = first + np.arange(self._pairs.size)
        self.model.add_entries(each, self._pairs)
        self.model.add_entries(each, self._sites[costs.site], -1.0)
        self._add_capacity()
        for floor in self._conditions.floors:
            self._add_floor(floor)

    @property
    def binding(self) -> Binding:
        """What binds, as the search for a first placement wants it."""
        given, count = self._conditions, self._costs.site_count
        purse = Purse(given.places, self._kept, np.zeros(count))
        if given.budget is not None and given.opening_cost is not None:
            purse = Purse(given.places, self._kept, self._prices(given.opening_cost), given.budget)
        capacity = None if given.capacity is None else _one_for_each_site("capacity", given.capacity, count)
        return Binding(purse, capacity, tuple(self._needed(floor) for floor in given.floors))

    def solve(self, first: First, clock: Clock, limits: SearchLimits) -> Solution:
        """Give the model to the solver, with the first placement as its start; keep the better bound and placement."""
        if first.is_impossible:
            return Solution(Ending.IMPOSSIBLE, np.inf, np.inf, np.empty(0))
        values = None
        if first.shares is not None:
            values = np.zeros(self.model.columns)
            values[self._sites[first.sites]] = 1.0
            values[self._pairs] = first.shares
            if relative_gap(first.objective, first.bound) <= limits.gap or self._pairs.size > MOST_PAIRS_SOLVED:
                return _judged(Solution(Ending.CUT_SHORT, first.objective, first.bound, values), limits.gap)
        found = self.model.solve(clock.seconds_left(), limits.gap, limits.seed, values)
        if found.ending is Ending.IMPOSSIBLE:
            return found
        bound = max(found.bound, first.bound)
        if values is not None and not found.objective < first.objective:
            found = replace(found, ending=Ending.CUT_SHORT, objective=first.objective, values=values)
        return _judged(replace(found, bound=min(bound, found.objective)), limits.gap)

    def placement(self, solution: Solution, clock: Clock, *, most: bool) -> Placement:
        """Read sites and assignments from a solution."""
        costs = self._costs
        sites = np.flatnonzero(solution.values[self._sites] > 0.5)  # noqa: PLR2004 - sites are 0 or 1
        shares = solution.values[self._pairs]
        used = np.flatnonzero((shares > _LEAST_SHARE) & (self._people[self._pair_rows] > 0))
        rows = self._pair_rows[used]
        people = np.minimum(shares[used], 1.0) * self._people[rows]
        assignments = Assignments(rows, costs.site[used].astype(np.int64), costs.cost[used], people)
        objective, bound = (-solution.objective, -solution.bound) if most else (solution.objective, solution.bound)
        reason = solution.stop_reason
        if reason is StopReason.OPTIMAL:
            bound = objective
        elif reason is StopReason.TIME_LIMIT and not clock.is_over:
            reason = StopReason.SEARCH_LIMIT
        return Placement(objective, bound, sites, assignments, reason)

    def _add_places(self) -> None:
        places = self._conditions.places
        if places is None and self._conditions.budget is None:
            message = "Neither a number of places nor a budget is given; give one, or all sites would be opened."
            raise PlacementConditionError(message, name="places")
        if places is not None:
            check_site_number(places, self._kept.size, self._costs.site_count)
            self.model.add_entries(self.model.add_rows(places, places, 1), self._sites)

    def _add_budget(self) -> None:
        budget, given = self._conditions.budget, self._conditions.opening_cost
        if (budget is None) != (given is None):
            message = "A budget needs what opening each site costs, and such costs need a budget; give both or neither."
            raise PlacementConditionError(message, name="budget")
        if budget is None or given is None:
            return
        if not budget >= 0.0:
            message = f"The budget is {budget}; give a number of 0 or more in the unit of the costs of opening."
            raise PlacementConditionError(message, name="budget", given=budget)
        self.model.add_entries(self.model.add_rows(0.0, budget, 1), self._sites, self._prices(given))

    def _prices(self, given: npt.ArrayLike) -> Floats:
        """Return what opening each site costs; sites that stay cost nothing."""
        prices = _one_for_each_site("cost of opening", given, self._costs.site_count)
        prices[self._kept] = 0.0
        return prices

    def _add_capacity(self) -> None:
        if self._conditions.capacity is None:
            return
        capacity = _one_for_each_site("capacity", self._conditions.capacity, self._costs.site_count)
        first = self.model.add_rows(-np.inf, 0.0, capacity.size)
        self.model.add_entries(first + self._costs.site, self._pairs, self._people[self._pair_rows])
        self.model.add_entries(first + np.arange(capacity.size), self._sites, -capacity)

    def _add_floor(self, floor: Floor) -> None:
        reach = self._needed(floor)
        inside = np.flatnonzero(reach.part[self._pair_rows] & (self._costs.cost <= reach.radius))
        row = self.model.add_rows(reach.needed * (1.0 - _ROUNDING), np.inf, 1)
        self.model.add_entries(row, self._pairs[inside], self._people[self._pair_rows[inside]])

    def _needed(self, floor: Floor) -> NeededReach:
        """Return how many people of the floor must be reached.

        Raises
        ------
        PlacementConditionError
            When the floor is none.
        """
        part = _points_of(floor, self._costs.demand_count)
        if not floor.radius >= 0.0 or not 0.0 <= floor.share <= 1.0:
            message = (
                f"A floor has the radius {floor.radius} and the share {floor.share}; the radius is 0 or more, the "
                "share from 0 to 1."
            )
            raise PlacementConditionError(message, name="floor", radius=floor.radius, share=floor.share)
        return NeededReach(part, floor.radius, floor.share * float(self._people[part].sum()))


def _judged(found: Solution, gap: float) -> Solution:
    """Return it as proved when objective and bound are no farther apart than the gap that was asked for."""
    is_near = found.has_values and relative_gap(found.objective, found.bound) <= max(gap, _ROUNDING)
    return replace(found, ending=Ending.PROVED) if is_near else found


def _points_of(floor: Floor, count: int) -> Flags:
    points: Integers | Positions = np.asarray(floor.points)
    if not points.size or points.dtype.kind not in "iu" or points.min() < 0 or points.max() >= count:
        message = (
            f"The points of a floor are positions from 0 to {count - 1}, at least one; given: {points.tolist()[:5]}."
        )
        raise PlacementConditionError(message, name="points")
    return open_flags(points, count)


def _one_for_each_site(name: str, values: npt.ArrayLike, count: int) -> Floats:
    column = amount_column(name, values).copy()
    if column.size != count:
        message = f"There are {column.size} figures of the {name} and {count} sites; give one for each."
        raise PlacementConditionError(message, name=name, given=column.size, expected=count)
    return column
