"""Slopes: walking takes longer uphill than downhill, and so longer one way than the other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from lianyi.methods.errors import ElevationMissingError
from lianyi.methods.surface.friction import Raster, fitting_raster
from lianyi.methods.surface.grids import RasterGrid
from lianyi.methods.surface.steps import TOBLER_BEST_SLOPE, TOBLER_STEEPNESS, TOBLER_TOP_KM_PER_HOUR

TOBLER_FLAT_KM_PER_HOUR = float(TOBLER_TOP_KM_PER_HOUR * np.exp(-TOBLER_STEEPNESS * abs(TOBLER_BEST_SLOPE)))
"""Walking speed on flat ground by Tobler's rule, about 5.04 km/h."""


class Heading(StrEnum):
    """Which way people go; it matters only where slopes do."""

    TO_FACILITY = "to-facility"
    FROM_FACILITY = "from-facility"

    @property
    def sign(self) -> float:
        """1 when a search that begins at the facility goes the way people go, else -1."""
        return 1.0 if self is Heading.FROM_FACILITY else -1.0


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Heights of the ground and the way people go.

    A step between two cells on foot takes ``exp(3.5 |s + 0.05| - 3.5 * 0.05)`` times as long as on the flat, where s is
    the rise over the distance on the map (W. Tobler, Three presentations on geographical analysis and modeling, NCGIA
    report 93-1, 1993). The friction says how quick the ground is when flat; so paths and bush may differ while the
    slope acts on both. Distances are those of the map, as in Tobler's rule.

    Attributes
    ----------
    heights_metres
        Shape of the friction; not a number where slopes do not matter, such as on roads that are driven.
    heading
        Whether people walk to the facilities or away from them.
    """

    heights_metres: Raster
    heading: Heading

    def window(self, rows: slice, columns: slice) -> Relief:
        """Return the relief of a part of the raster."""
        return Relief(np.ascontiguousarray(self.heights_metres[rows, columns]), self.heading)


def relief_of(
    heights_metres: ArrayLike,
    friction: Raster,
    grid: RasterGrid,
    heading: Heading,
    on_foot: ArrayLike | None = None,
) -> Relief:
    """Return the relief where people walk.

    Parameters
    ----------
    heights_metres
        Height of each cell; not a number where it is not known.
    friction
        Tells where the barriers are; there no height is needed.
    grid
        The grid of both.
    heading
        Which way people go.
    on_foot
        True where people walk; without it they walk everywhere.

    Raises
    ------
    ElevationMissingError
        When a cell that is walked has no height.
    RasterShapeError
        When the rasters differ in shape.
    """
    heights = fitting_raster(heights_metres, grid, "height")
    unknown = np.isfinite(friction) & ~np.isfinite(heights)
    if on_foot is not None:
        walked = fitting_raster(on_foot, grid, "foot") > 0
        unknown &= walked
        heights = np.where(walked, heights, heights.dtype.type(np.nan))
    if unknown.any():
        row, column = (int(place[0]) for place in np.nonzero(unknown))
        message = (
            f"{int(unknown.sum())} cells that are walked have no height, the first at row {row}, column {column}; "
            "give heights there, make them barriers, or say that nobody walks there."
        )
        raise ElevationMissingError(message, count=int(unknown.sum()), row=row, column=column)
    return Relief(heights, heading)
