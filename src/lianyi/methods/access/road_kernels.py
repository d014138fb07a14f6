"""Compiled shortest ways over roads, cut off at a limit (E. W. Dijkstra, Numerische Mathematik 1, 1959, 269-271)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Floats, Integers, Positions
from lianyi.methods.compiling import compiled


class Roads(NamedTuple):
    """Roads by the node they leave: those of node n stand from ``start[n]`` to ``start[n + 1]``."""

    start: Positions
    target: Integers
    cost: Floats


class Search(NamedTuple):
    """Working space of one search; costs are infinite and origins -1 between searches."""

    costs: Floats
    origins: Integers
    heap_costs: Floats
    heap_nodes: Integers
    settled: Integers


class Lists(NamedTuple):
    """What stands at each node: the members of node n from ``start[n]`` to ``start[n + 1]``."""

    start: Positions
    members: Integers


@compiled
def _push(search: Search, size: int, cost: float, node: int) -> int:
    costs, nodes = search.heap_costs, search.heap_nodes
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if costs[parent] <= cost:
            break
        costs[place], nodes[place] = costs[parent], nodes[parent]
        place = parent
    costs[place], nodes[place] = cost, node
    return size + 1


@compiled
def _drop_first(search: Search, size: int) -> int:
    costs, nodes = search.heap_costs, search.heap_nodes
    size -= 1
    cost, node = costs[size], nodes[size]
    place = 0
    child = 1
    while child < size:
        if child + 1 < size and costs[child + 1] < costs[child]:
            child += 1
        if costs[child] >= cost:
            break
        costs[place], nodes[place] = costs[child], nodes[child]
        place = child
        child = 2 * place + 1
    costs[place], nodes[place] = cost, node
    return size


@compiled
def spread(roads: Roads, starts: Integers, limit: float, search: Search) -> int:
    """Settle every node within the limit (inclusive) of the nearest start; return how many.

    ``search.settled`` holds them in order of cost, ``search.costs`` the costs, ``search.origins`` the positions of
    their starts.
    """
    size = 0
    for position in range(starts.size):
        if search.costs[starts[position]] > 0.0:
            search.costs[starts[position]] = 0.0
            search.origins[starts[position]] = position
            size = _push(search, size, 0.0, starts[position])
    count = 0
    while size > 0:
        cost, node = search.heap_costs[0], search.heap_nodes[0]
        size = _drop_first(search, size)
        # A node is pushed again when a shorter way is found; the longer ways come out later and are passed over.
        if cost > search.costs[node]:
            continue
        search.settled[count] = node
        count += 1
        for road in range(roads.start[node], roads.start[node + 1]):
            further = cost + roads.cost[road]
            if further <= limit and further < search.costs[roads.target[road]]:
                search.costs[roads.target[road]] = further
                search.origins[roads.target[road]] = search.origins[node]
                size = _push(search, size, further, roads.target[road])
    return count


@compiled
def clear(search: Search, count: int) -> None:
    """Make the space ready for another search."""
    for place in range(count):
        search.costs[search.settled[place]] = np.inf
        search.origins[search.settled[place]] = -1


@compiled
def ways_from(
    roads: Roads, nodes: Integers, places: Lists, facilities: Lists, limit: float, search: Search
) -> tuple[Integers, Integers, Floats]:
    """Return every pair of a demand place and a facility at one of the nodes within the limit, with its cost."""
    room = 1024
    used = 0
    demand, facility, costs = np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.float64)
    for position in range(nodes.size):
        count = spread(roads, nodes[position : position + 1], limit, search)
        for place in range(count):
            node = search.settled[place]
            first, end = places.start[node], places.start[node + 1]
            for here in range(facilities.start[nodes[position]], facilities.start[nodes[position] + 1]):
                while used + end - first > room:
                    room *= 2
                    demand = np.append(demand, np.empty(room - demand.size, np.int32))
                    facility = np.append(facility, np.empty(room - facility.size, np.int32))
                    costs = np.append(costs, np.empty(room - costs.size, np.float64))
                for there in range(first, end):
                    demand[used] = places.members[there]
                    facility[used] = facilities.members[here]
                    costs[used] = search.costs[node]
                    used += 1
        clear(search, count)
    return demand[:used].copy(), facility[:used].copy(), costs[:used].copy()
