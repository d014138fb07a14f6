"""What nobody can act on never keeps the worker from what somebody waits for."""

from __future__ import annotations

import pytest
from django.utils import timezone

from lianyi.referrals import escalating
from lianyi.referrals.escalating import Worker
from lianyi.referrals.models import Clock, FollowUp, Leg, Request
from tests.referrals import ways
from tests.referrals.story import Story


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker take two of a kind at a time, so that few rows stand for many."""
    monkeypatch.setattr(escalating, "BATCH", 2)


def test_referrals_that_nobody_can_read_do_not_hold_up_the_delivery_of_others(
    small_batches: None, story: Story
) -> None:
    # Nobody at 东村卫生室 has an account; its referrals are the oldest.
    unread = [story.sent(story.scene.cun, urgency="urgent") for _number in range(3)]
    emergency = story.sent(urgency="emergency", condition="chest_pain")
    Worker().turn()
    emergency.refresh_from_db()
    assert emergency.state == "delivered"
    assert emergency.clocks.filter(kind="decision", stopped_at__isnull=True).count() == 1
    assert {leg.state for leg in Leg.objects.filter(pk__in=[each.pk for each in unread])} == {"sent"}


def test_a_case_whose_policy_file_is_gone_holds_up_no_other_and_is_named(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    lost, kept = ways.delivered(story), ways.delivered(story)
    Request.objects.filter(pk=lost.request_id).update(policy="gone-2020")
    FollowUp.objects.create(
        journey=lost.request.journey, leg=lost, institution=story.scene.shan, kind=FollowUp.Kind.HOME_VISIT,
        due_on=timezone.localdate(),
    )  # fmt: skip
    with ways.later(days=3):
        turn = Worker().turn()
    assert turn.done["called"] >= 1
    assert set(Clock.objects.filter(rung__gte=1).values_list("leg_id", flat=True)) == {kept.pk}
    assert "gone-2020" in caplog.text
