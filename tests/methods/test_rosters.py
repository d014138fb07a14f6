"""Hours without anybody are found, whatever the order of the duties and whatever the clocks do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.methods.errors import ClockOrderError, NaiveDatetimeError
from lianyi.methods.rosters import TimeSpan, daily_duties, day_of, holes, hours_of, moved_by_days, without

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def span(first: float, last: float) -> TimeSpan:
    return TimeSpan(MIDNIGHT + timedelta(hours=first), MIDNIGHT + timedelta(hours=last))


def hours(found):
    return [
        ((each.start - MIDNIGHT) / timedelta(hours=1), (each.end - MIDNIGHT) / timedelta(hours=1)) for each in found
    ]


def test_a_whole_day_without_anybody_is_one_hole():
    assert hours(holes(span(0, 24), [])) == [(0, 24)]


def test_duties_that_touch_leave_no_hole():
    assert holes(span(0, 24), [span(12, 24), span(0, 12)]) == ()


def test_a_minute_between_two_duties_is_a_hole():
    assert hours(holes(span(0, 2), [span(0, 1), span(61 / 60, 2)])) == [(1, 61 / 60)]


def test_a_duty_from_the_day_before_covers_the_morning():
    assert hours(holes(span(0, 24), [span(-4, 8), span(20, 30)])) == [(8, 20)]


def test_a_short_duty_inside_a_long_one_opens_nothing():
    assert holes(span(0, 24), [span(0, 24), span(3, 4)]) == ()


def test_a_duty_has_a_zone_and_lasts_some_time():
    with pytest.raises(NaiveDatetimeError):
        TimeSpan(datetime(2026, 3, 2), MIDNIGHT)  # noqa: DTZ001 - refused for that
    with pytest.raises(ClockOrderError, match="some time"):
        span(3, 3)


quarters = st.integers(min_value=-40, max_value=140)
spans = st.tuples(quarters, st.integers(min_value=1, max_value=60)).map(
    lambda pair: span(pair[0] / 4, (pair[0] + pair[1]) / 4)
)


@given(st.lists(spans, max_size=12))
def test_every_quarter_hour_is_either_covered_or_in_a_hole(covered):
    wanted = span(0, 24)
    found = holes(wanted, covered)
    for quarter in range(24 * 4):
        piece = span(quarter / 4, (quarter + 1) / 4)
        is_covered = any(piece.meets(each) for each in covered)
        assert is_covered != any(piece.meets(each) for each in found)
    assert all(wanted.start <= each.start < each.end <= wanted.end for each in found)
    assert all(one.end < other.start for one, other in pairwise(found))


@given(spans, spans)
def test_what_is_taken_out_and_what_is_left_are_the_whole(whole, taken):
    inside = taken.part_in(whole)
    left = without(whole, taken)
    lengths = sum((each.length for each in left), timedelta()) + (inside.length if inside else timedelta())
    assert lengths == whole.length


@given(st.dates(min_value=date(1975, 1, 1), max_value=date(2037, 12, 30)), st.sampled_from([SHANGHAI, BERLIN]))
def test_day_and_night_together_cover_every_day_of_the_year(day, zone):
    duties = [
        *daily_duties(day - timedelta(days=1), day, time(8), time(20), zone),
        *daily_duties(day - timedelta(days=1), day, time(20), time(8), zone),
    ]
    assert holes(day_of(day, zone), duties) == ()


def test_the_night_in_which_the_clocks_go_forward_is_an_hour_shorter():
    (night,) = daily_duties(date(2026, 3, 28), date(2026, 3, 28), time(20), time(8), BERLIN)
    assert night.length == timedelta(hours=11)


def test_the_night_in_which_the_clocks_go_back_is_an_hour_longer():
    (night,) = daily_duties(date(2026, 10, 24), date(2026, 10, 24), time(20), time(8), BERLIN)
    assert night.length == timedelta(hours=13)


def test_a_duty_from_eight_to_eight_is_a_whole_day():
    (day,) = daily_duties(date(2026, 3, 2), date(2026, 3, 2), time(8), time(8), SHANGHAI)
    assert day.length == timedelta(days=1)


def test_a_duty_inside_the_skipped_hour_does_not_exist():
    assert daily_duties(date(2026, 3, 29), date(2026, 3, 29), time(2, 10), time(2, 40), BERLIN) == ()


def test_last_weeks_duty_keeps_its_wall_clock_times_when_the_clocks_change():
    before = daily_duties(date(2026, 3, 23), date(2026, 3, 23), time(8), time(20), BERLIN)[0]
    moved = moved_by_days(before, 7, BERLIN)
    assert moved is not None
    assert moved.start.astimezone(BERLIN).time() == time(8)
    assert moved.start - before.start == timedelta(days=7, hours=-1)


def test_a_moved_duty_that_falls_into_the_skipped_hour_is_none():
    before = daily_duties(date(2026, 3, 22), date(2026, 3, 22), time(2, 10), time(2, 40), BERLIN)[0]
    assert moved_by_days(before, 7, BERLIN) is None


@pytest.mark.parametrize(
    ("day", "zone", "names"),
    [
        (date(2026, 3, 2), SHANGHAI, list(range(24))),
        (date(2026, 3, 29), BERLIN, [0, 1, *range(3, 24)]),
        (date(2026, 10, 25), BERLIN, [0, 1, 2, *range(2, 24)]),
        (date(2026, 4, 5), LORD_HOWE, [0, 1, *range(1, 24)]),
    ],
)
def test_the_hours_of_a_day_are_those_of_the_wall_clock(day, zone, names):
    found = hours_of(day, zone)
    assert [hour for hour, _span in found] == names
    assert holes(day_of(day, zone), [each for _hour, each in found]) == ()


@given(st.dates(min_value=date(1975, 1, 1), max_value=date(2037, 12, 30)), st.sampled_from([SHANGHAI, BERLIN]))
def test_the_hours_of_a_day_do_not_overlap(day, zone):
    found = [each for _hour, each in hours_of(day, zone)]
    assert sum((each.length for each in found), timedelta()) == day_of(day, zone).length
