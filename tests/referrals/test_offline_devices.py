"""Devices: set up, blocked, ended with the affiliation; what is no exchange is refused."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError
from lianyi.accounts.models import Affiliation, AuditEvent, User
from lianyi.referrals.commands.offline_devices import register_device, revoke_device
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError
from lianyi.referrals.models import (
    OfflineDevice,
    Request,
)
from lianyi.referrals.offline_keys import device_key
from tests.cast import acting_as, actor_for
from tests.referrals.offline_story import Hand, entry, hand, new_referral
from tests.referrals.story import Story


def test_a_key_belongs_to_one_device_of_one_person_and_is_stored_nowhere(story: Story) -> None:
    one, two, other = hand(story.doctor_shan), hand(story.doctor_shan), hand(story.duty_jia)
    keys = {device_key(each.device) for each in (one, two, other)}
    assert len(keys) == 3
    stored = " ".join(str(value) for row in OfflineDevice.objects.values_list() for value in row)
    assert not [key for key in keys if key in stored]
    assert device_key(OfflineDevice.objects.get(pk=one.device.pk)) == device_key(one.device)


def test_a_device_is_set_up_over_the_web_and_gets_the_same_key_again(story: Story) -> None:
    shan = hand(story.doctor_shan)
    given = shan.ask("offline-register", {"name": "样例诊室", "command_key": uuid.uuid4().hex}).json()
    again = shan.ask("offline-key", {"device": given["device"], "command_key": uuid.uuid4().hex}).json()
    assert given["key"] == again["key"]
    assert len(given["key"]) == 44
    assert (given["days"], given["lock_minutes"]) == (7, 10)
    other = hand(story.duty_jia).ask("offline-key", {"device": given["device"], "command_key": uuid.uuid4().hex})
    assert (other.status_code, other.json()["standing"]) == (403, "other_person")
    assert AuditEvent.objects.filter(action="referrals.offline_device.give_key").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_device_needs_a_name(story: Story, name: str) -> None:
    with pytest.raises(FactsRefusedError):
        register_device(acting_as(story.doctor_shan), name)


def test_nobody_has_more_devices_than_hands(story: Story) -> None:
    for number in range(8):
        register_device(acting_as(story.doctor_shan), f"设备{number}")
    with pytest.raises(GuardRefusedError, match="8 are allowed"):
        register_device(acting_as(story.doctor_shan), "一台太多")


def _standing(shan: Hand) -> str:
    answer = shan.client.get(
        reverse("referrals:offline-session"), headers={"X-Offline-Device": shan.device.handle}
    ).json()
    return answer["standing"]


def _refused(shan: Hand) -> tuple[int, str]:
    answer = shan.ask("offline-sync", {"device": shan.device.handle, "entries": []})
    return answer.status_code, answer.json()["standing"]


def test_a_blocked_device_gets_neither_key_nor_cases(story: Story) -> None:
    shan = hand(story.doctor_shan)
    assert _standing(shan) == "in_use"
    address = reverse("referrals:offline-device-revoke", args=[shan.device.pk])
    assert shan.client.post(address, {"command_key": uuid.uuid4().hex}).status_code == 302
    assert _standing(shan) == "ended"
    assert _refused(shan) == (403, "ended")
    key = shan.ask("offline-key", {"device": shan.device.handle, "command_key": uuid.uuid4().hex})
    assert (key.status_code, "key" in key.json()) == (403, False)
    with pytest.raises(GuardRefusedError, match="already"):
        revoke_device(acting_as(story.doctor_shan), shan.device.pk)


def test_an_ended_affiliation_ends_the_device(story: Story) -> None:
    shan = hand(story.doctor_shan)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Affiliation.objects.filter(pk=story.doctor_shan.affiliation_id).update(valid_to=yesterday)
    assert _standing(shan) == "ended"
    assert _refused(shan) == (403, "ended")


def test_a_person_shut_out_is_told_so_without_signing_in(story: Story) -> None:
    shan = hand(story.doctor_shan)
    User.objects.filter(pk=story.doctor_shan.user_id).update(is_active=False)
    assert _standing(shan) == "ended"
    assert _refused(shan) == (401, "signed_out")


def test_another_person_cannot_send_through_the_device(story: Story) -> None:
    shan, jia = hand(story.doctor_shan), hand(story.duty_jia)
    stolen = Hand(jia.actor, jia.client, shan.device)
    assert _standing(stolen) == "other_person"
    assert _refused(stolen) == (403, "other_person")


def test_an_unknown_device_has_ended(story: Story) -> None:
    shan = hand(story.doctor_shan)
    shan.device.handle = "f" * 32
    assert _refused(shan) == (403, "ended")


def test_nobody_signed_in_is_told_so_in_words_of_the_device(client: Client, db: None) -> None:
    answer = client.post(reverse("referrals:offline-sync"), "{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (401, {"standing": "signed_out"})
    assert client.get(reverse("referrals:offline-session")).json()["signed_in"] is False


def test_what_is_sent_is_protected_against_forgery(story: Story) -> None:
    strict = Client(enforce_csrf_checks=True)
    user = User.objects.get(pk=story.doctor_shan.user_id)
    strict.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    device = register_device(acting_as(story.doctor_shan), "样例")
    body = json.dumps({"device": device.handle, "entries": []})
    address = reverse("referrals:offline-sync")
    assert strict.post(address, body, content_type="application/json").status_code == 403
    token = strict.get(reverse("referrals:offline-session")).json()["token"]
    sent = strict.post(address, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert sent.status_code == 200


def test_an_administrator_blocks_the_device_of_somebody_at_the_own_institution_only(story: Story) -> None:
    shan = hand(story.doctor_shan)
    elsewhere = actor_for("admin-lin", story.scene.lin.pk, "administrator")
    here = actor_for("admin-shan", story.scene.shan.pk, "administrator")
    with pytest.raises(NotFoundInScopeError):
        revoke_device(acting_as(elsewhere), shan.device.pk)
    with pytest.raises(NotFoundInScopeError):
        revoke_device(acting_as(story.duty_jia), shan.device.pk)
    page = hand_without_device(here).get(reverse("referrals:offline-devices")).content.decode()
    assert shan.device.name in page
    revoke_device(acting_as(here), shan.device.pk)
    assert _standing(shan) == "ended"


def hand_without_device(actor: Actor) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("body", ["", "[]", "nonsense", '{"entries": 3}', "1" * 10])
def test_what_is_no_exchange_is_refused(story: Story, body: str) -> None:
    answer = hand(story.doctor_shan).ask("offline-sync", body)
    assert answer.status_code in (403, 422)
    assert "message" in answer.json()


@pytest.mark.parametrize(
    "change", [{"key": "x"}, {"key": "a b c d e f g h"}, {"key": None}, {"key": 7}, {"key": "k" * 41}]
)
def test_an_entry_without_a_proper_key_makes_the_batch_unreadable(story: Story, change: dict[str, Any]) -> None:
    shan = hand(story.doctor_shan)
    answer = shan.ask("offline-sync", {"device": shan.device.handle, "entries": [{**new_referral(story), **change}]})
    assert answer.status_code == 422
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "change", [{"kind": "wish"}, {"kind": None}, {"content": []}, {"leg": "1"}, {"of": 5}, {"at": None}]
)
def test_an_unreadable_entry_is_refused_and_the_others_are_done(story: Story, change: dict[str, Any]) -> None:
    shan = hand(story.doctor_shan)
    bad, good = {**new_referral(story), **change}, new_referral(story)
    answers = {each["key"]: each["outcome"] for each in shan.sync(bad, good)["answers"]}
    assert answers == {bad["key"]: "refused", good["key"]: "done"}


def test_too_many_entries_at_once_are_refused(story: Story) -> None:
    shan = hand(story.doctor_shan)
    many = [entry("message", {"text": "x"}, leg=1) for _ in range(51)]
    answer = shan.ask("offline-sync", {"device": shan.device.handle, "entries": many})
    assert (answer.status_code, "at most 50" in answer.json()["message"]) == (422, True)


def test_the_key_of_somebody_elses_command_is_refused(story: Story) -> None:
    written = new_referral(story)
    hand(story.doctor_shan).sync(written)
    assert hand(story.doctor_xiang).outcome(written) == "refused"
    assert Request.objects.count() == 1
