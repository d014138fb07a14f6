"""How many metres lie between neighbouring cells of a raster, row by row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lianyi.methods.errors import CellSizeError

WGS84_SEMI_MAJOR_METRES = 6_378_137.0
WGS84_FLATTENING = 1 / 298.257_223_563
_ECCENTRICITY_SQUARED = WGS84_FLATTENING * (2 - WGS84_FLATTENING)
POLE_DEGREES = 90.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RasterGrid:
    """The distances between the centres of neighbouring cells.

    Attributes
    ----------
    columns
        Number of cells in a row.
    east_metres
        Shape (rows,): from a cell to the next one in its row.
    south_metres
        Shape (rows - 1,): from a cell to the one below it.
    diagonal_metres
        Shape (rows - 1,): from a cell to the one below it and one column aside.
    """

    columns: int
    east_metres: Floats
    south_metres: Floats
    diagonal_metres: Floats

    @property
    def rows(self) -> int:
        return len(self.east_metres)

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def least_metres(self) -> float:
        """The shortest step there is."""
        steps = [self.east_metres.min()]
        if self.rows > 1:
            steps.append(self.south_metres.min())
        return float(min(steps))

    def window(self, rows: slice, columns: slice) -> RasterGrid:
        """Return the grid of a part of the raster; both slices have a start and a stop."""
        return RasterGrid(
            columns=columns.stop - columns.start,
            east_metres=self.east_metres[rows],
            south_metres=self.south_metres[rows.start : rows.stop - 1],
            diagonal_metres=self.diagonal_metres[rows.start : rows.stop - 1],
        )


def metric_grid(rows: int, columns: int, cell_width_metres: float, cell_height_metres: float) -> RasterGrid:
    """Return the grid of a raster in a projection in metres, where all cells have one size.

    Examples
    --------
    >>> grid = metric_grid(3, 4, 30.0, 40.0)
    >>> grid.shape, grid.diagonal_metres.tolist()
    ((3, 4), [50.0, 50.0])

    Raises
    ------
    CellSizeError
        When there is no cell, or a cell has no size.
    """
    _check_counts(rows, columns)
    for name, size in (("width", cell_width_metres), ("height", cell_height_metres)):
        if not 0 < size < math.inf:
            message = f"The cell {name} is {size} metres; it must be a finite number above 0."
            raise CellSizeError(message, given=size)
    return RasterGrid(
        columns=columns,
        east_metres=np.full(rows, float(cell_width_metres)),
        south_metres=np.full(rows - 1, float(cell_height_metres)),
        diagonal_metres=np.full(rows - 1, math.hypot(cell_width_metres, cell_height_metres)),
    )


def geographic_grid(
    rows: int, columns: int, top_latitude: float, cell_width_degrees: float, cell_height_degrees: float
) -> RasterGrid:
    """Return the grid of a raster in longitude and latitude (WGS 84), whose cells grow narrow towards the poles.

    Along a row the step is that of the parallel through the cell centres; down a column that of the meridian at the
    edge between the two cells; askew it is the hypotenuse of the two with the mean of both rows' widths. Radii of
    curvature of the ellipsoid after J. P. Snyder, Map Projections - A Working Manual (1987), equations 4-18 to 4-21.
    A raster that goes round the globe is not closed: nobody steps from its last column to its first.

    Parameters
    ----------
    rows, columns
        Size of the raster.
    top_latitude
        Latitude of the upper edge of the first row, in degrees.
    cell_width_degrees, cell_height_degrees
        Size of a cell; the rows go southwards.

    Examples
    --------
    >>> grid = geographic_grid(2, 2, 1.0, 1.0, 1.0)
    >>> (grid.east_metres / 1000).round(1).tolist(), (grid.south_metres / 1000).round(1).tolist()
    ([111.3, 111.3], [110.6])

    Raises
    ------
    CellSizeError
        When there is no cell, a cell has no size, or the raster leaves the globe.
    """
    _check_counts(rows, columns)
    for name, size in (("width", cell_width_degrees), ("height", cell_height_degrees)):
        if not 0 < size < math.inf:
            message = f"The cell {name} is {size} degrees; it must be a finite number above 0."
            raise CellSizeError(message, given=size)
    edges = top_latitude - cell_height_degrees * np.arange(rows + 1)
    # A global raster ends at the pole itself, where rounding may put its edge a hair beyond.
    if not (edges[0] <= POLE_DEGREES + 1e-6 and edges[-1] >= -POLE_DEGREES - 1e-6):
        message = f"The raster reaches from latitude {edges[0]} to {edges[-1]}; latitudes go from 90 to -90."
        raise CellSizeError(message, given=float(edges[0]))
    centres = np.radians((edges[:-1] + edges[1:]) / 2)
    east = math.radians(cell_width_degrees) * _prime_vertical_radius(centres) * np.cos(centres)
    south = math.radians(cell_height_degrees) * _meridian_radius(np.radians(edges[1:-1]))
    return RasterGrid(columns, east, south, np.hypot((east[:-1] + east[1:]) / 2, south))


def _check_counts(rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        message = f"The raster has {rows} rows and {columns} columns; it needs at least one cell."
        raise CellSizeError(message, given=min(rows, columns))


def _prime_vertical_radius(latitude_radians: Floats) -> Floats:
    return WGS84_SEMI_MAJOR_METRES / np.sqrt(1 - _ECCENTRICITY_SQUARED * np.sin(latitude_radians) ** 2)


def _meridian_radius(latitude_radians: Floats) -> Floats:
    squeezed = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude_radians) ** 2
    radius: Floats = WGS84_SEMI_MAJOR_METRES * (1 - _ECCENTRICITY_SQUARED) / squeezed**1.5
    return radius
