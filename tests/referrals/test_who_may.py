"""What a role may do on a case beside the steps of the table, and who tells which moment of the pathway."""

from __future__ import annotations

import datetime

import pytest
from django.db.models import Model
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals.commands.exceptions import break_glass
from lianyi.referrals.commands.merging import merge_milestone
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.routing import route_again
from lianyi.referrals.commands.steps import (
    apply_proposal,
    confirm_spoken,
    record_milestone,
    refuse_proposal,
    settle_conflict,
    write_message,
)
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import ClosingProposal, Leg, LegEvent, MergeConflict, Message, Milestone
from lianyi.referrals.pathway import Certainty
from tests.cast import acting_as, actor_for
from tests.referrals.story import Story

MINUTE = datetime.timedelta(minutes=1)


def reader_at(story: Story, house: str) -> Actor:
    """Return somebody of the partnership office there, whose role reads cases and writes none."""
    return actor_for(f"reader-{house}", getattr(story.scene, house).pk, "supported_office")


def spoken_yes(story: Story) -> LegEvent:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    said = {"contact": "样例联系人", "capacity_confirmed": True, "spoken_by": "样例医生"}
    story.step(leg, "accept", story.doctor_shan, **said)
    return LegEvent.objects.get(leg=leg, entry_mode="spoken")


def dead_elsewhere(leg: Leg) -> ClosingProposal:
    return ClosingProposal.objects.create(
        leg=leg, fact="died", happened_at=timezone.now(), source="RF", is_exact=False, provenance=leg.provenance
    )


@pytest.mark.parametrize("house", ["shan", "jia"])
def test_whoever_only_reads_writes_no_message_no_milestone_and_answers_no_proposal(story: Story, house: str) -> None:
    leg = story.accepted(urgency="emergency", condition="chest_pain")
    reader, proposal = reader_at(story, house), dead_elsewhere(leg)
    conflict = MergeConflict.objects.create(
        leg=leg, step="accept", occurred_at=timezone.now(), user_id=story.duty_jia.user_id, state_met="accepted"
    )
    code = "ecg" if house == "shan" else "cath_lab_called"
    for act in (
        lambda: write_message(acting_as(reader), leg.pk, "样例"),
        lambda: record_milestone(acting_as(reader), leg.pk, code, timezone.now()),
        lambda: apply_proposal(acting_as(reader), proposal.pk),
        lambda: refuse_proposal(acting_as(reader), proposal.pk),
        lambda: settle_conflict(acting_as(reader), conflict.pk, "样例"),
    ):
        with pytest.raises(NotPermittedError) as refusal:
            act()
        assert refusal.value.params["reason"] == "role"
    leg.refresh_from_db()
    proposal.refresh_from_db()
    assert (leg.state, proposal.state, Message.objects.count()) == ("bed-reserved", "open", 0)
    assert not Milestone.objects.filter(code=code).exists()
    assert MergeConflict.objects.get(pk=conflict.pk).settled_at is None


def test_a_spoken_yes_is_confirmed_by_whoever_could_have_said_it(story: Story) -> None:
    event = spoken_yes(story)
    referrer = actor_for("referrer-jia", story.scene.jia.pk, "referring_clinician")
    for actor in (reader_at(story, "jia"), referrer, story.doctor_shan):
        with pytest.raises(NotPermittedError):
            confirm_spoken(acting_as(actor), event.pk)
        assert LegEvent.objects.get(pk=event.pk).confirmed_at is None
    confirm_spoken(acting_as(story.duty_jia), event.pk)
    assert LegEvent.objects.get(pk=event.pk).confirmed_by_id == story.duty_jia.user_id


def test_the_identity_is_opened_by_exception_only_by_whoever_treats_patients(story: Story) -> None:
    leg = story.sent()
    with pytest.raises(NotPermittedError):
        break_glass(acting_as(reader_at(story, "jia")), leg.pk, "样例理由十个字以上的说明")
    assert break_glass(acting_as(story.duty_jia), leg.pk, "样例理由十个字以上的说明").pk == leg.pk


def pain_on_the_way(story: Story) -> Leg:
    """Return a chest pain that left 山县 two hours ago and came to 甲市 an hour ago."""
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例联系人", capacity_confirmed=True)
    now = timezone.now().replace(second=0, microsecond=0)
    story.step(leg, "depart", story.doctor_shan, at=now - 120 * MINUTE)
    return story.step(leg, "arrive", story.duty_jia, at=now - 60 * MINUTE)


def told(story: Story, actor: Actor, leg: Leg, code: str, ago: int, **more: Certainty) -> Model:
    # Told from the arrival, an hour ago: the clock may have gone on to the next minute since.
    since = timezone.now() if leg.arrived_at is None else leg.arrived_at + 60 * MINUTE
    at = since - ago * MINUTE
    standing = Milestone.objects.filter(request_id=leg.request_id, code=code, corrected_by__isnull=True).first()
    return record_milestone(acting_as(actor), leg.pk, code, at, None if standing is None else standing.pk, **more)


def test_a_milestone_is_told_by_the_side_that_knows_it_or_by_the_coordinator(story: Story) -> None:
    leg = pain_on_the_way(story)
    for actor, code in ((story.doctor_shan, "wire"), (story.doctor_shan, "door_in"), (story.duty_jia, "ecg")):
        with pytest.raises(NotPermittedError) as refusal:
            told(story, actor, leg, code, 30)
        assert refusal.value.params["reason"] == "milestone-side"
    told(story, story.duty_jia, leg, "wire", 20)
    told(story, story.doctor_shan, leg, "ecg", 150)
    told(story, story.duty_jia, leg, "ambulance_arrived", 130)
    told(story, story.coordinator, leg, "needle", 40)
    rows = dict(Milestone.objects.filter(request=leg.request, is_typed=True).values_list("code", "recorded_by_id"))
    assert rows == {
        "wire": story.duty_jia.user_id,
        "ecg": story.doctor_shan.user_id,
        "ambulance_arrived": story.duty_jia.user_id,
        "needle": story.coordinator.user_id,
    }


def test_who_turned_the_patient_away_tells_nothing_of_the_care(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)
    with pytest.raises(NotPermittedError):
        told(story, story.duty_jia, leg, "wire", 1)


def test_nothing_is_before_the_onset_and_nothing_is_done_before_the_patient_is_there(story: Story) -> None:
    leg = pain_on_the_way(story)
    told(story, story.doctor_shan, leg, "onset", 300)
    for actor, code, ago in (
        (story.doctor_shan, "ecg", 301),
        (story.duty_jia, "wire", 61),
        (story.duty_jia, "needle", 1200),
        (story.doctor_shan, "onset", 100),
    ):
        for certainty in Certainty:
            with pytest.raises(FactsRefusedError) as refusal:
                told(story, actor, leg, code, ago, certainty=certainty)
            assert refusal.value.params["reason"] == "milestone-impossible"
    told(story, story.duty_jia, leg, "wire", 59)
    assert Milestone.objects.filter(request=leg.request, code="wire").count() == 1


def test_an_unusual_order_is_kept_when_the_teller_says_that_it_is_right(story: Story) -> None:
    leg = pain_on_the_way(story)
    with pytest.raises(FactsRefusedError) as refusal:
        told(story, story.doctor_shan, leg, "troponin_result", 90)
    assert refusal.value.params["reason"] == "milestone-order"
    assert refusal.value.params["there"] == leg.departed_at
    told(story, story.doctor_shan, leg, "troponin_result", 90, certainty=Certainty.CONFIRMED)
    told(story, story.duty_jia, leg, "cath_lab_called", 110)
    kept = set(Milestone.objects.filter(request=leg.request, is_typed=True).values_list("code", flat=True))
    assert kept == {"troponin_result", "cath_lab_called"}


def test_what_a_device_tells_without_network_is_kept_unless_it_cannot_be(story: Story) -> None:
    leg = pain_on_the_way(story)
    now = timezone.now()
    merge_milestone(acting_as(story.doctor_shan), leg.pk, "troponin_result", now - 90 * MINUTE)
    with pytest.raises(FactsRefusedError):
        merge_milestone(acting_as(story.duty_jia), leg.pk, "wire", now - 90 * MINUTE)
    assert list(Milestone.objects.filter(is_typed=True).values_list("code", flat=True)) == ["troponin_result"]


# A coordinator routes; the receiver decides.


def asked_below(story: Story) -> Leg:
    """Return the way back of a patient, about which 山县 has not decided."""
    leg = story.returning(story.under_care(urgency="urgent"))
    return story.step(leg, "open", story.duty_shan)


def test_a_coordinator_at_the_receiving_hospital_says_neither_yes_nor_no_for_it(story: Story) -> None:
    at_jia = actor_for("coordinator-jia", story.scene.jia.pk, "referral_coordinator")
    leg = story.sent()
    story.step(leg, "open", story.duty_jia)
    yes = {"contact": "样例联系人", "capacity_confirmed": True}
    for name, said in (("accept", yes), ("decline", {"reason_code": "no_bed"})):
        with pytest.raises(NotPermittedError) as refusal:
            story.step(leg, name, at_jia, **said)
        assert refusal.value.params["reason"] == "role"
    story.step(leg, "accept", story.duty_jia, **yes)
    with pytest.raises(NotPermittedError):
        story.step(leg, "withdraw", at_jia, reason_code="no_bed")
    assert leg.state == "accepted"


def test_a_coordinator_answers_no_transfer_back_and_a_clinician_of_the_lower_unit_does(story: Story) -> None:
    back = asked_below(story)
    yes = {"contact": "样例联系人", "capacity_confirmed": True, "needs": story.yes_to_all_needs(back)}
    for name, said in (("accept", yes), ("decline", {"reason_code": "no_bed"})):
        with pytest.raises(NotPermittedError) as refusal:
            story.step(back, name, story.coordinator, **said)
        assert refusal.value.params["reason"] == "role"
    assert story.step(back, "accept", story.doctor_shan, **yes).state == "accepted"


def test_a_coordinator_chooses_another_receiver_and_drops_a_leg(story: Story) -> None:
    leg = story.sent()
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)
    new = route_again(acting_as(story.coordinator), leg.request_id, Receiver(institution_id=story.scene.lin.pk))
    assert (new.state, new.to_institution_id) == ("sent", story.scene.lin.pk)
    assert story.step(new, "cancel", story.coordinator, reason_code="better_receiver").state == "cancelled-by-sender"


def test_times_of_one_minute_stand_in_either_order(story: Story) -> None:
    """People type minutes; an arrival that a step noted has seconds too."""
    leg = story.sent(urgency="emergency", condition="chest_pain")
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "accept", story.duty_jia, contact="样例联系人", capacity_confirmed=True)
    arrived = timezone.now().replace(second=40, microsecond=0) - MINUTE
    story.step(leg, "arrive", story.duty_jia, at=arrived)
    record_milestone(acting_as(story.duty_jia), leg.pk, "wire", arrived.replace(second=0))
    assert Milestone.objects.get(code="wire").occurred_at < Milestone.objects.get(code="door_in").occurred_at
