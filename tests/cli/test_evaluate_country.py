"""`lianyi evaluate country`: many indicators in words and as JSON."""

from __future__ import annotations

import json

import pytest

from tests.analysis.test_country_evaluation import country

ASKED = ("--unit", "county", "--time", "month", "--start", "first", "--cluster", "helper")
OUTCOMES = ("--outcome", "indicator 0", "--outcome", "indicator 1")


@pytest.fixture
def table(tmp_path):
    columns = country(counties=40)
    rows = [",".join(str(column[at]) for column in columns.values()) for at in range(len(columns["county"]))]
    path = tmp_path / "COUNTRY.csv"
    path.write_text("\n".join([",".join(columns), *rows]) + "\n", encoding="utf-8")
    return path


def test_the_answer_is_one_document_the_same_for_the_same_seed(lianyi, table):
    first = lianyi("evaluate", "country", str(table), *ASKED, *OUTCOMES, "--seed", "5", "--json").stdout
    found = json.loads(first)

    assert [each["verdict"] for each in found["indicators"]] == ["no detectable change", "rose"]
    assert first == lianyi("evaluate", "country", str(table), *ASKED, *OUTCOMES, "--seed", "5", "--json").stdout


def test_the_words_tell_beside_every_number_what_chance_gives(lianyi, table):
    said = lianyi("evaluate", "country", str(table), *ASKED, *OUTCOMES).stdout

    assert "1 of 2 indicators changed" in said
    assert "without any effect 0.1 would seem to" in said
    assert "indicator 0: no detectable change" in said
    assert "expected by chance" in said
    assert "is no measure of success" in said


def test_a_column_that_is_not_there_is_named(lianyi, table):
    refused = lianyi("evaluate", "country", str(table), *ASKED, "--outcome", "beds")

    assert refused.exit_code != 0
    assert "beds" in refused.stderr
