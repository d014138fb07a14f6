"""Funnels over data frames."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lianyi.analysis.funnels import FunnelColumns, FunnelColumnsError, FunnelNamesError, FunnelOptions, funnel
from lianyi.methods.funnels import Adjustment, Extremes, FunnelWish, Scale
from lianyi.methods.funnels.errors import FunnelUnitsError

SHARES = {
    "county": list("ABCDEFGH"),
    "back": [12, 30, 45, 18, 60, 25, 80, 9],
    "referred": [100, 200, 250, 150, 260, 240, 400, 120],
}
COLUMNS = FunnelColumns(events="back", total="referred", unit="county")


@pytest.mark.parametrize("table", [SHARES, pd.DataFrame(SHARES), pl.DataFrame(SHARES), pa.table(SHARES)])
def test_any_table_gives_the_same_funnel(table):
    found = funnel(table, COLUMNS).document

    assert found["phi"] == pytest.approx(3.494985, abs=5e-7)
    assert found["tau2"] == pytest.approx(0.00357110, abs=5e-9)
    last = found["units"][-1]
    assert (last["unit"], round(last["z"], 4)) == ("H", -3.0041)
    assert (round(last["limits"]["low_99_8"], 4), round(last["limits"]["high_99_8"], 4)) == (0.0328, 0.3633)
    assert round(last["unadjusted_limits"]["high_99_8"], 4) == 0.2782


def test_units_stand_in_the_order_of_the_table_and_are_not_ranked():
    found = funnel(SHARES, COLUMNS).document

    assert [row["unit"] for row in found["units"]] == list("ABCDEFGH")
    assert not any("rank" in row for row in found["units"])
    assert found["warnings"][0].startswith("A funnel ranks nobody")


def test_a_unit_with_a_missing_figure_is_left_out_by_name():
    table = {name: [*values, extra] for (name, values), extra in zip(SHARES.items(), ("I", None, 50), strict=True)}

    found = funnel(table, COLUMNS).document

    assert found["left_out"] == ["I"]
    assert found["phi"] == pytest.approx(3.494985, abs=5e-7)


def test_ratios_and_their_scale():
    table = {"o": [15, 40, 72, 28, 50, 66, 75], "e": [13, 32, 75, 33, 54, 60, 72]}
    columns = FunnelColumns(observed="o", expected="e")

    usual = funnel(table, columns).document
    asked = FunnelOptions(Scale.LOGARITHM, FunnelWish(Adjustment(Extremes.TRUNCATED)))
    mortality = funnel(table, columns, asked).document

    assert (usual["phi"], usual["tau2"]) == (pytest.approx(0.40998, abs=5e-6), 0)
    assert (usual["scale"], mortality["scale"]) == ("square-root", "logarithm")
    assert mortality["dispersion"] == {"extremes": "truncated", "trimmed_share": 0.1, "units": 5}
    assert [row["unit"] for row in usual["units"]] == list("1234567")


def test_the_lines_run_from_the_smallest_to_the_largest_unit():
    limits = funnel(SHARES, COLUMNS).document["limits"]

    assert (limits[0]["size"], limits[-1]["size"]) == (pytest.approx(100), pytest.approx(400))
    assert limits[0]["high_99_8"] > limits[-1]["high_99_8"] > limits[-1]["high_95"]


@pytest.mark.parametrize(
    "columns",
    [{}, {"observed": "o"}, {"observed": "o", "total": "n"}, {"observed": "o", "expected": "e", "events": "r"}],
)
def test_one_pair_of_columns_is_needed(columns):
    with pytest.raises(FunnelColumnsError, match="Name the columns of observed and expected"):
        FunnelColumns(**columns)


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"back": [12, 30, 45, 18, 60, 25, 80, 121]}, FunnelNamesError, "H: back 121 of referred 120"),
        ({"back": [-1, 30, 45, 18, 60, 25, 80, 9]}, FunnelNamesError, "A: back is -1"),
        ({"county": list("ABCDEFGA")}, FunnelNamesError, "A stands in record 1 and again in record 8"),
        ({"county": [*"ABCDEFG", None]}, FunnelNamesError, "Record 8: the unit"),
        ({"back": [1, 2, *[None] * 6]}, FunnelUnitsError, "2 units"),
    ],
)
def test_what_cannot_be_compared_is_refused(changes, error, reason):
    with pytest.raises(error, match=reason):
        funnel({**SHARES, **changes}, COLUMNS)
