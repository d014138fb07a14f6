"""Columns of a long table as a panel: units, periods in order, outcomes, starts and clusters."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from lianyi.analysis.columns import Labels, Table, labels, numbers
from lianyi.errors import InvalidInputError
from lianyi.methods.comparison_groups import PanelColumns

_ORDERED_TEXT: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?|-?Q[1-4])?", re.ASCII)


class PanelNameError(InvalidInputError):
    """A row of a panel does not say whose it is or when."""

    code = "analysis-panel-name"


class PanelPeriodError(InvalidInputError):
    """A period is written in a way that cannot be put in order."""

    code = "analysis-panel-period"


@dataclass(frozen=True, slots=True)
class PanelNames:
    """Which columns of the table mean what.

    Parameters
    ----------
    start
        The column with the first treated period; empty or 0 for units that are never treated.
    cluster
        The helping hospital or province; None takes each unit for itself.
    keep_out
        A column that says which untreated units serve nobody as a comparison, such as neighbours of a helped county:
        anything but empty, 0, no or false.
    covariates
        Columns of numbers that changes may depend on.
    """

    unit: str
    time: str
    outcome: str
    start: str
    cluster: str | None = None
    keep_out: str | None = None
    covariates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class LongPanel:
    """The rows that are used, the units kept out, and for each covariate its value by unit and period."""

    columns: PanelColumns
    kept_out: tuple[str, ...]
    covariates: Mapping[str, Mapping[tuple[Any, Any], float]]


def long_panel(table: Table, names: PanelNames) -> LongPanel:
    """Return the columns of the table.

    Raises
    ------
    TableKindError, TableColumnError, ColumnNumberError
        As `lianyi.analysis.columns`.
    PanelNameError, PanelPeriodError
        With the record, counted from 1.

    Examples
    --------
    >>> rows = {"county": ["A", "A"], "year": ["2021", "2022"], "visits": [3, 4], "first": ["2022", "2022"]}
    >>> found = long_panel(rows, PanelNames("county", "year", "visits", "first"))
    >>> found.columns.periods.tolist(), found.columns.starts.tolist()
    ([2021, 2022], [2022, 2022])
    """
    units = units_of(labels(table, names.unit), names.unit)
    periods = periods_of(labels(table, names.time), names.time)
    starts = np.array([_start(value, names.start, row) for row, value in enumerate(labels(table, names.start))], object)
    clusters = units if names.cluster is None else units_of(labels(table, names.cluster), names.cluster)
    outcomes = numbers(table, names.outcome)
    is_used = np.ones(len(units), bool)
    if names.keep_out is not None:
        is_never = np.array([start is None for start in starts])
        is_used = ~(np.array([_is_marked(value) for value in labels(table, names.keep_out)], bool) & is_never)
    keys = list(zip(units.tolist(), periods.tolist(), strict=True))
    return LongPanel(
        PanelColumns(units[is_used], periods[is_used], outcomes[is_used], starts[is_used], clusters[is_used]),
        tuple(dict.fromkeys(units[~is_used].tolist())),
        {name: dict(zip(keys, numbers(table, name).tolist(), strict=True)) for name in names.covariates},
    )


def units_of(values: Labels, column: str) -> Labels:
    """Return names, one for each row. Raises PanelNameError where one is missing."""
    for row, value in enumerate(values.tolist()):
        if _is_missing(value):
            message = f"Record {row + 1}: the column {column} is empty. Give a name or number in every row."
            raise PanelNameError(message, field=column, position=row)
    return values


def periods_of(values: Labels, column: str) -> Labels:
    """Return periods as numbers, or as texts whose order is that of time. Raises as `long_panel`."""
    named = units_of(values, column)
    return np.array([period_of(value, column, row) for row, value in enumerate(named.tolist())], object)


def period_of(value: Any, column: str, row: int) -> int | float | str:  # noqa: ANN401 - whatever a cell holds
    """Return a number, or a text whose order is that of time."""
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()[: len("2021-03-01")]
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if math.isfinite(number):
        return int(number) if number.is_integer() else number
    text = str(value).strip()
    if not _ORDERED_TEXT.fullmatch(text):
        message = (
            f"Record {row + 1}: “{value}” in the column {column} cannot be put in order. Write periods as numbers "
            "(2021, or 1, 2, 3 …) or from the large to the small: 2021-03, 2021-03-01, 2021Q1."
        )
        raise PanelPeriodError(message, field=column, position=row)
    return text


def _start(value: Any, column: str, row: int) -> int | float | str | None:  # noqa: ANN401 - whatever a cell holds
    if _is_missing(value) or value in {0, "0"} or value == math.inf:
        return None
    found = period_of(value, column, row)
    return None if found == 0 else found


def _is_missing(value: object) -> bool:
    # NaN and NaT alone differ from themselves.
    return value is None or (isinstance(value, str) and not value.strip()) or value != value  # noqa: PLR0124


def _is_marked(value: object) -> bool:
    return not _is_missing(value) and str(value).strip().lower() not in {"0", "0.0", "no", "false"}
