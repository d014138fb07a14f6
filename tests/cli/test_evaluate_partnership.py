"""`lianyi evaluate partnership`: levels apart, after the team left, in words and as JSON."""

from __future__ import annotations

import json

import pytest

from tests.analysis.test_partnership_evaluation import panel, series

ASKED = ("--unit", "unit", "--time", "month", "--level", "level", "--outcome", "cases", "--start", "2020-01")


@pytest.fixture
def table(tmp_path):
    columns = panel(city=("lead", series(1)), county=("recipient", series(2, lift=25)))
    rows = [",".join(str(column[at]) for column in columns.values()) for at in range(len(columns["unit"]))]
    path = tmp_path / "PANEL.csv"
    path.write_text("\n".join([",".join(columns), *rows]) + "\n", encoding="utf-8")
    return path


def test_the_answer_is_one_document(lianyi, table):
    found = json.loads(lianyi("evaluate", "partnership", str(table), *ASKED, "--left", "2021-12", "--json").stdout)

    levels = {each["level"]: each for each in found["outcomes"][0]["levels"]}
    assert {name: each["verdict"] for name, each in levels.items()} == {
        "lead": "no detectable change",
        "recipient": "rose",
    }
    # 25 more than about 50.
    assert levels["recipient"]["series"]["effect"][-1]["relative"]["estimate"] == pytest.approx(0.5, abs=0.15)
    assert [each["months"] for each in levels["recipient"]["after_leaving"]] == [12, 24]


def test_the_words_say_no_change_as_plainly_as_a_rise(lianyi, table):
    said = lianyi("evaluate", "partnership", str(table), *ASKED).stdout

    assert "lead (1 unit): no detectable change" in said
    assert "recipient (1 unit): rose" in said
    assert "The team is still there" in said


def test_comparison_without_a_reason_is_refused(lianyi, table):
    refused = lianyi("evaluate", "partnership", str(table), *ASKED, "--comparison", "lead")

    assert refused.exit_code != 0
    assert "nothing says why they are comparable" in refused.stderr


def test_another_method_and_dates_on_which_nothing_began_stand_beside_the_answer(lianyi, table):
    said = lianyi("evaluate", "partnership", str(table), *ASKED).stdout

    assert "Newey-West" in said
    assert "(false alarms 17 %, 22 %, 23 % instead of 5): rose, +" in said
    assert "dates before the start on which nothing began" in said
