from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.strategies import days, spans

from lianyi.methods.errors import NegativeQuantityError, PeriodUnitError
from lianyi.methods.periods import DateSpan, PeriodUnit, year_span
from lianyi.methods.rounds import missed_periods, round_frequency


def test_weeks_without_a_visit_are_missed():
    # January 2024 begins on a Monday: weeks 1 to 4 are whole, week 5 has its last four days in February.
    january = DateSpan(date(2024, 1, 1), date(2024, 1, 31))
    visits = [date(2024, 1, 3), date(2024, 1, 9), date(2024, 1, 28)]
    frequency = round_frequency(visits, january, "week", 1)
    assert [(entry.period.label, entry.made) for entry in frequency.periods] == [
        ("2024-W01", 1),
        ("2024-W02", 1),
        ("2024-W03", 0),
        ("2024-W04", 1),
        ("2024-W05", 0),
    ]
    assert [entry.period.label for entry in frequency.missed] == ["2024-W03"]
    assert frequency.met_share == 0.75


def test_two_visits_on_one_day_are_two_visits():
    assert missed_periods([date(2024, 1, 3)] * 2, DateSpan(date(2024, 1, 1), date(2024, 1, 31)), "month", 2) == ()


def test_visits_in_one_quarter_do_not_make_up_for_another():
    visits = [date(2024, 1, 5), date(2024, 2, 5), date(2024, 3, 5), date(2024, 10, 1)]
    assert [entry.period.label for entry in missed_periods(visits, year_span(2024), PeriodUnit.QUARTER, 1)] == [
        "2024-Q2",
        "2024-Q3",
    ]


def test_a_window_without_a_whole_period_judges_nothing():
    frequency = round_frequency([], DateSpan(date(2024, 1, 10), date(2024, 2, 20)), "quarter", 1)
    assert (frequency.missed, frequency.met_share) == ((), None)


def test_a_requirement_below_zero_is_refused():
    with pytest.raises(NegativeQuantityError, match="number of visits required is -1"):
        missed_periods([], year_span(2024), "month", -1)


def test_an_unknown_unit_is_refused():
    with pytest.raises(PeriodUnitError):
        missed_periods([], year_span(2024), "day", 1)


@given(st.lists(days, max_size=30), spans, st.sampled_from(PeriodUnit), st.integers(0, 3))
def test_every_visit_in_the_window_is_in_one_period(visits, window, unit, required):
    frequency = round_frequency(visits, window, unit, required)
    assert sum(entry.made for entry in frequency.periods) == sum(day in window for day in visits)
    assert all(entry.made < required and entry.period.is_complete for entry in frequency.missed)
