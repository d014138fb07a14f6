"""A doctor writes a referral in one page, is warned, saves a draft, finishes it, and sends it once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.audit import verify_chain
from lianyi.accounts.models import AuditEvent, ReadEvent, User
from lianyi.referrals.models import Attachment, Journey, Leg, LegEvent, PatientIdentity, Request
from lianyi.referrals.resident_numbers import facts_of
from tests.cast import affiliate
from tests.referrals.story import Story

NEW = "/referrals/new/"
VITALS = {
    "item_main_problem": "样例:胸痛两小时",
    "item_pain_started": "2026-01-05T03:00",
    "item_ecg_finding": "样例心电图",
    "item_consciousness": "alert",
    "item_systolic_pressure": "110",
    "item_heart_rate": "88",
    "item_oxygen_saturation": "96",
    "item_treatment_given": "样例处置",
}


def signed_in(username: str, language: str = "en") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(story: Story) -> Client:
    """Doctor Shan's browser."""
    return signed_in("doctor-shan")


def emergency(story: Story, **more: Any) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "command_key": "page-1",
        "urgency": "emergency",
        "direction": "up",
        "condition": "chest_pain",
        "problem": "suspected_infarction",
        "reason": "beyond_means",
        "patient_name": "样例胸痛病人",
        "sex": "male",
        "born_on": "1956-03-09",
        "id_kind": "resident",
        "phone": "000-9001",
        "language": "zh-hans",
        "consent": "consent",
        "from_institution": story.scene.shan.pk,
        "agreement": story.agreement.pk,
        "receivers": [f"i{story.scene.jia.pk}"],
        **VITALS,
        "send": "1",
    }
    return {**typed, **more}


def test_the_page_offers_what_the_sender_has(desk: Client, story: Story) -> None:
    page = desk.get(NEW)
    assert page.status_code == 200
    text = page.content.decode()
    assert f'<option value="{story.agreement.pk}" selected>' in text
    assert "甲市第一医院" in text
    assert "partner" in text
    assert "东村卫生室" not in text


def test_a_sender_without_an_agreement_gets_the_page_too(story: Story) -> None:
    page = signed_in("doctor-xiang").get(NEW, {"urgency": "emergency"})
    assert page.status_code == 200
    assert "山县人民医院" in page.content.decode()


def test_an_emergency_is_written_and_sent_with_one_press(desk: Client, story: Story) -> None:
    answer = desk.post(NEW, emergency(story))
    leg = Leg.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("referrals:case", args=[leg.pk]))
    assert (leg.state, leg.to_institution_id) == ("sent", story.scene.jia.pk)
    assert leg.request.journey.problem_code == "suspected_infarction"
    assert leg.request.specialty == "03.04"
    assert (leg.request.packet.items_given, leg.request.packet.items_required) == (8, 8)
    assert verify_chain().events > 10


def test_the_same_press_twice_sends_once(desk: Client, story: Story) -> None:
    desk.post(NEW, emergency(story))
    desk.post(NEW, emergency(story))
    assert (Request.objects.count(), Leg.objects.count(), Journey.objects.count()) == (1, 1, 1)
    assert LegEvent.objects.filter(step="send").count() == 1


def test_what_lacks_is_named_and_nothing_is_kept(desk: Client, story: Story) -> None:
    answer = desk.post(NEW, emergency(story, item_ecg_finding="", item_heart_rate=""))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert text.count("Sending needs this.") == 2
    assert "Still lacking: ECG · Heart rate" in text
    assert "样例胸痛病人" in text
    assert not Request.objects.exists()
    assert not PatientIdentity.objects.exists()
    assert desk.post(NEW, emergency(story)).status_code == 302


def test_no_consent_is_refused_unless_it_could_not_be_asked(desk: Client, story: Story) -> None:
    assert desk.post(NEW, emergency(story, consent="")).status_code == 422
    assert desk.post(NEW, emergency(story, consent="emergency")).status_code == 302
    assert Request.objects.get().basis == "emergency"


def test_several_are_asked_at_once_only_in_an_emergency(desk: Client, story: Story) -> None:
    both = [f"i{story.scene.jia.pk}", f"i{story.scene.lin.pk}"]
    desk.post(NEW, emergency(story, receivers=both, override_code="only_able"))
    row = Request.objects.get()
    assert row.is_broadcast
    assert [leg.state for leg in row.legs.order_by("number")] == ["sent", "sent"]


def test_a_short_list_keeps_the_second_as_a_draft(desk: Client, story: Story) -> None:
    both = [f"i{story.scene.jia.pk}", f"i{story.scene.lin.pk}"]
    desk.post(NEW, emergency(story, receivers=both, override_code="only_able", sending="one_by_one"))
    row = Request.objects.get()
    assert not row.is_broadcast
    assert [leg.state for leg in row.legs.order_by("number")] == ["sent", "draft"]


def test_a_live_referral_warns_while_one_types_and_asks_a_reason(desk: Client, story: Story) -> None:
    desk.post(NEW, emergency(story))
    typed = emergency(story, command_key="page-2")
    warned = desk.post(reverse("referrals:live-warning"), typed)
    assert warned.status_code == 200
    assert "山县人民医院" in warned.content.decode()
    assert "样例胸痛病人" not in warned.content.decode()
    assert ReadEvent.objects.filter(page="referrals:live-warning").exists()
    refused = desk.post(NEW, typed)
    assert refused.status_code == 422
    assert "live referral for this problem already" in refused.content.decode()
    assert desk.post(NEW, {**typed, "override_code": "new_episode"}).status_code == 302


def test_a_name_alone_asks_after_nobody(desk: Client, story: Story) -> None:
    desk.post(NEW, emergency(story))
    asked = emergency(story, born_on="", phone="", id_number="")
    assert "山县人民医院" not in desk.post(reverse("referrals:live-warning"), asked).content.decode()


def test_the_parts_of_the_page_are_never_asked_with_an_address(desk: Client) -> None:
    for name in ("new-parts", "new-meter", "destinations", "live-warning"):
        assert desk.get(reverse(f"referrals:{name}")).status_code == 405


def test_the_form_follows_the_condition_and_keeps_what_is_typed(desk: Client, story: Story) -> None:
    parts = desk.post(reverse("referrals:new-parts"), emergency(story, condition="stroke")).content.decode()
    assert "item_last_known_well" in parts
    assert "item_ecg_finding" not in parts
    assert 'value="88"' in parts
    assert "Suspected stroke" in parts.partition("of this green channel")[2].partition("</optgroup>")[0]
    meter = desk.post(reverse("referrals:new-meter"), emergency(story, item_heart_rate="")).content.decode()
    assert "Form: 7 of 8 items asked for" in meter


def test_the_card_number_tells_birth_and_sex(desk: Client, story: Story) -> None:
    desk.post(NEW, emergency(story, id_number="11010519491231002X", born_on="", sex="unknown"))
    identity = PatientIdentity.objects.get()
    assert (identity.born_on, identity.sex, identity.id_kind) == (datetime.date(1949, 12, 31), "female", "resident")
    assert facts_of("11010519491331002X") is None


def test_a_draft_is_finished_and_sent(desk: Client, story: Story) -> None:
    typed = emergency(story, item_ecg_finding="", consent="")
    del typed["send"]
    answer = desk.post(NEW, {**typed, "save": "1"})
    row = Request.objects.get()
    assert answer["Location"] == reverse("referrals:draft", args=[row.pk])
    page = desk.get(answer["Location"])
    assert page.status_code == 200
    form = page.context["form"]
    finished = {
        **{field.html_name: field.value() for field in form if field.value() not in (None, [], "")},
        "command_key": "draft-1",
        "item_pain_started": "2026-01-05T03:00",
        "item_ecg_finding": "样例心电图",
        "consent": "consent",
        "receivers": [f"i{story.scene.lin.pk}"],
        "override_code": "only_able",
        "sending": "at_once",
        "send": "1",
    }
    sent = desk.post(answer["Location"], finished)
    assert sent.status_code == 302, sent.content.decode()
    assert [leg.state for leg in row.legs.order_by("number")] == ["sent", "sent"]
    assert desk.get(answer["Location"]).status_code == 302


def test_taking_the_last_receiver_off_gives_the_draft_up(desk: Client, story: Story) -> None:
    row = story.draft()
    leg = row.legs.get()
    answer = desk.post(reverse("referrals:receiver-remove", args=[leg.pk]), {"command_key": "off-1"})
    leg.refresh_from_db()
    row.refresh_from_db()
    assert (answer["Location"], leg.state, row.status) == (reverse("referrals:work"), "entered-in-error", row.status)
    assert row.status == "entered-in-error"


def test_an_onward_referral_goes_on_with_the_journey(desk: Client, story: Story) -> None:
    leg = story.under_care()
    affiliate("writer-jia", story.scene.jia.pk, "referring_clinician")
    writer = signed_in("writer-jia")
    address = reverse("referrals:onward", args=[leg.pk])
    page = writer.get(address)
    assert page.status_code == 200
    assert PatientIdentity.objects.get().name in page.content.decode()
    typed = emergency(story, from_institution=story.scene.jia.pk, receivers=[f"i{story.scene.lin.pk}"])
    typed |= {"agreement": "", "override_code": "only_able", "command_key": "onward-1"}
    answer = writer.post(address, typed)
    assert answer.status_code == 302, answer.content.decode()
    onward = Request.objects.get(based_on=leg.request_id)
    assert (onward.journey_id, onward.from_institution_id) == (leg.request.journey_id, story.scene.jia.pk)
    assert Journey.objects.count() == 1


def test_a_new_version_replaces_the_frozen_one(desk: Client, story: Story) -> None:
    leg = story.sent()
    address = reverse("referrals:new-version", args=[leg.pk])
    answer = desk.post(address, emergency(story, command_key="version-1", override_code="only_able"))
    assert answer.status_code == 302, answer.content.decode()
    assert Request.objects.get(replaces=leg.request_id).journey_id == leg.request.journey_id


def test_what_was_sent_on_paper_keeps_the_time_of_the_paper(desk: Client, story: Story) -> None:
    at = timezone.localtime().replace(second=0, microsecond=0) - datetime.timedelta(hours=2)
    desk.post(NEW, emergency(story, sent_on_paper_at=at.strftime("%Y-%m-%dT%H:%M")))
    sent = LegEvent.objects.get(step="send")
    assert (sent.occurred_at, sent.entry_mode) == (at, "retrospective")


def test_a_picture_goes_along_and_a_bad_one_stops_everything(desk: Client, story: Story) -> None:
    bad = SimpleUploadedFile("ecg.jpg", b"MZ not a picture")
    refused = desk.post(NEW, emergency(story, uploads=[bad]))
    assert refused.status_code == 422
    assert not Request.objects.exists()
    note = SimpleUploadedFile("ecg.txt", "样例记录".encode())
    assert desk.post(NEW, emergency(story, uploads=[note])).status_code == 302
    assert Attachment.objects.get().content_type == "text/plain"


def test_who_may_not_write_gets_no_page(story: Story) -> None:
    assert signed_in("duty-jia").get(NEW).status_code == 403


def test_no_word_about_the_patient_reaches_the_trail(desk: Client, story: Story) -> None:
    desk.post(NEW, emergency(story))
    kept = " ".join(f"{each.before} {each.after} {each.reason}" for each in AuditEvent.objects.all())
    for word in ("样例胸痛病人", "000-9001", "样例心电图", "1956-03-09"):
        assert word not in kept
