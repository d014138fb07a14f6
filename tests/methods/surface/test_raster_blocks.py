from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.surface.scenes import scene_of, scenes
from tests.properties import examples

from lianyi.methods.access import Zones, measure_access
from lianyi.methods.errors import HaloError, MinutesLimitError
from lianyi.methods.surface import (
    BlockedCatchments,
    Heading,
    block_layout,
    least_friction,
    metric_grid,
    raster_catchments,
    relief_of,
    travel_times,
    travel_times_in_blocks,
)


def put_together(blocks, shape):
    minutes = np.full(shape, np.nan)
    for block in blocks:
        assert np.isnan(minutes[block.rows, block.columns]).all()
        minutes[block.rows, block.columns] = block.minutes
    return minutes


def layout_of(scene, limit, block_cells, **options):
    return block_layout(scene.grid, least_friction(scene.friction), limit, block_cells, **options)


def reader(raster):
    return lambda rows, columns: raster[rows, columns]


@given(scenes, st.floats(0.1, 8.0), st.integers(1, 9))
@examples(40)
def test_blocks_give_the_bits_of_the_single_run(scene, limit, block_cells):
    with ThreadPoolExecutor(2) as threads:
        layout = layout_of(scene, limit, block_cells)
        blocks = travel_times_in_blocks(reader(scene.friction), layout, scene.sources, threads)
        found = put_together(blocks, scene.grid.shape)
    assert np.array_equal(found, travel_times(scene.friction, scene.grid, scene.sources, limit).minutes)


def test_blocks_with_slopes_give_the_bits_of_the_single_run():
    scene = scene_of(8, 60, 50, source_count=4)
    relief = relief_of(scene.heights, scene.friction, scene.grid, Heading.TO_FACILITY)
    with ThreadPoolExecutor(2) as threads:
        layout = layout_of(scene, 1.5, 15, slopes=True)
        blocks = travel_times_in_blocks(reader(scene.friction), layout, scene.sources, threads, relief.window)
        found = put_together(blocks, scene.grid.shape)
    assert np.array_equal(found, travel_times(scene.friction, scene.grid, scene.sources, 1.5, relief).minutes)


def access_scene():
    scene = scene_of(10, 70, 55, source_count=12)
    people = np.random.default_rng(5).integers(0, 50, scene.grid.shape).astype(float).ravel()
    return scene, people, np.arange(1.0, 13.0), Zones(((0.5, 1.0), (1.5, 0.68), (3.0, 0.22)))


@pytest.mark.parametrize("method", ["e2sfca", "3sfca"])
def test_access_in_blocks_has_the_bits_of_the_single_run(method):
    scene, people, beds, decay = access_scene()
    whole = measure_access(raster_catchments(scene.friction, scene.grid, scene.sources, decay), people, beds, method)
    with ThreadPoolExecutor(2) as threads:
        ways = BlockedCatchments(reader(scene.friction), layout_of(scene, 3.0, 20), scene.sources, decay, threads)
        blocked = measure_access(ways, people, beds, method)
    assert np.array_equal(blocked.access, whole.access)
    assert np.array_equal(blocked.ratio, whole.ratio, equal_nan=True)
    assert (whole.access > 0).any()


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_two_workers_of_dask_give_the_bits_of_the_single_run():
    distributed = pytest.importorskip("distributed")
    scene, people, beds, decay = access_scene()
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        layout = layout_of(scene, 3.0, 20)
        blocks = travel_times_in_blocks(reader(scene.friction), layout, scene.sources, executor)
        minutes = put_together(blocks, scene.grid.shape)
        ways = BlockedCatchments(reader(scene.friction), layout, scene.sources, decay, executor)
        blocked = measure_access(ways, people, beds, "e2sfca")
    whole = measure_access(raster_catchments(scene.friction, scene.grid, scene.sources, decay), people, beds, "e2sfca")
    assert np.array_equal(minutes, travel_times(scene.friction, scene.grid, scene.sources, 3.0).minutes)
    assert np.array_equal(blocked.access, whole.access)


def test_a_layout_for_slower_ground_than_there_is_is_refused():
    scene = scene_of(8, 30, 30)
    layout = block_layout(scene.grid, 2 * least_friction(scene.friction), 1.0, 10)
    with ThreadPoolExecutor(1) as threads, pytest.raises(HaloError, match="less than"):
        list(travel_times_in_blocks(reader(scene.friction), layout, scene.sources, threads))


def test_a_layout_without_slopes_is_refused_where_there_are_some():
    scene = scene_of(8, 30, 30)
    relief = relief_of(scene.heights, scene.friction, scene.grid, Heading.TO_FACILITY)
    with ThreadPoolExecutor(1) as threads, pytest.raises(HaloError, match="slopes=True"):
        list(
            travel_times_in_blocks(
                reader(scene.friction), layout_of(scene, 1.0, 10), scene.sources, threads, relief.window
            )
        )


def test_a_layout_for_another_reach_is_refused():
    scene = scene_of(8, 30, 30)
    with ThreadPoolExecutor(1) as threads, pytest.raises(HaloError, match="reaches 5 minutes"):
        BlockedCatchments(
            reader(scene.friction), layout_of(scene, 1.0, 10), scene.sources, Zones(((5.0, 1.0),)), threads
        )


def test_blocks_without_a_limit_or_with_free_ground_are_refused():
    grid = metric_grid(3, 3, 1.0, 1.0)
    with pytest.raises(MinutesLimitError):
        block_layout(grid, 0.01, math.inf)
    with pytest.raises(HaloError):
        block_layout(grid, 0.0, 10.0)
    with pytest.raises(HaloError):
        block_layout(grid, 0.01, 10.0, 0)
