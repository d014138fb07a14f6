"""The privacy and records steward repairs records, and neither refers nor decides."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent
from lianyi.referrals.commands.repairing import correct_identity
from lianyi.referrals.commands.steps import write_message
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.identities import PatientFacts, match_digest
from lianyi.referrals.models import Leg, Notice, PatientIdentity, Request
from lianyi.referrals.walking import allowed_actions
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of
from tests.referrals.story import Story, patient

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=True) as going:
        yield going


@pytest.fixture
def steward(story: Story) -> Actor:
    return actor_for("steward-shan", story.scene.shan.pk, "privacy_steward")


def names(actor: Actor, leg: Leg) -> list[str]:
    leg.refresh_from_db()
    return [each.transition.name for each in allowed_actions(actor, leg)]


def test_the_steward_writes_sends_cancels_and_decides_nothing(story: Story, steward: Actor) -> None:
    with pytest.raises(NotPermittedError):
        story.draft(actor=steward)
    draft = Leg.objects.get(request=story.draft())
    assert names(steward, draft) == []
    leg = story.accepted()
    assert names(steward, leg) == ["repair_error"]
    for name, said in (("cancel", {"reason_code": "improved"}), ("arrive", {"spoken_by": "样例医生"})):
        with pytest.raises(NotPermittedError):
            story.step(leg, name, steward, **said)
    with pytest.raises(NotPermittedError):
        write_message(acting_as(steward), leg.pk, "样例")
    assert leg.state == "bed-reserved"


def test_a_day_after_sending_only_the_steward_marks_a_referral_as_an_error(
    traveller: time_machine.Traveller, story: Story, steward: Actor
) -> None:
    leg = story.accepted()
    traveller.shift(23 * HOUR)
    assert "mark_error" in names(story.doctor_shan, leg)
    traveller.shift(2 * HOUR)
    assert "mark_error" not in names(story.doctor_shan, leg)
    with pytest.raises(GuardRefusedError) as refusal:
        story.step(leg, "mark_error", story.doctor_shan, reason_code="wrong_patient")
    assert (refusal.value.params["reason"], refusal.value.params["hours"]) == ("authors-time-over", 24)
    assert "repair_error" not in names(story.doctor_shan, leg)
    with pytest.raises(NotPermittedError):
        story.step(leg, "repair_error", story.head_jia, reason_code="wrong_patient")
    story.step(leg, "repair_error", steward, reason_code="wrong_patient")
    assert (leg.state, leg.is_open, leg.ball_side) == ("entered-in-error", False, "")
    assert Request.objects.get(pk=leg.request_id).status == "entered-in-error"
    assert Notice.objects.filter(leg=leg, kind="repair_error", institution=story.scene.jia).count() == 1


def test_what_was_cared_for_is_no_error_for_the_steward_either(story: Story, steward: Actor) -> None:
    leg = story.accepted()
    story.step(leg, "arrive", story.duty_jia)
    assert names(steward, leg) == []


def corrected(story: Story, leg: Leg, actor: Actor, reason: str = "wrong_patient", **more: object) -> PatientIdentity:
    row = PatientIdentity.objects.get(journey_id=leg.request.journey_id)
    facts = PatientFacts(
        **{
            "name": "样例更正", "sex": "male", "born_on": datetime.date(1990, 5, 6), "id_kind": "passport",
            "id_number": "TEST-NEW-1", "phone": row.phone, **more,
        }  # type: ignore[arg-type]
    )  # fmt: skip
    return correct_identity(acting_as(actor, reason_code=reason), row.pk, facts, row.version)


def test_the_steward_corrects_who_the_patient_is_and_everybody_with_the_case_is_told(
    story: Story, steward: Actor
) -> None:
    leg = story.accepted(patient=patient(name="样例错名"))
    corrected(story, leg, steward)
    row = PatientIdentity.objects.get(journey_id=leg.request.journey_id)
    assert (row.name, row.sex, row.id_number) == ("样例更正", "male", "TEST-NEW-1")
    told = PatientFacts(name="样例更正", id_kind="passport", id_number="TEST-NEW-1")
    assert row.match_digest == match_digest(told)
    request = Request.objects.get(pk=leg.request_id)
    assert (request.age_band, request.sex) == ("30-44", "male")
    told_to = Notice.objects.filter(kind="identity_corrected").values_list("institution__code", flat=True)
    assert sorted(told_to) == ["JIA1", "SHAN"]
    event = AuditEvent.objects.get(action="referrals.identity.correct")
    assert event.after == {"fields": ["born_on", "id_kind", "id_number", "name", "sex"]}
    assert event.reason_code == "wrong_patient"
    assert "样例" not in str(event.after) + str(event.before)


def test_nobody_else_corrects_an_identity_and_never_without_a_reason(story: Story, steward: Actor) -> None:
    leg = story.accepted()
    other = actor_for("steward-jia", story.scene.jia.pk, "privacy_steward")
    for actor in (story.doctor_shan, story.head_jia, story.coordinator, other):
        with pytest.raises(NotPermittedError):
            corrected(story, leg, actor)
    for reason, more, why in (
        ("", {}, "repair-reason"),
        ("wrong_patient", {"name": " "}, "patient-missing"),
        ("wrong_patient", {"id_kind": "resident"}, "resident-number"),
    ):
        with pytest.raises(FactsRefusedError) as refusal:
            corrected(story, leg, steward, reason, **more)
        assert refusal.value.params["reason"] == why
    assert PatientIdentity.objects.get(journey_id=leg.request.journey_id).name != "样例更正"


def test_the_steward_corrects_it_on_a_page_that_only_stewards_open(story: Story, steward: Actor) -> None:
    leg = story.accepted()
    address = reverse("referrals:identity-correct", args=[leg.pk])
    assert client_of(story.doctor_shan).get(address).status_code == 403
    client = client_of(steward)
    assert address in client.get(reverse("referrals:case", args=[leg.pk])).content.decode()
    row = PatientIdentity.objects.get(journey_id=leg.request.journey_id)
    given = {
        "command_key": "repair-1", "expected_version": row.version, "reason_code": "entered_twice",
        "patient_name": "样例改名", "sex": row.sex, "id_kind": "passport", "id_number": "TEST-NEW-2",
        "born_on": "1956-03-09", "phone": "000-9999",
    }  # fmt: skip
    assert client.post(address, given).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.phone, row.version) == ("样例改名", "000-9999", given["expected_version"] + 1)
