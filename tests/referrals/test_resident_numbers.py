"""The number of an identity card is checked where a patient is written down, and people without one are written too."""

from __future__ import annotations

import datetime

import pytest

from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Journey, PatientIdentity
from tests.referrals.story import Story, patient
from tests.referrals.test_new_referral import NEW, emergency, signed_in

SOUND = "11010519491231002X"
BORN_ON = datetime.date(1949, 12, 31)


@pytest.mark.parametrize(
    "number",
    ["110105194912310021", "11010519491331002X", "1101051949123100", "130503670401001", "TEST-000001", "1" * 18],
)
def test_a_number_that_no_card_has_is_refused(story: Story, number: str) -> None:
    with pytest.raises(FactsRefusedError) as refusal:
        story.draft(patient=patient(id_kind="resident", id_number=number, born_on=None))
    assert (refusal.value.params["reason"], refusal.value.params["field"]) == ("resident-number", "id_number")
    # Who the patient is stands in no message.
    assert number not in refusal.value.message
    assert not Journey.objects.exists()


def test_another_birth_than_that_of_the_card_is_refused(story: Story) -> None:
    with pytest.raises(FactsRefusedError) as refusal:
        story.draft(patient=patient(id_kind="resident", id_number=SOUND, born_on=datetime.date(1949, 12, 30)))
    assert (refusal.value.params["reason"], refusal.value.params["field"]) == ("resident-birth", "born_on")


@pytest.mark.parametrize("typed", [SOUND, "110105 19491231 002x", "\uff1110105194912310\uff102X"])
def test_a_sound_number_is_kept_in_one_form(story: Story, typed: str) -> None:
    story.draft(patient=patient(id_kind="resident", id_number=typed, born_on=BORN_ON))
    assert PatientIdentity.objects.get().id_number == SOUND


@pytest.mark.parametrize(
    ("kind", "number"), [("passport", "E00000000"), ("birth", "T110000000"), ("none", ""), ("resident", "")]
)
def test_who_has_no_card_is_written_all_the_same(story: Story, kind: str, number: str) -> None:
    story.draft(patient=patient(id_kind=kind, id_number=number))
    assert PatientIdentity.objects.get().id_number == number


def test_the_page_shows_the_refusal_beside_the_number(story: Story) -> None:
    answer = signed_in("doctor-shan").post(NEW, emergency(story, id_number="110105194912310021"))
    assert answer.status_code == 422
    assert "the last one checks the others" in str(answer.context["form"].errors["id_number"])
