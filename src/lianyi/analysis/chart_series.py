"""The points of a chart out of a table: in the order of their times, and with the chart that fits them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from lianyi.analysis.chart_wishes import ChartKind, ChartTimesError, ChartWish
from lianyi.analysis.columns import Floats, Labels, Table, labels, numbers
from lianyi.methods.process_control import (
    ControlCharts,
    Phases,
    Rebase,
    cases_between_charts,
    count_charts,
    laney_proportion_charts,
    proportion_charts,
    rate_charts,
    time_between_charts,
    xmr_charts,
)

# Tables without a type of their own for days give each day its midnight.
_MIDNIGHT: Final = re.compile(r"(?<=\d{4}-\d\d-\d\d)[ T]00:00(:00(\.0+)?)?$")


@dataclass(frozen=True, slots=True, eq=False)
class ChartPoints:
    """Values in the order of time, NaN where they are missing."""

    times: list[str]
    values: Floats
    totals: Floats | None


def chart_points(table: Table, wish: ChartWish) -> ChartPoints:
    """Return the points that a wish names, by time where the times are numbers or days, else as they stand.

    Raises
    ------
    TableKindError, TableColumnError, ColumnNumberError
        When a column cannot be used.
    ChartTimesError
        When a time is missing or stands twice.
    """
    values = numbers(table, wish.value)
    totals = None if wish.total is None else numbers(table, wish.total)
    if wish.time is None:
        return ChartPoints([str(place) for place in range(1, len(values) + 1)], values, totals)
    column = labels(table, wish.time)
    order = time_order(column, wish.time)
    check_times(column, wish.time)
    times = [shown_time(column[place]) for place in order]
    return ChartPoints(times, values[order], None if totals is None else totals[order])


def charts_of_points(values: Floats, totals: Floats | None, wish: ChartWish, phases: Phases) -> ControlCharts:
    """Return the charts of the kind that is wished for, of one series or of many."""
    kind = wish.kind
    if totals is not None:
        if kind is ChartKind.P_PRIME:
            return laney_proportion_charts(values, totals, wish.moving_ranges, phases)
        return (proportion_charts if kind is ChartKind.P else rate_charts)(values, totals, phases)
    if kind is ChartKind.XMR:
        return xmr_charts(values, wish.moving_ranges, phases)
    if kind is ChartKind.T:
        return time_between_charts(values, wish.moving_ranges, phases)
    return (count_charts if kind is ChartKind.C else cases_between_charts)(values, phases)


def phases_of(wish: ChartWish, times: list[str]) -> Phases:
    """Return where the chart begins anew, by the places of the times that were named.

    Raises
    ------
    ChartTimesError
        When there is no such time.
    """
    rebases = []
    for asked in wish.rebases:
        if asked.time not in times:
            message = f"There is no time {asked.time} to rebase at. Times run from {times[0]} to {times[-1]}."
            raise ChartTimesError(message, time=asked.time)
        rebases.append(Rebase(times.index(asked.time), asked.reason))
    return Phases(wish.baseline_points, tuple(rebases))


def time_order(column: Labels, name: str) -> list[int]:
    """Return the places of times from early to late; times that are neither numbers nor days stay as they stand.

    Raises
    ------
    ChartTimesError
        When a time is missing.

    Examples
    --------
    >>> time_order(labels({"month": ["2024-02-01", "2024-01-01"]}, "month"), "month")
    [1, 0]
    """
    found: list[Any] = []
    for place, time in enumerate(column.tolist()):
        if is_missing(time):
            message = f"Record {place + 1}: the time in the column {name} is empty. Give each point its time."
            raise ChartTimesError(message, field=name, position=place)
        found.append(_as_number_or_day(time))
    kinds = {type(time) for time in found}
    if len(kinds) != 1 or None in found:
        return list(range(len(found)))
    return sorted(range(len(found)), key=found.__getitem__)


def check_times(column: Labels, name: str) -> None:
    """Refuse a time that stands twice: one chart has one value for each time.

    Raises
    ------
    ChartTimesError
        With the time and both records.
    """
    first: dict[str, int] = {}
    for place, time in enumerate(column.tolist()):
        shown = shown_time(time)
        if shown in first:
            message = (
                f"{name} {shown} stands in record {first[shown] + 1} and again in record {place + 1}. A chart has one "
                "value for each time; several series need a column that tells them apart."
            )
            raise ChartTimesError(message, field=name, time=shown)
        first[shown] = place


def shown_time(time: Any) -> str:  # noqa: ANN401 - whatever a cell holds
    """Return a time as text: days without their midnight, whole numbers without a point.

    Examples
    --------
    >>> shown_time(datetime(2024, 1, 1)), shown_time("2024-02-01 00:00:00.000000000"), shown_time(2024.0)
    ('2024-01-01', '2024-02-01', '2024')
    """
    if isinstance(time, datetime) and time == datetime.combine(time.date(), datetime.min.time(), time.tzinfo):
        return time.date().isoformat()
    if isinstance(time, float) and time.is_integer():
        return str(int(time))
    return _MIDNIGHT.sub("", str(time))


def is_missing(value: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    """Whether a cell holds nothing."""
    return value is None or value == "" or value != value  # noqa: PLR0124 - NaN alone differs from itself


def _as_number_or_day(time: Any) -> float | datetime | None:  # noqa: ANN401 - whatever a cell holds
    if isinstance(time, datetime):
        return time.replace(tzinfo=None)
    if isinstance(time, date):
        return datetime.combine(time, datetime.min.time())
    number = _as_number(time)
    return _as_written_day(shown_time(time)) if number is None else number


def _as_number(time: Any) -> float | None:  # noqa: ANN401 - whatever a cell holds
    try:
        return float(time)
    except (TypeError, ValueError):
        return None


def _as_written_day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
