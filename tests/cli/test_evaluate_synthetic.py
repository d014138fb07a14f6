"""`lianyi evaluate synthetic`: one helped unit beside its donors, in words, as JSON and as a picture."""

from __future__ import annotations

import csv
import json

import pytest
from lxml import etree

from tests.analysis.test_synthetic_control import table_of

USUAL = ("--unit", "county", "--time", "year", "--outcome", "kept", "--treated", "Ceheng", "--start", "2019")


@pytest.fixture
def synthetic(lianyi, tmp_path):
    def run(*options, more=5.0):
        path = tmp_path / "PANEL.csv"
        table = table_of(more)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table)
            writer.writerows(zip(*table.values(), strict=True))
        return lianyi("evaluate", "synthetic", path, *options)

    return run


def test_the_document_holds_weights_series_rank_and_seed(synthetic):
    answer = synthetic(*USUAL, "--draws", "50", "--json")
    assert answer.exit_code == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert (found["table"], found["method"], found["start"]) == ("PANEL.csv", "synthetic-control", 2019)
    assert found["estimate"] == pytest.approx(5.0, abs=0.5)
    assert (found["rank"], len(found["series"]), len(found["placebo_gaps"])) == (1, 24, 29)
    assert (found["synthetic_difference"]["draws"], found["synthetic_difference"]["seed"]) == (50, 1)
    assert synthetic(*USUAL, "--draws", "50", "--json").stdout == answer.stdout


def test_words_tell_the_effect_the_placebos_and_what_it_cannot_say(synthetic):
    answer = synthetic(*USUAL, "--keep-out", "D3", "--draws", "50", more=0.0)
    assert answer.exit_code == 0, answer.stderr
    assert "Ceheng from 2019 on, 19 periods before and 5 after; 28 donors, kept out: D3." in answer.stdout
    assert "No detectable change" in answer.stdout
    assert "Placebo effects of the donors lie from " in answer.stdout
    assert "such weights differ from one optimiser to the next" in answer.stdout


def test_the_picture_shows_both_lines_and_the_start(synthetic, tmp_path):
    answer = synthetic(*USUAL, "--draws", "50", "--plot", tmp_path / "ceheng.svg")
    assert answer.exit_code == 0, answer.stderr
    svg = etree.fromstring((tmp_path / "ceheng.svg").read_bytes())
    assert len(svg.findall("{http://www.w3.org/2000/svg}polyline")) == 3
    assert "Ceheng and its synthetic control" in svg.findtext("{http://www.w3.org/2000/svg}title")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((*USUAL[:-3], "Wangmo", "--start", "2019"), "no unit “Wangmo”"),
        ((*USUAL[:-1], "1999"), "runs from 2000 to 2023"),
        ((*USUAL, "--draws", "1"), "at least 2 are needed"),
        (("--unit", "hospital", *USUAL[2:]), "hospital"),
    ],
)
def test_what_is_not_there_is_refused_with_the_cure(synthetic, options, told):
    answer = synthetic(*options, "--json")
    assert answer.exit_code == 1
    assert told in answer.stderr
