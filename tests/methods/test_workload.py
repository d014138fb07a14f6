"""WISN against published and constructed examples, and what holds for every workload."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import WorkingTimeError, WorkloadStandardError
from lianyi.methods.workload import (
    Activity,
    AdditionalActivity,
    Per,
    SupportActivity,
    WorkingTime,
    Workload,
    category_factor,
    whole_staff,
    wisn,
)

YEAR = WorkingTime(
    days_per_week=5, hours_per_day=8, public_holidays=12, annual_leave=21, sick_leave=10, other_absence=5
)


def test_an_hiv_clinic_in_kenya_needs_seventeen_and_a_half_and_with_allowances_eighteen_and_a_half():
    """Human Resources for Health 15 (2017) s12960-017-0186-3, table 3.

    Ten days of support in a year of 179 available days; the last two figures are worked out from those.
    """
    time = WorkingTime(days_per_week=4.5, hours_per_day=8, public_holidays=10, annual_leave=30, sick_leave=15)
    visits = Activity("Visits", annual_volume=10_000 * 10, hours_each=0.25)
    support = SupportActivity("Meetings and training", hours=10 * 8, per=Per.YEAR)
    found = wisn(Workload(time, existing_staff=18, activities=(visits,), support=(support,)))
    assert time.days == 179
    assert visits.annual_volume * visits.hours_each == 25_000
    assert found.basic_staff == pytest.approx(17.46, abs=0.005)
    assert found.category_allowances[0].value == pytest.approx(0.05587, abs=5e-6)
    assert found.category_factor == pytest.approx(1.05917, abs=5e-6)
    assert found.required_staff == pytest.approx(18.49, abs=0.005)


def test_midwives_with_the_standards_of_the_philippines():
    """Standards of Human Resources for Health 19 (2021) s12960-021-00670-4, table 4; volumes constructed."""
    activities = (
        Activity("Antenatal care", 4000, 39 / 60),
        Activity("Postnatal care", 1200, 35 / 60),
        Activity("Normal delivery", 300, 99 / 60),
    )
    support = (
        SupportActivity("Housekeeping", 40 / 60, Per.DAY),
        SupportActivity("Health education", 30 / 60, Per.DAY),
        SupportActivity("Meetings", 2, Per.MONTH),
        SupportActivity("Professional development", 48, Per.YEAR),
    )
    additional = (
        AdditionalActivity("Supervision of health workers", 1, Per.DAY),
        AdditionalActivity("Management meeting", 1, Per.MONTH),
    )
    found = wisn(Workload(YEAR, 2, activities, support, additional))
    assert found.available_hours == 1696
    assert [need.staff for need in found.needs] == pytest.approx([1.5330, 0.4127, 0.2919], abs=5e-5)
    assert found.basic_staff == pytest.approx(2.23762, abs=5e-6)
    shares = [share.value for share in found.category_allowances]
    assert shares == pytest.approx([0.083333, 0.0625, 0.014151, 0.028302], abs=5e-7)
    assert found.category_factor == pytest.approx(1.231961, abs=5e-7)
    assert found.individual_factor == pytest.approx(0.132075, abs=5e-7)
    assert found.required_staff == pytest.approx(2.88873, abs=5e-6)
    assert found.ratio == pytest.approx(0.6923, abs=5e-5)
    assert found.difference == pytest.approx(-0.88873, abs=5e-6)
    assert found.rounded_staff == 3


def test_a_standard_workload_is_what_one_can_do_in_a_year():
    found = wisn(Workload(YEAR, 1, (Activity("Antenatal care", 0, 0.5), Activity("Signature", 10, 0))))
    assert [need.standard_workload for need in found.needs] == [3392, math.inf]
    assert (found.required_staff, found.ratio, found.rounded_staff) == (0, None, 0)


def test_several_members_with_an_additional_activity_count_each():
    teaching = AdditionalActivity("Students", hours=12, per=Per.WEEK, staff=2)
    found = wisn(Workload(YEAR, 1, (), additional=(teaching,)))
    assert found.individual_factor == pytest.approx(2 * 12 / 40)


@pytest.mark.parametrize(
    ("required", "whole"),
    [
        *((0, 0), (0.05, 1), (0.9, 1), (1.0, 1), (1.1, 1), (1.11, 2), (1.9, 2), (2.2, 2), (2.21, 3), (3.3, 3)),
        *((3.31, 4), (4.4, 4), (4.41, 5), (5.5, 5), (5.51, 6), (6.5, 6), (6.6, 7), (17.46, 17), (18.49, 18)),
    ],
)
def test_required_staff_becomes_whole_persons_by_the_rule_of_the_manual(required, whole):
    assert whole_staff(required) == whole


@pytest.mark.parametrize(
    "changes",
    [
        *({"days_per_week": 8}, {"days_per_week": 0}, {"hours_per_day": 25}, {"weeks_per_year": 54}),
        *({"annual_leave": -1}, {"annual_leave": math.nan}, {"sick_leave": 260}),
    ],
)
def test_a_year_without_working_time_is_refused(changes):
    usual = {"days_per_week": 5, "hours_per_day": 8, "public_holidays": 12, "annual_leave": 21, "sick_leave": 10}
    with pytest.raises(WorkingTimeError):
        WorkingTime(**{**usual, **changes})


@pytest.mark.parametrize(
    "make",
    [
        lambda bad: Activity("Visits", bad, 1),
        lambda bad: Activity("Visits", 1, bad),
        lambda bad: SupportActivity("Records", bad, Per.DAY),
        lambda bad: AdditionalActivity("Students", 1, Per.DAY, staff=bad),
        lambda bad: Workload(YEAR, bad, ()),
        whole_staff,
    ],
)
@pytest.mark.parametrize("bad", [-1, math.nan, math.inf])
def test_an_amount_of_work_is_a_number_of_at_least_nothing(make, bad):
    with pytest.raises(WorkloadStandardError, match="a number of 0 or more is expected"):
        make(bad)


def test_support_that_takes_all_the_time_is_refused():
    with pytest.raises(WorkloadStandardError, match="take 100% of working time"):
        wisn(Workload(YEAR, 1, (), (SupportActivity("Records", 8, Per.DAY),)))
    with pytest.raises(WorkloadStandardError):
        category_factor(-0.1)


amounts = st.floats(0, 1e5)
activities = st.lists(st.builds(Activity, st.just("Visits"), amounts, st.floats(0, 24)), max_size=5).map(tuple)
support = st.lists(
    st.builds(SupportActivity, st.just("Records"), st.floats(0, 1), st.sampled_from(Per)), max_size=4
).map(tuple)
additional = st.lists(
    st.builds(AdditionalActivity, st.just("Students"), st.floats(0, 8), st.sampled_from(Per), st.integers(0, 3)),
    max_size=3,
).map(tuple)


@given(activities, support, additional, amounts)
def test_required_staff_have_just_the_hours_that_the_work_takes(work, shared, some, existing):
    found = wisn(Workload(YEAR, existing, work, shared, some))
    hours = math.fsum(each.annual_volume * each.hours_each for each in work)
    extra = math.fsum(each.staff * YEAR.hours_per_year(each.hours, each.per) for each in some)
    # Who does the counted work gives a share of the time to support; additional work is hours on top.
    support_hours = math.fsum(YEAR.hours_per_year(each.hours, each.per) for each in shared)
    doing = (found.required_staff - found.individual_factor) * (YEAR.hours - support_hours)
    assert doing + extra == pytest.approx(hours + extra, rel=1e-9, abs=1e-6)
    assert found.difference == pytest.approx(existing - found.required_staff)


@given(activities, support, additional, st.floats(1, 10))
def test_more_work_never_needs_fewer_staff(work, shared, some, times):
    more = tuple(Activity(each.name, each.annual_volume * times, each.hours_each) for each in work)
    less = wisn(Workload(YEAR, 1, work, shared, some))
    assert wisn(Workload(YEAR, 1, more, shared, some)).required_staff >= less.required_staff * (1 - 1e-12)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_whole_persons_never_fall_as_the_need_rises_and_stay_near_it(first, second):
    low, high = sorted((first, second))
    assert whole_staff(low) <= whole_staff(high)
    assert -0.5 - 1e-6 <= whole_staff(high) - high <= 1
