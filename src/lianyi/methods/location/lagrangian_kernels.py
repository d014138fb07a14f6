"""Compiled lower bounds for the p-median: the relaxation in which each point offers a price for being served.

A site takes from each point what the price exceeds the cost; the p sites that take most are opened, and what is left of
the prices is a bound on every placement: G. Cornuéjols, M. L. Fisher and G. L. Nemhauser, "Location of bank accounts
to optimize float", Management Science 23 (1977) 789-810. Prices of points served more than once fall and of points
served by nobody rise, along a direction that remembers its past: P. M. Camerini, L. Fratta and F. Maffioli, "On
improving relaxation methods by modified gradient techniques", Mathematical Programming Study 3 (1975) 26-34.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.compiling import compiled
from lianyi.methods.location.swap_kernels import Rows

Statuses = npt.NDArray[np.int8]

FREE, OPEN, CLOSED = 0, 1, 2
MEMORY_OF_DIRECTION = 0.5
MEMORY_OF_SITES = 0.9
ROUNDS_WITHOUT_PROGRESS = 20
PROGRESS = 1e-5
STEP_CUT = 0.6
SMALLEST_STEP = 1e-4
SMALLEST_DIRECTION = 1e-12


class Prices(NamedTuple):
    """Prices of the points, the best found, and what they say about the sites."""

    now: Floats
    best: Floats
    direction: Floats
    slack: Floats
    taken: Floats  # for each site, minus what it takes
    chosen: Flags
    share: Floats  # for each site, how often it was chosen of late
    step: Floats  # best bound, length of step, rounds without progress, 1 when nothing more is to be had


@compiled
def add_up(rows: Rows, now: Floats, taken: Floats) -> float:
    """Write what each site takes at these prices and return the sum of the prices."""
    taken[:] = 0.0
    total = 0.0
    for row in range(now.size):
        price = now[row]
        total += price
        for k in range(rows.start[row], rows.start[row + 1]):
            left = rows.cost[k] - price
            if left >= 0.0:
                break
            taken[rows.site[k]] += left
    return total


@compiled
def choose(taken: Floats, status: Statuses, places: int, chosen: Flags) -> tuple[float, float, float]:
    """Mark the open sites and the free ones that take most, up to so many places.

    Returns what they take together, what the last free one chosen takes, and what the next would take.
    """
    free = np.empty(taken.size)
    count = 0
    total = 0.0
    left = places
    for site in range(taken.size):
        chosen[site] = status[site] == OPEN
        if status[site] == OPEN:
            total += taken[site]
            left -= 1
        elif status[site] == FREE:
            free[count] = taken[site]
            count += 1
    if left <= 0:
        return total, -np.inf, free[:count].min() if count else np.inf
    ranked = np.sort(free[:count]) if left >= count else np.partition(free[:count], left)
    following = np.inf if left >= count else ranked[left]
    left = min(left, count)
    last = ranked[:left].max() if left else -np.inf
    for equal in (False, True):
        for site in range(taken.size):
            is_next = taken[site] < last or (equal and taken[site] == last)
            if left and is_next and status[site] == FREE and not chosen[site]:
                chosen[site] = True
                total += taken[site]
                left -= 1
    return total, last, following


@compiled
def count_service(rows: Rows, prices: Prices) -> None:
    """Write for each row 1 minus how many chosen sites serve it at its price."""
    for row in range(prices.now.size):
        left = 1.0
        for k in range(rows.start[row], rows.start[row + 1]):
            if rows.cost[k] >= prices.now[row]:
                break
            if prices.chosen[rows.site[k]]:
                left -= 1.0
        prices.slack[row] = left


@compiled
def raise_bound(
    rows: Rows, ceiling: Floats, status: Statuses, places: int, prices: Prices, target: float, rounds: int
) -> float:
    """Improve the prices for so many rounds at most, and return the best bound.

    Every row must have a site. It ends when the bound reaches the target, which is the best total known or less.
    """
    for _ in range(rounds):
        value = add_up(rows, prices.now, prices.taken)
        value += choose(prices.taken, status, places, prices.chosen)[0]
        count_service(rows, prices)
        for site in range(status.size):
            was = prices.share[site]
            prices.share[site] = MEMORY_OF_SITES * was + (1.0 - MEMORY_OF_SITES) * prices.chosen[site]
        note_value(prices, value)
        if prices.step[0] >= target or not move(rows, ceiling, prices, target):
            prices.step[3] = 1.0
            break
    return float(prices.step[0])


@compiled
def note_value(prices: Prices, value: float) -> None:
    """Keep the prices if their bound is the best; shorten the step when there was no progress for long."""
    step = prices.step
    has_progress = value > step[0] + PROGRESS * abs(step[0])
    if value > step[0]:
        step[0] = value
        prices.best[:] = prices.now
    step[2] = 0.0 if has_progress else step[2] + 1.0
    if step[2] >= ROUNDS_WITHOUT_PROGRESS:
        step[1] *= STEP_CUT
        step[2] = 0.0


@compiled
def move(rows: Rows, ceiling: Floats, prices: Prices, target: float) -> bool:
    """Move the prices by one step; return whether there was somewhere to go."""
    length = 0.0
    for row in range(prices.now.size):
        turned = MEMORY_OF_DIRECTION * prices.direction[row] + (1.0 - MEMORY_OF_DIRECTION) * prices.slack[row]
        prices.direction[row] = turned
        length += turned * turned
    if length < SMALLEST_DIRECTION or prices.step[1] < SMALLEST_STEP:
        return False
    step = prices.step[1] * (target - prices.step[0]) / length
    for row in range(prices.now.size):
        moved = max(prices.now[row] + step * prices.direction[row], rows.cost[rows.start[row]])
        prices.now[row] = min(moved, ceiling[row])
    return True


@compiled
def settle_sites(rows: Rows, status: Statuses, places: int, prices: Prices, cutoff: float) -> tuple[float, float, int]:
    """Open the sites without which, and close those with which, no placement stays below the cutoff.

    Returns bound, what the last chosen free site takes, and how many sites were settled.
    """
    value = add_up(rows, prices.best, prices.taken)
    total, last, following = choose(prices.taken, status, places, prices.chosen)
    value += total
    settled = 0
    for site in range(status.size):
        if status[site] != FREE:
            continue
        if prices.chosen[site]:
            if value - prices.taken[site] + following >= cutoff:
                status[site] = OPEN
                settled += 1
        elif value + prices.taken[site] - last >= cutoff:
            status[site] = CLOSED
            settled += 1
    return value, last, settled


@compiled
def keep_pairs(
    rows: Rows, status: Statuses, prices: Prices, value: float, last: float, cutoff: float
) -> tuple[Flags, Positions]:
    """Mark the pairs that a placement below the cutoff can use, and return where the rows of what is left start."""
    kept = np.zeros(rows.site.size, np.bool_)
    start = np.zeros(rows.start.size, np.int64)
    for row in range(start.size - 1):
        count = 0
        for k in range(rows.start[row], rows.start[row + 1]):
            site = rows.site[k]
            if status[site] == CLOSED:
                continue
            least = value + max(0.0, rows.cost[k] - prices.best[row])
            if status[site] == FREE:
                least += max(0.0, prices.taken[site] - last)
            if least < cutoff:
                kept[k] = True
                count += 1
            if status[site] == OPEN:
                break  # nobody goes farther than to a site that is open for certain
        start[row + 1] = start[row] + count
    return kept, start
