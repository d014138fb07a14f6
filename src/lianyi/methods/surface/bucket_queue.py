"""A queue of cells by minutes that never grows: chains of cells in buckets of equal width.

Every operation takes constant time, a cell stands in the queue at most once, and moving it forward costs as little as
putting it in (R. B. Dial, Communications of the ACM 12 (1969) 632-633; for cells of unequal steps as in U. Meyer and
P. Sanders, Journal of Algorithms 49 (2003) 114-152). The last bucket takes all that lies beyond the others; when it
is reached it is dealt out anew.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.compiling import compiled, compiled_into_callers

Whole = NDArray[np.int32]
Floats = NDArray[np.float64]

BUCKETS = 1024
LARGEST_INVERSE = 1e200
"""Bounds one over the width of a bucket, so that no minutes at all times it stay none and not undefined."""


class BucketQueue(NamedTuple):
    """Rings of cells. Both arrays have an entry for each cell and then one for each bucket, where its ring closes.

    A cell in no bucket is a ring of its own. So nothing needs to be asked before a cell is moved; the functions have
    no branch, and that is what lets the compiler keep them free of reference counts in the innermost loops.
    """

    following: Whole
    preceding: Whole


@compiled
def new_queue(cells: int) -> BucketQueue:
    return BucketQueue(np.arange(cells + BUCKETS, dtype=np.int32), np.arange(cells + BUCKETS, dtype=np.int32))


@compiled_into_callers
def bucket_of(minutes: float, base: float, inverse_width: float) -> int:
    # Held down before it is made whole: a far value would not fit an integer.
    return int(min((minutes - base) * inverse_width, BUCKETS - 1.0))


@compiled_into_callers
def put(following: Whole, preceding: Whole, cell: int, ring: int) -> None:
    """Put a cell first into the ring of a bucket, out of the one it may be in."""
    before, after = preceding[cell], following[cell]
    following[before] = after
    preceding[after] = before
    first = following[ring]
    following[cell] = first
    preceding[cell] = ring
    preceding[first] = cell
    following[ring] = cell


@compiled_into_callers
def take(following: Whole, preceding: Whole, ring: int) -> int:
    """Take the first cell out of a ring that has one."""
    cell: int = following[ring]
    after = following[cell]
    following[ring] = after
    preceding[after] = ring
    following[cell] = cell
    preceding[cell] = cell
    return cell


@compiled_into_callers
def next_ring(following: Whole, ring: int, last_ring: int) -> int:
    """Return the first ring from here on that has a cell, the last one whether it has or not."""
    while ring < last_ring and following[ring] == ring:
        ring += 1
    return ring


@compiled
def deal_last_bucket(queue: BucketQueue, cells: int, minutes: Floats, inverse_width: float) -> float:
    """Deal the cells of the last bucket out to all, the nearest to the first; return the new base."""
    ring = cells + BUCKETS - 1
    base = np.inf
    cell = queue.following[ring]
    while cell != ring:
        base = min(base, minutes[cell])
        cell = queue.following[cell]
    cell = queue.following[ring]
    while cell != ring:
        after = queue.following[cell]
        put(queue.following, queue.preceding, cell, cells + bucket_of(minutes[cell], base, inverse_width))
        cell = after
    return base
