"""What is asked of a control chart, and why it may be refused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lianyi.errors import InvalidInputError
from lianyi.methods.process_control import Direction, MovingRanges


class ChartColumnsError(InvalidInputError):
    """The columns that were named do not fit the kind of chart."""

    code = "chart-columns"


class ChartTimesError(InvalidInputError):
    """A time is missing or stands twice, or there is no such time."""

    code = "chart-times"


class TooFewPointsError(InvalidInputError):
    """A series has too few points for a chart."""

    code = "chart-points"


class ConstantSeriesError(InvalidInputError):
    """All values of a series are the same, so it has no variation to chart."""

    code = "chart-constant"


class ChartKind(StrEnum):
    """Which chart, by what the values are."""

    XMR = "xmr"
    """Any values: the chart of NHS Making Data Count."""
    P = "p"
    """Events of a total, which vary by chance only."""
    P_PRIME = "p-prime"
    """Events of a large total, whose share varies more than by chance."""
    U = "u"
    """Events over an area of opportunity, such as bed days."""
    C = "c"
    """Events of equal areas of opportunity."""
    T = "t"
    """Time between one event and the next."""
    G = "g"
    """Cases between one event and the next."""

    @property
    def needs_total(self) -> bool:
        """Whether it counts events over something else."""
        return self in (ChartKind.P, ChartKind.P_PRIME, ChartKind.U)

    @property
    def uses_moving_ranges(self) -> bool:
        """Whether screening of moving ranges makes a difference to it."""
        return self in (ChartKind.XMR, ChartKind.P_PRIME, ChartKind.T)


@dataclass(frozen=True, slots=True)
class RebaseWish:
    """The time as it stands in the table at which a process was changed, and what was changed."""

    time: str
    reason: str


@dataclass(frozen=True, slots=True)
class Target:
    """What a process should reach, as a value of the chart."""

    value: float


@dataclass(frozen=True, slots=True)
class ChartWish:
    """Which columns mean what, and how the chart is made.

    Raises
    ------
    ChartColumnsError
        When the kind of chart needs a total that is not named, or has no use for what is.
    """

    value: str
    time: str | None = None
    total: str | None = None
    kind: ChartKind = ChartKind.XMR
    moving_ranges: MovingRanges = MovingRanges.ALL
    baseline_points: int | None = None
    rebases: tuple[RebaseWish, ...] = ()
    direction: Direction = Direction.NEITHER
    target: Target | None = None

    def __post_init__(self) -> None:
        if self.kind.needs_total != (self.total is not None):
            told = f"needs the column with the total behind {self.value}" if self.kind.needs_total else "has no total"
            raise ChartColumnsError(f"A {self.kind} chart {told}. Name both or neither.", kind=str(self.kind))
        if self.moving_ranges is MovingRanges.SCREENED and not self.kind.uses_moving_ranges:
            message = f"The limits of a {self.kind} chart rest on no moving ranges, so none can be screened."
            raise ChartColumnsError(message, kind=str(self.kind))
        if self.target is not None and self.direction is Direction.NEITHER:
            message = f"With the target {self.target.value:g} say whether more is better (up) or less (down)."
            raise ChartColumnsError(message, target=self.target.value)


CONVENTIONS: Final = {
    ChartKind.XMR: "mean and mean +/- 2.66 mean moving ranges; near limits at two thirds of that",
    ChartKind.P: "pooled share +/- 3 sqrt(p (1 - p) / n), near limits 2",
    ChartKind.P_PRIME: "as p, times the mean moving range of z / 1.128 (Laney)",
    ChartKind.U: "pooled rate +/- 3 sqrt(u / area), near limits 2",
    ChartKind.C: "mean +/- 3 sqrt(mean), near limits 2",
    ChartKind.T: "XmR on the 3.6th root of the times (Nelson), brought back",
    ChartKind.G: "median 0.693 g; upper limit g + 3 sqrt(g (g + 1)), near limit 2; no lower limit",
}
RULES: Final = (
    "outside: beyond a limit; trend: 7 rising or falling, equal values end it; two-of-three: 2 of 3 between near limit "
    "and limit, all 3 on one side, the far ones marked; shift: 7 on one side of the centre; told in this order"
)
