"""What was written without network arrives: facts beat decisions, and neither order nor repetition changes anything."""

from __future__ import annotations

import datetime
import itertools
import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import verify_chain
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.models import Affiliation, AuditEvent, Grant, ReadEvent, User
from lianyi.referrals.commands.offline_devices import register_device, revoke_device
from lianyi.referrals.commands.steps import settle_conflict
from lianyi.referrals.errors import CaseStepRefusedError, FactsRefusedError, GuardRefusedError
from lianyi.referrals.facts import StepFacts
from lianyi.referrals.models import (
    ClosingProposal,
    FollowUp,
    Journey,
    Leg,
    LegEvent,
    MergeConflict,
    Message,
    Milestone,
    Notice,
    OfflineDevice,
    PatientIdentity,
    Request,
)
from lianyi.referrals.offline_keys import device_key
from lianyi.referrals.policies import policy_of
from lianyi.referrals.views.offline import MODULES
from lianyi.referrals.walking import allowed_actions, take_step
from lianyi.rules.referral_policy import ReferralUrgency
from tests.cast import acting_as, actor_for
from tests.referrals.story import Story, filler

_names = itertools.count(1)


@dataclass
class Hand:
    """Somebody with a browser, signed in, and with a device that is set up."""

    actor: Actor
    client: Client
    device: OfflineDevice

    def ask(self, name: str, body: Any) -> Any:
        content = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(reverse(f"referrals:{name}"), content, content_type="application/json")

    def sync(self, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.ask("offline-sync", {"device": self.device.handle, "entries": list(entries), **more})
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def outcome(self, entry: dict[str, Any]) -> str:
        (answer,) = self.sync(entry)["answers"]
        return answer["outcome"]


def hand(actor: Actor) -> Hand:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return Hand(actor, client, register_device(acting_as(actor), f"样例设备{next(_names)}"))


def ago(minutes: int) -> datetime.datetime:
    return timezone.now().replace(microsecond=0) - datetime.timedelta(minutes=minutes)


def entry(kind: str, content: dict[str, Any], at: datetime.datetime | None = None, **more: Any) -> dict[str, Any]:
    key = more.pop("key", None) or uuid.uuid4().hex
    return {"key": key, "kind": kind, "at": (at or ago(5)).isoformat(), "content": content, **more}


def fact(leg: Leg, step: str, at: datetime.datetime, **said: Any) -> dict[str, Any]:
    died = {"died_at": at.isoformat()} if step == "record_death" else {}
    return entry("fact", {"step": step, **died, **said}, at, leg=leg.pk)


def acceptance(leg: Leg) -> dict[str, Any]:
    content = {"step": "accept", "contact": "样例联系人", "capacity_confirmed": True}
    return entry("decision", content, leg=leg.pk)


def refusal(leg: Leg) -> dict[str, Any]:
    return entry("decision", {"step": "decline", "reason_code": "no_bed", "text": "样例理由"}, leg=leg.pk)


def new_referral(story: Story, **more: Any) -> dict[str, Any]:
    number = next(_names)
    urgency = more.get("urgency", "routine")
    known = urgency if urgency in set(ReferralUrgency) else "routine"
    policy = policy_of("general-2026")
    items = policy.packet_items(ReferralUrgency(known), "up", more.get("condition", ""))
    content = {
        "direction": "up",
        "urgency": urgency,
        "reason": "needs_tests",
        "problem_code": "I20",
        "receiver": story.scene.jia.pk,
        "agreement": story.agreement.pk,
        "basis": "consent",
        "has_consent": True,
        "question": "样例问题",
        "values": {item.code: filler(item) for item in items},
        "patient": {"name": f"样例离线病人{number}", "sex": "female", "phone": f"000-{number}"},
    }
    return entry("referral", {**content, **more})


# A referral written without network


def test_a_referral_written_without_network_is_sent_when_it_arrives(story: Story) -> None:
    shan = hand(story.doctor_shan)
    written = new_referral(story)
    (answer,) = shan.sync(written)["answers"]
    leg = Leg.objects.get()
    assert (answer["outcome"], answer["reason"], answer["leg"]) == ("done", "", leg.pk)
    assert (leg.state, leg.to_institution_id) == ("sent", story.scene.jia.pk)
    at = datetime.datetime.fromisoformat(written["at"])
    assert leg.events.get(step="draft").occurred_at == at
    # The receiver's clocks run from when it could know, not from when it was written.
    assert leg.sent_at is not None
    assert leg.sent_at > at


def test_sent_twice_it_exists_once(story: Story) -> None:
    shan = hand(story.doctor_shan)
    written = new_referral(story)
    assert [shan.outcome(written) for _ in range(3)] == ["done", "earlier", "earlier"]
    assert (Request.objects.count(), Leg.objects.count(), LegEvent.objects.filter(step="send").count()) == (1, 1, 1)


def test_what_cannot_be_sent_stays_as_a_draft_and_says_why(story: Story) -> None:
    shan = hand(story.doctor_shan)
    written = new_referral(story, urgency="urgent", values={})
    for outcome in ("done", "earlier"):
        (answer,) = shan.sync(written)["answers"]
        assert (answer["outcome"], "lacks" in answer["reason"].lower() or bool(answer["reason"])) == (outcome, True)
    assert Leg.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"urgency": "soon"}, "not on the list"),
        ({"patient": {"name": " "}}, "patient's name"),
        ({"receiver": None}, "at least one receiver"),
        ({"values": {"nothing_known": 1}}, "no item"),
        ({"receiver": "1"}, "cannot be read"),
        ({"receiver": True}, "cannot be read"),
        ({"first_contact_at": "2026-01-01T03:00"}, "cannot be read"),
        ({"patient": {"name": "样例", "born_on": "yesterday"}}, "cannot be read"),
        ({"question": "x" * 4001}, "cannot be read"),
        ({"problem_code": "胸痛"}, "is no code of a problem"),
        ({"patient": {"name": "样例", "id_kind": "resident", "id_number": "1" * 18}}, "no number of a resident"),
    ],
)
def test_a_referral_that_cannot_be_is_refused_and_nothing_is_written(
    story: Story, change: dict[str, Any], told: str
) -> None:
    (answer,) = hand(story.doctor_shan).sync(new_referral(story, **change))["answers"]
    assert answer["outcome"] == "refused"
    assert told in answer["reason"]
    assert not Request.objects.exists()


def test_a_second_referral_of_a_patient_on_the_way_is_refused_until_it_says_why(story: Story) -> None:
    shan = hand(story.doctor_shan)
    first = new_referral(story)
    shan.sync(first)
    again = new_referral(story, patient=first["content"]["patient"])
    (answer,) = shan.sync(again)["answers"]
    assert answer["outcome"] == "refused"
    assert "live referral" in answer["reason"]
    again["content"]["override_code"] = "new_episode"
    assert shan.outcome(again) == "done"


def test_a_message_to_a_referral_of_the_same_device_waits_for_it(story: Story) -> None:
    shan = hand(story.doctor_shan)
    written = new_referral(story)
    message = entry("message", {"text": "样例补充"}, of=written["key"])
    assert shan.outcome(message) == "waiting"
    answers = {each["key"]: each["outcome"] for each in shan.sync(message, written)["answers"]}
    assert answers == {written["key"]: "done", message["key"]: "done"}
    assert Message.objects.get().text == "样例补充"


# Facts beat decisions


@pytest.mark.parametrize("state", ["sent", "accepted", "arrived", "under-care", "declined", "closed"])
def test_an_arrival_is_kept_wherever_the_case_stands(story: Story, state: str) -> None:
    leg = _in_state(story, state)
    at = ago(3)
    assert hand(story.duty_jia).outcome(fact(leg, "arrive", at)) == "done"
    events = LegEvent.objects.filter(leg__request=leg.request, step__startswith="arrive", occurred_at=at)
    assert events.filter(entry_mode="retrospective").exists()
    arrived = Leg.objects.filter(request=leg.request, arrived_at__isnull=False)
    assert arrived.exists()


def _in_state(story: Story, state: str) -> Leg:
    if state == "sent":
        return story.sent()
    if state == "declined":
        leg = story.sent()
        return story.step(leg, "decline", story.duty_jia, reason_code="no_bed")
    if state == "accepted":
        return story.accepted()
    leg = story.accepted()
    story.step(leg, "arrive", story.duty_jia)
    if state == "arrived":
        return leg
    story.step(leg, "take_over", story.duty_jia)
    if state == "under-care":
        return leg
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    return story.step(leg, "acknowledge", story.doctor_shan)


def test_an_arrival_after_a_decline_opens_a_leg_in_which_the_patient_is(story: Story) -> None:
    leg = _in_state(story, "declined")
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


# Decisions


def test_a_decision_on_an_undecided_case_is_taken_although_somebody_opened_it_meanwhile(story: Story) -> None:
    leg = story.sent()
    told = acceptance(leg)
    story.step(leg, "open", story.duty_jia)
    assert hand(story.duty_jia).outcome(told) == "done"
    leg.refresh_from_db()
    assert leg.state == "accepted"
    assert leg.decided_at is not None
    # It counts from when the other side could know of it.
    assert leg.decided_at > datetime.datetime.fromisoformat(told["at"])


@pytest.mark.parametrize("late", [acceptance, refusal])
def test_a_decision_on_a_decided_case_becomes_a_conflict_that_the_coordinator_sees(story: Story, late: Any) -> None:
    leg = story.accepted()
    jia = hand(story.duty_jia)
    told = late(leg)
    assert [jia.outcome(told) for _ in range(2)] == ["conflict", "conflict"]
    leg.refresh_from_db()
    conflict = MergeConflict.objects.get()
    assert (leg.state, conflict.step, conflict.state_met) == ("bed-reserved", told["content"]["step"], "bed-reserved")
    notice = Notice.objects.get(kind="merge_conflict")
    assert notice.institution_id == leg.request.coordinator_id
    settle_conflict(acting_as(story.coordinator), conflict.pk, "样例：按先到的决定办")
    conflict.refresh_from_db()
    assert conflict.settled_by_id == story.coordinator.user_id


def test_an_acceptance_after_another_hospital_was_quicker_is_a_conflict(story: Story) -> None:
    first = story.sent(story.scene.jia, story.scene.lin, is_broadcast=True)
    second = Leg.objects.get(request_id=first.request_id, number=2)
    story.step(second, "accept", story.duty_lin, contact="x", capacity_confirmed=True)
    assert hand(story.duty_jia).outcome(acceptance(first)) == "conflict"
    second.refresh_from_db()
    assert second.state == "accepted"


def test_a_conflict_is_not_made_by_somebody_who_may_not_decide(story: Story) -> None:
    leg = story.accepted()
    writer = actor_for("clerk-jia", story.scene.jia.pk, "referring_clinician")
    assert hand(writer).outcome(refusal(leg)) == "refused"
    assert hand(story.doctor_shan).outcome(refusal(leg)) == "refused"
    assert not MergeConflict.objects.exists()


def test_a_decline_that_the_table_refuses_is_refused_here_too(story: Story) -> None:
    leg = story.sent(urgency="emergency", condition="chest_pain")
    (answer,) = hand(story.duty_jia).sync(refusal(leg))["answers"]
    assert answer["outcome"] == "refused"
    assert answer["reason"]
    leg.refresh_from_db()
    assert leg.state == "sent"


def test_the_conflicts_page_lists_and_settles(story: Story) -> None:
    leg = story.accepted()
    hand(story.duty_jia).outcome(refusal(leg))
    coordinator = hand(story.coordinator).client
    listed = coordinator.get(reverse("referrals:conflicts")).content.decode()
    assert leg.request.journey.number in listed
    assert "Decline" in listed
    row = MergeConflict.objects.get()
    address = reverse("referrals:conflict", args=[row.pk])
    assert coordinator.get(address).status_code == 200
    assert coordinator.post(address, {"how": "样例处理", "command_key": uuid.uuid4().hex}).status_code == 302
    row.refresh_from_db()
    assert row.settlement == "样例处理"
    assert hand(story.duty_lin).client.get(address).status_code == 404
    with pytest.raises(NotFoundInScopeError):
        settle_conflict(acting_as(story.duty_lin), row.pk, "x")


# Milestones, follow-ups, messages


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


# Order and repetition


def _story_of_a_night(leg: Leg) -> list[dict[str, Any]]:
    codes = [each.code for each in policy_of(leg.request.policy).milestones_of("chest_pain")]
    return [
        fact(leg, "depart", ago(60)),
        fact(leg, "arrive", ago(30), spoken_by="样例值班"),
        fact(leg, "arrive", ago(28), spoken_by="样例护士"),
        fact(leg, "record_death", ago(10)),
        entry("milestone", {"code": codes[0]}, ago(70), leg=leg.pk),
        entry("milestone", {"code": codes[1]}, ago(65), leg=leg.pk),
        entry("message", {"text": "样例"}, ago(20), leg=leg.pk),
    ]


def _what_is_known(leg: Leg) -> Any:
    leg.refresh_from_db()
    steps = sorted(
        (event.step.split("_told")[0].replace("death", "record_death").replace("record_record", "record"), at)
        for event in LegEvent.objects.filter(leg=leg)
        if event.step.startswith(("depart", "arrive", "record_death", "death"))
        for at in [event.occurred_at]
    )
    # When it was decided, sent and answered belongs to the leg, not to what the device told.
    online = ("decision", "request_sent", "answer")
    standing = Milestone.objects.filter(request=leg.request, corrected_by__isnull=True).exclude(code__in=online)
    return (
        leg.state,
        leg.departed_at,
        leg.arrived_at,
        steps,
        sorted((each.code, each.occurred_at) for each in standing),
        Message.objects.filter(leg=leg).count(),
        leg.ball_side,
        FollowUp.objects.filter(leg=leg).count(),
    )


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_any_repetition_of_a_batch_gives_the_same_facts(
    story: Story, django_db_blocker: Any, data: st.DataObject
) -> None:
    shan = hand(story.doctor_shan)
    try:
        one = story.accepted(urgency="emergency", condition="chest_pain")
        night = _story_of_a_night(one)
        shan.sync(*night)
        expected = _what_is_known(one)

        other = story.accepted(urgency="emergency", condition="chest_pain")
        entries = [{**each, "leg": other.pk, "key": uuid.uuid4().hex} for each in night]
        order = data.draw(st.permutations(range(len(entries))))
        repeated = data.draw(st.lists(st.sampled_from(range(len(entries))), max_size=5))
        cuts = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=6))
        waiting = [entries[index] for index in (*order, *repeated)]
        while waiting:
            size = cuts.pop() if cuts else len(waiting)
            batch, waiting = waiting[:size], waiting[size:]
            shan.sync(*batch)
        known = _what_is_known(other)
        assert known == expected
    finally:
        # Blocked after use, so that the next example may set one up.
        revoke_device(acting_as(story.doctor_shan), shan.device.pk)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_arrivals_the_earlier_one_is_the_time_at_the_door(story: Story, first: int) -> None:
    leg = story.accepted(urgency="emergency", condition="chest_pain")
    shan = hand(story.doctor_shan)
    times = [ago(30), ago(28)]
    for at in (times[first], times[1 - first]):
        assert shan.outcome(fact(leg, "arrive", at, spoken_by="样例值班")) == "done"
    leg.refresh_from_db()
    standing = Milestone.objects.get(request=leg.request, code="door_in", corrected_by__isnull=True)
    assert (leg.arrived_at, standing.occurred_at) == (times[0], times[0])


def test_the_trail_is_whole_after_a_night_without_network(story: Story) -> None:
    leg = story.accepted(urgency="emergency", condition="chest_pain")
    shan = hand(story.doctor_shan)
    shan.sync(*reversed(_story_of_a_night(leg)))
    assert verify_chain().events > 20
    trail = " ".join(str(value) for row in AuditEvent.objects.values_list("after", "reason") for value in row)
    name = PatientIdentity.objects.get(journey=leg.request.journey).name
    assert name not in trail


# Devices


def test_a_key_belongs_to_one_device_of_one_person_and_is_stored_nowhere(story: Story) -> None:
    one, two, other = hand(story.doctor_shan), hand(story.doctor_shan), hand(story.duty_jia)
    keys = {device_key(each.device) for each in (one, two, other)}
    assert len(keys) == 3
    stored = " ".join(str(value) for row in OfflineDevice.objects.values_list() for value in row)
    assert not [key for key in keys if key in stored]
    assert device_key(OfflineDevice.objects.get(pk=one.device.pk)) == device_key(one.device)


def test_a_device_is_set_up_over_the_web_and_gets_the_same_key_again(story: Story) -> None:
    shan = hand(story.doctor_shan)
    given = shan.ask("offline-register", {"name": "样例诊室", "command_key": uuid.uuid4().hex}).json()
    again = shan.ask("offline-key", {"device": given["device"], "command_key": uuid.uuid4().hex}).json()
    assert given["key"] == again["key"]
    assert len(given["key"]) == 44
    assert (given["days"], given["lock_minutes"]) == (7, 10)
    other = hand(story.duty_jia).ask("offline-key", {"device": given["device"], "command_key": uuid.uuid4().hex})
    assert (other.status_code, other.json()["standing"]) == (403, "other_person")
    assert AuditEvent.objects.filter(action="referrals.offline_device.give_key").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_device_needs_a_name(story: Story, name: str) -> None:
    with pytest.raises(FactsRefusedError):
        register_device(acting_as(story.doctor_shan), name)


def test_nobody_has_more_devices_than_hands(story: Story) -> None:
    for number in range(8):
        register_device(acting_as(story.doctor_shan), f"设备{number}")
    with pytest.raises(GuardRefusedError, match="8 are allowed"):
        register_device(acting_as(story.doctor_shan), "一台太多")


def _standing(shan: Hand) -> str:
    answer = shan.client.get(
        reverse("referrals:offline-session"), headers={"X-Offline-Device": shan.device.handle}
    ).json()
    return answer["standing"]


def _refused(shan: Hand) -> tuple[int, str]:
    answer = shan.ask("offline-sync", {"device": shan.device.handle, "entries": []})
    return answer.status_code, answer.json()["standing"]


def test_a_blocked_device_gets_neither_key_nor_cases(story: Story) -> None:
    shan = hand(story.doctor_shan)
    assert _standing(shan) == "in_use"
    address = reverse("referrals:offline-device-revoke", args=[shan.device.pk])
    assert shan.client.post(address, {"command_key": uuid.uuid4().hex}).status_code == 302
    assert _standing(shan) == "ended"
    assert _refused(shan) == (403, "ended")
    key = shan.ask("offline-key", {"device": shan.device.handle, "command_key": uuid.uuid4().hex})
    assert (key.status_code, "key" in key.json()) == (403, False)
    with pytest.raises(GuardRefusedError, match="already"):
        revoke_device(acting_as(story.doctor_shan), shan.device.pk)


def test_an_ended_affiliation_ends_the_device(story: Story) -> None:
    shan = hand(story.doctor_shan)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Affiliation.objects.filter(pk=story.doctor_shan.affiliation_id).update(valid_to=yesterday)
    assert _standing(shan) == "ended"
    assert _refused(shan) == (403, "ended")


def test_a_person_shut_out_is_told_so_without_signing_in(story: Story) -> None:
    shan = hand(story.doctor_shan)
    User.objects.filter(pk=story.doctor_shan.user_id).update(is_active=False)
    assert _standing(shan) == "ended"
    assert _refused(shan) == (401, "signed_out")


def test_another_person_cannot_send_through_the_device(story: Story) -> None:
    shan, jia = hand(story.doctor_shan), hand(story.duty_jia)
    stolen = Hand(jia.actor, jia.client, shan.device)
    assert _standing(stolen) == "other_person"
    assert _refused(stolen) == (403, "other_person")


def test_an_unknown_device_has_ended(story: Story) -> None:
    shan = hand(story.doctor_shan)
    shan.device.handle = "f" * 32
    assert _refused(shan) == (403, "ended")


def test_nobody_signed_in_is_told_so_in_words_of_the_device(client: Client, db: None) -> None:
    answer = client.post(reverse("referrals:offline-sync"), "{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (401, {"standing": "signed_out"})
    assert client.get(reverse("referrals:offline-session")).json()["signed_in"] is False


def test_what_is_sent_is_protected_against_forgery(story: Story) -> None:
    strict = Client(enforce_csrf_checks=True)
    user = User.objects.get(pk=story.doctor_shan.user_id)
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    device = register_device(acting_as(story.doctor_shan), "样例")
    body = json.dumps({"device": device.handle, "entries": []})
    address = reverse("referrals:offline-sync")
    assert strict.post(address, body, content_type="application/json").status_code == 403
    token = strict.get(reverse("referrals:offline-session")).json()["token"]
    sent = strict.post(address, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert sent.status_code == 200


def test_an_administrator_blocks_the_device_of_somebody_at_the_own_institution_only(story: Story) -> None:
    shan = hand(story.doctor_shan)
    elsewhere = actor_for("admin-lin", story.scene.lin.pk, "administrator")
    here = actor_for("admin-shan", story.scene.shan.pk, "administrator")
    with pytest.raises(NotFoundInScopeError):
        revoke_device(acting_as(elsewhere), shan.device.pk)
    with pytest.raises(NotFoundInScopeError):
        revoke_device(acting_as(story.duty_jia), shan.device.pk)
    page = hand_without_device(here).get(reverse("referrals:offline-devices")).content.decode()
    assert shan.device.name in page
    revoke_device(acting_as(here), shan.device.pk)
    assert _standing(shan) == "ended"


def hand_without_device(actor: Actor) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"entries": 3}', "1" * 10])
def test_what_is_no_exchange_is_refused(story: Story, body: str) -> None:
    answer = hand(story.doctor_shan).ask("offline-sync", body)
    assert answer.status_code in (403, 422)
    assert "message" in answer.json()


@pytest.mark.parametrize(
    "change", [{"key": "x"}, {"key": "a b c d e f g h"}, {"key": None}, {"key": 7}, {"key": "k" * 41}]
)
def test_an_entry_without_a_proper_key_makes_the_batch_unreadable(story: Story, change: dict[str, Any]) -> None:
    shan = hand(story.doctor_shan)
    answer = shan.ask("offline-sync", {"device": shan.device.handle, "entries": [{**new_referral(story), **change}]})
    assert answer.status_code == 422
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "change", [{"kind": "wish"}, {"kind": None}, {"content": []}, {"leg": "1"}, {"of": 5}, {"at": None}]
)
def test_an_unreadable_entry_is_refused_and_the_others_are_done(story: Story, change: dict[str, Any]) -> None:
    shan = hand(story.doctor_shan)
    bad, good = {**new_referral(story), **change}, new_referral(story)
    answers = {each["key"]: each["outcome"] for each in shan.sync(bad, good)["answers"]}
    assert answers == {bad["key"]: "refused", good["key"]: "done"}


def test_too_many_entries_at_once_are_refused(story: Story) -> None:
    shan = hand(story.doctor_shan)
    many = [entry("message", {"text": "x"}, leg=1) for _ in range(51)]
    answer = shan.ask("offline-sync", {"device": shan.device.handle, "entries": many})
    assert (answer.status_code, "at most 50" in answer.json()["message"]) == (422, True)


def test_the_key_of_somebody_elses_command_is_refused(story: Story) -> None:
    written = new_referral(story)
    hand(story.doctor_shan).sync(written)
    assert hand(story.doctor_xiang).outcome(written) == "refused"
    assert Request.objects.count() == 1


# What a device may keep


def test_a_device_gets_the_open_cases_of_its_person_and_those_that_wait_for_the_own_side(story: Story) -> None:
    mine, waiting = story.sent(), story.sent(actor=story.doctor_shan)
    assert set(hand(story.doctor_shan).sync()["open"]) == {mine.pk, waiting.pk}
    assert set(hand(story.duty_jia).sync()["open"]) == {mine.pk, waiting.pk}
    colleague = actor_for("colleague-shan", story.scene.shan.pk, "referring_clinician")
    assert hand(colleague).sync()["open"] == []
    assert hand(story.duty_lin).sync()["open"] == []


def test_identity_is_on_the_device_only_where_the_grant_opens_it(story: Story) -> None:
    leg = story.sent()
    name = PatientIdentity.objects.get(journey=leg.request.journey).name
    (case,) = hand(story.duty_jia).sync()["cases"]
    assert case["patient"] is None
    assert name not in json.dumps(case, ensure_ascii=False)
    (own,) = hand(story.doctor_shan).sync()["cases"]
    assert own["patient"]["name"] == name
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    (case,) = hand(story.duty_jia).sync()["cases"]
    assert case["patient"]["name"] == name
    story.step(leg, "withdraw", story.duty_jia, reason_code="no_bed")
    assert hand(story.duty_jia).sync()["open"] == []


def test_what_the_device_has_already_is_not_sent_again_and_not_logged_again(story: Story) -> None:
    story.sent()
    shan = hand(story.doctor_shan)
    first = shan.sync()
    known = {str(case["id"]): case["tag"] for case in first["cases"]}
    read = ReadEvent.objects.filter(page="referrals:offline-sync")
    assert {each.object_type for each in read} == {"referrals.leg", "referrals.patientidentity"}
    count = read.count()
    second = shan.sync(known=known, lists=first["lists"]["tag"])
    assert (second["cases"], second["lists"], second["open"]) == ([], None, first["open"])
    assert read.count() == count


def test_a_closed_case_leaves_the_device(story: Story) -> None:
    leg = _in_state(story, "under-care")
    shan = hand(story.doctor_shan)
    assert shan.sync()["open"] == [leg.pk]
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    story.step(leg, "acknowledge", story.doctor_shan)
    assert shan.sync()["open"] == []
    assert Journey.objects.get().closed_at is not None


def test_the_form_goes_with_the_device_partners_first(story: Story) -> None:
    lists = hand(story.doctor_shan).sync()["lists"]["content"]
    receivers = lists["receivers"]["up"]
    assert receivers[0]["id"] == story.scene.jia.pk
    assert receivers[0]["agreement"] == story.agreement.pk
    assert story.scene.shan.pk not in {each["id"] for each in receivers}
    assert lists["person"] == {"node": {"zh": "山县人民医院", "en": "山县人民医院"}, "may_write": True}
    policy = lists["policies"][lists["general_policy"]]
    asked = policy_of(lists["general_policy"]).packet
    assert [item["code"] for item in policy["items"]] == [item.code for item in asked]
    assert len(lists["problems"]) > 20


def test_who_writes_no_referrals_gets_no_form(story: Story) -> None:
    lists = hand(story.duty_jia).sync()["lists"]["content"]
    assert (lists["person"]["may_write"], lists["receivers"]) == (False, {})


def test_the_number_of_queries_does_not_grow_with_the_cases_by_more_than_their_sides(
    story: Story, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        story.sent()
    shan = hand(story.doctor_shan)
    with django_assert_max_num_queries(110):
        shan.sync()


# The page, its worker, its manifest


def test_the_page_is_the_same_for_everybody_and_holds_nobody(story: Story, client: Client) -> None:
    address = reverse("referrals:offline")
    mine = hand(story.doctor_shan).client.get(address).content
    anybody = client.get(address, headers={"Accept-Language": "en"}).content
    assert mine == anybody
    assert b"csrfmiddlewaretoken" not in mine


def test_the_worker_may_serve_the_whole_site_and_keeps_only_the_page(client: Client, db: None) -> None:
    answer = client.get(reverse("referrals:offline-worker"))
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    kept = json.loads(answer.content.decode().split("self.LIANYI = ", 1)[1].split(";\n", 1)[0])
    assert kept["page"] == reverse("referrals:offline")
    assert all(each.startswith("/static/") for each in kept["assets"])
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_manifest_names_icons_of_our_own(client: Client, db: None) -> None:
    answer = client.get(reverse("referrals:offline-manifest"))
    assert answer.headers["Content-Type"] == "application/manifest+json"
    content = answer.json()
    assert (content["start_url"], content["display"]) == (reverse("referrals:offline"), "standalone")
    assert {icon["sizes"] for icon in content["icons"]} == {"any", "192x192", "512x512"}
    assert all(icon["src"].startswith("/static/") for icon in content["icons"])


def test_every_module_that_the_page_imports_is_kept(db: None) -> None:
    folder = Path(__file__).parents[2] / "src/lianyi/referrals/static/referrals/offline"
    aside = {"worker", "leaving"}
    assert {path.stem for path in folder.glob("*.js")} - aside == set(MODULES)
