"""Statistical process control: whether a process changed or only varied, for many series at once.

XmR charts follow NHS England, Making Data Count (rules and limits as NHSRplotthedots 0.2.2 has them); p, p prime, u, c,
t and g charts and runs after J. Anhøj stand beside them. A series is a row, a time a column, NaN a missing value.

A flag says that a process changed, not why, and not that anybody's work succeeded: never count flags as success. With
four rules on many charts flags come by chance; `wall_alarms` says how many.

Examples
--------
>>> charts = xmr_charts([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
>>> [Signal(signal).words for signal in charts.signals[0, 3:6].tolist()]
['none', 'outside', 'none']
"""

from __future__ import annotations

from lianyi.methods.process_control.autocorrelation import Autocorrelation, autocorrelation
from lianyi.methods.process_control.chance import (
    AlarmChances,
    ChartOptions,
    Draws,
    WallAlarms,
    alarm_chances,
    in_control,
    typical_correlation,
    wall_alarms,
)
from lianyi.methods.process_control.chance_of_counts import CountDraws, CountsOf, count_wall_alarms
from lianyi.methods.process_control.charts import (
    POINTS_FOR_FIRM_LIMITS,
    Assurance,
    ControlCharts,
    Direction,
    Phases,
    Rebase,
    Signal,
    Variation,
)
from lianyi.methods.process_control.counts import (
    count_charts,
    laney_proportion_charts,
    proportion_charts,
    rate_charts,
)
from lianyi.methods.process_control.individuals import MovingRanges, xmr_charts
from lianyi.methods.process_control.latest_points import FALSE_SHARE, kept_alarms, latest_p_values, latest_runs
from lianyi.methods.process_control.rare_events import cases_between_charts, time_between_charts
from lianyi.methods.process_control.runs import Runs, runs

__all__ = [
    "FALSE_SHARE",
    "POINTS_FOR_FIRM_LIMITS",
    "AlarmChances",
    "Assurance",
    "Autocorrelation",
    "ChartOptions",
    "ControlCharts",
    "CountDraws",
    "CountsOf",
    "Direction",
    "Draws",
    "MovingRanges",
    "Phases",
    "Rebase",
    "Runs",
    "Signal",
    "Variation",
    "WallAlarms",
    "alarm_chances",
    "autocorrelation",
    "cases_between_charts",
    "count_charts",
    "count_wall_alarms",
    "in_control",
    "kept_alarms",
    "laney_proportion_charts",
    "latest_p_values",
    "latest_runs",
    "proportion_charts",
    "rate_charts",
    "runs",
    "time_between_charts",
    "typical_correlation",
    "wall_alarms",
    "xmr_charts",
]
