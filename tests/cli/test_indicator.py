"""`lianyi indicator`: definitions listed, shown and checked; an indicator computed from the tables of a folder."""

from __future__ import annotations

import csv
import json

import pytest

VISITS = (
    "county_code,visited_on,is_primary,visits,tcm_visits\n"
    "520325,2025-01-01,yes,30,3\n520325,2025-12-31,no,70,6\n530627,2025-03-15,no,40,0\n"
)
ON = ("--on", "2026-01-01")
SHARE = "county-primary-visit-share"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    return tmp_path


def test_an_indicator_is_computed_as_json_with_what_it_rests_on(lianyi, folder):
    answer = lianyi("indicator", "run", SHARE, "--data", folder, *ON, "--json")
    assert answer.exit_code == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert (document["indicator"], document["version"], document["engine"]) == (SHARE, 1, "duckdb")
    assert document["rows"][0] == {
        "reporter": "520325",
        "period": "2025",
        "numerator": 30,
        "denominator": 100,
        "value": 30.0,
        "state": "reported",
        "rows_seen": 2,
        "low": None,
        "high": None,
    }
    assert document["periods"][0]["coverage"] == 1.0


def test_the_same_in_words_and_as_a_table(lianyi, folder, tmp_path):
    answer = lianyi("indicator", "run", SHARE, "--data", folder, *ON, "--out", tmp_path / "values.csv")
    assert answer.exit_code == 0, answer.stderr
    assert "县域内基层诊疗人次占比" in answer.stdout
    with (tmp_path / "values.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert [(row["reporter"], float(row["value"])) for row in rows] == [("520325", 30.0), ("530627", 0.0)]


def test_the_rows_behind_a_number_are_shown(lianyi, folder):
    answer = lianyi(
        "indicator", "run", SHARE, "--data", folder, *ON, "--rows", "denominator", "--reporter", "520325", "--json"
    )
    document = json.loads(answer.stdout)
    assert (document["total"], document["shown"]) == (2, 2)
    assert [row["visits"] for row in document["rows"]] == ["30", "70"]


def test_a_file_is_a_definition_too_and_is_checked(lianyi, folder, tmp_path):
    shown = json.loads(lianyi("indicator", "show", SHARE, *ON, "--json").stdout)
    assert shown["query"]["numerator"]["table"] == "visits"
    path = tmp_path / "own.toml"
    path.write_text(
        'family = "own"\ntitle = { zh = "本地", en = "Local" }\nvalid_from = 2025-01-01\n'
        '[source]\nzh = "本地"\nen = "Local"\nconfidence = "local"\n'
        '[[indicators]]\ncode = "own-visits"\nname = { zh = "诊疗人次", en = "Visits" }\n'
        'numerator = { zh = "诊疗人次", en = "Visits" }\nunit = "count"\ndirection = "up"\nlevels = ["county"]\n'
        'period = "quarter"\nobtained = "query"\n[indicators.query.numerator]\ntable = "visits"\nmeasure = "sum"\n'
        'column = "visits"\nreporter = "county_code"\ndate = "visited_on"\n',
        encoding="utf-8",
    )
    assert "own-visits, version 1: in order; reads visits" in lianyi("indicator", "check", path).stdout
    answer = lianyi("indicator", "run", path, "--data", folder, "--period", "2025-Q4", "--json")
    assert [(row["reporter"], row["value"]) for row in json.loads(answer.stdout)["rows"]] == [("520325", 70)]
    path.write_text(path.read_text("utf-8").replace('"quarter"', '"week"'), encoding="utf-8")
    refused = lianyi("indicator", "check", path)
    assert refused.exit_code == 1
    assert "indicators[own-visits].period" in refused.stderr


def test_indicators_are_listed_by_family_in_the_order_of_the_document(lianyi):
    answer = lianyi("indicator", "list", "--family", "county-community", *ON, "--json")
    found = json.loads(answer.stdout)
    assert [each["number"] for each in found][:5] == ["1", "2", "3", "4", "5"]
    refused = lianyi("indicator", "list", "--family", "country-community", *ON)
    assert (refused.exit_code, "county-community" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((SHARE, "--data", "{}", "--engine", "postgresql"), "LIANYI_INDICATOR_DATABASE"),
        ((SHARE, "--data", "{}/nowhere"), "is no folder"),
        (("county-visits", "--data", "{}"), "no indicator"),
        ((SHARE, "--data", "{}", "--period", "2025-01"), "shorter than a year"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_one_sentence(lianyi, folder, arguments, words):
    answer = lianyi("indicator", "run", *(each.format(folder) for each in arguments), *ON)
    assert answer.exit_code == 1
    assert words in answer.stderr
