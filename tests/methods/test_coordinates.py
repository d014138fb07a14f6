from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.coordinates import (
    MEAN_EARTH_RADIUS_KM,
    CoordinateSystem,
    Position,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    haversine_km,
    to_wgs84,
    wgs84_to_gcj02,
)
from lianyi.methods.errors import CoordinateRangeError, CoordinateSystemError

# Well inside the rectangle in which positions are shifted, so that the shift does not cross its edge.
chinese_positions = st.builds(Position, st.floats(73.0, 136.0), st.floats(3.0, 54.0))
positions = st.builds(Position, st.floats(-180, 180), st.floats(-90, 90))


def near(position):
    return pytest.approx((position.longitude, position.latitude), abs=1e-9)


def both(position):
    return position.longitude, position.latitude


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        # The example in the documentation of the public coordtransform libraries.
        (Position(116.404, 39.915), Position(116.41024449916938, 39.91640428150164)),
        # The test values of the public eviltransform library (Shanghai, Shenzhen, Beijing).
        (Position(121.5272106, 31.1774276), Position(121.531541859215, 31.17530398364597)),
        (Position(113.912316, 22.543847), Position(113.9171764808363, 22.540796131694766)),
        (Position(116.377817, 39.911954), Position(116.38404722455657, 39.91334545536069)),
    ],
)
def test_published_positions_are_reproduced_both_ways(wgs84, gcj02):
    assert both(wgs84_to_gcj02(wgs84)) == near(gcj02)
    assert both(gcj02_to_wgs84(gcj02)) == near(wgs84)


def test_the_published_baidu_position_is_reproduced_both_ways():
    gcj02, bd09 = Position(116.404, 39.915), Position(116.41036949371029, 39.92133699351021)
    assert both(gcj02_to_bd09(gcj02)) == near(bd09)
    assert both(bd09_to_gcj02(bd09)) == near(gcj02)


def test_every_system_leads_to_the_same_place():
    wgs84 = Position(104.83, 26.59)
    gcj02 = wgs84_to_gcj02(wgs84)
    bd09 = gcj02_to_bd09(gcj02)
    reported = {"wgs84": wgs84, "cgcs2000": wgs84, "gcj02": gcj02, "bd09": bd09}
    assert set(reported) == set(CoordinateSystem)
    for system, position in reported.items():
        assert both(to_wgs84(position.longitude, position.latitude, system)) == near(wgs84)


def test_the_shift_is_some_hundred_metres():
    wgs84 = Position(104.83, 26.59)
    assert 0.1 < haversine_km(wgs84, wgs84_to_gcj02(wgs84)) < 1.0


@pytest.mark.parametrize("place", [Position(-104.9903, 39.7392), Position(36.82, -1.29), Position(139.69, 35.69)])
def test_positions_outside_china_stay_as_they_are(place):
    assert wgs84_to_gcj02(place) == place
    assert gcj02_to_wgs84(place) == place


@given(chinese_positions)
def test_the_inverse_undoes_the_shift(position):
    assert both(gcj02_to_wgs84(wgs84_to_gcj02(position))) == near(position)
    assert both(bd09_to_gcj02(gcj02_to_bd09(position))) == near(position)


def test_a_degree_of_the_meridian_is_a_360th_of_the_circumference():
    degree = 2 * math.pi * MEAN_EARTH_RADIUS_KM / 360
    assert haversine_km(Position(105, 30), Position(105, 31)) == pytest.approx(degree, rel=1e-12)


def test_the_published_distance_from_nashville_to_los_angeles_is_reproduced():
    # Rosetta Code, "Haversine formula": 2887.2599506071 km with a radius of 6372.8 km.
    expected = 2887.2599506071 * MEAN_EARTH_RADIUS_KM / 6372.8
    assert haversine_km(Position(-86.67, 36.12), Position(-118.40, 33.94)) == pytest.approx(expected, rel=1e-11)


def test_opposite_points_are_half_the_circumference_apart():
    assert haversine_km(Position(0, 0), Position(180, 0)) == pytest.approx(math.pi * MEAN_EARTH_RADIUS_KM)


@given(positions, positions)
def test_distance_is_the_same_both_ways_and_at_most_half_the_circumference(one, other):
    assert haversine_km(one, other) == pytest.approx(haversine_km(other, one))
    assert 0 <= haversine_km(one, other) <= math.pi * MEAN_EARTH_RADIUS_KM + 1e-6
    assert haversine_km(one, one) == 0


@pytest.mark.parametrize(
    ("longitude", "latitude", "message"),
    [
        (180.1, 0, "The longitude is 180.1; it must be a number of degrees from -180 to 180"),
        (39.9, 116.4, "The latitude is 116.4; it must be a number of degrees from -90 to 90"),
        (math.nan, 0, "The longitude is nan"),
        (0, math.inf, "The latitude is inf"),
    ],
)
def test_a_position_off_the_globe_is_refused(longitude, latitude, message):
    with pytest.raises(CoordinateRangeError, match=message):
        to_wgs84(longitude, latitude, CoordinateSystem.WGS84)


@pytest.mark.parametrize("place", [Position(0, 0), Position(179.9999, 10), Position(36.82, -1.29)])
def test_a_baidu_position_outside_china_is_refused(place):
    with pytest.raises(CoordinateRangeError, match="BD-09 is used for places in China, and longitude"):
        to_wgs84(place.longitude, place.latitude, "bd09")
    with pytest.raises(CoordinateRangeError, match="name the system the position was really taken in"):
        gcj02_to_bd09(place)


def test_an_unknown_system_is_refused_with_the_known_ones():
    with pytest.raises(CoordinateSystemError, match="'gps'; the systems are wgs84, cgcs2000, gcj02, bd09"):
        to_wgs84(104.8, 26.6, "gps")
