"""Compile the searches of this package once, so that the first placement need not wait."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from lianyi.methods.access.pairs import PairTable
from lianyi.methods.location.coverage import cover_in_order
from lianyi.methods.location.p_median import p_median
from lianyi.methods.location.site_costs import SiteCosts

_SITES = 5


def warm_up() -> int:
    """Place two of five sites for points that are each near to two of them; return how many were placed.

    The first bound is 12 and the best total 13, so branches are needed. The machine code stays on disk. Called when the
    program is installed; without it the first use takes some seconds longer.

    Examples
    --------
    >>> warm_up()
    2
    """
    matrix = np.array([[1.0 if site in pair else 2.0 for site in range(_SITES)] for pair in _pairs()])
    points, sites = np.divmod(np.arange(matrix.size), _SITES)
    costs = SiteCosts.from_pairs(PairTable(points, sites, matrix.ravel(), *matrix.shape))
    cover_in_order(costs, np.ones(len(matrix)), np.ones(_SITES), 1.0, np.arange(_SITES))
    return int(p_median(costs, np.ones(len(matrix)), 2).sites.size)


def _pairs() -> list[tuple[int, int]]:
    return list(combinations(range(_SITES), 2))
