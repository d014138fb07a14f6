"""Whether monthly reports came at all and in time: completeness and timeliness, with what is missing in sight.

WHO, Data quality assurance: module 2, desk review of data quality (2022), dimension 1: completeness of reporting is
reports received over reports expected, timeliness is reports received by the due day over reports expected. An empty
cell is no report; a 0 is one, and is counted apart, for in many systems a zero was never typed. All reports are
counted, none is a sample, so there are no intervals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.columns import Floats, Integers, check_same_length, label_codes
from lianyi.methods.errors import ReportSeriesError

Flags = npt.NDArray[np.bool_]

_MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_MONTHS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class ReportTable:
    """Figures of units (rows) by month (columns, none left out between first and last); NaN where nothing came."""

    units: tuple[Any, ...]
    months: tuple[str, ...]
    values: Floats

    @property
    def calendar_months(self) -> Integers:
        """The month of the year of each column, 0 for January."""
        return np.array([int(month[5:]) - 1 for month in self.months], dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Completeness:
    """Reports received of those expected, by unit and by month; a share of nothing expected is NaN.

    ``longest_gap`` is the longest run of expected reports of a unit that did not come.
    """

    expected: Integers
    received: Integers
    zeros: Integers
    longest_gap: Integers
    share: Floats
    share_by_month: Floats

    @property
    def missing(self) -> Integers:
        return np.asarray(self.expected - self.received)

    @property
    def overall(self) -> float | None:
        """Reports received of all that were expected; None where none was."""
        expected = int(self.expected.sum())
        return int(self.received.sum()) / expected if expected else None


@dataclass(frozen=True, slots=True, eq=False)
class Timeliness:
    """Reports that came by the due day, of those expected and of those that came, by unit; NaN of nothing."""

    in_time: Integers
    late: Integers
    not_received: Integers
    share_of_expected: Floats
    share_of_received: Floats


def report_table(units: npt.ArrayLike, months: npt.ArrayLike, values: npt.ArrayLike) -> ReportTable:
    """Lay out rows of unit, month (YYYY-MM) and figure as a table; a month without a row is missing like an empty cell.

    Raises
    ------
    ReportSeriesError
        When there is no row, a month is none, a unit has a month twice, or a figure is infinite.
    SurveyLengthError
        When the columns differ in length.

    Examples
    --------
    >>> table = report_table(["A", "A", "B"], ["2026-01", "2026-03", "2026-02"], [5, 0, 7])
    >>> table.months, table.values.tolist()
    (('2026-01', '2026-02', '2026-03'), [[5.0, nan, 0.0], [nan, 7.0, nan]])
    """
    unit_codes, unit_labels = label_codes(units)
    month_codes, month_labels = label_codes(months)
    figures = np.asarray(values, dtype=np.float64)
    check_same_length(unit=unit_codes, month=month_codes, value=figures)
    if not figures.size:
        raise ReportSeriesError("There is no report at all; one row for each unit and month is expected.")
    if np.isinf(figures).any():
        row = int(np.argmax(np.isinf(figures)))
        message = f"Record {row + 1}: the figure is {figures[row]}; a number, or nothing, is expected."
        raise ReportSeriesError(message, position=row)
    numbers = np.array([_month_number(label) for label in month_labels], dtype=np.int64)
    first = int(numbers.min())
    width = int(numbers.max()) - first + 1
    cells = unit_codes * width + (numbers - first)[month_codes]
    _refuse_double(cells, unit_codes, month_codes, unit_labels, month_labels)
    table = np.full(len(unit_labels) * width, np.nan)
    table[cells] = figures
    names = tuple(f"{at // _MONTHS:04d}-{at % _MONTHS + 1:02d}" for at in range(first, first + width))
    return ReportTable(tuple(unit_labels), names, table.reshape(len(unit_labels), width))


def completeness(table: ReportTable, is_expected: Flags | None = None) -> Completeness:
    """Return how many of the expected reports came.

    Parameters
    ----------
    is_expected
        Whether a report of each unit and month was due; without it every month of every unit. A report that came
        although none was due is not counted.

    Raises
    ------
    ReportSeriesError
        When the table of what is expected has another shape.

    Examples
    --------
    >>> found = completeness(report_table(["A", "A", "B"], ["2026-01", "2026-03", "2026-02"], [5, 0, 7]))
    >>> found.share.round(3).tolist(), found.zeros.tolist(), found.longest_gap.tolist(), found.overall
    ([0.667, 0.333], [1, 0], [1, 1], 0.5)
    """
    due = _due(table, is_expected)
    came = due & ~np.isnan(table.values)
    expected, received = due.sum(axis=1), came.sum(axis=1)
    return Completeness(
        expected=expected.astype(np.int64),
        received=received.astype(np.int64),
        zeros=(came & (table.values == 0.0)).sum(axis=1).astype(np.int64),
        longest_gap=_longest_runs(due, came),
        share=_over(received, expected),
        share_by_month=_over(came.sum(axis=0), due.sum(axis=0)),
    )


def timeliness(days_late: ReportTable, is_expected: Flags | None = None) -> Timeliness:
    """Return how many of the expected reports came in time.

    Parameters
    ----------
    days_late
        Days from the due day to the day on which each report came: 0 or below is in time, NaN has not come.

    Examples
    --------
    >>> found = timeliness(report_table(["A"] * 4, ["2026-01", "2026-02", "2026-03", "2026-04"], [-2, 0, 9, None]))
    >>> found.in_time.tolist(), found.late.tolist(), found.not_received.tolist(), found.share_of_expected.tolist()
    ([2], [1], [1], [0.5])
    """
    due = _due(days_late, is_expected)
    came = due & ~np.isnan(days_late.values)
    in_time = (came & (days_late.values <= 0.0)).sum(axis=1)
    expected, received = due.sum(axis=1), came.sum(axis=1)
    return Timeliness(
        in_time=in_time.astype(np.int64),
        late=(received - in_time).astype(np.int64),
        not_received=(expected - received).astype(np.int64),
        share_of_expected=_over(in_time, expected),
        share_of_received=_over(in_time, received),
    )


def _due(table: ReportTable, is_expected: Flags | None) -> Flags:
    if is_expected is None:
        return np.ones(table.values.shape, dtype=bool)
    due = np.asarray(is_expected, dtype=bool)
    if due.shape != table.values.shape:
        message = f"Reports have the shape {table.values.shape}, what is expected {due.shape}; give one for each."
        raise ReportSeriesError(message, given=due.shape)
    return due


def _longest_runs(due: Flags, came: Flags) -> Integers:
    """Return the longest run of due reports that did not come; months in which none is due do not end a run."""
    longest = np.zeros(len(due), dtype=np.int64)
    run = np.zeros(len(due), dtype=np.int64)
    for month in range(due.shape[1]):
        run = np.where(came[:, month], 0, run + due[:, month])
        longest = np.maximum(longest, run)
    return longest


def _month_number(label: Any) -> int:  # noqa: ANN401 - whatever a cell holds
    found = _MONTH.fullmatch(str(label).strip())
    if found is None:
        raise ReportSeriesError(f"“{label}” is no month; write 2026-03 for March 2026.", given=str(label))
    return int(found[1]) * _MONTHS + int(found[2]) - 1


def _refuse_double(
    cells: Integers, unit_codes: Integers, month_codes: Integers, units: list[Any], months: list[Any]
) -> None:
    _different, first, counts = np.unique(cells, return_index=True, return_counts=True)
    if (counts > 1).any():
        row = int(first[np.argmax(counts > 1)])
        message = (
            f"{units[int(unit_codes[row])]} has the month {months[int(month_codes[row])]} more than once. Keep the "
            "report that holds, or add up the parts."
        )
        raise ReportSeriesError(message, position=row)


def _over(above: npt.NDArray[Any], below: npt.NDArray[Any]) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0), dtype=np.float64)
