"""How many people live within which time: the curve that a travel-time surface is read by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lianyi.methods.errors import MinutesLimitError, NegativeQuantityError, RasterShapeError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CoverageStep:
    """People within some minutes, those exactly at them included; the share is unknown where nobody lives."""

    minutes: float
    people: float
    share: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """People by travel time: in all, within each time, and those whom no source reaches within the limit."""

    people: float
    steps: tuple[CoverageStep, ...]
    unreached: float


class CoverageCount:
    """Counts people by time, part of a raster by part.

    Examples
    --------
    >>> count = CoverageCount([30, 60])
    >>> count.add([[0.0, 30.0, 45.0, np.inf]], [[5.0, 10.0, 20.0, 5.0]])
    >>> found = count.coverage()
    >>> [(step.minutes, step.people, step.share) for step in found.steps], found.unreached
    ([(30.0, 15.0, 0.375), (60.0, 35.0, 0.875)], 5.0)
    """

    def __init__(self, times: Sequence[float]) -> None:
        self._times = np.asarray(sorted(set(times)), np.float64)
        if not self._times.size or not (self._times > 0).all():
            message = f"The times are {list(times)}; give at least one, each above 0 minutes."
            raise MinutesLimitError(message, given=list(times))
        # One entry for each time, one for those beyond the last, one for those never reached.
        self._people = np.zeros(self._times.size + 2)

    def add(self, minutes: ArrayLike, people: ArrayLike) -> None:
        """Count the people of some cells; nobody lives where the number is missing.

        Raises
        ------
        RasterShapeError
            When the two differ in shape.
        NegativeQuantityError
            When somewhere live fewer than none.
        """
        times, heads = np.asarray(minutes, np.float64), np.asarray(people, np.float64)
        if times.shape != heads.shape:
            message = f"The minutes have the shape {times.shape}, the people {heads.shape}; they must be the same."
            raise RasterShapeError(message, given=heads.shape, expected=times.shape)
        if (heads < 0).any():
            message = f"A cell has {heads.min()} people; mark cells without data as such."
            raise NegativeQuantityError(message, given=float(heads.min()))
        reached = np.isfinite(times)
        place = np.where(reached, np.searchsorted(self._times, times, side="left"), self._times.size + 1)
        self._people += np.bincount(place.ravel(), np.nan_to_num(heads, nan=0.0).ravel(), minlength=self._people.size)

    def coverage(self) -> Coverage:
        """Return what was counted so far."""
        total = float(self._people.sum())
        within = np.cumsum(self._people[: self._times.size])
        steps = tuple(
            CoverageStep(float(time), float(people), float(people) / total if total > 0 else None)
            for time, people in zip(self._times, within, strict=True)
        )
        return Coverage(total, steps, float(self._people[-1]))
