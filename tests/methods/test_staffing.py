from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.strategies import days_of, days_of_all, span_lists, stay_lists

from lianyi.methods.errors import MoreAwayThanStaffError, NegativeQuantityError, ResidentPopulationError
from lianyi.methods.periods import DateSpan, year_span
from lianyi.methods.presence import Stay
from lianyi.methods.staffing import (
    CoverBreach,
    average_stationed_doctors,
    minimum_cover_breaches,
    specialty_cover,
    stationed_doctors,
    title_mix,
)

YEAR = year_span(2024)
MAY = DateSpan(date(2024, 5, 1), date(2024, 5, 31))


def doctor(person, span, rank=2, absences=(), specialty=""):
    return Stay(f"{person}-{span.start}", person, "town", span, absences, rank, specialty)


def test_shares_of_titles_come_with_the_people_behind_them():
    mix = title_mix([doctor("A", YEAR, 4), doctor("B", YEAR, 3), doctor("C", YEAR, 2), doctor("D", YEAR, 2)], MAY)
    assert mix.persons_by_rank == ((4, ("A",)), (3, ("B",)), (2, ("C", "D")))
    assert (mix.count_at_least(3), mix.persons, mix.share_at_least(3)) == (2, 4, 0.5)


def test_a_person_promoted_between_two_stays_counts_with_the_higher_title():
    first = DateSpan(date(2024, 1, 1), date(2024, 3, 31))
    second = DateSpan(date(2024, 7, 1), date(2024, 9, 30))
    mix = title_mix([doctor("A", first, 2), doctor("A", second, 3)], YEAR)
    assert mix.persons_by_rank == ((3, ("A",)),)
    assert title_mix([doctor("A", first, 2), doctor("A", second, 3)], first).persons_by_rank == ((2, ("A",)),)


def test_a_share_of_nobody_is_unknown():
    assert title_mix([], YEAR).share_at_least(3) is None


def test_needs_are_sorted_into_covered_missing_and_extra():
    team = [doctor("A", YEAR, specialty="03.04"), doctor("B", YEAR, specialty="20"), doctor("C", YEAR)]
    cover = specialty_cover(team, ["03.04", "04.02", "05"], YEAR)
    assert (cover.covered, cover.missing, cover.extra) == (("03.04",), ("04.02", "05"), ("20",))
    assert (cover.needed, cover.share) == (3, 1 / 3)


def test_a_specialty_that_came_in_another_year_covers_nothing():
    assert specialty_cover([doctor("A", YEAR, specialty="03.04")], ["03.04"], year_span(2023)).share == 0.0


def test_without_declared_needs_the_share_is_unknown():
    assert specialty_cover([doctor("A", YEAR, specialty="03.04")], [], YEAR).share is None


def test_doctors_count_from_the_minimum_of_days_trimmed_to_the_year():
    # 1 January to 1 July 2024 is 31+29+31+30+31+30+1 = 183 days; a year earlier the same dates give 182.
    # B serves 275 days in all, but 1 October 2023 to 30 June 2024 puts only 182 of them into 2024.
    doctors = [
        doctor("A", DateSpan(date(2024, 1, 1), date(2024, 7, 1))),
        doctor("B", DateSpan(date(2023, 10, 1), date(2024, 6, 30))),
        doctor("C", YEAR, rank=1),
    ]
    figure = stationed_doctors(doctors, 2024, minimum_title_rank=2, minimum_days=183, residents=400_000)
    assert (figure.counted, figure.short) == ((("A", 183),), (("B", 182),))
    assert figure.per_10000_residents == 1 / 40


def test_two_posts_in_one_year_are_added_for_one_doctor():
    doctors = [
        doctor("A", DateSpan(date(2024, 1, 1), date(2024, 4, 9))),  # 31+29+31+9 = 100 days
        doctor("A", DateSpan(date(2024, 9, 1), date(2024, 11, 30))),  # 30+31+30 = 91 days
    ]
    assert stationed_doctors(doctors, 2024, minimum_title_rank=2, minimum_days=183, residents=10_000).counted == (
        ("A", 191),
    )


def test_leave_can_bring_a_doctor_below_the_minimum():
    leave = (DateSpan(date(2024, 2, 9), date(2024, 2, 18)),)
    doctors = [doctor("A", DateSpan(date(2024, 1, 1), date(2024, 7, 1)), absences=leave)]
    figure = stationed_doctors(doctors, 2024, minimum_title_rank=2, minimum_days=183, residents=10_000)
    assert (figure.doctors, figure.short) == (0, (("A", 173),))


def test_the_average_uses_every_day_of_the_year():
    # 183 + 366 = 549 person-days over 366 days are 1.5 doctors; per 10,000 of 30,000 residents 0.5.
    doctors = [doctor("A", DateSpan(date(2024, 1, 1), date(2024, 7, 1))), doctor("B", YEAR, rank=3)]
    figure = average_stationed_doctors(doctors, 2024, minimum_title_rank=2, residents=30_000)
    assert (figure.presence.total, figure.doctors, figure.per_10000_residents) == (549, 1.5, 0.5)


def test_a_rate_without_residents_is_refused():
    with pytest.raises(ResidentPopulationError, match="The resident population is 0"):
        stationed_doctors([], 2024, minimum_title_rank=2, minimum_days=183, residents=0)
    with pytest.raises(ResidentPopulationError, match="The resident population is -5"):
        average_stationed_doctors([], 2024, minimum_title_rank=2, residents=-5)


@given(stay_lists, st.integers(0, 4), st.integers(1, 110))
def test_the_two_stationing_figures_rest_on_the_same_person_days(doctors, rank, minimum_days):
    by_minimum = stationed_doctors(doctors, 2020, minimum_title_rank=rank, minimum_days=minimum_days, residents=10_000)
    average = average_stationed_doctors(doctors, 2020, minimum_title_rank=rank, residents=10_000)
    assert sorted(by_minimum.counted + by_minimum.short) == list(average.presence.by_person)
    assert by_minimum.doctors * minimum_days <= average.presence.total


def test_days_below_the_minimum_cover_are_listed_with_those_away():
    away = {
        "A": [MAY],
        "B": [DateSpan(date(2024, 5, 6), date(2024, 5, 10))],
        "C": [DateSpan(date(2024, 5, 9), date(2024, 6, 20))],
    }
    assert minimum_cover_breaches(MAY, staff=5, minimum=4, away=away) == (
        CoverBreach(DateSpan(date(2024, 5, 6), date(2024, 5, 8)), 3, 4, ("A", "B")),
        CoverBreach(DateSpan(date(2024, 5, 9), date(2024, 5, 10)), 2, 4, ("A", "B", "C")),
        CoverBreach(DateSpan(date(2024, 5, 11), date(2024, 5, 31)), 3, 4, ("A", "C")),
    )


def test_a_person_with_overlapping_leave_is_away_once():
    away = {"A": [MAY, DateSpan(date(2024, 5, 20), date(2024, 6, 10))]}
    assert minimum_cover_breaches(MAY, staff=5, minimum=4, away=away) == ()


def test_a_department_smaller_than_its_minimum_is_below_it_all_the_time():
    assert minimum_cover_breaches(MAY, staff=2, minimum=3, away={}) == (CoverBreach(MAY, 2, 3, ()),)


def test_more_people_away_than_staff_are_refused():
    with pytest.raises(MoreAwayThanStaffError, match="2 people are away from a department of 1"):
        minimum_cover_breaches(MAY, staff=1, minimum=1, away={"A": [MAY], "B": [MAY]})


@pytest.mark.parametrize("numbers", [{"staff": -1, "minimum": 0}, {"staff": 1, "minimum": -1}])
def test_numbers_of_people_below_zero_are_refused(numbers):
    with pytest.raises(NegativeQuantityError):
        minimum_cover_breaches(MAY, **numbers, away={})


@given(st.dictionaries(st.sampled_from("ABCD"), span_lists, max_size=4), st.integers(0, 6))
def test_breaches_agree_with_counting_day_by_day(away, minimum):
    window = DateSpan(date(2020, 1, 1), date(2020, 3, 31))
    off = {person: days_of_all(several) for person, several in away.items()}
    expected = {}
    for offset in range(window.days):
        day = window.start + timedelta(days=offset)
        present = 5 - sum(day in taken for taken in off.values())
        if present < minimum:
            expected[day] = present
    found = {
        day: breach.present
        for breach in minimum_cover_breaches(window, staff=5, minimum=minimum, away=away)
        for day in days_of(breach.span)
    }
    assert found == expected
