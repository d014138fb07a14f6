"""Somebody always holds a patient who has no place or did not come."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.models import Clock, FollowUp, Leg, Request
from tests.cast import acting_as
from tests.referrals.story import Story


def never_came(story: Story) -> FollowUp:
    """Return the visit at home of somebody who did not come and will not come."""
    leg = story.accepted()
    Leg.objects.filter(pk=leg.pk).update(expected_at=timezone.now() - datetime.timedelta(days=2))
    story.step(leg, "record_no_show", story.duty_jia)
    story.step(leg, "give_up", story.doctor_shan, reason_code="patient_refused")
    return FollowUp.objects.get(leg=leg, kind="home_visit")


def record(story: Story, visit: FollowUp, state: str) -> Leg:
    record_follow_up(acting_as(story.doctor_shan), visit.pk, timezone.localdate(), "样例", state, visit.version)
    visit.leg.refresh_from_db()
    return visit.leg


def test_a_visit_that_was_not_possible_is_tried_again_and_the_case_stays_with_somebody(story: Story) -> None:
    visit = never_came(story)
    leg = record(story, visit, "not_possible")
    assert (leg.ball_side, leg.ball_institution_id) == ("sender", story.scene.shan.pk)
    following = FollowUp.objects.get(leg=leg, kind="home_visit", state="open")
    assert following.institution_id == visit.institution_id
    assert following.due_on > timezone.localdate()
    assert leg.request.journey.closed_at is None
    assert record(story, following, "done").ball_side == ""


def test_a_visit_that_was_done_ends_the_search(story: Story) -> None:
    leg = record(story, never_came(story), "done")
    assert leg.ball_side == ""
    assert not FollowUp.objects.filter(leg=leg, kind="home_visit", state="open").exists()


def two_asked_and_the_first_declined(story: Story) -> tuple[Leg, Leg]:
    first = story.sent(story.scene.jia, story.scene.lin, urgency="urgent", is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(first, "decline", story.duty_jia, reason_code="no_bed")
    assert first.ball_side == ""
    return first, second


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("cancel", {"reason_code": "better_receiver"}),
        ("cancel", {"reason_code": "better_receiver", "keeps_request": True}),
        ("mark_error", {"reason_code": "sent_by_mistake"}),
    ],
)
def test_when_the_last_receiver_falls_away_the_one_that_declined_asks_again(
    story: Story, step: str, said: dict[str, object]
) -> None:
    first, second = two_asked_and_the_first_declined(story)
    story.step(second, step, story.doctor_shan, **said)
    first.refresh_from_db()
    assert (first.ball_side, first.ball_institution_id) == ("sender", story.scene.shan.pk)
    assert second.ball_side == ""
    assert not Request.objects.get(pk=first.request_id).is_revoked
    clock = Clock.objects.get(leg=first, kind="reroute", stopped_at__isnull=True)
    assert first.due_at == clock.due_at
    story.step(first, "end_ask", story.doctor_shan, reason_code="improved")
    assert Request.objects.get(pk=first.request_id).is_revoked


def test_a_referral_to_one_receiver_is_still_taken_back_whole(story: Story) -> None:
    leg = story.sent()
    story.step(leg, "cancel", story.doctor_shan, reason_code="improved")
    assert Request.objects.get(pk=leg.request_id).is_revoked
