"""A patient who came first gets a referral written afterwards by the hospital, which its unit has as its own."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.errors import LianyiError
from lianyi.referrals.commands.walk_ins import WalkIn, write_walk_in
from lianyi.referrals.models import Clock, Leg, LegEvent, Notice, PatientIdentity, Request
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.referrals.story import Story, patient

HOUR = datetime.timedelta(hours=1)


def came(story: Story, **more: object) -> WalkIn:
    facts: dict[str, object] = {
        "institution_id": story.scene.jia.pk,
        "unit_id": story.scene.shan.pk,
        "patient": patient(),
        "urgency": "urgent",
        "problem_code": "I20",
        "problem_text": "",
        "arrived_at": timezone.now() - 2 * HOUR,
        "text": "样例:自行来院",
        "has_consent": True,
    }
    return WalkIn(**{**facts, **more})  # type: ignore[arg-type]


def test_the_case_stands_as_arrived_afterwards_and_counts_no_time_to_an_answer(story: Story) -> None:
    new = came(story)
    leg = write_walk_in(acting_as(story.duty_jia), new)
    leg.refresh_from_db()
    assert (leg.state, leg.entry_mode, leg.arrived_at) == ("arrived", "retrospective", new.arrived_at)
    assert (leg.from_institution_id, leg.to_institution_id) == (story.scene.shan.pk, story.scene.jia.pk)
    assert (leg.ball_side, leg.responsible_id) == ("receiver", story.scene.jia.pk)
    event = LegEvent.objects.get(leg=leg, step="arrive_unannounced")
    assert (event.side, event.user_id) == ("receiver", story.duty_jia.user_id)
    assert not LegEvent.objects.filter(leg=leg, step="send").exists()
    waits = Clock.objects.filter(leg=leg, kind__in=("delivery", "seen", "decision"))
    assert not waits.exists()
    told = Notice.objects.filter(leg=leg).values_list("institution__code", flat=True)
    assert list(told) == ["SHAN"]


def test_the_unit_reads_the_outcome_and_takes_the_patient_back(story: Story) -> None:
    leg = write_walk_in(acting_as(story.duty_jia), came(story))
    story.step(leg, "take_over", story.duty_jia)
    back = story.returning(leg)
    assert (back.to_institution_id, back.state) == (story.scene.shan.pk, "sent")
    other = write_walk_in(acting_as(story.duty_jia), came(story))
    story.step(other, "take_over", story.duty_jia)
    story.step(other, "send_outcome", story.duty_jia, disposition="home", text="样例结果")
    assert story.step(other, "acknowledge", story.doctor_shan).state == "closed"
    name = PatientIdentity.objects.get(journey_id=other.request.journey_id).name
    assert name in page_of(client_of(story.doctor_shan), "referrals:case", other.pk)


def test_an_emergency_needs_no_agreement_that_could_not_be_asked(story: Story) -> None:
    leg = write_walk_in(acting_as(story.duty_jia), came(story, urgency="emergency", has_consent=False))
    assert (leg.request.basis, leg.request.has_consent, leg.request.condition) == ("emergency", False, "other")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"has_consent": False}, "walk-in-consent"),
        ({"text": " "}, "walk-in-text"),
        ({"urgency": "soon"}, "choice-unknown"),
        ({"unit_id": 0}, "walk-in-unit"),
        ({"problem_code": ""}, "problem-missing"),
        ({"arrived_at": datetime.datetime(2199, 1, 1, tzinfo=datetime.UTC)}, None),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_kept(
    story: Story, more: dict[str, object], reason: str | None
) -> None:
    with pytest.raises(LianyiError) as refused:
        write_walk_in(acting_as(story.duty_jia), came(story, **more))
    if reason is not None:
        assert refused.value.params["reason"] == reason
    assert not Request.objects.exists()
    assert not PatientIdentity.objects.exists()


def test_a_patient_who_is_referred_already_arrives_on_that_case(story: Story) -> None:
    who = patient()
    story.sent(patient=who)
    with pytest.raises(LianyiError) as refused:
        write_walk_in(acting_as(story.duty_jia), came(story, patient=who))
    assert refused.value.params["reason"] == "walk-in-live"
    assert write_walk_in(acting_as(story.duty_jia), came(story, patient=who, problem_code="S72")).state == "arrived"


def test_only_the_hospital_that_has_the_patient_writes_it(story: Story) -> None:
    for stranger in (story.duty_lin, actor_for("reader-jia", story.scene.jia.pk, "supported_office")):
        with pytest.raises(LianyiError):
            write_walk_in(acting_as(stranger), came(story))
    assert not Leg.objects.exists()


def test_the_page_writes_it_and_leads_to_the_case(story: Story) -> None:
    client = client_of(story.duty_jia)
    assert reverse("referrals:walk-in") in page_of(client, "referrals:work")
    typed = {
        "institution": story.scene.jia.pk,
        "unit": story.scene.shan.code,
        "arrived_at": timezone.localtime(timezone.now() - HOUR).strftime("%Y-%m-%dT%H:%M"),
        "urgency": "urgent",
        "patient_name": "样例患者·自来",
        "sex": "unknown",
        "id_kind": "resident",
        "id_number": "11010519491231002X",
        "problem_text": "样例:腹痛",
        "text": "样例:家人送来",
        "has_consent": "on",
    }
    refused = send(client, "referrals:walk-in", **{**typed, "has_consent": ""})
    assert refused.status_code == 422
    assert "only when the patient or family agrees" in words(refused.content.decode())
    sent = send(client, "referrals:walk-in", **typed)
    assert sent.status_code == 302, sent.content.decode()
    leg = Leg.objects.get()
    assert sent["Location"] == reverse("referrals:case", args=[leg.pk])
    identity = PatientIdentity.objects.get()
    assert (identity.sex, identity.born_on) == ("female", datetime.date(1949, 12, 31))
    assert leg.request.journey.problem_text == "样例:腹痛"
