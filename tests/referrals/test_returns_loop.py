"""The loop of needs before a transfer back: the lower unit says what it has, the upper hospital provides the rest."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import timezone

from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals.commands.returns import provide_need
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.escalating import Worker
from lianyi.referrals.facts import Drug, ReturnNeedFact
from lianyi.referrals.home import need_items
from lianyi.referrals.models import CapabilityFinding, Leg, Notice, ReturnNeed
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of, page_of, send, status_of, words
from tests.referrals.story import Story


def way_back(story: Story) -> tuple[Leg, ReturnNeed, ReturnNeed]:
    """Return a transfer back that needs a drug and a skill, opened by 山县."""
    drug = Drug(name="样例药", dose="1", days_left=7)
    skill = ReturnNeedFact(kind="skill", description="样例技能")
    back = story.returning(story.under_care(urgency="urgent"), drugs=(drug,), needs=(skill,))
    story.step(back, "open", story.duty_shan)
    first, second = ReturnNeed.objects.filter(request_id=back.request_id).order_by("pk")
    return back, first, second


def answered(story: Story, back: Leg, **fields: str) -> int:
    return send(client_of(story.duty_shan), "referrals:needs-answer", back.pk, **fields).status_code


def test_the_lower_unit_asks_for_help_and_takes_the_patient_when_it_is_promised(story: Story) -> None:
    back, drug, skill = way_back(story)
    lower, upper = client_of(story.duty_shan), client_of(story.duty_jia)
    assert "Say what we have" in words(page_of(lower, "referrals:case", back.pk))
    assert "样例药" in page_of(lower, "referrals:needs-answer", back.pk)
    status = answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no", f"help_{skill.pk}": "remote"})
    assert status == 302
    skill.refresh_from_db()
    assert (skill.answer, skill.asked_help) == ("no", "remote")

    shown = words(page_of(upper, "referrals:case", back.pk))
    assert "help asked: remote support" in shown
    assert "We provide it" in shown
    assert "Say what we have" not in shown
    assert send(upper, "referrals:need-provide", skill.pk, how="remote").status_code == 302
    skill.refresh_from_db()
    assert skill.answer == "provided"
    story.step(back, "accept", story.duty_shan, contact="样例", capacity_confirmed=True)
    assert back.state == "accepted"
    assert "Say what we have" not in words(page_of(lower, "referrals:case", back.pk))


def test_each_side_speaks_only_for_itself(story: Story) -> None:
    back, drug, skill = way_back(story)
    answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no"})
    assert status_of(client_of(story.duty_jia), "referrals:needs-answer", back.pk) == 403
    assert send(client_of(story.duty_shan), "referrals:need-provide", skill.pk, how="visit").status_code == 403
    assert status_of(client_of(story.duty_lin), "referrals:needs-answer", back.pk) == 404
    assert send(client_of(story.duty_lin), "referrals:need-provide", skill.pk, how="visit").status_code == 404


def test_who_only_reads_promises_nothing(story: Story) -> None:
    back, drug, skill = way_back(story)
    answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no"})
    reader = actor_for("reader-jia", story.scene.jia.pk, "supported_office")
    with pytest.raises(NotPermittedError):
        provide_need(acting_as(reader), skill.pk, "visit")


def test_after_the_decision_the_needs_are_settled(story: Story) -> None:
    back, drug, skill = way_back(story)
    answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no"})
    story.step(back, "decline", story.duty_shan, reason_code="other", hand_to_coordinator=True)
    assert answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "yes"}) == 422
    with pytest.raises(GuardRefusedError, match="settled"):
        provide_need(acting_as(story.duty_jia), skill.pk, "visit")


def test_a_finding_says_what_was_answered_and_never_the_words_of_the_decline(story: Story) -> None:
    back, drug, skill = way_back(story)
    answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no"})
    words_of_patient = "样例病人家住某村"
    story.step(back, "decline", story.duty_shan, reason_code="no_bed", text=words_of_patient, hand_to_coordinator=True)
    found = CapabilityFinding.objects.get()
    assert (found.kind, found.description) == ("skill", "样例技能")


def test_a_decline_without_answers_is_a_finding_of_its_kind_only(story: Story) -> None:
    back, _drug, _skill = way_back(story)
    story.step(
        back, "decline", story.duty_shan, reason_code="no_bed", text="样例病人家住某村", hand_to_coordinator=True
    )
    found = CapabilityFinding.objects.get()
    assert (found.kind, found.description) == ("bed", "")
    assert found.found_at <= timezone.now()


def test_help_asked_is_told_listed_and_due_until_it_is_promised(story: Story) -> None:
    back, drug, skill = way_back(story)
    answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no", f"help_{skill.pk}": "remote"})
    skill.refresh_from_db()
    drug.refresh_from_db()
    assert skill.due_at is not None
    assert skill.answered_at is not None
    # Urgent: an hour, as any question.
    assert (skill.due_at - skill.answered_at, drug.due_at) == (datetime.timedelta(hours=1), None)
    told = Notice.objects.filter(kind__startswith="need_").values_list("kind", "institution_id", "user_id")
    assert list(told) == [("need_asked", story.scene.jia.pk, None)]

    upper = client_of(story.duty_jia)
    assert "样例技能" in page_of(upper, "referrals:needs")
    assert "Help asked" in words(page_of(upper, "referrals:work"))
    assert [item.count for item in need_items(story.duty_jia)] == [1]
    assert "样例技能" not in page_of(client_of(story.duty_shan), "referrals:needs")
    assert "样例技能" not in page_of(client_of(story.duty_lin), "referrals:needs")

    send(upper, "referrals:need-provide", skill.pk, how="remote")
    assert list(told.order_by("pk"))[1:] == [("need_provided", story.scene.shan.pk, None)]
    assert "样例技能" not in page_of(upper, "referrals:needs")
    assert need_items(story.duty_jia) == []


def test_help_that_nobody_promised_in_time_is_reminded_of_once(story: Story) -> None:
    back, drug, skill = way_back(story)
    answered(story, back, **{f"need_{drug.pk}": "yes", f"need_{skill.pk}": "no", f"help_{skill.pk}": "visit"})
    reminders = Notice.objects.filter(kind="need_reminder").values_list("institution_id", flat=True)
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=50), tick=True):
        Worker().turn()
        assert not reminders.exists()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=70), tick=True):
        Worker().turn()
        Worker().turn()
    assert sorted(reminders) == sorted([story.scene.jia.pk, back.request.coordinator_id])
