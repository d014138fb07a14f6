"""What was written without network arrives: neither order nor repetition changes anything."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.accounts.audit import verify_chain
from lianyi.accounts.models import AuditEvent
from lianyi.referrals.commands.offline_devices import revoke_device
from lianyi.referrals.models import (
    FollowUp,
    Leg,
    LegEvent,
    Message,
    Milestone,
    PatientIdentity,
    Request,
)
from lianyi.referrals.policies import policy_of
from tests.cast import acting_as
from tests.properties import examples
from tests.referrals.offline_story import ago, entry, fact, hand, new_referral
from tests.referrals.story import Story


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


@examples(12, HealthCheck.function_scoped_fixture)
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
