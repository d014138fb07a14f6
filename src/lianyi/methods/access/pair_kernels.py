"""Compiled passes over a table of pairs: a demand place, a facility, and the cost of the way between them."""

from __future__ import annotations

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Integers, Positions, Zone
from lianyi.methods.compiling import compiled

FINE = -1
NOT_IN_RUNS = -2
BINARY = 0
SQUARED = 2
BAD_COST = 0
BAD_DEMAND = 1
BAD_FACILITY = 2


@compiled
def zones_of(costs: Floats, bounds: Floats) -> Zone:
    """Return the zone of each cost; behind the last bound stands a zone of its own."""
    found = np.zeros(costs.size, np.uint8)
    # Bound by bound and without a branch: the zones of pairs that follow one another cannot be guessed.
    for zone in range(bounds.size):
        bound = bounds[zone]
        for pair in range(costs.size):
            found[pair] += np.uint8(costs[pair] > bound)
    return found


@compiled
def add_by_zone(
    totals: Floats, targets: Integers, sources: Integers, zones: Zone, values: Floats, weights: Floats
) -> None:
    """Add to the total of each target the values of its sources, each with the weight of its zone."""
    # Pairs of one target often follow one another, and are added up before they are written.
    target, found = 0, 0.0
    for pair in range(zones.size):
        if targets[pair] != target:
            totals[target] += found
            target, found = targets[pair], 0.0
        found += values[sources[pair]] * weights[zones[pair]]
    if zones.size:
        totals[target] += found


@compiled
def add_by_weight(
    totals: Floats, targets: Integers, sources: Integers, ways: Floats, values: Floats, power: int
) -> None:
    """Add to the total of each target the values of its sources, each with the weight of the way to a power."""
    target, found = 0, 0.0
    for pair in range(ways.size):
        if targets[pair] != target:
            totals[target] += found
            target, found = targets[pair], 0.0
        weight = ways[pair]
        if power == SQUARED:
            weight *= weight
        elif power == BINARY:
            weight = 1.0 if weight > 0.0 else 0.0
        found += values[sources[pair]] * weight
    if ways.size:
        totals[target] += found


@compiled
def inspect(demand: Integers, facility: Integers, costs: Floats, demand_count: int, facility_count: int) -> Positions:
    """Return what is wrong first (`FINE` if nothing), where, and how many costs are 0."""
    faults = 0
    zeros = 0
    # All rows alike and without a branch; only a table with a fault is looked through for it.
    for pair in range(costs.size):
        # A comparison with NaN is false.
        is_cost = (costs[pair] >= 0.0) & (costs[pair] < np.inf)
        is_place = (demand[pair] >= 0) & (demand[pair] < demand_count)
        is_site = (facility[pair] >= 0) & (facility[pair] < facility_count)
        faults += not (is_cost & is_place & is_site)
        zeros += costs[pair] == 0.0
    if faults == 0:
        return np.array([FINE, 0, zeros], np.int64)
    pair = 0
    while 0.0 <= costs[pair] < np.inf and 0 <= demand[pair] < demand_count and 0 <= facility[pair] < facility_count:
        pair += 1
    if not 0.0 <= costs[pair] < np.inf:
        return np.array([BAD_COST, pair, zeros], np.int64)
    fault = BAD_FACILITY if 0 <= demand[pair] < demand_count else BAD_DEMAND
    return np.array([fault, pair, zeros], np.int64)


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
def look_up(found: Integers, ids: Positions, smallest: int, positions: Integers) -> None:
    """Write the position of each whole number in a table that starts at `smallest`; -1 where it has none."""
    # As numbers without a sign, those below the table lie beyond it, and one comparison does.
    size = np.uint64(positions.size)
    for row in range(ids.size):
        offset = np.uint64(ids[row] - smallest)
        found[row] = positions[offset] if offset < size else np.int32(-1)
