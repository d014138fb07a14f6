"""The patient's slip: in the patient's language beside that of the staff, from the right where it is read so."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.html import escape

from lianyi.referrals import slips
from lianyi.referrals.models import Leg, PatientIdentity
from tests.dispatch.page_parts import client_of, page_of, status_of, words
from tests.referrals.story import Story, patient


@pytest.fixture
def leg(story: Story) -> Leg:
    return story.accepted()


def slip(story: Story, leg: Leg, **asked: str) -> str:
    return page_of(client_of(story.doctor_shan), "referrals:slip", leg.pk, **asked)


def article(html: str) -> str:
    return html[html.index("<article") : html.index("</article>")]


def test_it_says_in_the_patients_language_where_to_go_whom_to_call_and_what_to_bring(story: Story, leg: Leg) -> None:
    text = words(article(slip(story, leg, language="fr")))
    for part in ("Votre transfert", "Où aller", "样例联系人 000-1111", "appelez le 120", leg.request.journey.number):
        assert part in text
    assert PatientIdentity.objects.get().name in text


def test_the_language_of_the_staff_stands_beside_every_text(story: Story, leg: Leg, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    html = article(slip(story, leg, language="ru"))
    found = slips.texts_by_language()
    for key in ("where", "call", "bring_drugs"):
        assert f'{found["ru"].texts[key]} <span class="slip-own"><bdi lang="zh-Hans" dir="ltr">' in html
        assert found["zh-hans"].texts[key] in html


def test_a_script_from_the_right_has_its_direction_and_the_other_beside_it_its_own(
    story: Story, leg: Leg, settings: Any
) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    html = article(slip(story, leg, language="ar"))
    assert html.startswith('<article class="slip" lang="ar" dir="rtl">')
    assert html.count('class="slip-own"><bdi lang="zh-Hans" dir="ltr">') == 13
    assert f"<bdi>{escape(leg.contact)}</bdi>" in html
    assert "إلى أين تذهب" in html


def test_in_the_language_of_the_staff_nothing_stands_twice(story: Story, leg: Leg, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    html = slip(story, leg)
    assert '<article class="slip" lang="zh-Hans" dir="ltr">' in html
    assert "slip-own" not in article(html)
    assert "No native speaker" not in words(html)


def test_the_language_written_with_the_referral_is_the_one_of_the_slip(story: Story) -> None:
    leg = story.accepted(patient=patient(language="ar"))
    assert 'lang="ar" dir="rtl"' in article(slip(story, leg))
    assert "No native speaker has checked these texts yet" in words(slip(story, leg))


def test_a_language_without_a_file_falls_back_and_says_so(story: Story, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    leg = story.accepted(patient=patient(language="bo"))
    html = slip(story, leg)
    assert "There is no slip in the patient's language" in words(html)
    assert 'lang="zh-Hans"' in article(html)


def test_the_form_of_a_referral_offers_every_language_the_own_first(story: Story, settings: Any) -> None:
    settings.LANGUAGE_CODE = "zh-hans"
    assert [code for code, _name in slips.language_choices()] == ["zh-hans", "en", "ar", "es", "fr", "pt", "ru"]
    html = page_of(client_of(story.doctor_shan), "referrals:new")
    assert '<option value="ar">العربية</option>' in html


def test_nobody_without_the_name_of_the_patient_has_the_slip(story: Story) -> None:
    asked = story.sent()
    assert status_of(client_of(story.duty_jia), "referrals:slip", asked.pk) == 404
