"""The case page tells what was asked with each step, and names one next step; the route page offers who has agreed."""

from __future__ import annotations

import datetime
import re

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.pages.values import shown
from lianyi.referrals.facts import Transport
from lianyi.referrals.models import Leg
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.referrals.story import Story

HOUR = datetime.timedelta(hours=1)


def case_words(actor: Actor, leg: Leg) -> str:
    return words(page_of(client_of(actor), "referrals:case", leg.pk))


def loud_buttons(actor: Actor, leg: Leg) -> list[str]:
    """Return what the main buttons of a case page say; the button that notes the opening by itself is none."""
    page = page_of(client_of(actor), "referrals:case", leg.pk)
    here = page[page.index('<div id="case"') : page.index("</main>")]
    found = re.findall(r'class="btn btn-sm btn-primary"[^>]*>(.*?)</(?:a|button)>', here, re.DOTALL)
    return [text for each in found if (text := words(each).strip()) != "Open"]


def test_both_sides_read_how_the_patient_travels(story: Story) -> None:
    leg = story.accepted(urgency="urgent")
    travel = Transport(vehicle="样例车甲A0001", escort="样例护士 000-3333", condition="样例平稳")
    story.step(leg, "depart", story.doctor_shan, transport=travel)
    for reader in (story.doctor_shan, story.duty_jia):
        page = case_words(reader, leg)
        for text in ("样例车甲A0001", "样例护士 000-3333", "样例平稳"):
            assert text in page


def test_the_page_names_the_coordinator_the_writer_the_clinician_and_the_reason_outside_the_rules(story: Story) -> None:
    leg = story.sent(
        urgency="urgent", override_code="only_able", override_text="样例理由只有这里能做", on_behalf_of="样例主任"
    )
    mine = case_words(story.doctor_shan, leg)
    for text in ("样例主任", "doctor-shan", "only this hospital can help", "样例理由只有这里能做", "山县人民医院"):
        assert text in mine
    theirs = case_words(story.duty_jia, leg)
    assert "only this hospital can help" in theirs
    # The sentence may tell who the patient is; before acceptance that is hidden.
    assert "样例理由只有这里能做" not in theirs


def test_the_page_tells_until_when_the_bed_is_kept_and_how_often_the_patient_did_not_come(story: Story) -> None:
    leg = story.accepted(urgency="urgent")
    assert leg.reserved_until is not None
    assert shown(leg.reserved_until) in case_words(story.doctor_shan, leg)
    later = timezone.now() + 6 * HOUR
    story.step(leg, "reschedule", story.duty_jia, reason_code="capacity", expected_at=later)
    assert "Dates changed 1" in re.sub(r"\s+", " ", case_words(story.doctor_shan, leg))


def test_place_and_time_of_death_stand_beside_the_step(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    died = timezone.now()
    story.step(leg, "record_death", story.duty_jia, died_at=died, place="样例病房三")
    page = case_words(story.doctor_shan, leg)
    assert "样例病房三" in page
    assert f"Time of death: {shown(died)}" in page


def test_the_end_of_care_stands_beside_the_outcome(story: Story) -> None:
    leg = story.under_care(urgency="urgent")
    ended = timezone.now()
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例", care_ended_at=ended)
    assert f"Care ended at: {shown(ended)}" in case_words(story.doctor_shan, leg)


def test_the_lower_unit_reads_what_was_ticked_before_the_return(story: Story) -> None:
    back = story.returning(story.under_care(urgency="urgent"))
    assert "Vital signs stable for a day: yes" in case_words(story.duty_shan, back)


def test_a_case_has_at_most_one_loud_button_and_it_brings_the_case_on(story: Story) -> None:
    leg = story.sent(urgency="urgent")
    assert loud_buttons(story.duty_jia, leg) == ["Accept"]
    assert loud_buttons(story.doctor_shan, leg) == []
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    assert loud_buttons(story.duty_jia, leg) == ["Keep a bed"]
    story.step(leg, "keep_bed", story.duty_jia, expected_at=timezone.now() + HOUR)
    assert loud_buttons(story.doctor_shan, leg) == ["Departed"]
    story.step(leg, "arrive", story.duty_jia)
    assert loud_buttons(story.duty_jia, leg) == ["Take over"]
    story.step(leg, "take_over", story.duty_jia)
    assert loud_buttons(story.duty_jia, leg) == ["Send the outcome"]
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    assert loud_buttons(story.doctor_shan, leg) == ["Read the outcome and close"]


def test_the_hospital_that_has_agreed_is_one_press_away(story: Story) -> None:
    leg = story.sent(urgency="urgent", override_code="only_able")
    story.step(
        leg,
        "decline",
        story.duty_jia,
        reason_code="no_bed",
        institution_id=story.scene.lin.pk,
        contact="样例值班 000-4444",
    )
    assert loud_buttons(story.doctor_shan, leg) == ["Choose another receiver"]
    assert "邻县" in case_words(story.doctor_shan, leg)
    client = client_of(story.doctor_shan)
    page = words(page_of(client, "referrals:route", leg.request_id))
    assert "has agreed to take the patient" in page
    assert "样例值班 000-4444" in page
    answer = send(client, "referrals:route", leg.request_id, receiver=f"i{story.scene.lin.pk}")
    assert answer.status_code == 302
    new = Leg.objects.get(request_id=leg.request_id, number=2)
    assert (new.state, new.to_institution_id) == ("sent", story.scene.lin.pk)
    assert "has agreed" not in words(page_of(client, "referrals:route", leg.request_id))


def test_only_what_was_said_on_the_telephone_is_confirmed_and_only_once(story: Story) -> None:
    leg = story.sent(urgency="urgent")
    assert "Confirm this answer" not in case_words(story.duty_jia, leg)
    said = {"contact": "样例值班 000-5555", "capacity_confirmed": True, "spoken_by": "样例值班"}
    story.step(leg, "accept", story.doctor_shan, **said)
    assert case_words(story.duty_jia, leg).count("Confirm this answer") == 1
    event = leg.events.get(step="accept")
    assert send(client_of(story.duty_jia), "referrals:event-confirm", leg.pk, event.pk).status_code == 302
    assert "Confirm this answer" not in case_words(story.duty_jia, leg)
