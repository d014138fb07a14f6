"""A consultation written without network is asked once when it arrives; what cannot be asked stays as a draft."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from lianyi.referrals.models import Consultation, ConsultationClock, ConsultationEvent, Journey, PatientIdentity
from lianyi.referrals.policies import policy_of
from lianyi.rules.referral_policy import ReferralUrgency
from tests.referrals.offline_story import entry, hand
from tests.referrals.story import Story, filler

NAME = "样例离线求诊病人"


def new_consultation(story: Story, **more: Any) -> dict[str, Any]:
    items = policy_of("general-2026").packet_items(ReferralUrgency(more.get("urgency", "routine")), "consult", "")
    content = {
        "receiver": story.scene.jia.pk,
        "agreement": story.agreement.pk,
        "consulting": "advice",
        "urgency": "routine",
        "question": "样例会诊问题",
        "specialty": "04.02",
        "problem_code": "I63",
        "has_consent": True,
        "values": {item.code: filler(item) for item in items if item.code != "consult_question"},
        "patient": {"name": NAME, "sex": "female", "born_on": "1950-02-03"},
    }
    return entry("consultation", {**content, **more})


def test_it_is_written_when_it_was_written_and_asked_when_it_arrives(story: Story) -> None:
    written = new_consultation(story)
    (answer,) = hand(story.doctor_shan).sync(written)["answers"]
    row = Consultation.objects.get()
    assert (answer["outcome"], answer["reason"], answer["consultation"], answer["leg"]) == ("done", "", row.pk, None)
    assert (row.state, row.from_institution_id, row.to_institution_id) == (
        "asked", story.scene.shan.pk, story.scene.jia.pk,
    )  # fmt: skip
    at = datetime.datetime.fromisoformat(written["at"])
    draft, ask = ConsultationEvent.objects.filter(consultation=row).order_by("pk")
    assert (draft.step, draft.occurred_at, ask.step, ask.entry_mode) == ("draft", at, "ask", "retrospective")
    # The experts' clock runs from when they could know, not from when it was written.
    assert ConsultationClock.objects.get(consultation=row, kind="answer").started_at > at
    assert PatientIdentity.objects.get().name == NAME


def test_sent_three_times_it_exists_once(story: Story) -> None:
    shan, written = hand(story.doctor_shan), new_consultation(story)
    assert [shan.outcome(written) for _ in range(3)] == ["done", "earlier", "earlier"]
    counts = (Consultation.objects.count(), Journey.objects.count(), ConsultationEvent.objects.count())
    assert counts == (1, 1, 2)


def test_an_answer_that_came_meanwhile_is_left_alone_when_it_is_sent_again(story: Story) -> None:
    shan, written = hand(story.doctor_shan), new_consultation(story)
    shan.sync(written)
    Consultation.objects.update(state="declined")
    (answer,) = shan.sync(written)["answers"]
    assert (answer["outcome"], answer["reason"]) == ("earlier", "")
    assert Consultation.objects.get().state == "declined"


@pytest.mark.parametrize("lacking", [{"has_consent": False}, {"values": {}}])
def test_what_cannot_be_asked_stays_as_a_draft_and_says_why(story: Story, lacking: dict[str, Any]) -> None:
    shan, written = hand(story.doctor_shan), new_consultation(story, **lacking)
    for outcome in ("done", "earlier"):
        (answer,) = shan.sync(written)["answers"]
        assert (answer["outcome"], bool(answer["reason"])) == (outcome, True)
        assert NAME not in answer["reason"]
    assert Consultation.objects.get().state == "draft"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"question": " "}, "question"),
        ({"specialty": ""}, "specialties"),
        ({"receiver": None}, "to_institution"),
        ({"consulting": "telepathy"}, "kind"),
        ({"consulting": "emergency"}, "urgency"),
        ({"problem_code": ""}, "problem_code"),
    ],
)
def test_one_that_cannot_be_is_refused_and_nothing_is_written(
    story: Story, changed: dict[str, Any], field: str
) -> None:
    (answer,) = hand(story.doctor_shan).sync(new_consultation(story, **changed))["answers"]
    assert (answer["outcome"], answer["field"]) == ("refused", field)
    assert (Consultation.objects.count(), Journey.objects.count()) == (0, 0)


def test_an_emergency_is_asked_without_consent(story: Story) -> None:
    written = new_consultation(story, consulting="emergency", urgency="emergency", has_consent=False)
    assert hand(story.doctor_shan).outcome(written) == "done"
    assert Consultation.objects.get().state == "asked"


def test_who_asks_for_no_consultations_writes_none(story: Story) -> None:
    duty = hand(story.duty_lin)
    (answer,) = duty.sync(new_consultation(story))["answers"]
    assert answer["outcome"] == "refused"
    assert Consultation.objects.count() == 0


def test_the_form_goes_with_the_device_of_who_may_ask(story: Story) -> None:
    lists = hand(story.doctor_shan).sync()["lists"]["content"]
    assert lists["person"]["may_consult"] is True
    assert {"code": "04.02", "zh": "神经外科专业", "en": "Neurosurgery"} in lists["specialties"]
    assert hand(story.duty_jia).sync()["lists"]["content"]["person"]["may_consult"] is False


def test_a_letter_cut_in_half_loses_no_word_and_holds_up_no_other_entry(story: Story) -> None:
    """A field that is full cuts a rare letter in two; no database takes the half."""
    cut, whole = new_consultation(story, question="样例\ud842"), new_consultation(story)
    answers = hand(story.doctor_shan).sync(cut, whole)["answers"]
    assert [each["outcome"] for each in answers] == ["done", "done"]
    assert set(Consultation.objects.values_list("question", flat=True)) == {"样例\ufffd", "样例会诊问题"}


@pytest.mark.parametrize(
    "wrong", [{"receiver": 10**30}, {"receiver": -1}, {"agreement": 2**63}, {"values": {"history": "样例\x00"}},
              {"values": {"history": ["样例"]}}],
)  # fmt: skip
def test_what_no_database_takes_is_refused_and_holds_up_no_other_entry(story: Story, wrong: dict[str, Any]) -> None:
    bad, good = new_consultation(story, **wrong), new_consultation(story)
    answers = {each["key"]: each["outcome"] for each in hand(story.doctor_shan).sync(bad, good)["answers"]}
    assert answers == {bad["key"]: "refused", good["key"]: "done"}
