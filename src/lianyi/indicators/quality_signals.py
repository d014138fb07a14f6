"""What one unit's chart says: the signals of its points, and what followed a corrective action."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from lianyi.indicators.models.quality import ChartFinding, SignalSide
from lianyi.indicators.quality_series import (
    FEWEST_POINTS,
    ChartSetting,
    Panel,
    chart_for,
    charts_of,
    factor_of,
)
from lianyi.indicators.values_periods import next_start, start_of
from lianyi.methods.process_control import ControlCharts, Signal, Variation

RUN: Final = 7
"""So many points the rule of the shift needs: with fewer, that nothing changed cannot be said."""
FEWEST_AFTER: Final = 3
"""One or two points after an action are an anecdote, wherever they lie."""
_PASSING: Final = ("outside", "two-of-three")
_SIDES: Final = {1: SignalSide.HIGH, -1: SignalSide.LOW}


@dataclass(frozen=True, slots=True)
class PointSignal:
    """The signal of one point, values in the unit of the indicator."""

    start: datetime.date
    side: SignalSide
    rule: str
    rules: int
    variation: int
    value: float
    centre: float
    lower: float | None
    upper: float | None

    @property
    def may_open_case(self) -> bool:
        """A signal for the better asks for no corrective action."""
        return self.variation in (Variation.CONCERN, Variation.CHANGE)

    def facts(self) -> dict[str, Any]:
        """Return what a case keeps of the point."""
        return {
            "value": self.value,
            "centre": self.centre,
            "lower": self.lower,
            "upper": self.upper,
            "rules": self.rules,
            "variation": self.variation,
        }


def signals_of(panel: Panel, charts: ControlCharts, at: int, factor: float) -> dict[datetime.date, PointSignal]:
    """Return the signals of a unit's chart by period."""
    variation = charts.variation(panel.direction)[at]
    found = {}
    for time in np.flatnonzero(charts.signals[at]).tolist():
        lower, upper = float(charts.lower[at, time]), float(charts.upper[at, time])
        found[panel.starts[time]] = PointSignal(
            panel.starts[time],
            _SIDES[int(charts.sides[at, time])],
            Signal(int(charts.signals[at, time])).words,
            int(charts.rules[at, time]),
            int(variation[time]),
            float(charts.values[at, time]) * factor,
            float(charts.centre[at, time]) * factor,
            None if np.isnan(lower) else lower * factor,
            None if np.isnan(upper) else upper * factor,
        )
    return found


def usual_signals(panel: Panel, setting: ChartSetting | None = None) -> dict[datetime.date, PointSignal]:
    """Return the signals of the only unit of a panel, on the chart that fits its indicator."""
    used = setting or ChartSetting(chart_for(panel))
    return signals_of(panel, charts_of(panel, used), 0, factor_of(panel, used.kind))


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a chart says of the periods after an action, on limits of the periods before it."""

    finding: ChartFinding
    points: int
    first: datetime.date
    """The first period that began after the action."""
    baseline_points: int
    mean_before: float | None
    mean_after: float | None

    def facts(self) -> Mapping[str, Any]:
        return {
            "first": self.first.isoformat(),
            "baseline_points": self.baseline_points,
            "mean_before": self.mean_before,
            "mean_after": self.mean_after,
        }


@dataclass(frozen=True, slots=True)
class CaseSignal:
    """What of a case the chart is asked about."""

    start: datetime.date
    side: str
    rule: str


def aftermath(
    panel: Panel | None, setting: ChartSetting | None, case: CaseSignal, done_on: datetime.date, period: str
) -> Aftermath:
    """Return what followed an action on a chart whose limits rest on the periods up to it.

    The period in which it was done belongs to neither. A new beginning after the signal is passed over: limits that
    were moved with the action would hide what came of it. A signal for the better is a finding and no success.
    """
    first = next_start(period, start_of(period, done_on))
    if panel is None or setting is None:
        return Aftermath(ChartFinding.TOO_EARLY, 0, first, 0, None, None)
    kept = _from_last_beginning(panel, setting, case.start)
    before = np.array([next_start(period, start) <= first for start in kept.starts])
    before &= np.array([start != start_of(period, done_on) for start in kept.starts])
    after = np.array([start >= first for start in kept.starts])
    is_there = ~np.isnan(kept.values[0])
    baseline, points = int((before & is_there).sum()), int((after & is_there).sum())
    if baseline < FEWEST_POINTS or not points:
        return Aftermath(ChartFinding.TOO_EARLY, points, first, baseline, None, None)
    judged = _without(kept, ~(before | after))
    charts = charts_of(judged, replace(setting, rebases=(), baseline_points=baseline))
    factor = factor_of(judged, setting.kind)
    told = np.array([start >= first for start in judged.starts])
    return Aftermath(
        _finding(charts, told, case, points),
        points,
        first,
        baseline,
        _mean(charts.values[0, ~told]) * factor,
        _mean(charts.values[0, told]) * factor,
    )


def _from_last_beginning(panel: Panel, setting: ChartSetting, signal: datetime.date) -> Panel:
    known = [each.start for each in setting.rebases if each.node_id == panel.nodes[0] and each.start <= signal]
    if not known:
        return panel
    return _without(panel, np.array([start < max(known) for start in panel.starts]))


def _without(panel: Panel, left_out: Any) -> Panel:  # noqa: ANN401 - an array of yes and no
    stay = np.flatnonzero(~left_out)
    return replace(
        panel,
        starts=tuple(panel.starts[at] for at in stay.tolist()),
        numerators=panel.numerators[:, stay],
        denominators=panel.denominators[:, stay],
    )


def _finding(charts: ControlCharts, told: Any, case: CaseSignal, points: int) -> ChartFinding:  # noqa: ANN401
    if points < FEWEST_AFTER:
        return ChartFinding.TOO_EARLY
    sides = charts.sides[0, told]
    known = sides[sides != 0]
    if known.size:
        bad = 1 if case.side == SignalSide.HIGH else -1
        return ChartFinding.WORSE if int(known[-1]) == bad else ChartFinding.BETTER
    if points < RUN:
        return ChartFinding.TOO_EARLY
    return ChartFinding.SETTLED if case.rule in _PASSING else ChartFinding.NO_CHANGE


def _mean(values: Any) -> float:  # noqa: ANN401 - an array of figures
    return float(np.nanmean(values))
