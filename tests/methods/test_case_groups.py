"""Indices of diagnosis-related groups: the constructed example, what is missing, and properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from lianyi.methods.case_groups import case_group_indices, case_table, region_of
from lianyi.methods.errors import CaseTableError, SurveyLengthError, ZeroTotalError

INDICES = ("case_mix_index", "cost_index", "time_index")


def about(value):
    return pytest.approx(value, abs=5e-7, nan_ok=True)


@pytest.fixture
def region():
    table = case_table(["all"] * 2, ["A", "B"], [700, 300], mean_cost=[8_000, 20_000], mean_days=[6, 12])
    return region_of(table)


def numbers(low, high):
    return st.one_of(st.none(), st.floats(low, high, allow_nan=False))


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["h1", "h2", "h3"]),
        st.sampled_from(["A", "B", "C", "D"]),
        st.one_of(st.none(), st.integers(0, 500)),
        numbers(1, 50_000),
        numbers(0.5, 90),
        st.sampled_from([0, None, 2]),
    ),
    min_size=1,
    max_size=25,
)


def table_of(rows):
    hospitals, groups, cases, cost, days, deaths = zip(*rows, strict=True)
    few = [
        None if died is None or number is None else min(died, number)
        for died, number in zip(deaths, cases, strict=True)
    ]
    low_risk = [1 if group in "AB" else 0 for group in groups]
    return case_table(hospitals, groups, cases, mean_cost=cost, mean_days=days, deaths=few, low_risk=low_risk)


def by_hospital(found):
    columns = [name for name in found.__slots__ if name != "hospitals"]
    return {
        hospital: {name: float(getattr(found, name)[at]) for name in columns}
        for at, hospital in enumerate(found.hospitals)
    }


def slowly(rows, region_rows):
    """Every index once more, row by row and without arrays."""
    kept = [row for row in rows if row[2] is not None]
    reference = [row for row in region_rows if row[2] is not None]

    def mean_of(column, group=None):
        told = [row for row in reference if row[column] is not None and group in (None, row[1])]
        cases = sum(row[2] for row in told)
        return sum(row[2] * row[column] for row in told) / cases if cases else None

    found = {}
    for hospital in dict.fromkeys(row[0] for row in rows):
        own = [row for row in kept if row[0] == hospital]
        weighed = [(row[2], mean_of(3, row[1]) / mean_of(3)) for row in own if mean_of(3, row[1]) is not None]
        found[hospital] = [_mean(weighed)]
        for column in (3, 4):
            pairs = [
                (row[2], row[column] / mean_of(column, row[1]))
                for row in own
                if row[column] is not None and mean_of(column, row[1])
            ]
            found[hospital].append(_mean(pairs))
        found[hospital].append(len({row[1] for row in own if row[2] > 0}))
    return found


def _mean(pairs):
    whole = sum(cases for cases, _value in pairs)
    return sum(cases * value for cases, value in pairs) / whole if whole else float("nan")


def test_the_worked_example_gives_the_weights_and_indices_of_the_text(region):
    assert region.overall_mean_cost == 11_600
    assert region.weights == about([0.689655, 1.724138])
    table = case_table(["A"] * 2, ["A", "B"], [80, 20], mean_cost=[8_800, 19_000], mean_days=[6.6, 11.4])
    found = case_group_indices(table, region)
    assert [float(getattr(found, name)[0]) for name in INDICES] == about([0.896552, 1.07, 1.07])
    assert (found.cases[0], found.number_of_groups[0]) == (100, 2)
    assert found.total_weight[0] == about(89.655172)


def test_a_region_against_itself_is_average_in_everything(region):
    table = case_table(["all"] * 2, ["A", "B"], [700, 300], mean_cost=[8_000, 20_000], mean_days=[6, 12])
    found = case_group_indices(table, region)
    assert [float(getattr(found, name)[0]) for name in INDICES] == about([1, 1, 1])


def test_a_group_that_the_region_does_not_have_counts_for_breadth_alone(region):
    table = case_table(["A"] * 2, ["A", "new"], [80, 5], mean_cost=[8_000, 9_000], mean_days=[6, 4])
    found = case_group_indices(table, region)
    assert (found.number_of_groups[0], found.cases_without_weight[0]) == (2, 5)
    assert found.case_mix_index[0] == about(0.689655)
    assert (found.cost_index[0], found.cases_without_cost[0], found.cases_without_days[0]) == (1, 5, 5)


def test_a_missing_cost_is_left_out_above_and_below_the_line(region):
    table = case_table(["A"] * 2, ["A", "B"], [80, 20], mean_cost=[8_800, None], mean_days=[6, 12])
    found = case_group_indices(table, region)
    assert (found.cost_index[0], found.cases_without_cost[0]) == (about(1.1), 20)
    assert (found.case_mix_index[0], found.time_index[0]) == (about(0.896552), 1)


def test_a_cost_of_zero_is_a_cost_and_a_group_free_of_cost_in_the_region_is_not_compared():
    region = region_of(case_table(["all"] * 2, ["A", "free"], [10, 10], mean_cost=[100, 0]))
    assert region.weights.tolist() == [2.0, 0.0]
    found = case_group_indices(case_table(["h"] * 2, ["A", "free"], [5, 5], mean_cost=[0, 70]), region)
    assert (found.cost_index[0], found.cases_without_cost[0]) == (0, 5)
    assert found.case_mix_index[0] == 1


def test_a_hospital_without_any_case_has_no_index_and_not_zero(region):
    found = case_group_indices(case_table(["h", "g"], ["A", "A"], [0, None], mean_cost=[1, 1]), region)
    assert np.isnan([getattr(found, name) for name in INDICES]).all()
    assert (found.number_of_groups.tolist(), found.rows_without_cases.tolist()) == ([0, 0], [0, 1])
    assert found.low_risk_death(0).value is None


def test_low_risk_deaths_stand_with_their_interval_and_without_what_is_unknown(region):
    table = case_table(
        ["A"] * 3, ["A", "B", "A"], [80, 20, 40], deaths=[1, 5, None], low_risk=[1, 0, 1], mean_cost=[1, 1, 1]
    )
    found = case_group_indices(table, region)
    share = found.low_risk_death(0)
    assert (share.numerator, share.denominator) == (1, 80)
    assert found.low_risk_cases_without_deaths[0] == 40
    interval = share.interval()
    assert (interval.low, interval.high) == about(proportion_confint(1, 80, method="wilson"))


def test_a_row_that_does_not_say_takes_the_risk_of_its_group():
    table = case_table(["A", "B"], ["g", "g"], [10, 10], deaths=[0, 1], low_risk=[1, None])
    assert table.is_low_risk.tolist() == [True, True]


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"cases": [-1]}, "Record 1: the number of cases is -1"),
        ({"cases": [2.5]}, "Record 1: the number of cases is 2.5; people are counted whole"),
        ({"mean_cost": [float("inf")]}, "Record 1: the cost is inf"),
        ({"deaths": [11]}, "Record 1: 11 of 10 cases died"),
        ({"low_risk": [2]}, "Record 1: low risk is 2"),
    ],
)
def test_a_number_that_cannot_be_is_told_with_its_record(columns, told):
    with pytest.raises(CaseTableError, match=told):
        case_table(["h"], ["A"], **{"cases": [10], **columns})


def test_a_group_of_low_risk_in_one_record_only_is_refused():
    with pytest.raises(CaseTableError, match="The group g is of low risk in one record and not in another"):
        case_table(["a", "b"], ["g", "g"], [1, 1], low_risk=[1, 0])


def test_columns_of_different_length_and_empty_ones_are_refused():
    with pytest.raises(SurveyLengthError, match="hospital 2, group 2, cases 1"):
        case_table(["a", "b"], ["g", "g"], [1])
    with pytest.raises(SurveyLengthError, match="no row at all"):
        case_table([], [], [])


def test_a_region_without_any_cost_gives_no_weights():
    with pytest.raises(ZeroTotalError, match="No case of the region has a cost above 0"):
        region_of(case_table(["a"], ["g"], [5], mean_days=[3]))


@given(ROWS)
def test_every_index_is_what_slow_sums_give(rows):
    if not any(row[2] and row[3] is not None for row in rows):
        return
    table = table_of(rows)
    found = by_hospital(case_group_indices(table, region_of(table)))
    for hospital, expected in slowly(rows, rows).items():
        own = found[hospital]
        told = [own["case_mix_index"], own["cost_index"], own["time_index"], own["number_of_groups"]]
        assert told == pytest.approx(expected, rel=1e-9, nan_ok=True)


@given(ROWS, st.randoms(use_true_random=False), st.floats(0.01, 1000))
def test_neither_the_order_of_records_nor_the_currency_changes_an_index(rows, random, rate):
    if not any(row[2] and row[3] is not None for row in rows):
        return
    table = table_of(rows)
    found = by_hospital(case_group_indices(table, region_of(table)))
    changed = [
        (*row[:3], None if row[3] is None else row[3] * rate, *row[4:]) for row in random.sample(rows, len(rows))
    ]
    other_table = table_of(changed)
    other = by_hospital(case_group_indices(other_table, region_of(other_table)))
    assert found.keys() == other.keys()
    for hospital, columns in found.items():
        assert other[hospital] == pytest.approx(columns, rel=1e-9, abs=1e-9, nan_ok=True)


@given(ROWS)
def test_all_cases_together_have_a_mean_weight_of_one(rows):
    told = [(*row[:3], 100.0 if row[3] is None else row[3], *row[4:]) for row in rows]
    if not any(row[2] for row in told):
        return
    table = table_of(told)
    found = case_group_indices(table, region_of(table))
    assert found.total_weight.sum() == pytest.approx(found.cases.sum(), rel=1e-9)
