"""How strange the latest point of each chart is, so that a wall keeps the alarms that chance hardly gives.

A chart's own rules look at one chart. On a wall of two hundred, several alarms a month come by chance; the procedure of
Benjamini and Hochberg (1995) keeps those of which a known share at most is false. It needs one p value for each chart:
here the less likely of two facts, doubled because two were looked at (Bonferroni). How far the latest point lies from
its centre, in standard deviations of a normal curve; and how many points in a row, the latest among them, lie on one
side, each with the chance of one half.

Examples
--------
>>> from lianyi.methods.process_control.individuals import xmr_charts
>>> quiet = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
>>> p_values = latest_p_values(xmr_charts([quiet, [*quiet[:-1], 9]]))
>>> bool(p_values[0] > 0.5), bool(p_values[1] < 0.01)
(True, True)
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import ndtr

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.false_discovery import adjusted_p_values
from lianyi.methods.process_control.charts import ControlCharts

FALSE_SHARE: Final = 0.05
"""Of the alarms that are kept so many are false at most, on average."""
_LIMIT_DEVIATIONS: Final = 3.0
_FACTS: Final = 2.0
_FEWEST_POINTS: Final = 3


def latest_p_values(charts: ControlCharts) -> Floats:
    """Return for each chart the chance of a latest point as strange as its own; NaN with fewer than three points."""
    rows = np.arange(len(charts.values))
    last = charts.last_points
    value, centre = charts.values[rows, last], charts.centre[rows, last]
    # A limit that would lie where no value can is cut off there; the other one tells the deviation.
    reach = np.fmax(charts.upper[rows, last] - centre, centre - charts.lower[rows, last]) / _LIMIT_DEVIATIONS
    distance = np.divide(np.abs(value - centre), reach, out=np.full(len(rows), np.nan), where=reach > 0)
    by_distance = 2.0 * ndtr(-distance)
    by_run = np.minimum(1.0, 2.0 * 0.5 ** latest_runs(charts))
    observed = (~np.isnan(charts.values)).sum(axis=1)
    told = np.minimum(1.0, _FACTS * np.fmin(by_distance, by_run))
    return np.where((observed >= _FEWEST_POINTS) & ~charts.are_constant, told, np.nan)


def latest_runs(charts: ControlCharts) -> Positions:
    """Return how many observed points in a row, up to the latest, lie on its side of the centre, within its phase.

    Examples
    --------
    >>> from lianyi.methods.process_control.individuals import xmr_charts
    >>> latest_runs(xmr_charts([[5, 5, 5, 1, float("nan"), 1]])).tolist()
    [2]
    """
    side = np.sign(charts.values - charts.centre)
    length = np.zeros(len(side), np.int64)
    before = np.zeros(len(side))
    for time in range(side.shape[1]):
        now = side[:, time]
        is_there = ~np.isnan(now)
        goes_on = is_there & (now == before) & (now != 0) & ~charts.starts[:, time]
        begun = (is_there & (now != 0)).astype(np.int64)
        length = np.where(goes_on, length + 1, np.where(is_there, begun, length))
        before = np.where(is_there, now, before)
    return length


def kept_alarms(charts: ControlCharts, false_share: float = FALSE_SHARE) -> Flags:
    """Return which charts with a signal at their latest point stay when so many of the kept may be false at most.

    Examples
    --------
    >>> from lianyi.methods.process_control.individuals import xmr_charts
    >>> quiet = [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
    >>> kept_alarms(xmr_charts([quiet, [*quiet[:-1], 9]])).tolist()
    [False, True]
    """
    adjusted = adjusted_p_values(latest_p_values(charts))
    return np.asarray((adjusted <= false_share) & (charts.last_signals > 0), dtype=bool)
