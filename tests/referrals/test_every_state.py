"""Every state is reached by commands that people give, and stands on the list of whoever must move."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import service_actor
from lianyi.referrals.commands.receivers import Receiver, add_receiver
from lianyi.referrals.commands.returns import record_follow_up
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import Clock, FollowUp, Journey, Leg, LegEvent, PatientIdentity, Request
from lianyi.referrals.states import LegState, RequestStatus
from lianyi.referrals.walking import allowed_actions
from tests.cast import acting_as, actor_for
from tests.referrals import ways
from tests.referrals.story import Story
from tests.referrals.ways import WAYS, YES, in_hours, later, row_of

# The patient is on the way to the next hospital: the leg that was left asks nothing of the coordinator any more.
SETTLED_AT_ONCE = ("diverted",)


def names_of(actor, leg):
    return {action.transition.name for action in allowed_actions(actor, leg)}


def test_there_is_a_way_into_every_state():
    assert set(WAYS) == set(LegState.values)


@pytest.mark.parametrize("state", WAYS)
def test_the_state_is_reached_and_somebody_has_it_on_the_list(story: Story, state):
    leg = WAYS[state](story)
    row = row_of(leg)
    assert (leg.state, leg.is_open) == (state, not row.is_final)
    if row.is_final and (row.ball is None or state in SETTLED_AT_ONCE):
        assert (leg.ball_side, leg.ball_institution_id, leg.due_at, leg.responsible_id) == ("", None, None, None)
        assert not Clock.objects.filter(leg=leg, stopped_at__isnull=True).exists()
        return
    expected_ball = "sender" if state == "on-hold" else row.ball
    assert leg.ball_side == expected_ball
    assert leg.due_at is not None
    institutions = {
        "sender": story.scene.shan.pk,
        "receiver": story.scene.jia.pk,
        "coordinator": leg.request.coordinator_id,
        "transport": story.scene.shan.pk,
        "lower_unit": story.scene.shan.pk,
    }
    assert leg.ball_institution_id == institutions[expected_ball]
    assert leg.responsible_id == institutions[row.responsible]
    main = Clock.objects.get(leg=leg, kind=row.clock, stopped_at__isnull=True)
    assert (main.due_at, main.institution_id) == (leg.due_at, leg.ball_institution_id)


@pytest.mark.parametrize("urgency", ["emergency", "urgent", "routine"])
def test_a_proposed_return_is_due_whatever_the_patient_came_for(story: Story, urgency):
    leg = ways.return_proposed(story, urgency=urgency, condition="other" if urgency == "emergency" else "")
    assert leg.due_at is not None


def test_a_pause_lets_the_clocks_stand_still_and_go_on(story: Story):
    leg = story.under_care()
    review = Clock.objects.get(leg=leg, kind="care_review")
    story.step(leg, "hold", story.duty_jia, reason_code="patient_wish", due_at=in_hours(30), ball_side="sender")
    with later(hours=10):
        story.step(leg, "resume", story.duty_jia)
    again = Clock.objects.get(leg=leg, kind="care_review")
    assert again.pk == review.pk
    assert again.stopped_at is None
    assert abs(again.due_at - review.due_at - datetime.timedelta(hours=10)) < datetime.timedelta(minutes=1)
    assert leg.due_at == again.due_at


def test_a_question_about_the_cancellation_leaves_a_pause_with_whom_it_was(story: Story):
    leg = ways.on_hold(story)
    story.step(leg, "ask_to_cancel", story.doctor_shan, reason_code="improved")
    assert (leg.ball_side, leg.ball_institution_id) == ("sender", story.scene.shan.pk)


def test_a_pause_is_looked_after_by_sender_or_receiver_only(story: Story):
    with pytest.raises(FactsRefusedError, match="sender or the receiver"):
        story.step(
            story.under_care(), "hold", story.duty_jia, reason_code="other", due_at=in_hours(3), ball_side="nobody"
        )


def test_an_outcome_answers_a_cancellation_that_was_asked(story: Story):
    leg = story.under_care()
    story.step(leg, "ask_to_cancel", story.doctor_shan, reason_code="improved")
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    assert not leg.cancel_asked
    assert not Clock.objects.filter(leg=leg, kind="cancel_answer", stopped_at__isnull=True).exists()
    story.step(leg, "acknowledge", story.doctor_shan)
    assert leg.state == "closed"


def test_the_program_acknowledges_as_the_program_and_only_late(story: Story):
    leg = ways.outcome_sent(story)
    with pytest.raises(GuardRefusedError, match="still has time"):
        story.step(leg, "acknowledge", service_actor())
    with later(days=20):
        story.step(leg, "acknowledge", service_actor())
    assert (leg.state, leg.is_acknowledged) == ("closed", False)


def test_a_declined_patient_for_whom_nobody_is_looked_any_more_leaves_the_list(story: Story):
    leg = ways.declined(story)
    assert Journey.objects.get().closed_at is None
    story.step(leg, "end_ask", story.doctor_shan, reason_code="patient_refused")
    assert (leg.state, leg.ball_side, leg.due_at) == ("declined", "", None)
    assert not Clock.objects.filter(leg=leg, stopped_at__isnull=True).exists()
    assert Request.objects.get().status == RequestStatus.REVOKED
    assert Journey.objects.get().closed_at is not None
    assert "end_ask" not in names_of(story.doctor_shan, leg)


def test_a_death_while_nobody_was_found_keeps_the_decline_and_asks_for_a_review(story: Story):
    leg = ways.declined(story)
    story.step(leg, "record_death_unrouted", story.doctor_shan, died_at=timezone.now())
    assert (leg.state, leg.ball_side) == ("declined", "")
    assert FollowUp.objects.filter(leg=leg, kind="death_review", state="open").count() == 2


def test_whoever_arrives_after_the_end_gets_a_leg_entered_afterwards(story: Story):
    leg = ways.declined(story)
    story.step(leg, "arrive_after_end", story.duty_jia)
    new = Leg.objects.get(request_id=leg.request_id, number=2)
    assert (new.state, new.entry_mode, new.responsible_id) == ("arrived", "retrospective", story.scene.jia.pk)
    assert (leg.state, leg.ball_side) == ("declined", "")


def test_a_patient_taken_elsewhere_has_a_leg_there_that_is_on_the_way(story: Story):
    leg = ways.diverted(story)
    new = leg.diverted_to.get()
    assert (new.state, new.to_institution_id) == ("in-transit", story.scene.lin.pk)
    assert [event.step for event in new.events.all()] == ["draft", "send", "accept", "depart"]


def test_a_death_ends_every_other_leg_of_the_journey(story: Story):
    first = story.sent(story.scene.jia, story.scene.lin, story.scene.xiang, is_broadcast=True)
    story.step(first, "record_death", story.doctor_shan, died_at=timezone.now())
    assert set(Leg.objects.values_list("state", flat=True)) == {"died"}


def test_a_hospital_that_only_said_yes_gives_way_to_the_one_where_the_patient_is(story: Story):
    first = ways.not_selected(story)
    story.step(first, "arrive_after_end", story.duty_jia)
    second, third = Leg.objects.filter(request_id=first.request_id, number__gt=1).order_by("number")
    assert (second.state, third.state) == ("handled-elsewhere", "arrived")
    assert third.to_institution_id == story.scene.jia.pk


def test_two_arrivals_at_two_hospitals_are_both_kept_and_left_to_the_coordinator(story: Story):
    first = ways.not_selected(story)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(second, "arrive", story.duty_lin)
    story.step(first, "arrive_after_end", story.duty_jia)
    assert LegEvent.objects.filter(leg=first, step="arrive_after_end").count() == 1
    assert first.merge_conflicts.get().step == "arrive_after_end"
    assert Leg.objects.filter(request_id=first.request_id).count() == 2


@pytest.mark.parametrize("ending", ["decline", "cancel", "expire", "mark_error"])
def test_a_return_without_receiver_gives_the_patient_back_to_the_upper_hospital(story: Story, ending):
    leg = story.under_care()
    back = story.returning(leg)
    if ending == "decline":
        story.step(back, ending, story.duty_shan, reason_code="no_bed")
    elif ending == "expire":
        with later(days=40):
            story.step(back, ending, service_actor())
    else:
        writer = actor_for("doctor-jia", story.scene.jia.pk, "referring_clinician")
        story.step(back, ending, writer, reason_code="other")
    leg.refresh_from_db()
    assert (leg.state, leg.ball_side, leg.ball_institution_id) == ("return-proposed", "receiver", story.scene.jia.pk)
    assert not Clock.objects.filter(leg=leg, kind="back_answer", stopped_at__isnull=True).exists()
    assert not FollowUp.objects.filter(leg=back, state="open").exists()


def test_a_return_taken_back_asks_nothing_of_anybody(story: Story):
    leg = story.under_care()
    back = story.returning(leg)
    story.step(leg, "keep_in_care", story.duty_jia, reason_code="patient_worse")
    back.refresh_from_db()
    assert (back.state, back.ball_side) == ("cancelled-by-sender", "")
    assert set(FollowUp.objects.filter(leg=back).values_list("state", flat=True)) == {"void"}


def test_a_draft_beside_an_accepted_leg_does_not_stay(story: Story):
    row = story.draft(story.scene.jia, story.scene.lin)
    first, second = row.legs.order_by("number")
    story.step(first, "send", story.doctor_shan)
    story.step(first, "accept", story.duty_jia, **YES)
    second.refresh_from_db()
    assert (second.state, second.ball_side) == ("entered-in-error", "")


def test_nobody_is_asked_beside_a_hospital_that_has_the_patient(story: Story):
    leg = story.under_care()
    with pytest.raises(GuardRefusedError, match="has this patient already"):
        add_receiver(acting_as(story.doctor_shan), leg.request_id, Receiver(institution_id=story.scene.lin.pk))


def test_a_visit_at_home_ends_the_search_for_a_lost_patient_and_its_clock(story: Story):
    leg = ways.never_came(story)
    with later(days=6):
        visit = FollowUp.objects.filter(leg=leg, kind="home_visit").first()
        record_follow_up(acting_as(story.doctor_shan), visit.pk, timezone.localdate(), "样例", "done", visit.version)
    leg.refresh_from_db()
    assert (leg.ball_side, leg.due_at) == ("", None)
    assert not Clock.objects.filter(leg=leg, stopped_at__isnull=True).exists()


def test_nobody_visits_or_looks_for_a_bed_for_somebody_who_has_died(story: Story):
    leg = ways.return_proposed(story)
    story.step(leg, "record_death", story.duty_jia, died_at=timezone.now())
    assert set(FollowUp.objects.filter(state="open").values_list("kind", flat=True)) == {"death_review"}
    assert not Leg.objects.exclude(ball_side="").exists()
    assert not Leg.objects.filter(is_open=True).exists()


def test_the_access_of_all_who_were_asked_ends_some_days_after_the_end(story: Story):
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(first, "accept", story.duty_jia, **YES)
    story.step(first, "arrive", story.duty_jia)
    story.step(first, "take_over", story.duty_jia)
    story.step(first, "send_outcome", story.duty_jia, disposition="home", text="样例")
    story.step(first, "acknowledge", story.doctor_shan)
    assert scoped(story.duty_lin, Leg.objects.all()).exists()
    with later(days=15):
        for outsider in (story.duty_jia, story.duty_lin):
            assert not scoped(outsider, Leg.objects.all()).exists()
            assert not scoped(outsider, Request.objects.all()).exists()
            assert not scoped(outsider, PatientIdentity.objects.all()).exists()
    assert second.request_id == first.request_id


def test_a_spoken_yes_is_typed_in_by_the_sender_and_marked_so(story: Story):
    leg = story.sent()
    story.step(leg, "accept", story.doctor_shan, spoken_by="样例医生 000-3333", **YES)
    event = LegEvent.objects.get(leg=leg, step="accept")
    assert (event.entry_mode, event.side, event.spoken_by) == ("spoken", "receiver", "样例医生 000-3333")


def test_a_time_without_zone_is_refused(story: Story):
    leg = story.sent()
    with pytest.raises(FactsRefusedError, match="no time zone"):
        story.step(leg, "accept", story.duty_jia, expected_at=datetime.datetime(2026, 5, 1, 3), **YES)  # noqa: DTZ001


@pytest.mark.parametrize("name", ["decline", "divert", "record_elsewhere"])
def test_an_institution_that_does_not_exist_is_refused(story: Story, name):
    said = {"institution_id": 999_999, "reason_code": "transport", "text": "样例"}
    if name == "record_elsewhere":
        said.pop("reason_code")
    else:
        said["contact"] = "样例接收医生"
    leg = ways.in_transit(story) if name == "divert" else story.sent()
    with pytest.raises(FactsRefusedError, match="not in the registry"):
        story.step(leg, name, story.duty_jia if name == "decline" else story.doctor_shan, **said)
