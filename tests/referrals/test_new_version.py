"""A new version takes the place of the earlier one: at no time are two versions of one referral live."""

from __future__ import annotations

from typing import Any

import pytest

from lianyi.referrals.errors import GuardRefusedError, LiveReferralError
from lianyi.referrals.models import Clock, Leg, LegEvent, Notice, Request
from lianyi.referrals.states import Direction
from tests.cast import actor_for
from tests.referrals import ways
from tests.referrals.story import Story, patient


def new_version(story: Story, earlier: Request, **more: Any) -> Leg:
    """Let Doctor Shan write a new version of a referral to 甲市第一医院; it is not sent yet."""
    said = {"urgency": "urgent", "patient": None, "override_code": "", **more}
    return story.draft(replaces_id=earlier.pk, **said).legs.order_by("number").first()


def live(journey_id: int) -> list[int]:
    """Return the requests of a journey that ask somebody who was asked."""
    asking = Leg.objects.filter(request__journey_id=journey_id, is_open=True).exclude(state="draft")
    return sorted(asking.values_list("request_id", flat=True).distinct())


def test_sending_the_new_version_ends_the_earlier_one_in_the_same_step(story: Story) -> None:
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(first, "decline", story.duty_jia, reason_code="no_bed")
    new = new_version(story, first.request)
    assert live(first.request.journey_id) == [first.request_id]
    story.step(new, "send", story.doctor_shan)
    assert new.request.journey_id == first.request.journey_id
    assert live(first.request.journey_id) == [new.request_id]
    for leg in (first, second):
        leg.refresh_from_db()
    assert (first.state, second.state) == ("declined", "cancelled-by-sender")
    assert (first.ball_side, second.ball_side) == ("", "")
    event = LegEvent.objects.get(leg=second, step="cancel")
    assert (event.reason_code, event.entry_mode) == ("replaced", "automatic")
    assert Notice.objects.filter(leg=second, kind="cancel", institution=story.scene.lin).count() == 1
    assert not Clock.objects.filter(leg__request_id=first.request_id, stopped_at__isnull=True).exists()
    earlier = Request.objects.get(pk=first.request_id)
    assert (earlier.is_revoked, earlier.status) == (True, "revoked")


def test_a_referral_that_looked_for_a_receiver_looks_no_more_when_its_new_version_is_sent(story: Story) -> None:
    leg = ways.declined(story)
    assert leg.ball_side == "sender"
    new = story.step(new_version(story, leg.request), "send", story.doctor_shan)
    leg.refresh_from_db()
    assert (leg.ball_side, leg.due_at) == ("", None)
    assert Request.objects.get(pk=leg.request_id).status == "revoked"
    assert new.request.journey.closed_at is None


def test_what_a_hospital_has_taken_is_not_replaced(story: Story) -> None:
    leg = ways.opened(story, urgency="urgent")
    written_before = new_version(story, leg.request)
    story.step(leg, "accept", story.duty_jia, **ways.YES)
    with pytest.raises(GuardRefusedError) as at_sending:
        story.step(written_before, "send", story.doctor_shan)
    with pytest.raises(GuardRefusedError) as at_writing:
        new_version(story, leg.request)
    assert [each.value.params["reason"] for each in (at_sending, at_writing)] == ["version-taken"] * 2
    leg.refresh_from_db()
    assert leg.state == "accepted"
    assert live(leg.request.journey_id) == [leg.request_id]


def test_of_two_versions_only_one_is_sent_and_a_third_replaces_them_all(story: Story) -> None:
    leg = story.sent()
    one = new_version(story, leg.request)
    other = new_version(story, leg.request, override_code="other")
    third = new_version(story, other.request, override_code="other")
    story.step(one, "send", story.doctor_shan)
    for late in (other, third):
        with pytest.raises(GuardRefusedError) as refusal:
            story.step(late, "send", story.doctor_shan)
        assert refusal.value.params["reason"] == "version-replaced"
    fourth = story.step(new_version(story, one.request, override_code="other"), "send", story.doctor_shan)
    assert live(leg.request.journey_id) == [fourth.request_id]


def test_a_version_of_a_version_that_was_never_sent_ends_the_first_one(story: Story) -> None:
    leg = story.sent()
    unsent = new_version(story, leg.request)
    third = story.step(new_version(story, unsent.request), "send", story.doctor_shan)
    assert live(leg.request.journey_id) == [third.request_id]
    unsent.refresh_from_db()
    assert unsent.state == "entered-in-error"


def test_only_the_sender_writes_a_version_and_a_transfer_back_has_none(story: Story) -> None:
    leg = ways.opened(story)
    doctor_jia = actor_for("doctor-jia", story.scene.jia.pk, "referring_clinician")
    with pytest.raises(GuardRefusedError) as of_another:
        new_version(story, leg.request, actor=doctor_jia, from_institution_id=story.scene.jia.pk)
    assert of_another.value.params["reason"] == "version-of-another"
    with pytest.raises(GuardRefusedError) as of_return:
        new_version(story, leg.request, direction=Direction.DOWN)
    assert of_return.value.params["reason"] == "version-of-return"


def test_a_version_warns_of_another_live_referral_than_the_one_it_replaces(story: Story) -> None:
    who = patient()
    leg = story.sent(patient=who)
    story.sent(story.scene.lin, patient=who)
    with pytest.raises(LiveReferralError):
        new_version(story, leg.request)
    assert new_version(story, leg.request, override_code="patient_wish").state == "draft"


def test_a_version_of_an_onward_referral_goes_on_from_the_same_care(story: Story) -> None:
    leg = story.sent()
    onward = story.sent(story.scene.lin, based_on_id=leg.request_id, patient=None)
    new = new_version(story, onward.request, override_code="patient_wish")
    assert new.request.based_on_id == leg.request_id
