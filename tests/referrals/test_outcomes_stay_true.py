"""“Returned” and “referred onward” stand in the record only while somebody there has the patient, or awaits them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Clock, FollowUp, Journey, Leg, LegEvent, Notice
from tests.cast import acting_as, actor_for
from tests.referrals import laws, ways
from tests.referrals.story import Story


def returned(story: Story) -> tuple[Leg, Leg]:
    """Let 甲市 send a patient back whom 山县 has agreed to take; the outcome is read, the patient is still upstairs."""
    leg = story.under_care(urgency="urgent")
    back = story.returning(leg)
    story.step(back, "accept_with_bed", story.duty_shan, expected_at=ways.in_hours(5), **ways.YES)
    story.step(leg, "send_outcome", story.duty_jia, disposition="returned", text="样例结果")
    story.step(leg, "acknowledge", story.doctor_shan)
    assert (leg.state, leg.disposition, leg.ball_side) == ("closed", "returned", "")
    return leg, back


@pytest.fixture
def doctor_jia(story: Story) -> Actor:
    return actor_for("doctor-jia", story.scene.jia.pk, "referring_clinician")


def stands_in_care_again(story: Story, leg: Leg) -> None:
    leg.refresh_from_db()
    jia = story.scene.jia.pk
    assert (leg.state, leg.disposition, leg.outcome_at, leg.closed_at) == ("under-care", "", None, None)
    assert (leg.ball_side, leg.ball_institution_id, leg.responsible_id) == ("receiver", jia, jia)
    assert leg.due_at == Clock.objects.get(leg=leg, kind="care_review", stopped_at__isnull=True).due_at
    assert Journey.objects.get(pk=leg.request.journey_id).closed_at is None
    event = LegEvent.objects.get(leg=leg, step="reopen")
    assert (event.side, event.entry_mode) == ("system", "automatic")
    told = Notice.objects.filter(leg=leg, kind="reopen").values_list("institution__code", flat=True)
    assert sorted(told) == ["JIA1", "SHAN"]
    laws.an_outcome_is_true_and_a_closed_journey_is_over()


@pytest.mark.parametrize(
    ("side", "step", "said"),
    [
        ("upper", "cancel", {"reason_code": "improved"}),
        ("lower", "withdraw", {"reason_code": "no_bed", "hand_to_coordinator": True}),
        ("upper", "mark_error", {"reason_code": "wrong_patient"}),
        ("upper", "record_elsewhere", {"text": "样例"}),
    ],
)
def test_a_return_that_falls_through_gives_the_patient_back_to_the_upper_hospital(
    story: Story, doctor_jia: Actor, side: str, step: str, said: dict[str, Any]
) -> None:
    leg, back = returned(story)
    story.step(back, step, story.duty_shan if side == "lower" else doctor_jia, **said)
    assert not back.is_open
    stands_in_care_again(story, leg)


def test_a_patient_who_never_came_back_is_the_upper_hospitals_again(story: Story) -> None:
    leg, back = returned(story)
    Leg.objects.filter(pk=back.pk).update(expected_at=ways.in_hours(-48))
    story.step(back, "record_no_show", story.duty_shan)
    story.step(back, "give_up", story.duty_jia, reason_code="patient_refused")
    stands_in_care_again(story, leg)


def test_a_patient_who_came_back_leaves_the_outcome_as_it_is(story: Story) -> None:
    leg, back = returned(story)
    story.step(back, "arrive", story.duty_shan)
    story.step(back, "ask_to_cancel", story.duty_jia, reason_code="moved_elsewhere")
    story.step(back, "confirm_cancel", story.duty_shan)
    leg.refresh_from_db()
    assert (leg.state, leg.disposition) == ("closed", "returned")
    laws.an_outcome_is_true_and_a_closed_journey_is_over()


def test_a_death_on_the_way_back_opens_nothing_again(story: Story) -> None:
    leg, back = returned(story)
    story.step(back, "depart", story.duty_jia)
    story.step(back, "record_death", story.duty_jia, died_at=timezone.now())
    leg.refresh_from_db()
    assert (leg.state, leg.disposition) == ("closed", "returned")


def test_a_patient_taken_elsewhere_on_the_way_back_is_followed_to_the_other_unit(story: Story) -> None:
    leg, back = returned(story)
    story.step(back, "depart", story.duty_jia)
    xiang = story.scene.xiang.pk
    story.step(back, "divert", story.duty_jia, institution_id=xiang, contact="样例接收医生", reason_code="transport")
    leg.refresh_from_db()
    assert leg.state == "closed"
    other = Leg.objects.get(diverted_from=back)
    assert other.state == "in-transit"
    story.step(other, "ask_to_cancel", story.duty_jia, reason_code="patient_refused")
    story.step(other, "confirm_cancel", story.doctor_xiang)
    stands_in_care_again(story, leg)


def referred_onward(story: Story, doctor_jia: Actor) -> tuple[Leg, Leg]:
    leg = story.under_care(urgency="urgent")
    onward = story.sent(
        story.scene.lin,
        actor=doctor_jia,
        from_institution_id=story.scene.jia.pk,
        based_on_id=leg.request_id,
        urgency="urgent",
        agreement_id=None,
        patient=None,
    )
    return leg, onward


def say_onward(story: Story, leg: Leg) -> Leg:
    return story.step(leg, "send_outcome", story.duty_jia, disposition="onward", text="样例结果")


def test_onward_is_refused_when_nobody_has_the_onward_referral_in_hand(story: Story, doctor_jia: Actor) -> None:
    leg, onward = referred_onward(story, doctor_jia)
    story.step(onward, "cancel", doctor_jia, reason_code="improved")
    with pytest.raises(FactsRefusedError) as refusal:
        say_onward(story, leg)
    assert refusal.value.params["reason"] == "no-onward-leg"
    leg.refresh_from_db()
    assert leg.state == "under-care"


def test_onward_stands_while_somebody_looks_for_another_receiver_and_falls_when_nobody_does(
    story: Story, doctor_jia: Actor
) -> None:
    leg, onward = referred_onward(story, doctor_jia)
    say_onward(story, leg)
    story.step(leg, "acknowledge", story.doctor_shan)
    story.step(onward, "decline", story.duty_lin, reason_code="no_bed", hand_to_coordinator=True)
    leg.refresh_from_db()
    assert (leg.state, leg.disposition) == ("closed", "onward")
    story.step(onward, "end_ask", doctor_jia, reason_code="patient_refused")
    stands_in_care_again(story, leg)


def test_a_visit_that_finds_an_onward_patient_at_home_asks_for_the_outcome_anew(
    story: Story, doctor_jia: Actor
) -> None:
    leg, onward = referred_onward(story, doctor_jia)
    story.step(onward, "open", story.duty_lin)
    story.step(onward, "accept_with_bed", story.duty_lin, expected_at=ways.in_hours(5), **ways.YES)
    say_onward(story, leg)
    story.step(leg, "acknowledge", story.doctor_shan)
    Leg.objects.filter(pk=onward.pk).update(expected_at=ways.in_hours(-48))
    story.step(onward, "record_no_show", story.duty_lin)
    story.step(onward, "give_up", doctor_jia, reason_code="patient_refused")
    leg.refresh_from_db()
    assert leg.state == "closed"
    visit = FollowUp.objects.get(leg=onward, kind="home_visit", state="open")
    record_follow_up(acting_as(doctor_jia), visit.pk, timezone.localdate(), "样例", "done", visit.version)
    stands_in_care_again(story, leg)
