"""Comparison of groups over data frames: the same document from any of them, and what it says in words."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from lianyi.analysis.comparison_groups import ComparisonWish, compare_groups
from lianyi.analysis.comparison_words import lines_of, verdict
from lianyi.analysis.panel_columns import PanelNameError, PanelNames, PanelPeriodError, long_panel
from lianyi.methods.comparison_groups import Draws
from lianyi.methods.comparison_groups.errors import StaggeredStartsError
from tests.methods.panel_makers import HELPED_COUNTIES, drawn_panel, long_columns

NAMES = PanelNames("county", "year", "kept", "start", "helper")
STAGGERED = [(*county[:2], 2021 if county[0] == "Ceheng" else county[2], county[3]) for county in HELPED_COUNTIES]


def test_pandas_polars_and_plain_columns_give_one_document():
    table = long_columns()
    first = compare_groups(table, NAMES)
    assert compare_groups(pd.DataFrame(table), NAMES) == first
    assert compare_groups(pl.DataFrame(table), NAMES) == first


def test_a_common_start_is_compared_by_two_way_fixed_effects():
    found = compare_groups(long_columns(), NAMES)
    assert (found["method"], found["is_staggered"]) == ("two-way-fixed-effects", False)
    assert found["estimate"] == pytest.approx(3.375)
    assert (found["units"], found["treated_units"], found["clusters"], found["treated_clusters"]) == (8, 4, 6, 2)
    assert [row["event_time"] for row in found["event_study"]] == [-2, -1, 0, 1]
    assert found["event_study"][1] == {"event_time": -1, "estimate": 0.0, "is_reference": True}
    assert found["wild_bootstrap"]["weights"] == "webb"
    assert found["placebo_units"]["is_every_choice"]


def test_with_few_clusters_the_interval_alone_does_not_decide():
    found = compare_groups(long_columns(), NAMES)
    # Two of six helpers: the truth is one of fifteen choices, so no exchange of them can be rarer than that.
    assert found["interval"]["low"] > 0
    assert found["placebo_units"]["p"] == pytest.approx(1 / 15)
    assert not found["is_detectable"]
    assert "with 6 clusters it is too narrow" in verdict(found)


def test_staggered_starts_go_to_callaway_and_santanna_and_the_document_says_why():
    found = compare_groups(long_columns(STAGGERED), PanelNames("county", "year", "kept", "start"))
    assert (found["method"], found["is_staggered"]) == ("callaway-santanna", True)
    assert found["cohorts"] == [{"start": 2021, "units": 1}, {"start": 2022, "units": 3}]
    assert len(found["group_time"]) == 6
    assert found["imputation"]["interval"]["low"] < found["imputation"]["estimate"]
    assert any("late starters with early ones" in line for line in lines_of(found))
    with pytest.raises(StaggeredStartsError):
        compare_groups(
            long_columns(STAGGERED), PanelNames("county", "year", "kept", "start"), ComparisonWish(method="twfe")
        )


def test_clusters_that_begin_at_different_times_are_told_and_do_not_stop_the_rest():
    found = compare_groups(long_columns(STAGGERED), NAMES)
    assert found["placebo_units"]["p"] is None
    assert "begin at different times" in found["placebo_units"]["reason"]
    assert any(line.startswith("Placebo units: not possible") for line in lines_of(found))


def test_a_ring_of_neighbours_is_kept_out_and_named():
    table = long_columns()
    table["neighbour"] = ["yes" if county in {"Luodian", "Ceheng"} else "" for county in table["county"]]
    found = compare_groups(table, PanelNames("county", "year", "kept", "start", "helper", keep_out="neighbour"))
    # A treated unit is never kept out: the mark is for those who serve as a comparison.
    assert found["left_out"]["kept_out"] == ["Luodian"]
    assert (found["units"], found["treated_units"]) == (7, 4)
    assert any("Left out: Luodian" in warning for warning in found["warnings"])


def wide(panel, more=0.0):
    units, periods = np.indices(panel.outcomes.shape)
    is_on = panel.starts[units] <= periods
    return {
        "unit": [f"U{unit}" for unit in units.ravel()],
        "time": periods.ravel() + 1,
        "y": (panel.outcomes + more * is_on).ravel(),
        "first": [0 if start > 99 else int(start) + 1 for start in panel.starts[units].ravel()],
    }


UNITS = PanelNames("unit", "time", "y", "first")


def test_no_detectable_change_is_said_as_plainly_as_a_change():
    panel = drawn_panel(4, units=90, starts=(3,))
    nothing, much = compare_groups(wide(panel), UNITS), compare_groups(wide(panel, more=3.0), UNITS)
    assert not nothing["is_detectable"]
    assert verdict(nothing).startswith("No detectable change: anything from -")
    assert "not proof that nothing changed" in verdict(nothing)
    assert much["is_detectable"]
    assert "more than the comparison units lead to expect" in verdict(much)


def test_missing_cells_and_clusters_of_single_units_are_warned_of():
    warnings = compare_groups(wide(drawn_panel(6, units=90, missing=0.1)), UNITS)["warnings"]
    assert any("not balanced" in warning and "Missing is not 0" in warning for warning in warnings)
    assert any("name that column as the cluster" in warning for warning in warnings)


def test_a_drift_before_the_start_is_warned_of():
    panel = drawn_panel(6, units=90, starts=(3,))
    table = wide(panel)
    treated = np.array(table["first"]) > 0
    table["y"] = table["y"] + 2.0 * treated * np.array(table["time"])
    assert any(
        "an effect cannot be told from a drift" in warning for warning in compare_groups(table, UNITS)["warnings"]
    )


def test_placebos_are_made_when_asked_for():
    found = compare_groups(wide(drawn_panel(6, units=60, starts=(4,))), UNITS, ComparisonWish(wants_placebo=True))
    assert found["placebo_date"]["period"] == 3
    assert abs(found["placebo_date"]["estimate"]) < 1
    assert found["placebo_units"]["placebos"] == 999
    assert "wild_bootstrap" not in found


def test_the_same_seed_gives_the_same_document():
    table, wish = wide(drawn_panel(6, units=60)), ComparisonWish(draws=Draws(seed=8, count=199))
    assert compare_groups(table, UNITS, wish) == compare_groups(table, UNITS, wish)
    other = compare_groups(table, UNITS, ComparisonWish(draws=Draws(seed=9, count=199)))
    assert other["band_width"] != compare_groups(table, UNITS, wish)["band_width"]


def test_a_covariate_is_named_in_the_document():
    table = wide(drawn_panel(6, units=60))
    table["older"] = np.random.default_rng(1).normal(size=60).repeat(6)
    found = compare_groups(table, PanelNames("unit", "time", "y", "first", covariates=("older",)))
    assert (found["covariates"], found["adjustment"]) == (["older"], "doubly-robust")
    plain = compare_groups(table, UNITS)
    assert found["estimate"] != plain["estimate"]
    # The imputation knows no covariates, so it would not tell of the same comparison.
    assert ("imputation" in found, "imputation" in plain) == (False, True)


@pytest.mark.parametrize(
    ("periods", "start", "expected"),
    [
        (["2021-03", "2021-10"], "2021-10", ["2021-03", "2021-10"]),
        ([datetime.date(2021, 3, 1), datetime.date(2021, 10, 1)], datetime.date(2021, 10, 1), None),
        (["2021Q1", "2021Q2"], "2021Q2", ["2021Q1", "2021Q2"]),
        (["2021", 2022.0], "2022", [2021, 2022]),
    ],
)
def test_periods_may_be_numbers_months_quarters_and_days(periods, start, expected):
    table = {"county": ["A", "A"], "year": periods, "kept": [1, 2], "start": [start, start]}
    found = long_panel(table, PanelNames("county", "year", "kept", "start")).columns
    assert found.periods.tolist() == (expected or ["2021-03-01", "2021-10-01"])
    assert found.starts[0] == found.periods[1]


def test_periods_whose_texts_are_not_in_order_are_refused():
    table = {"county": ["A", "A"], "year": ["Q42010", "Q12011"], "kept": [1, 2], "start": [0, 0]}
    with pytest.raises(PanelPeriodError, match=r"Record 1: “Q42010”.*2021Q1"):
        long_panel(table, PanelNames("county", "year", "kept", "start"))


def test_a_row_without_a_unit_is_refused():
    table = {"county": ["A", " "], "year": [2021, 2021], "kept": [1, 2], "start": [0, 0]}
    with pytest.raises(PanelNameError, match="Record 2: the column county is empty"):
        long_panel(table, PanelNames("county", "year", "kept", "start"))


@pytest.mark.parametrize("never", [None, "", " ", 0, "0", 0.0, float("nan"), float("inf")])
def test_empty_and_0_mean_never_treated(never):
    table = {"county": ["A"], "year": [2021], "kept": [1], "start": [never]}
    assert long_panel(table, PanelNames("county", "year", "kept", "start")).columns.starts.tolist() == [None]
