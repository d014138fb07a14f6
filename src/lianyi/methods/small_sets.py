"""All small sets of some things, where they are few enough to look at one by one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb

MOST_SETS = 120


def sets_up_to(things: Sequence[int], most: int) -> tuple[frozenset[int], ...] | None:
    """Return every set of at most so many of the things, the smallest first; None where they are more than 120.

    Examples
    --------
    >>> [sorted(each) for each in sets_up_to([3, 5], most=1)]
    [[], [3], [5]]
    >>> sets_up_to(range(30), most=2) is None
    True
    """
    if sum(comb(len(things), size) for size in range(most + 1)) > MOST_SETS:
        return None
    return tuple(frozenset(some) for size in range(most + 1) for some in combinations(things, size))
