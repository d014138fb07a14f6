"""What it takes to cross a metre of ground, in minutes; barriers are not a number or infinite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lianyi.methods.errors import FrictionValueError, RasterShapeError, SpeedValueError
from lianyi.methods.surface.grids import RasterGrid

MINUTES_PER_METRE_AT_ONE_KM_PER_HOUR = 60 / 1000
ROWS_AT_A_TIME = 256
_DIMENSIONS = 2

Raster = NDArray[np.floating[Any]]


def friction_of_speed(speed_km_per_hour: ArrayLike) -> Raster:
    """Return minutes per metre; where the speed is 0 or not a number nobody passes.

    Single precision stays single, all else becomes double.

    Examples
    --------
    >>> friction_of_speed([[60.0, 5.0, 0.0, np.nan]]).tolist()
    [[0.001, 0.012, inf, inf]]

    Raises
    ------
    SpeedValueError
        When a speed is negative.
    """
    speed = _floats(speed_km_per_hour)
    if (speed < 0).any():
        where = tuple(int(place[0]) for place in np.nonzero(speed < 0))
        message = f"The speed at {where} is {speed[where]} km/h; speeds are 0, which nobody passes, or more."
        raise SpeedValueError(message, place=where)
    with np.errstate(divide="ignore"):
        friction: Raster = speed.dtype.type(MINUTES_PER_METRE_AT_ONE_KM_PER_HOUR) / speed
    friction[np.isnan(friction)] = np.inf
    return friction


def checked_friction(friction: ArrayLike, grid: RasterGrid) -> Raster:
    """Return a friction raster as one block of single or double precision that fits the grid.

    Nothing is copied that is so already.

    Raises
    ------
    RasterShapeError
        When it has not the rows and columns of the grid.
    FrictionValueError
        When a value is 0 or negative.
    """
    found = fitting_raster(friction, grid, "friction")
    for begin in range(0, found.shape[0], ROWS_AT_A_TIME):
        wrong = found[begin : begin + ROWS_AT_A_TIME] <= 0
        if wrong.any():
            row, column = (int(place[0]) for place in np.nonzero(wrong))
            value = found[begin + row, column]
            message = (
                f"The friction at row {begin + row}, column {column} is {value}; minutes per metre are above 0, "
                "and barriers are not a number or infinite. Mark cells without data as such."
            )
            raise FrictionValueError(message, row=begin + row, column=column)
    return found


def fitting_raster(values: ArrayLike, grid: RasterGrid, name: str) -> Raster:
    """Return a raster as one block of single or double precision, refused unless it has the shape of the grid."""
    found = _floats(values)
    if found.ndim != _DIMENSIONS or found.shape != grid.shape:
        message = f"The {name} raster has the shape {found.shape}, the grid {grid.shape}; they must be the same."
        raise RasterShapeError(message, given=found.shape, expected=grid.shape)
    return found


def least_friction(friction: Raster) -> float:
    """Return the least friction of all cells that can be crossed, infinity when there is none."""
    least = np.inf
    for begin in range(0, friction.shape[0], ROWS_AT_A_TIME):
        # fmin passes over what is not a number.
        least = min(least, float(np.fmin.reduce(friction[begin : begin + ROWS_AT_A_TIME], axis=None, initial=np.inf)))
    return least


def _floats(values: ArrayLike) -> Raster:
    array = np.asarray(values)
    return np.ascontiguousarray(array, np.float32 if array.dtype == np.float32 else np.float64)
