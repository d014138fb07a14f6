"""The picture of who was paired when: one line for each pair, with the days on which levels were signed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lianyi.growth.learning_picture import shortened
from lianyi.growth.models import LevelState, MentorPair, SupervisionLevel
from lianyi.methods.periods import add_calendar_months
from lianyi.pages.names import name_of

WIDTH, LEFT, RIGHT, HEAD, LINE = 1000, 330, 30, 34, 28
MONTHS_OF_A_YEAR = 12
ROOM = 44
"""How many half-width letters a label has room for."""
MOST_LINES = 80
"""More pairs than these are no picture to read; the list has them all."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One signed level: ``rank`` from 1 for looking on to 5 for alone."""

    x: int
    rank: int
    word: str
    day: datetime.date


@dataclass(frozen=True, slots=True)
class PairLine:
    pair: MentorPair
    label: str
    y: int
    start: int
    end: int
    planned_end: int | None
    marks: tuple[Mark, ...]

    @property
    def label_y(self) -> int:
        return self.y + 5

    @property
    def length(self) -> int:
        return max(2, self.end - self.start)

    @property
    def still_planned(self) -> int:
        return 0 if self.planned_end is None else max(0, self.planned_end - self.end)


@dataclass(frozen=True, slots=True)
class PairsOverTime:
    width: int
    height: int
    head: int
    today_x: int
    lines: tuple[PairLine, ...]
    ticks: tuple[tuple[int, str], ...]
    left_out: int


def over_time(pairs: Sequence[MentorPair], today: datetime.date) -> PairsOverTime | None:
    """Lay the pairs out by their days, the latest on top; None without any. Reads ``goals`` with their ``levels``."""
    if not pairs:
        return None
    drawn = pairs[:MOST_LINES]
    first = min(each.starts_on for each in drawn).replace(day=1)
    ends = [each.planned_to for each in drawn if each.planned_to is not None and each.ended_on is None]
    last = add_calendar_months(max([today, *ends]).replace(day=1), 1)
    whole = max(1, (last - first).days)

    def x(day: datetime.date) -> int:
        return LEFT + round((day - first).days * (WIDTH - LEFT - RIGHT) / whole)

    lines = []
    for at, pair in enumerate(drawn):
        goes_on_to = pair.planned_to if pair.ended_on is None else None
        lines.append(
            PairLine(
                pair,
                shortened(f"{name_of(pair.mentor)} → {name_of(pair.apprentice)}", ROOM),
                HEAD + LINE * at + LINE // 2,
                x(pair.starts_on),
                x(pair.ended_on or today),
                None if goes_on_to is None else x(goes_on_to),
                tuple(Mark(x(day), rank, word, day) for day, rank, word in _signed(pair)),
            )
        )
    ticks = tuple((x(day), f"{day:%Y-%m}") for day in _ticks(first, last))
    height = HEAD + LINE * len(lines) + 8
    return PairsOverTime(WIDTH, height, HEAD, x(today), tuple(lines), ticks, len(pairs) - len(drawn))


def _signed(pair: MentorPair) -> list[tuple[datetime.date, int, str]]:
    ranks = list(SupervisionLevel)
    found = [
        (level.since, ranks.index(SupervisionLevel(level.level)) + 1, str(SupervisionLevel(level.level).label))
        for goal in pair.goals.all()
        for level in goal.levels.all()
        if level.state == LevelState.SIGNED
    ]
    return sorted(found)


def _ticks(first: datetime.date, last: datetime.date) -> Iterable[datetime.date]:
    """Mark quarters within a year, halves within five, else years."""
    months = (last.year - first.year) * MONTHS_OF_A_YEAR + last.month - first.month
    step = 3 if months <= MONTHS_OF_A_YEAR else 6 if months <= 5 * MONTHS_OF_A_YEAR else MONTHS_OF_A_YEAR
    for number in range(months):
        day = add_calendar_months(first, number)
        if (day.month - 1) % step == 0:
            yield day
