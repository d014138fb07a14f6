"""What a query asks of a column - a text, a number, a day - and the same reading of it on every engine.

Columns of CSV files are texts; those of Parquet files and databases have kinds of their own. Both are read alike:
an empty cell is a missing value.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import ibis

Column = Any
"""An expression of Ibis for one column, which has no types of its own to offer."""
DECIMAL: Final = "decimal(38, 6)"
"""Sums of fractions are made to six decimals, so that they do not hang on the order of the rows."""


class Kind(StrEnum):
    """What a query asks of a column."""

    ANYTHING = "anything"
    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    MOMENT = "moment"
    YES_NO = "yes_no"


ACCEPTED: Final = {
    Kind.NUMBER: "a number such as 12 or 12.5",
    Kind.DAY: "a day such as 2025-03-31, a month such as 2025-03 or a year",
    Kind.MOMENT: "a moment such as 2025-03-31 14:05",
    Kind.YES_NO: "yes or no",
}
_MONTH: Final = "(0[1-9]|1[0-2])"
_DATE: Final = (
    "[0-9]{4}-((01|03|05|07|08|10|12)-(0[1-9]|[12][0-9]|3[01])|(04|06|09|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|[12][0-9]))"
)
_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
_WRITTEN: Final = {
    Kind.NUMBER: "^[+-]?[0-9]+([.][0-9]+)?$",
    Kind.DAY: f"^([0-9]{{4}}|[0-9]{{4}}-{_MONTH}|{_DATE}|{_DATE}[T ]{_CLOCK})$",
    Kind.MOMENT: f"^{_DATE}[T ]{_CLOCK}$",
    Kind.YES_NO: "^(yes|no|true|false|1|0|是|否)$",
}
_YES: Final = ("yes", "true", "1", "是")
_YEAR_LENGTH: Final = 4
_MONTH_LENGTH: Final = 7
_DAY_LENGTH: Final = 10
_MINUTE_LENGTH: Final = 16
_SECOND_LENGTH: Final = 19


def fits(column: Column, kind: Kind) -> bool:
    """Whether a column of this type can be read as the kind at all; texts are looked at row by row."""
    found = column.type()
    if kind in (Kind.ANYTHING, Kind.TEXT) or found.is_string():
        return True
    if kind is Kind.NUMBER:
        return bool(found.is_numeric())
    if kind is Kind.DAY:
        return bool(found.is_date() or found.is_timestamp() or found.is_integer())
    if kind is Kind.MOMENT:
        return bool(found.is_timestamp())
    return bool(found.is_boolean() or found.is_integer())


def unreadable(column: Column, kind: Kind) -> Column | None:
    """Return whether a cell cannot be read, row by row; None where the type of the column rules it out."""
    text = _text_to_check(column, kind)
    return None if text is None else text.notnull() & ~text.re_search(_WRITTEN[kind])


def text_of(column: Column) -> Column:
    """Return the cells as texts; empty ones are missing.

    Spaces are not cut off: Ibis writes the characters to cut as a text that Spark reads as other letters.
    """
    return (column if column.type().is_string() else column.cast("string")).nullif("")


def number_of(column: Column) -> Column:
    """Return the cells as whole numbers where the column has such, else to six decimals."""
    found = column.type()
    if found.is_integer():
        return column.cast("int64")
    return (text_of(column) if found.is_string() else column).cast(DECIMAL)


def day_of(column: Column) -> Column:
    """Return the day; of a year or a month its first one."""
    found = column.type()
    if found.is_date():
        return column
    if found.is_timestamp():
        return column.date()
    text = text_of(column)
    length = text.length()
    return ibis.cases(
        (length == _YEAR_LENGTH, text + "-01-01"),
        (length == _MONTH_LENGTH, text + "-01"),
        else_=text.substr(0, _DAY_LENGTH),
    ).cast("date")


def seconds_of(column: Column) -> Column:
    """Return a moment as whole seconds since 1970, for differences."""
    if column.type().is_timestamp():
        return column.epoch_seconds().cast("int64")
    text = text_of(column).replace("T", " ")
    whole = ibis.ifelse(text.length() == _MINUTE_LENGTH, text + ":00", text.substr(0, _SECOND_LENGTH))
    return whole.cast("timestamp").epoch_seconds().cast("int64")


def seconds_of_day(column: Column) -> Column:
    """Return the first moment of a day as whole seconds since 1970, for differences."""
    return day_of(column).cast("timestamp").epoch_seconds().cast("int64")


def yes_no_of(column: Column) -> Column:
    """Return whether a cell says yes; missing where it says nothing."""
    found = column.type()
    if found.is_boolean():
        return column
    return text_of(column).lower().isin(_YES)


def _text_to_check(column: Column, kind: Kind) -> Column | None:
    found = column.type()
    if kind in (Kind.ANYTHING, Kind.TEXT):
        return None
    if kind is Kind.YES_NO:
        return None if found.is_boolean() else text_of(column).lower()
    if found.is_string() or (kind is Kind.DAY and found.is_integer()):
        return text_of(column)
    return None
