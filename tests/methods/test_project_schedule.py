"""Dates of projects: forecasts, slips, shares and sums of delays."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.project_schedule import ScheduledMilestone, days_by_reason, forecasts, share_reached, slips

START = date(2024, 1, 1)
DAYS = st.integers(min_value=0, max_value=900)


def at(days: int) -> date:
    return START + timedelta(days=days)


@st.composite
def rows_of_milestones(draw: st.DrawFn) -> tuple[ScheduledMilestone, ...]:
    ends = sorted(draw(st.lists(DAYS, min_size=1, max_size=8)))
    moved = [draw(st.integers(min_value=0, max_value=200)) for _each in ends]
    reached = [draw(st.none() | DAYS) for _each in ends]
    return tuple(
        ScheduledMilestone(at(end), at(end + more), None if day is None else at(day))
        for end, more, day in zip(ends, moved, reached, strict=True)
    )


def test_what_is_open_and_overdue_is_expected_today() -> None:
    row = ScheduledMilestone(date(2024, 3, 31), date(2024, 3, 31))
    assert forecasts([row], date(2024, 6, 30)) == (date(2024, 6, 30),)
    assert row.is_late(date(2024, 4, 1))
    assert not row.is_late(date(2024, 3, 31))


def test_an_early_milestone_does_not_pull_the_next_one_forward() -> None:
    first = ScheduledMilestone(at(30), at(30), at(10))
    assert forecasts([first, ScheduledMilestone(at(60), at(60))], at(20)) == (at(10), at(60))


def test_slips_are_counted_from_the_baseline_also_after_a_move() -> None:
    assert slips([ScheduledMilestone(at(30), at(90), at(95))], at(100)) == (65,)


def test_days_of_a_reason_are_summed_and_earlier_days_taken_off() -> None:
    assert days_by_reason([("money", 5), ("people", 30), ("money", -2)]) == {"people": 30, "money": 3}


@given(rows_of_milestones(), DAYS)
def test_nothing_open_is_expected_before_today_or_before_its_planned_end(
    rows: tuple[ScheduledMilestone, ...], day: int
) -> None:
    for row, expected in zip(rows, forecasts(rows, at(day)), strict=True):
        if row.reached_on is None:
            assert expected >= max(at(day), row.planned_to)
        else:
            assert expected == row.reached_on


@given(rows_of_milestones(), DAYS)
def test_days_that_pass_never_bring_a_forecast_forward(rows: tuple[ScheduledMilestone, ...], day: int) -> None:
    assert all(later >= now for now, later in zip(forecasts(rows, at(day)), forecasts(rows, at(day + 30)), strict=True))


@given(rows_of_milestones())
def test_the_share_counts_every_milestone_once(rows: tuple[ScheduledMilestone, ...]) -> None:
    found = share_reached(rows)
    assert (found.numerator, found.denominator) == (sum(each.reached_on is not None for each in rows), len(rows))
