"""A problem is a code that can be counted, or "other" with words; people read it in their own language."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from lianyi.pages.errors import message_of
from lianyi.referrals.errors import FactsRefusedError, LiveReferralError
from lianyi.referrals.models import Journey, Leg, MergeConflict
from lianyi.referrals.papers import form_paper
from lianyi.referrals.problem_words import codes_named, problem_words
from lianyi.referrals.problems import as_kept, checked_problem
from tests.referrals.story import Story, patient
from tests.referrals.test_new_referral import NEW, emergency, signed_in


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("suspected_infarction", "suspected_infarction"),
        (" I21 ", "I21"),
        ("i21.9", "I21.9"),
        ("I21.900x001", "I21.900X001"),
        ("\uff2921", "I21"),
        ("Suspected_Stroke", "suspected_stroke"),
    ],
)
def test_a_code_of_the_list_or_of_icd_10_is_taken_however_it_is_typed(given: str, kept: str) -> None:
    assert checked_problem(given, "") == kept


@pytest.mark.parametrize("given", ["胸痛两小时", "chest pain", "21I", "I2", "suspected_everything", "I21; DROP"])
def test_words_are_no_code(story: Story, given: str) -> None:
    with pytest.raises(FactsRefusedError) as refusal:
        story.draft(problem_code=given)
    assert refusal.value.params["reason"] == "problem-unknown"
    assert not Journey.objects.exists()


def test_another_problem_needs_words(story: Story) -> None:
    with pytest.raises(FactsRefusedError) as refusal:
        story.draft(problem_code="other")
    assert refusal.value.params["reason"] == "problem-missing"
    assert story.draft(problem_code="other", problem_text="样例:少见的病").journey.problem_code == "other"


def test_the_page_keeps_other_for_a_problem_in_words(story: Story) -> None:
    client = signed_in("doctor-shan")
    assert client.post(NEW, emergency(story, problem="", problem_code="")).status_code == 302
    journey = Leg.objects.get().request.journey
    assert (journey.problem_code, journey.problem_text) == ("other", "样例:胸痛两小时")


def test_the_page_refuses_words_in_the_field_of_the_code(story: Story) -> None:
    client = signed_in("doctor-shan")
    answer = client.post(NEW, emergency(story, problem="", problem_code="胸痛"))
    assert answer.status_code == 422
    assert "is no code of a problem" in answer.content.decode()


def test_the_same_problem_typed_otherwise_is_still_the_same(story: Story) -> None:
    somebody = patient()
    story.sent(patient=somebody, problem_code="I21.9", override_code="")
    with pytest.raises(LiveReferralError):
        story.draft(patient=somebody, problem_code="i21.9 ", override_code="")


def test_a_chinese_page_shows_no_code_of_the_program(story: Story) -> None:
    signed_in("doctor-shan").post(NEW, emergency(story))
    leg = Leg.objects.get()
    reader = signed_in("duty-jia", "zh-hans")
    case, work = reverse("referrals:case", args=[leg.pk]), reverse("referrals:work")
    for address in (case, work, f"{work}?view=to_decide", reverse("referrals:wall")):
        text = reader.get(address).content.decode()
        assert "suspected_infarction" not in text, address
    exported = b"".join(reader.get(f"{work}?view=to_decide&export=csv"))
    assert "疑似心肌梗死" in exported.decode("utf-8-sig")
    assert b"suspected_infarction" not in exported
    assert "疑似心肌梗死" in reader.get(case).content.decode()
    with translation.override("zh-hans"):
        paper = form_paper(leg, None, "https://lianyi.example/guest/")
    printed = [line["value"] for line in paper["head"]]
    assert "疑似心肌梗死 · 样例:胸痛两小时" in printed
    assert [line["label"] for line in paper["head"][:2]] == ["转出方", "接收方"]


@pytest.mark.parametrize(
    ("code", "text", "language", "words"),
    [
        ("suspected_stroke", "", "zh-hans", "疑似脑卒中"),
        ("suspected_stroke", "样例", "en", "Suspected stroke · 样例"),
        ("other", "样例", "en", "样例"),
        ("I21", "样例", "zh-hans", "I21 · 样例"),
    ],
)
def test_a_problem_in_words(code: str, text: str, language: str, words: str) -> None:
    with translation.override(language):
        assert problem_words(Journey(problem_code=code, problem_text=text)) == words


def test_a_case_is_found_by_the_name_of_its_problem(story: Story) -> None:
    signed_in("doctor-shan").post(NEW, emergency(story))
    number = Leg.objects.get().request.journey.number
    assert codes_named("心肌") == ["suspected_infarction"]
    reader = signed_in("duty-jia")
    all_cases = reverse("referrals:work")
    assert number in reader.get(all_cases, {"q": "myocardial"}).content.decode()
    assert as_kept("") == ""
    assert codes_named(" ") == []


def test_a_chinese_refusal_names_what_is_not_stable_in_words(story: Story) -> None:
    leg = story.under_care()
    with pytest.raises(FactsRefusedError) as refusal:
        story.step(
            leg,
            "propose_return",
            story.duty_jia,
            institution_id=story.scene.shan.pk,
            stability={"vital_signs_stable": False, "diagnosis_clear": True, "no_special_treatment": False},
            agreed_by="family",
            plan=story.plan(),
        )
    with translation.override("zh-hans"):
        words = message_of(refusal.value)
    assert "vital_signs_stable" not in words
    assert "生命体征" in words
    assert "no_special_treatment" not in words


def test_a_late_entry_that_contradicts_the_case_is_told_by_the_name_of_its_step(story: Story) -> None:
    leg = story.accepted()
    MergeConflict.objects.create(
        leg=leg,
        step="accept_with_bed",
        occurred_at=timezone.now(),
        user_id=story.duty_jia.user_id,
        state_met="bed-reserved",
    )
    text = signed_in("duty-jia", "zh-hans").get(reverse("referrals:case", args=[leg.pk])).content.decode()
    notice = text.partition("notice-error")[2].partition("</div>")[0]
    with translation.override("zh-hans"):
        assert story.label("accept_with_bed") in notice
    assert "accept_with_bed" not in notice
