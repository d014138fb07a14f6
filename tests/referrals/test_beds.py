"""A bed that is kept: only where one is free, only until its time is over, and never twice given free."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone, translation

from lianyi.accounts.models import AuditEvent
from lianyi.pages.errors import message_of
from lianyi.referrals.beds import beds_of
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, FollowUp, Leg, LegEvent, Notice
from lianyi.referrals.walking import automatic_step
from lianyi.registry.models import BedCount
from tests.cast import as_service
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals import ways
from tests.referrals.laws import names_open_to
from tests.referrals.story import Story
from tests.referrals.ways import YES

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)
KEPT_FOR = datetime.timedelta(hours=12)
GRACE = datetime.timedelta(hours=24)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


def count_beds(story: Story, *, free: int, minutes_ago: int) -> BedCount:
    return BedCount.objects.create(
        institution=story.scene.jia,
        bed_type="general",
        beds_open=20,
        beds_occupied=20 - free,
        counted_at=timezone.now() - minutes_ago * MINUTE,
    )


def kept_bed(story: Story) -> Leg:
    """Return a leg with a bed for three hours from now."""
    leg = story.accepted(urgency="urgent")
    assert (leg.state, leg.ball_side, leg.reserved_until) == (
        "bed-reserved",
        "sender",
        timezone.now() + 3 * HOUR + KEPT_FOR,
    )
    return leg


def test_the_worker_gives_a_bed_free_when_its_time_is_over_and_tells_both_sides(
    clock_on_the_wall, story: Story
) -> None:
    leg = kept_bed(story)
    clock_on_the_wall.shift(3 * HOUR + KEPT_FOR - MINUTE)
    assert "beds" not in Worker().turn().done
    clock_on_the_wall.shift(MINUTE)
    Notice.objects.all().delete()
    assert Worker().turn().done["beds"] == 1
    leg.refresh_from_db()
    # The receiver has to find another bed now, within the time of the policy.
    assert (leg.state, leg.ball_side, leg.ball_institution_id) == (
        "appointment-cancelled",
        "receiver",
        story.scene.jia.pk,
    )
    assert (leg.reservation, leg.due_at) == ("", timezone.now() + 2 * HOUR)
    assert Clock.objects.get(leg=leg, kind="rebooking").stopped_at is None
    told = Notice.objects.filter(kind="release_bed", leg=leg).values_list("institution_id", flat=True)
    assert sorted(told) == sorted([story.scene.shan.pk, story.scene.jia.pk])
    event = LegEvent.objects.get(leg=leg, step="release_bed")
    assert (event.rule, event.side, event.entry_mode) == ("R13", "system", "automatic")
    assert "The bed is not kept any longer" in words(page_of(client_of(story.doctor_shan), "referrals:notices"))


def test_a_bed_is_given_free_once_whatever_restarts(clock_on_the_wall, story: Story) -> None:
    leg = kept_bed(story)
    clock_on_the_wall.shift(3 * HOUR + KEPT_FOR)
    first = Worker()
    done = [first.turn().done.get("beds"), Worker().turn().done.get("beds"), Worker().turn().done.get("beds")]
    assert done == [1, None, None]
    assert LegEvent.objects.filter(leg=leg, step="release_bed").count() == 1
    # A worker that was stopped between the look and the step comes with the key of the step that was taken.
    before = AuditEvent.objects.count()
    with pytest.raises(CaseStepRefusedError, match="does not follow"):
        automatic_step(as_service(), leg.pk, "release_bed")
    assert AuditEvent.objects.count() == before


def test_a_bed_given_free_may_be_given_to_the_same_patient_again_and_then_runs_out_again(
    clock_on_the_wall, story: Story
) -> None:
    leg = kept_bed(story)
    clock_on_the_wall.shift(3 * HOUR + KEPT_FOR)
    Worker().turn()
    story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR, reservation="样例床2")
    assert (leg.state, leg.reserved_until) == ("bed-reserved", timezone.now() + HOUR + KEPT_FOR)
    clock_on_the_wall.shift(HOUR + KEPT_FOR)
    assert Worker().turn().done["beds"] == 1
    assert LegEvent.objects.filter(leg=leg, step="release_bed").count() == 2


def test_whose_bed_ran_out_is_still_missed_and_looked_for_at_home(clock_on_the_wall, story: Story) -> None:
    leg = kept_bed(story)
    clock_on_the_wall.shift(3 * HOUR + KEPT_FOR)
    Worker().turn()
    clock_on_the_wall.shift(GRACE - KEPT_FOR - MINUTE)
    assert "no_shows" not in Worker().turn().done
    clock_on_the_wall.shift(MINUTE)
    assert Worker().turn().done["no_shows"] == 1
    leg.refresh_from_db()
    assert (leg.state, leg.ball_side, leg.no_shows, leg.reserved_until) == ("no-show", "sender", 1, None)
    assert FollowUp.objects.get(leg=leg, kind="home_visit").institution_id == story.scene.shan.pk


def test_a_booking_that_people_cancelled_makes_nobody_missed(clock_on_the_wall, story: Story) -> None:
    leg = kept_bed(story)
    story.step(leg, "cancel_booking", story.duty_jia, reason_code="capacity")
    clock_on_the_wall.shift(3 * HOUR + GRACE)
    assert {"beds", "no_shows"} & set(Worker().turn().done) == set()
    leg.refresh_from_db()
    assert leg.state == "appointment-cancelled"
    with pytest.raises(GuardRefusedError, match="may still come"):
        story.step(leg, "record_no_show", story.duty_jia)


def test_after_a_long_stop_of_the_worker_the_patient_is_missed_at_once(clock_on_the_wall, story: Story) -> None:
    leg = kept_bed(story)
    clock_on_the_wall.shift(3 * HOUR + GRACE)
    done = Worker().turn().done
    assert (done["no_shows"], done.get("beds")) == (1, None)
    leg.refresh_from_db()
    assert (leg.state, leg.reservation, leg.reserved_until) == ("no-show", "", None)


@pytest.mark.parametrize("way", ["depart", "arrive"])
def test_a_patient_who_left_or_came_in_time_keeps_the_case_as_it_is(clock_on_the_wall, story: Story, way: str) -> None:
    leg = kept_bed(story)
    story.step(leg, way, story.doctor_shan if way == "depart" else story.duty_jia)
    clock_on_the_wall.shift(3 * HOUR + KEPT_FOR)
    assert "beds" not in Worker().turn().done


def test_who_comes_after_the_bed_was_given_free_is_never_refused(clock_on_the_wall, story: Story) -> None:
    leg = kept_bed(story)
    clock_on_the_wall.shift(3 * HOUR + KEPT_FOR)
    Worker().turn()
    assert story.step(leg, "arrive", story.duty_jia).state == "arrived"


def test_nobody_ends_a_reservation_by_hand_before_its_time(clock_on_the_wall, story: Story) -> None:
    leg = kept_bed(story)
    with pytest.raises(GuardRefusedError) as refused:
        automatic_step(as_service(), leg.pk, "release_bed")
    assert refused.value.params["reason"] == "bed-kept"


def test_no_bed_is_kept_where_a_fresh_count_names_none(clock_on_the_wall, story: Story) -> None:
    leg = ways.accepted(story, urgency="urgent")
    count_beds(story, free=0, minutes_ago=20)
    assert ("keep_bed", False) not in names_open_to(story.duty_jia, leg)
    for said in ({}, {"capacity_confirmed": True}):
        with pytest.raises(GuardRefusedError) as refused:
            story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR, **said)
        assert refused.value.params["reason"] == "no-bed-free"
    with translation.override("en"):
        told = message_of(refused.value)
    assert "No bed is free here by the count of 2026-11-23 11:40 (20 min ago)" in told
    # Who knows better counts again.
    count_beds(story, free=1, minutes_ago=0)
    assert story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR).state == "bed-reserved"


def test_the_last_free_bed_is_promised_once(clock_on_the_wall, story: Story) -> None:
    count_beds(story, free=1, minutes_ago=10)
    first, second = ways.accepted(story, urgency="urgent"), ways.accepted(story, urgency="urgent")
    story.step(first, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR)
    with pytest.raises(GuardRefusedError, match="No bed is free"):
        story.step(second, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR)
    clock_on_the_wall.shift(HOUR + KEPT_FOR)
    count_beds(story, free=1, minutes_ago=0)
    Worker().turn()
    first.refresh_from_db()
    assert first.state == "appointment-cancelled"
    assert story.step(second, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR).state == "bed-reserved"


def test_an_old_count_without_free_beds_asks_somebody_to_look(clock_on_the_wall, story: Story) -> None:
    leg = ways.accepted(story, urgency="urgent")
    count_beds(story, free=0, minutes_ago=200)
    with pytest.raises(FactsRefusedError) as refused:
        story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR)
    assert (refused.value.params["reason"], refused.value.params["field"]) == ("no-bed-counted", "capacity_confirmed")
    assert "(200 min ago)" in str(refused.value)
    kept = story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR, capacity_confirmed=True)
    assert kept.state == "bed-reserved"
    assert LegEvent.objects.get(leg=leg, step="keep_bed").facts["capacity_confirmed"] is True


def test_who_accepts_with_a_bed_against_the_count_says_that_they_looked(clock_on_the_wall, story: Story) -> None:
    leg = ways.opened(story, urgency="urgent")
    count_beds(story, free=0, minutes_ago=20)
    said = {"contact": YES["contact"], "expected_at": timezone.now() + HOUR}
    with pytest.raises(FactsRefusedError) as refused:
        story.step(leg, "accept_with_bed", story.duty_jia, **said)
    assert refused.value.params["reason"] == "no-bed-counted"
    assert leg.state == "opened"
    # Without a bed of its own the patient may be accepted all the same.
    assert story.step(leg, "accept_with_bed", story.duty_jia, capacity_confirmed=True, **said).state == "bed-reserved"


def test_a_house_that_never_counted_keeps_beds_as_before(clock_on_the_wall, story: Story) -> None:
    leg = ways.accepted(story, urgency="urgent")
    assert story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR).state == "bed-reserved"


def test_a_bed_that_somebody_is_on_the_way_to_is_not_free(clock_on_the_wall, story: Story) -> None:
    count_beds(story, free=1, minutes_ago=5)
    jia = story.scene.jia.pk
    leg = kept_bed(story)
    frees = [beds_of([jia], timezone.now())[jia].free]
    for name, actor in (("depart", story.doctor_shan), ("arrive", story.duty_jia), ("take_over", story.duty_jia)):
        story.step(leg, name, actor)
        frees.append(beds_of([jia], timezone.now())[jia].free)
    assert frees == [0, 0, 0, 0]
    # The next count tells of the patient itself.
    clock_on_the_wall.shift(HOUR)
    count_beds(story, free=3, minutes_ago=0)
    assert beds_of([jia], timezone.now())[jia].free == 3


def test_who_sets_out_to_an_appointment_takes_no_bed(clock_on_the_wall, story: Story) -> None:
    count_beds(story, free=1, minutes_ago=5)
    jia = story.scene.jia.pk
    leg = ways.scheduled(story)
    story.step(leg, "depart", story.doctor_shan)
    assert beds_of([jia], timezone.now())[jia].free == 1
