"""Times of work as people state them."""

from __future__ import annotations

import pytest

from lianyi.methods.errors import WorkloadStandardError
from lianyi.methods.workload import Per, WorkingTime
from lianyi.methods.workload_units import (
    ACTIVITY_UNITS,
    RECURRING_UNITS,
    SUPPORT_UNITS,
    activity,
    additional_activity,
    support_activity,
)

YEAR = WorkingTime(days_per_week=5, hours_per_day=8, public_holidays=12, annual_leave=21, sick_leave=10)


def test_one_time_said_in_three_ways_is_one_time():
    said = [
        activity("Visit", 100, amount, unit).hours_each
        for amount, unit in zip((15, 0.25, 4), ACTIVITY_UNITS, strict=True)
    ]
    assert said == [0.25, 0.25, 0.25]


def test_minutes_and_hours_recur_by_day_week_month_and_year():
    assert len(RECURRING_UNITS) == 8
    for per in Per:
        assert support_activity("Meeting", 90, f"minutes_per_{per}", YEAR).hours == pytest.approx(1.5)
        found = additional_activity("Lead", 1.5, f"hours_per_{per}", staff=2)
        assert (found.hours, found.per, found.staff) == (1.5, per, 2)


def test_a_percent_is_of_each_working_day():
    found = support_activity("Records", 12.5, "percent", YEAR)
    assert (found.hours, found.per) == (1.0, Per.DAY)
    assert ("percent", *RECURRING_UNITS) == SUPPORT_UNITS


@pytest.mark.parametrize(
    "made",
    [
        lambda: activity("Visit", 1, 5, "percent"),
        lambda: activity("Visit", 1, 0, "per_hour"),
        lambda: support_activity("Meeting", 5, "minutes", YEAR),
        lambda: additional_activity("Lead", 5, "percent"),
        lambda: activity("Visit", 1, -5, "minutes"),
    ],
)
def test_a_unit_of_another_kind_or_nothing_in_an_hour_is_refused(made):
    with pytest.raises(WorkloadStandardError):
        made()
