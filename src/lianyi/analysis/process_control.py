"""A control chart of a column: mean, limits and signals of each point, with what they rest on and cannot say.

Examples
--------
>>> table = {"waits": [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]}
>>> found = control_chart(table, ChartWish("waits")).document
>>> round(found["mean"], 2), round(found["limits"]["upper"], 2), found["points"][4]["signal"]
(1.94, 6.95, 'outside')
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from lianyi.analysis.chart_series import ChartPoints, chart_points, charts_of_points, phases_of
from lianyi.analysis.chart_wishes import (
    CONVENTIONS,
    RULES,
    ChartKind,
    ChartWish,
    ConstantSeriesError,
    TooFewPointsError,
)
from lianyi.analysis.columns import Table
from lianyi.analysis.figures import Document, figure, figures
from lianyi.methods.process_control import (
    POINTS_FOR_FIRM_LIMITS,
    ChartOptions,
    ControlCharts,
    Draws,
    Signal,
    Variation,
    alarm_chances,
    autocorrelation,
    runs,
    typical_correlation,
)

FEWEST_POINTS: Final = 3
_RULES: Final = (Signal.OUTSIDE, Signal.TREND, Signal.TWO_OF_THREE, Signal.SHIFT)


@dataclass(frozen=True, slots=True, eq=False)
class ChartAccount:
    """The document that is told, and the chart behind it as a matrix of one series."""

    document: Document
    charts: ControlCharts
    times: list[str]
    wish: ChartWish


def control_chart(table: Table, wish: ChartWish) -> ChartAccount:
    """Return the control chart of a column.

    Raises
    ------
    TableKindError, TableColumnError, ColumnNumberError, ChartTimesError, SeriesCountError, RebaseError
        When the table cannot be used.
    TooFewPointsError, ConstantSeriesError
        When there is no variation to chart.
    """
    points = chart_points(table, wish)
    observed = int((~np.isnan(points.values)).sum())
    if observed < FEWEST_POINTS:
        message = (
            f"{wish.value} has {observed} values; a chart needs {FEWEST_POINTS} at least, and {POINTS_FOR_FIRM_LIMITS} "
            "for limits that are more than a trial."
        )
        raise TooFewPointsError(message, field=wish.value, points=observed)
    charts = charts_of_points(points.values, points.totals, wish, phases_of(wish, points.times))
    if charts.are_constant[0]:
        value = charts.values[~np.isnan(charts.values)][0]
        message = f"All {observed} values of {wish.value} are {value:g}. What never varies has no limits to leave."
        raise ConstantSeriesError(message, field=wish.value, value=float(value))
    return ChartAccount(_document(charts, points, wish), charts, points.times, wish)


def _document(charts: ControlCharts, points: ChartPoints, wish: ChartWish) -> Document:
    last = int(charts.last_points[0])
    rows = point_rows(charts, points.times, wish)
    told_runs = runs(charts.values, charts.centre)
    return {
        "chart": str(wish.kind),
        "columns": {"value": wish.value, "time": wish.time, "total": wish.total},
        "moving_ranges": str(wish.moving_ranges) if wish.kind.uses_moving_ranges else None,
        "observed": int((~np.isnan(charts.values)).sum()),
        "missing": int(np.isnan(charts.values).sum()),
        **limits_at(charts, 0, last),
        "mean_moving_range": None if charts.moving_range is None else figure(charts.moving_range[0, last]),
        "phases": _phases(charts, points.times, wish),
        "points": rows,
        "signals": [
            {name: row[name] for name in ("time", "value", "signal", "side", "variation")}
            for row in rows
            if row["signal"]
        ],
        "latest": {name: rows[last][name] for name in ("time", "value", "signal", "side", "variation")},
        "direction": str(wish.direction),
        **_assurance(charts, wish),
        "runs": {
            "about": "centre",
            "useful_points": int(told_runs.useful[0]),
            "longest": int(told_runs.longest[0]),
            "longest_allowed": int(told_runs.longest_allowed[0]),
            "crossings": int(told_runs.crossings[0]),
            "crossings_needed": int(told_runs.crossings_needed[0]),
            "signal": bool(told_runs.signals[0]),
        },
        "autocorrelation": _autocorrelation(charts),
        "alarms_by_chance": _alarms(charts, wish),
        "warnings": _warnings(charts, wish),
        "conventions": {"limits": CONVENTIONS[wish.kind], "rules": RULES},
    }


def limits_at(charts: ControlCharts, series: int, point: int) -> Document:
    """Return centre and limits that hold at a point, as documents name them."""
    return {
        "mean": figure(charts.centre[series, point]),
        "limits": figures(
            lower=charts.lower[series, point],
            near_lower=charts.near_lower[series, point],
            near_upper=charts.near_upper[series, point],
            upper=charts.upper[series, point],
        ),
        "trial_limits": bool(charts.points_used[series, point] < POINTS_FOR_FIRM_LIMITS),
    }


def point_rows(charts: ControlCharts, times: list[str], wish: ChartWish, series: int = 0) -> list[Document]:
    """Return what is told of each point of a series."""
    variation = charts.variation(wish.direction)[series].tolist()
    rules, sides = charts.rules[series].tolist(), charts.sides[series].tolist()
    return [
        {
            "time": times[place],
            **figures(
                value=charts.values[series, place],
                mean=charts.centre[series, place],
                lower=charts.lower[series, place],
                upper=charts.upper[series, place],
            ),
            "signal": signal_words(int(charts.signals[series, place])),
            "signals": [rule.words for rule in _RULES if met & rule],
            "side": {1: "high", -1: "low"}.get(side),
            "variation": Variation(told).words,
        }
        for place, (told, met, side) in enumerate(zip(variation, rules, sides, strict=True))
    ]


def signal_words(number: int) -> str | None:
    """Return the name of a signal, None for none.

    Examples
    --------
    >>> signal_words(4), signal_words(0)
    ('two-of-three', None)
    """
    return Signal(number).words if number else None


def _phases(charts: ControlCharts, times: list[str], wish: ChartWish) -> list[Document]:
    begins = [0, *np.flatnonzero(charts.starts[0]).tolist()]
    reasons = {rebase.time: rebase.reason for rebase in wish.rebases}
    return [
        {
            "from": times[begin],
            "to": times[end - 1],
            "reason": reasons.get(times[begin]),
            "points_used": int(charts.points_used[0, begin]),
            **limits_at(charts, 0, end - 1),
        }
        for begin, end in zip(begins, [*begins[1:], len(times)], strict=True)
    ]


def _assurance(charts: ControlCharts, wish: ChartWish) -> Document:
    if wish.target is None:
        return {"target": None, "assurance": None}
    [told] = charts.assurance(wish.target.value, wish.direction)
    return {"target": wish.target.value, "assurance": None if told is None else str(told)}


def _autocorrelation(charts: ControlCharts) -> Document:
    found = autocorrelation(charts)
    return {
        **figures(estimate=found.estimates[0], corrected=found.corrected[0], chance_limit=found.chance_limits[0]),
        "notable": bool(found.are_notable[0]),
    }


def _alarms(charts: ControlCharts, wish: ChartWish) -> Document | None:
    """Return the chance of alarms on a chart of this length whose process does not change; simulated for XmR charts."""
    if wish.kind is not ChartKind.XMR:
        return None
    options = ChartOptions(wish.moving_ranges, wish.baseline_points)
    points = int((~np.isnan(charts.values)).sum())
    draws = Draws()
    told = []
    for level in dict.fromkeys((0.0, typical_correlation(charts))):
        chances = alarm_chances(points, level, options, draws)
        told.append({"autocorrelation": level, "any_point": chances.any_point, "latest_point": chances.last_point})
    return {"simulated_series": draws.series, "seed": draws.seed, "chances": told}


def _warnings(charts: ControlCharts, wish: ChartWish) -> list[str]:
    found = []
    used = charts.points_used[0]
    if (used < POINTS_FOR_FIRM_LIMITS).any():
        found.append(
            f"Limits that rest on {int(used.min())} points are trial limits; {POINTS_FOR_FIRM_LIMITS} make them firm."
        )
    missing = int(np.isnan(charts.values).sum())
    if missing:
        found.append(f"Points that are missing: {missing}. Those before and after them count as neighbours.")
    correlation = autocorrelation(charts)
    if correlation.are_notable[0]:
        found.append(
            f"Neighbouring points correlate by {correlation.estimates[0]:.2f}: the process changed, or its points hang "
            "on one another and the limits are too narrow."
        )
    if (charts.signals > 0).any():
        found.append("A signal says that the process changed, not why, and not that anybody's work succeeded.")
    if wish.kind is ChartKind.P and float(np.mean(charts.rules & Signal.OUTSIDE)) > _TOO_MANY_OUTSIDE:
        found.append("Many points lie outside: with large totals chance is not all there is. See p-prime.")
    return found


_TOO_MANY_OUTSIDE: Final = 0.25
