"""Completeness, timeliness and outliers of monthly reports: small tables by hand, properties, and Malawi."""

from __future__ import annotations

import csv
import gzip
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lianyi.methods.completeness import completeness, report_table, timeliness
from lianyi.methods.errors import ReportSeriesError, SurveyLengthError
from lianyi.methods.outliers import Scale, outliers, seasonal_outliers

YEAR = [f"2026-{month:02d}" for month in range(1, 13)]
COUNTS = st.one_of(st.just(np.nan), st.integers(0, 500).map(float))
TABLES = arrays.arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(6, 36)), elements=COUNTS, fill=st.nothing())


def table_of(values):
    rows = [
        (f"u{unit}", f"{2020 + month // 12}-{month % 12 + 1:02d}", values[unit, month])
        for unit in range(values.shape[0])
        for month in range(values.shape[1])
    ]
    return report_table(*zip(*rows, strict=True))


def test_reports_that_came_are_counted_and_zeros_stand_apart():
    values = [5, 0, None, None, 7, 0, None, 1, 2, 3, 4, 5]
    found = completeness(report_table(["Ceheng"] * 12, YEAR, values))
    assert (found.expected[0], found.received[0], found.missing[0], found.zeros[0]) == (12, 9, 3, 2)
    assert (found.share[0], found.longest_gap[0], found.overall) == (0.75, 2, 0.75)
    assert found.share_by_month.tolist() == [1, 1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1]


def test_a_month_without_any_row_is_missing_too():
    table = report_table(["A", "B"], ["2025-11", "2026-02"], [1, 2])
    assert table.months == ("2025-11", "2025-12", "2026-01", "2026-02")
    assert completeness(table).received.tolist() == [1, 1]
    assert table.calendar_months.tolist() == [10, 11, 0, 1]


def test_only_what_was_due_is_expected_and_counted():
    table = report_table(["A"] * 4, YEAR[:4], [1, None, 3, 4])
    found = completeness(table, np.array([[True, True, False, False]]))
    assert (found.expected[0], found.received[0], found.share[0]) == (2, 1, 0.5)
    nothing = completeness(table, np.zeros((1, 4), dtype=bool))
    assert np.isnan(nothing.share[0])
    assert nothing.overall is None


def test_late_and_missing_reports_are_told_apart():
    found = timeliness(report_table(["A"] * 5 + ["B"] * 5, YEAR[:5] * 2, [0, -3, 1, 30, None] + [None] * 5))
    assert (found.in_time.tolist(), found.late.tolist(), found.not_received.tolist()) == ([2, 0], [2, 0], [1, 5])
    assert (found.share_of_expected.tolist(), found.share_of_received[0]) == ([0.4, 0.0], 0.5)
    assert np.isnan(found.share_of_received[1])


def test_a_figure_that_was_typed_with_a_nought_too_many_stands_out():
    flags = outliers([[12, 10, 11, 9, 110, 12, np.nan, 10]])
    assert np.flatnonzero(flags.is_flagged[0]).tolist() == [4]
    # Median 11, absolute deviations 0 1 1 1 1 2 99, their median 1.
    assert flags.scores[0, 4] == pytest.approx(0.6744897501960817 * 99)
    assert (flags.scored, flags.expected_by_chance) == (7, pytest.approx(7 * 0.000465258, rel=1e-5))


def test_a_peak_among_figures_that_are_all_the_same_stands_out():
    flags = outliers([[0, 0, 0, 0, 0, 0, 0, 50], [3] * 8])
    # The mean absolute deviation is 50 / 8.
    assert flags.scores[0, 7] == pytest.approx(8 * 0.7978845608028654)
    assert flags.is_flagged.tolist() == [[False] * 7 + [True], [False] * 8]


def test_a_unit_with_few_reports_has_no_score():
    flags = outliers([[1, 2, 300, np.nan, 2, 1, np.nan]])
    assert np.isnan(flags.scores).all()
    assert flags.scored == 0


def test_a_rainy_season_is_no_outlier_and_a_peak_in_the_dry_one_is():
    season = np.array([900, 950, 800, 400, 120, 60, 40, 30, 35, 60, 200, 600], dtype=float)
    noise = np.random.default_rng(7).normal(0, 0.1, 84)
    values = np.tile(season, 7) * np.exp(noise)
    values[43] = 400
    flags = seasonal_outliers(values[None], np.tile(np.arange(12), 7))
    assert np.flatnonzero(flags.is_flagged[0]).tolist() == [43]
    assert not outliers(values[None]).is_flagged[0, 43]


def test_a_month_of_the_year_with_two_figures_is_compared_with_nothing():
    flags = seasonal_outliers(np.arange(24.0)[None] + 1, np.tile(np.arange(12), 2))
    assert np.isnan(flags.scores).all()


@given(TABLES, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_and_each_unit_stands_for_itself(values, random):
    order = random.sample(range(len(values)), len(values))
    for method in (outliers, lambda table: seasonal_outliers(table, np.arange(table.shape[1]) % 12)):
        whole = method(values).scores
        assert np.array_equal(method(values[order]).scores, whole[order], equal_nan=True)
        assert np.array_equal(method(values[:1]).scores, whole[:1], equal_nan=True)


@given(TABLES, st.floats(0.01, 100), st.floats(-1000, 1000))
def test_another_unit_of_measure_changes_no_score(values, factor, shift):
    one, other = outliers(values).scores, outliers(values * factor + shift).scores
    assert other == pytest.approx(one, rel=1e-6, abs=1e-6, nan_ok=True)


@given(TABLES)
def test_scores_are_those_of_slow_medians_and_what_is_missing_has_none(values):
    found = outliers(values, scale=Scale.LOGARITHM).scores
    for row, scores in zip(np.log1p(values), found, strict=True):
        known = row[~np.isnan(row)]
        assert np.isnan(scores[np.isnan(row)]).all()
        if len(known) < 6:
            assert np.isnan(scores).all()
            continue
        sizes = np.abs(known - np.median(known))
        spread = np.median(sizes) / 0.6744897501960817 or sizes.mean() / 0.7978845608028654
        expected = (known - np.median(known)) / spread if spread else np.zeros(len(known))
        assert scores[~np.isnan(row)] == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(TABLES)
def test_what_came_and_what_is_missing_is_all_that_was_expected(values):
    found = completeness(table_of(values))
    assert (found.received + found.missing).tolist() == [values.shape[1]] * len(values)
    assert found.received.tolist() == (~np.isnan(values)).sum(axis=1).tolist()
    assert (found.longest_gap <= found.missing).all()
    assert found.share_by_month.mean() == pytest.approx(found.overall)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: report_table([], [], []), "no report at all"),
        (lambda: report_table(["A"], ["2026-13"], [1]), "“2026-13” is no month"),
        (lambda: report_table(["A", "A"], ["2026-01", "2026-01"], [1, 2]), "A has the month 2026-01 more than once"),
        (lambda: report_table(["A"], ["2026-01"], [np.inf]), "Record 1: the figure is inf"),
        (lambda: completeness(report_table(["A"], ["2026-01"], [1]), np.ones((2, 2), bool)), r"expected \(2, 2\)"),
        (lambda: outliers([1, 2]), r"shape \(2,\); units by months"),
        (lambda: outliers([[1, np.inf]]), "A figure is infinite"),
        (lambda: outliers([[1, 2]], limit=0), "The limit is 0"),
        (lambda: outliers([[1, -2]], scale=Scale.LOGARITHM), "below 0, which has no logarithm"),
        (lambda: seasonal_outliers([[1, 2]], [0]), "2 columns and 1 months"),
    ],
)
def test_what_cannot_be_used_is_refused(make, told):
    with pytest.raises(ReportSeriesError, match=told):
        make()


def test_columns_of_different_length_are_refused():
    with pytest.raises(SurveyLengthError, match="unit 1, month 1, value 2"):
        report_table(["A"], ["2026-01"], [1, 2])


@pytest.mark.realdata
def test_a_third_of_the_malaria_reports_of_malawi_never_came_and_few_stand_out_of_their_season(real_data):
    file = real_data / "mw_malaria_monthly" / "monthly_cases.csv.gz"
    if not file.exists():
        pytest.skip("the monthly reports of Malawi are not here")
    rows = list(csv.DictReader(io.StringIO(gzip.decompress(file.read_bytes()).decode("utf-8-sig"))))
    values = [float(row["rdt"]) if row["rdt"] else None for row in rows]
    table = report_table([row["facility"] for row in rows], [row["month"] for row in rows], values)
    assert table.values.shape == (972, 84)

    found = completeness(table)
    assert (found.expected.sum(), found.missing.sum()) == (81_648, 26_776)
    assert round(found.overall, 3) == 0.672

    flags = seasonal_outliers(table.values, table.calendar_months)
    assert flags.scored <= found.received.sum()
    share = flags.is_flagged.sum() / flags.scored
    assert 0.01 < share < 0.1
    assert flags.is_flagged.sum() > 10 * flags.expected_by_chance
