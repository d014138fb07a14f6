"""`lianyi survey access`: from a table of costs and from coordinates, in words, as JSON, as tables and as pictures."""

from __future__ import annotations

import csv
import json

import pytest
from lxml import etree

from lianyi.operations.surveying import access_inputs
from lianyi.tabular.arrays import ArrayColumn, read_arrays

DEMAND = "id,population,lon,lat\na,5,104,30\nb,10,104.1,30\nc,50,104.2,30.1\n"
SUPPLY = "id,capacity,lon,lat\nx,5,104,30\ny,10,104.1,30.1\n"
FAR_AWAY = SUPPLY + "z,7,80,10\n"
COSTS = "demand_id,supply_id,minutes\na,x,5\na,y,55\nb,x,35\nb,y,15\nc,x,40\nc,y,25\n"
STEPS = ("--steps", "20:1,40:0.68,60:0.22")


@pytest.fixture
def survey(lianyi, tmp_path):
    """Write tables, and run the command on them."""

    def run(*more, demand=DEMAND, supply=SUPPLY, costs=COSTS):
        paths = {"D.csv": demand, "S.csv": supply, "C.csv": costs}
        for name, text in paths.items():
            if text is not None:
                (tmp_path / name).write_text(text, encoding="utf-8")
        tables = ["--demand", tmp_path / "D.csv", "--supply", tmp_path / "S.csv"]
        if costs is not None:
            tables += ["--cost", tmp_path / "C.csv"]
        return lianyi("survey", "access", *tables, *more)

    return run


@pytest.fixture
def document(survey):
    def run(*more, **tables):
        answer = survey("--json", *more, **tables)
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def written(path):
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


# The manual of the R package catchment; see tests/methods/test_access_examples.py.
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("2sfca", [0.2307692, 0.2307692, 0.2307692]),
        ("e2sfca", [0.157951, 0.295965, 0.225012]),
        ("m2sfca", [0.119902, 0.272210, 0.153008]),
        ("3sfca", [0.188970, 0.314814, 0.218140]),
    ],
)
def test_the_form_of_the_issue_writes_id_and_access(survey, tmp_path, method, expected):
    answer = survey("--method", method, *STEPS, "--out", tmp_path / "R.csv")
    assert answer.exit_code == 0, answer.stderr
    heading, *rows = written(tmp_path / "R.csv")
    assert heading == ["id", "access"]
    assert [row[0] for row in rows] == ["a", "b", "c"]
    assert [float(row[1]) for row in rows] == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_every_format_gives_the_same_rows(survey, tmp_path, ending):
    path = tmp_path / f"R.{ending}"
    assert survey(*STEPS, "--out", path).exit_code == 0
    found = read_arrays(path, [ArrayColumn("id"), ArrayColumn("access", "number")])
    assert found["id"].tolist() == ["a", "b", "c"]
    assert found["access"] == pytest.approx([0.157951, 0.295965, 0.225012], abs=5e-7)


def test_the_summary_says_what_was_reached_and_that_it_adds_up(document):
    found = document(*STEPS, supply=FAR_AWAY)
    assert (found["method"], found["unit"], found["ways"], found["streamed"]) == ("e2sfca", "minutes", 6, False)
    assert (found["population"], found["supply"], found["supply_in_range"]) == (65, 22, 15)
    assert (found["unreached_facilities"], found["supply_unreached"]) == (["z"], 7)
    assert found["distributed"] == pytest.approx(15)
    assert found["conserved"] is True
    assert found["access_quantiles"]["0.5"] == pytest.approx(0.225012, abs=5e-7)
    assert found["access_per_person"] == pytest.approx(15 / 65)


def test_facilities_that_nobody_reaches_are_named_on_standard_error(survey):
    answer = survey(*STEPS, supply=FAR_AWAY)
    assert "nobody can reach 1 facilities, with a supply of 7: z." in answer.stderr
    assert "people without access: 0" in answer.stdout


def test_a_measure_that_does_not_conserve_is_not_judged(document):
    found = document("--method", "m2sfca", *STEPS)
    assert (found["conservation_gap"], found["conserved"]) == (None, None)
    assert found["distributed"] == pytest.approx(10.97201, abs=5e-6)


@pytest.mark.parametrize(("edge", "people"), [("inclusive", 15.0), ("exclusive", 5.0)])
def test_the_edge_can_be_told(document, edge, people):
    found = document("--method", "nearest", "--within", "15", "--edge", edge)
    assert found["coverage"] == [{"within": 15.0, "unit": "minutes", "people": people, "share": people / 65}]


def test_coordinates_give_what_a_table_of_their_distances_gives(document):
    found = document("--radius-km", "12", "--method", "e2sfca", "--steps", "5:1,100:0.5", costs=None, supply=FAR_AWAY)
    assert (found["method"], found["unit"], found["weights"]) == ("e2sfca", "km", "5:1,12:0.5")
    # a and b reach x (0 and 9.6 km), b and c reach y (11.1 and 9.6 km); a is 14.7 km from y.
    assert found["access_quantiles"]["0"] == pytest.approx(10 / 60)
    assert found["access_quantiles"]["0.9"] == pytest.approx(5 / 10 * 0.5 + 10 / 30 * 0.5)
    assert found["access_quantiles"]["1"] == pytest.approx(5 / 10)
    assert found["unreached_facilities"] == ["z"]
    assert found["distributed"] == pytest.approx(15)


def test_without_weights_the_method_is_2sfca(document):
    assert document("--reach", "30")["method"] == "2sfca"
    assert document("--radius-km", "12", costs=None)["method"] == "2sfca"


@pytest.mark.parametrize(
    ("decay", "weights"),
    [
        ("gaussian:20", "gaussian:20 up to 60"),
        ("falling-gaussian", "falling-gaussian up to 60"),
        ("exponential:0.05", "exponential:0.05 up to 60"),
        ("power:1", "power:1:0 up to 60"),
        ("power:1:5", "power:1:5 up to 60"),
        ("kernel", "kernel up to 60"),
        ("quartic", "quartic up to 60"),
    ],
)
def test_weights_by_formula(document, decay, weights):
    found = document("--decay", decay, "--reach", "60")
    assert (found["weights"], found["conserved"]) == (weights, True)


def test_the_nearest_facility_of_each_place(survey, tmp_path):
    answer = survey("--method", "nearest", "--out", tmp_path / "R.csv", costs="demand_id,supply_id,minutes\na,x,5\n")
    assert answer.exit_code == 0, answer.stderr
    assert written(tmp_path / "R.csv")[1:] == [["a", "5", "x"], ["b", "", ""], ["c", "", ""]]


def test_costs_of_zero_are_questioned_and_kept(document, survey):
    costs = COSTS.replace("a,x,5", "a,x,0")
    note = "1 ways cost 0 minutes. They count as ways within the place. If 0 stands for missing in C.csv"
    assert note in document(*STEPS, costs=costs)["notes"][0]
    assert note in survey(*STEPS, costs=costs).stderr
    refused = survey("--decay", "power:1", "--reach", "60", costs=costs)
    assert refused.exit_code == 1
    assert "1 ways cost 0, for which the power law has no value" in refused.stderr


def test_a_long_table_is_streamed_with_the_same_result(document, survey, tmp_path, monkeypatch):
    kept = document(*STEPS)
    monkeypatch.setattr(access_inputs, "MOST_PAIRS_KEPT", 3)
    streamed = document(*STEPS)
    assert (streamed.pop("streamed"), kept.pop("streamed")) == (True, False)
    assert streamed == kept
    survey("--method", "nearest", "--out", tmp_path / "R.csv")
    assert [row[2] for row in written(tmp_path / "R.csv")[1:]] == ["x", "y", "y"]


def test_a_cost_in_another_column_needs_its_unit(survey, document):
    costs = COSTS.replace("minutes", "km")
    refused = survey("--cost-column", "km", *STEPS, costs=costs)
    assert refused.exit_code == 2
    assert "Say the unit of km" in refused.stderr
    assert document("--cost-column", "km", "--unit", "km", *STEPS, costs=costs)["unit"] == "km"


def test_a_table_without_minutes_says_which_column_is_missing(survey):
    refused = survey(*STEPS, costs=COSTS.replace("minutes", "time"))
    assert refused.exit_code == 1
    assert "minutes" in refused.stderr
    assert "cost of the way in minutes" in refused.stderr


@pytest.mark.parametrize(
    ("options", "tables", "code", "said"),
    [
        ((), {}, 2, "Say how far people go"),
        (STEPS, {"costs": None}, 2, "either --cost C, or --radius-km"),
        (("--radius-km", "5"), {}, 2, "either --cost C, or --radius-km"),
        (("--steps", "20"), {}, 2, "--steps 20 cannot be read"),
        (("--steps", "20:1,10:0.5"), {}, 1, "write the bounds rising"),
        ((*STEPS, "--decay", "kernel"), {}, 2, "Give --steps or --decay, not both"),
        (("--decay", "bell:3", "--reach", "9"), {}, 2, "is not one of the forms"),
        (("--decay", "gaussian:x", "--reach", "9"), {}, 2, "something that is no number"),
        ((*STEPS, "--within", "ten"), {}, 2, "--within ten is not a list of numbers"),
        ((*STEPS, "--unit", "hours"), {}, 2, "Name the column that holds hours"),
        (("--radius-km", "5", "--unit", "km"), {"costs": None}, 2, "go with --cost"),
        (("--radius-km", "5", "--coordinates", "utm"), {"costs": None}, 2, "'utm' is not one of 'wgs84'"),
        (STEPS, {"demand": "id,population\na,5\na,6\n"}, 1, "Each id must stand once"),
        (STEPS, {"demand": "id,population\na,-5\n"}, 1, "population is -5; it must be at least 0"),
        (STEPS, {"demand": "id,population\na,\n"}, 1, "population"),
        (STEPS, {"demand": "id,population\n"}, 1, "no rows below its headings"),
        (STEPS, {"demand": "id,population\na,5\n"}, 1, "“b”"),
        (STEPS, {"costs": COSTS + "a,x,6\n"}, 1, "Each way may stand once"),
        (STEPS, {"costs": COSTS.replace("25", "-25")}, 1, "minutes is -25; it must be at least 0"),
        (("--radius-km", "5"), {"costs": None, "demand": "id,population\na,5\n"}, 1, "longitude in degrees"),
        (
            ("--radius-km", "5"),
            {"costs": None, "demand": "id,population,lon,lat\na,5,412345,3334567\n"},
            1,
            "metres of a projection",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_cure(survey, options, tables, code, said):
    answer = survey(*options, **tables)
    assert answer.exit_code == code
    assert said in answer.stderr
    assert answer.stdout == ""


def test_shifted_chinese_coordinates_are_brought_to_wgs84(document):
    # The clinic stands where the place is, once the shift of GCJ-02 is undone on both.
    shifted = "id,population,lon,lat\na,5,104.0668,30.5728\n"
    supply = "id,capacity,lon,lat\nx,5,104.0668,30.5728\n"
    options = ("--radius-km", "0.1", "--method", "nearest", "--within", "0.1")
    found = document(*options, "--coordinates", "gcj02", demand=shifted, supply=supply, costs=None)
    assert found["coverage"][0]["people"] == 5


def test_the_curve_and_the_map_are_files_of_their_own(survey, tmp_path):
    plot, page = tmp_path / "P.svg", tmp_path / "M.html"
    answer = survey(*STEPS, "--plot", plot, "--map", page, supply=FAR_AWAY)
    assert answer.exit_code == 0, answer.stderr
    assert etree.parse(plot).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    text = page.read_text(encoding="utf-8")
    assert text.count("<circle") == 3
    assert "a: 0.157951" in text
    elsewhere = text.replace("http://www.w3.org/2000/svg", "")
    assert not any(mark in elsewhere for mark in ("http:", "https:", "src=", "@import", "<script", "url("))


def test_a_map_needs_points(survey, tmp_path):
    refused = survey(*STEPS, "--map", tmp_path / "M.html", demand="id,population\na,5\nb,10\nc,50\n")
    assert refused.exit_code == 1
    assert "lon" in refused.stderr


def test_help_loads_no_numerical_library(lianyi):
    answer = lianyi("survey", "access", "--help")
    assert answer.exit_code == 0
    assert "--steps BOUND:WEIGHT,..." in answer.stdout
