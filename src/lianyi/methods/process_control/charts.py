"""What every control chart consists of: centre, limits and near limits of each point, and the rules that it meets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from lianyi.methods.arrays import Flags, Floats, Positions
from lianyi.methods.process_control.conventions import OUTSIDE, SHIFT, TREND, TWO_OF_THREE, LimitLines
from lianyi.methods.process_control.errors import BaselineError, ChartTargetError, RebaseError, SeriesShapeError

_ROWS_AND_COLUMNS: Final = 2
FEWEST_POINTS_OF_BASELINE: Final = 2
POINTS_FOR_FIRM_LIMITS: Final = 12
"""Limits that rest on fewer points are trial limits (NHS England, Making Data Count)."""


class Signal(IntEnum):
    """Rules in their precedence: of those that a point meets the first is told."""

    NONE = 0
    OUTSIDE = OUTSIDE
    """Beyond a limit."""
    TREND = TREND
    """One of seven or more that rise, or fall, one after the other; equal values end a trend."""
    TWO_OF_THREE = TWO_OF_THREE
    """Between near limit and limit, with another such point among three in a row that all lie on one side."""
    SHIFT = SHIFT
    """One of seven or more in a row on one side of the centre."""

    @property
    def words(self) -> str:
        """The name as it stands in results."""
        return self.name.lower().replace("_", "-")


class Direction(StrEnum):
    """Where good lies: more is better, less is better, or neither."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Variation(IntEnum):
    """What a point says about the process."""

    MISSING = -1
    COMMON_CAUSE = 0
    IMPROVEMENT = 1
    CONCERN = 2
    CHANGE = 3
    """A signal where neither direction is better."""

    @property
    def words(self) -> str:
        """The name as it stands in results."""
        return self.name.lower().replace("_", "-")


class Assurance(StrEnum):
    """Whether a process as it runs will meet its target."""

    CONSISTENTLY_PASSES = "consistently-passes"
    HIT_AND_MISS = "hit-and-miss"
    CONSISTENTLY_FAILS = "consistently-fails"


@dataclass(frozen=True, slots=True)
class Rebase:
    """Where a chart begins anew because the process was changed, and what was changed. No program may guess this.

    Raises
    ------
    RebaseError
        When no reason is given, or the place is the first point or before it.

    Examples
    --------
    >>> Rebase(24, "A second neurosurgeon began").at
    24
    """

    at: int
    """Number of the first point of the new phase, the first point of the series being 0."""
    reason: str
    series: int | None = None
    """The series it holds for; without it all."""

    def __post_init__(self) -> None:
        if self.at < 1:
            message = f"A rebase at point {self.at} leaves nothing before it. The first possible place is point 1."
            raise RebaseError(message, at=self.at)
        if not self.reason.strip():
            message = f"The rebase at point {self.at} has no reason. Say what was changed in the process on that day."
            raise RebaseError(message, at=self.at)


@dataclass(frozen=True, eq=False)
class ControlCharts:
    """Charts of many series: every array has a row for each series and a column for each time. Lines are read only."""

    values: Floats
    centre: Floats
    lower: Floats
    """NaN where a chart has no lower limit."""
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    points_used: Positions
    """How many points the limits rest on."""
    starts: Flags
    """True where a new phase begins."""
    rules: npt.NDArray[np.uint8]
    """The rules that a point meets, as the sum of their numbers in `Signal`."""
    turns: npt.NDArray[np.int8]
    """1 for a point of a rising trend, -1 for one of a falling."""
    moving_range: Floats | None = None
    """Mean moving range of each point's phase, for charts that rest on it."""

    @cached_property
    def signals(self) -> npt.NDArray[np.uint8]:
        """The rule that is told of each point, by precedence; 0 for none."""
        # The numbers of the rules are powers of two in their precedence: the lowest bit is the first of them.
        return self.rules & (~self.rules + np.uint8(1))

    @cached_property
    def sides(self) -> npt.NDArray[np.int8]:
        """Where a signal points: 1 up, -1 down, 0 where there is none. A trend points where it goes, others lie."""
        level = np.where(self.values > self.centre, np.int8(1), np.int8(-1))
        told = np.where(self.signals == Signal.TREND, self.turns, level)
        return np.where(self.signals > 0, told, np.int8(0))

    @property
    def are_trial(self) -> Flags:
        """Whether the limits of a point rest on fewer than 12 points."""
        return self.points_used < POINTS_FOR_FIRM_LIMITS

    @property
    def are_constant(self) -> Flags:
        """Whether all values of a series that were observed are the same, so that it has no limits worth the name."""
        is_there = ~np.isnan(self.values)
        lowest = np.where(is_there, self.values, np.inf).min(axis=1)
        highest = np.where(is_there, self.values, -np.inf).max(axis=1)
        return np.asarray(lowest >= highest, dtype=bool)

    @cached_property
    def last_points(self) -> Positions:
        """The column of the last observed point of each series, -1 where there is none."""
        is_there = ~np.isnan(self.values)
        last = self.values.shape[1] - 1 - np.argmax(is_there[:, ::-1], axis=1)
        return np.where(is_there.any(axis=1), last, -1)

    @property
    def last_signals(self) -> npt.NDArray[np.uint8]:
        """The signal of the last observed point of each series: the one a board should look at."""
        return np.where(self.last_points >= 0, self.signals[np.arange(len(self.values)), self.last_points], 0)

    def variation(self, direction: Direction) -> npt.NDArray[np.int8]:
        """Return a `Variation` for each point."""
        good = {Direction.UP: 1, Direction.DOWN: -1, Direction.NEITHER: 0}[direction]
        special = Variation.CHANGE if good == 0 else np.where(self.sides == good, 1, 2)
        found = np.where(self.signals > 0, special, Variation.COMMON_CAUSE)
        return np.where(np.isnan(self.values), Variation.MISSING, found).astype(np.int8)

    def assurance(self, target: float, direction: Direction) -> list[Assurance | None]:
        """Say for each series whether its last limits lie wholly on one side of a target; None without limits.

        Raises
        ------
        ChartTargetError
            When the target is no number, or no direction is the better one.
        """
        if direction is Direction.NEITHER or not np.isfinite(target):
            message = f"The target {target} with the direction {direction} says nothing. Give a number and up or down."
            raise ChartTargetError(message, target=target, direction=str(direction))
        rows = np.arange(len(self.values))
        lower, upper = self.lower[rows, self.last_points], self.upper[rows, self.last_points]
        is_up = direction is Direction.UP
        passes, fails = (lower >= target, upper < target) if is_up else (upper <= target, lower > target)
        knows = (self.last_points >= 0) & ~(np.isnan(lower) & np.isnan(upper))
        return [
            None if not known else Assurance(_assured(has_passed, has_failed))
            for known, has_passed, has_failed in zip(knows.tolist(), passes.tolist(), fails.tolist(), strict=True)
        ]


def _assured(has_passed: bool, has_failed: bool) -> str:  # noqa: FBT001 - two facts, not two ways
    if has_passed:
        return Assurance.CONSISTENTLY_PASSES
    return Assurance.CONSISTENTLY_FAILS if has_failed else Assurance.HIT_AND_MISS


@dataclass(frozen=True, slots=True)
class Phases:
    """Which points make the limits, and where a chart begins anew.

    Raises
    ------
    BaselineError
        When a baseline is too short to have a moving range.

    Examples
    --------
    >>> Phases(baseline_points=12).rebases
    ()
    """

    baseline_points: int | None = None
    """So many first observed points of each phase make the limits, which then stay; without it all points do."""
    rebases: Sequence[Rebase] = ()
    """Where the process was changed on purpose. Limits and rules begin anew there."""

    def __post_init__(self) -> None:
        if self.baseline_points is not None and self.baseline_points < FEWEST_POINTS_OF_BASELINE:
            message = f"A baseline of {self.baseline_points} points makes no limits. Give 2 at least, 12 for firm ones."
            raise BaselineError(message, given=self.baseline_points)

    def starts(self, shape: tuple[int, ...]) -> Flags:
        """Return True where a phase begins after a rebase, for series by time.

        Raises
        ------
        RebaseError
            When there is no such series or point, or the same place is named twice.
        """
        starts = np.zeros(shape, dtype=bool)
        for rebase in self.rebases:
            if rebase.at >= shape[1] or (rebase.series is not None and not 0 <= rebase.series < shape[0]):
                which = "" if rebase.series is None else f" of series {rebase.series}"
                message = (
                    f"There is no point {rebase.at}{which}: {shape[0]} series of {shape[1]} points, counted from 0."
                )
                raise RebaseError(message, at=rebase.at, series=rebase.series)
            rows = slice(None) if rebase.series is None else slice(rebase.series, rebase.series + 1)
            if starts[rows, rebase.at].any():
                raise RebaseError(f"Point {rebase.at} is rebased twice. Name each place once.", at=rebase.at)
            starts[rows, rebase.at] = True
        return starts


ONE_PHASE: Final = Phases()


def series_matrix(values: npt.ArrayLike) -> Floats:
    """Return series as the rows of a matrix; one series may come as a plain column.

    Raises
    ------
    SeriesShapeError
        When it is neither, is empty, or holds an infinite value.

    Examples
    --------
    >>> series_matrix([1, 2, float("nan")]).shape
    (1, 3)
    """
    array = np.asarray(values, np.float64)
    if array.ndim == 1:
        array = array[np.newaxis, :]
    if array.ndim != _ROWS_AND_COLUMNS or not array.size:
        message = (
            f"The series have the shape {array.shape}; a row for each series and a column for each time is expected."
        )
        raise SeriesShapeError(message, shape=array.shape)
    if np.isinf(array).any():
        series, time = np.argwhere(np.isinf(array))[0].tolist()
        message = f"Series {series + 1}, point {time + 1} is infinite. Give numbers, and NaN where a value is missing."
        raise SeriesShapeError(message, series=series, point=time)
    return np.require(array, requirements=["C", "W"])


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Centre and limits of each point, or one column where they are the same at all times."""

    centre: Floats
    lower: Floats
    upper: Floats
    near_lower: Floats
    near_upper: Floats
    points_used: Positions
    moving_range: Floats | None = None


def charts_of(values: Floats, starts: Flags, lines: Lines) -> ControlCharts:
    """Look at the rules for every point between the lines."""
    rules, turns = np.zeros(values.shape, np.uint8), np.zeros(values.shape, np.int8)
    limits = LimitLines(*map(_in_one_piece, (lines.lower, lines.near_lower, lines.near_upper, lines.upper)))
    from lianyi.methods.process_control.kernels import rules_kernel  # noqa: PLC0415 - loads the compiler

    rules_kernel(values, starts, _in_one_piece(lines.centre), limits, rules, turns)
    shape = values.shape
    return ControlCharts(
        values=values,
        centre=np.broadcast_to(lines.centre, shape),
        lower=np.broadcast_to(lines.lower, shape),
        upper=np.broadcast_to(lines.upper, shape),
        near_lower=np.broadcast_to(lines.near_lower, shape),
        near_upper=np.broadcast_to(lines.near_upper, shape),
        points_used=np.broadcast_to(lines.points_used, shape),
        starts=starts,
        rules=rules,
        turns=turns,
        moving_range=None if lines.moving_range is None else np.broadcast_to(lines.moving_range, shape),
    )


def _in_one_piece(line: Floats) -> Floats:
    """Return what compiled code takes as it is; it would be made anew for another layout."""
    return np.require(line, requirements=["C", "W"])
