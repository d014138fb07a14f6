"""`lianyi survey distribution`: the indices of a table, in words, as JSON, as a table and as a picture."""

from __future__ import annotations

import json
import math
import re

import pytest

from lianyi.tabular.arrays import ArrayColumn, read_arrays

TABLE = (
    "county,population,doctors,area,region,gdp\n"
    "A,100,150,2000,ABC,2\n"
    "B,200,360,1500,ABC,2.5\n"
    "C,300,480,2500,ABC,3\n"
    "D,150,450,500,DEF,6\n"
    "E,150,375,500,DEF,5\n"
    "F,100,185,3000,DEF,4\n"
)
USUAL = ("--population", "population", "--resource", "doctors", "--area", "area", "--group", "region")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "T.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def document(lianyi, table):
    def run(*more):
        answer = lianyi("survey", "distribution", table, *USUAL, "--json", *more)
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def about(value):
    return pytest.approx(value, abs=6e-7)


def test_the_indices_are_those_of_the_published_formulas(document):
    found = document("--rank", "gdp")
    assert (found["gini_population"], found["gini_area"]) == (about(0.134625), about(0.470375))
    theil = found["theil"]
    assert (theil["total"], theil["between"], theil["within"]) == (about(0.030288), about(0.022186), about(0.008103))
    assert (theil["between_share"], theil["within_share"]) == (about(0.732482), about(0.267518))
    assert (theil["form"], theil["logarithm_base"]) == ("sum P ln(P/Y)", math.e)
    assert found["theil_t"]["total"] == about(0.031762)
    assert found["concentration_index"] == about(0.122625)
    assert [group["name"] for group in theil["groups"]] == ["ABC", "DEF"]
    assert math.fsum(group["share"] for group in theil["groups"]) == about(1)


def test_each_place_has_its_agglomeration(document):
    rows = document("--name", "county")["rows"]
    assert [row["name"] for row in rows] == list("ABCDEF")
    assert [row["hrad"] for row in rows] == about([0.375, 1.2, 0.96, 4.5, 3.75, 0.308333])
    assert [row["pad"] for row in rows] == about([0.5, 1.333333, 1.2, 3, 3, 0.333333])
    assert [row["hrad_pad_ratio"] for row in rows] == about([0.75, 0.9, 0.8, 1.5, 1.25, 0.925])
    assert rows[0]["region"] == "ABC"


def test_intervals_come_from_a_seed_and_can_be_left_out(document):
    first = document("--resamples", "200", "--seed", "7")
    interval = first["gini_population_interval"]
    assert interval["low"] < first["gini_population"] < interval["high"]
    assert first == document("--resamples", "200", "--seed", "7")
    assert (
        first["gini_population_interval"] != document("--resamples", "200", "--seed", "8")["gini_population_interval"]
    )
    assert "seed 7" in first["conventions"]["intervals"]
    without = document("--resamples", "0")
    assert "gini_population_interval" not in without
    assert without["gini_population"] == first["gini_population"]


def test_the_base_of_the_logarithm_changes_the_index_and_its_interval_but_no_share(document):
    natural, ten = document("--resamples", "100"), document("--resamples", "100", "--log-base", "10")
    assert ten["theil"]["total"] == about(0.013154)
    assert ten["theil"]["between_share"] == about(natural["theil"]["between_share"])
    high = [found["theil"]["total_interval"]["high"] for found in (natural, ten)]
    assert high[1] == about(high[0] / math.log(10))


def test_a_person_reads_the_indices_and_a_table(lianyi, table):
    answer = lianyi("survey", "distribution", table, *USUAL, "--name", "county", "--resamples", "0")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[:6] == [
        "6 places, 2,000 doctors",
        "per 1,000 population: 2000",
        "Gini by population: 0.1346",
        "Gini by area: 0.4704",
        "Theil P ln(P/Y): 0.030288",
        "  between region: 0.022186 (73.2%)",
    ]
    assert lines[-1].split()[:4] == ["F", "DEF", "100", "185"]
    assert "Note: 6 places only" in answer.stderr


def test_without_area_and_regions_there_is_what_remains(lianyi, table):
    answer = lianyi("survey", "distribution", table, "--population", "population", "--resource", "doctors", "--json")
    found = json.loads(answer.stdout)
    assert "gini_area" not in found
    assert (found["theil"]["between"], found["theil"]["components"]) == (None, [])
    assert "hrad" not in found["rows"][0]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_rows_are_written_as_a_table(lianyi, table, tmp_path, ending):
    out = tmp_path / f"rows.{ending}"
    answer = lianyi("survey", "distribution", table, *USUAL, "--name", "county", "--out", out, "--resamples", "0")
    assert answer.exit_code == 0
    assert f"Wrote {out}: 6 rows." in answer.stderr
    found = read_arrays(out, [ArrayColumn("name"), ArrayColumn("region"), ArrayColumn("hrad", "number")])
    assert found["name"].tolist() == list("ABCDEF")
    assert found["hrad"].tolist() == about([0.375, 1.2, 0.96, 4.5, 3.75, 0.308333])


def test_the_lorenz_curves_are_drawn(lianyi, table, tmp_path):
    picture = tmp_path / "lorenz.svg"
    answer = lianyi("survey", "distribution", table, *USUAL, "--plot", picture, "--resamples", "0")
    assert answer.exit_code == 0
    text = picture.read_text(encoding="utf-8")
    assert text.count("<polyline") == 3
    assert "by population: Gini 0.1346" in text
    assert "by area: Gini 0.4704" in text


PLACED = [("104.1", "30.1"), ("104.5", "30.4"), ("105", "30"), ("105.3", "31"), ("103.9", "31.2"), ("", "")]


@pytest.fixture
def placed(tmp_path):
    path = tmp_path / "placed.csv"
    first, *rows = TABLE.splitlines()
    lines = [f"{row},{lon},{lat}" for row, (lon, lat) in zip(rows, PLACED, strict=True)]
    path.write_text("\n".join([f"{first},lon,lat", *lines]) + "\n", encoding="utf-8")
    return path


def test_the_map_colours_places_by_density_and_names_those_without_a_position(lianyi, placed, tmp_path):
    page = tmp_path / "M.html"
    more = ("--name", "county", "--map", page, "--resamples", "0", "--json")
    answer = lianyi("survey", "distribution", placed, *USUAL, *more)
    assert answer.exit_code == 0, answer.stderr
    text = page.read_text(encoding="utf-8")
    assert re.findall("<title>([A-F]): (.*?)</title>", text) == [
        ("A", "1500"),
        ("B", "1800"),
        ("C", "1600"),
        ("D", "3000"),
        ("E", "2500"),
    ]
    assert "1 places without lon or lat are not drawn" in text
    assert "facility" not in text
    # A place without a position counts in the figures all the same.
    assert json.loads(answer.stdout)["places"] == 6


def test_a_map_without_positions_is_refused_with_the_columns_it_needs(lianyi, table, placed, tmp_path):
    refused = lianyi("survey", "distribution", table, *USUAL, "--map", tmp_path / "M.html")
    assert refused.exit_code == 1
    assert "lon" in refused.stderr
    assert "lat" in refused.stderr
    placed.write_text(re.sub(r",[\d.]+,[\d.]+\n", ",,\n", placed.read_text(encoding="utf-8")), encoding="utf-8")
    empty = lianyi("survey", "distribution", placed, *USUAL, "--map", tmp_path / "M.html")
    assert empty.exit_code == 1
    assert "no row has both lon and lat" in empty.stderr
    wrong = placed.read_text(encoding="utf-8").replace("2000,ABC,2,,", "2000,ABC,2,204.1,30.1")
    placed.write_text(wrong, encoding="utf-8")
    far = lianyi("survey", "distribution", placed, *USUAL, "--map", tmp_path / "M.html")
    assert far.exit_code == 1
    assert "204.1" in far.stderr


def test_a_missing_figure_is_refused_or_left_out_by_name(lianyi, tmp_path):
    path = tmp_path / "T.csv"
    path.write_text(TABLE + "G,,90,400,DEF,3\n", encoding="utf-8")
    refused = lianyi("survey", "distribution", path, *USUAL)
    assert refused.exit_code == 1
    assert "T.csv, row 8: population is empty. Missing is not zero" in refused.stderr
    answer = lianyi("survey", "distribution", path, *USUAL, "--name", "county", "--leave-out-missing", "--json")
    assert answer.exit_code == 0
    found = json.loads(answer.stdout)
    assert found["left_out"] == [{"name": "G", "missing": "population"}]
    assert found["gini_population"] == about(0.134625)
    assert "Left out: G, without population." in answer.stderr


def test_places_with_nothing_leave_theil_undefined_and_the_rest_as_it_is(lianyi, tmp_path):
    path = tmp_path / "T.csv"
    path.write_text(TABLE + "G,50,0,400,DEF,3\n", encoding="utf-8")
    found = json.loads(lianyi("survey", "distribution", path, *USUAL, "--json", "--resamples", "50").stdout)
    assert found["theil"]["total"] is None
    assert "some base and no resource" in found["theil"]["reason"]
    assert found["theil_t"]["total"] > 0
    assert found["gini_population"] > 0.134625
    words = lianyi("survey", "distribution", path, *USUAL, "--resamples", "0").stdout
    assert "Theil P ln(P/Y): not defined. Record 7 has some base and no resource" in words


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--resource", "nurses"), "columns are missing: nurses (the amount of the resource)"),
        (("--resource", "county"), "T.csv, row 2: county holds “A”; a number such as 12.5 is expected"),
        (("--resource", "region"), "region cannot be a figure and a name or group at once"),
        (("--resamples", "1"), "at least 2 are needed"),
        (("--log-base", "1"), "The base of the logarithm is 1.0"),
        (("--confidence", "95"), "The confidence is 95.0; it must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(lianyi, table, options, words):
    answer = lianyi("survey", "distribution", table, *USUAL, *options)
    assert answer.exit_code == 1
    assert words in answer.stderr
    assert answer.stdout == ""


def test_a_column_named_as_one_of_the_results_does_not_hide_it(lianyi, tmp_path):
    path = tmp_path / "T.csv"
    path.write_text("name,population,doctors\nx,1,2\nx,3,4\ny,1,1\n", encoding="utf-8")
    answer = lianyi("survey", "distribution", path, *USUAL[:4], "--group", "name", "--json")
    rows = json.loads(answer.stdout)["rows"]
    assert [(row["name"], row["group_name"]) for row in rows] == [("1", "x"), ("2", "x"), ("3", "y")]
