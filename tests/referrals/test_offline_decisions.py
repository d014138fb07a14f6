"""A decision told without network is taken on an undecided case, and becomes a conflict on a decided one."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.urls import reverse

from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.referrals.commands.steps import settle_conflict
from lianyi.referrals.models import (
    Leg,
    MergeConflict,
    Notice,
)
from tests.cast import acting_as, actor_for
from tests.referrals.offline_story import acceptance, hand, refusal
from tests.referrals.story import Story


def test_a_decision_on_an_undecided_case_is_taken_although_somebody_opened_it_meanwhile(story: Story) -> None:
    leg = story.sent()
    told = acceptance(leg)
    story.step(leg, "open", story.duty_jia)
    assert hand(story.duty_jia).outcome(told) == "done"
    leg.refresh_from_db()
    assert leg.state == "accepted"
    assert leg.decided_at is not None
    # It counts from when the other side could know of it.
    assert leg.decided_at > datetime.datetime.fromisoformat(told["at"])


@pytest.mark.parametrize("late", [acceptance, refusal])
def test_a_decision_on_a_decided_case_becomes_a_conflict_that_the_coordinator_sees(story: Story, late: Any) -> None:
    leg = story.accepted()
    jia = hand(story.duty_jia)
    told = late(leg)
    assert [jia.outcome(told) for _ in range(2)] == ["conflict", "conflict"]
    leg.refresh_from_db()
    conflict = MergeConflict.objects.get()
    assert (leg.state, conflict.step, conflict.state_met) == ("bed-reserved", told["content"]["step"], "bed-reserved")
    notice = Notice.objects.get(kind="merge_conflict")
    assert notice.institution_id == leg.request.coordinator_id
    settle_conflict(acting_as(story.coordinator), conflict.pk, "样例：按先到的决定办")
    conflict.refresh_from_db()
    assert conflict.settled_by_id == story.coordinator.user_id


def test_an_acceptance_after_another_hospital_was_quicker_is_a_conflict(story: Story) -> None:
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(second, "accept", story.duty_lin, contact="x", capacity_confirmed=True)
    assert hand(story.duty_jia).outcome(acceptance(first)) == "conflict"
    second.refresh_from_db()
    assert second.state == "accepted"


def test_a_conflict_is_not_made_by_somebody_who_may_not_decide(story: Story) -> None:
    leg = story.accepted()
    writer = actor_for("clerk-jia", story.scene.jia.pk, "referring_clinician")
    assert hand(writer).outcome(refusal(leg)) == "refused"
    assert hand(story.doctor_shan).outcome(refusal(leg)) == "refused"
    assert not MergeConflict.objects.exists()


def test_a_decline_that_the_table_refuses_is_refused_here_too(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    (answer,) = hand(story.duty_jia).sync(refusal(leg))["answers"]
    assert answer["outcome"] == "refused"
    assert answer["reason"]
    leg.refresh_from_db()
    assert leg.state == "sent"


def test_the_conflicts_page_lists_and_settles(story: Story) -> None:
    leg = story.accepted()
    hand(story.duty_jia).outcome(refusal(leg))
    coordinator = hand(story.coordinator).client
    listed = coordinator.get(reverse("referrals:conflicts")).content.decode()
    assert leg.request.journey.number in listed
    assert "Decline" in listed
    row = MergeConflict.objects.get()
    address = reverse("referrals:conflict", args=[row.pk])
    assert coordinator.get(address).status_code == 200
    assert coordinator.post(address, {"how": "样例处理", "command_key": uuid.uuid4().hex}).status_code == 302
    row.refresh_from_db()
    assert row.settlement == "样例处理"
    assert hand(story.duty_lin).client.get(address).status_code == 404
    with pytest.raises(NotFoundInScopeError):
        settle_conflict(acting_as(story.duty_lin), row.pk, "x")
