"""How little any set of sites within a budget can cost: prices that the points offer, and a knapsack of the sites.

Each point offers a price for being served. A site is worth what the prices of its points are above their costs; the
sites worth most that the budget can pay, the last one in part, bound every placement from below. The prices are moved
towards serving each point once: Lagrangian relaxation, M. L. Fisher, Management Science 27 (1981) 1-18.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.location.limits import Clock
from lianyi.methods.location.site_costs import SiteCosts
from lianyi.methods.location.site_sets import Purse

_MOST_STEPS = 400
_PATIENCE = 12
_FIRST_STEP = 1.5
_LEAST_STEP = 0.005
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """A placement that is known: what each point costs in it, and all together."""

    each: Floats
    total: float


def budget_bound(
    costs: SiteCosts, weights: Floats, ceiling: Floats, purse: Purse, known: Known, clock: Clock, reserve: float
) -> float:
    """Return a total below which no set of sites within the purse comes.

    Parameters
    ----------
    weights
        What each pair costs with all its people.
    ceiling
        What each point costs without a site; infinite where it must have one.
    known
        A placement; its costs are the first prices.
    reserve
        Seconds of the clock that are to be left.
    """
    prices, best = np.minimum(known.each, ceiling), known.total
    rows = costs.rows_of_pairs()
    bound, step, idle = -np.inf, _FIRST_STEP, 0
    for _ in range(_MOST_STEPS):
        saved = np.minimum(0.0, weights - prices[rows])
        worth: Floats = np.bincount(costs.site, saved, minlength=costs.site_count).astype(np.float64)
        share, least = _cheapest(worth, purse)
        found = float(prices.sum()) + least
        idle = 0 if found > bound else idle + 1
        bound = max(bound, found)
        if idle > _PATIENCE:
            step, idle = step / 2, 0
        is_served = np.where(saved < 0.0, share[costs.site], 0.0)
        missing = 1.0 - np.bincount(rows, is_served, minlength=prices.size)
        missing[(prices >= ceiling) & (missing > 0.0)] = 0.0
        length = float((missing * missing).sum())
        is_near = best - bound <= _ROUNDING * max(1.0, abs(best))
        if is_near or length == 0.0 or step < _LEAST_STEP or clock.seconds_left() <= reserve:
            break
        prices = np.clip(prices + step * (best - found) / length * missing, 0.0, ceiling)
    # What sums in double precision lose stays on the safe side.
    return bound - _ROUNDING * max(1.0, abs(bound))


def _cheapest(worth: Floats, purse: Purse) -> tuple[Floats, float]:
    """Return how much of each site is taken, and what that comes to, for the tighter of budget and number of sites."""
    share = np.zeros(worth.size)
    share[purse.kept] = 1.0
    stays = float(worth[purse.kept].sum())
    others = np.flatnonzero((share == 0.0) & (worth < 0.0))
    within_budget = _filled(worth[others], purse.prices[others], purse.budget)
    within_number = within_budget
    if purse.places is not None:
        within_number = _filled(worth[others], np.ones(others.size), purse.places - purse.kept.size)
    tighter = max((within_budget, within_number), key=lambda taken: float((taken * worth[others]).sum()))
    share[others] = tighter
    return share, stays + float((tighter * worth[others]).sum())


def _filled(worth: Floats, prices: Floats, budget: float) -> Floats:
    """Fill a knapsack with what is worth most for its price, the last thing in part; all worth is below 0."""
    order = np.argsort(worth / np.maximum(prices, 1e-300), kind="stable")
    before = np.cumsum(prices[order]) - prices[order]
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(prices[order] > 0.0, (budget - before) / prices[order], 1.0)
    taken = np.empty(worth.size)
    taken[order] = np.clip(part, 0.0, 1.0)
    return taken
