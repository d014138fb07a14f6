"""Diagnosis-related groups over data frames: any kind of table, means or totals, what is said beside the figures."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from lianyi.analysis.case_groups import Amounts, CaseColumns, case_group_document
from lianyi.analysis.columns import TableColumnError

COLUMNS = CaseColumns("hospital", "drg", "cases", "cost", "days", "deaths", "low")
CASES = {
    "hospital": ["Ceheng", "Ceheng", "Shizhu"],
    "drg": ["A", "B", "A"],
    "cases": [80, 20, 40],
    "cost": [8_800.0, 19_000.0, 8_000.0],
    "days": [6.6, 11.4, None],
    "deaths": [1, 2, None],
    "low": [1, 0, 1],
}
REGION = {
    "hospital": ["all", "all"],
    "drg": ["A", "B"],
    "cases": [700, 300],
    "cost": [8_000.0, 20_000.0],
    "days": [6.0, 12.0],
    "deaths": [None, None],
    "low": [None, None],
}


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame])
def test_any_table_gives_the_indices_of_the_worked_example(kind):
    found = case_group_document(kind(CASES), COLUMNS, kind(REGION))
    ceheng, shizhu = found["rows"]
    assert [round(ceheng[name], 6) for name in ("case_mix_index", "cost_index", "time_index")] == [
        0.896552,
        1.07,
        1.07,
    ]
    assert [round(each["weight"], 6) for each in found["weights"]] == [0.689655, 1.724138]
    assert (shizhu["time_index"], shizhu["cases_without_days"]) == (None, 40)
    assert (ceheng["low_risk"]["deaths"], ceheng["low_risk"]["cases"]) == (1, 80)
    assert shizhu["low_risk"] == {
        "deaths": 0,
        "cases": 0,
        "cases_without_deaths": 40,
        "share": None,
        "interval": None,
    }


def test_totals_of_all_cases_give_the_same_as_means_of_one():
    totals = {
        **CASES,
        "cost": [cost * cases for cost, cases in zip(CASES["cost"], CASES["cases"], strict=True)],
        "days": [6.6 * 80, 11.4 * 20, None],
    }
    columns = CaseColumns("hospital", "drg", "cases", "cost", "days", "deaths", "low", Amounts.TOTAL)
    one, other = case_group_document(CASES, COLUMNS), case_group_document(totals, columns)
    for mean, total in zip(one["rows"], other["rows"], strict=True):
        assert total["case_mix_index"] == pytest.approx(mean["case_mix_index"])
        assert total["time_index"] == pytest.approx(mean["time_index"], nan_ok=True)


def test_what_is_left_out_and_what_makes_figures_shaky_is_said():
    cases = {**CASES, "drg": ["A", "B", "new"], "cases": [80, 20, 3]}
    warnings = case_group_document(cases, COLUMNS, REGION)["warnings"]
    assert warnings == [
        "Hospitals with fewer than 30 cases: 1. A few patients move their indices.",
        "Cases without a weight, for the region does not have their group or its cost: 3.",
        "Cases not in the cost index, for their cost is missing here or in the region: 3.",
        "Cases not in the time index, for their days are missing here or in the region: 3.",
    ]
    own = case_group_document(CASES, CaseColumns("hospital", "drg", "cases", "cost", deaths="deaths"))["warnings"]
    assert own == [
        "Low-risk deaths need both the deaths and the column that marks low-risk groups.",
        "One hospital has 71% of all cases; its indices lie near 1 whatever it does.",
    ]


def test_a_column_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(TableColumnError, match="no column group"):
        case_group_document(CASES, CaseColumns("hospital", "group", "cases", "cost"))
