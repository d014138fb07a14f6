"""What a device may keep, and the page that works without network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from lianyi.accounts.models import ReadEvent
from lianyi.referrals.models import (
    Journey,
    PatientIdentity,
)
from lianyi.referrals.policies import policy_of
from lianyi.referrals.views.offline import MODULES
from tests.cast import actor_for
from tests.referrals.offline_story import hand, in_state
from tests.referrals.story import Story


def test_a_device_gets_the_open_cases_of_its_person_and_those_that_wait_for_the_own_side(story: Story) -> None:
    mine, waiting = story.sent(), story.sent(actor=story.doctor_shan)
    assert set(hand(story.doctor_shan).sync()["open"]) == {mine.pk, waiting.pk}
    assert set(hand(story.duty_jia).sync()["open"]) == {mine.pk, waiting.pk}
    colleague = actor_for("colleague-shan", story.scene.shan.pk, "referring_clinician")
    assert hand(colleague).sync()["open"] == []
    assert hand(story.duty_lin).sync()["open"] == []


def test_identity_is_on_the_device_only_where_the_grant_opens_it(story: Story) -> None:
    leg = story.sent()
    name = PatientIdentity.objects.get(journey=leg.request.journey).name
    (case,) = hand(story.duty_jia).sync()["cases"]
    assert case["patient"] is None
    assert name not in json.dumps(case, ensure_ascii=False)
    (own,) = hand(story.doctor_shan).sync()["cases"]
    assert own["patient"]["name"] == name
    story.step(leg, "accept", story.duty_jia, contact="样例", capacity_confirmed=True)
    (case,) = hand(story.duty_jia).sync()["cases"]
    assert case["patient"]["name"] == name
    story.step(leg, "withdraw", story.duty_jia, reason_code="no_bed")
    assert hand(story.duty_jia).sync()["open"] == []


def test_what_the_device_has_already_is_not_sent_again_and_not_logged_again(story: Story) -> None:
    story.sent()
    shan = hand(story.doctor_shan)
    first = shan.sync()
    known = {str(case["id"]): case["tag"] for case in first["cases"]}
    read = ReadEvent.objects.filter(page="referrals:offline-sync")
    assert {each.object_type for each in read} == {"referrals.leg", "referrals.patientidentity"}
    count = read.count()
    second = shan.sync(known=known, lists=first["lists"]["tag"])
    assert (second["cases"], second["lists"], second["open"]) == ([], None, first["open"])
    assert read.count() == count


def test_a_closed_case_leaves_the_device(story: Story) -> None:
    leg = in_state(story, "under-care")
    shan = hand(story.doctor_shan)
    assert shan.sync()["open"] == [leg.pk]
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    story.step(leg, "acknowledge", story.doctor_shan)
    assert shan.sync()["open"] == []
    assert Journey.objects.get().closed_at is not None


def test_the_form_goes_with_the_device_partners_first(story: Story) -> None:
    lists = hand(story.doctor_shan).sync()["lists"]["content"]
    receivers = lists["receivers"]["up"]
    assert receivers[0]["id"] == story.scene.jia.pk
    assert receivers[0]["agreement"] == story.agreement.pk
    assert story.scene.shan.pk not in {each["id"] for each in receivers}
    assert lists["person"] == {
        "node": {"zh": "山县人民医院", "en": "山县人民医院"}, "may_write": True, "may_consult": True,
    }  # fmt: skip
    policy = lists["policies"][lists["general_policy"]]
    asked = policy_of(lists["general_policy"]).packet
    assert [item["code"] for item in policy["items"]] == [item.code for item in asked]
    assert len(lists["problems"]) > 20


def test_who_writes_no_referrals_gets_no_form(story: Story) -> None:
    lists = hand(story.duty_jia).sync()["lists"]["content"]
    assert (lists["person"]["may_write"], lists["receivers"]) == (False, {})


def test_the_number_of_queries_does_not_grow_with_the_cases_by_more_than_their_sides(
    story: Story, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        story.sent()
    shan = hand(story.doctor_shan)
    with django_assert_max_num_queries(110):
        shan.sync()


def test_the_page_is_the_same_for_everybody_and_holds_nobody(story: Story, client: Client) -> None:
    address = reverse("referrals:offline")
    mine = hand(story.doctor_shan).client.get(address).content
    anybody = client.get(address, headers={"Accept-Language": "en"}).content
    assert mine == anybody
    assert b"csrfmiddlewaretoken" not in mine


def test_the_worker_may_serve_the_whole_site_and_keeps_only_the_page(client: Client, db: None) -> None:
    answer = client.get(reverse("referrals:offline-worker"))
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    kept = json.loads(answer.content.decode().split("self.LIANYI = ", 1)[1].split(";\n", 1)[0])
    assert kept["page"] == reverse("referrals:offline")
    assert all(each.startswith("/static/") for each in kept["assets"])
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_the_manifest_names_icons_of_our_own(client: Client, db: None) -> None:
    answer = client.get(reverse("referrals:offline-manifest"))
    assert answer.headers["Content-Type"] == "application/manifest+json"
    content = answer.json()
    assert (content["start_url"], content["display"]) == (reverse("referrals:offline"), "standalone")
    assert {icon["sizes"] for icon in content["icons"]} == {"any", "192x192", "512x512"}
    assert all(icon["src"].startswith("/static/") for icon in content["icons"])


def test_every_module_that_the_page_imports_is_kept(db: None) -> None:
    folder = Path(__file__).parents[2] / "src/lianyi/referrals/static/referrals/offline"
    aside = {"worker", "leaving"}
    assert {path.stem for path in folder.glob("*.js")} - aside == set(MODULES)
