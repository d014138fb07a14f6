"""A wall of charts: every series of a table at once, with the alarms to expect by chance beside those found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lianyi.analysis.chart_series import charts_of_points, is_missing, shown_time, time_order
from lianyi.analysis.chart_wishes import ChartColumnsError, ChartKind, ChartTimesError, ChartWish, TooFewPointsError
from lianyi.analysis.columns import Floats, Labels, Table, labels, numbers
from lianyi.analysis.figures import Document, figure
from lianyi.analysis.process_control import FEWEST_POINTS, limits_at, signal_words
from lianyi.methods.columns import Integers, label_codes
from lianyi.methods.process_control import (
    ChartOptions,
    ControlCharts,
    Draws,
    Phases,
    Variation,
    WallAlarms,
    autocorrelation,
    typical_correlation,
    wall_alarms,
)

FLAGS_ARE_NO_SUCCESS: Final = (
    "The number of series with a signal is no measure of success: many come by chance, and a signal may be for the "
    "worse."
)


@dataclass(frozen=True, slots=True, eq=False)
class WallAccount:
    """The document that is told, and the charts, a row for each name and a column for each time."""

    document: Document
    charts: ControlCharts
    names: list[str]
    times: list[str]


def chart_wall(table: Table, series: str, wish: ChartWish) -> WallAccount:
    """Return the charts of all series that a column tells apart, from a table with a row for each series and time.

    Raises
    ------
    TableKindError, TableColumnError, ColumnNumberError, ChartColumnsError, ChartTimesError, SeriesCountError
        When the table cannot be used.
    TooFewPointsError
        When no series has three values.

    Examples
    --------
    >>> months = list(range(1, 13)) * 2
    >>> table = {"unit": ["A"] * 12 + ["B"] * 12, "month": months, "waits": [*range(12), *([3, 4] * 6)]}
    >>> wall = chart_wall(table, "unit", ChartWish("waits", "month"))
    >>> [(chart["name"], chart["latest"]["signal"]) for chart in wall.document["charts"]]
    [('A', 'outside'), ('B', None)]
    """
    if wish.time is None or wish.rebases:
        message = (
            "Charts of several series need the column with the times, and no rebase: that is for one chart at a time."
        )
        raise ChartColumnsError(message, series=series)
    names, units = _places(labels(table, series), series)
    column = labels(table, wish.time)
    times, months = _times(column, wish.time)
    values = _matrix(numbers(table, wish.value), units, months, (names, times))
    totals = None if wish.total is None else _matrix(numbers(table, wish.total), units, months, (names, times))
    if not ((~np.isnan(values)).sum(axis=1) >= FEWEST_POINTS).any():
        message = f"No series of {wish.value} has {FEWEST_POINTS} values or more, so there is nothing to chart."
        raise TooFewPointsError(message, field=wish.value)
    charts = charts_of_points(values, totals, wish, Phases(wish.baseline_points))
    return WallAccount(_document(charts, names, times, wish), charts, names, times)


def _document(charts: ControlCharts, names: list[str], times: list[str], wish: ChartWish) -> Document:
    return {
        "chart": str(wish.kind),
        "columns": {"value": wish.value, "time": wish.time, "total": wish.total},
        "moving_ranges": str(wish.moving_ranges) if wish.kind.uses_moving_ranges else None,
        "direction": str(wish.direction),
        "series": len(names),
        "times": {"first": times[0], "last": times[-1], "count": len(times)},
        "points_missing": int(np.isnan(charts.values).sum()),
        "alarms": None if wish.kind is not ChartKind.XMR else _alarms(charts, wish),
        "charts": _charts(charts, names, times, wish),
        "warnings": [FLAGS_ARE_NO_SUCCESS],
    }


def _alarms(charts: ControlCharts, wish: ChartWish) -> Document:
    options, draws = ChartOptions(wish.moving_ranges, wish.baseline_points), Draws()
    levels = dict.fromkeys((0.0, typical_correlation(charts)))
    told = [wall_alarms(charts, options, level, draws) for level in levels]
    first = told[0]
    return {
        "series": first.series,
        "with_a_signal": first.found,
        "with_a_signal_at_the_latest_point": first.found_latest,
        "expected_by_chance": [_expected(each) for each in told],
        "simulated_series": draws.series,
        "seed": draws.seed,
    }


def _expected(alarms: WallAlarms) -> Document:
    return {
        "autocorrelation": alarms.autocorrelation,
        "with_a_signal": alarms.expected,
        "with_a_signal_at_the_latest_point": alarms.expected_latest,
        "false_share_at_most": alarms.false_share,
    }


def _charts(charts: ControlCharts, names: list[str], times: list[str], wish: ChartWish) -> list[Document]:
    variation = charts.variation(wish.direction)
    estimates = autocorrelation(charts).estimates
    assured = None if wish.target is None else charts.assurance(wish.target.value, wish.direction)
    constant, observed = charts.are_constant, (~np.isnan(charts.values)).sum(axis=1)
    found = []
    for row, name in enumerate(names):
        last = int(charts.last_points[row])
        if observed[row] < FEWEST_POINTS or constant[row]:
            reason = "too few values" if observed[row] < FEWEST_POINTS else "all values are the same"
            found.append(
                {"name": name, "observed": int(observed[row]), "not_charted": reason, "latest": {"signal": None}}
            )
            continue
        told = None if assured is None else assured[row]
        found.append(
            {
                "name": name,
                "observed": int(observed[row]),
                **limits_at(charts, row, last),
                "signals": int((charts.signals[row] > 0).sum()),
                "latest": {
                    "time": times[last],
                    "value": figure(charts.values[row, last]),
                    "signal": signal_words(int(charts.signals[row, last])),
                    "variation": Variation(int(variation[row, last])).words,
                },
                "assurance": None if told is None else str(told),
                "autocorrelation": figure(estimates[row]),
            }
        )
    return found


def _places(column: Labels, name: str) -> tuple[list[str], Integers]:
    """Return the different names in the order in which they first stand, and for each record which of them it is."""
    codes, different = _known(column, f"{name} is empty. Name the series of each value.")
    return _merged(codes, [shown_time(value) for value in different])


def _times(column: Labels, name: str) -> tuple[list[str], Integers]:
    """Return the different times from early to late, and for each record which of them it is."""
    codes, different = _known(column, f"the time in the column {name} is empty. Give each value its time.")
    times = np.empty(len(different), dtype=object)
    times[:] = different
    order = time_order(times, name)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return _merged(place[codes], [shown_time(different[number]) for number in order])


def _known(column: Labels, told: str) -> tuple[Integers, list[Any]]:
    """Return the different values once each, so that a million records are looked at as a few hundred."""
    codes, different = label_codes(column)
    for number, value in enumerate(different):
        if is_missing(value):
            raise ChartColumnsError(f"Record {int(np.argmax(codes == number)) + 1}: {told}")
    return codes, different


def _merged(codes: Integers, shown: list[str]) -> tuple[list[str], Integers]:
    """Take values for one that look the same, as a day and its text do."""
    number: dict[str, int] = {}
    merged = np.array([number.setdefault(text, len(number)) for text in shown], np.int64)
    return list(number), merged[codes]


def _matrix(column: Floats, units: Integers, months: Integers, heads: tuple[list[str], list[str]]) -> Floats:
    names, times = heads
    matrix = np.full((len(names), len(times)), np.nan)
    seen = np.zeros(matrix.shape, dtype=np.int64)
    np.add.at(seen, (units, months), 1)
    if (seen > 1).any():
        unit, month = np.argwhere(seen > 1)[0].tolist()
        message = (
            f"{names[unit]} has {int(seen[unit, month])} values at {times[month]}. Give one for each series and time."
        )
        raise ChartTimesError(message, series=names[unit], time=times[month])
    matrix[units, months] = column
    return matrix
