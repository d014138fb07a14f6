"""What is left of a p-median after its sites and pairs were settled, as a model for the solver.

For each point, one share for each step from a cost to the next higher one tells how far the point goes: the radius
formulation of G. Cornuéjols, G. L. Nemhauser and L. A. Wolsey (SIAM Journal on Algebraic and Discrete Methods 1 (1980)
261-272), in the chained form of S. García, M. Labbé and A. Marín (INFORMS Journal on Computing 23 (2011) 546-556).
"""

from __future__ import annotations

import numpy as np

from lianyi.methods.location.bounds import Settled
from lianyi.methods.location.lagrangian_kernels import CLOSED, OPEN
from lianyi.methods.location.proof import Remaining
from lianyi.methods.location.solver import Ending, Model
from lianyi.methods.location.swap_kernels import Rows


def solve_remaining(settled: Settled, places: int, seconds: float, seed: int) -> Remaining:
    """Solve what is left; without sites and with an infinite bound, no placement is left in it."""
    live = np.flatnonzero(settled.status != CLOSED)
    model = Model()
    model.add_choices(np.zeros(live.size), settled.status[live] == OPEN)
    position = np.zeros(settled.status.size, np.int64)
    position[live] = np.arange(live.size)
    _add_steps(model, settled.rows, position)
    model.add_entries(model.add_rows(places, places, 1), np.arange(live.size))
    solution = model.solve(seconds, seed=seed)
    if solution.ending is Ending.IMPOSSIBLE:
        return Remaining(np.empty(0, np.int32), np.inf)
    if not solution.has_values:
        return Remaining(np.empty(0, np.int32), solution.bound)
    return Remaining(live[solution.values[: live.size] > 0.5].astype(np.int32), solution.bound)  # noqa: PLR2004


def _add_steps(model: Model, rows: Rows, position: np.ndarray[tuple[int], np.dtype[np.int64]]) -> None:
    """Say for each step of each point: an open site stands at this cost, or the point goes farther."""
    firsts = rows.start[:-1]
    begins = np.ones(rows.cost.size, np.bool_)
    begins[1:] = rows.cost[1:] != rows.cost[:-1]
    begins[firsts] = True
    level_of_pair = np.cumsum(begins) - 1
    first_level = level_of_pair[firsts]
    levels = int(level_of_pair[-1]) + 1
    is_first = np.zeros(levels, np.bool_)
    is_first[first_level] = True
    is_last = np.roll(is_first, -1)
    costs = rows.cost[begins]
    model.offset += float(costs[is_first].sum())
    going_on = np.flatnonzero(~is_last)
    farther = np.full(levels, -1)
    farther[going_on] = model.add_shares(costs[going_on + 1] - costs[going_on])
    model.add_rows(np.where(is_first, 1.0, 0.0), np.inf, levels)
    model.add_entries(level_of_pair, position[rows.site])
    model.add_entries(going_on, farther[going_on])
    coming = np.flatnonzero(~is_first)
    model.add_entries(coming, farther[coming - 1], -1.0)
