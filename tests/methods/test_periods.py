from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.strategies import days, days_of, days_of_all, span_lists, spans

from lianyi.methods.errors import CalendarPeriodError, PeriodUnitError, SpanBoundsError
from lianyi.methods.periods import (
    ONE_DAY,
    DateSpan,
    PeriodUnit,
    add_calendar_months,
    calendar_months_between,
    gaps_within,
    iso_week_span,
    last_day_of_term,
    merge_spans,
    month_span,
    periods_within,
    quarter_span,
    spans_within,
    spans_without,
    year_span,
)

MAY = DateSpan(date(2024, 5, 1), date(2024, 5, 31))


def test_a_span_counts_both_ends():
    assert DateSpan(date(2024, 5, 1), date(2024, 5, 1)).days == 1
    assert MAY.days == 31
    assert date(2024, 5, 31) in MAY
    assert date(2024, 6, 1) not in MAY


def test_a_span_that_ends_before_it_starts_is_refused():
    with pytest.raises(SpanBoundsError, match="starts on 2024-05-02 and ends on 2024-05-01; the end must be"):
        DateSpan(date(2024, 5, 2), date(2024, 5, 1))


def test_a_time_of_day_is_refused_as_an_end():
    with pytest.raises(SpanBoundsError, match="The end of a span is datetime"):
        DateSpan(date(2024, 5, 1), datetime(2024, 5, 2, 8, 0))  # noqa: DTZ001 - a naive time is what is refused


def test_spans_that_only_follow_one_another_do_not_overlap():
    june = DateSpan(date(2024, 6, 1), date(2024, 6, 30))
    assert not MAY.overlaps(june)
    assert MAY.intersection(june) is None
    assert merge_spans([june, MAY]) == (DateSpan(date(2024, 5, 1), date(2024, 6, 30)),)


def test_spans_with_one_free_day_between_them_stay_apart():
    later = DateSpan(date(2024, 6, 2), date(2024, 6, 30))
    assert merge_spans([later, MAY]) == (MAY, later)


def test_a_span_inside_another_disappears_in_it():
    assert merge_spans([MAY, DateSpan(date(2024, 5, 10), date(2024, 5, 11))]) == (MAY,)


def test_gaps_at_both_ends_and_in_the_middle_are_listed():
    held = [DateSpan(date(2024, 5, 3), date(2024, 5, 10)), DateSpan(date(2024, 5, 12), date(2024, 5, 30))]
    assert gaps_within(held, MAY) == (
        DateSpan(date(2024, 5, 1), date(2024, 5, 2)),
        DateSpan(date(2024, 5, 11), date(2024, 5, 11)),
        DateSpan(date(2024, 5, 31), date(2024, 5, 31)),
    )


def test_a_window_without_spans_is_one_gap():
    assert gaps_within([], MAY) == (MAY,)


def test_the_last_day_of_the_calendar_needs_no_day_after_it():
    window = DateSpan(date(9999, 12, 1), date.max)
    assert gaps_within([window], window) == ()
    assert calendar_months_between(date(9999, 12, 1), date.max) == 1
    assert [period.label for period in periods_within(window, "month")] == ["9999-12"]


@given(span_lists, spans)
def test_merged_spans_and_gaps_divide_the_window(several, window):
    held, free = spans_within(several, window), gaps_within(several, window)
    assert min([*held, *free]).start == window.start
    assert sum(span.days for span in (*held, *free)) == window.days
    assert days_of_all(held) == days_of_all(several) & days_of(window)
    assert days_of_all(held).isdisjoint(days_of_all(free))


@given(span_lists)
def test_merging_twice_changes_nothing_and_keeps_every_day(several):
    merged = merge_spans(several)
    assert merge_spans(merged) == merged
    assert days_of_all(merged) == days_of_all(several)
    assert all((later.start - earlier.end).days > 1 for earlier, later in pairwise(merged))


@given(span_lists, span_lists)
def test_taking_spans_away_takes_exactly_their_days(several, removed):
    assert days_of_all(spans_without(several, removed)) == days_of_all(several) - days_of_all(removed)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        # The example of the programme rules: 10 May to 9 November is exactly six months, a day less is five.
        (date(2021, 5, 10), date(2021, 11, 9), 6),
        (date(2021, 5, 10), date(2021, 11, 8), 5),
        (date(2021, 5, 10), date(2021, 11, 10), 6),
        # Whole calendar months.
        (date(2021, 9, 1), date(2022, 2, 28), 6),
        (date(2021, 9, 1), date(2022, 2, 27), 5),
        (date(2023, 9, 1), date(2024, 2, 28), 5),
        (date(2023, 9, 1), date(2024, 2, 29), 6),
        # February has no 31st: its last day ends the month.
        (date(2021, 8, 31), date(2022, 2, 28), 6),
        (date(2021, 8, 31), date(2022, 2, 27), 5),
        (date(2023, 8, 31), date(2024, 2, 28), 5),
        (date(2023, 8, 31), date(2024, 2, 29), 6),
        (date(2021, 8, 30), date(2022, 2, 28), 6),
        # The matching day of 28 August is 28 February, so 27 February ends the month.
        (date(2021, 8, 28), date(2022, 2, 27), 6),
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 1, 31), date(2024, 3, 30), 2),
        (date(2024, 1, 31), date(2024, 4, 29), 2),
        (date(2024, 1, 31), date(2024, 4, 30), 3),
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2024, 5, 1), date(2024, 5, 1), 0),
        (date(2024, 1, 1), date(2024, 12, 31), 12),
    ],
)
def test_months_of_a_term_are_whole_and_both_days_are_served(start, end, months):
    assert calendar_months_between(start, end) == months


def test_months_of_a_term_that_ends_before_it_starts_are_refused():
    with pytest.raises(SpanBoundsError):
        calendar_months_between(date(2024, 5, 2), date(2024, 5, 1))


@given(days, st.integers(1, 60))
def test_months_agree_with_the_last_day_of_the_term(start, months):
    last = last_day_of_term(start, months)
    assert calendar_months_between(start, last) == months
    if last > start:
        assert calendar_months_between(start, last - ONE_DAY) == months - 1


@given(days, st.integers(0, 60))
def test_months_agree_with_adding_months(start, months):
    later = add_calendar_months(start, months)
    assert calendar_months_between(start, later) == months
    assert (later.year - start.year) * 12 + later.month - start.month == months
    assert later.day == start.day or (later + ONE_DAY).day == 1


@given(days, st.integers(0, 900), st.integers(0, 900))
def test_a_longer_term_never_has_fewer_months(start, fewer, more):
    ends = sorted((start + timedelta(days=fewer), start + timedelta(days=more)))
    assert calendar_months_between(start, ends[0]) <= calendar_months_between(start, ends[1])


def test_adding_months_beyond_the_calendar_is_refused():
    with pytest.raises(CalendarPeriodError, match="lead to the year 10000; dates run from 1 to 9999"):
        add_calendar_months(date(9999, 12, 1), 1)


def test_a_term_without_months_is_refused():
    with pytest.raises(CalendarPeriodError, match="A term has 0 months; it needs at least 1"):
        last_day_of_term(date(2024, 1, 1), 0)


def test_leap_years_have_a_day_more():
    assert [year_span(year).days for year in (1900, 2000, 2023, 2024)] == [365, 366, 365, 366]


def test_quarters_divide_the_year():
    assert [quarter_span(2023, quarter).days for quarter in (1, 2, 3, 4)] == [90, 91, 92, 92]
    assert merge_spans(quarter_span(2023, quarter) for quarter in (1, 2, 3, 4)) == (year_span(2023),)


def test_iso_weeks_follow_the_standard():
    # Week 53 of 2020 runs into 2021, and week 1 of 2021 begins on 4 January: the example of ISO 8601 calendars.
    assert iso_week_span(2020, 53) == DateSpan(date(2020, 12, 28), date(2021, 1, 3))
    assert iso_week_span(2021, 1) == DateSpan(date(2021, 1, 4), date(2021, 1, 10))


@pytest.mark.parametrize(
    ("period", "message"),
    [
        (lambda: quarter_span(2024, 5), "There is no quarter 5"),
        (lambda: month_span(2024, 13), "There is no month 13 in the year 2024"),
        (lambda: year_span(0), "There is no month 1 in the year 0"),
        (lambda: iso_week_span(2021, 53), "There is no ISO week 53 in 2021"),
        (lambda: iso_week_span(9999, 52), "There is no ISO week 52 in 9999"),
    ],
)
def test_a_period_that_does_not_exist_is_refused(period, message):
    with pytest.raises(CalendarPeriodError, match=message):
        period()


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(PeriodUnitError, match="'fortnight'; the units are year, quarter, month, week"):
        periods_within(MAY, "fortnight")


def test_periods_cut_by_the_window_are_marked():
    periods = periods_within(DateSpan(date(2023, 12, 15), date(2024, 2, 29)), "month")
    assert [(period.label, period.within.days, period.is_complete) for period in periods] == [
        ("2023-12", 17, False),
        ("2024-01", 31, True),
        ("2024-02", 29, True),
    ]


@given(spans, st.sampled_from(PeriodUnit))
def test_periods_divide_the_window(window, unit):
    periods = periods_within(window, unit)
    assert sum(period.within.days for period in periods) == window.days
    assert merge_spans(period.within for period in periods) == (window,)
    assert all(period.within.intersection(period.whole) == period.within for period in periods)
    assert all(period.is_complete for period in periods[1:-1])
    assert len({period.label for period in periods}) == len(periods)
