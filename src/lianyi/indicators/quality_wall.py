"""A wall of charts: one line for each unit, and the alarms to expect by chance beside those found and those kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.drawing.control_chart import ChartPoint
from lianyi.drawing.small_control_chart import svg_of_small_control_chart
from lianyi.indicators.quality_series import (
    FEWEST_POINTS,
    ChartSetting,
    Panel,
    alarms_of,
    charts_of,
    factor_of,
)
from lianyi.indicators.quality_words import MARKS
from lianyi.methods.process_control import (
    POINTS_FOR_FIRM_LIMITS,
    Assurance,
    ControlCharts,
    Direction,
    Variation,
    WallAlarms,
    kept_alarms,
)

# What a reader should look at first: no rank of the units, only of what their charts say.
_SIGNAL_ORDER: Final[Mapping[int, int]] = {
    Variation.CONCERN: 0,
    Variation.CHANGE: 1,
    Variation.IMPROVEMENT: 2,
    Variation.COMMON_CAUSE: 4,
    Variation.MISSING: 5,
}
_EARLIER_SIGNAL: Final = 3


@dataclass(frozen=True, slots=True)
class WallLine:
    """One unit of a wall; values stand in the unit of the indicator."""

    node_id: int
    name: str
    observed: int
    not_charted: str
    """Why there is no chart: "few" or "same"; empty where there is one."""
    trial: bool
    latest_code: str
    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    variation: int
    rules: int
    earlier_signals: int
    is_kept: bool
    assurance: Assurance | None
    is_sample: bool

    @property
    def order(self) -> int:
        has_past = self.variation == Variation.COMMON_CAUSE and self.earlier_signals > 0
        return _EARLIER_SIGNAL if has_past else _SIGNAL_ORDER[self.variation]

    @property
    def has_signal(self) -> bool:
        return self.variation in (Variation.CONCERN, Variation.CHANGE, Variation.IMPROVEMENT)


@dataclass(frozen=True, slots=True, eq=False)
class Wall:
    """The lines of a wall, the charts behind them, and how many alarms chance gives."""

    panel: Panel
    setting: ChartSetting
    charts: ControlCharts
    lines: tuple[WallLine, ...]
    alarms: WallAlarms
    independent: WallAlarms
    """The same if neighbouring values hung on one another in nothing."""
    kept: int
    target: float | None


def wall_of(panel: Panel, setting: ChartSetting, name: Callable[[int], str], target: float | None = None) -> Wall:
    """Return the wall of all units of a panel, charted at once, in the order of their names.

    ``target`` stands in the unit of the indicator and is judged only where one direction is the better one.
    """
    charts = charts_of(panel, setting)
    factor = factor_of(panel, setting.kind)
    kept = kept_alarms(charts)
    judged = None
    if target is not None and panel.direction is not Direction.NEITHER:
        judged = charts.assurance(target / factor, panel.direction)
    lines = [
        _line(panel, charts, at, name(node), factor, is_kept=bool(kept[at]), assured=judged[at] if judged else None)
        for at, node in enumerate(panel.nodes)
    ]
    lines.sort(key=lambda line: (line.name, line.node_id))
    charted = [line.node_id for line in lines if not line.not_charted]
    alarms = _alarms(panel, setting, charted, None)
    # Counts are drawn again as independent ones anyway.
    independent = _alarms(panel, setting, charted, 0.0) if setting.kind.uses_moving_ranges else alarms
    return Wall(panel, setting, charts, tuple(lines), alarms, independent, int(kept.sum()), target)


def _alarms(panel: Panel, setting: ChartSetting, charted: list[int], correlation: float | None) -> WallAlarms:
    """Count alarms and those by chance among the units that have a chart."""
    if not charted:
        return WallAlarms(0, 0, 0, 0.0, 0.0, 0.0)
    part = panel.of_nodes(charted)
    return alarms_of(part, charts_of(part, setting), setting, correlation)


def _line(
    panel: Panel,
    charts: ControlCharts,
    at: int,
    name: str,
    factor: float,
    *,
    is_kept: bool,
    assured: Assurance | None,
) -> WallLine:
    observed = int((~np.isnan(charts.values[at])).sum())
    last = int(charts.last_points[at])
    node = panel.nodes[at]
    reason = "few" if observed < FEWEST_POINTS else "same" if charts.are_constant[at] else ""
    value = float(charts.values[at, last]) * factor if observed else None
    variation, rules, earlier = int(Variation.MISSING), 0, 0
    levels: tuple[float | None, ...] = (None, None, None)
    if not reason:
        levels = tuple(_number(line[at, last], factor) for line in (charts.centre, charts.lower, charts.upper))
        variation = int(charts.variation(panel.direction)[at, last])
        rules = int(charts.rules[at, last])
        earlier = int((charts.signals[at, :last] > 0).sum())
    return WallLine(
        node,
        name,
        observed,
        reason,
        trial=not reason and bool(charts.points_used[at, last] < POINTS_FOR_FIRM_LIMITS),
        latest_code=panel.codes[last] if observed else "",
        value=value,
        centre=levels[0],
        lower=levels[1],
        upper=levels[2],
        variation=variation,
        rules=rules,
        earlier_signals=earlier,
        is_kept=is_kept,
        assurance=None if reason else assured,
        is_sample=node in panel.sample_nodes,
    )


def _number(value: float, factor: float) -> float | None:
    return None if np.isnan(value) else float(value) * factor


def chart_points(panel: Panel, charts: ControlCharts, at: int, factor: float) -> list[ChartPoint]:
    """Return the points of a unit's chart as they are drawn, in the unit of the indicator."""
    variation = charts.variation(panel.direction)[at]
    return [
        ChartPoint(
            code,
            _number(charts.values[at, time], factor),
            _number(charts.centre[at, time], factor),
            _number(charts.lower[at, time], factor),
            _number(charts.upper[at, time], factor),
            MARKS.get(int(variation[time]), MARKS[Variation.COMMON_CAUSE]),
            begins_phase=bool(charts.starts[at, time]),
        )
        for time, code in enumerate(panel.codes)
    ]


def small_chart(wall: Wall, line: WallLine, heard: str) -> str:
    """Return the small chart of a line as SVG."""
    at = wall.panel.place_of(line.node_id)
    points = chart_points(wall.panel, wall.charts, at, factor_of(wall.panel, wall.setting.kind))
    return svg_of_small_control_chart(points, heard, wall.target)
