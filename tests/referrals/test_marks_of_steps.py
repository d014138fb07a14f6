"""What a step leaves beside the new state: milestones, clocks, notices, ended stages."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.referrals.commands.returns import NewStage, begin_stage
from lianyi.referrals.commands.steps import write_message
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Clock, Milestone, Notice, RecoveryStage
from tests.cast import acting_as, actor_for
from tests.referrals.story import Story

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


def told_of_messages(story: Story) -> list[int]:
    return sorted(Notice.objects.filter(kind="message").values_list("institution_id", flat=True))


def with_coordinator_outside(story: Story):
    """Return a referral that 邻县 coordinates, so that its three sides are three institutions."""
    leg = story.sent(urgency="urgent")
    leg.request.coordinator = story.scene.lin
    leg.request.save()
    return leg


def test_a_message_of_the_receiver_reaches_the_sender_and_the_coordinator(story: Story) -> None:
    leg = with_coordinator_outside(story)
    write_message(acting_as(story.duty_jia), leg.pk, "样例留言")
    assert told_of_messages(story) == sorted([story.scene.shan.pk, story.scene.lin.pk])


def test_a_message_of_the_sender_reaches_the_receiver_and_the_coordinator(story: Story) -> None:
    leg = with_coordinator_outside(story)
    write_message(acting_as(story.doctor_shan), leg.pk, "样例留言")
    assert told_of_messages(story) == sorted([story.scene.jia.pk, story.scene.lin.pk])


def test_nobody_is_told_of_a_message_of_the_own_institution(story: Story) -> None:
    leg = story.sent(urgency="urgent")
    leg.request.refresh_from_db()
    assert leg.request.coordinator_id == story.scene.shan.pk
    write_message(acting_as(story.doctor_shan), leg.pk, "样例留言")
    assert told_of_messages(story) == [story.scene.jia.pk]


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_sending_and_answering_mark_the_decision_and_the_answer(wall, story: Story, answer) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    wall.shift(7 * 60)
    if answer == "accept":
        story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    else:
        story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)
    begun = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    rows = {each.code: each for each in Milestone.objects.filter(request=leg.request)}
    times = {code: (row.occurred_at - begun).total_seconds() / 60 for code, row in rows.items()}
    assert {code: times[code] for code in ("decision", "request_sent", "answer")} == {
        "decision": 0,
        "request_sent": 0,
        "answer": 7,
    }
    assert rows["answer"].institution_id == story.scene.jia.pk
    assert rows["decision"].institution_id == story.scene.shan.pk
    assert not any(row.is_typed for row in rows.values())


def test_an_outcome_that_comes_eight_days_after_the_care_ended_is_a_breach(wall, story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    ended = timezone.now() + HOUR
    wall.shift(HOUR + 8 * DAY)
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例", care_ended_at=ended)
    clock = Clock.objects.get(leg=leg, kind="outcome")
    # Urgent: 48 hours from the end of care.
    assert (clock.started_at, clock.due_at, clock.stopped_at) == (ended, ended + 48 * HOUR, ended + 8 * DAY)
    assert clock.breached_at == ended + 48 * HOUR


def test_an_outcome_in_time_is_none(wall, story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    ended = timezone.now()
    wall.shift(47 * HOUR)
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例", care_ended_at=ended)
    assert Clock.objects.get(leg=leg, kind="outcome").breached_at is None


def test_care_cannot_end_before_the_patient_came(wall, story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    early = timezone.now() - DAY
    wall.shift(HOUR)
    with pytest.raises(FactsRefusedError, match="care_ended_at"):
        story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例", care_ended_at=early)


def test_a_death_ends_the_stage_of_recovery_that_still_runs(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    new = NewStage(institution_id=story.scene.jia.pk, stage="acute", started_on=timezone.localdate() - DAY)
    stage = begin_stage(acting_as(story.duty_jia), leg.request.journey_id, new)
    story.step(leg, "record_death", story.duty_jia, died_at=timezone.now())
    stage.refresh_from_db()
    assert (stage.ended_on, stage.score_out) == (timezone.localdate(), None)
    assert not RecoveryStage.objects.filter(ended_on__isnull=True).exists()


def test_an_outcome_of_death_ends_it_too(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    writer = actor_for("ward-jia", story.scene.jia.pk, "duty_clinician")
    new = NewStage(institution_id=story.scene.jia.pk, stage="acute", started_on=timezone.localdate())
    stage = begin_stage(acting_as(writer), leg.request.journey_id, new)
    story.step(leg, "send_outcome", story.duty_jia, disposition="died", text="样例")
    stage.refresh_from_db()
    assert stage.ended_on == timezone.localdate()
