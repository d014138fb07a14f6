"""What rounds keep in short: weekdays as digits, specialties as codes, times of day as minutes after midnight."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

WEEK = "1234567"
MINUTES_OF_HOUR = 60


def weekday_digits(days: Iterable[str]) -> str:
    """Return chosen weekdays in order, each once: digits 1 (Monday) to 7.

    >>> weekday_digits(["5", "1", "5"])
    '15'
    """
    return "".join(sorted(set(days) & set(WEEK)))


def suits_weekday(day: datetime.date, *digits: str) -> bool:
    """Tell whether a day is one of the weekdays in every text of digits; an empty text allows all."""
    return all(not each or str(day.isoweekday()) in each for each in digits)


def codes_in(text: str) -> frozenset[str]:
    """Return the codes of a text that has them with a space, a comma or a semicolon between."""
    for mark in ",;，；、":
        text = text.replace(mark, " ")
    return frozenset(text.split())


def minutes_of(time: datetime.time) -> int:
    """Return the minutes after midnight.

    >>> minutes_of(datetime.time(8, 30))
    510
    """
    return time.hour * MINUTES_OF_HOUR + time.minute


def time_of(minutes: int) -> datetime.time:
    return datetime.time(minutes // MINUTES_OF_HOUR, minutes % MINUTES_OF_HOUR)


def clock(time: datetime.time | None) -> str:
    return "" if time is None else time.strftime("%H:%M")
