from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lianyi.methods.access import (
    GlobePoints,
    PairTable,
    PointCatchments,
    TiledCatchments,
    Zones,
    measure_access,
    pair_tiles,
    point_tiles,
)

ZONES = Zones(((30, 1), (60, 0.68), (90, 0.22)))
METHODS = ("2sfca", "e2sfca", "3sfca", "m2sfca", "bfca", "mh3sfca")


def some_points(count, seed):
    chance = np.random.default_rng(seed)
    return GlobePoints.of(chance.uniform(100, 106, count), chance.uniform(26, 33, count))


TOWNS, CLINICS = some_points(400, 1), some_points(150, 2)
PEOPLE, SUPPLY = np.arange(1.0, 401), np.arange(1.0, 151)


def whole(method):
    return measure_access(PointCatchments(TOWNS, CLINICS, ZONES), PEOPLE, SUPPLY, method)


@pytest.mark.parametrize("count", [1, 3, 7])
@pytest.mark.parametrize("method", METHODS)
def test_tiles_of_points_give_what_the_whole_gives(method, count):
    with ThreadPoolExecutor(2) as pool:
        tiled = TiledCatchments(point_tiles(TOWNS, CLINICS, ZONES, count), 400, 150, pool)
        found = measure_access(tiled, PEOPLE, SUPPLY, method)
    assert found.access == pytest.approx(whole(method).access, rel=1e-12, abs=1e-12)
    assert found.unreached.tolist() == whole(method).unreached.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_tiles_of_a_table_give_what_the_table_gives(method):
    chance = np.random.default_rng(6)
    rows, columns = np.nonzero(chance.random((50, 20)) < 0.5)
    table = PairTable(rows, columns, chance.uniform(0, 100, rows.size), 50, 20)
    people, supply = chance.uniform(1, 9, 50), chance.uniform(1, 9, 20)
    alone = measure_access(table.catchments(ZONES), people, supply, method)
    with ThreadPoolExecutor(2) as pool:
        tiled = TiledCatchments(pair_tiles(table, ZONES, 4), 50, 20, pool)
        found = measure_access(tiled, people, supply, method)
    assert found.access == pytest.approx(alone.access, rel=1e-12)


def test_a_cluster_of_two_workers_gives_what_one_process_gives():
    distributed = pytest.importorskip("distributed")
    told = []
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, protocol="tcp"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        tiles = point_tiles(TOWNS, CLINICS, ZONES, 4)
        on_cluster = TiledCatchments(tiles, 400, 150, client.get_executor())
        found = {method: measure_access(on_cluster, PEOPLE, SUPPLY, method, told.append) for method in METHODS}
    assert told[-1] == 1.0
    with ThreadPoolExecutor(1) as pool:
        here = TiledCatchments(tiles, 400, 150, pool)
        for method, result in found.items():
            assert result.access.tolist() == measure_access(here, PEOPLE, SUPPLY, method).access.tolist()
            assert result.access == pytest.approx(whole(method).access, rel=1e-12, abs=1e-12)
