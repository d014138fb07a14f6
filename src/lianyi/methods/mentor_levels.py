"""What an apprentice may do, by the logbook: levels of supervision, and the cases that each asks for.

The five levels are those of entrusted work: observe, assist, do it under direct supervision, under distant supervision,
alone (O. ten Cate and F. Scheele, Competency-based postgraduate training, Academic Medicine 82, 2007). Only cases that
the other of the two confirmed count; how many a level asks for is given by the caller.

Examples
--------
>>> asked = LevelNeeds(observed=2, assisted=2, supervised=3)
>>> lines = [LogbookCases(Level.OBSERVE, 2), LogbookCases(Level.ASSIST, 1)]
>>> [(level.value, evidence_for(level, lines, asked).is_enough) for level in (Level.ASSIST, Level.DIRECT)]
[('assist', True), ('direct', False)]
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import NegativeQuantityError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


class Level(StrEnum):
    """The levels in their order."""

    OBSERVE = "observe"
    ASSIST = "assist"
    DIRECT = "direct"
    DISTANT = "distant"
    ALONE = "alone"


LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True)
class LevelNeeds:
    """Least confirmed cases: seen before assisting, assisted before doing it, done under supervision before alone."""

    observed: int
    assisted: int
    supervised: int

    def __post_init__(self) -> None:
        for name in ("observed", "assisted", "supervised"):
            if getattr(self, name) < 0:
                message = f"{name} asks for {getattr(self, name)} cases; give 0 or more."
                raise NegativeQuantityError(message, field=name, given=getattr(self, name))


@dataclass(frozen=True, slots=True)
class LogbookCases:
    """Confirmed cases of one line of a logbook, done at a level of supervision."""

    level: Level
    count: int


@dataclass(frozen=True, slots=True)
class LevelEvidence:
    """The cases that a level has of those it asks for."""

    has: int
    needs: int

    @property
    def is_enough(self) -> bool:
        return self.has >= self.needs


def evidence_for(level: Level, lines: Iterable[LogbookCases], needs: LevelNeeds) -> LevelEvidence:
    """Return what a logbook holds for a level: cases done at the levels below it that lead to it.

    Cases under supervision were seen and assisted too, so they count for the lower levels; the levels below direct
    supervision never count for doing it alone.
    """
    asked = {
        Level.OBSERVE: 0,
        Level.ASSIST: needs.observed,
        Level.DIRECT: needs.assisted,
        Level.DISTANT: needs.assisted,
        Level.ALONE: needs.supervised,
    }
    least = {
        Level.OBSERVE: Level.OBSERVE,
        Level.ASSIST: Level.OBSERVE,
        Level.DIRECT: Level.ASSIST,
        Level.DISTANT: Level.DIRECT,
        Level.ALONE: Level.DIRECT,
    }
    first = LEVELS.index(least[level])
    has = sum(line.count for line in lines if LEVELS.index(line.level) >= first)
    return LevelEvidence(has, asked[level])


@dataclass(frozen=True, slots=True)
class SignedLevel:
    """That from a day on an apprentice works at a level."""

    key: int
    since: date
    level: Level


def level_on(signed: Iterable[SignedLevel], day: date) -> SignedLevel | None:
    """Return the level that holds on a day: the latest that began, whatever the order in which they were signed.

    A later decision may also lower the level.

    Examples
    --------
    >>> from datetime import date
    >>> early, late = SignedLevel(2, date(2024, 1, 1), Level.ASSIST), SignedLevel(1, date(2024, 5, 1), Level.ALONE)
    >>> found = level_on([late, early], date(2024, 4, 30))
    >>> found.level.value
    'assist'
    """
    begun = [each for each in signed if each.since <= day]
    return max(begun, key=lambda each: (each.since, each.key), default=None)
