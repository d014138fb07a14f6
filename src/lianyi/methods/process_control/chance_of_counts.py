"""Alarms by chance on a wall of p or u charts: the same months and sizes, drawn again as if no process had changed.

Charts of counts have limits of their own for every month, so what `wall_alarms` simulates for XmR charts does not hold
for them. Each chart is drawn again many times, binomial or Poisson about its own centre, and charted by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from lianyi.methods.arrays import Floats
from lianyi.methods.process_control.chance import WallAlarms
from lianyi.methods.process_control.charts import ONE_PHASE, ControlCharts, Phases
from lianyi.methods.process_control.counts import proportion_charts, rate_charts
from lianyi.methods.process_control.errors import SeriesShapeError

_FEWEST_DRAWS: Final = 20


class CountsOf(StrEnum):
    """What is counted."""

    CASES = "cases"
    """Events among so many cases, as on p charts."""
    EXPOSURE = "exposure"
    """Events over an area of opportunity, as on u charts."""


@dataclass(frozen=True, slots=True)
class CountDraws:
    """From which seed charts are drawn, and how many in all; each chart of the wall is drawn equally often."""

    seed: int = 20240601
    charts: int = 20_000


USUAL_DRAWS: Final = CountDraws()


def count_wall_alarms(
    charts: ControlCharts,
    sizes: Floats,
    counts_of: CountsOf,
    phases: Phases = ONE_PHASE,
    draws: CountDraws = USUAL_DRAWS,
) -> WallAlarms:
    """Count the charts that give an alarm, and say how many would if no process had changed.

    ``sizes`` are the cases or areas that the charts were made with; ``phases`` those of the charts.

    Raises
    ------
    SeriesShapeError
        When the sizes are not those of the charts.

    Examples
    --------
    >>> events, cases = [[5, 4, 6, 5, 5, 4, 6, 5, 4, 5, 6, 5]] * 20, np.full((20, 12), 100.0)
    >>> alarms = count_wall_alarms(proportion_charts(events, cases), cases, CountsOf.CASES)
    >>> alarms.series, alarms.found, 0.5 < alarms.expected < 4.0
    (20, 0, True)
    """
    areas = np.asarray(sizes, np.float64)
    if areas.shape != charts.values.shape:
        message = f"The sizes have the shape {areas.shape}, the charts {charts.values.shape}. Give those of the charts."
        raise SeriesShapeError(message, shapes=(areas.shape, charts.values.shape))
    is_there = ~np.isnan(charts.values)
    areas = np.where(is_there, areas, np.nan)
    times = max(_FEWEST_DRAWS, draws.charts // len(areas))
    random = np.random.default_rng(draws.seed)
    any_point, latest = np.zeros(len(areas)), np.zeros(len(areas))
    for _draw in range(times):
        drawn = _charted(random, charts.centre, areas, counts_of, phases)
        any_point += (drawn.signals > 0).any(axis=1)
        latest += drawn.last_signals > 0
    return WallAlarms(
        series=int(is_there.any(axis=1).sum()),
        found=int((charts.signals > 0).any(axis=1).sum()),
        found_latest=int((charts.last_signals > 0).sum()),
        expected=float(any_point.sum() / times),
        expected_latest=float(latest.sum() / times),
        autocorrelation=0.0,
    )


def _charted(
    random: np.random.Generator, centre: Floats, areas: Floats, counts_of: CountsOf, phases: Phases
) -> ControlCharts:
    is_there = ~np.isnan(areas)
    level, size = np.where(is_there, centre, 0.0), np.where(is_there, areas, 0.0)
    if counts_of is CountsOf.CASES:
        cases = np.rint(size)
        events = random.binomial(cases.astype(np.int64), np.clip(level, 0.0, 1.0)).astype(np.float64)
        return proportion_charts(np.where(is_there, events, np.nan), np.where(is_there, cases, np.nan), phases)
    events = random.poisson(level * size).astype(np.float64)
    return rate_charts(np.where(is_there, events, np.nan), areas, phases)
