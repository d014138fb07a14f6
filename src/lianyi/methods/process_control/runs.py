"""Runs: whether points keep to one side of a centre longer, or cross it more rarely, than chance would have it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.process_control.charts import series_matrix

_RARE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """The longest run and the crossings of each series, with what they may be at most and at least."""

    useful: Positions
    """Points off the centre; those on it belong to no side."""
    longest: Positions
    longest_allowed: Positions
    crossings: Positions
    crossings_needed: Positions

    @property
    def signals(self) -> Flags:
        """Whether a run is too long or crossings are too few."""
        return (self.longest > self.longest_allowed) | (self.crossings < self.crossings_needed)


def runs(values: npt.ArrayLike, centre: npt.ArrayLike | None = None) -> Runs:
    """Return the runs of all series about a centre, without it about the median of each.

    A run may be as long as log2 of the useful points plus 3, rounded; crossings are fewer than needed with a chance of
    5 % or less. J. Anhøj and A. V. Olesen, PLoS ONE 9 (2014) e113825.

    Raises
    ------
    SeriesShapeError
        When the values are no series.

    Examples
    --------
    >>> found = runs([5, 5, 5, 5, 5, 5, 1, 1, 1, 1, 1, 1], centre=[3.0])
    >>> found.longest.tolist(), found.longest_allowed.tolist(), found.crossings.tolist(), found.signals.tolist()
    ([6], [7], [1], [True])
    """
    array = series_matrix(values)
    lines = _medians(array) if centre is None else np.asarray(centre, np.float64)
    if lines.ndim == 1:
        lines = lines[:, np.newaxis]
    whole = np.require(np.broadcast_to(lines, array.shape), requirements=["C", "W"])
    useful, longest, crossings = (np.zeros(len(array), np.int64) for _ in range(3))
    from scipy import stats  # noqa: PLC0415 - half a second, for pages without charts too

    from lianyi.methods.process_control.kernels import runs_kernel  # noqa: PLC0415 - loads the compiler

    runs_kernel(array, whole, useful, longest, crossings)
    allowed = np.rint(np.log2(np.maximum(useful, 1)) + 3.0).astype(np.int64)
    needed = np.maximum(stats.binom.ppf(_RARE, np.maximum(useful - 1, 0), 0.5), 0.0)
    return Runs(useful, longest, allowed, crossings, np.nan_to_num(needed).astype(np.int64))


def _medians(array: Floats) -> Floats:
    middle = np.full((len(array), 1), np.nan)
    has_any = ~np.isnan(array).all(axis=1)
    middle[has_any, 0] = np.nanmedian(array[has_any], axis=1)
    return middle
