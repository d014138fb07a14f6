"""How far a point hangs on the one before: with that, control limits are too narrow and runs come by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.process_control.charts import POINTS_FOR_FIRM_LIMITS, ControlCharts

_TWO_SIDED_95: Final = 1.959963984540054


@dataclass(frozen=True, slots=True, eq=False)
class Autocorrelation:
    """Of each series the correlation of neighbours, -1 to 1, and about how far it may lie from 0 by chance."""

    estimates: Floats
    """NaN for a series that does not move."""
    points: Positions

    @property
    def chance_limits(self) -> Floats:
        """1.96 divided by the root of the points: M. S. Bartlett (1946)."""
        return _TWO_SIDED_95 / np.sqrt(np.maximum(self.points, 1))

    @property
    def are_notable(self) -> Flags:
        """Whether points hang on one another more than chance would have it."""
        return np.asarray(self.estimates > self.chance_limits, dtype=bool)

    @property
    def corrected(self) -> Floats:
        """The estimates with what they miss on average in short series, (1 + 4 r) / n: Marriott and Pope (1954).

        NaN for fewer than 12 points, of which nothing can be said.
        """
        points = np.maximum(self.points, POINTS_FOR_FIRM_LIMITS)
        found = np.clip((self.estimates * points + 1.0) / (points - 4.0), -0.95, 0.95)
        return np.where(self.points < POINTS_FOR_FIRM_LIMITS, np.nan, found)


def autocorrelation(charts: ControlCharts) -> Autocorrelation:
    """Return the correlation of neighbours in each chart, about its centre and within its phases.

    A true change of level without a rebase looks like correlation too: read it beside the chart.

    Examples
    --------
    >>> from lianyi.methods.process_control.individuals import xmr_charts
    >>> found = autocorrelation(xmr_charts([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]))
    >>> round(float(found.estimates[0]), 3)
    -0.917
    """
    estimates = np.empty(len(charts.values))
    points = np.zeros(len(charts.values), np.int64)
    from lianyi.methods.process_control.kernels import lag_kernel  # noqa: PLC0415 - loads the compiler

    lag_kernel(charts.values, np.ascontiguousarray(charts.centre), charts.starts, estimates, points)
    return Autocorrelation(estimates, points)
