"""Compiled search for the p-median: placing one site after the other, and swaps of an open for a closed site."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from lianyi.methods.arrays import Floats, Integers, Positions
from lianyi.methods.compiling import compiled

SMALLEST_SAVING = 1e-11
"""A swap that saves less than this share of the total is rounding, not saving."""
CHANCES_TO_DRAW_A_SITE = 64


class Rows(NamedTuple):
    """Demand points with the sites that can serve them, cheapest first, and the cost of a point that none serves."""

    start: Positions  # rows + 1
    site: Integers
    cost: Floats  # already multiplied by the demand
    unserved: Floats


class Placing(NamedTuple):
    """A set of open sites, each in a slot, with what every swap would save; the first slots may be locked."""

    slot_of_site: Integers  # -1 for closed sites
    site_of_slot: Integers
    near: Floats  # rows x 4: slot and cost of the cheapest open site, slot and cost of the second
    loss: Floats  # for each slot, what closing it costs
    gain: Floats  # for each site, what opening it saves
    extra: Floats  # sites x slots: what is counted twice when one is opened and the other closed


@compiled
def look_up_two(rows: Rows, slot_of_site: Integers, row: int, near: Floats) -> None:
    """Write down the two cheapest open sites of a row."""
    near[0] = -1.0
    near[1] = rows.unserved[row]
    near[2] = -1.0
    near[3] = rows.unserved[row]
    for k in range(rows.start[row], rows.start[row + 1]):
        slot = slot_of_site[rows.site[k]]
        if slot >= 0:
            if near[0] < 0.0:
                near[0] = slot
                near[1] = rows.cost[k]
            else:
                near[2] = slot
                near[3] = rows.cost[k]
                return


@compiled
def add_row(rows: Rows, placing: Placing, row: int, sign: float) -> None:
    """Add what a row says about every swap, or with the sign -1 take it away.

    Opening i and closing r saves gain(i) - loss(r) + extra(i, r): M. G. C. Resende and R. F. Werneck, "A fast
    swap-based local search procedure for location problems", Annals of Operations Research 150 (2007) 205-230.
    """
    near = placing.near[row]
    slot, first, second = int(near[0]), near[1], near[3]
    if slot >= 0:
        placing.loss[slot] += sign * (second - first)
    for k in range(rows.start[row], rows.start[row + 1]):
        there = rows.cost[k]
        if there >= second:
            return
        if there < first:
            placing.gain[rows.site[k]] += sign * (first - there)
            if slot >= 0:
                placing.extra[rows.site[k], slot] += sign * (second - first)
        elif slot >= 0:
            placing.extra[rows.site[k], slot] += sign * (second - there)


@compiled
def open_sites(rows: Rows, placing: Placing, sites: Integers) -> float:
    """Open these sites and no others, work out every swap from nothing, and return the total."""
    placing.slot_of_site[:] = -1
    for slot in range(sites.size):
        placing.site_of_slot[slot] = sites[slot]
        placing.slot_of_site[sites[slot]] = slot
    placing.loss[:] = 0.0
    placing.gain[:] = 0.0
    placing.extra[:] = 0.0
    total = 0.0
    for row in range(rows.unserved.size):
        look_up_two(rows, placing.slot_of_site, row, placing.near[row])
        add_row(rows, placing, row, 1.0)
        total += placing.near[row, 1]
    return total


@compiled
def is_touched(rows: Rows, near: Floats, row: int, slot: int, opened: int) -> bool:
    """Whether a swap changes one of the two cheapest open sites of a row."""
    if near[0] == slot or near[2] == slot:
        return True
    for k in range(rows.start[row], rows.start[row + 1]):
        if rows.cost[k] >= near[3]:
            return False
        if rows.site[k] == opened:
            return True
    return False


@compiled
def swap(rows: Rows, placing: Placing, slot: int, opened: int) -> float:
    """Close the site in a slot, open another in its place, and return by how much the total changed."""
    placing.slot_of_site[placing.site_of_slot[slot]] = -1
    placing.slot_of_site[opened] = slot
    placing.site_of_slot[slot] = opened
    change = 0.0
    for row in range(rows.unserved.size):
        near = placing.near[row]
        if is_touched(rows, near, row, slot, opened):
            add_row(rows, placing, row, -1.0)
            change -= near[1]
            look_up_two(rows, placing.slot_of_site, row, near)
            change += near[1]
            add_row(rows, placing, row, 1.0)
    return change


@compiled
def best_swap(placing: Placing, locked: int) -> tuple[float, int, int]:
    """Return saving, slot to close and site to open of the swap that saves most; slot -1 when none saves."""
    best, best_slot, best_site = 0.0, -1, -1
    for site in range(placing.gain.size):
        # extra(i, r) never exceeds loss(r), so opening i never saves more than gain(i).
        if placing.slot_of_site[site] >= 0 or placing.gain[site] <= best:
            continue
        for slot in range(locked, placing.loss.size):
            saving = placing.gain[site] - placing.loss[slot] + placing.extra[site, slot]
            if saving > best:
                best, best_slot, best_site = saving, slot, site
    return best, best_slot, best_site


@compiled
def descend(rows: Rows, placing: Placing, locked: int, total: float, most_swaps: int) -> float:
    """Make the best swap until none saves anything or so many were made, and return the total."""
    for _ in range(most_swaps):
        saving, slot, opened = best_swap(placing, locked)
        if slot < 0 or saving <= SMALLEST_SAVING * abs(total):
            break
        closed = placing.site_of_slot[slot]
        change = swap(rows, placing, slot, opened)
        if change >= 0.0:  # what seemed a saving was rounding left by earlier swaps
            swap(rows, placing, slot, closed)
            break
        total += change
    return total


@compiled
def shake(rows: Rows, placing: Placing, locked: int, swaps: int, seed: int) -> float:
    """Make random swaps and return by how much the total changed."""
    np.random.seed(seed)  # noqa: NPY002 - the compiler knows this generator only
    change = 0.0
    for _ in range(swaps):
        slot = np.random.randint(locked, placing.loss.size)  # noqa: NPY002
        for _ in range(CHANCES_TO_DRAW_A_SITE):
            site = np.random.randint(placing.gain.size)  # noqa: NPY002
            if placing.slot_of_site[site] < 0:
                change += swap(rows, placing, slot, site)
                break
    return change


@compiled
def place_greedily(rows: Rows, placing: Placing, taken: int) -> None:
    """Fill the slots after the first `taken`, each with the site that saves most."""
    now = rows.unserved.copy()
    gain = placing.gain
    gain[:] = 0.0
    for row in range(now.size):
        for k in range(rows.start[row], rows.start[row + 1]):
            if placing.slot_of_site[rows.site[k]] >= 0:
                now[row] = rows.cost[k]
                break
        for k in range(rows.start[row], rows.start[row + 1]):
            if rows.cost[k] >= now[row]:
                break
            gain[rows.site[k]] += now[row] - rows.cost[k]
    for slot in range(taken, placing.site_of_slot.size):
        best, best_site = -np.inf, -1
        for site in range(gain.size):
            if placing.slot_of_site[site] < 0 and gain[site] > best:
                best, best_site = gain[site], site
        placing.slot_of_site[best_site] = slot
        placing.site_of_slot[slot] = best_site
        for row in range(now.size):
            serve_cheaper(rows, now, gain, row, best_site)


@compiled
def serve_cheaper(rows: Rows, now: Floats, gain: Floats, row: int, opened: int) -> None:
    """Lower what a row costs now when the opened site is cheaper, and with it the gains of all sites."""
    better = -1.0
    for k in range(rows.start[row], rows.start[row + 1]):
        if rows.cost[k] >= now[row]:
            return
        if rows.site[k] == opened:
            better = rows.cost[k]
            break
    if better < 0.0:
        return
    for k in range(rows.start[row], rows.start[row + 1]):
        if rows.cost[k] >= now[row]:
            break
        gain[rows.site[k]] -= now[row] - max(rows.cost[k], better)
    now[row] = better
