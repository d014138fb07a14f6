"""The columns of a segmented regression: level, slope, what changed at the start, season, and a control group."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

import numpy as np

from lianyi.methods.arrays import Flags, Floats
from lianyi.methods.interrupted_series.errors import SeriesModelError, SeriesPointsError, SeriesTermError

_INDEPENDENT: Final = 1e-10
_LEAST_POINTS: Final = 2
LEVEL_CHANGE: Final = "level_change"
SLOPE_CHANGE: Final = "slope_change"
GROUP: Final = "group"
CONTROL_ROW, TREATED_ROW = 0, 1


class Impact(Enum):
    """What the measure is expected to change; to be stated before the figures are seen."""

    LEVEL = "level"
    SLOPE = "slope"
    BOTH = "both"

    @property
    def changes(self) -> tuple[str, ...]:
        """The names of the terms that it adds."""
        return {
            Impact.LEVEL: (LEVEL_CHANGE,),
            Impact.SLOPE: (SLOPE_CHANGE,),
            Impact.BOTH: (LEVEL_CHANGE, SLOPE_CHANGE),
        }[self]


@dataclass(frozen=True, slots=True)
class SegmentedModel:
    """Which terms a series is explained by.

    Parameters
    ----------
    points
        How many equally spaced points there are from the first to the last, missing ones counted.
    start
        T0: when the measure began, in units of time since the first point.
    step
        Units of time between two points.
    phase_in_points
        So many points from the start on are left out. The change of level is then that at the first point after
        them, and the change of slope is counted from there.
    impact
        Whether level, slope or both may change.
    harmonic_pairs, season
        Pairs of sine and cosine, and the length of the season in units of time.
    is_controlled
        Whether each series comes as two rows of points: first the control, then the one with the measure.
    """

    points: int
    start: float
    step: float = 1.0
    phase_in_points: int = 0
    impact: Impact = Impact.BOTH
    harmonic_pairs: int = 0
    season: float = 12.0
    is_controlled: bool = False

    def __post_init__(self) -> None:
        if self.phase_in_points < 0 or self.harmonic_pairs < 0 or self.step <= 0 or self.season <= 0:
            raise SeriesModelError(
                f"{self.phase_in_points} points of phase-in, {self.harmonic_pairs} pairs of harmonics, a step of "
                f"{self.step:g} and a season of {self.season:g} were given. Numbers of points and pairs are 0 or more, "
                "lengths above 0.",
                field="model",
            )
        if 2 * self.harmonic_pairs * self.step > self.season:
            raise SeriesModelError(
                f"{self.harmonic_pairs} pairs of harmonics cannot be seen in a season of {self.season / self.step:g} "
                f"points: give {int(self.season / (2 * self.step))} pairs at most.",
                field="harmonics",
            )
        before, after = self.points_before, self.points_after
        if min(before, after) < _LEAST_POINTS:
            raise SeriesModelError(
                f"Of {self.points} points {before} lie before the start and {after} from it on"
                f"{' and its phase-in' if self.phase_in_points else ''}; at least {_LEAST_POINTS} are needed on each "
                "side. Choose a start inside the series.",
                field="start",
            )

    @property
    def points_before(self) -> int:
        """How many points lie before the start."""
        return min(max(math.ceil(self.start / self.step - _INDEPENDENT), 0), self.points)

    @property
    def points_after(self) -> int:
        """How many points lie at or after the start and are not left out."""
        return max(self.points - self.points_before - self.phase_in_points, 0)

    @property
    def centre(self) -> float:
        """The time at which the change of level is read: the start, or with a phase-in the first point after it."""
        return (self.points_before + self.phase_in_points) * self.step if self.phase_in_points else self.start

    @property
    def rows(self) -> int:
        """Two where there is a control group, otherwise one."""
        return 2 if self.is_controlled else 1

    @property
    def effect_terms(self) -> tuple[str, ...]:
        """The terms that are the effect: those of the group where there is a control."""
        return tuple(f"{GROUP}_{name}" for name in self.impact.changes) if self.is_controlled else self.impact.changes

    def times(self) -> Floats:
        """Return the time of each point, in units since the first."""
        return np.arange(self.points, dtype=np.float64) * np.float64(self.step)

    def used(self) -> Flags:
        """Return which points are not left out as phase-in."""
        place = np.arange(self.points)
        return (place < self.points_before) | (place >= self.points_before + self.phase_in_points)

    def columns_at(self, times: Floats, row: int) -> dict[str, Floats]:
        """Return the value of each term at some times, for the control (0) or the other row."""
        is_after = (times >= self.start - _INDEPENDENT * self.step).astype(np.float64)
        changes = {LEVEL_CHANGE: is_after, SLOPE_CHANGE: is_after * (times - self.centre)}
        columns = {"intercept": np.ones_like(times), "slope": times}
        columns |= {name: changes[name] for name in self.impact.changes}
        if self.is_controlled:
            is_group = float(row == TREATED_ROW)
            columns |= {GROUP: np.full_like(times, is_group), f"{GROUP}_slope": times * is_group}
            columns |= {f"{GROUP}_{name}": changes[name] * is_group for name in self.impact.changes}
        return columns | self._season_at(times)

    def _season_at(self, times: Floats) -> dict[str, Floats]:
        columns = {}
        for pair in range(1, self.harmonic_pairs + 1):
            angle = 2 * math.pi * pair * times / self.season
            # At two points a season the sine is 0 at every point.
            if not math.isclose(2 * pair * self.step, self.season):
                columns[f"sin_{pair}"] = np.sin(angle)
            columns[f"cos_{pair}"] = np.cos(angle)
        return columns


@dataclass(frozen=True)
class Design:
    """The terms of a model at all its points, and the same space in columns that stand square to one another.

    Estimation works in the square columns, in which sums of products lose no digits; results are turned back.
    """

    model: SegmentedModel

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the terms, in the order of the columns."""
        return tuple(self.model.columns_at(np.zeros(1), 0))

    @cached_property
    def matrix(self) -> Floats:
        """The terms: rows x points x terms, 0 at points that are left out."""
        times = self.model.times()
        rows = [
            np.stack(list(self.model.columns_at(times, row).values()), axis=-1)
            for row in ((CONTROL_ROW, TREATED_ROW) if self.model.is_controlled else (TREATED_ROW,))
        ]
        return np.stack(rows) * self.model.used()[None, :, None]

    @cached_property
    def square(self) -> tuple[Floats, Floats]:
        """The square columns, in the shape of the matrix, and what turns their coefficients into those of the terms."""
        flat = self.matrix.reshape(-1, len(self.names))
        if self.model.used().sum() * self.model.rows <= len(self.names):
            raise SeriesPointsError(
                f"{int(self.model.used().sum()) * self.model.rows} points cannot tell {len(self.names)} terms "
                f"({', '.join(self.names)}) and how sure they are. Give more points, or fewer terms.",
                field="points",
            )
        scale = np.sqrt((flat**2).sum(axis=0))
        basis, upper = np.linalg.qr(flat / np.where(scale > 0, scale, 1.0))
        is_weak = np.abs(np.diag(upper)) < _INDEPENDENT
        if is_weak.any():
            raise SeriesPointsError(
                f"The term {self.names[int(np.argmax(is_weak))]} cannot be told from the others with these points. "
                "Give more points on each side of the start, or fewer terms.",
                field="points",
            )
        turned = np.linalg.inv(upper) / scale[:, None]
        return basis.reshape(self.matrix.shape), turned

    def place_of(self, name: str) -> int:
        """Return which column a term is."""
        if name not in self.names:
            raise SeriesTermError(f"The model has no term {name}. It has: {', '.join(self.names)}.", field=name)
        return self.names.index(name)
