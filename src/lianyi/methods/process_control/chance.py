"""How many alarms a wall of charts gives by chance alone, when no process changes. It stands beside any count of flags.

There is no formula for four rules together on limits that come from the same points, so in-control series are drawn
and charted with the same code. The same seed gives the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.false_discovery import false_share_bound
from lianyi.methods.process_control.autocorrelation import autocorrelation
from lianyi.methods.process_control.charts import ControlCharts, Phases
from lianyi.methods.process_control.errors import AlarmChanceError
from lianyi.methods.process_control.individuals import MovingRanges, xmr_charts
from lianyi.methods.process_control.runs import runs

_FEWEST_POINTS: Final = 2
_REMEMBERED: Final = 512
_STEPS_OF_CORRELATION: Final = 20


@dataclass(frozen=True, slots=True)
class Draws:
    """How many in-control series are drawn, from which seed; 4,000 leave 0.8 percentage points of error at most."""

    seed: int = 20240601
    series: int = 4000


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How the charts are made whose alarms by chance are asked for."""

    moving_ranges: MovingRanges = MovingRanges.ALL
    baseline_points: int | None = None


@dataclass(frozen=True, slots=True)
class AlarmChances:
    """Of in-control series the shares that give an alarm."""

    any_point: float
    """A signal at any of their points."""
    last_point: float
    """A signal at their last point: a false alarm of this month."""
    points: float
    """Of all points those with a signal."""
    runs: float
    """A run too long or crossings too few."""


@dataclass(frozen=True, slots=True)
class WallAlarms:
    """Alarms that a wall of charts gives, beside those to expect when nothing changes anywhere."""

    series: int
    found: int
    """Series with a signal anywhere."""
    found_latest: int
    """Series with a signal at their last point."""
    expected: float
    expected_latest: float
    autocorrelation: float
    """What neighbours were taken to correlate by."""

    @property
    def false_share(self) -> float | None:
        """Of the series with a signal at their last point the share that may be false at most; None without any."""
        return false_share_bound(self.found_latest, self.expected_latest)


NO_OPTIONS: Final = ChartOptions()
USUAL_DRAWS: Final = Draws()


@lru_cache(maxsize=_REMEMBERED)
def alarm_chances(
    points: int, correlation: float = 0.0, options: ChartOptions = NO_OPTIONS, draws: Draws = USUAL_DRAWS
) -> AlarmChances:
    """Return the chances of alarms for normal values that correlate with the one before and change in no other way.

    Raises
    ------
    AlarmChanceError
        When there are fewer than two points, or the correlation does not lie between -1 and 1.

    Examples
    --------
    >>> chances = alarm_chances(24, options=ChartOptions(MovingRanges.SCREENED))
    >>> 0.16 < chances.any_point < 0.22, 0.012 < chances.last_point < 0.021
    (True, True)
    """
    if points < _FEWEST_POINTS or not -1.0 < correlation < 1.0:
        message = (
            f"{points} points with an autocorrelation of {correlation} have no chance of alarms. Give 2 points or more "
            "and a correlation between -1 and 1."
        )
        raise AlarmChanceError(message, points=points, correlation=correlation)
    values = in_control(points, correlation, draws)
    charts = xmr_charts(values, options.moving_ranges, Phases(options.baseline_points))
    is_signal = charts.signals > 0
    return AlarmChances(
        any_point=float(is_signal.any(axis=1).mean()),
        last_point=float(is_signal[:, -1].mean()),
        points=float(is_signal.mean()),
        runs=float(runs(values).signals.mean()),
    )


def in_control(points: int, correlation: float, draws: Draws) -> Floats:
    """Draw series of first-order autoregression with the standard deviation 1.

    Examples
    --------
    >>> in_control(3, 0.4, Draws(series=2)).shape
    (2, 3)
    """
    steps = np.random.default_rng(draws.seed).standard_normal((draws.series, points))
    values = np.empty(steps.shape)
    values[:, 0] = steps[:, 0]
    rest = np.sqrt(1.0 - correlation * correlation)
    for time in range(1, points):
        values[:, time] = correlation * values[:, time - 1] + rest * steps[:, time]
    return values


def wall_alarms(
    charts: ControlCharts,
    options: ChartOptions = NO_OPTIONS,
    correlation: float | None = None,
    draws: Draws = USUAL_DRAWS,
) -> WallAlarms:
    """Count the charts that give an alarm, and say how many would if no process had changed.

    Without ``correlation`` the median of what the charts show is taken, in steps of 0.05 and never below 0. True
    changes raise it as well, so the figure is rather too many than too few.

    Examples
    --------
    >>> charts = xmr_charts(in_control(36, 0.0, Draws(seed=7, series=1000)))
    >>> alarms = wall_alarms(charts, correlation=0.0)
    >>> alarms.series, alarms.found, round(alarms.expected)
    (1000, 285, 253)
    """
    level = typical_correlation(charts) if correlation is None else correlation
    observed = (~np.isnan(charts.values)).sum(axis=1)
    lengths, series = np.unique(observed[observed >= _FEWEST_POINTS], return_counts=True)
    chances = [alarm_chances(int(length), level, options, draws) for length in lengths]
    return WallAlarms(
        series=int(series.sum()),
        found=int((charts.signals > 0).any(axis=1).sum()),
        found_latest=int((charts.last_signals > 0).sum()),
        expected=float(sum(each.any_point * count for each, count in zip(chances, series.tolist(), strict=True))),
        expected_latest=float(
            sum(each.last_point * count for each, count in zip(chances, series.tolist(), strict=True))
        ),
        autocorrelation=level,
    )


def typical_correlation(charts: ControlCharts) -> float:
    """Return the median of the corrected autocorrelations of all charts, in steps of 0.05, from 0 to 0.95.

    Charts of fewer than 12 points say nothing of it; without others it is taken as 0.

    Examples
    --------
    >>> typical_correlation(xmr_charts([1, 2, 1, 2, 1, 2]))
    0.0
    """
    corrected = autocorrelation(charts).corrected
    known = corrected[~np.isnan(corrected)]
    if not known.size:
        return 0.0
    return float(np.clip(round(float(np.median(known)) * _STEPS_OF_CORRELATION) / _STEPS_OF_CORRELATION, 0.0, 0.95))
