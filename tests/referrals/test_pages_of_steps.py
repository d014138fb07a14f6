"""Steps pressed seldom, through their pages: a proposal answered, a way elsewhere, a patient who stayed away."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import timezone

from lianyi.referrals.models import ClosingProposal, FollowUp, Leg, LegEvent
from tests.dispatch.page_parts import client_of, page_of, send, words
from tests.referrals import ways
from tests.referrals.story import Story


def typed(moment: datetime.datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_the_sender_answers_on_the_page_that_what_another_record_shows_changes_nothing(story: Story) -> None:
    leg = story.accepted()
    proposal = ClosingProposal.objects.create(
        leg=leg, fact="admitted", institution=story.scene.lin, happened_at=timezone.now(), source="样例登记"
    )
    client = client_of(story.doctor_shan)
    assert "样例登记" in words(page_of(client, "referrals:case", leg.pk))
    answered = send(client, "referrals:proposal-answer", leg.pk, proposal.pk, answer="refuse")
    assert (answered.status_code, answered["Location"]) == (302, reverse("referrals:case", args=[leg.pk]))
    proposal.refresh_from_db()
    leg.refresh_from_db()
    assert (proposal.state, proposal.answered_by_id) == ("refused", story.doctor_shan.user_id)
    assert leg.state == "bed-reserved"
    assert "样例登记" not in words(page_of(client, "referrals:proposals"))


def test_a_patient_on_the_road_is_taken_elsewhere_on_the_page(story: Story) -> None:
    leg = ways.in_transit(story, urgency="urgent")
    client = client_of(story.doctor_shan)
    page = page_of(client, "referrals:step", leg.pk, "divert")
    facts = {
        "institution": story.scene.lin.code,
        "reason_code": "patient_worse",
        "text": "样例:血压下降,就近抢救",
        "contact": "样例值班 000-5555",
        "occurred_at": typed(timezone.now()),
        "expected_version": leg.version,
    }
    answer = send(
        client, "referrals:step", leg.pk, "divert", **{k: v for k, v in facts.items() if f'name="{k}"' in page}
    )
    assert answer.status_code == 302, answer.content.decode()
    leg.refresh_from_db()
    other = Leg.objects.get(request_id=leg.request_id, number=2)
    assert (leg.state, leg.is_open) == ("diverted", False)
    assert (other.to_institution_id, other.is_open) == (story.scene.lin.pk, True)
    assert LegEvent.objects.get(leg=leg, step="divert").reason_code == "patient_worse"
    assert leg.request.journey.number in words(page_of(client_of(story.duty_lin), "referrals:case", other.pk))


def test_who_did_not_come_is_recorded_on_the_page_and_visited_at_home(story: Story) -> None:
    leg = ways.scheduled(story)
    client = client_of(story.duty_jia)
    assert "Did not come" not in words(page_of(client, "referrals:case", leg.pk))
    with ways.later(days=3):
        client = client_of(story.duty_jia)
        assert "Did not come" in words(page_of(client, "referrals:case", leg.pk))
        answer = send(client, "referrals:step", leg.pk, "record_no_show", expected_version=leg.version)
        assert answer.status_code == 302
        leg.refresh_from_db()
        assert (leg.state, leg.no_shows, leg.ball_side) == ("no-show", 1, "sender")
        visit = FollowUp.objects.get(leg=leg)
        assert (visit.kind, visit.institution_id) == ("home_visit", story.scene.shan.pk)
        assert visit.due_on == timezone.localdate() + datetime.timedelta(days=3)
        event = LegEvent.objects.get(leg=leg, step="record_no_show")
        assert (event.side, event.entry_mode) == ("receiver", "live")


def test_who_was_on_the_way_did_not_come_only_when_crew_or_family_were_asked(story: Story) -> None:
    leg = ways.in_transit(story)
    with ways.later(days=2):
        client = client_of(story.duty_jia)
        form = {"expected_version": leg.version}
        silent = send(client, "referrals:step", leg.pk, "record_no_show", text=" ", **form)
        assert silent.status_code == 422
        assert "Ask the crew and the family first" in words(silent.content.decode())
        leg.refresh_from_db()
        assert (leg.state, leg.no_shows) == ("in-transit", 0)
        asked = "样例:问过随车医生和儿子,半路已回家"
        told = send(client, "referrals:step", leg.pk, "record_no_show", text=asked, **form)
        assert told.status_code == 302
        leg.refresh_from_db()
        assert (leg.state, leg.no_shows) == ("no-show", 1)
        assert LegEvent.objects.get(leg=leg, step="record_no_show").text == asked
