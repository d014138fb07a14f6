"""`lianyi evaluate did`: a panel in words, as JSON and as a picture, and what is refused."""

from __future__ import annotations

import csv
import json

import pytest
from lxml import etree

from tests.methods.panel_makers import HELPED_COUNTIES, long_columns

USUAL = ("--unit", "county", "--time", "year", "--outcome", "kept", "--start", "start", "--cluster", "helper")
STAGGERED = [(*county[:2], 2021 if county[1] == "Zibo" else county[2], county[3]) for county in HELPED_COUNTIES]


@pytest.fixture
def panel(tmp_path):
    def write(counties=HELPED_COUNTIES, **changes):
        table = long_columns(counties) | changes
        path = tmp_path / "PANEL.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows(zip(*table.values(), strict=True))
        return path

    return write


@pytest.fixture
def did(lianyi):
    return lambda *options: lianyi("evaluate", "did", *options)


def test_the_document_holds_the_estimate_its_error_and_what_it_rests_on(did, panel):
    answer = did(panel(), *USUAL, "--json")
    assert answer.exit_code == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert (found["table"], found["method"]) == ("PANEL.csv", "two-way-fixed-effects")
    assert found["estimate"] == pytest.approx(3.375)
    assert found["interval"]["low"] < found["estimate"] < found["interval"]["high"]
    assert (found["degrees_of_freedom"], found["clusters"]) == (5, 6)
    assert (found["seed"], found["draws"]) == (1, 999)
    assert "Only 6 clusters" in answer.stderr
    assert did(panel(), *USUAL, "--json").stdout == answer.stdout


def test_words_tell_the_estimate_the_interval_and_what_it_cannot_say(did, panel):
    answer = did(panel(), *USUAL)
    assert answer.exit_code == 0, answer.stderr
    assert "8 units over 4 periods (2020 to 2023); 4 treated (4 from 2022), 4 never treated." in answer.stdout
    assert "Effect on kept: +3.3750 (95% interval " in answer.stdout
    assert "Wild cluster bootstrap (webb): p = " in answer.stdout
    assert "What this cannot say:" in answer.stdout
    assert "ring of neighbours" in answer.stdout


def test_staggered_starts_go_to_group_time_effects_and_twfe_is_refused(did, panel):
    path = panel(STAGGERED)
    found = json.loads(did(path, *USUAL, "--control", "not-yet", "--draws", "99", "--json").stdout)
    assert (found["method"], found["controls"]) == ("callaway-santanna", "not-yet")
    assert [cohort["start"] for cohort in found["cohorts"]] == [2021, 2022]
    assert {(row["cohort"], row["period"]) for row in found["group_time"]} == {
        (cohort, year) for cohort in (2021, 2022) for year in (2021, 2022, 2023)
    }
    refused = did(path, *USUAL, "--method", "twfe")
    assert refused.exit_code == 1
    assert "begin at 2 different times" in refused.stderr
    assert "Callaway and Sant'Anna" in refused.stderr


def test_the_picture_has_a_point_for_each_period_and_the_band(did, panel, tmp_path):
    plot = tmp_path / "study.svg"
    answer = did(panel(STAGGERED), *USUAL, "--draws", "99", "--plot", plot)
    assert answer.exit_code == 0, answer.stderr
    svg = etree.fromstring(plot.read_bytes())
    space = "{http://www.w3.org/2000/svg}"
    # Two cohorts over four years: -1, 0, 1, 2, and one point in the legend.
    assert len(svg.findall(f"{space}circle")) == 4 + 1
    assert len(svg.findall(f"{space}polygon")) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"county": ["Ceheng"] * 32}, "Ceheng stands 8 times in the period 2020"),
        ({"start": [2022, 2021, *[0] * 30]}, "Ceheng has the start 2022 in one row and 2021 in another"),
        ({"start": [2022] * 32}, "nobody shows what would have happened"),
        ({"start": [0] * 32}, "No unit begins"),
        ({"year": [2020] * 32, "county": [f"C{row}" for row in range(32)]}, "at least two periods"),
        ({"year": ["Q42010"] * 32}, "cannot be put in order"),
        ({"kept": ["many"] * 32}, "many"),
    ],
)
def test_broken_panels_are_refused_with_the_cure(did, panel, changes, told):
    answer = did(panel(**changes), *USUAL, "--json")
    assert answer.exit_code == 1
    assert told in answer.stderr
    assert answer.stdout == ""


def test_a_column_that_is_not_there_is_named(did, panel):
    answer = did(panel(), *USUAL[:-1], "hospital")
    assert answer.exit_code == 1
    assert "hospital" in answer.stderr


def test_other_seeds_give_other_bands_and_draws_must_be_enough(did, panel):
    widths = [
        json.loads(did(panel(), *USUAL, "--seed", seed, "--json").stdout)["band_width"] for seed in ("1", "1", "2")
    ]
    assert widths[0] == widths[1] != widths[2]
    answer = did(panel(), *USUAL, "--draws", "1")
    assert answer.exit_code == 1
    assert "at least 2 are needed" in answer.stderr
