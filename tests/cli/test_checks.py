"""check: what is wrong with the records, told for people and for scripts."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.django_db


def test_records_that_cannot_be_are_problems_and_old_ones_notices(lianyi, places, tmp_path):
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "place_populations.csv").write_text(
        "place_code,year,group,persons\n522327,2020,resident,100\n522327,2020,aged_65_plus,200\n", encoding="utf-8"
    )
    assert lianyi("import", "--folder", tables).exit_code == 0
    answer = lianyi("check", "--json", "--language", "en")
    assert answer.exit_code == 3
    found = {finding["check"]: finding for finding in json.loads(answer.stdout)["findings"]}
    wrong = found["more-aged-than-residents"]
    assert (wrong["severity"], wrong["label"]) == ("error", "册亨县")
    assert wrong["message"] == "200 residents aged 65 and over in 2020, but only 100 residents."
    assert found["stale-population"]["severity"] == "notice"
    words = lianyi("check", "--language", "en").stdout
    assert "PROBLEM 册亨县: 200 residents aged 65 and over" in words


def test_notices_alone_are_no_problem(lianyi, places, tmp_path):
    table = tmp_path / "place_populations.csv"
    table.write_text("place_code,year,persons\n522327,2010,190000\n", encoding="utf-8")
    assert lianyi("import", "place_populations", table).exit_code == 0
    answer = lianyi("check", "--json")
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert told["is_fine"] is True
    assert {finding["severity"] for finding in told["findings"]} == {"notice"}
