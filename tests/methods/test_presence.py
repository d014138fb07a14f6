from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.methods.strategies import (
    EARLIEST,
    LATEST,
    days_of,
    days_of_all,
    days_on_site,
    span_lists,
    spans,
    stay_lists,
    stays,
)

from lianyi.methods.errors import AbsenceOutsideStayError, NegativeQuantityError
from lianyi.methods.periods import DateSpan, year_span
from lianyi.methods.presence import (
    Stay,
    calendar_coverage,
    continuous_postings,
    handover_overlap,
    headcount_in_year,
    person_days,
    service_days,
)


def stay(person, start, end, *absences, key="", site="county"):
    return Stay(key or f"{person}-{start}", person, site, DateSpan(start, end), tuple(absences))


def test_an_absence_that_leaves_the_stay_is_refused():
    with pytest.raises(AbsenceOutsideStayError, match="An absence from 2024-06-30 to 2024-07-01 leaves the stay P1"):
        stay("A", date(2024, 1, 1), date(2024, 6, 30), DateSpan(date(2024, 6, 30), date(2024, 7, 1)), key="P1")


def test_a_title_below_none_is_refused():
    with pytest.raises(NegativeQuantityError, match="The title rank is -1; it must be 0 or more"):
        Stay("P1", "A", "county", year_span(2024), title_rank=-1)


def test_a_person_with_two_stays_counts_once():
    team = [
        stay("A", date(2024, 1, 1), date(2024, 3, 31)),
        stay("A", date(2024, 6, 1), date(2024, 8, 31)),
        stay("B", date(2023, 7, 1), date(2024, 1, 1)),
        stay("C", date(2023, 7, 1), date(2023, 12, 31)),
    ]
    assert headcount_in_year(team, 2024).persons == ("A", "B")
    assert headcount_in_year(team, 2023).count == 2


def test_a_person_who_is_only_absent_in_the_year_is_not_counted():
    away = DateSpan(date(2024, 1, 1), date(2024, 1, 31))
    assert headcount_in_year([stay("A", date(2023, 7, 1), date(2024, 1, 31), away)], 2024).count == 0


def test_stays_at_one_site_are_joined_over_a_short_gap_and_the_gap_is_shown():
    team = [
        stay("A", date(2021, 5, 10), date(2021, 8, 31), key="P1"),
        stay("A", date(2021, 9, 4), date(2021, 11, 9), key="P2"),
    ]
    (joined,) = continuous_postings(team, gap_tolerance_days=3)
    assert joined.stays == ("P1", "P2")
    assert joined.bridged == (DateSpan(date(2021, 9, 1), date(2021, 9, 3)),)
    assert joined.span == DateSpan(date(2021, 5, 10), date(2021, 11, 9))
    assert joined.months == 6


def test_a_long_absence_breaks_a_stay_as_a_gap_would():
    away = DateSpan(date(2024, 3, 1), date(2024, 4, 30))  # 31 + 30 = 61 days
    broken = stay("A", date(2024, 1, 1), date(2024, 12, 31), away)
    assert [posting.months for posting in continuous_postings([broken], gap_tolerance_days=60)] == [2, 8]
    assert [posting.months for posting in continuous_postings([broken], gap_tolerance_days=61)] == [12]


def test_stays_at_two_sites_are_not_joined():
    team = [
        stay("A", date(2024, 1, 1), date(2024, 3, 31), site="county"),
        stay("A", date(2024, 4, 1), date(2024, 6, 30), site="town"),
    ]
    assert [(posting.site, posting.months) for posting in continuous_postings(team, gap_tolerance_days=30)] == [
        ("county", 3),
        ("town", 3),
    ]


def test_a_tolerance_below_zero_is_refused():
    with pytest.raises(NegativeQuantityError, match="gap tolerance in days is -1"):
        continuous_postings([], gap_tolerance_days=-1)


def test_coverage_counts_days_with_at_least_one_person():
    # 1 January to 30 June 2024 is 31+29+31+30+31+30 = 182 days; 1 July to 20 December is 31+31+30+31+30+20 = 173.
    # B's first 10 days are shared with A, and B is away for 5 days when nobody else is there.
    team = [
        stay("A", date(2024, 1, 1), date(2024, 6, 30)),
        stay("B", date(2024, 6, 21), date(2024, 12, 20), DateSpan(date(2024, 10, 1), date(2024, 10, 5))),
    ]
    coverage = calendar_coverage(team, year_span(2024))
    assert coverage.covered_days == 182 + 173 - 5
    assert coverage.window_days == 366
    assert coverage.share == 350 / 366
    assert coverage.gaps == (
        DateSpan(date(2024, 10, 1), date(2024, 10, 5)),
        DateSpan(date(2024, 12, 21), date(2024, 12, 31)),
    )


def test_coverage_of_a_leap_year_needs_the_leap_day():
    around = [
        stay("A", date(2024, 1, 1), date(2024, 2, 28)),
        stay("B", date(2024, 3, 1), date(2024, 12, 31)),
    ]
    coverage = calendar_coverage(around, year_span(2024))
    assert (coverage.covered_days, coverage.window_days) == (365, 366)
    assert coverage.gaps == (DateSpan(date(2024, 2, 29), date(2024, 2, 29)),)


def test_coverage_without_anyone_is_zero_and_one_gap():
    coverage = calendar_coverage([], year_span(2023))
    assert (coverage.share, coverage.gaps) == (0.0, (year_span(2023),))


@given(stay_lists, spans)
def test_coverage_agrees_with_counting_day_by_day(team, window):
    coverage = calendar_coverage(team, window)
    on_site = [days_on_site(entry) for entry in team]
    covered = 0
    day = window.start
    while day <= window.end:
        covered += any(day in present for present in on_site)
        day += timedelta(days=1)
    assert coverage.covered_days == covered
    assert 0 <= coverage.share <= 1
    assert days_of_all(coverage.covered) | days_of_all(coverage.gaps) == days_of(window)


def test_a_handover_without_overlap_has_no_days():
    leaving = stay("A", date(2024, 1, 1), date(2024, 6, 30), key="P1")
    arriving = stay("B", date(2024, 7, 1), date(2024, 12, 31), key="P2")
    overlap = handover_overlap(leaving, arriving)
    assert (overlap.predecessor, overlap.successor, overlap.days, overlap.shared) == ("P1", "P2", 0, ())


def test_absences_are_taken_off_a_handover():
    leaving = stay("A", date(2024, 1, 1), date(2024, 6, 30), DateSpan(date(2024, 6, 26), date(2024, 6, 27)), key="P1")
    arriving = stay("B", date(2024, 6, 24), date(2024, 12, 31), key="P2")
    # 24 and 25 June, then 28 to 30 June.
    assert handover_overlap(leaving, arriving).days == 5


@given(stays(), stays())
def test_a_handover_counts_the_same_days_from_both_sides(one, other):
    shared = handover_overlap(one, other)
    assert shared.shared == handover_overlap(other, one).shared
    assert shared.days == len(days_on_site(one) & days_on_site(other))


def test_a_person_at_two_sites_on_one_day_gives_one_person_day():
    team = [
        stay("A", date(2024, 1, 1), date(2024, 1, 10), site="county"),
        stay("A", date(2024, 1, 6), date(2024, 1, 15), site="town"),
        stay("B", date(2023, 12, 25), date(2024, 1, 2)),
    ]
    assert person_days(team, year_span(2024)).by_person == (("A", 15), ("B", 2))
    assert person_days(team, year_span(2024)).total == 17


@given(stay_lists, spans, st.integers(0, 600))
def test_person_days_add_up_over_adjacent_windows(team, window, offset):
    middle = window.start + timedelta(days=offset % window.days)
    first = DateSpan(window.start, middle)
    both = person_days(team, first).total
    if middle < window.end:
        both += person_days(team, DateSpan(middle + timedelta(days=1), window.end)).total
    assert person_days(team, window).total == both


def test_a_certificate_lists_exact_dates_days_and_gaps():
    leave = DateSpan(date(2022, 1, 29), date(2022, 2, 7))  # 3 + 7 = 10 days
    posting = stay("张示例", date(2021, 5, 10), date(2022, 5, 9), leave, key="P7")
    whole = service_days(posting, DateSpan(date(2021, 1, 1), date(2022, 12, 31)))
    assert (whole.calendar_days, whole.absent_days, whole.present_days) == (365, 10, 355)
    assert whole.absent == (leave,)
    # 1 January to 9 May 2022 is 31+28+31+30+9 = 129 days.
    trimmed = service_days(posting, year_span(2022))
    assert trimmed.span == DateSpan(date(2022, 1, 1), date(2022, 5, 9))
    assert (trimmed.calendar_days, trimmed.present_days) == (129, 119)


def test_a_stay_outside_the_window_has_no_service_days():
    outside = service_days(stay("A", date(2021, 5, 10), date(2021, 8, 9)), year_span(2022))
    assert (outside.span, outside.calendar_days, outside.present_days) == (None, 0, 0)


@given(stays(), spans)
def test_present_and_absent_days_make_up_the_service(posting, window):
    served = service_days(posting, window)
    assert served.present_days + served.absent_days == served.calendar_days
    assert served.present_days == len(days_on_site(posting) & days_of(window))


@given(stay_lists, st.integers(0, 40))
def test_continuous_postings_hold_every_day_on_site_once(team, tolerance):
    for person, site in {(entry.person, entry.site) for entry in team}:
        mine = [entry for entry in team if (entry.person, entry.site) == (person, site)]
        postings = [
            posting
            for posting in continuous_postings(team, gap_tolerance_days=tolerance)
            if (posting.person, posting.site) == (person, site)
        ]
        on_site = {day for entry in mine for day in days_on_site(entry)}
        held = days_of_all(posting.span for posting in postings)
        bridged = days_of_all(gap for posting in postings for gap in posting.bridged)
        assert held - bridged == on_site
        assert all(gap.days <= tolerance for posting in postings for gap in posting.bridged)
        assert all((later.span.start - earlier.span.end).days - 1 > tolerance for earlier, later in pairwise(postings))


@given(span_lists)
def test_overlapping_absences_are_taken_off_once(absences):
    whole = DateSpan(EARLIEST, LATEST)
    posting = Stay("P1", "A", "county", whole, tuple(absences))
    assert service_days(posting, whole).absent_days == len(days_of_all(absences))
