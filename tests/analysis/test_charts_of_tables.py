"""Control charts over data frames: the same from every kind of table, and told with what they cannot say."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lianyi.analysis.chart_walls import chart_wall
from lianyi.analysis.chart_wishes import (
    ChartColumnsError,
    ChartKind,
    ChartTimesError,
    ChartWish,
    ConstantSeriesError,
    RebaseWish,
    Target,
    TooFewPointsError,
)
from lianyi.analysis.columns import TableColumnError
from lianyi.analysis.process_control import control_chart
from lianyi.methods.process_control import Direction, MovingRanges
from lianyi.methods.process_control.errors import SeriesCountError

MONTHS = [f"2023-{month:02d}-01" for month in range(1, 13)] + [f"2024-{month:02d}-01" for month in range(1, 7)]
WAITS = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
TABLE = {"month": MONTHS, "waits": WAITS}


@pytest.mark.parametrize("table", [TABLE, pd.DataFrame(TABLE), pl.DataFrame(TABLE), pa.table(TABLE)])
def test_any_table_gives_the_same_chart(table):
    found = control_chart(table, ChartWish("waits", "month", direction=Direction.DOWN, target=Target(7))).document

    assert found["mean"] == pytest.approx(1.944444, abs=1e-6)
    assert found["limits"]["upper"] == pytest.approx(6.951503, abs=1e-6)
    assert found["signals"] == [
        {"time": "2023-05-01", "value": 10.0, "signal": "outside", "side": "high", "variation": "concern"}
    ]
    assert found["assurance"] == "consistently-passes"
    assert found["latest"]["signal"] is None


def test_the_choice_of_moving_ranges_is_named():
    found = control_chart(TABLE, ChartWish("waits", moving_ranges=MovingRanges.SCREENED)).document

    assert found["moving_ranges"] == "screened"
    assert found["limits"]["upper"] == pytest.approx(4.604444, abs=1e-6)
    assert found["mean_moving_range"] == 1.0


def test_rows_are_put_in_the_order_of_their_days():
    backwards = pd.DataFrame(TABLE).iloc[::-1]
    days = pd.DataFrame({"month": pd.to_datetime(backwards["month"]), "waits": backwards["waits"]})

    usual = control_chart(TABLE, ChartWish("waits", "month")).document
    assert control_chart(backwards, ChartWish("waits", "month")).document == usual
    assert control_chart(days, ChartWish("waits", "month")).document == usual


def test_names_of_times_stay_in_the_order_of_the_table():
    found = control_chart({"when": ["Mar", "Jan", "Feb"], "waits": [1, 3, 2]}, ChartWish("waits", "when")).document

    assert [point["time"] for point in found["points"]] == ["Mar", "Jan", "Feb"]


def test_missing_values_are_points_without_value_and_are_counted():
    found = control_chart({"waits": [1, None, 2, 1, 2]}, ChartWish("waits")).document

    assert (found["observed"], found["missing"]) == (4, 1)
    assert found["points"][1]["value"] is None
    assert found["points"][1]["variation"] == "missing"
    assert any("Points that are missing: 1." in warning for warning in found["warnings"])


def test_a_rebase_is_told_with_its_reason():
    wish = ChartWish("waits", "month", rebases=(RebaseWish("2023-07-01", "a second theatre"),))

    found = control_chart(TABLE, wish).document

    assert [(phase["from"], phase["to"], phase["reason"]) for phase in found["phases"]] == [
        ("2023-01-01", "2023-06-01", None),
        ("2023-07-01", "2024-06-01", "a second theatre"),
    ]
    assert found["mean"] == 1.5
    assert any("trial limits" in warning for warning in found["warnings"])


def test_signals_by_chance_stand_beside_the_chart_and_come_from_a_seed():
    first = control_chart(TABLE, ChartWish("waits")).document["alarms_by_chance"]

    assert first == control_chart(TABLE, ChartWish("waits")).document["alarms_by_chance"]
    assert first["simulated_series"] == 4000
    assert [chance["autocorrelation"] for chance in first["chances"]] == [0.0]
    assert 0.05 < first["chances"][0]["any_point"] < 0.15
    assert 0.005 < first["chances"][0]["latest_point"] < 0.025


def test_a_signal_is_never_told_as_success():
    found = control_chart(TABLE, ChartWish("waits", direction=Direction.UP)).document

    assert any("not that anybody's work succeeded" in warning for warning in found["warnings"])


def test_a_slow_swing_is_told_as_autocorrelation():
    found = control_chart({"waits": [1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2] * 3}, ChartWish("waits")).document

    assert found["autocorrelation"]["notable"]
    assert any("hang on one another" in warning for warning in found["warnings"])


@pytest.mark.parametrize(
    ("kind", "total", "mean"),
    [
        (ChartKind.XMR, None, 5.0),
        (ChartKind.P, "cases", 0.1),
        (ChartKind.P_PRIME, "cases", 0.1),
        (ChartKind.U, "cases", 0.1),
        (ChartKind.C, None, 5.0),
        (ChartKind.G, None, 5 * 0.6931471805599453),
    ],
)
def test_every_kind_of_chart(kind, total, mean):
    table = {"events": [4, 6, 5, 7, 3, 5], "cases": [50, 40, 60, 50, 50, 50]}

    found = control_chart(table, ChartWish("events", total=total, kind=kind)).document

    assert found["mean"] == pytest.approx(mean)
    assert found["chart"] == str(kind)
    assert (found["alarms_by_chance"] is None) == (kind is not ChartKind.XMR)


def test_times_between_events_are_never_charted_below_nothing():
    found = control_chart({"days": [12, 30, 5, 41, 22]}, ChartWish("days", kind=ChartKind.T)).document

    assert found["limits"]["lower"] == pytest.approx(0.0, abs=0.01)
    assert found["mean"] == pytest.approx(18.8, abs=0.01)


def test_large_totals_send_the_reader_to_p_prime():
    table = {"events": [40000, 60000] * 6, "cases": [100000] * 12}

    warnings = control_chart(table, ChartWish("events", total="cases", kind=ChartKind.P)).document["warnings"]

    assert any("p-prime" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("table", "wish", "error", "reason"),
    [
        (TABLE, ChartWish("deaths"), TableColumnError, "no column deaths"),
        ({"waits": [1, 2]}, ChartWish("waits"), TooFewPointsError, "has 2 values"),
        ({"waits": [3, 3, 3, 3]}, ChartWish("waits"), ConstantSeriesError, "All 4 values of waits are 3"),
        ({"t": [1, 1, 2], "v": [1, 2, 3]}, ChartWish("v", "t"), ChartTimesError, "record 1 and again in record 2"),
        ({"t": [1, None, 2], "v": [1, 2, 3]}, ChartWish("v", "t"), ChartTimesError, "Record 2: the time"),
        ({"v": [1, -2, 3]}, ChartWish("v", kind=ChartKind.C), SeriesCountError, "-2 events"),
        (
            {"v": [1, 9, 3], "n": [5, 5, 5]},
            ChartWish("v", total="n", kind=ChartKind.P),
            SeriesCountError,
            "9 events of 5",
        ),
        (TABLE, ChartWish("waits", rebases=(RebaseWish("2030", "x"),)), ChartTimesError, "no time 2030"),
    ],
)
def test_what_cannot_be_charted_is_refused_with_the_reason(table, wish, error, reason):
    with pytest.raises(error, match=reason):
        control_chart(table, wish)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: ChartWish("v", kind=ChartKind.P), "needs the column with the total"),
        (lambda: ChartWish("v", total="n"), "has no total"),
        (lambda: ChartWish("v", kind=ChartKind.C, moving_ranges=MovingRanges.SCREENED), "rest on no moving ranges"),
        (lambda: ChartWish("v", target=Target(3)), "whether more is better"),
    ],
)
def test_a_wish_that_contradicts_itself_is_refused(make, reason):
    with pytest.raises(ChartColumnsError, match=reason):
        make()


def wall_table():
    rows = [("A", month, value) for month, value in zip(MONTHS, WAITS, strict=True)]
    rows += [("B", month, value) for month, value in zip(MONTHS, [*WAITS[:4], *WAITS[5:], 10], strict=True)]
    rows += [("C", month, 4) for month in MONTHS]
    rows += [("D", MONTHS[0], 4), ("D", MONTHS[1], 5)]
    return pd.DataFrame(rows, columns=["county", "month", "waits"])


def test_a_wall_charts_every_series_and_says_why_not():
    found = chart_wall(wall_table(), "county", ChartWish("waits", "month", direction=Direction.DOWN)).document

    charts = {chart["name"]: chart for chart in found["charts"]}
    assert charts["A"]["latest"]["signal"] is None
    assert charts["B"]["latest"] == {
        "time": "2024-06-01",
        "value": 10.0,
        "signal": "outside",
        "variation": "concern",
    }
    assert charts["C"]["not_charted"] == "all values are the same"
    assert charts["D"]["not_charted"] == "too few values"
    assert (found["series"], found["times"]["count"], found["points_missing"]) == (4, 18, 16)


def test_a_wall_stands_beside_the_alarms_of_chance():
    found = chart_wall(wall_table(), "county", ChartWish("waits", "month")).document

    alarms = found["alarms"]
    assert (alarms["with_a_signal"], alarms["with_a_signal_at_the_latest_point"]) == (2, 1)
    assert [expected["autocorrelation"] for expected in alarms["expected_by_chance"]] == [0.0]
    assert 0.1 < alarms["expected_by_chance"][0]["with_a_signal"] < 0.5
    assert found["warnings"][0].startswith("The number of series with a signal is no measure of success")


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (lambda table: pd.concat([table, table.iloc[[0]]]), ChartTimesError, "A has 2 values at 2023-01-01"),
        (lambda table: table.assign(county=None), ChartColumnsError, "Record 1: county is empty"),
        (lambda table: table.iloc[-2:], TooFewPointsError, "nothing to chart"),
    ],
)
def test_a_wall_that_cannot_be_is_refused(change, error, reason):
    with pytest.raises(error, match=reason):
        chart_wall(change(wall_table()), "county", ChartWish("waits", "month"))


def test_days_and_their_texts_are_the_same_times():
    table = wall_table()
    days = table.assign(month=pd.to_datetime(table["month"]))
    texts = table.assign(month=table["month"] + " 00:00:00.000000000")

    usual = chart_wall(table, "county", ChartWish("waits", "month"))

    for other in (days, texts):
        found = chart_wall(other, "county", ChartWish("waits", "month"))
        assert found.document == usual.document
        assert found.times == MONTHS


def test_the_order_of_the_records_changes_nothing_but_that_of_the_series():
    table = wall_table()

    usual = chart_wall(table, "county", ChartWish("waits", "month"))
    turned = chart_wall(table.iloc[::-1], "county", ChartWish("waits", "month"))

    assert turned.times == usual.times
    assert turned.names == usual.names[::-1]
    assert turned.document["charts"] == usual.document["charts"][::-1]


def test_a_short_chart_guesses_no_autocorrelation():
    found = control_chart({"waits": [3, None, 5, 6]}, ChartWish("waits")).document

    assert found["autocorrelation"]["corrected"] is None
    assert [chance["autocorrelation"] for chance in found["alarms_by_chance"]["chances"]] == [0.0]


def test_a_wall_needs_times_and_takes_no_rebase():
    for wish in (ChartWish("waits"), ChartWish("waits", "month", rebases=(RebaseWish("2023-07-01", "x"),))):
        with pytest.raises(ChartColumnsError, match="need the column with the times"):
            chart_wall(wall_table(), "county", wish)
