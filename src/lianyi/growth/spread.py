"""The picture of how something spreads: one line for each institution from its first day, with every check on it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lianyi.growth.queries.pipeline import Use
from lianyi.methods.periods import add_calendar_months
from lianyi.pages.names import name_of

WIDTH, LEFT, RIGHT, HEAD, LINE = 1000, 330, 30, 34, 28
MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Mark:
    x: int
    still_used: bool
    day: datetime.date


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """One institution in the picture."""

    use: Use
    label: str
    y: int
    start: int
    end: int
    marks: tuple[Mark, ...]

    @property
    def label_y(self) -> int:
        return self.y + 5

    @property
    def length(self) -> int:
        return max(2, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Spread:
    width: int
    height: int
    head: int
    lines: tuple[SpreadLine, ...]
    years: tuple[tuple[int, str], ...]


def spread_of(uses: Sequence[Use], today: datetime.date) -> Spread | None:
    """Lay out the institutions by their first days; None without any."""
    if not uses:
        return None
    first = min(each.row.first_used_on for each in uses).replace(day=1)
    last = add_calendar_months(today.replace(day=1), 1)
    whole = max(1, (last - first).days)

    def x(day: datetime.date) -> int:
        return LEFT + round((day - first).days * (WIDTH - LEFT - RIGHT) / whole)

    lines = []
    for position, each in enumerate(uses):
        end = each.last.checked_on if each.last is not None and each.is_over else today
        marks = tuple(Mark(x(one.checked_on), one.still_used, one.checked_on) for one in each.checks)
        y = HEAD + LINE * position + LINE // 2
        lines.append(SpreadLine(each, name_of(each.row.institution), y, x(each.row.first_used_on), x(end), marks))
    years = tuple((x(day), f"{day:%Y-%m}") for day in _ticks(first, last))
    return Spread(WIDTH, HEAD + LINE * len(lines) + 8, HEAD, tuple(lines), years)


def _ticks(first: datetime.date, last: datetime.date) -> Iterable[datetime.date]:
    """Mark halves of years; quarters where it is all within one year."""
    months = (last.year - first.year) * MONTHS_OF_A_YEAR + last.month - first.month
    step = 3 if months <= MONTHS_OF_A_YEAR else 6 if months <= 5 * MONTHS_OF_A_YEAR else MONTHS_OF_A_YEAR
    for number in range(months):
        day = add_calendar_months(first, number)
        if (day.month - 1) % step == 0:
            yield day
