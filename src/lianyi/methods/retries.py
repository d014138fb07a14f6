"""How long to wait before something that failed is tried again."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from lianyi.methods.errors import NegativeQuantityError

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
JITTER = 0.25
"""By which share of itself a pause may be longer, so that many failures of one moment do not come back in one."""

_MOST_DOUBLINGS = 30


def pause_before_retry(failures: int, seed: str) -> timedelta:
    """Return the pause after the n-th failure: doubled each time up to an hour, and a little longer by the seed.

    The same seed and number always give the same pause.

    Raises
    ------
    NegativeQuantityError
        When there was no failure.

    Examples
    --------
    >>> 30 <= pause_before_retry(1, "17").total_seconds() <= 37.5
    True
    >>> pause_before_retry(2, "17") == pause_before_retry(2, "17")
    True
    """
    if failures < 1:
        message = f"The number of failures is {failures}; a pause follows at least one."
        raise NegativeQuantityError(message, given=failures)
    doublings = min(failures - 1, _MOST_DOUBLINGS)
    pause: timedelta = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
    digest = hashlib.sha256(f"{seed}:{failures}".encode()).digest()
    share = int.from_bytes(digest[:4], "big") / 2**32
    return pause * (1 + JITTER * share)
