"""Settled values of an indicator as series, a row for each unit and a column for each period, and their charts."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np

from lianyi.indicators.values_periods import next_start, period_code
from lianyi.methods.arrays import Floats
from lianyi.methods.process_control import (
    ChartOptions,
    ControlCharts,
    CountsOf,
    Direction,
    MovingRanges,
    Phases,
    Rebase,
    WallAlarms,
    count_wall_alarms,
    laney_proportion_charts,
    proportion_charts,
    rate_charts,
    wall_alarms,
    xmr_charts,
)
from lianyi.rules.indicators import Direction as Better
from lianyi.rules.indicators import Formula, IndicatorDefinition, IndicatorUnit

FEWEST_POINTS: Final = 3
"""Fewer values have no chart; twelve have firm limits."""
LARGE_TOTAL: Final = 1_000
"""With so many cases a month, in the median, chance is not all there is and p′ charts are drawn, not p."""
MOST_PERIODS: Final = 60
_RATES: Final = (IndicatorUnit.PER_1000, IndicatorUnit.PER_10000)
_DIRECTIONS: Final[Mapping[Better, Direction]] = {Better.UP: Direction.UP, Better.DOWN: Direction.DOWN}


class SeriesChart(StrEnum):
    """Which chart a series is drawn on."""

    XMR = "xmr"
    P = "p"
    P_PRIME = "p-prime"
    U = "u"

    @property
    def uses_moving_ranges(self) -> bool:
        return self in (SeriesChart.XMR, SeriesChart.P_PRIME)


@dataclass(frozen=True, slots=True)
class Figure:
    """One settled value of a unit."""

    pk: int
    node_id: int
    version: int
    start: datetime.date
    numerator: Decimal | None
    denominator: Decimal | None
    provenance: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """That the chart of a unit begins anew with a period, and why."""

    node_id: int
    start: datetime.date
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Figures of one indicator, NaN where none is settled or none could be had."""

    definition: IndicatorDefinition
    period: str
    nodes: tuple[int, ...]
    starts: tuple[datetime.date, ...]
    numerators: Floats
    denominators: Floats
    keys: Mapping[tuple[int, datetime.date], int]
    """The value behind a point, by unit and period."""
    versions: tuple[int, ...]
    sample_nodes: frozenset[int]

    @property
    def codes(self) -> list[str]:
        return [period_code(self.period, start) for start in self.starts]

    @property
    def direction(self) -> Direction:
        return _DIRECTIONS.get(self.definition.direction, Direction.NEITHER)

    @property
    def values(self) -> Floats:
        """The values in the unit of the indicator."""
        if not self.definition.needs_denominator:
            return self.numerators
        usable = np.where(self.denominators > 0, self.denominators, np.nan)
        quotient = self.numerators / usable
        return (quotient - 1 if self.definition.formula is Formula.CHANGE else quotient) * self.definition.factor

    def place_of(self, node_id: int) -> int:
        return self.nodes.index(node_id)

    def of_nodes(self, node_ids: Iterable[int]) -> Panel:
        """Return the series of some units only."""
        wanted = set(node_ids)
        places = [at for at, node in enumerate(self.nodes) if node in wanted]
        return replace(
            self,
            nodes=tuple(self.nodes[at] for at in places),
            numerators=self.numerators[places],
            denominators=self.denominators[places],
        )


def panel_of(definition: IndicatorDefinition, period: str, found: Iterable[Figure]) -> Panel | None:
    """Return figures as a panel; None where there are none. Of two versions in one period the newer one counts."""
    rows = list(found)
    if not rows:
        return None
    nodes = tuple(dict.fromkeys(row.node_id for row in rows))
    starts = _periods(period, [row.start for row in rows])
    unit = {node: at for at, node in enumerate(nodes)}
    time = {start: at for at, start in enumerate(starts)}
    numerators, denominators = (np.full((len(nodes), len(starts)), np.nan) for _figure in range(2))
    for row in rows:
        at = unit[row.node_id], time[row.start]
        numerators[at] = np.nan if row.numerator is None else float(row.numerator)
        denominators[at] = np.nan if row.denominator is None else float(row.denominator)
    return Panel(
        definition,
        period,
        nodes,
        starts,
        numerators,
        denominators,
        {(row.node_id, row.start): row.pk for row in rows},
        tuple(sorted({row.version for row in rows})),
        frozenset(row.node_id for row in rows if row.provenance == "sample"),
    )


def _periods(period: str, found: Sequence[datetime.date]) -> tuple[datetime.date, ...]:
    starts, at = [], min(found)
    while at <= max(found):
        starts.append(at)
        at = next_start(period, at)
    return tuple(starts)


def chart_for(panel: Panel) -> SeriesChart:
    """Return the chart that fits the definition and the size of the figures."""
    definition = panel.definition
    if definition.formula is not Formula.QUOTIENT:
        return SeriesChart.XMR
    if definition.unit is IndicatorUnit.PERCENT:
        if not definition.numerator_is_part:
            return SeriesChart.XMR
        known = panel.denominators[panel.denominators > 0]
        return SeriesChart.P_PRIME if known.size and np.median(known) >= LARGE_TOTAL else SeriesChart.P
    return SeriesChart.U if definition.unit in _RATES else SeriesChart.XMR


def charts_that_fit(panel: Panel) -> tuple[SeriesChart, ...]:
    """Return the charts that a reader may choose for an indicator."""
    first = chart_for(panel)
    if first is SeriesChart.XMR:
        return (SeriesChart.XMR,)
    return (SeriesChart.U, SeriesChart.XMR) if first is SeriesChart.U else (*SHARES, SeriesChart.XMR)


SHARES: Final = (SeriesChart.P, SeriesChart.P_PRIME)


@dataclass(frozen=True, slots=True)
class ChartSetting:
    """How charts are made: which chart, whether large moving ranges are screened out, and where units begin anew."""

    kind: SeriesChart
    screened: bool = False
    rebases: tuple[Rebased, ...] = ()
    baseline_points: int | None = None

    @property
    def moving_ranges(self) -> MovingRanges:
        return MovingRanges.SCREENED if self.screened else MovingRanges.ALL


def phases_of(panel: Panel, setting: ChartSetting) -> Phases:
    """Return where charts begin anew; a rebase before the first or after the last period changes nothing."""
    places = {start: at for at, start in enumerate(panel.starts)}
    units = {node: at for at, node in enumerate(panel.nodes)}
    found = {
        (units[each.node_id], places[each.start]): each.reason
        for each in setting.rebases
        if each.node_id in units and places.get(each.start, 0) > 0
    }
    rebases = tuple(Rebase(at, reason, series) for (series, at), reason in sorted(found.items()))
    return Phases(setting.baseline_points, rebases)


def charts_of(panel: Panel, setting: ChartSetting) -> ControlCharts:
    """Return the charts of all units at once; shares lie between 0 and 1, everything else in its unit."""
    phases = phases_of(panel, setting)
    if setting.kind is SeriesChart.P_PRIME:
        return laney_proportion_charts(panel.numerators, panel.denominators, setting.moving_ranges, phases)
    if setting.kind is SeriesChart.P:
        return proportion_charts(panel.numerators, panel.denominators, phases)
    if setting.kind is SeriesChart.U:
        return rate_charts(panel.numerators, panel.denominators, phases)
    return xmr_charts(panel.values, setting.moving_ranges, phases)


def factor_of(panel: Panel, kind: SeriesChart) -> float:
    """Return by what the figures of a chart are multiplied to stand in the unit of the indicator."""
    return 1.0 if kind is SeriesChart.XMR else panel.definition.factor


def alarms_of(
    panel: Panel, charts: ControlCharts, setting: ChartSetting, correlation: float | None = None
) -> WallAlarms:
    """Return the alarms of a wall beside those to expect by chance, by the chart that was made.

    Without ``correlation`` neighbours of XmR and p′ charts correlate as those of the wall do, which true changes raise.
    """
    if setting.kind is SeriesChart.P:
        return count_wall_alarms(charts, panel.denominators, CountsOf.CASES, phases_of(panel, setting))
    if setting.kind is SeriesChart.U:
        return count_wall_alarms(charts, panel.denominators, CountsOf.EXPOSURE, phases_of(panel, setting))
    return wall_alarms(charts, ChartOptions(setting.moving_ranges, setting.baseline_points), correlation)
