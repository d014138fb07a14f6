"""A referral without a receiver goes to another hospital, also to one that no agreement joins with the sender."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.accounts.models import AuditEvent
from lianyi.referrals.commands.routing import Override, route_again
from lianyi.referrals.commands.writing import Receiver
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Leg, Request
from tests.cast import acting_as
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
