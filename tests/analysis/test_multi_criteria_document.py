"""Units by several criteria over data frames: weights side by side, places only where n allows them."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from lianyi.analysis.multi_criteria import multi_criteria_document
from lianyi.methods.assessment_scores import Direction
from lianyi.methods.errors import CriterionError
from lianyi.methods.multi_criteria import Criterion, RankRule, topsis

KEPT, DAYS, SAME = (
    Criterion("kept", Direction.UP),
    Criterion("days", Direction.DOWN),
    Criterion("same", Direction.UP),
)
ROWS = {
    "county": ["Ceheng", "Shizhu", "Zibo", "Huicheng", "Lucheng", "Anlong"],
    "kept": [0.9, 0.8, 0.7, 0.5, 0.6, 0.65],
    "days": [5.0, 9.0, 7.0, 4.0, None, 6.0],
    "same": [1, 1, 1, 1, 1, 1],
    "cases": [200, 90, 20, 55, 44, 60],
}


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame])
def test_weights_and_scores_stand_side_by_side(kind):
    found = multi_criteria_document(kind(ROWS), "county", [KEPT, DAYS], [3, 1])
    assert [each["fixed_weight"] for each in found["criteria"]] == [0.75, 0.25]
    assert sum(each["entropy_weight"] for each in found["criteria"]) == pytest.approx(1)
    complete = [[0.9, 5], [0.8, 9], [0.7, 7], [0.5, 4], [0.65, 6]]
    expected = topsis(complete, (Direction.UP, Direction.DOWN), [3, 1])
    assert [row["topsis_fixed"] for row in found["rows"]] == pytest.approx(expected.tolist())
    assert [row["name"] for row in found["rows"]] == ["Ceheng", "Shizhu", "Zibo", "Huicheng", "Anlong"]


def test_a_unit_that_lacks_a_figure_is_left_out_and_named():
    found = multi_criteria_document(ROWS, "county", [KEPT, DAYS])
    assert (found["units"], found["left_out"]) == (5, [{"name": "Lucheng", "missing": ["days"]}])


def test_places_are_given_where_every_unit_has_enough_cases():
    found = multi_criteria_document(ROWS, "county", [KEPT, DAYS], cases="cases")
    assert found["ranks"]["given"]
    assert sorted(row["place_topsis_fixed"] for row in found["rows"]) == [1, 2, 3, 4, 5]
    assert found["rows"][0]["place_rank_sum_ratio"] == 1


@pytest.mark.parametrize(
    ("rule", "cases", "reason"),
    [
        (RankRule(least_cases=21), "cases", "Units with fewer than 21 cases: 1. Their place would be chance."),
        (RankRule(least_units=6), None, "There are 5 units; ranks are given from 6 on."),
    ],
)
def test_places_are_withheld_with_the_reason_and_scores_stay(rule, cases, reason):
    found = multi_criteria_document(ROWS, "county", [KEPT, DAYS], cases=cases, rule=rule)
    assert (found["ranks"]["given"], found["ranks"]["reason"]) == (False, reason)
    assert set(found["rows"][0]) == {"name", "topsis_fixed", "topsis_entropy", "rank_sum_ratio"}


def test_what_entropy_does_is_said():
    warnings = multi_criteria_document(ROWS, "county", [KEPT, DAYS, SAME])["warnings"]
    assert warnings[0].startswith("Entropy gives days 67% of the weight because units differ most in it")
    assert warnings[1] == "same: the same for every unit; entropy gives it no weight."
    assert warnings[2] == "No weights were given, so the fixed ones are equal."
    assert warnings[3].startswith("How many cases stand behind the figures is not known")
    weighted = multi_criteria_document(ROWS, "county", [KEPT, DAYS, SAME], [0.5, 0.3, 0.2])["warnings"]
    assert weighted[2] == "A unit moves by up to 3 places when entropy weights take the place of the fixed ones."


@pytest.mark.parametrize(
    ("criteria", "weights", "told"),
    [
        ([], None, "No criterion is given"),
        ([KEPT, KEPT], None, "kept is given twice"),
        ([KEPT, DAYS], [1], "2 criteria and 1 weights"),
        ([KEPT, DAYS], [1, -1], "numbers of 0 or more"),
    ],
)
def test_criteria_and_weights_that_cannot_be_used_are_refused(criteria, weights, told):
    with pytest.raises(CriterionError, match=told):
        multi_criteria_document(ROWS, "county", criteria, weights)


def test_a_figure_below_zero_is_told_by_the_name_of_its_unit():
    with pytest.raises(CriterionError, match=r"Zibo: kept is -0\.1\. Entropy weights need figures of 0 or more"):
        multi_criteria_document({**ROWS, "kept": [0.9, 0.8, -0.1, 0.5, 0.6, 0.65]}, "county", [KEPT, DAYS])
