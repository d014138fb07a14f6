"""The clock of the first follow-up stops with the day of the visit, however late somebody types it in."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, Escalation, FollowUp, Leg
from lianyi.referrals.moments import last_minute_of
from lianyi.referrals.policies import policy_of
from tests.cast import acting_as
from tests.referrals.story import Story
from tests.referrals.ways import YES

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)
MONDAY = datetime.date(2026, 11, 23)
# 12:00 on that Monday in Shanghai.
NOON = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "UTC", "Europe/Berlin", "America/Sao_Paulo")


@pytest.fixture
def wall():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def back_home(story: Story) -> Leg:
    """Return the way back of a patient who came to 山县 on Monday noon; the first visit is planned for Thursday."""
    back = story.returning(story.under_care(urgency="urgent"))
    story.step(back, "accept", story.duty_shan, needs=story.yes_to_all_needs(back), **YES)
    story.step(back, "arrive", story.duty_shan)
    return story.step(back, "take_over", story.duty_shan)


def visit(story: Story, leg: Leg, done_on: datetime.date, state: str = "done") -> Clock:
    row = FollowUp.objects.get(leg=leg, kind="first_after_return")
    record_follow_up(acting_as(story.doctor_shan), row.pk, done_on, "样例", state, row.version)
    return Clock.objects.get(leg=leg, kind="first_follow_up")


def shanghai(day: int, hour: int, minute: int = 0) -> datetime.datetime:
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_visit_typed_in_on_its_own_day_stops_the_clock_now(wall, story: Story) -> None:
    leg = back_home(story)
    wall.shift(DAY + 3 * HOUR)
    clock = visit(story, leg, MONDAY + DAY)
    assert (clock.due_at, clock.stopped_at, clock.breached_at) == (shanghai(26, 23, 59), shanghai(24, 15), None)


def test_a_visit_of_the_last_day_typed_in_a_week_later_was_in_time(wall, story: Story) -> None:
    leg = back_home(story)
    wall.shift(10 * DAY)
    Worker().turn()
    called = Escalation.objects.filter(clock__leg=leg, clock__kind="first_follow_up").count()
    assert called > 0
    clock = visit(story, leg, MONDAY + 3 * DAY)
    assert (clock.stopped_at, clock.due_at, clock.stop) == (shanghai(26, 23, 59), shanghai(26, 23, 59), "met")
    assert (clock.breached_at, clock.next_call_at) == (None, None)
    # Who was called while nobody had said so stays in the record.
    assert Escalation.objects.filter(clock=clock).count() == called


def test_a_visit_one_day_too_late_stays_late(wall, story: Story) -> None:
    leg = back_home(story)
    wall.shift(10 * DAY)
    Worker().turn()
    clock = visit(story, leg, MONDAY + 4 * DAY)
    assert (clock.stopped_at, clock.breached_at) == (shanghai(27, 23, 59), shanghai(26, 23, 59))


def test_a_visit_that_was_not_possible_counts_with_the_day_on_which_it_was_tried(wall, story: Story) -> None:
    leg = back_home(story)
    wall.shift(5 * DAY)
    assert visit(story, leg, MONDAY + 2 * DAY, "not_possible").stopped_at == shanghai(25, 23, 59)


def test_a_visit_before_the_arrival_was_recorded_never_runs_the_clock_backwards(wall, story: Story) -> None:
    wall.shift(-3 * DAY)
    leg = story.under_care(urgency="urgent")
    wall.shift(3 * DAY)
    back = story.returning(leg)
    story.step(back, "accept", story.duty_shan, needs=story.yes_to_all_needs(back), **YES)
    story.step(back, "arrive", story.duty_shan)
    wall.shift(2 * DAY)
    clock = visit(story, back, MONDAY - 2 * DAY)
    assert (clock.started_at, clock.stopped_at, clock.breached_at) == (NOON, NOON, None)


def test_the_day_ends_where_the_unit_is(wall, story: Story) -> None:
    leg = back_home(story)
    wall.shift(6 * DAY)
    with timezone.override("Asia/Urumqi"):
        clock = visit(story, leg, MONDAY + DAY)
    # Two hours after Shanghai's: 21:59 and 19:59 hours elsewhere are the same evening there.
    assert clock.stopped_at == shanghai(24, 23, 59) + 2 * HOUR


@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2037, 12, 30)),
)
def test_the_last_minute_of_a_day_belongs_to_it_and_the_next_one_does_not(zone: str, day: datetime.date) -> None:
    with timezone.override(zone):
        end = last_minute_of(day)
        assert timezone.localdate(end) == day
        # Where the clocks change at midnight the next day may begin an hour late, but never more.
        assert timezone.localdate(end.astimezone(datetime.UTC) + MINUTE) >= day
        assert timezone.localdate(end.astimezone(datetime.UTC) + HOUR + MINUTE) > day


def test_a_first_visit_that_was_not_possible_is_tried_again(wall, story: Story) -> None:
    leg = back_home(story)
    # Only the first visit was planned.
    FollowUp.objects.filter(leg=leg, kind="planned").update(state="void")
    wall.shift(DAY)
    visit(story, leg, MONDAY + DAY, "not_possible")
    again = FollowUp.objects.get(leg=leg, state="open")
    days = policy_of(leg.request.policy).limits.home_visit_days
    assert (again.kind, again.due_on) == ("planned", MONDAY + (1 + days) * DAY)
    record_follow_up(acting_as(story.doctor_shan), again.pk, MONDAY + DAY, "样例", "not_possible", again.version)
    assert FollowUp.objects.filter(leg=leg, state="open").count() == 1


def test_a_visit_that_was_done_plans_no_other(wall, story: Story) -> None:
    leg = back_home(story)
    FollowUp.objects.filter(leg=leg, kind="planned").update(state="void")
    wall.shift(DAY)
    visit(story, leg, MONDAY + DAY)
    assert not FollowUp.objects.filter(leg=leg, state="open").exists()
