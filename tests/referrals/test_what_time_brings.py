"""What time alone brings: facts of other records, patients who left and never came, the time to be seen."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.routing import route_again
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, ClosingProposal, Leg, LegEvent, Notice
from lianyi.referrals.policies import policy_of
from tests.cast import acting_as
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals.story import Story

MINUTE = datetime.timedelta(minutes=1)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def clock_on_the_wall():
    """Freeze time at a Monday noon in Shanghai."""
    start = datetime.datetime(2026, 11, 23, 4, 0, tzinfo=datetime.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        yield traveller


def test_what_the_program_applies_is_marked_as_done_by_itself(clock_on_the_wall, story: Story) -> None:
    leg = story.accepted()
    certain(leg, "died")
    clock_on_the_wall.shift(2 * HOUR)
    Worker().turn()
    event = LegEvent.objects.get(leg=leg, step="record_death")
    assert event.entry_mode == "automatic"


def test_a_certain_fact_that_the_case_does_not_take_is_put_before_a_person_once(
    clock_on_the_wall, story: Story
) -> None:
    leg = story.under_care(urgency="urgent")
    proposal = certain(leg, "arrived")
    clock_on_the_wall.shift(2 * HOUR)
    first, second = Worker(), Worker()
    assert first.turn().done.get("applied") == 1
    assert second.turn().done.get("applied") is None
    proposal.refresh_from_db()
    leg.refresh_from_db()
    assert (proposal.state, proposal.failure, proposal.failed_at) == ("open", "referral-step", timezone.now())
    assert leg.state == "under-care"
    assert Notice.objects.get(kind="proposal_failed").institution_id == leg.ball_institution_id
    assert "could not be applied by itself" in words(page_of(client_of(story.duty_jia), "referrals:case", leg.pk))


def certain(leg: Leg, fact: str) -> ClosingProposal:
    now = timezone.now()
    return ClosingProposal.objects.create(
        leg=leg, fact=fact, happened_at=now, source="HIS", is_exact=True, apply_at=now + HOUR
    )


def test_who_left_without_a_time_of_arrival_is_missed_when_the_way_should_be_over(
    clock_on_the_wall, story: Story
) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    story.step(leg, "depart", story.doctor_shan)
    assert (leg.state, leg.expected_at) == ("in-transit", None)
    # Three hours of the way and the grace: not missed one minute before both are over.
    grace = datetime.timedelta(hours=policy_of(leg.request.policy).limits.no_show_grace_hours)
    clock_on_the_wall.shift(3 * HOUR + grace - MINUTE)
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "in-transit"
    clock_on_the_wall.shift(2 * MINUTE)
    Worker().turn()
    leg.refresh_from_db()
    assert leg.state == "no-show"


def test_the_time_to_be_seen_runs_from_sending_to_arrival(clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="urgent")
    clock = Clock.objects.get(leg=leg, kind="breach")
    assert (clock.due_at, clock.institution_id) == (leg.request.breach_at, story.scene.jia.pk)
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    clock_on_the_wall.shift(25 * HOUR)
    Worker().turn()
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at
    story.step(leg, "arrive", story.duty_jia)
    clock.refresh_from_db()
    assert (clock.stop, clock.stopped_at) == ("met", timezone.now())


def test_another_receiver_gets_no_more_time_until_the_patient_is_seen(clock_on_the_wall, story: Story) -> None:
    leg = story.sent(urgency="urgent")
    story.step(leg, "open", story.duty_jia)
    clock_on_the_wall.shift(HOUR)
    story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)
    assert Clock.objects.get(leg=leg, kind="breach").stop == "void"
    other = route_again(acting_as(story.doctor_shan), leg.request_id, Receiver(institution_id=story.scene.lin.pk))
    assert Clock.objects.get(leg=other, kind="breach").due_at == leg.request.breach_at


def test_a_transfer_back_has_no_time_to_be_seen(story: Story) -> None:
    back = story.returning(story.under_care(urgency="urgent"))
    assert back.state == "sent"
    assert not Clock.objects.filter(leg=back, kind="breach").exists()


def test_the_receiver_that_was_passed_over_owes_nothing(story: Story) -> None:
    first = story.sent(story.scene.jia, story.scene.lin, urgency="urgent", is_broadcast=True)
    story.step(first, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    stops = Clock.objects.filter(leg__request=first.request, kind="breach").order_by("leg__number")
    assert [clock.stop for clock in stops] == ["", "void"]
