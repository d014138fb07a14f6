"""A referral without a receiver goes to another hospital, also to one that no agreement joins with the sender."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import AuditEvent
from lianyi.referrals import queries
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.routing import Override, route_again
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Leg, LegEvent, ReferralTerms, Request
from tests.cast import acting_as, actor_for
from tests.referrals.story import Story
from tests.referrals.test_new_referral import signed_in


@pytest.fixture
def declined(story: Story) -> Leg:
    """Return a referral under the agreement that its only receiver turned away."""
    leg = story.sent(urgency="urgent", override_code="")
    story.step(leg, "open", story.duty_jia)
    return story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)


def test_the_coordinator_sends_a_patient_outside_the_agreement_and_says_why(story: Story, declined: Leg) -> None:
    client = signed_in("coordinator-shan")
    address = reverse("referrals:route", args=[declined.request_id])
    typed = {"command_key": "route-1", "receiver": f"i{story.scene.lin.pk}"}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "No agreement joins the two institutions" in text
    assert 'name="override_code"' in text
    assert 'name="override_text"' in text
    said = {**typed, "command_key": "route-2", "override_code": "only_able", "override_text": "样例:别处没有导管室"}
    sent = client.post(address, said)
    leg = Leg.objects.get(request=declined.request_id, number=2)
    assert (sent.status_code, sent["Location"]) == (302, reverse("referrals:case", args=[leg.pk]))
    assert (leg.state, leg.to_institution_id) == ("sent", story.scene.lin.pk)
    request = Request.objects.get(pk=declined.request_id)
    assert (request.override_code, request.override_text) == ("only_able", "样例:别处没有导管室")
    kept = AuditEvent.objects.get(action="referrals.request.override")
    assert (kept.before, kept.after) == ({"override_code": ""}, {"override_code": "only_able"})


def test_a_reason_without_a_sentence_is_refused_and_nothing_is_kept(story: Story, declined: Leg) -> None:
    to_lin = Receiver(institution_id=story.scene.lin.pk)
    with pytest.raises(FactsRefusedError, match="in a sentence"):
        route_again(acting_as(story.coordinator), declined.request_id, to_lin, Override(code="only_able", text=" "))
    with pytest.raises(FactsRefusedError, match="no reason for going outside"):
        route_again(acting_as(story.coordinator), declined.request_id, to_lin, Override(code="because", text="样例"))
    with pytest.raises(GuardRefusedError, match="No agreement joins"):
        route_again(acting_as(story.coordinator), declined.request_id, to_lin)
    assert Leg.objects.filter(request=declined.request_id).count() == 1
    assert Request.objects.get(pk=declined.request_id).override_code == ""


@pytest.fixture
def coordinator_jia(story: Story) -> Actor:
    """Return a coordinator at the hospital that coordinates the agreement's referrals; it is not the sender."""
    terms = {"coordinator": story.scene.jia, "policy": "general-2026"}
    ReferralTerms.objects.update_or_create(agreement=story.agreement, defaults=terms)
    return actor_for("coordinator-jia", story.scene.jia.pk, "referral_coordinator")


def test_the_coordinator_sends_the_next_one_of_the_senders_short_list(story: Story, coordinator_jia: Actor) -> None:
    request = story.draft(story.scene.lin, story.scene.xiang)
    first = story.step(request.legs.get(number=1), "send", story.doctor_shan)
    story.step(first, "open", story.duty_lin)
    story.step(first, "decline", story.duty_lin, reason_code="no_bed", hand_to_coordinator=True)
    assert (first.ball_side, first.ball_institution_id) == ("coordinator", story.scene.jia.pk)
    leg = route_again(acting_as(coordinator_jia), request.pk, Receiver(institution_id=story.scene.xiang.pk))
    assert (leg.number, leg.state, leg.to_institution_id) == (2, "sent", story.scene.xiang.pk)
    assert request.legs.count() == 2
    event = LegEvent.objects.get(leg=leg, step="send")
    assert (event.side, event.user_id) == ("coordinator", coordinator_jia.user_id)
    first.refresh_from_db()
    assert first.ball_side == ""
    assert queries.case(story.doctor_xiang, leg.pk).leg.pk == leg.pk


def test_the_coordinator_of_another_hospital_sends_a_patient_to_a_receiver_nobody_had_listed(
    story: Story, coordinator_jia: Actor
) -> None:
    leg = story.sent(story.scene.lin)
    story.step(leg, "decline", story.duty_lin, reason_code="no_bed", hand_to_coordinator=True)
    routed = route_again(acting_as(coordinator_jia), leg.request_id, Receiver(institution_id=story.scene.xiang.pk))
    assert (routed.number, routed.state) == (2, "sent")
    with pytest.raises(FactsRefusedError) as refusal:
        route_again(acting_as(coordinator_jia), leg.request_id, Receiver(institution_id=story.scene.xiang.pk))
    assert refusal.value.params["reason"] == "receiver-asked-already"
