from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lianyi.methods.clocks import (
    ClockUnit,
    Pause,
    WorkingCalendar,
    due_at,
    due_with_pauses,
    is_breached,
    reading,
)
from lianyi.methods.errors import (
    CalendarPeriodError,
    ClockAmountError,
    ClockOrderError,
    ClockUnitError,
    NaiveDatetimeError,
    WorkingCalendarError,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
HAVANA = ZoneInfo("America/Havana")  # its clocks change at midnight
APIA = ZoneInfo("Pacific/Apia")
SKIPPED_IN_APIA = date(2011, 12, 30)

# The long holiday of October 2024: seven days off, two weekend days worked in exchange.
OCTOBER = WorkingCalendar(
    SHANGHAI,
    holidays=frozenset(date(2024, 10, day) for day in range(1, 8)),
    makeup_workdays=frozenset({date(2024, 9, 29), date(2024, 10, 12)}),
)

zones = st.sampled_from([SHANGHAI, NEW_YORK, BERLIN, LORD_HOWE, HAVANA, APIA, ZoneInfo("UTC")])
moments = st.integers(0, 366 * 1440).map(lambda minutes: datetime(2011, 12, 1, tzinfo=UTC) + timedelta(minutes=minutes))
units = st.sampled_from(ClockUnit)
calendar_days = st.dates(date(2011, 12, 1), date(2013, 2, 1))


@st.composite
def calendars(draw):
    zone = draw(zones)
    # A day that the zone skipped cannot be worked.
    holidays = draw(st.frozensets(calendar_days, max_size=20)) | ({SKIPPED_IN_APIA} if zone is APIA else frozenset())
    return WorkingCalendar(
        zone=zone,
        working_week=draw(st.frozensets(st.integers(1, 7), min_size=1)),
        holidays=holidays,
        makeup_workdays=draw(st.frozensets(calendar_days, max_size=20)) - holidays,
        closes_minute=draw(st.integers(1, 1440)),
    )


@st.composite
def moments_in_a_zone(draw):
    return draw(moments).astimezone(draw(zones))


@st.composite
def pauses(draw):
    first, second = sorted([draw(moments), draw(moments)])
    zone = draw(zones)
    end = draw(st.sampled_from([second, None]))
    return Pause(first.astimezone(zone), None if end is None else end.astimezone(draw(zones)))


pause_lists = st.lists(pauses(), max_size=6)


def shown_in(zone, moment):
    return moment.astimezone(zone).isoformat()


# --- what is due when ---------------------------------------------------------------------------------------------


def test_a_green_channel_has_fifteen_minutes_day_and_night():
    started = datetime(2024, 10, 1, 23, 50, tzinfo=SHANGHAI)
    assert shown_in(SHANGHAI, due_at(started, 15, "minute", OCTOBER)) == "2024-10-02T00:05:00+08:00"


def test_two_working_days_over_the_long_holiday_end_after_it():
    # Monday 30 September; the holiday lasts to 7 October, so the two working days are 8 and 9 October.
    started = datetime(2024, 9, 30, 16, 0, tzinfo=SHANGHAI)
    assert shown_in(SHANGHAI, due_at(started, 2, "working_day", OCTOBER)) == "2024-10-10T00:00:00+08:00"


def test_a_makeup_sunday_is_a_working_day():
    friday = datetime(2024, 9, 27, 9, 0, tzinfo=SHANGHAI)
    assert shown_in(SHANGHAI, due_at(friday, 1, "working_day", OCTOBER)) == "2024-09-30T00:00:00+08:00"


def test_with_working_hours_a_working_day_ends_when_they_do():
    calendar = WorkingCalendar(SHANGHAI, opens_minute=8 * 60, closes_minute=17 * 60 + 30)
    friday_evening = datetime(2024, 5, 10, 22, 0, tzinfo=SHANGHAI)
    assert shown_in(SHANGHAI, due_at(friday_evening, 1, "working_day", calendar)) == "2024-05-13T17:30:00+08:00"


def test_the_day_of_the_start_never_counts_even_before_opening():
    calendar = WorkingCalendar(SHANGHAI, opens_minute=8 * 60, closes_minute=17 * 60)
    monday_before_opening = datetime(2024, 5, 13, 5, 0, tzinfo=SHANGHAI)
    assert shown_in(SHANGHAI, due_at(monday_before_opening, 1, "working_day", calendar)) == "2024-05-14T17:00:00+08:00"


def test_the_day_of_the_start_is_that_of_the_calendar_not_of_the_moment():
    # 23:00 on Sunday in London is 7:00 on Monday in Shanghai: the first working day after it is Tuesday.
    sunday_evening = datetime(2024, 1, 14, 23, 0, tzinfo=ZoneInfo("Europe/London"))
    due = due_at(sunday_evening, 1, "working_day", WorkingCalendar(SHANGHAI))
    assert shown_in(SHANGHAI, due) == "2024-01-17T00:00:00+08:00"


def test_hours_are_absolute_and_days_keep_the_wall_clock_when_the_clocks_change():
    # On 10 March 2024 New York has 23 hours.
    started = datetime(2024, 3, 9, 12, 0, tzinfo=NEW_YORK)
    calendar = WorkingCalendar(NEW_YORK)
    assert shown_in(NEW_YORK, due_at(started, 24, "hour", calendar)) == "2024-03-10T13:00:00-04:00"
    assert shown_in(NEW_YORK, due_at(started, 1, "day", calendar)) == "2024-03-10T12:00:00-04:00"


def test_a_time_that_the_clocks_skip_becomes_the_first_after_the_gap():
    started = datetime(2024, 3, 9, 2, 30, tzinfo=NEW_YORK)
    assert shown_in(NEW_YORK, due_at(started, 1, "day", WorkingCalendar(NEW_YORK))) == "2024-03-10T03:00:00-04:00"
    half_hour_gap = datetime(2024, 10, 5, 2, 15, 0, 1, tzinfo=LORD_HOWE)
    due = due_at(half_hour_gap, 1, "day", WorkingCalendar(LORD_HOWE))
    assert shown_in(LORD_HOWE, due) == "2024-10-06T02:30:00+11:00"


def test_a_day_that_a_country_skips_ends_when_it_would_have_begun():
    started = datetime(2011, 12, 29, 10, 0, tzinfo=APIA)
    assert shown_in(APIA, due_at(started, 1, "day", WorkingCalendar(APIA))) == "2011-12-31T00:00:00+14:00"


def test_of_a_time_that_comes_twice_the_first_is_due():
    started = datetime(2024, 11, 2, 1, 30, tzinfo=NEW_YORK)
    due = due_at(started, 1, "day", WorkingCalendar(NEW_YORK))
    assert shown_in(NEW_YORK, due) == "2024-11-03T01:30:00-04:00"


def test_a_midnight_that_the_clocks_skip_ends_the_day_all_the_same():
    # In Havana 10 March 2024 begins at 1:00.
    started = datetime(2024, 3, 8, 9, 0, tzinfo=HAVANA)
    calendar = WorkingCalendar(HAVANA, working_week=frozenset({6}))
    assert shown_in(HAVANA, due_at(started, 1, "working_day", calendar)) == "2024-03-10T01:00:00-04:00"


def test_inside_a_repeated_hour_a_later_start_can_be_due_earlier_by_the_wall_clock():
    calendar = WorkingCalendar(NEW_YORK)
    first = datetime(2024, 11, 3, 1, 45, tzinfo=NEW_YORK)
    thirty_minutes_later = datetime(2024, 11, 3, 1, 15, tzinfo=NEW_YORK, fold=1)
    assert due_at(first, 1, "day", calendar) - due_at(thirty_minutes_later, 1, "day", calendar) == timedelta(minutes=30)


def test_moments_come_back_in_utc():
    assert due_at(datetime(2024, 5, 6, tzinfo=SHANGHAI), 1, "day", OCTOBER).tzinfo is UTC


def wall_clock(moment, zone):
    return moment.astimezone(zone).replace(tzinfo=None)


@given(moments_in_a_zone(), st.integers(1, 60), units, calendars())
def test_a_limit_ends_after_it_began_and_a_longer_one_never_earlier(start, amount, unit, calendar):
    due = due_at(start, amount, unit, calendar)
    assert start < due <= due_at(start, amount + 1, unit, calendar)


@given(moments_in_a_zone(), moments_in_a_zone(), st.integers(1, 30), units, calendars())
@example(
    datetime(2012, 3, 10, 2, 30, tzinfo=NEW_YORK),
    datetime(2012, 3, 10, 2, 50, tzinfo=NEW_YORK),
    1,
    ClockUnit.DAY,
    WorkingCalendar(NEW_YORK),
)
@example(
    datetime(2012, 3, 10, 2, 50, tzinfo=NEW_YORK),
    datetime(2012, 3, 10, 3, 5, tzinfo=NEW_YORK),
    1,
    ClockUnit.DAY,
    WorkingCalendar(NEW_YORK),
)
def test_a_later_start_is_never_due_earlier_where_the_wall_clock_goes_forward(one, other, amount, unit, calendar):
    earlier, later = sorted([one, other], key=lambda moment: moment.astimezone(UTC))
    absolute = unit in (ClockUnit.MINUTE, ClockUnit.HOUR)
    assume(absolute or wall_clock(earlier, calendar.zone) <= wall_clock(later, calendar.zone))
    assert due_at(earlier, amount, unit, calendar) <= due_at(later, amount, unit, calendar)


@given(moments_in_a_zone(), st.integers(1, 100), calendars())
def test_days_keep_the_time_of_the_wall_clock_wherever_it_exists(start, amount, calendar):
    due = due_at(start, amount, "day", calendar)
    wanted = wall_clock(start, calendar.zone) + timedelta(days=amount)
    reached = wall_clock(due, calendar.zone)
    # Where the wanted time is skipped, the moment before lies ahead of it and the moment itself behind it.
    just_before = wall_clock(due.astimezone(UTC) - timedelta(microseconds=1), calendar.zone)
    assert reached == wanted or just_before < wanted < reached


@given(moments_in_a_zone(), st.integers(1, 20), calendars())
def test_the_working_days_between_start_and_due_are_as_many_as_asked(start, amount, calendar):
    due = due_at(start, amount, "working_day", calendar)
    first = wall_clock(start, calendar.zone).date()
    last = wall_clock(due.astimezone(UTC) - timedelta(microseconds=1), calendar.zone).date()
    days = [first + timedelta(days=offset) for offset in range(1, (last - first).days + 1)]
    assert sum(calendar.is_working_day(day) for day in days) == amount
    assert calendar.is_working_day(last)


def test_working_time_opens_with_the_minute_and_ends_before_the_closing_one():
    calendar = WorkingCalendar(SHANGHAI, opens_minute=8 * 60, closes_minute=17 * 60)
    monday = datetime(2024, 5, 13, tzinfo=SHANGHAI)
    hours = [timedelta(hours=8), timedelta(hours=16, minutes=59), timedelta(hours=17), timedelta(hours=7, minutes=59)]
    assert [calendar.is_working_time(monday + after) for after in hours] == [True, True, False, False]
    assert not calendar.is_working_time(datetime(2024, 5, 12, 10, 0, tzinfo=SHANGHAI))


def test_a_start_without_a_time_zone_is_refused():
    with pytest.raises(NaiveDatetimeError, match="The start is 2024-05-06T08:00:00 without a time zone"):
        due_at(at(8).replace(tzinfo=None), 1, "day", OCTOBER)


def test_an_unknown_unit_is_refused_with_those_there_are():
    with pytest.raises(ClockUnitError, match="'week'; the units are minute, hour, day, working_day"):
        due_at(datetime(2024, 5, 6, tzinfo=UTC), 1, "week", OCTOBER)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_limit_of_nothing_is_refused(amount):
    with pytest.raises(ClockAmountError, match=f"The time limit is {amount} hour; it needs at least 1"):
        due_at(datetime(2024, 5, 6, tzinfo=UTC), amount, "hour", OCTOBER)


@pytest.mark.parametrize("unit", ClockUnit)
def test_a_limit_beyond_the_calendar_is_refused(unit):
    with pytest.raises(CalendarPeriodError, match="beyond the year 9999"):
        due_at(datetime(9999, 12, 1, tzinfo=UTC), 10**6, unit, OCTOBER)


@pytest.mark.parametrize("week", [frozenset(), frozenset({0, 1}), frozenset({8})])
def test_a_week_without_working_days_or_with_days_that_are_none_is_refused(week):
    with pytest.raises(WorkingCalendarError, match="name at least one day from 1, Monday, to 7"):
        WorkingCalendar(SHANGHAI, working_week=week)


def test_a_day_that_is_holiday_and_workday_is_refused():
    day = frozenset({date(2024, 10, 1)})
    with pytest.raises(WorkingCalendarError, match="2024-10-01 is a holiday and a make-up workday"):
        WorkingCalendar(SHANGHAI, holidays=day, makeup_workdays=day)


@pytest.mark.parametrize(("opens", "closes"), [(-1, 60), (60, 60), (600, 480), (0, 1441)])
def test_hours_outside_the_day_are_refused(opens, closes):
    with pytest.raises(WorkingCalendarError, match=f"The working hours are minutes {opens} to {closes} of the day"):
        WorkingCalendar(SHANGHAI, opens_minute=opens, closes_minute=closes)


# --- what has run -------------------------------------------------------------------------------------------------


def at(hour, minute=0):
    return datetime(2024, 5, 6, hour, minute, tzinfo=SHANGHAI)


def test_a_running_clock_is_read_now_and_its_open_pause_lasts():
    shown = reading(at(8), None, [Pause(at(9))], now=at(11))
    assert (shown.gross, shown.paused, shown.net) == (timedelta(hours=3), timedelta(hours=2), timedelta(hours=1))


def test_pauses_outside_the_clock_do_not_count():
    outside = [Pause(at(6), at(7)), Pause(at(7), at(8, 30)), Pause(at(11, 45), at(15)), Pause(at(13))]
    shown = reading(at(8), at(12), outside, now=at(20))
    assert (shown.gross, shown.paused) == (timedelta(hours=4), timedelta(minutes=45))


def test_a_stop_that_is_still_to_come_has_not_happened():
    assert reading(at(8), at(12), [], now=at(10)).gross == timedelta(hours=2)


def test_a_night_in_which_the_clocks_go_back_has_its_full_length():
    # From 0:30 to 3:30 by the wall clock are four hours on 27 October 2024 in Berlin.
    started, stopped = (datetime(2024, 10, 27, hour, 30, tzinfo=BERLIN) for hour in (0, 3))
    assert reading(started, stopped, [], now=stopped).gross == timedelta(hours=4)


def counted_by_steps(start, stop, several, step):
    """Walk through the time step by step and ask of each step whether a pause has it: the slow and certain way."""
    running, paused = timedelta(), timedelta()
    moment = start
    while moment < stop:
        if any(pause.start <= moment and (pause.end is None or moment < pause.end) for pause in several):
            paused += step
        else:
            running += step
        moment += step
    return running, paused


quarters = st.integers(0, 400).map(lambda number: datetime(2024, 3, 8, tzinfo=UTC) + timedelta(minutes=15 * number))
quarter_pauses = st.builds(lambda a, b: Pause(min(a, b), max(a, b)), quarters, quarters) | st.builds(Pause, quarters)


@given(quarters, quarters, st.lists(quarter_pauses, max_size=6), zones)
def test_net_and_paused_are_what_a_walk_through_the_time_counts(one, other, several, zone):
    start, stop = min(one, other), max(one, other)
    shown = reading(start.astimezone(zone), stop.astimezone(zone), several, now=stop)
    running, paused = counted_by_steps(start, stop, several, timedelta(minutes=15))
    assert (shown.net, shown.paused) == (running, paused)


@given(moments_in_a_zone(), st.none() | moments_in_a_zone(), pause_lists, moments_in_a_zone(), st.randoms())
def test_gross_is_net_and_paused_together_in_whatever_order_pauses_come(start, stop, several, now, shuffler):
    assume(start.astimezone(UTC) <= now.astimezone(UTC))
    assume(stop is None or start.astimezone(UTC) <= stop.astimezone(UTC))
    shown = reading(start, stop, several, now)
    assert shown.gross == shown.net + shown.paused
    assert timedelta() <= shown.paused <= shown.gross
    shuffled = [*several, *several[:2]]
    shuffler.shuffle(shuffled)
    assert reading(start, stop, shuffled, now) == shown


@given(moments_in_a_zone(), pause_lists, pauses(), moments_in_a_zone())
def test_a_further_pause_never_lengthens_the_net_time(start, several, further, now):
    assume(start.astimezone(UTC) <= now.astimezone(UTC))
    assert reading(start, None, [*several, further], now).net <= reading(start, None, several, now).net


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ClockOrderError, match=r"A pause begins at .* the end cannot come first"):
        Pause(at(9), at(8))


def test_a_clock_that_stops_or_is_read_before_it_starts_is_refused():
    with pytest.raises(ClockOrderError, match="A clock begins at"):
        reading(at(9), at(8), [], now=at(10))
    with pytest.raises(ClockOrderError, match="A reading begins at"):
        reading(at(9), None, [], now=at(8))


@pytest.mark.parametrize("position", range(3))
def test_a_clock_without_a_time_zone_is_refused(position):
    ends = [at(8), at(9), at(10)]
    ends[position] = ends[position].replace(tzinfo=None)
    with pytest.raises(NaiveDatetimeError, match="give the zone with it"):
        reading(ends[0], ends[1], [], now=ends[2])


def test_a_pause_without_a_time_zone_is_refused():
    with pytest.raises(NaiveDatetimeError, match="The end of a pause is 2024-05-06T09:00:00 without"):
        Pause(at(8), at(9).replace(tzinfo=None))


# --- too late or not ----------------------------------------------------------------------------------------------


def test_an_answer_in_the_very_moment_it_is_due_is_in_time():
    due = at(10)
    assert not is_breached(due, at(10), now=at(12))
    assert is_breached(due, at(10) + timedelta(microseconds=1), now=at(12))


def test_a_pause_moves_the_due_time_on():
    due = due_with_pauses(at(10), timedelta(minutes=45))
    assert due == at(10, 45)
    assert not is_breached(due, None, now=at(10, 45))


def test_pauses_of_less_than_nothing_are_refused():
    with pytest.raises(ClockOrderError, match="a pause cannot end before it begins"):
        due_with_pauses(at(10), timedelta(minutes=-1))


@given(quarters, st.integers(1, 2000), st.lists(quarter_pauses, max_size=5), quarters, quarters)
def test_a_breach_stays_a_breach_however_long_the_clock_is_paused_afterwards(start, minutes, several, one, other):
    earlier, later = min(one, other), max(one, other)
    assume(start <= earlier)
    due = due_at(start, minutes, "minute", OCTOBER)

    def breached(now):
        return is_breached(due_with_pauses(due, reading(start, None, several, now).paused), None, now)

    assert breached(later) or not breached(earlier)


@given(quarters, st.integers(1, 2000), st.lists(quarter_pauses, max_size=5), quarters)
def test_a_clock_is_breached_when_its_net_time_is_longer_than_the_limit(start, minutes, several, now):
    assume(start <= now)
    shown = reading(start, None, several, now)
    due = due_with_pauses(due_at(start, minutes, "minute", OCTOBER), shown.paused)
    assert is_breached(due, None, now) == (shown.net > timedelta(minutes=minutes))
