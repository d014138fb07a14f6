"""Columns of any data frame as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np
import numpy.typing as npt

from lianyi.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[Any]
Table = Any
"""A data frame of pandas, polars, pyarrow or another kind that Narwhals knows, or a mapping of names to columns."""


class TableKindError(InvalidInputError):
    """What was given is no table."""

    code = "analysis-table-kind"


class TableColumnError(InvalidInputError):
    """The table has no such column."""

    code = "analysis-table-column"


class ColumnNumberError(InvalidInputError):
    """A column that should hold numbers holds something else."""

    code = "analysis-column-number"


def numbers(table: Table, name: str) -> Floats:
    """Return a column as numbers, with NaN where a value is missing: missing is not zero.

    Raises
    ------
    TableKindError, TableColumnError, ColumnNumberError
        With the columns that there are, or the first record that is no number, counted from 1.

    Examples
    --------
    >>> numbers({"month": [1, 2, 3], "cases": [4, None, 6]}, "cases")
    array([ 4., nan,  6.])
    """
    values = _column(table, name)
    try:
        return np.array([np.nan if value is None else float(value) for value in values.tolist()], np.float64)
    except (TypeError, ValueError):
        position = next(index for index, value in enumerate(values.tolist()) if not _is_number(value))
        message = (
            f"Record {position + 1}: “{values[position]}” in the column {name} is no number. Give numbers, and leave "
            "the cell empty where the value is missing."
        )
        raise ColumnNumberError(message, field=name, position=position) from None


def labels(table: Table, name: str) -> Labels:
    """Return a column as it is, one Python value for each record; None where a value is missing.

    Examples
    --------
    >>> labels({"county": ["Ceheng", "Shizhu"]}, "county").tolist()
    ['Ceheng', 'Shizhu']
    """
    return _column(table, name)


def column_names(table: Table) -> Sequence[str]:
    """Return the names of the columns in their order.

    Examples
    --------
    >>> column_names({"month": [1], "cases": [4]})
    ['month', 'cases']
    """
    return list(table) if isinstance(table, Mapping) else _frame(table).columns


def _column(table: Table, name: str) -> Labels:
    names = column_names(table)
    if name not in names:
        message = f"The table has no column {name}. It has: {', '.join(names) or 'none'}."
        raise TableColumnError(message, field=name)
    if isinstance(table, Mapping):
        return np.asarray(table[name], dtype=object)
    return np.array(_frame(table)[name].to_list(), dtype=object)


def _frame(table: Table) -> nw.DataFrame[Any]:
    try:
        return nw.from_native(table, eager_only=True)
    except TypeError:
        message = (
            f"{type(table).__name__} is no table. Give a data frame of pandas, polars or pyarrow, or a mapping of "
            "names to columns."
        )
        raise TableKindError(message) from None


def _is_number(value: Any) -> bool:  # noqa: ANN401 - whatever a cell holds
    try:
        float(value)
    except (TypeError, ValueError):
        return value is None
    return True
