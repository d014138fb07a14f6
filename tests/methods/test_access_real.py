"""Counties of China, and cells and facilities of Africa, as they really are. Skipped where the files are absent."""

from __future__ import annotations

import csv
import gzip
import io
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from lianyi.methods.access import (
    GlobePoints,
    PairTable,
    PointCatchments,
    TiledCatchments,
    Zones,
    catchment,
    measure_access,
    point_tiles,
    time_coverage,
)
from lianyi.methods.coordinates import Position, haversine_km

REAL = Path(os.environ.get("LIANYI_REAL_DATA", Path(__file__).parents[3] / "shared" / "real"))
pytestmark = pytest.mark.realdata


def rows_of(path):
    file = REAL / path
    if not file.exists():
        pytest.skip(f"{path} is not here")
    raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
    return [row for row in csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))) if row["lat"] and row["lon"]]


def points_of(rows):
    return GlobePoints.of([float(row["lon"]) for row in rows], [float(row["lat"]) for row in rows])


@pytest.fixture(scope="module")
def africa():
    cells = rows_of("af_population_20km/afripop2020_cells.csv.gz")
    return points_of(cells), np.array([float(cell["population"]) for cell in cells])


@pytest.fixture(scope="module")
def facilities():
    return points_of(rows_of("af_who_facilities/facilities.csv.gz"))


def test_counties_of_china_by_points_by_table_and_in_tiles():
    counties = rows_of("cn_county_points/county_points.csv")
    points, people = points_of(counties), np.array([float(county["pop_total"]) for county in counties])
    zones = Zones(((20, 1), (50, 0.6), (100, 0.2)))
    supply = np.arange(1.0, len(counties) + 1)
    whole = measure_access(PointCatchments(points, points, zones), people, supply)
    assert whole.conservation_gap == pytest.approx(0, abs=1e-12)
    with ThreadPoolExecutor(2) as pool:
        tiled = TiledCatchments(point_tiles(points, points, zones, 5), len(points), len(points), pool)
        assert measure_access(tiled, people, supply).access == pytest.approx(whole.access, rel=1e-12)
    some = np.arange(0, len(counties), 40)
    part = points.part(some)
    ways = [
        (row, column, distance)
        for row, here in enumerate(zip(part.longitude, part.latitude, strict=True))
        for column, there in enumerate(zip(points.longitude, points.latitude, strict=True))
        if (distance := haversine_km(Position(*here), Position(*there))) <= zones.reach
    ]
    table = PairTable(*zip(*ways, strict=True), some.size, len(points))
    assert table.catchments(zones).to_demand(whole.ratio) == pytest.approx(whole.access[some])


def test_all_of_africa_within_100_km(africa, facilities):
    places, people = africa
    ways = PointCatchments(places, facilities, catchment(100))
    found = measure_access(ways, people, np.ones(len(facilities)), "2sfca")
    assert (len(places), len(facilities)) == (90_038, 96_395)
    assert found.conservation_gap == pytest.approx(0, abs=1e-12)
    covered = time_coverage(ways.nearest().costs, people, [100])[0]
    assert covered.population - covered.covered == found.people_without_access
