"""A share with the legs it is made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from lianyi.methods.proportions import Share


class OfLeg(Protocol):
    """A row that belongs to one leg."""

    @property
    def leg_id(self) -> int: ...


Row = TypeVar("Row", bound=OfLeg)


@dataclass(frozen=True, slots=True)
class Figure:
    """So many legs of so many, with the legs themselves."""

    key: str
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]

    @property
    def share(self) -> Share:
        return Share(len(self.numerator), len(self.denominator))


def figure_of(key: str, rows: Sequence[Row], fits: Callable[[Row], bool]) -> Figure:
    """Return how many of the rows fit, with their legs."""
    return Figure(key, tuple(row.leg_id for row in rows if fits(row)), tuple(row.leg_id for row in rows))
