from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.coordinates import Position
from lianyi.methods.errors import TravelParameterError
from lianyi.methods.travel import TravelParameters, estimated_travel

positions = st.builds(Position, st.floats(-180, 180), st.floats(-90, 90))
detours = st.floats(1.0, 4.0)
speeds = st.floats(5.0, 120.0)

DEGREE_KM = 2 * math.pi * 6371.0088 / 360


def test_one_degree_of_latitude_by_a_winding_road():
    drive = estimated_travel(
        Position(100.0, 30.0), Position(100.0, 31.0), TravelParameters(detour_factor=2.0, speed_km_per_hour=40.0)
    )
    assert drive.straight_km == pytest.approx(DEGREE_KM)
    assert drive.road_km == pytest.approx(2 * DEGREE_KM)
    assert drive.minutes == pytest.approx(2 * DEGREE_KM / 40 * 60)


def test_an_estimate_says_that_it_is_one_and_by_which_numbers():
    drive = estimated_travel(Position(100.0, 30.0), Position(100.0, 31.0))
    assert drive.basis == "estimate"
    assert drive.parameters == TravelParameters(detour_factor=1.4, speed_km_per_hour=50.0)


@given(positions, positions, detours, speeds)
def test_there_and_back_take_equally_long_and_never_less_than_the_straight_line(here, there, detour, speed):
    parameters = TravelParameters(detour, speed)
    drive = estimated_travel(here, there, parameters)
    assert drive.minutes == pytest.approx(estimated_travel(there, here, parameters).minutes)
    assert drive.road_km >= drive.straight_km
    assert estimated_travel(here, here, parameters).minutes == 0.0


@pytest.mark.parametrize("detour", [0.99, -1.0, math.nan, math.inf])
def test_a_road_shorter_than_the_straight_line_is_refused(detour):
    with pytest.raises(TravelParameterError, match=f"The detour factor is {detour}"):
        TravelParameters(detour_factor=detour)


@pytest.mark.parametrize("speed", [0.0, -5.0, math.nan, math.inf])
def test_a_speed_that_never_arrives_is_refused(speed):
    with pytest.raises(TravelParameterError, match=f"The speed is {speed} km/h"):
        TravelParameters(speed_km_per_hour=speed)
