"""How long to search, how exact to be, and why a search ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lianyi.methods.errors import SearchLimitError

Progress = Callable[[float], None]
"""Told the share of the time that is gone, from 0 to 1."""


def silent(_share: float) -> None:
    """Tell nobody."""


class StopReason(StrEnum):
    """Why a search ended."""

    OPTIMAL = "optimal"  # proved: nothing is better
    GAP = "gap"  # the gap asked for was reached
    TIME_LIMIT = "time_limit"
    SEARCH_LIMIT = "search_limit"  # of the memory for open branches, or of what the solver can take


def relative_gap(objective: float, bound: float) -> float:
    """Return the distance of objective and bound as a share of the objective.

    Examples
    --------
    >>> relative_gap(200.0, 198.0), relative_gap(0.0, 0.0), relative_gap(0.0, -1.0)
    (0.01, 0.0, inf)
    """
    distance = abs(objective - bound)
    if distance == 0.0:
        return 0.0
    return distance / abs(objective) if objective else float("inf")


@dataclass(frozen=True, slots=True)
class SearchLimits:
    """When a search may stop before it has proved that nothing is better.

    Parameters
    ----------
    seconds
        Wall-clock time. Where the time ends the search, the result depends on the machine.
    gap
        Stop once the relative gap between objective and bound is this or less. With 0 only the proof itself ends the
        search.
    seed
        Of every random choice: the same input, seed and a search that was not cut short give the same result.

    Raises
    ------
    SearchLimitError
        When the time is not above 0 or the gap not from 0 to below 1.
    """

    seconds: float = 60.0
    gap: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.seconds > 0.0:
            message = f"The time for the search is {self.seconds} seconds; it must be above 0."
            raise SearchLimitError(message, name="seconds", given=self.seconds)
        if not 0.0 <= self.gap < 1.0:
            message = f"The gap is {self.gap}; give a share from 0 to below 1, such as 0.01 for 1 %."
            raise SearchLimitError(message, name="gap", given=self.gap)
        if self.seed < 0:
            message = f"The seed is {self.seed}; give a whole number of 0 or more."
            raise SearchLimitError(message, name="seed", given=self.seed)


class Clock:
    """Runs while a search does."""

    def __init__(self, limits: SearchLimits, progress: Progress) -> None:
        self._started = time.monotonic()
        self._seconds = limits.seconds
        self._progress = progress

    def seconds_left(self) -> float:
        """Return the time left, at least 0, and tell the share that is gone."""
        gone = time.monotonic() - self._started
        if math.isfinite(self._seconds):
            self._progress(min(1.0, gone / self._seconds))
        return max(0.0, self._seconds - gone)

    @property
    def is_over(self) -> bool:
        return self.seconds_left() <= 0.0
