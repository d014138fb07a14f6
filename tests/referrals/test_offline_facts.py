"""Facts told without network beat decisions: arrivals, departures, deaths, milestones, visits are kept."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from lianyi.accounts.models import Grant
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import (
    ClosingProposal,
    FollowUp,
    Leg,
    LegEvent,
    MergeConflict,
    Milestone,
    Notice,
)
from lianyi.referrals.policies import policy_of
from lianyi.referrals.walking import allowed_actions, take_step
from tests.cast import acting_as
from tests.referrals.offline_story import acceptance, ago, entry, fact, hand, in_state
from tests.referrals.story import Story


@pytest.mark.parametrize("state", ["sent", "accepted", "arrived", "under-care", "declined", "closed"])
def test_an_arrival_is_kept_wherever_the_case_stands(story: Story, state: str) -> None:
    leg = in_state(story, state)
    at = ago(3)
    assert hand(story.duty_jia).outcome(fact(leg, "arrive", at)) == "done"
    events = LegEvent.objects.filter(leg__request=leg.request, step__startswith="arrive", occurred_at=at)
    assert events.filter(entry_mode="retrospective").exists()
    arrived = Leg.objects.filter(request=leg.request, arrived_at__isnull=False)
    assert arrived.exists()


def test_an_arrival_after_a_decline_opens_a_leg_in_which_the_patient_is(story: Story) -> None:
    leg = in_state(story, "declined")
    hand(story.duty_jia).outcome(fact(leg, "arrive", ago(2)))
    leg.refresh_from_db()
    new = Leg.objects.get(request=leg.request, number=2)
    assert (leg.state, new.state, new.entry_mode) == ("declined", "arrived", "retrospective")


def test_an_arrival_is_kept_after_the_sender_has_cancelled_and_the_relation_is_closed(story: Story) -> None:
    leg = story.accepted()
    story.step(leg, "cancel", story.doctor_shan, reason_code="improved")
    jia = hand(story.duty_jia)
    assert jia.sync()["open"] == []
    assert jia.outcome(fact(leg, "arrive", ago(2))) == "done"
    new = Leg.objects.get(request=leg.request, number=2)
    assert (new.state, new.to_institution_id) == ("arrived", story.scene.jia.pk)
    old = Grant.objects.filter(basis_type="referrals.leg", basis_id=leg.pk, holder_node_id=story.scene.jia.pk)
    assert not old.filter(revoked_at__isnull=True).exists()


def test_a_stranger_keeps_nothing_about_the_case(story: Story) -> None:
    leg = story.accepted()
    for told in (fact(leg, "arrive", ago(2)), acceptance(leg), entry("message", {"text": "x"}, leg=leg.pk)):
        (answer,) = hand(story.duty_lin).sync(told)["answers"]
        assert (answer["outcome"], answer["reason"]) == ("refused", "There is no such record within your reach.")


def test_a_departure_told_after_the_arrival_is_kept_and_moves_nothing(story: Story) -> None:
    leg = story.accepted()
    story.step(leg, "arrive", story.duty_jia)
    left_at = ago(40)
    assert hand(story.doctor_shan).outcome(fact(leg, "depart", left_at)) == "done"
    leg.refresh_from_db()
    assert (leg.state, leg.departed_at) == ("arrived", left_at)
    assert LegEvent.objects.get(leg=leg, step="depart_told_late").entry_mode == "retrospective"


def test_a_departure_before_any_answer_is_kept_and_the_answer_still_waited_for(story: Story) -> None:
    leg = story.sent()
    due = leg.due_at
    assert hand(story.doctor_shan).outcome(fact(leg, "depart", ago(1))) == "done"
    leg.refresh_from_db()
    assert (leg.state, leg.ball_side, leg.due_at) == ("sent", "receiver", due)


def test_a_death_told_on_an_ended_case_is_put_before_the_open_one(story: Story) -> None:
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(second, "accept", story.duty_lin, contact="x", capacity_confirmed=True)
    assert hand(story.doctor_shan).outcome(fact(first, "record_death", ago(2))) == "done"
    assert ClosingProposal.objects.get(leg=second).fact == "died"


def test_the_sender_tells_an_arrival_only_with_whom_it_was_heard_from(story: Story) -> None:
    leg = story.accepted()
    shan = hand(story.doctor_shan)
    assert shan.outcome(fact(leg, "arrive", ago(2))) == "refused"
    assert shan.outcome(fact(leg, "arrive", ago(2), spoken_by="样例值班")) == "done"
    leg.refresh_from_db()
    assert leg.state == "arrived"
    assert LegEvent.objects.get(leg=leg, step="arrive").entry_mode == "spoken"


def test_rows_for_late_facts_are_offered_to_nobody_and_refused_with_the_network(story: Story) -> None:
    leg = story.accepted()
    assert not [each for each in allowed_actions(story.doctor_shan, leg) if each.transition.is_told_late]
    with pytest.raises(CaseStepRefusedError):
        take_step(acting_as(story.doctor_shan), leg.pk, "depart_told_late", StepFacts(), leg.version)


@pytest.mark.parametrize("at", ["2026-01-01T03:00", "yesterday", ""])
def test_a_time_without_its_zone_is_refused(story: Story, at: str) -> None:
    leg = story.accepted()
    told = {**fact(leg, "depart", ago(1)), "at": at}
    assert hand(story.doctor_shan).outcome(told) == "refused"


def test_a_fact_from_the_future_is_refused_with_the_clock_named(story: Story) -> None:
    leg = story.accepted()
    told = fact(leg, "depart", timezone.now() + datetime.timedelta(minutes=20))
    (answer,) = hand(story.doctor_shan).sync(told)["answers"]
    assert answer["outcome"] == "refused"
    assert "future" in answer["reason"]


def test_a_milestone_told_twice_keeps_both_times_and_the_first_stands(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    code = policy_of(leg.request.policy).milestones_of("chest_pain")[0].code
    shan = hand(story.doctor_shan)
    times = [ago(50), ago(45), ago(48)]
    for at in times:
        assert shan.outcome(entry("milestone", {"code": code}, at, leg=leg.pk)) == "done"
    told = Milestone.objects.filter(request=leg.request, code=code)
    assert {each.occurred_at for each in told} == set(times)
    assert told.get(corrected_by__isnull=True).occurred_at == times[0]


def test_an_unknown_milestone_is_refused(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    assert hand(story.doctor_shan).outcome(entry("milestone", {"code": "tea"}, leg=leg.pk)) == "refused"


def test_a_follow_up_recorded_by_two_is_kept_as_two_visits(story: Story) -> None:
    visit = _visit(story)
    today = timezone.localdate().isoformat()
    for note in ("样例随访甲", "样例随访乙"):
        content = {"follow_up": visit.pk, "done_on": today, "state": "done", "note": note}
        assert hand(story.doctor_shan).outcome(entry("follow_up", content)) == "done"
    notes = FollowUp.objects.filter(leg=visit.leg, state="done").values_list("note", flat=True)
    assert sorted(notes) == ["样例随访乙", "样例随访甲"]


def _visit(story: Story) -> FollowUp:
    leg = story.under_care(urgency="urgent")
    back = story.returning(leg)
    story.step(back, "open", story.duty_shan)
    story.step(
        back, "accept", story.duty_shan, contact="样例", capacity_confirmed=True, needs=story.yes_to_all_needs(back)
    )
    story.step(back, "arrive", story.duty_shan)
    return FollowUp.objects.get(leg=back, kind="first_after_return")


@pytest.mark.parametrize(
    "change", [{"note": " "}, {"done_on": "2999-01-01"}, {"done_on": ""}, {"state": "open"}, {"follow_up": None}]
)
def test_a_follow_up_that_cannot_be_is_refused_whether_or_not_it_was_recorded(
    story: Story, change: dict[str, Any]
) -> None:
    visit = _visit(story)
    good = {"follow_up": visit.pk, "done_on": timezone.localdate().isoformat(), "state": "done", "note": "样例"}
    shan = hand(story.doctor_shan)
    assert shan.outcome(entry("follow_up", {**good, **change})) == "refused"
    shan.outcome(entry("follow_up", good))
    assert shan.outcome(entry("follow_up", {**good, **change})) == "refused"


def test_an_arrival_told_before_the_recorded_departure_is_kept_and_put_before_the_coordinator(story: Story) -> None:
    leg = story.step(story.accepted(), "depart", story.doctor_shan)
    at = ago(20)
    assert hand(story.duty_jia).outcome(fact(leg, "arrive", at)) == "done"
    leg.refresh_from_db()
    assert (leg.state, leg.arrived_at) == ("arrived", at)
    conflict = MergeConflict.objects.get(leg=leg)
    assert (conflict.step, conflict.occurred_at) == ("arrive", at)
    assert Notice.objects.filter(leg=leg, kind="merge_conflict", institution=leg.request.coordinator).count() == 1


def test_a_departure_told_after_the_recorded_arrival_is_kept_and_put_before_the_coordinator(story: Story) -> None:
    leg = story.step(story.accepted(), "arrive", story.duty_jia, ago(30))
    at = ago(10)
    assert hand(story.doctor_shan).outcome(fact(leg, "depart", at)) == "done"
    leg.refresh_from_db()
    assert (leg.state, leg.departed_at) == ("arrived", at)
    assert MergeConflict.objects.get(leg=leg).step == "depart_told_late"


def test_whoever_types_an_arrival_before_the_departure_is_asked_to_look_again(story: Story) -> None:
    leg = story.step(story.accepted(), "depart", story.doctor_shan)
    with pytest.raises(FactsRefusedError) as refused:
        story.step(leg, "arrive", story.duty_jia, ago(20))
    assert refused.value.params["reason"] == "moment-impossible"
    leg.refresh_from_db()
    assert (leg.state, leg.arrived_at) == ("in-transit", None)
