"""Times of a series, as numbers, months, quarters, weeks or days, as places on an axis of equal steps."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np

from lianyi.analysis.columns import Floats
from lianyi.errors import InvalidInputError

Unit = Literal["number", "year", "quarter", "month", "week", "day"]
_YEAR: Final = re.compile(r"(\d{4})年?")
_QUARTER: Final = re.compile(r"(\d{4})\s*[-/年]?\s*(?:[Qq]([1-4])|第?([1-4])季度)")
_MONTH: Final = re.compile(r"(\d{4})(?:[-/](\d{1,2})|年(\d{1,2})月)")
_DAY: Final = re.compile(
    r"(\d{4})(?:([-/])(\d{1,2})\2(\d{1,2})|年(\d{1,2})月(\d{1,2})日)(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
)
_RUN_TOGETHER: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])")
_MONTHS: Final = 12
_QUARTERS: Final = 4
_DAYS_OF_WEEK: Final = 7
_TOLERANCE: Final = 0.05
_MOST_POINTS_A_RECORD: Final = 20
_WANTED: Final = "Give numbers, months such as 2019-01, quarters such as 2019Q1, or days such as 2019-01-31"


class TimeValueError(InvalidInputError):
    """A time is missing, or is written in another way than the others."""

    code = "analysis-time-value"


class TimeStepError(InvalidInputError):
    """The times do not lie equal steps apart."""

    code = "analysis-time-step"


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Equal steps in one unit, from the first time on.

    Parameters
    ----------
    unit
        What a slope is told by: a month, a day; ``number`` where times are plain numbers.
    first
        The place of the first point: months, quarters or weeks counted through, days as ordinals, or the number.
    step, points
        Units between two points, and how many points there are from the first to the last, missing ones counted.
    """

    unit: Unit
    first: float
    step: float
    points: int

    def place_of(self, value: object) -> float:
        """Return units since the first point.

        Raises
        ------
        TimeValueError
            When the time is not written as those of the axis.
        """
        return _place(value, self.unit, "The time") - self.first

    def label(self, since_first: float) -> str:
        """Return the time so many units after the first point, as people write it."""
        return _label(self.first + since_first, self.unit)


def time_axis(values: Sequence[Any]) -> tuple[TimeAxis, Floats]:
    """Return the axis of a column of times, and how many units after the first each lies. Any order, gaps allowed.

    Raises
    ------
    TimeValueError, TimeStepError
        Naming the record, counted from 1, or the times that do not fit.

    Examples
    --------
    >>> axis, since_first = time_axis(["2019-03", "2019-01", "2019-02"])
    >>> axis.unit, axis.points, since_first.tolist(), axis.label(11)
    ('month', 3, [2.0, 0.0, 1.0], '2019-12')
    >>> time_axis([1970, 1972, 1974])[0]
    TimeAxis(unit='number', first=1970.0, step=2.0, points=3)
    """
    unit = _unit_of(values)
    places = np.array([_place(value, unit, f"Record {number}: the time") for number, value in enumerate(values, 1)])
    first, last = float(places.min()), float(places.max())
    different = np.unique(places)
    if len(different) == 1:
        return TimeAxis(unit, first, 1.0, 1), places - first
    least = float(np.diff(different).min())
    steps = round((last - first) / least)
    step = (last - first) / steps
    since = (places - first) / step
    if (np.abs(since - np.round(since)) > _TOLERANCE).any() or steps > _MOST_POINTS_A_RECORD * len(places):
        odd = int(np.argmax(np.abs(since - np.round(since))))
        raise TimeStepError(
            f"The times do not lie equal steps apart: two are {least:g} {unit}s apart, and “{values[odd]}” does not "
            "lie in the same rhythm. Give one row for each month, week or year; rows may be missing.",
            position=odd,
        )
    return TimeAxis(unit, first, step, steps + 1), np.round(since) * step


def _unit_of(values: Sequence[Any]) -> Unit:
    """Return the unit in which all times can be read; those that cannot are named later."""
    known = [value for value in values if not _is_missing(value)]
    if not known:
        raise TimeValueError(f"The column of times is empty. {_WANTED}.", position=0)
    texts = [_text(value) for value in known]
    if all(_RUN_TOGETHER.fullmatch(text) for text in texts):
        return "month"
    if all(_is_number(text) for text in texts):
        return "number"
    for unit in ("year", "quarter", "month"):
        if all(_PATTERNS[unit].fullmatch(text) for text in texts):
            return unit
    days = [_day_of(text) for text in texts]
    if all(day is not None for day in days):
        return _unit_of_days([day for day in days if day is not None])
    # The first decides; the record that is written in another way is then named.
    readable: tuple[Unit, ...] = ("number", "month", "quarter", "year", "day")
    return next((unit for unit in readable if _reads(texts[0], unit)), "number")


def _reads(text: str, unit: Unit) -> bool:
    return _is_number(text) if unit == "number" else _PATTERNS[unit].fullmatch(text) is not None


def _unit_of_days(days: list[date]) -> Unit:
    """Take days that stand at one place of every month, or its last day, for months; of every week, for weeks."""
    is_month_end = all((day + timedelta(1)).day == 1 for day in days)
    if len({day.day for day in days}) == 1 or is_month_end:
        return "month" if len({day.month for day in days}) > 1 else "year"
    gaps = {(day - days[0]).days % _DAYS_OF_WEEK for day in days}
    return "week" if gaps == {0} else "day"


def _place(value: object, unit: Unit, whose: str) -> float:
    if _is_missing(value):
        raise TimeValueError(f"{whose} is missing. {_WANTED}.", given=str(value))
    text = _text(value)
    found = _READERS[unit](text)
    if found is None:
        raise TimeValueError(
            f"{whose} “{text}” is no {unit}, as the others are. {_WANTED}, all in one way.", given=text
        )
    return found


def _number(text: str) -> float | None:
    return float(text) if _is_number(text) else None


def _year(text: str) -> float | None:
    day = _day_of(text)
    if day is not None:
        return float(day.year)
    match = _YEAR.fullmatch(text) or _MONTH.fullmatch(text)
    return float(match[1]) if match else None


def _quarter(text: str) -> float | None:
    match = _QUARTER.fullmatch(text)
    return float(int(match[1]) * _QUARTERS + int(match[2] or match[3]) - 1) if match else None


def _month(text: str) -> float | None:
    if _RUN_TOGETHER.fullmatch(text):
        return float(int(text[:4]) * _MONTHS + int(text[4:]) - 1)
    day = _day_of(text)
    if day is not None:
        return float(day.year * _MONTHS + day.month - 1)
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    month = int(match[2] or match[3])
    return float(int(match[1]) * _MONTHS + month - 1) if 1 <= month <= _MONTHS else None


def _week(text: str) -> float | None:
    day = _day_of(text)
    return None if day is None else day.toordinal() / _DAYS_OF_WEEK


def _ordinal(text: str) -> float | None:
    day = _day_of(text)
    return None if day is None else float(day.toordinal())


def _day_of(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    if match is None:
        return None
    month, day = match[3] or match[5], match[4] or match[6]
    try:
        return date(int(match[1]), int(month), int(day))
    except ValueError:
        return None


def _label(place: float, unit: Unit) -> str:
    if unit == "number":
        return f"{place:.10g}"
    if unit == "year":
        return str(round(place))
    if unit == "quarter":
        return f"{round(place) // _QUARTERS}Q{round(place) % _QUARTERS + 1}"
    if unit == "month":
        return f"{round(place) // _MONTHS}-{round(place) % _MONTHS + 1:02d}"
    return date.fromordinal(round(place * (_DAYS_OF_WEEK if unit == "week" else 1))).isoformat()


def _is_missing(value: object) -> bool:
    is_no_number = isinstance(value, float) and math.isnan(value)
    # pandas' NaT is a day that differs from itself.
    return value is None or is_no_number or value != value or str(value).strip() == ""  # noqa: PLR0124


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    text = str(value).strip()
    # Tables with an empty cell come out of other programs with years such as 1989.0.
    return text[:-2] if re.fullmatch(r"\d+\.0", text) else text


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


_PATTERNS: Final[dict[Unit, re.Pattern[str]]] = {"year": _YEAR, "quarter": _QUARTER, "month": _MONTH, "day": _DAY}
_READERS: Final[dict[Unit, Callable[[str], float | None]]] = {
    "number": _number,
    "year": _year,
    "quarter": _quarter,
    "month": _month,
    "week": _week,
    "day": _ordinal,
}
