from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.surface.scenes import scene_of, scenes
from tests.properties import examples

from lianyi.methods.access import Gaussian, PairTable, Zones, catchment, measure_access
from lianyi.methods.errors import MinutesLimitError, RasterShapeError, SourcePlacementError
from lianyi.methods.surface import (
    Cells,
    Heading,
    catchment_pairs,
    metric_grid,
    raster_catchments,
    raster_values,
    relief_of,
    travel_times,
)
from lianyi.methods.surface.catchment_search import FIRST_RADIUS

ZONES = Zones(((5, 1.0), (10, 0.68), (20, 0.22)))


def rasters_of(scene, limit, relief=None, pairs_at_a_time=2**20):
    """Return for each facility the whole raster of its minutes, made of its pairs."""
    rasters = np.full((len(scene.sources), scene.grid.rows * scene.grid.columns), np.inf)
    for pairs in catchment_pairs(scene.friction, scene.grid, scene.sources, limit, relief, pairs_at_a_time):
        assert np.isinf(rasters[pairs.facility, pairs.cell]).all()
        rasters[pairs.facility, pairs.cell] = pairs.minutes
    return rasters.reshape(-1, *scene.grid.shape)


def surfaces_of(scene, limit, relief=None):
    """Return the same from one surface for each facility."""
    sources = [Cells.of([row], [column]) for row, column in scene.source_cells]
    return np.array([travel_times(scene.friction, scene.grid, one, limit, relief).minutes for one in sources])


@given(scenes, st.floats(0.5, 40.0), st.sampled_from([1, 7, 2**20]))
def test_a_catchment_is_the_surface_of_its_facility_alone(scene, limit, pairs_at_a_time):
    assert np.array_equal(rasters_of(scene, limit, None, pairs_at_a_time), surfaces_of(scene, limit))


@given(scenes, st.sampled_from(Heading))
def test_a_catchment_on_slopes_is_the_surface_of_its_facility_alone(scene, heading):
    relief = relief_of(scene.heights, scene.friction, scene.grid, heading)
    assert np.array_equal(rasters_of(scene, 15.0, relief), surfaces_of(scene, 15.0, relief))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_catchment_wider_than_the_first_window_is_whole(seed):
    scene = scene_of(seed, 5 * FIRST_RADIUS, 4 * FIRST_RADIUS, source_count=3)
    found = rasters_of(scene, 90.0)
    assert np.array_equal(found, surfaces_of(scene, 90.0))
    assert np.isfinite(found[0]).any(axis=1).sum() > 2 * FIRST_RADIUS + 1


@pytest.mark.parametrize(("rows", "columns"), [(3 * FIRST_RADIUS, 5), (3, 6 * FIRST_RADIUS), (70, 1), (1, 70)])
def test_a_window_as_large_as_the_raster_is_enough(rows, columns):
    scene = scene_of(7, rows, columns, source_count=3)
    assert np.array_equal(rasters_of(scene, 1e6), surfaces_of(scene, 1e6))


def test_the_smallest_numbers_do_no_harm():
    grid, friction = metric_grid(3, 3, 1.0, 1.0), np.full((3, 3), 1e-307)
    found = travel_times(friction, grid, Cells.of([0], [0]), 1e-306).minutes
    (pairs,) = catchment_pairs(friction, grid, Cells.of([0], [0]), 1e-306)
    assert np.array_equal(np.sort(pairs.minutes), np.sort(found.ravel()))


@pytest.mark.parametrize("decay", [ZONES, Gaussian(scale=8, reach=20)])
@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "3sfca", "m2sfca", "bfca", "mh3sfca", "gravity"])
def test_access_on_a_raster_is_that_of_a_table_with_all_its_pairs(method, decay):
    scene = scene_of(4, 30, 25, source_count=6)
    twins = Cells.of(
        np.append(scene.sources.rows, scene.sources.rows[0]), np.append(scene.sources.columns, scene.sources.columns[0])
    )
    people = np.random.default_rng(5).integers(0, 50, scene.grid.shape).astype(float).ravel()
    beds = np.arange(1.0, 8.0)
    pairs = list(catchment_pairs(scene.friction, scene.grid, twins, 20.0))
    table = PairTable(
        np.concatenate([part.cell for part in pairs]),
        np.concatenate([part.facility for part in pairs]),
        np.concatenate([part.minutes for part in pairs]),
        people.size,
        len(twins),
    )
    on_raster = measure_access(raster_catchments(scene.friction, scene.grid, twins, decay), people, beds, method)
    from_table = measure_access(table.catchments(decay), people, beds, method)
    np.testing.assert_allclose(on_raster.access, from_table.access, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(on_raster.ratio, from_table.ratio, rtol=1e-12)


@given(scenes, st.integers(0, 1000))
@examples(30)
def test_what_people_have_adds_up_to_the_supply_in_reach(scene, seed):
    people = np.random.default_rng(seed).integers(0, 5, scene.grid.shape).astype(float).ravel()
    beds = np.arange(1.0, len(scene.sources) + 1)
    found = measure_access(raster_catchments(scene.friction, scene.grid, scene.sources, ZONES), people, beds, "e2sfca")
    assert found.conservation_gap <= 1e-12
    assert found.supply_in_range + found.supply_unreached == pytest.approx(beds.sum())


def test_an_endless_catchment_is_refused():
    with pytest.raises(MinutesLimitError, match="infinite"):
        catchment_pairs(np.ones((2, 2)), metric_grid(2, 2, 1.0, 1.0), Cells.of([0], [0]), math.inf)


def test_a_facility_in_a_lake_is_refused():
    friction = np.array([[1.0, np.nan]])
    with pytest.raises(SourcePlacementError):
        raster_catchments(friction, metric_grid(1, 2, 1.0, 1.0), Cells.of([0], [1]), catchment(5.0))


def test_people_of_another_raster_are_refused_and_nobody_lives_where_there_is_no_number():
    grid = metric_grid(1, 2, 1.0, 1.0)
    assert raster_values([[3.0, np.nan]], grid).tolist() == [3.0, 0.0]
    with pytest.raises(RasterShapeError):
        raster_values([[3.0]], grid)
