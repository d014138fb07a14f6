"""Grids, friction, slopes and counts of people: what stands around the search."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lianyi.methods.errors import (
    CellSizeError,
    ElevationMissingError,
    MinutesLimitError,
    NegativeQuantityError,
    RasterShapeError,
    SourcePlacementError,
    SpeedValueError,
)
from lianyi.methods.surface import (
    Cells,
    CoverageCount,
    Heading,
    friction_of_speed,
    geographic_grid,
    least_friction,
    metric_grid,
    misplaced_cells,
    relief_of,
    travel_times,
)
from lianyi.methods.surface.relief import TOBLER_FLAT_KM_PER_HOUR

KILOMETRES = 1000


# Lengths of a degree on the ellipsoid WGS 84 in km, as tabled in Wikipedia, article Latitude, section on the length of
# a degree: latitude, a degree of latitude, a degree of longitude.
@pytest.mark.parametrize(
    ("latitude", "north", "east"),
    [
        (0, 110.574, 111.320),
        (15, 110.649, 107.551),
        (30, 110.852, 96.486),
        (45, 111.132, 78.847),
        (60, 111.412, 55.800),
        (75, 111.618, 28.902),
    ],
)
def test_a_degree_is_as_long_as_in_the_tables(latitude, north, east):
    # A tiny raster whose middle row and whose edge between rows lie at the latitude.
    size = 0.001
    on_centre = geographic_grid(1, 1, latitude + size / 2, size, size)
    on_edge = geographic_grid(2, 1, latitude + size, size, size)
    assert on_centre.east_metres[0] / size / KILOMETRES == pytest.approx(east, abs=6e-4)
    assert on_edge.south_metres[0] / size / KILOMETRES == pytest.approx(north, abs=6e-4)


def test_rows_of_a_geographic_raster_have_widths_of_their_own():
    grid = geographic_grid(180, 360, 90.0, 1.0, 1.0)
    assert grid.shape == (180, 360)
    assert np.argmax(grid.east_metres) in (89, 90)
    np.testing.assert_allclose(grid.east_metres, grid.east_metres[::-1])
    assert (grid.diagonal_metres > np.maximum(grid.south_metres, grid.east_metres[:-1] / 2)).all()
    assert grid.least_metres == grid.east_metres.min()


def test_a_window_of_a_grid_is_the_grid_of_the_window():
    grid, window = geographic_grid(10, 8, 50.0, 0.5, 0.25), (slice(3, 7), slice(2, 6))
    part, anew = grid.window(*window), geographic_grid(4, 4, 50.0 - 3 * 0.25, 0.5, 0.25)
    assert part.shape == (4, 4)
    np.testing.assert_allclose(part.east_metres, anew.east_metres)
    np.testing.assert_allclose(part.south_metres, anew.south_metres)
    np.testing.assert_allclose(part.diagonal_metres, anew.diagonal_metres)


@pytest.mark.parametrize(
    "make",
    [
        lambda: metric_grid(0, 5, 1.0, 1.0),
        lambda: metric_grid(5, 5, 0.0, 1.0),
        lambda: metric_grid(5, 5, 1.0, math.inf),
        lambda: geographic_grid(5, 0, 50.0, 1.0, 1.0),
        lambda: geographic_grid(5, 5, 50.0, math.nan, 1.0),
        lambda: geographic_grid(5, 5, 100.0, 1.0, 1.0),
        lambda: geographic_grid(200, 5, 90.0, 1.0, 1.0),
    ],
)
def test_a_grid_that_cannot_be_is_refused(make):
    with pytest.raises(CellSizeError):
        make()


def test_a_kilometre_at_sixty_km_per_hour_takes_a_minute():
    friction = friction_of_speed(np.full((1, 11), 60.0))
    found = travel_times(friction, metric_grid(1, 11, 100.0, 100.0), Cells.of([0], [0])).minutes
    assert found[0, 10] == pytest.approx(1.0)


def test_speeds_in_single_precision_stay_so_and_whole_ones_become_double():
    assert friction_of_speed(np.array([[5]], np.float32)).dtype == np.float32
    assert friction_of_speed(np.array([[5]])).dtype == np.float64


def test_a_negative_speed_is_refused():
    with pytest.raises(SpeedValueError, match=r"\(0, 1\) is -3.0 km/h"):
        friction_of_speed([[5.0, -3.0]])


def test_the_least_friction_passes_over_barriers():
    assert least_friction(np.array([[np.nan, 0.5], [np.inf, 0.25]])) == 0.25
    assert least_friction(np.array([[np.nan, np.inf]])) == math.inf


# W. Tobler 1993: 6 km/h at 5 % downhill, about 5 km/h on the flat.
def test_walking_speeds_are_those_of_tobler():
    assert pytest.approx(5.037, abs=5e-4) == TOBLER_FLAT_KM_PER_HOUR
    grid, friction = metric_grid(1, 2, 1000.0, 1000.0), friction_of_speed([[TOBLER_FLAT_KM_PER_HOUR] * 2])
    for slope in (-0.4, -0.05, 0.0, 0.1, 0.35):
        relief = relief_of([[0.0, 1000 * slope]], friction, grid, Heading.FROM_FACILITY)
        minutes = travel_times(friction, grid, Cells.of([0], [0]), relief=relief).minutes[0, 1]
        assert 60 / minutes == pytest.approx(6 * math.exp(-3.5 * abs(slope + 0.05)))


def test_the_way_to_a_facility_is_the_way_from_it_turned_round():
    chance = np.random.default_rng(3)
    grid, friction = metric_grid(12, 12, 90.0, 90.0), chance.uniform(0.01, 0.02, (12, 12))
    heights = chance.uniform(0, 60, (12, 12))
    to_it = relief_of(heights, friction, grid, Heading.TO_FACILITY)
    from_it = relief_of(heights, friction, grid, Heading.FROM_FACILITY)
    for cell in ((0, 0), (5, 11), (11, 3)):
        there = travel_times(friction, grid, Cells.of([cell[0]], [cell[1]]), relief=from_it).minutes[6, 6]
        back = travel_times(friction, grid, Cells.of([6], [6]), relief=to_it).minutes[cell]
        assert there == pytest.approx(back, rel=1e-12)


def test_slopes_do_not_matter_where_nobody_walks():
    chance = np.random.default_rng(3)
    grid, friction = metric_grid(6, 6, 90.0, 90.0), chance.uniform(0.01, 0.02, (6, 6))
    relief = relief_of(np.full((6, 6), np.nan), friction, grid, Heading.TO_FACILITY, on_foot=np.zeros((6, 6)))
    sources = Cells.of([0], [0])
    with_relief = travel_times(friction, grid, sources, relief=relief).minutes
    assert np.array_equal(with_relief, travel_times(friction, grid, sources).minutes)


def test_a_walk_over_unknown_heights_is_refused_but_not_a_barrier_without_height():
    grid, heights = metric_grid(1, 3, 1.0, 1.0), [[1.0, np.nan, np.nan]]
    with pytest.raises(ElevationMissingError, match=r"1 cells that are walked .* the first at row 0, column 2"):
        relief_of(heights, np.array([[1.0, np.nan, 1.0]]), grid, Heading.TO_FACILITY)


def test_cells_need_as_many_rows_as_columns():
    with pytest.raises(SourcePlacementError, match="2 rows and 1 columns"):
        Cells.of([1, 2], [1])


def test_misplaced_cells_are_told_apart():
    friction = np.array([[1.0, np.nan], [np.inf, 2.0]])
    wrong = misplaced_cells(friction, Cells.of([0, 0, 1, -1, 2, 1], [0, 1, 0, 0, 0, 1]))
    assert (wrong.outside.tolist(), wrong.on_barrier.tolist()) == ([3, 4], [1, 2])


def test_many_misplaced_sources_are_named_in_part():
    with pytest.raises(SourcePlacementError, match=r"positions 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\."):
        travel_times(np.ones((1, 1)), metric_grid(1, 1, 1.0, 1.0), Cells.of([5] * 30, [5] * 30))


def test_coverage_is_counted_part_by_part_and_missing_people_are_none():
    count = CoverageCount([60, 30, 30])
    count.add([[10.0, 30.0], [60.0, 61.0]], [[1.0, 2.0], [4.0, 8.0]])
    count.add([[np.inf, 5.0]], [[16.0, np.nan]])
    found = count.coverage()
    assert [(step.minutes, step.people) for step in found.steps] == [(30.0, 3.0), (60.0, 7.0)]
    assert [step.share for step in found.steps] == pytest.approx([3 / 31, 7 / 31])
    assert (found.people, found.unreached) == (31.0, 16.0)


def test_the_share_of_nobody_is_unknown():
    count = CoverageCount([30])
    count.add([[1.0]], [[0.0]])
    assert count.coverage().steps[0].share is None


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(MinutesLimitError):
        CoverageCount([])
    with pytest.raises(MinutesLimitError):
        CoverageCount([0.0, 30.0])
    with pytest.raises(RasterShapeError):
        CoverageCount([30]).add([[1.0]], [[1.0, 2.0]])
    with pytest.raises(NegativeQuantityError):
        CoverageCount([30]).add([[1.0]], [[-1.0]])
