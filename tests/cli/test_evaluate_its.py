"""`lianyi evaluate its`: level and slope with their errors, in words, as JSON and as a picture."""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ET

import pytest

from tests.proposition_99 import PACKS, YEARS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "SERIES.csv"
    rows = [f"{year},{packs}" for year, packs in zip(YEARS, PACKS, strict=True)]
    path.write_text("t,y\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def belts(tmp_path, real_data):
    source = real_data / "gb_seatbelts" / "seatbelts.csv"
    if not source.exists():
        pytest.skip("the seat-belt series is not here")
    lines = [line.split(",") for line in source.read_text(encoding="utf-8").splitlines()[1:]]
    path = tmp_path / "belts.csv"
    rows = [
        f"{1969 + place // 12}-{place % 12 + 1:02d},{line[1]},{line[3]},{math.log(float(line[5]))}"
        for place, line in enumerate(lines)
    ]
    path.write_text("month,killed,front,log_kms\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def document(lianyi):
    def run(path, *more):
        answer = lianyi("evaluate", "its", path, *more, "--json")
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


USUAL = ("--time", "t", "--outcome", "y", "--start", "1989")


@pytest.mark.parametrize("more", [("--lag", "1"), ("--family", "gaussian", "--lag", "1")], ids=["lag alone", "both"])
def test_the_published_figures_of_proposition_99(document, table, more):
    found = document(table, *USUAL, *more)
    terms = {term["name"]: term for term in found["terms"]}
    assert terms["intercept"]["estimate"] == pytest.approx(132.2258, abs=5e-5)
    assert terms["level_change"]["estimate"] == found["level"]["estimate"] == pytest.approx(-20.0581, abs=5e-5)
    assert (found["level"]["low"], found["level"]["high"]) == (
        pytest.approx(-29.7518, abs=6e-5),
        pytest.approx(-10.3644, abs=6e-5),
    )
    assert (found["slope"]["estimate"], found["slope"]["se"]) == (
        pytest.approx(-1.494652, abs=5e-7),
        pytest.approx(0.4368201, abs=1e-7),
    )
    assert (found["slope_after"]["estimate"], found["slope_after"]["se"]) == (
        pytest.approx(-3.274126, abs=5e-7),
        pytest.approx(0.268804, abs=5e-7),
    )


def test_a_person_reads_what_changed_how_sure_it_is_and_what_it_cannot_say(lianyi, table):
    answer = lianyi("evaluate", "its", table, *USUAL, "--lag", "1")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[:5] == [
        "y: 31 points from 1970 to 2000, 19 before 1989 and 12 from then on",
        "Method: least squares with Newey-West standard errors, lag 1, t on points less terms.",
        "",
        "The level fell, at 1989: -20.06 (SE 4.724, 95% interval -29.75 to -10.36).",
        "The slope fell, each unit of time: -1.495 (SE 0.4368, 95% interval -2.391 to -0.5984).",
    ]
    assert "- Whatever else changed at the same time is counted as effect: there is no control series." in answer.stdout
    assert "17 %, 22 % and 23 %" in answer.stderr


def test_the_usual_method_is_named_and_no_change_is_told_plainly(lianyi, tmp_path):
    path = tmp_path / "flat.csv"
    cases = [50, 52, 49, 51, 50, 48, 52, 51, 49, 50, 52, 50, 51, 49, 50, 52, 48, 51, 50, 49]
    rows = [f"{2019 + place // 4}Q{place % 4 + 1},{each}" for place, each in enumerate(cases)]
    path.write_text("quarter,cases\n" + "\n".join(rows) + "\n2024Q1,\n", encoding="utf-8")
    answer = lianyi("evaluate", "its", path, "--time", "quarter", "--outcome", "cases", "--start", "2021Q3")
    assert answer.exit_code == 0, answer.stderr
    lines = answer.stdout.splitlines()
    assert lines[1] == "Method: REML with AR(1) errors on the log rate, t on points less terms."
    assert lines[3].startswith("No detectable change of the level, at 2021Q3: ")
    assert lines[4].startswith("No detectable change of the slope, each quarter: ")
    assert "Left out: 2024Q1, the outcome is missing." in answer.stderr


def test_the_picture_shows_points_lines_and_the_line_without_the_measure(lianyi, table, tmp_path):
    out = tmp_path / "OUT.svg"
    answer = lianyi("evaluate", "its", table, *USUAL, "--lag", "1", "--phase-in", "1", "--plot", out)
    assert answer.exit_code == 0, answer.stderr
    picture = ET.fromstring(out.read_text(encoding="utf-8"))  # noqa: S314 - our own text
    plot = picture.find(f"{SVG}g")
    circles = plot.findall(f"{SVG}circle")
    assert len(circles) == 31
    assert [circle.get("fill") for circle in circles].count("#ffffff") == 1
    lines = plot.findall(f"{SVG}polyline")
    assert [len(line.get("points").split()) for line in lines] == [19, 11, 12]
    assert lines[2].get("stroke-dasharray") == "7 4"
    assert len(plot.findall(f"{SVG}polygon")) == 1
    told = picture.find(f"{SVG}desc").text
    assert "without the measure" in told
    assert "Newey-West" in told


@pytest.mark.realdata
def test_the_seat_belt_law_lowered_deaths_by_about_a_fifth(document, belts):
    """The known answer is about 18 % fewer drivers killed: A. Harvey and J. Durbin, JRSS A 149 (1986) 187-227."""
    found = document(
        *(belts, "--time", "month", "--outcome", "killed", "--start", "1983-02"),
        *("--offset", "log_kms", "--harmonics", "3", "--period", "12", "--impact", "level"),
    )
    assert found["method"]["code"] == "reml-ar1"
    assert found["level"]["is_detectable"]
    assert found["level"]["ratio_low"] < 1 - 0.18 < found["level"]["ratio_high"]


@pytest.mark.parametrize(
    ("content", "more", "told"),
    [
        ("t,y\n1,2\n2,three\n", (), "three"),
        ("t,y\n1,2\n,3\n4,5\n", (), "Record 2: the time is missing"),
        ("t,z\n1,2\n", (), "y"),
        ("", (), "SERIES.csv"),
        ("t,y\n2000,2\n2001,3\n", (), "at least 2 are needed on each side"),
    ],
)
def test_broken_files_are_refused_with_what_is_wrong(lianyi, table, content, more, told):
    table.write_text(content, encoding="utf-8")
    answer = lianyi("evaluate", "its", table, *USUAL, *more)
    assert answer.exit_code == 1
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
