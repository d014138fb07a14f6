"""What an agreement settles about referrals holds: who approves before sending, and who makes appointments."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent
from lianyi.referrals.commands.terms import TermsFacts, settle_terms
from lianyi.referrals.commands.writing import approve_request
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.models import Leg
from tests.cast import acting_as
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.referrals import ways
from tests.referrals.story import Story


def agree(story: Story, **terms: bool) -> None:
    facts = TermsFacts(policy="general-2026", **terms)
    settle_terms(acting_as(story.scene.office_jia), story.agreement, facts, None)


def drafted(story: Story, urgency: str) -> Leg:
    condition = "chest_pain" if urgency == "emergency" else ""
    return story.draft(urgency=urgency, condition=condition).legs.get()


@pytest.mark.parametrize(
    ("terms", "urgency", "asked"),
    [
        ({"approve_urgent": True}, "urgent", "approval"),
        ({"approve_urgent": True}, "routine", ""),
        ({"approve_routine": True}, "routine", "approval"),
        ({"approve_routine": True}, "urgent", ""),
        ({"approve_urgent": True, "approve_routine": True}, "emergency", ""),
        ({}, "urgent", ""),
    ],
)
def test_a_referral_waits_for_an_approval_where_its_agreement_asks_one_for_its_urgency(
    story: Story, terms: dict[str, bool], urgency: str, asked: str
) -> None:
    agree(story, **terms)
    leg = drafted(story, urgency)
    if not asked:
        assert story.step(leg, "send", story.doctor_shan).state == "sent"
        return
    with pytest.raises(GuardRefusedError) as refused:
        story.step(leg, "send", story.doctor_shan)
    assert refused.value.params["reason"] == "not-approved"
    leg.refresh_from_db()
    assert (leg.state, leg.sent_at) == ("draft", None)


def test_an_approved_referral_is_sent_and_says_who_approved_it(story: Story) -> None:
    agree(story, approve_urgent=True)
    leg = drafted(story, "urgent")
    with pytest.raises(NotPermittedError):
        approve_request(acting_as(story.doctor_shan), leg.request_id)
    approved = send(client_of(story.duty_shan), "referrals:request-approve", leg.pk)
    assert approved.status_code == 302
    leg.request.refresh_from_db()
    assert (leg.request.approved_by_id, leg.request.approved_at is None) == (story.duty_shan.user_id, False)
    assert AuditEvent.objects.filter(action="referrals.request.approve").count() == 1
    assert story.step(leg, "send", story.doctor_shan).state == "sent"


def test_the_page_asks_for_the_approval_those_who_may_give_it_only(story: Story) -> None:
    agree(story, approve_routine=True)
    leg = drafted(story, "routine")
    asked = "asks that somebody at the sender approves"
    assert asked in words(page_of(client_of(story.duty_shan), "referrals:case", leg.pk))
    assert asked not in words(page_of(client_of(story.doctor_shan), "referrals:case", leg.pk))
    # The receiver does not see a draft, and cannot approve it either.
    assert send(client_of(story.duty_jia), "referrals:request-approve", leg.pk).status_code == 404
    send(client_of(story.duty_shan), "referrals:request-approve", leg.pk)
    assert asked not in words(page_of(client_of(story.duty_shan), "referrals:case", leg.pk))


@pytest.mark.parametrize("terms", [None, {}, {"approve_urgent": True}])
def test_the_receiver_makes_the_appointment_where_nothing_else_is_agreed(
    story: Story, terms: dict[str, bool] | None
) -> None:
    if terms is not None:
        agree(story, **terms)
    leg = ways.accepted(story)
    with pytest.raises(GuardRefusedError) as refused:
        story.step(leg, "book", story.doctor_shan, expected_at=ways.in_hours(30))
    assert refused.value.params["reason"] == "receiver-books"
    assert "Make an appointment" not in words(page_of(client_of(story.doctor_shan), "referrals:case", leg.pk))
    assert story.step(leg, "book", story.duty_jia, expected_at=ways.in_hours(30)).state == "scheduled"


def test_the_sender_makes_the_appointment_where_it_is_agreed(story: Story) -> None:
    agree(story, sender_may_book=True)
    leg = ways.accepted(story)
    client = client_of(story.doctor_shan)
    assert "Make an appointment" in words(page_of(client, "referrals:case", leg.pk))
    day = timezone.localtime(ways.in_hours(30)).replace(second=0, microsecond=0)
    booked = send(
        client,
        "referrals:step",
        leg.pk,
        "book",
        expected_at=f"{day:%Y-%m-%dT%H:%M}",
        reservation="样例门诊3号",
        expected_version=leg.version,
    )
    assert booked.status_code == 302
    leg.refresh_from_db()
    assert (leg.state, leg.expected_at, leg.reservation) == ("scheduled", day, "样例门诊3号")
    assert leg.reserved_until == day + datetime.timedelta(hours=12)
    # The promise is the sender's to keep now: it sends the patient.
    assert (leg.ball_side, leg.ball_institution_id) == ("sender", story.scene.shan.pk)


def test_a_referral_without_an_agreement_is_booked_by_the_receiver(story: Story) -> None:
    agree(story, sender_may_book=True)
    leg = ways.accepted(story, agreement_id=None)
    with pytest.raises(GuardRefusedError) as refused:
        story.step(leg, "book", story.doctor_shan, expected_at=ways.in_hours(30))
    assert refused.value.params["reason"] == "receiver-books"
