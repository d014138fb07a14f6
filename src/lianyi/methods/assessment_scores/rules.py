"""The rules by which items are scored, and the exact numbers in them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from lianyi.methods.errors import AssessmentFigureError, AssessmentRuleError

Exact = int | Fraction | Decimal
"""A number without rounding. Floats are refused: 0.1 is not a tenth."""


class EvidenceGrade(StrEnum):
    """What the evidence of a qualitative item shows: 有方案并落实 full, 仅有方案 half, 无 none."""

    FULL = "full"
    HALF = "half"
    NONE = "none"


class Direction(StrEnum):
    """Which way a figure should go."""

    UP = "up"
    DOWN = "down"


class Bound(StrEnum):
    """Whether the limit itself is good enough: “at least 75 %” includes it, “under 10 minutes” does not."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class Trend(StrEnum):
    """Which way a series of months goes, as a control chart says it."""

    IMPROVING = "improving"
    STABLE = "stable"
    WORSENING = "worsening"


@dataclass(frozen=True, slots=True)
class GradedRule:
    """Full points for evidence of a thing in use, ``half_points`` where it only stands on paper, else none.

    Raises
    ------
    AssessmentRuleError
        When the points are not above 0 or the half ones are not between.
    """

    points: Exact
    half_points: Exact | None = None
    """Half of the points where it is not given."""

    def __post_init__(self) -> None:
        check_points(self.points)
        if self.half_points is not None and not 0 <= exact("half_points", self.half_points) <= exact("", self.points):
            raise AssessmentRuleError(
                f"{self.half_points} points for half evidence; 0 to {self.points} are expected.",
                field="half_points",
                given=self.half_points,
            )


@dataclass(frozen=True, slots=True)
class DeductingRule:
    """Full points less so many for each failure, and never below the floor.

    Raises
    ------
    AssessmentRuleError
        When points or deduction are not above 0, or the floor is not below the points.
    """

    points: Exact
    deduction: Exact
    floor: Exact = 0

    def __post_init__(self) -> None:
        check_points(self.points)
        check_points(self.deduction, "deduction")
        if not 0 <= exact("floor", self.floor) < exact("", self.points):
            raise AssessmentRuleError(
                f"The floor is {self.floor}; a number from 0 to below {self.points} is expected.",
                field="floor",
                given=self.floor,
            )


@dataclass(frozen=True, slots=True)
class ProportionalRule:
    """Points in proportion to how much of ``full_at`` is reached, and never more than all of them.

    Raises
    ------
    AssessmentRuleError
        When points or ``full_at`` are not above 0.
    """

    points: Exact
    full_at: Exact = 1
    """The ratio of numerator and denominator from which on all points are given."""

    def __post_init__(self) -> None:
        check_points(self.points)
        check_points(self.full_at, "full_at")


@dataclass(frozen=True, slots=True)
class Step:
    """So many points from a limit on."""

    limit: Exact
    points: Exact


@dataclass(frozen=True, slots=True)
class ThresholdRule:
    """The points of the best limit reached, from the hardest to the easiest; beyond all of them none.

    One step is the plain threshold. Several give more for better: minutes from door to needle, say.

    Raises
    ------
    AssessmentRuleError
        When there is no step, or harder limits do not give more points.
    """

    steps: tuple[Step, ...]
    direction: Direction = Direction.UP
    bound: Bound = Bound.INCLUDED

    def __post_init__(self) -> None:
        if not self.steps:
            raise AssessmentRuleError("A threshold without a step; give at least one limit.", field="steps", given=())
        for step in self.steps:
            check_points(step.points)
            exact("limit", step.limit)
        for harder, easier in pairwise(self.steps):
            is_harder = reaches(harder.limit, easier.limit, self.direction, Bound.EXCLUDED)
            if not is_harder or not exact("", harder.points) > exact("", easier.points):
                raise AssessmentRuleError(
                    f"{harder.points} points at {harder.limit} stand before {easier.points} at {easier.limit}; give "
                    "the hardest limit first, with the most points.",
                    field="steps",
                    given=harder.limit,
                )


@dataclass(frozen=True, slots=True)
class MonthlyRule:
    """All points when each test that the rule has is passed: mean, attainment, trend; else none.

    A mean within ``stable_limit`` need not improve any further: it is enough that it does not get worse.

    Raises
    ------
    AssessmentRuleError
        When the points are not above 0, or the attainment is not a share.
    """

    points: Exact
    mean_limit: Exact
    mean_bound: Bound = Bound.INCLUDED
    attainment_least: Exact | None = None
    asks_trend: Trend | None = None
    """The trend that is wanted, or better; None where the rule asks for none."""
    stable_limit: Exact | None = None

    def __post_init__(self) -> None:
        check_points(self.points)
        check_points(self.mean_limit, "mean_limit")
        if self.attainment_least is not None and not 0 < exact("attainment_least", self.attainment_least) <= 1:
            raise AssessmentRuleError(
                f"An attainment of at least {self.attainment_least}; a share above 0 and at most 1 is expected.",
                field="attainment_least",
                given=self.attainment_least,
            )


def reaches(value: Exact, limit: Exact, direction: Direction, bound: Bound) -> bool:
    """Whether a value is on the good side of a limit."""
    here, there = exact("value", value), exact("limit", limit)
    if here == there:
        return bound is Bound.INCLUDED
    return here > there if direction is Direction.UP else here < there


def check_points(points: Exact, field: str = "points") -> None:
    """Refuse points, deductions and weights that are not above 0."""
    if not exact(field, points) > 0:
        message = f"The {field} of an item is {points}; a number above 0 is expected."
        raise AssessmentRuleError(message, field=field, given=points)


def check_figure(field: str, value: Exact) -> Fraction:
    """Return a figure that counts or measures something, as an exact number of 0 or more."""
    number = exact(field, value)
    if number < 0:
        raise AssessmentFigureError(f"The {field} is {value}; 0 or more is expected.", field=field, given=value)
    return number


def exact(field: str, value: Exact) -> Fraction:
    """Return a number as a fraction. Refuses floats."""
    if isinstance(value, float) or (isinstance(value, Decimal) and not value.is_finite()):
        message = (
            f"The {field} is {value!r}; points are exact. Give a whole number, a Fraction or a Decimal made from text."
        )
        raise AssessmentFigureError(message, field=field, given=value)
    return Fraction(value)
