"""Numbers of journeys and consultations, spoken over the telephone: short, by year, with a check digit."""

from __future__ import annotations

import datetime

from lianyi.referrals.models import NumberSeries

_DIGITS = 7
_LARGEST_DIGIT = 9


def check_digit(digits: str) -> str:
    """Return the digit of ISO/IEC 7812 (Luhn) that makes a slip of one digit or of two neighbours show."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - _LARGEST_DIGIT if value > _LARGEST_DIGIT else value
    return str(-total % 10)


def is_sound(number: str) -> bool:
    """Tell whether the check digit of a number fits."""
    digits = "".join(each for each in number if each.isdigit())
    return len(digits) == _DIGITS + 3 and check_digit(digits[:-1]) == digits[-1]


def next_number(series: str, day: datetime.date) -> str:
    """Return the next number of a series in the year of a day. Called inside a command, which holds the line."""
    row, _created = NumberSeries.objects.select_for_update().get_or_create(name=f"{series}{day:%y}")
    row.last += 1
    row.save(update_fields=["last"])
    digits = f"{day:%y}{row.last:0{_DIGITS}d}"
    return f"{series}{digits[:2]}-{digits[2:]}-{check_digit(digits)}"
