"""The pages of remote consultations, as people of both sides use them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from lianyi.accounts.models import ReadEvent
from lianyi.pages.home import home_items
from lianyi.referrals import consultation_home
from lianyi.referrals.models import Consultation, ConsultationPacket, Leg, Opinion
from tests.cast import actor_for
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.referrals import consulting_story as tale
from tests.referrals.story import Story

LIABILITY = "The asking side keeps the patient: it decides about the treatment and answers for it."
NEW = "/referrals/consultations/new/"


def fields(story: Story, **more: Any) -> dict[str, Any]:
    """Return a complete form for routine written advice."""
    return {
        "from_institution": story.scene.shan.pk,
        "to_institution": "JIA1",
        "agreement": story.agreement.pk,
        "specialty": "04.02",
        "question": "样例：是否需要手术？",
        "has_consent": "on",
        "name": "样例病人甲",
        "sex": "male",
        "born_on": "1950-02-03",
        "id_kind": "none",
        "problem_code": "I63",
        "item_history": "样例病史",
        "item_findings": "样例体征",
        "item_diagnosis": "样例诊断",
        "item_current_drugs": "样例用药",
        "item_allergy": "无",
        "item_infection_risk": "none_known",
        **more,
    }


def post(client: Client, address: str, key: str = "k-1", **data: Any) -> Any:
    return client.post(address, {"command_key": key, **data})


def test_one_page_writes_and_asks(story: Story) -> None:
    client = client_of(story.doctor_shan)
    html = page_of(client, "referrals:consultation-new")
    assert LIABILITY in words(html)
    for _time in range(2):
        response = post(client, NEW, **fields(story))
        assert response.status_code == 302, words(response.content.decode())
    row = Consultation.objects.get()
    assert (row.state, row.kind, row.urgency, row.specialties) == ("asked", "advice", "routine", ["04.02"])
    assert ConsultationPacket.objects.get().values["history"] == "样例病史"
    assert row.packet.items_given == row.packet.items_required > 0
    assert response.url == f"/referrals/consultations/{row.pk}/"


def test_a_draft_may_be_kept_incomplete_and_completed_later(story: Story) -> None:
    client = client_of(story.doctor_shan)
    given = {name: value for name, value in fields(story, keep="1").items() if not name.startswith("item_")}
    assert post(client, NEW, **given).status_code == 302
    row = Consultation.objects.get()
    assert row.state == "draft"
    assert status_of(client_of(story.duty_jia), "referrals:consultation", row.pk) == 404
    asked = send(client, "referrals:consultation-step", row.pk, "ask", expected_version=row.version)
    assert asked.status_code == 422
    html = page_of(client, "referrals:consultation-change", row.pk)
    content = {name: value for name, value in fields(story).items() if name.startswith("item_")}
    changed = send(
        client,
        "referrals:consultation-change",
        row.pk,
        question="样例新问题",
        has_consent="on",
        expected_version=version_in(html),
        **content,
    )
    assert changed.status_code == 302
    row.refresh_from_db()
    assert send(client, "referrals:consultation-step", row.pk, "ask", expected_version=row.version).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.question) == ("asked", "样例新问题")


def test_what_is_missing_stands_beside_its_field_and_nothing_is_written(story: Story) -> None:
    client = client_of(story.doctor_shan)
    response = post(client, NEW, **fields(story, item_history="", to_institution="SHAN"))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"item_history"}
    response = post(client, NEW, **fields(story, to_institution="SHAN"))
    assert list(response.context["form"].errors) == ["to_institution"]
    response = post(client, NEW, **{**fields(story), "has_consent": ""})
    assert "agreement" in words(response.content.decode())
    assert not Consultation.objects.exists()


def test_the_form_of_an_emergency_asks_for_its_condition(story: Story) -> None:
    client = client_of(story.doctor_shan)
    html = client.get(NEW, {"kind": "emergency", "condition": "stroke"}).content.decode()
    assert 'name="item_last_known_well"' in html
    assert 'name="item_history"' not in html
    several = client.get(NEW, {"kind": "multi_specialist", "urgency": "urgent"}).content.decode()
    assert 'name="specialty_2"' in several


def test_a_consultation_goes_on_with_a_journey(story: Story) -> None:
    leg = story.under_care()
    client = client_of(story.doctor_shan)
    address = f"{NEW}?journey={leg.request.journey_id}"
    html = client.get(address).content.decode()
    assert leg.request.journey.number in html
    assert 'name="name"' not in html
    assert post(client, address, **fields(story)).status_code == 302
    assert Consultation.objects.get().journey_id == leg.request.journey_id
    assert client_of(story.duty_lin).get(address).status_code == 403
    outsider = client_of(actor_for("doctor-lin", story.scene.lin.pk, "referring_clinician"))
    assert outsider.get(address).status_code == 404


def test_the_page_shows_each_side_what_it_may_see_and_do(story: Story) -> None:
    row = tale.asked(story, question="样例会诊问题")
    ConsultationPacket.objects.filter(consultation=row).update(values={"history": "秘密病史"})
    name = row.journey.identity.name
    asker, expert = client_of(story.doctor_shan), client_of(story.duty_jia)
    shown = words(page_of(asker, "referrals:consultation", row.pk))
    assert name in shown
    assert "秘密病史" in shown
    before = page_of(expert, "referrals:consultation", row.pk)
    for hidden in (name, "秘密病史", row.journey.number):
        assert hidden not in before
    for told in ("样例会诊问题", "60-74", "female", LIABILITY, "Accept", "Decline the consultation"):
        assert told in words(before)
    tale.step(row, "accept", story.duty_jia)
    after = page_of(expert, "referrals:consultation", row.pk)
    assert "秘密病史" in after
    assert name not in after
    kinds = set(ReadEvent.objects.filter(user_id=story.duty_jia.user_id).values_list("object_type", "basis"))
    assert ("referrals.consultationpacket", "G3") in kinds
    assert status_of(client_of(story.duty_lin), "referrals:consultation", row.pk) == 404


def test_steps_are_taken_from_the_page(story: Story) -> None:
    row = tale.asked(story)
    expert, asker = client_of(story.duty_jia), client_of(story.doctor_shan)
    name = "referrals:consultation-step"
    key = "press-once"
    for _time in range(2):
        assert send(expert, name, row.pk, "accept", key=key, expected_version=row.version).status_code == 302
    html = page_of(expert, name, row.pk, "sign_opinion")
    assert LIABILITY in words(html)
    sent = {"opinion": "样例意见", "expected_version": version_in(html)}
    assert send(expert, name, row.pk, "sign_opinion", **sent).status_code == 302
    row.refresh_from_db()
    send(asker, name, row.pk, "read", expected_version=row.version)
    html = page_of(asker, name, row.pk, "close")
    wrong = send(asker, name, row.pk, "close", followed="no", expected_version=version_in(html))
    assert wrong.status_code == 422
    assert list(wrong.context["form"].errors) == ["text"]
    right = send(asker, name, row.pk, "close", followed="no", text="样例原因", expected_version=version_in(html))
    assert right.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.followed_why) == ("closed", "样例原因")
    shown = words(page_of(asker, "referrals:consultation", row.pk))
    assert "样例意见" in shown
    assert "as signed" in shown


def test_a_step_that_is_not_possible_is_refused(story: Story) -> None:
    row = tale.asked(story)
    asker = client_of(story.doctor_shan)
    assert status_of(asker, "referrals:consultation-step", row.pk, "accept") == 422
    assert send(asker, "referrals:consultation-step", row.pk, "accept", expected_version=row.version).status_code == 403
    expert = client_of(story.duty_jia)
    stale = send(expert, "referrals:consultation-step", row.pk, "accept", expected_version=row.version - 1)
    assert stale.status_code == 409


@pytest.mark.parametrize("kind", ["advice", "live", "emergency", "multi_specialist"])
def test_every_step_that_the_page_offers_opens(story: Story, kind: str) -> None:
    made = [tale.drafted(story, kind=kind), tale.asked(story, kind=kind), tale.accepted(story, kind=kind)]
    if kind != "advice":
        made += [tale.scheduled(story, kind=kind), tale.in_session(story, kind=kind)]
    if kind in ("advice", "emergency"):
        made += [tale.answered(story, kind=kind), tale.closed(story, kind=kind)]
    opened = set()
    for row in made:
        for actor in (story.doctor_shan, story.duty_jia):
            for name in tale.names(actor, row) - {"convert"}:
                assert status_of(client_of(actor), "referrals:consultation-step", row.pk, name) == 200, name
                opened.add(name)
    assert {"cancel", "accept", "decline", "withdraw"} <= opened


def test_the_list_has_the_most_overdue_first_and_can_be_narrowed_and_exported(story: Story) -> None:
    late, soon, done = tale.asked(story), tale.asked(story), tale.closed(story)
    over = timezone.now() - datetime.timedelta(hours=3)
    Consultation.objects.filter(pk=late.pk).update(due_at=over)
    expert = client_of(story.duty_jia)
    html = page_of(expert, "referrals:consultations")
    assert html.index(late.number) < html.index(soon.number) < html.index(done.number)
    assert LIABILITY in words(html)
    overdue = page_of(expert, "referrals:consultations", due="over")
    assert late.number in overdue
    assert soon.number not in overdue
    assert done.number not in page_of(expert, "referrals:consultations", part="waiting")
    assert late.number in page_of(expert, "referrals:consultations", part="given")
    assert late.number not in page_of(expert, "referrals:consultations", part="asked")
    exported = b"".join(expert.get("/referrals/consultations/", {"export": "csv"})).decode()
    assert soon.number in exported
    assert "样例病人" not in exported + html
    assert late.number not in page_of(client_of(story.duty_lin), "referrals:consultations")


def test_the_number_of_queries_of_the_list_does_not_grow(story: Story) -> None:
    tale.asked(story)
    client = client_of(story.duty_jia)
    queries_for(client, "referrals:consultations")
    few = queries_for(client, "referrals:consultations")
    for _more in range(4):
        tale.asked(story)
    assert queries_for(client, "referrals:consultations") == few


def test_the_printed_opinion_is_a_pdf_in_either_language(story: Story) -> None:
    row = tale.answered(story)
    for actor in (story.doctor_shan, story.duty_jia):
        for language in ("both", "en", "zh-hans", "strange"):
            response = client_of(actor).get(f"/referrals/consultations/{row.pk}/opinion.pdf", {"language": language})
            assert response.content.startswith(b"%PDF")
            assert row.number in response["Content-Disposition"]
    assert status_of(client_of(story.duty_lin), "referrals:consultation-opinion-pdf", row.pk) == 404
    unanswered = tale.accepted(story)
    assert status_of(client_of(story.doctor_shan), "referrals:consultation-opinion-pdf", unanswered.pk) == 404


def test_a_consultation_is_made_a_referral_from_its_page(story: Story) -> None:
    row = tale.read(story)
    asker = client_of(story.doctor_shan)
    html = page_of(asker, "referrals:consultation-convert", row.pk)
    response = send(
        asker,
        "referrals:consultation-convert",
        row.pk,
        expected_version=version_in(html),
        to_institution="JIA1",
        direction="up",
        urgency="routine",
        reason="needs_tests",
        agreement=story.agreement.pk,
        has_consent="on",
    )
    assert response.status_code == 302
    leg = Leg.objects.get(request__from_consultation=row)
    assert (leg.state, leg.request.has_consent) == ("draft", True)
    assert leg.get_absolute_url() in page_of(asker, "referrals:consultation", row.pk)
    assert status_of(asker, "referrals:consultation-convert", row.pk) == 422
    assert status_of(client_of(story.duty_jia), "referrals:consultation-convert", row.pk) == 422


def test_what_waits_stands_on_the_home_page(story: Story) -> None:
    tale.asked(story)
    tale.asked(story)
    urgent = tale.asked(story, kind="emergency", condition="stroke")
    texts = {item.text: item for item in consultation_home.consultation_items(story.duty_jia)}
    assert texts["Consultations wait for your side"].count == 2
    assert texts[f"Emergency consultation {urgent.number}: asked"].tone == "bad"
    assert consultation_home.consultation_items(story.doctor_shan) == []
    assert any(item.url.endswith("?part=waiting") for item in home_items(story.duty_jia))


def test_a_forged_opinion_is_marked_on_the_page(story: Story) -> None:
    row = tale.answered(story)
    with connection.cursor() as cursor:
        table = Opinion._meta.db_table
        cursor.execute(f"UPDATE {table} SET text = %s WHERE consultation_id = %s", ["别的意见", row.pk])  # noqa: S608
    assert "changed after signing" in words(page_of(client_of(story.doctor_shan), "referrals:consultation", row.pk))
