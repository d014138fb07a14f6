"""`lianyi survey locate`: sites with objective, bound and gap, in words, as JSON and as a table."""

from __future__ import annotations

import csv
import json

import pytest
from lxml import etree

# Two towns and a far plateau; the way from the plateau to the middle is long, its own site is small.
DEMAND = "id,population,part\ntown,90,rich\nriver,60,rich\nplateau,10,poor\n"
SITES = "id,beds,price,stays,rank\nA,100,5,0,2\nB,100,3,0,1\nC,20,4,1,3\n"
COSTS = (
    "demand_id,site_id,minutes\ntown,A,0\ntown,B,10\ntown,C,80\nriver,A,12\nriver,B,0\nriver,C,70\n"
    "plateau,A,80\nplateau,B,75\nplateau,C,5\n"
)


@pytest.fixture
def locate(lianyi, tmp_path):
    """Write tables, and run the command on them."""

    def run(model, *more, demand=DEMAND, sites=SITES, costs=COSTS):
        for name, text in {"D.csv": demand, "S.csv": sites, "C.csv": costs}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        tables = ["--demand", tmp_path / "D.csv", "--sites", tmp_path / "S.csv", "--cost", tmp_path / "C.csv"]
        return lianyi("survey", "locate", model, *tables, *more)

    return run


@pytest.fixture
def document(locate):
    def run(model, *more, **tables):
        answer = locate(model, "--json", *more, **tables)
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


@pytest.mark.parametrize(
    ("model", "more", "sites", "objective"),
    [
        ("p-median", ["-p", "1"], ["A"], 60 * 12 + 10 * 80),
        ("p-median", ["-p", "2"], ["A", "B"], 10 * 75),
        ("p-center", ["-p", "1"], ["B"], 75),
        ("p-center", ["-p", "2"], ["B", "C"], 10),
        ("mclp", ["-p", "1", "--radius", "10"], ["B"], 150),
        ("lscp", ["--radius", "10"], ["B", "C"], 2),
        ("lscp", ["-p", "4", "--radius", "75"], ["B"], 1),
    ],
)
def test_each_model_tells_its_sites_and_that_they_are_proved(document, model, more, sites, objective):
    told = document(model, *more)
    assert (told["sites"], told["objective"], told["bound"]) == (sites, objective, objective)
    assert (told["gap"], told["stop_reason"], told["is_optimal"]) == (0.0, "optimal", True)


def test_sites_stay_by_name_or_by_a_column(document):
    by_name = document("p-median", "-p", "2", "--keep", "C")
    by_column = document("p-median", "-p", "2", "--existing", "stays")
    assert by_name["sites"] == by_column["sites"] == ["A", "C"]
    assert by_name["kept"] == by_column["kept"] == ["C"]
    assert by_name["objective"] == 60 * 12 + 10 * 5


def test_capacity_budget_and_floor_bind(document):
    held = document("p-median", "-p", "2", "--capacity", "beds")
    assert held["sites"] == ["A", "B"]
    assert all(load["people"] <= 100 for load in held["loads"])
    paid = document("p-median", "--opening-cost", "price", "--budget", "7")
    assert paid["sites"] == ["B", "C"]
    fair = document("p-median", "-p", "1", "--floor", "part=poor:60:1")
    assert fair["sites"] == ["C"]
    covered = document("mclp", "-p", "1", "--radius", "10", "--capacity", "beds")
    assert (covered["objective"], covered["people_served"]) == (100, 100)


def test_a_radius_bars_longer_ways_from_the_median(locate, document):
    assert document("p-median", "-p", "2", "--radius", "70")["sites"] == ["A", "C"]
    refused = locate("p-median", "-p", "1", "--radius", "20")
    assert refused.exit_code == 1
    assert "1 sites cannot serve all points" in refused.stderr


def test_coverage_tells_the_order_in_which_sites_were_filled(document):
    by_rank = document("coverage", "--capacity", "beds", "--max-cost", "30", "--order", "rank")
    assert by_rank["order"] == ["B", "A", "C"]
    assert [step["people"] for step in by_rank["steps"]] == [100, 50, 10]
    assert by_rank["share_covered"] == 1.0
    grown = document("coverage", "--capacity", "beds", "--max-cost", "30", "--existing", "stays", "--new-sites", "1")
    assert (grown["order"], grown["new_sites"]) == (["C", "A"], ["A"])
    assert grown["order_by"] == "people in reach, most first"


def test_who_uses_which_site_is_written(locate, tmp_path):
    out = tmp_path / "R.csv"
    assert locate("p-median", "-p", "2", "--out", out).exit_code == 0
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows == [
        ["demand_id", "site_id", "cost", "people"],
        *(["town", "A", "0", "90"], ["river", "B", "0", "60"], ["plateau", "B", "75", "10"]),
    ]


def test_the_curve_and_the_map_are_files_of_their_own(locate, tmp_path):
    plot, page = tmp_path / "P.svg", tmp_path / "M.html"
    demand = "id,population,lon,lat\ntown,90,104,30\nriver,60,104.1,30\nplateau,10,104.5,30.4\n"
    sites = "id,beds,price,stays,rank,lon,lat\nA,100,5,0,2,104,30\nB,100,3,0,1,104.1,30\nC,20,4,1,3,104.5,30.4\n"
    answer = locate("p-median", "-p", "2", "--plot", plot, "--map", page, demand=demand, sites=sites)
    assert answer.exit_code == 0, answer.stderr
    curve = etree.parse(plot).getroot()
    assert "Proved: no placement is better." in " ".join(curve.itertext())
    # 150 of 160 people live at a site; the others, 75 minutes away, are added at once: a step, no slope.
    (line,) = curve.findall("{http://www.w3.org/2000/svg}polyline")
    assert line.get("points") == "72,440 72,224 72,80 616,80 616,56"
    text = page.read_text(encoding="utf-8")
    assert text.count("<circle") == 3
    assert "plateau: 75" in text
    assert "2 open sites" in text
    covered = locate("coverage", "--capacity", "beds", "--max-cost", "5", "--map", page, demand=demand, sites=sites)
    assert covered.exit_code == 0, covered.stderr
    refused = locate("p-median", "-p", "2", "--map", page)
    assert refused.exit_code == 1
    assert "lon (longitude in degrees, WGS 84)" in refused.stderr


def test_points_whose_people_are_divided_are_drawn_with_the_mean_of_their_ways(locate, tmp_path):
    page = tmp_path / "M.html"
    demand = "id,population,lon,lat\ntown,120,104,30\n"
    sites = "id,beds,lon,lat\nA,100,104,30\nB,100,104.1,30\n"
    costs = "demand_id,site_id,minutes\ntown,A,0\ntown,B,12\n"
    answer = locate("p-median", "-p", "2", "--capacity", "beds", "--map", page, demand=demand, sites=sites, costs=costs)
    assert answer.exit_code == 0, answer.stderr
    assert "town: 2<" in page.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_refused_before_the_work(locate, tmp_path):
    for option, name, words in (
        ("--plot", "P.png", "should end in .svg"),
        ("--map", "M.pdf", "should end in .html"),
        ("--out", "R.docx", "should end in .csv or .parquet or .xlsx"),
        ("--plot", "nowhere/P.svg", "For P.svg there is no folder"),
    ):
        answer = locate("p-median", "-p", "2", option, tmp_path / name)
        assert answer.exit_code == 2
        assert words in answer.stderr.replace("\n", " ")
        assert answer.stdout == ""


def test_in_words_the_verdict_says_whether_it_is_proved(locate):
    answer = locate("p-median", "-p", "2")
    assert "objective: 750" in answer.stdout
    assert "Proved: no placement is better." in answer.stderr
    assert "2 ways cost 0" in answer.stderr


def test_the_table_of_costs_of_the_access_command_serves_as_well(document):
    costs = COSTS.replace("site_id", "supply_id")
    assert document("p-median", "-p", "2", costs=costs)["sites"] == ["A", "B"]
    costs = COSTS.replace("minutes", "road_km")
    assert document("p-median", "-p", "2", "--cost-column", "road_km", costs=costs)["sites"] == ["A", "B"]


@pytest.mark.parametrize(
    ("more", "tables", "words"),
    [
        ((), {"costs": COSTS.replace("minutes", "road_km")}, "--cost-column"),
        ((), {"costs": COSTS.replace("site_id", "place")}, "site_id, supply_id"),
        (("--keep", "Z"), {}, "Z are not in S.csv"),
        (("--floor", "part=young:60:1"), {}, "has “young”"),
        (("--floor", "part=poor:60:2"), {}, "share"),
        ((), {"demand": "id,population\n"}, "no rows"),
        (("--existing", "beds"), {}, "record 1: beds is 100; 1 for a site that stays open"),
        ((), {"costs": COSTS + "town,Z,4\n"}, "Z"),
        ((), {"costs": COSTS + "town,A,4\n"}, "again"),
        ((), {"costs": COSTS + "town,A,-4\n"}, "-4"),
        (
            (),
            {"demand": DEMAND + "island,5,poor\n"},
            "1 of 4 demand points can use no site within the costs given: island.",
        ),
    ],
)
def test_what_is_wrong_with_the_tables_is_said(locate, more, tables, words):
    answer = locate("p-median", "-p", "2", *more, **tables)
    assert answer.exit_code == 1
    assert words in answer.stderr


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ((), "-p 4"),
        (("-p", "2", "--budget", "3"), "go together"),
        (("-p", "2", "--floor", "poor"), "COLUMN=VALUE:RADIUS:SHARE"),
        (("-p", "0"), "-p"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(locate, more, words):
    answer = locate("p-median", *more)
    assert answer.exit_code == 2
    assert words in answer.stderr
