"""A referral walks up, is treated, comes back down and is closed; each side acts in its turn."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StaleVersionError
from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import Clock, FollowUp, Journey, Leg, LegEvent, Notice, PatientIdentity
from lianyi.referrals.walking import allowed_actions, take_step
from tests.cast import acting_as
from tests.referrals.story import Story


def _names(story_actor, leg: Leg) -> set[str]:  # type: ignore[no-untyped-def]
    return {action.transition.name for action in allowed_actions(story_actor, leg)}


def test_the_whole_way_up_and_back(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    back = story.returning(leg)
    assert (back.state, back.ball_institution_id) == ("sent", story.scene.shan.pk)

    story.step(back, "open", story.duty_shan)
    story.step(
        back, "accept", story.duty_shan, contact="样例", capacity_confirmed=True, needs=story.yes_to_all_needs(back)
    )
    story.step(leg, "send_outcome", story.duty_jia, disposition="returned", text="样例结果")
    story.step(leg, "acknowledge", story.doctor_shan)
    story.step(back, "arrive", story.duty_shan)
    story.step(back, "take_over", story.duty_shan)
    with pytest.raises(FactsRefusedError, match="first follow-up"):
        story.step(back, "send_outcome", story.duty_shan, disposition="home", text="样例")
    visit = FollowUp.objects.get(leg=back, kind="first_after_return")
    record_follow_up(acting_as(story.doctor_shan), visit.pk, timezone.localdate(), "样例随访", "done", visit.version)
    story.step(back, "send_outcome", story.duty_shan, disposition="home", text="样例")
    story.step(back, "acknowledge", story.doctor_jia if hasattr(story, "doctor_jia") else story.duty_jia)

    journey = Journey.objects.get()
    assert journey.closed_at is not None
    assert [event.step for event in LegEvent.objects.filter(leg=leg)] == [
        "draft",
        "send",
        "open",
        "accept_with_bed",
        "arrive",
        "take_over",
        "propose_return",
        "send_outcome",
        "acknowledge",
    ]
    assert verify_chain().events > 20


def test_identity_is_hidden_until_acceptance(story: Story) -> None:
    leg = story.sent()
    assert list(scoped(story.duty_jia, Leg.objects.all())) == [leg]
    assert not scoped(story.duty_jia, PatientIdentity.objects.all()).exists()
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    assert scoped(story.duty_jia, PatientIdentity.objects.all()).count() == 1
    story.step(leg, "withdraw", story.duty_jia, reason_code="no_bed")
    assert not scoped(story.duty_jia, PatientIdentity.objects.all()).exists()
    assert not scoped(story.duty_lin, Leg.objects.all()).exists()


def test_who_is_outside_finds_nothing(story: Story) -> None:
    leg = story.sent()
    with pytest.raises(NotFoundInScopeError):
        take_step(acting_as(story.duty_lin), leg.pk, "accept", StepFacts(contact="x"), leg.version)


def test_a_stale_version_is_a_conflict_with_the_steps_possible_now(story: Story) -> None:
    leg = story.sent()
    seen = leg.version
    story.step(leg, "open", story.duty_jia)
    with pytest.raises(StaleVersionError) as refusal:
        take_step(acting_as(story.duty_jia), leg.pk, "open", StepFacts(), seen)
    assert "not follow" not in str(refusal.value)
    assert "accept" in refusal.value.params["allowed"]  # type: ignore[operator]


def test_the_sender_cannot_accept_and_the_receiver_cannot_cancel(story: Story) -> None:
    leg = story.sent()
    assert "accept" in _names(story.duty_jia, leg)
    assert "cancel" not in _names(story.duty_jia, leg)
    with pytest.raises(NotPermittedError, match="not for your side"):
        story.step(leg, "accept", story.doctor_shan, contact="x")


def test_an_emergency_is_not_declined_without_a_way_on(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    with pytest.raises(FactsRefusedError, match="without a way on"):
        story.step(leg, "decline", story.duty_jia, reason_code="no_bed")
    story.step(leg, "decline", story.duty_jia, reason_code="no_bed", hand_to_coordinator=True)
    assert (leg.state, leg.ball_side, leg.responsible_id) == ("declined", "coordinator", story.scene.shan.pk)


def test_what_is_not_in_the_table_is_refused(story: Story) -> None:
    leg = story.sent()
    with pytest.raises(CaseStepRefusedError, match="does not follow"):
        story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="x")
    leg.refresh_from_db()
    assert leg.state == "sent"


def test_the_second_hospital_is_told_that_the_first_was_quicker(story: Story) -> None:
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(second, "accept", story.duty_lin, contact="x", capacity_confirmed=True)
    first.refresh_from_db()
    assert (first.state, first.ball_side, first.due_at) == ("not-selected", "", None)
    with pytest.raises(CaseStepRefusedError):
        story.step(first, "accept", story.duty_jia, contact="x", capacity_confirmed=True)


def test_a_question_pauses_the_clock_of_a_routine_referral(story: Story) -> None:
    leg = story.sent()
    story.step(leg, "open", story.duty_jia)
    story.step(leg, "ask", story.duty_jia, text="样例提问")
    decision = Clock.objects.get(leg=leg, kind="decision")
    assert decision.paused_since is not None
    before = decision.due_at
    story.step(leg, "supply", story.doctor_shan, text="样例回答")
    decision.refresh_from_db()
    assert decision.paused_since is None
    assert decision.due_at >= before
    assert leg.due_at == decision.due_at


def test_an_incomplete_packet_does_not_leave(story: Story) -> None:
    row = story.draft(urgency="urgent", complete=False)
    leg = row.legs.get()
    with pytest.raises(GuardRefusedError, match="lacks"):
        story.step(leg, "send", story.doctor_shan)


def test_every_open_leg_has_one_holder_a_due_time_and_somebody_who_answers(story: Story) -> None:
    leg = story.under_care()
    story.returning(leg)
    for row in Leg.objects.filter(is_open=True):
        assert row.ball_side
        assert row.ball_institution_id
        assert row.due_at is not None
        assert row.responsible_id


def test_a_step_is_told_to_the_other_side(story: Story) -> None:
    leg = story.sent()
    assert [(each.institution_id, each.kind) for each in Notice.objects.filter(leg=leg)] == [
        (story.scene.jia.pk, "send")
    ]


def test_arrival_comes_before_every_answer(story: Story) -> None:
    leg = story.sent()
    story.step(leg, "arrive_unannounced", story.duty_jia, at=timezone.now() - datetime.timedelta(minutes=20))
    assert (leg.state, leg.entry_mode, leg.responsible_id) == ("arrived", "retrospective", story.scene.jia.pk)
