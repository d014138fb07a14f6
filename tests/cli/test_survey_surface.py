"""`lianyi survey surface`: travel times from a raster on disk, and what it refuses."""

from __future__ import annotations

import json
import math
import re

import numpy as np
import pytest
import rasterio
from lxml import etree
from rasterio.transform import Affine

from tests.methods.surface.oracles import heap_minutes

# Three villages of the hills; 1000 m cells in UTM 48 N, upper left corner at 500 km east, 2,750 km north.
CORNER = (500_000.0, 2_750_000.0)
CELL = 1000.0
TOWN = "id,x,y\nA,500500,2749500\n"
SOURCES = "id,x,y\ntown,500500,2749500\nhill,504500,2747500\n"


@pytest.fixture
def raster(tmp_path):
    def write(name, values, **profile):
        array = np.asarray(values)
        usual = {"crs": "EPSG:32648", "transform": Affine(CELL, 0, CORNER[0], 0, -CELL, CORNER[1]), "nodata": -9999.0}
        path = tmp_path / name
        with rasterio.open(
            path, "w", driver="GTiff", height=array.shape[0], width=array.shape[1], count=1, dtype=array.dtype,
            **{**usual, **profile},
        ) as out:  # fmt: skip
            out.write(array, 1)
        return path

    return write


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "S.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def ground():
    friction = np.random.default_rng(1).uniform(0.01, 0.03, (5, 6)).astype(np.float32)
    friction[1, 1:4] = -9999.0
    return friction


def values_of(path):
    with rasterio.open(path) as raster:
        return raster.read(1)


def with_barriers(friction):
    return np.where(friction == -9999.0, np.nan, friction)


class MetricGrid:
    east_metres = np.full(99, CELL)
    south_metres = np.full(99, CELL)
    diagonal_metres = np.full(99, CELL * math.sqrt(2))


def test_the_raster_written_holds_the_minutes_of_a_plain_search(lianyi, raster, table, ground, tmp_path):
    out = tmp_path / "T.tif"
    answer = lianyi(
        *("survey", "surface", "--friction", raster("F.tif", ground), "--sources", table(SOURCES)),
        *("--max-minutes", 40, "--out", out),
    )
    assert answer.exit_code == 0, answer.stderr
    plain = heap_minutes(with_barriers(ground), MetricGrid, [(0, 0), (2, 4)], 40)
    found = values_of(out)
    np.testing.assert_allclose(np.where(np.isnan(found), np.inf, found), plain, rtol=1e-6)
    with rasterio.open(out) as written:
        assert (written.crs.to_epsg(), written.bounds.left, written.bounds.top) == (32648, *CORNER)
        assert (written.units, math.isnan(written.nodata)) == (("minutes",), True)
    assert f"reached: {np.isfinite(plain).sum()}" in answer.stdout


def test_speeds_give_what_their_friction_gives(lianyi, raster, table, ground, tmp_path):
    with np.errstate(divide="ignore"):
        speed = np.where(ground == -9999.0, 0.0, 0.06 / ground).astype(np.float64)
    by_speed, by_friction = tmp_path / "A.tif", tmp_path / "B.tif"
    sources = table(SOURCES)
    for path, options in ((by_speed, (raster("V.tif", speed), "--speed")), (by_friction, (raster("F.tif", ground),))):
        answer = lianyi("survey", "surface", "--sources", sources, "--out", path, "--friction", *options)
        assert answer.exit_code == 0, answer.stderr
    np.testing.assert_allclose(values_of(by_speed), values_of(by_friction), rtol=1e-6)


def test_longitude_and_latitude_of_sources_are_brought_to_the_raster(lianyi, raster, table, ground):
    # 105.00496 E 24.86134 N lies in the first cell of the raster, whose centre is 500,500 E 2,749,500 N.
    sources = table("id,lon,lat\ntown,105.004949,24.861345\n")
    answer = lianyi("survey", "surface", "--friction", raster("F.tif", ground), "--sources", sources, "--json")
    assert answer.exit_code == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["sources"] == {"used": 1, "skipped_outside": [], "skipped_on_barrier": []}
    assert found["cells"] == {"all": 30, "barriers": 3, "reached": 27}
    plain = heap_minutes(with_barriers(ground), MetricGrid, [(0, 0)])
    assert found["minutes"]["max"] == pytest.approx(plain[np.isfinite(plain)].max())


def test_the_allocation_names_the_record_of_the_nearest_source(lianyi, raster, table, ground, tmp_path):
    path = tmp_path / "A.tif"
    answer = lianyi(
        *("survey", "surface", "--friction", raster("F.tif", ground), "--max-minutes", 60),
        *("--sources", table("id,x,y\nfar,0,0\n" + SOURCES.split("\n", 1)[1]), "--skip-misplaced"),
        *("--allocation", path),
    )
    assert answer.exit_code == 0, answer.stderr
    assert "Left out: far, outside the raster." in answer.stderr
    first, second = (heap_minutes(with_barriers(ground), MetricGrid, [cell], 60) for cell in ((0, 0), (2, 4)))
    expected = np.where(np.isinf(np.minimum(first, second)), 0, np.where(first < second, 2, 3))
    assert values_of(path).tolist() == expected.tolist()


def test_people_are_counted_by_time(lianyi, raster, table):
    friction, people = np.full((1, 4), 0.01), np.array([[10.0, 20.0, -9999.0, 10.0]])
    answer = lianyi(
        *(
            "survey",
            "surface",
            "--friction",
            raster("F.tif", friction),
            "--sources",
            table(TOWN),
        ),
        *("--population", raster("P.tif", people), "--max-minutes", 25, "--times", "5,10", "--json"),
    )
    assert answer.exit_code == 0, answer.stderr
    assert json.loads(answer.stdout)["population"] == {
        "total": 40.0,
        "coverage": [
            {"minutes": 5.0, "population": 10.0, "share": 0.25},
            {"minutes": 10.0, "population": 30.0, "share": 0.75},
        ],
        "unreached": 10.0,
    }


def test_uphill_takes_longer_than_downhill(lianyi, raster, table):
    friction, heights = raster("F.tif", np.full((1, 3), 0.012)), raster("D.tif", np.array([[0.0, 100.0, 200.0]]))
    sources = table("id,x,y\nvalley,500500,2749500\n")
    most = {}
    for heading in ("to-facility", "from-facility"):
        answer = lianyi(
            *("survey", "surface", "--friction", friction, "--sources", sources, "--elevation", heights),
            *("--heading", heading, "--json"),
        )
        assert answer.exit_code == 0, answer.stderr
        most[heading] = json.loads(answer.stdout)["minutes"]["max"]
    # Tobler: exp(3.5 |s + 0.05|) with s = -0.1 and 0.1, over what the flat takes.
    flat = 2 * 1000 * 0.012
    assert most["to-facility"] == pytest.approx(flat * math.exp(3.5 * 0.05 - 0.175))
    assert most["from-facility"] == pytest.approx(flat * math.exp(3.5 * 0.15 - 0.175))


def test_sources_outside_or_in_water_are_listed(lianyi, raster, table, ground):
    sources = table("id,x,y\ntown,500500,2749500\nraft,501500,2748500\nabroad,1,1\n")
    answer = lianyi("survey", "surface", "--friction", raster("F.tif", ground), "--sources", sources)
    assert answer.exit_code == 1
    assert (
        "of 3 sources 1 lie outside the raster (abroad) and 1 lie on barriers or cells without data (raft)"
        in answer.stderr
    )
    assert "--skip-misplaced" in answer.stderr


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        (np.full((2, 2), 5.0), (), "0.012 km/h: its unit must be another. If these are km/h, add --speed"),
        (np.full((2, 2), 0.012), ("--speed",), "If the file holds minutes per metre, leave --speed out"),
        (np.array([[0.01, 0.0]]), (), "The friction at row 0, column 1 is 0.0"),
        (np.array([[5.0, -1.0]]), ("--speed",), "-1.0 km/h"),
    ],
)
def test_values_that_cannot_be_are_refused(lianyi, raster, table, values, options, expected):
    sources = table(TOWN)
    answer = lianyi("survey", "surface", "--friction", raster("F.tif", values), "--sources", sources, *options)
    assert answer.exit_code == 1
    assert expected in answer.stderr


def test_a_unit_that_the_file_names_is_believed(lianyi, raster, table):
    path = raster("F.tif", np.full((2, 2), 2.0))
    with rasterio.open(path, "r+") as file:
        file.units = ("km/h",)
    answer = lianyi("survey", "surface", "--friction", path, "--sources", table(TOWN))
    assert answer.exit_code == 1
    assert "says that its unit is “km/h”. Read km/h with --speed." in answer.stderr


@pytest.mark.parametrize(
    ("profile", "options", "expected"),
    [
        ({"crs": None}, (), "names no coordinate system"),
        ({"crs": None}, ("--crs", "EPSG:none"), "“EPSG:none” is not known"),
        ({"crs": "EPSG:3857"}, (), "Web Mercator"),
        ({"transform": Affine(1, 0.5, 0, 0, -1, 0)}, (), "is turned"),
    ],
)
def test_a_raster_whose_place_nobody_knows_is_refused(lianyi, raster, table, profile, options, expected):
    path = raster("F.tif", np.full((2, 2), 0.012), **profile)
    answer = lianyi("survey", "surface", "--friction", path, "--sources", table("id,x,y\nA,0,0\n"), *options)
    assert answer.exit_code == 1
    assert expected in answer.stderr


def test_a_coordinate_system_can_be_named(lianyi, raster, table):
    path = raster("F.tif", np.full((2, 2), 0.012), crs=None)
    sources = table(TOWN)
    answer = lianyi("survey", "surface", "--friction", path, "--sources", sources, "--crs", "EPSG:32648", "--json")
    assert answer.exit_code == 0, answer.stderr
    assert json.loads(answer.stdout)["minutes"]["max"] == pytest.approx(12 * math.sqrt(2))


def test_metres_in_the_place_of_degrees_are_refused(lianyi, raster, table, ground):
    sources = table("id,lon,lat\nDakar,-1705597.47,1815110.1\n")
    answer = lianyi("survey", "surface", "--friction", raster("F.tif", ground), "--sources", sources)
    assert answer.exit_code == 1
    assert "lon of “Dakar” is -1.7056e+06, beyond 180 degrees" in answer.stderr


def test_people_of_another_frame_are_refused(lianyi, raster, table, ground):
    people = raster("P.tif", np.ones((5, 6)), transform=Affine(CELL, 0, CORNER[0] + 300, 0, -CELL, CORNER[1]))
    answer = lianyi(
        *("survey", "surface", "--friction", raster("F.tif", ground), "--sources", table(SOURCES)),
        *("--population", people),
    )
    assert answer.exit_code == 1
    assert "P.tif does not lie cell on cell with F.tif: it lies up to 0.3 cells aside" in answer.stderr


def test_what_is_no_raster_is_refused(lianyi, table, tmp_path):
    sources = table(SOURCES)
    for path in (sources, tmp_path / "absent.tif"):
        answer = lianyi("survey", "surface", "--friction", path, "--sources", sources)
        assert answer.exit_code == 1
        assert "is no raster that can be read" in answer.stderr


def test_a_folder_that_is_not_there_is_told_before_the_work(lianyi, table, tmp_path):
    answer = lianyi(
        *("survey", "surface", "--friction", "absent.tif", "--sources", table(SOURCES)),
        *("--out", tmp_path / "none" / "T.tif"),
    )
    assert answer.exit_code == 2
    assert f"there is no folder {tmp_path / 'none'}" in answer.stderr


def test_the_curve_of_cells_and_people_is_a_picture(lianyi, raster, table, ground, tmp_path):
    people = np.where(ground == -9999.0, 0.0, 10.0)
    plot = tmp_path / "P.svg"
    answer = lianyi(
        *("survey", "surface", "--friction", raster("F.tif", ground), "--sources", table(SOURCES), "--plot", plot),
        *("--population", raster("P.tif", people), "--max-minutes", 40),
    )
    assert answer.exit_code == 0, answer.stderr
    assert "P.svg" in answer.stderr
    picture = etree.parse(plot).getroot()
    told = " ".join(picture.itertext())
    assert "share of the people; share of the cells that are no barriers" in told
    first, second = picture.findall("{http://www.w3.org/2000/svg}polyline")
    # Ten people in each cell that is no barrier: both curves are the same, and begin where nobody is reached.
    assert first.get("points") == second.get("points")
    assert first.get("points").startswith("72,440 ")


def test_minutes_per_metre_taken_as_a_speed_are_questioned(lianyi, raster, table, ground):
    answer = lianyi(
        *("survey", "surface", "--friction", raster("F.tif", ground), "--sources", table(SOURCES), "--speed"),
    )
    assert answer.exit_code == 1
    assert "If the file holds minutes per metre, leave --speed out." in answer.stderr


def test_the_map_shows_minutes_and_sources_and_asks_nobody(lianyi, raster, table, ground, tmp_path):
    page = tmp_path / "M.html"
    answer = lianyi(
        *("survey", "surface", "--friction", raster("F.tif", ground), "--sources", table(SOURCES), "--map", page),
        *("--max-minutes", 40, "--times", "10,20"),
    )
    assert answer.exit_code == 0, answer.stderr
    assert "M.html" in answer.stderr
    text = page.read_text(encoding="utf-8")
    assert [name for name in ("up to 10", "10 to 20", "not reached", "barrier") if name in text] == [
        "up to 10",
        "10 to 20",
        "not reached",
        "barrier",
    ]
    assert text.count("<image ") == 1
    assert set(re.findall(r"https?://[^\"]+", text)) == {"http://www.w3.org/2000/svg"}


def test_degrees_count_where_a_table_has_both(lianyi, raster, table, ground):
    sources = table("id,x,y,lon,lat\ntown,0,0,105.004949,24.861345\n")
    answer = lianyi("survey", "surface", "--friction", raster("F.tif", ground), "--sources", sources)
    assert answer.exit_code == 0, answer.stderr


def test_a_walked_mask_needs_heights(lianyi, table):
    answer = lianyi("survey", "surface", "--friction", "F.tif", "--sources", table(SOURCES), "--on-foot", "W.tif")
    assert answer.exit_code == 2
    assert "--elevation" in answer.stderr


@pytest.mark.realdata
def test_senegal_is_crossed_from_its_health_posts(lianyi, real_data, tmp_path, table):
    import csv  # noqa: PLC0415 - only here

    with (real_data / "af_who_facilities" / "extract_MWI_KEN_RWA_SEN.csv").open(encoding="utf-8-sig") as file:
        posts = [row for row in csv.DictReader(file) if row["iso3"] == "SEN" and row["lat"]]
    sources = table("id,lon,lat\n" + "".join(f"{at},{row['lon']},{row['lat']}\n" for at, row in enumerate(posts)))
    out = tmp_path / "T.tif"
    friction = real_data / "sn_friction" / "SEN_friction_surface.tif"
    answer = lianyi(
        *("survey", "surface", "--friction", friction, "--sources", sources, "--max-minutes", 120, "--out", out),
        "--json",
    )
    assert answer.exit_code == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert (found["sources"]["used"], found["cells"]["all"], found["cells"]["barriers"]) == (1256, 536_981, 0)
    assert found["cells"]["reached"] == np.isfinite(values_of(out)).sum() == 292_562
    assert found["minutes"]["mean"] == pytest.approx(46.9328, abs=1e-4)
    # The cells with a post, and only these, are at no distance.
    assert (values_of(out) == 0).sum() == 1192
