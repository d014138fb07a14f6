"""Distances on the globe, and coordinates of Chinese maps brought to WGS 84.

Chinese web maps publish shifted coordinates. GCJ-02 ("Mars coordinates") shifts a position by some hundred metres with
a smooth function that became public in 2010-2013 as code, on the ellipsoid of Krasovsky 1940; BD-09 adds a second shift
to GCJ-02. Neither has an official published definition, so the functions here are the transforms in general use.

Accuracy: the inverse is found by iteration and agrees with the forward transform to better than 1e-9 degree (0.1 mm);
how well the public forward transform agrees with real map data is a matter of about one metre. CGCS2000 is taken as
equal to WGS 84: the frames agreed to centimetres in 2000 and have since moved apart by less than one metre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lianyi.methods.errors import CoordinateRangeError, CoordinateSystemError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEAN_EARTH_RADIUS_KM = 6371.0088
"""Mean radius R1 = (2a + b) / 3 of the GRS 80 ellipsoid (H. Moritz, Journal of Geodesy 74, 2000)."""

MAXIMUM_LONGITUDE = 180.0
MAXIMUM_LATITUDE = 90.0

_KRASOVSKY_SEMI_MAJOR_AXIS_M = 6378245.0
_KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323
_SHIFT_ORIGIN = (105.0, 35.0)
# The rectangle outside which the public transform leaves a position as it is.
_SHIFTED_LONGITUDES = (72.004, 137.8347)
_SHIFTED_LATITUDES = (0.8293, 55.8271)

_BD09_LONGITUDE_OFFSET = 0.0065
_BD09_LATITUDE_OFFSET = 0.006
_BD09_ANGULAR_SCALE = math.pi * 3000.0 / 180.0

# Each step leaves less than 1 % of the error, so ten steps pass the precision of the numbers.
_INVERSE_STEPS = 10


class CoordinateSystem(StrEnum):
    """The systems in which Chinese institutions report their position."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


@dataclass(frozen=True, slots=True)
class Position:
    """A longitude (-180 to 180) and a latitude (-90 to 90) in degrees.

    Raises
    ------
    CoordinateRangeError
        When a value is outside its range or not a finite number.
    """

    longitude: float
    latitude: float

    def __post_init__(self) -> None:
        _check_degrees("longitude", self.longitude, MAXIMUM_LONGITUDE)
        _check_degrees("latitude", self.latitude, MAXIMUM_LATITUDE)


def haversine_km(origin: Position, destination: Position) -> float:
    """Return the great-circle distance on a sphere of radius `MEAN_EARTH_RADIUS_KM`.

    The globe is flattened, so the true distance can differ by up to about 0.5 %. Formula: R. W. Sinnott, "Virtues of
    the Haversine", Sky and Telescope 68 (1984).

    Examples
    --------
    >>> round(haversine_km(Position(0.0, 0.0), Position(0.0, 1.0)), 3)
    111.195
    """
    latitude_a, latitude_b = math.radians(origin.latitude), math.radians(destination.latitude)
    half_north = math.sin((latitude_b - latitude_a) / 2)
    half_east = math.sin(math.radians(destination.longitude - origin.longitude) / 2)
    chord = half_north**2 + math.cos(latitude_a) * math.cos(latitude_b) * half_east**2
    # Rounding can lift the value for opposite points a little above 1.
    return 2 * MEAN_EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def to_wgs84(longitude: float, latitude: float, system: CoordinateSystem | str) -> Position:
    """Bring a position of the named system to WGS 84.

    Raises
    ------
    CoordinateRangeError
        When the position is not on the globe, or given in BD-09 and outside China.
    CoordinateSystemError
        When the system is not known.

    Examples
    --------
    >>> position = to_wgs84(116.41024449916938, 39.91640428150164, "gcj02")
    >>> round(position.longitude, 6), round(position.latitude, 6)
    (116.404, 39.915)
    """
    try:
        known_system = CoordinateSystem(system)
    except ValueError as error:
        known = ", ".join(CoordinateSystem)
        message = f"The coordinate system is {system!r}; the systems are {known}."
        raise CoordinateSystemError(message, given=system, expected=known) from error
    return _TO_WGS84[known_system](Position(longitude, latitude))


def wgs84_to_gcj02(position: Position) -> Position:
    """Shift a WGS 84 position to GCJ-02; positions outside the rectangle around China stay as they are.

    Examples
    --------
    >>> wgs84_to_gcj02(Position(-104.9903, 39.7392))
    Position(longitude=-104.9903, latitude=39.7392)
    """
    return _shifted(position) if _is_shifted(position) else position


def gcj02_to_wgs84(position: Position) -> Position:
    """Undo `wgs84_to_gcj02` by fixed-point iteration.

    The shift changes by less than 1 % of the way moved, so each step gains at least two digits. Along the edge of the
    rectangle around China, where the forward transform jumps, the inverse of a position inside is taken as shifted.
    """
    return _inverse(_shifted, position) if _is_shifted(position) else position


def gcj02_to_bd09(position: Position) -> Position:
    """Shift a GCJ-02 position to BD-09.

    Raises
    ------
    CoordinateRangeError
        Outside the rectangle around China, where no BD-09 is known to be published.
    """
    _check_in_china("BD-09", position)
    return _shifted_to_bd09(position)


def bd09_to_gcj02(position: Position) -> Position:
    """Undo `gcj02_to_bd09` by fixed-point iteration.

    Raises
    ------
    CoordinateRangeError
        Outside the rectangle around China.
    """
    _check_in_china("BD-09", position)
    return _inverse(_shifted_to_bd09, position)


def _bd09_to_wgs84(position: Position) -> Position:
    return gcj02_to_wgs84(bd09_to_gcj02(position))


def _unchanged(position: Position) -> Position:
    return position


def _inverse(forward: Callable[[Position], Position], target: Position) -> Position:
    found = target
    for _ in range(_INVERSE_STEPS):
        reached = forward(found)
        found = Position(
            found.longitude + target.longitude - reached.longitude,
            found.latitude + target.latitude - reached.latitude,
        )
    return found


def _is_shifted(position: Position) -> bool:
    west, east = _SHIFTED_LONGITUDES
    south, north = _SHIFTED_LATITUDES
    return west <= position.longitude <= east and south <= position.latitude <= north


def _shifted_to_bd09(position: Position) -> Position:
    x, y = position.longitude, position.latitude
    radius = math.hypot(x, y) + 0.00002 * math.sin(y * _BD09_ANGULAR_SCALE)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * _BD09_ANGULAR_SCALE)
    return Position(
        radius * math.cos(angle) + _BD09_LONGITUDE_OFFSET,
        radius * math.sin(angle) + _BD09_LATITUDE_OFFSET,
    )


def _shifted(position: Position) -> Position:
    x = position.longitude - _SHIFT_ORIGIN[0]
    y = position.latitude - _SHIFT_ORIGIN[1]
    latitude = math.radians(position.latitude)
    flattening = 1 - _KRASOVSKY_ECCENTRICITY_SQUARED * math.sin(latitude) ** 2
    meridian_radius = (
        _KRASOVSKY_SEMI_MAJOR_AXIS_M * (1 - _KRASOVSKY_ECCENTRICITY_SQUARED) / (flattening * math.sqrt(flattening))
    )
    parallel_radius = _KRASOVSKY_SEMI_MAJOR_AXIS_M / math.sqrt(flattening) * math.cos(latitude)
    return Position(
        position.longitude + math.degrees(_eastward_metres(x, y) / parallel_radius),
        position.latitude + math.degrees(_northward_metres(x, y) / meridian_radius),
    )


def _eastward_metres(x: float, y: float) -> float:
    metres = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    metres += _waves(x, ((20.0, 6.0), (20.0, 2.0)))
    metres += _waves(x, ((20.0, 1.0), (40.0, 1 / 3)))
    return metres + _waves(x, ((150.0, 1 / 12), (300.0, 1 / 30)))


def _northward_metres(x: float, y: float) -> float:
    metres = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    metres += _waves(x, ((20.0, 6.0), (20.0, 2.0)))
    metres += _waves(y, ((20.0, 1.0), (40.0, 1 / 3)))
    return metres + _waves(y, ((160.0, 1 / 12), (320.0, 1 / 30)))


def _waves(value: float, terms: tuple[tuple[float, float], ...]) -> float:
    return 2.0 / 3.0 * sum(metres * math.sin(value * frequency * math.pi) for metres, frequency in terms)


def _check_in_china(system: str, position: Position) -> None:
    if not _is_shifted(position):
        message = (
            f"{system} is used for places in China, and longitude {position.longitude}, latitude {position.latitude} "
            "is outside; name the system the position was really taken in."
        )
        raise CoordinateRangeError(message, system=system, longitude=position.longitude, latitude=position.latitude)


def _check_degrees(name: str, value: float, maximum: float) -> None:
    # A comparison with NaN is false, so NaN is refused here as well.
    if not -maximum <= value <= maximum:
        message = f"The {name} is {value}; it must be a number of degrees from {-maximum:g} to {maximum:g}."
        raise CoordinateRangeError(message, field=name, given=value)


_TO_WGS84: Mapping[CoordinateSystem, Callable[[Position], Position]] = {
    CoordinateSystem.WGS84: _unchanged,
    CoordinateSystem.CGCS2000: _unchanged,
    CoordinateSystem.GCJ02: gcj02_to_wgs84,
    CoordinateSystem.BD09: _bd09_to_wgs84,
}
