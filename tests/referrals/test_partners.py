"""A partner without an account gets a printed form, a spoken answer or a one-time link, and one case only."""

from __future__ import annotations

import datetime
import hashlib
import io
import re
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from lianyi.accounts.errors import NotPermittedError
from lianyi.accounts.models import AuditEvent, ReadEvent
from lianyi.referrals.commands.partners import (
    PartnerFacts,
    add_partner,
    change_partner,
    make_guest_link,
    retire_partner,
    revoke_guest_link,
)
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import ExternalPartner, GuestLink, Leg, LegEvent, PatientIdentity
from lianyi.referrals.papers import qr_rows
from tests.cast import acting_as
from tests.referrals.story import Story
from tests.referrals.test_new_referral import signed_in

SECRET = "4821-0937-5516-2840"
GUEST = "/referrals/guest/"
CASE = "/referrals/guest/case/"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def partner(story: Story) -> ExternalPartner:
    facts = PartnerFacts(name="样例部队医院", contact="样例值班", phone="000-7777")
    return add_partner(acting_as(story.doctor_shan), story.scene.shan.pk, facts)


@pytest.fixture
def leg(story: Story, partner: ExternalPartner) -> Leg:
    return story.sent(receivers=[Receiver(external_partner_id=partner.pk)], urgency="urgent")


def guest_of(story: Story, leg: Leg, secret: str = SECRET) -> Client:
    """Return the browser of a guest who has opened the link."""
    make_guest_link(acting_as(story.doctor_shan), leg.pk, secret, "样例电话约定")
    client = Client(headers={"Accept-Language": "en"})
    answer = client.post(GUEST, {"code": secret, "command_key": f"open-{secret[:4]}"})
    assert (answer.status_code, answer["Location"]) == (302, CASE)
    return client


def said(step: str, version: int, **more: Any) -> dict[str, Any]:
    return {"command_key": f"guest-{step}", "expected_version": version, "spoken_by": "样例外院医生", **more}


def pdf_text(content: bytes) -> str:
    """Return the words of a PDF without the gaps that its letters leave between Latin and Chinese."""
    return "".join("".join(each.extract_text() for each in PdfReader(io.BytesIO(content)).pages).split())


def test_the_list_of_partners_is_kept_by_the_institution(story: Story, partner: ExternalPartner) -> None:
    with pytest.raises(FactsRefusedError, match="on the list already"):
        add_partner(acting_as(story.doctor_shan), story.scene.shan.pk, PartnerFacts(name=" 样例部队医院 "))
    with pytest.raises(FactsRefusedError, match="needs a name"):
        add_partner(acting_as(story.doctor_shan), story.scene.shan.pk, PartnerFacts(name=" "))
    with pytest.raises(NotPermittedError):
        add_partner(acting_as(story.doctor_shan), story.scene.jia.pk, PartnerFacts(name="x"))
    change_partner(acting_as(story.doctor_shan), partner.pk, PartnerFacts(name="样例新名"), partner.version)
    partner.refresh_from_db()
    retire_partner(acting_as(story.doctor_shan), partner.pk, partner.version)
    with pytest.raises(GuardRefusedError, match="out of use"):
        retire_partner(acting_as(story.doctor_shan), partner.pk, partner.version + 1)
    with pytest.raises(FactsRefusedError, match="not on your institution's list"):
        story.draft(receivers=[Receiver(external_partner_id=partner.pk)])


def test_the_pages_of_the_list(story: Story) -> None:
    client = signed_in("doctor-shan")
    added = client.post(
        reverse("referrals:partner-add"),
        {"command_key": "p-1", "name": "样例外院", "phone": "000-1", "kept_by": story.scene.shan.pk},
    )
    row = ExternalPartner.objects.get()
    assert added.status_code == 302
    assert "样例外院" in client.get(reverse("referrals:partners")).content.decode()
    assert "样例外院" not in signed_in("duty-lin").get(reverse("referrals:partners")).content.decode()
    change = reverse("referrals:partner-change", args=[row.pk])
    assert client.get(change).status_code == 200
    client.post(change, {"command_key": "p-2", "expected_version": 1, "name": "样例外院二"})
    client.post(reverse("referrals:partner-retire", args=[row.pk]), {"command_key": "p-3"})
    row.refresh_from_db()
    assert (row.name, row.is_active) == ("样例外院二", False)


@pytest.mark.parametrize(
    "typed", ["4821 0937 5516 2840", "4821093755162840", " 4821-0937-5516-2840 ", "\uff14821-0937-5516-2840"]
)
def test_a_code_said_on_the_telephone_is_typed_as_people_type(story: Story, leg: Leg, typed: str) -> None:
    make_guest_link(acting_as(story.doctor_shan), leg.pk, SECRET, "样例电话约定")
    answer = Client(headers={"Accept-Language": "en"}).post(GUEST, {"code": typed, "command_key": "open-1"})
    assert (answer.status_code, answer["Location"]) == (302, CASE)


def test_a_code_that_is_too_short_to_be_safe_is_refused(story: Story, leg: Leg) -> None:
    with pytest.raises(FactsRefusedError, match="has 16 figures; 8 were given"):
        make_guest_link(acting_as(story.doctor_shan), leg.pk, "4821-0937", "样例电话约定")


def test_a_partner_is_taken_off_the_list_from_its_page(story: Story, partner: ExternalPartner) -> None:
    client = signed_in("doctor-shan")
    change = reverse("referrals:partner-change", args=[partner.pk])
    retire = reverse("referrals:partner-retire", args=[partner.pk])
    assert f'action="{retire}"' in client.get(change).content.decode()
    client.post(retire, {"command_key": "p-9"})
    assert f'action="{retire}"' not in client.get(change).content.decode()


def test_the_secret_is_shown_once_and_only_its_digest_kept(story: Story, leg: Leg) -> None:
    client = signed_in("doctor-shan")
    address = reverse("referrals:guest-link", args=[leg.pk])
    typed = {"command_key": "link-1", "reason": "样例电话约定"}
    shown = client.post(address, typed)
    secret = shown.context["secret"]
    assert re.fullmatch(r"\d{4}-\d{4}-\d{4}-\d{4}", secret)
    assert f"{GUEST}#{secret}" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    again = client.post(address, typed)
    assert again.context["secret"] == ""
    assert "cannot be shown again" in again.content.decode()
    row = GuestLink.objects.get()
    assert secret.replace("-", "") not in row.secret_digest
    # Whoever has a copy of the database only cannot try all codes: the digest takes the key of the site.
    assert row.secret_digest != hashlib.sha256(secret.replace("-", "").encode()).hexdigest()
    assert secret not in " ".join(str(each.after) for each in AuditEvent.objects.all())
    assert row.valid_until - timezone.now() <= datetime.timedelta(hours=24)


def test_a_link_is_for_partners_and_for_open_cases_only(story: Story, partner: ExternalPartner) -> None:
    with pytest.raises(GuardRefusedError, match="outside the network"):
        make_guest_link(acting_as(story.doctor_shan), story.sent().pk, SECRET, "x")
    row = story.draft(receivers=[Receiver(external_partner_id=partner.pk)])
    with pytest.raises(GuardRefusedError, match="sent and not over"):
        make_guest_link(acting_as(story.doctor_shan), row.legs.get().pk, SECRET, "x")


def test_the_guest_accepts_receives_and_tells_the_outcome(story: Story, leg: Leg) -> None:
    name = PatientIdentity.objects.get().name
    client = guest_of(story, leg)
    first = client.get(CASE)
    text = first.content.decode()
    assert first.status_code == 200
    assert leg.request.journey.number in text
    assert name not in text
    leg.refresh_from_db()
    client.post(f"{CASE}accept/", said("accept", leg.version, contact="样例 000-8"))
    leg.refresh_from_db()
    assert (leg.state, leg.contact) == ("accepted", "样例 000-8")
    assert name in client.get(CASE).content.decode()
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    client.post(f"{CASE}arrive/", said("arrive", leg.version, occurred_at=now))
    leg.refresh_from_db()
    client.post(f"{CASE}send_outcome/", said("send_outcome", leg.version, disposition="home", text="样例结果"))
    leg.refresh_from_db()
    assert (leg.state, leg.disposition) == ("outcome-sent", "home")
    steps = LegEvent.objects.filter(leg=leg, entry_mode="guest").order_by("pk")
    assert [each.step for each in steps] == ["accept", "arrive", "take_over", "send_outcome"]
    assert {(each.side, each.spoken_by) for each in steps} == {("receiver", "样例外院医生")}
    readings = ReadEvent.objects.filter(basis="G5", object_id=leg.pk)
    assert readings.count() == 2
    assert readings.first().basis_id == GuestLink.objects.get().pk


def test_the_guest_declines_with_a_reason(story: Story, leg: Leg) -> None:
    client = guest_of(story, leg)
    bare = client.post(f"{CASE}decline/", said("decline", leg.version))
    assert bare.status_code == 422
    client.post(f"{CASE}decline/", said("decline-2", leg.version, reason_code="no_bed", text="样例理由"))
    leg.refresh_from_db()
    assert (leg.state, leg.reason_code) == ("declined", "no_bed")


def test_a_link_opens_once_and_ends(story: Story, leg: Leg) -> None:
    client = guest_of(story, leg)
    other = Client(headers={"Accept-Language": "en"})
    second = other.post(GUEST, {"code": SECRET, "command_key": "second"})
    assert second.status_code == 410
    assert "opened already" in second.content.decode()
    assert other.get(CASE).status_code == 410
    assert other.post(GUEST, {"code": "x" * 43, "command_key": "third"}).status_code == 410
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        assert client.get(CASE).status_code == 410


def test_a_link_taken_back_or_replaced_opens_nothing(story: Story, leg: Leg) -> None:
    client = guest_of(story, leg)
    newer = guest_of(story, leg, "9302-1188-4075-6623")
    assert client.get(CASE).status_code == 410
    assert newer.get(CASE).status_code == 200
    revoke_guest_link(acting_as(story.doctor_shan), GuestLink.objects.latest("pk").pk)
    assert newer.get(CASE).status_code == 410
    answered = newer.post(f"{CASE}accept/", said("accept", leg.version, contact="x"))
    assert answered.status_code == 410


def test_a_link_opens_its_own_case_and_no_other_page(story: Story, leg: Leg) -> None:
    other = story.sent()
    client = guest_of(story, leg)
    assert other.request.journey.number not in client.get(CASE).content.decode()
    for name in ("referrals:case", "referrals:paper", "referrals:slip", "referrals:guest-link"):
        assert client.get(reverse(name, args=[leg.pk])).status_code == 302
    assert client.get("/referrals/").status_code == 302


def test_a_forged_cookie_opens_nothing(story: Story, leg: Leg) -> None:
    guest_of(story, leg)
    forger = Client()
    forger.cookies["guest_link"] = str(GuestLink.objects.get().pk)
    assert forger.get(CASE).status_code == 410


def test_guest_pages_tell_nobody_else(story: Story, leg: Leg) -> None:
    client = guest_of(story, leg)
    for address in (GUEST, CASE):
        answer = client.get(address)
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["X-Robots-Tag"].startswith("noindex")
        assert answer["Cache-Control"] == "private, no-store"
    cookie = client.cookies["guest_link"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/referrals/guest/")


def test_trying_codes_is_stopped(db: None) -> None:
    client = Client(headers={"Accept-Language": "en"})
    statuses = [client.post(GUEST, {"code": "x", "command_key": f"try-{number}"}).status_code for number in range(21)]
    assert (statuses[0], statuses[-1]) == (410, 429)


def test_the_printed_form_has_number_and_code_but_no_secret(story: Story, leg: Leg) -> None:
    guest_of(story, leg)
    answer = signed_in("doctor-shan").get(reverse("referrals:paper", args=[leg.pk]))
    text = pdf_text(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert leg.request.journey.number in text
    assert PatientIdentity.objects.get().name in text
    assert "样例部队医院" in text
    assert SECRET not in text
    assert PatientIdentity.objects.get().name not in answer["Content-Disposition"]


def test_a_candidate_prints_the_form_without_the_name(story: Story) -> None:
    leg = story.sent()
    text = pdf_text(signed_in("duty-jia").get(reverse("referrals:paper", args=[leg.pk])).content)
    assert PatientIdentity.objects.get().name not in text
    assert signed_in("duty-jia").get(reverse("referrals:slip", args=[leg.pk])).status_code == 404
    assert signed_in("duty-lin").get(reverse("referrals:paper", args=[leg.pk])).status_code == 404


def test_the_blank_form_fits_one_page(story: Story) -> None:
    for language in ("en", "zh-hans"):
        content = signed_in("doctor-shan", language).get(reverse("referrals:blank-form")).content
        assert len(PdfReader(io.BytesIO(content)).pages) == 1


def test_a_qr_code_is_square_with_its_three_corners() -> None:
    rows = qr_rows("https://example.org/referrals/guest/#J26-0000001-8")
    assert {len(row) for row in rows} == {len(rows)}
    assert rows[0].startswith("11111110")
    assert rows[0].endswith("01111111")
    assert rows[-1].startswith("11111110")
