"""Compiled passes over a table of pairs: a demand place, a facility, and the cost of the way between them."""

from __future__ import annotations

import numpy as np

from lianyi.methods.access.arrays import Flags, Floats, Integers, Positions
from lianyi.methods.access.weight_kernels import DecayCode, weight_of_cost
from lianyi.methods.compiling import compiled

FINE = -1
NOT_IN_RUNS = -2
BAD_COST = 0
BAD_DEMAND = 1
BAD_FACILITY = 2


@compiled
def add_weighted(
    totals: Floats, targets: Integers, sources: Integers, costs: Floats, values: Floats, code: DecayCode
) -> None:
    """Add to the total of each target the values of its sources, each with the weight of the way."""
    for pair in range(costs.size):
        totals[targets[pair]] += values[sources[pair]] * weight_of_cost(costs[pair], code)


@compiled
def inspect(demand: Integers, facility: Integers, costs: Floats, demand_count: int, facility_count: int) -> Integers:
    """Return what is wrong first (`FINE` if nothing), where, and how many costs are 0."""
    zeros = 0
    for pair in range(costs.size):
        cost = costs[pair]
        # A comparison with NaN is false.
        if not (0.0 <= cost < np.inf):
            return np.array([BAD_COST, pair, zeros], np.int32)
        if not (0 <= demand[pair] < demand_count):
            return np.array([BAD_DEMAND, pair, zeros], np.int32)
        if not (0 <= facility[pair] < facility_count):
            return np.array([BAD_FACILITY, pair, zeros], np.int32)
        if cost == 0.0:
            zeros += 1
    return np.array([FINE, 0, zeros], np.int32)


@compiled
def first_repeat(group: Integers, member: Integers, open_group: Integers, was_seen: Flags, seen_in: Integers) -> int:
    """Return the first pair that stands twice in a table that comes in runs of one group; `FINE` if none does.

    The last three carry on from batch to batch: the group whose run is open (one number, -1 before the first), whether
    a run of a group was seen, and for each member the group in whose run it stood last (-1 for none).
    """
    for pair in range(group.size):
        now = group[pair]
        if now != open_group[0]:
            if was_seen[now]:
                return NOT_IN_RUNS
            was_seen[now] = True
            open_group[0] = now
        if seen_in[member[pair]] == now:
            return pair
        seen_in[member[pair]] = now
    return FINE


@compiled
def lower_to_nearest(least: Floats, nearest: Integers, demand: Integers, facility: Integers, costs: Floats) -> None:
    """Lower `least` to the smallest cost of each demand place; of equal costs the facility listed first is nearest."""
    for pair in range(costs.size):
        place = demand[pair]
        cost = costs[pair]
        if cost < least[place] or (cost == least[place] and facility[pair] < nearest[place]):
            least[place] = cost
            nearest[place] = facility[pair]


@compiled
def look_up(ids: Positions, smallest: int, positions: Integers) -> Integers:
    """Return the position of each whole number in a table that starts at `smallest`; -1 where it has none."""
    found = np.empty(ids.size, np.int32)
    for row in range(ids.size):
        offset = ids[row] - smallest
        found[row] = positions[offset] if 0 <= offset < positions.size else -1
    return found
