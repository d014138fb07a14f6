"""Points on the globe, sorted into bands of latitude and by longitude within a band, so that neighbours are at hand.

A point is kept as a unit vector: the square of the straight line between two of them tells the great-circle distance
exactly, also across the poles and the date line, without a projection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lianyi.methods.access.banded import Points, Sources, running_sums
from lianyi.methods.arrays import Floats, Integers, Positions
from lianyi.methods.columns import check_same_length, floats_of
from lianyi.methods.coordinates import MAXIMUM_LATITUDE, MAXIMUM_LONGITUDE, MEAN_EARTH_RADIUS_KM
from lianyi.methods.errors import CoordinateRangeError, SurveyLengthError

_MOST_BANDS = 1_000_000
# Thin bands leave fewer pairs to look at and more windows to move; these were the best of some measured.
_FEWEST_BANDS_IN_REACH = 4
_MOST_BANDS_IN_REACH = 64
_BANDS_PER_NEIGHBOUR = 0.026
# Enough to see how crowded it is.
_LOOKED_AT = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class GlobePoints:
    """Longitudes and latitudes in degrees, WGS 84.

    Examples
    --------
    >>> len(GlobePoints.of([104.06, 104.1], [30.67, 30.7]))
    2
    """

    longitude: Floats
    latitude: Floats

    @classmethod
    def of(cls, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> GlobePoints:
        """Check degrees and keep them.

        Raises
        ------
        CoordinateRangeError
            When a value is outside its range or not a number.
        """
        points = cls(
            _degrees("longitude", longitude, MAXIMUM_LONGITUDE), _degrees("latitude", latitude, MAXIMUM_LATITUDE)
        )
        check_same_length(longitude=points.longitude, latitude=points.latitude)
        return points

    def __len__(self) -> int:
        return self.longitude.size

    def part(self, chosen: Positions) -> GlobePoints:
        return GlobePoints(self.longitude[chosen], self.latitude[chosen])

    def unit_vectors(self) -> tuple[Floats, Floats, Floats]:
        longitude, latitude = np.radians(self.longitude), np.radians(self.latitude)
        cosine = np.cos(latitude)
        return cosine * np.cos(longitude), cosine * np.sin(longitude), np.sin(latitude)


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """How the globe is cut: bands of one height, from the south pole."""

    height: float
    """In radians."""
    count: int

    @classmethod
    def for_points(cls, reach_km: float, demand: GlobePoints, facilities: GlobePoints) -> Bands:
        """Choose thin bands where many points are within the reach of one another."""
        crowd = _BANDS_PER_NEIGHBOUR * _neighbours(reach_km, demand, facilities)
        in_reach = min(max(math.sqrt(crowd), _FEWEST_BANDS_IN_REACH), _MOST_BANDS_IN_REACH)
        wanted = max(reach_km / MEAN_EARTH_RADIUS_KM / in_reach, math.pi / _MOST_BANDS)
        count = max(1, math.floor(math.pi / wanted))
        return cls(math.pi / count, count)

    def of(self, latitude: Floats) -> Integers:
        """Return the band of each latitude in degrees."""
        found = np.floor((np.radians(latitude) + math.pi / 2) / self.height)
        return np.clip(found, 0, self.count - 1).astype(np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class BandedPoints:
    """Points in order of band and longitude."""

    order: Integers
    """Where each point stood before."""
    sorted: Points

    @classmethod
    def of(cls, points: GlobePoints, bands: Bands) -> BandedPoints:
        band = bands.of(points.latitude)
        # One key sorts by both: longitudes span less than 1 of its units.
        order = np.argsort(band + (points.longitude + MAXIMUM_LONGITUDE) / 400.0, kind="stable").astype(np.int32)
        band_start = np.zeros(bands.count + 1, np.int64)
        np.cumsum(np.bincount(band, minlength=bands.count), out=band_start[1:])
        longitude = np.radians(points.longitude[order])
        x, y, z = (axis[order] for axis in points.unit_vectors())
        return cls(order, Points(band_start, longitude, x, y, z))

    def with_values(self, values: Floats) -> Sources:
        in_order = np.asarray(values, np.float64)[self.order]
        return Sources(*self.sorted, in_order, running_sums(in_order, self.sorted.band_start))

    def in_first_order(self, values: Floats) -> Floats:
        found = np.empty_like(values)
        found[self.order] = values
        return found


def squared_chord(distance_km: float) -> float:
    """Return the squared straight line on the unit sphere for a great-circle distance; infinite for half the globe."""
    half_angle = distance_km / (2 * MEAN_EARTH_RADIUS_KM)
    return math.inf if half_angle >= math.pi / 2 else 4.0 * math.sin(half_angle) ** 2


def distance_km(squared_chords: Floats) -> Floats:
    """Undo `squared_chord`."""
    half = np.sqrt(np.minimum(squared_chords, 4.0)) / 2
    return np.asarray(2 * MEAN_EARTH_RADIUS_KM * np.arcsin(np.minimum(half, 1.0)))


def _degrees(name: str, values: npt.ArrayLike, maximum: float) -> Floats:
    array = floats_of(values)
    if array.ndim != 1:
        message = f"The {name} has {array.ndim} dimensions; give one number for each place."
        raise SurveyLengthError(message, field=name)
    bad = ~(np.abs(array) <= maximum)
    if bad.any():
        where = int(np.argmax(bad))
        message = (
            f"The {name} of place number {where + 1} is {array[where]}, and {int(bad.sum())} of {array.size} are so; "
            f"it must be a number of degrees from {-maximum:g} to {maximum:g} in WGS 84. Large numbers are often "
            "metres of a projection: bring them to longitude and latitude first."
        )
        raise CoordinateRangeError(message, field=name, given=float(array[where]), count=int(bad.sum()))
    return array


def _neighbours(reach_km: float, demand: GlobePoints, facilities: GlobePoints) -> float:
    """Return about how many points of the other kind are within the reach of a point, both kinds taken together."""
    side = max(reach_km / MEAN_EARTH_RADIUS_KM, 1e-6)
    places, counts, shares = [], [], []
    for points in (demand, facilities):
        step = len(points) // _LOOKED_AT + 1
        cells, how_many = np.unique(
            _square_cells(points.part(np.arange(0, len(points), step)), side), return_counts=True
        )
        places.append(cells)
        counts.append(how_many * float(step))
        shares.append(max(len(points), 1))
    _cells, first, second = np.intersect1d(places[0], places[1], assume_unique=True, return_indices=True)
    pairs = math.pi * float(counts[0][first] @ counts[1][second])
    return pairs / math.sqrt(shares[0] * shares[1])


def _square_cells(points: GlobePoints, side: float) -> Positions:
    latitude, longitude = np.radians(points.latitude), np.radians(points.longitude)
    row = np.floor(latitude / side)
    column = np.floor(longitude * np.cos(row * side) / side)
    return (row * 10_000_000 + column).astype(np.int64)
