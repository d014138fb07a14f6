from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.surface.oracles import graph_minutes, heap_minutes, step_minutes
from tests.methods.surface.scenes import scene_of, scenes

from lianyi.methods.errors import (
    FrictionValueError,
    MinutesLimitError,
    NoSourceError,
    RasterShapeError,
    SourcePlacementError,
)
from lianyi.methods.surface import Cells, Heading, metric_grid, nearest_sources, relief_of, travel_times
from lianyi.methods.surface.tile_solver import solve_by_tiles
from lianyi.methods.surface.travel_times import ground_of


def minutes_of(scene, **options):
    return travel_times(scene.friction, scene.grid, scene.sources, **options).minutes


def minutes_by_tiles(scene, tile, limit=math.inf, relief=None):
    minutes = np.full(scene.grid.shape, np.inf)
    heights = None if relief is None else relief.heights_metres
    ground = ground_of(scene.friction, scene.grid, relief)
    solve_by_tiles(minutes, ground, heights, scene.sources.rows, scene.sources.columns, limit, tile)
    return minutes


@given(scenes)
def test_minutes_are_those_of_a_plain_search_with_a_heap(scene):
    plain = heap_minutes(scene.friction, scene.grid, scene.source_cells)
    np.testing.assert_allclose(minutes_of(scene), plain, rtol=1e-12)


def test_minutes_are_those_of_scipy():
    for seed in range(6):
        scene = scene_of(seed, 14, 23, source_count=3)
        np.testing.assert_allclose(
            minutes_of(scene), graph_minutes(scene.friction, scene.grid, scene.source_cells), rtol=1e-12
        )


@given(scenes, st.sampled_from([1, 2, 3, 5, 8]))
def test_the_size_of_the_tiles_changes_no_bit(scene, tile):
    assert np.array_equal(minutes_by_tiles(scene, tile), minutes_of(scene))


def test_a_labyrinth_through_many_tiles_is_walked_to_its_end():
    friction = np.full((21, 21), 0.01)
    friction[1::4, :-1] = np.nan
    friction[3::4, 1:] = np.nan
    grid = metric_grid(21, 21, 100.0, 100.0)
    found = travel_times(friction, grid, Cells.of([0], [0])).minutes
    minutes = np.full(grid.shape, np.inf)
    solve_by_tiles(minutes, ground_of(friction, grid, None), None, np.array([0]), np.array([0]), math.inf, 4)
    assert np.array_equal(minutes, found)
    # Eleven corridors of twenty steps; each of the ten bends saves a corner by two steps askew.
    assert found[20, 20] == pytest.approx(11 * 20 - 10 * 2 + 10 * 2 * math.sqrt(2))


@given(scenes, st.floats(0.5, 60.0), st.sampled_from([3, 128]))
def test_a_limit_cuts_exactly_there_and_changes_nothing_below(scene, limit, tile):
    free = minutes_of(scene)
    expected = np.where(free <= limit, free, np.inf)
    assert np.array_equal(minutes_by_tiles(scene, tile, limit), expected)


def test_a_cell_exactly_at_the_limit_is_reached():
    friction = np.full((1, 4), 0.01)
    found = travel_times(friction, metric_grid(1, 4, 100.0, 100.0), Cells.of([0], [0]), max_minutes=2.0)
    assert found.minutes.tolist() == [[0.0, 1.0, 2.0, math.inf]]


@given(scenes)
def test_without_slopes_the_way_back_takes_as_long(scene):
    first = Cells.of(scene.sources.rows[:1], scene.sources.columns[:1])
    last = Cells.of(scene.sources.rows[-1:], scene.sources.columns[-1:])
    there = travel_times(scene.friction, scene.grid, first).minutes[last.rows[0], last.columns[0]]
    back = travel_times(scene.friction, scene.grid, last).minutes[first.rows[0], first.columns[0]]
    assert there == pytest.approx(back, rel=1e-12)


@given(scenes)
def test_one_more_source_makes_no_cell_farther(scene):
    fewer = travel_times(scene.friction, scene.grid, Cells.of(scene.sources.rows[:1], scene.sources.columns[:1]))
    assert (minutes_of(scene) <= fewer.minutes).all()


@given(scenes, st.integers(0, 10_000))
def test_quicker_ground_makes_no_cell_farther(scene, seed):
    quicker = scene.friction * np.random.default_rng(seed).uniform(0.5, 1.0, scene.friction.shape)
    now = travel_times(quicker, scene.grid, scene.sources).minutes
    assert (now <= minutes_of(scene) * (1 + 1e-6)).all()


@given(scenes, st.sampled_from([0.25, 2.0, 1024.0]))
def test_friction_times_a_number_gives_minutes_times_that_number(scene, factor):
    scaled = travel_times(scene.friction * scene.friction.dtype.type(factor), scene.grid, scene.sources).minutes
    assert np.array_equal(scaled, minutes_of(scene) * factor)


@given(scenes)
def test_neighbours_differ_by_no_more_than_the_step_between_them(scene):
    minutes = minutes_of(scene)
    for row in range(scene.grid.rows):
        for column in range(scene.grid.columns - 1):
            cell, other = (row, column), (row, column + 1)
            if np.isfinite(minutes[cell]) and np.isfinite(minutes[other]):
                step = step_minutes(scene.friction, scene.grid, cell, other)
                assert abs(minutes[cell] - minutes[other]) <= step * (1 + 1e-12)


@given(scenes)
def test_barriers_are_not_reached_and_sources_are_at_zero(scene):
    minutes = minutes_of(scene)
    assert np.isinf(minutes[~np.isfinite(scene.friction)]).all()
    assert (minutes[scene.sources.rows, scene.sources.columns] == 0).all()


@given(scenes)
def test_a_cell_belongs_to_a_source_that_reaches_it_in_its_minutes(scene):
    surface = travel_times(scene.friction, scene.grid, scene.sources)
    owners = nearest_sources(surface, scene.friction, scene.grid, scene.sources)
    assert np.array_equal(owners < 0, np.isinf(surface.minutes))
    for number, cell in enumerate(scene.source_cells):
        alone = travel_times(scene.friction, scene.grid, Cells.of([cell[0]], [cell[1]])).minutes
        assert np.array_equal(alone[owners == number], surface.minutes[owners == number])


def test_of_two_sources_in_one_cell_the_first_has_the_land():
    friction, grid = np.full((3, 3), 0.01), metric_grid(3, 3, 1.0, 1.0)
    sources = Cells.of([1, 1], [1, 1])
    owners = nearest_sources(travel_times(friction, grid, sources), friction, grid, sources)
    assert (owners == 0).all()


@given(scenes, st.sampled_from(Heading), st.sampled_from([3, 128]))
def test_minutes_on_slopes_are_those_of_a_plain_search(scene, heading, tile):
    relief = relief_of(scene.heights, scene.friction, scene.grid, heading)
    sign = 1.0 if heading is Heading.FROM_FACILITY else -1.0
    plain = heap_minutes(scene.friction, scene.grid, scene.source_cells, heights=scene.heights, sign=sign)
    np.testing.assert_allclose(minutes_by_tiles(scene, tile, relief=relief), plain, rtol=1e-12)


@given(scenes)
def test_owners_on_slopes_reach_their_cells_too(scene):
    relief = relief_of(scene.heights, scene.friction, scene.grid, Heading.TO_FACILITY)
    surface = travel_times(scene.friction, scene.grid, scene.sources, relief=relief)
    owners = nearest_sources(surface, scene.friction, scene.grid, scene.sources, relief)
    for number, cell in enumerate(scene.source_cells):
        source = Cells.of([cell[0]], [cell[1]])
        alone = travel_times(scene.friction, scene.grid, source, relief=relief).minutes
        assert np.array_equal(alone[owners == number], surface.minutes[owners == number])


def test_one_cell_much_quicker_than_all_others_is_no_trouble():
    friction = np.full((40, 40), 0.01)
    friction[20, 20] = 1e-12
    grid = metric_grid(40, 40, 100.0, 100.0)
    found = travel_times(friction, grid, Cells.of([0], [0])).minutes
    np.testing.assert_allclose(found, heap_minutes(friction, grid, [(0, 0)]), rtol=1e-12)


@pytest.mark.parametrize("wrong", [0.0, -0.01])
def test_a_friction_of_zero_or_less_is_refused_with_its_place(wrong):
    friction = np.full((3, 3), 0.01)
    friction[1, 2] = wrong
    with pytest.raises(FrictionValueError, match="row 1, column 2"):
        travel_times(friction, metric_grid(3, 3, 1.0, 1.0), Cells.of([0], [0]))


def test_a_raster_of_another_shape_is_refused():
    with pytest.raises(RasterShapeError, match=r"\(2, 3\), the grid \(3, 3\)"):
        travel_times(np.ones((2, 3)), metric_grid(3, 3, 1.0, 1.0), Cells.of([0], [0]))


def test_sources_outside_and_on_barriers_are_listed():
    friction = np.array([[1.0, np.nan, np.inf]])
    with pytest.raises(SourcePlacementError) as refused:
        travel_times(friction, metric_grid(1, 3, 1.0, 1.0), Cells.of([0, 0, 0, 7], [0, 1, 2, 0]))
    assert refused.value.params == {"outside": [3], "on_barrier": [1, 2]}
    assert "1 sources lie outside the raster (positions 3) and 2 on barriers (positions 1, 2), of 4" in str(
        refused.value
    )


def test_no_source_at_all_is_refused():
    with pytest.raises(NoSourceError):
        travel_times(np.ones((1, 1)), metric_grid(1, 1, 1.0, 1.0), Cells.of([], []))


@pytest.mark.parametrize("limit", [0.0, -5.0, math.nan])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(MinutesLimitError):
        travel_times(np.ones((1, 1)), metric_grid(1, 1, 1.0, 1.0), Cells.of([0], [0]), max_minutes=limit)
