"""Short words for what a device sends after it worked without network, and for the hand that holds it."""

from __future__ import annotations

import datetime
import itertools
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import User
from lianyi.referrals.commands.offline_devices import register_device
from lianyi.referrals.models import (
    Leg,
    OfflineDevice,
)
from lianyi.referrals.policies import policy_of
from lianyi.rules.referral_policy import ReferralUrgency
from tests.cast import acting_as
from tests.referrals.story import Story, filler

_names = itertools.count(1)


@dataclass
class Hand:
    """Somebody with a browser, signed in, and with a device that is set up."""

    actor: Actor
    client: Client
    device: OfflineDevice

    def ask(self, name: str, body: Any) -> Any:
        content = body if isinstance(body, str) else json.dumps(body)
        return self.client.post(reverse(f"referrals:{name}"), content, content_type="application/json")

    def sync(self, *entries: dict[str, Any], **more: Any) -> dict[str, Any]:
        answer = self.ask("offline-sync", {"device": self.device.handle, "entries": list(entries), **more})
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()

    def outcome(self, entry: dict[str, Any]) -> str:
        (answer,) = self.sync(entry)["answers"]
        return answer["outcome"]


def hand(actor: Actor) -> Hand:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend")
    return Hand(actor, client, register_device(acting_as(actor), f"样例设备{next(_names)}"))


def ago(minutes: int) -> datetime.datetime:
    return timezone.now().replace(microsecond=0) - datetime.timedelta(minutes=minutes)


def entry(kind: str, content: dict[str, Any], at: datetime.datetime | None = None, **more: Any) -> dict[str, Any]:
    key = more.pop("key", None) or uuid.uuid4().hex
    return {"key": key, "kind": kind, "at": (at or ago(5)).isoformat(), "content": content, **more}


def fact(leg: Leg, step: str, at: datetime.datetime, **said: Any) -> dict[str, Any]:
    died = {"died_at": at.isoformat()} if step == "record_death" else {}
    return entry("fact", {"step": step, **died, **said}, at, leg=leg.pk)


def acceptance(leg: Leg) -> dict[str, Any]:
    content = {"step": "accept", "contact": "样例联系人", "capacity_confirmed": True}
    return entry("decision", content, leg=leg.pk)


def refusal(leg: Leg) -> dict[str, Any]:
    return entry("decision", {"step": "decline", "reason_code": "no_bed", "text": "样例理由"}, leg=leg.pk)


def new_referral(story: Story, **more: Any) -> dict[str, Any]:
    number = next(_names)
    urgency = more.get("urgency", "routine")
    known = urgency if urgency in set(ReferralUrgency) else "routine"
    policy = policy_of("general-2026")
    items = policy.packet_items(ReferralUrgency(known), "up", more.get("condition", ""))
    content = {
        "direction": "up",
        "urgency": urgency,
        "reason": "needs_tests",
        "problem_code": "I20",
        "receiver": story.scene.jia.pk,
        "agreement": story.agreement.pk,
        "basis": "consent",
        "has_consent": True,
        "question": "样例问题",
        "values": {item.code: filler(item) for item in items},
        "patient": {"name": f"样例离线病人{number}", "sex": "female", "phone": f"000-{number}"},
    }
    return entry("referral", {**content, **more})


def in_state(story: Story, state: str) -> Leg:
    if state == "sent":
        return story.sent()
    if state == "declined":
        leg = story.sent()
        return story.step(leg, "decline", story.duty_jia, reason_code="no_bed")
    if state == "accepted":
        return story.accepted()
    leg = story.accepted()
    story.step(leg, "arrive", story.duty_jia)
    if state == "arrived":
        return leg
    story.step(leg, "take_over", story.duty_jia)
    if state == "under-care":
        return leg
    story.step(leg, "send_outcome", story.duty_jia, disposition="home", text="样例")
    return story.step(leg, "acknowledge", story.doctor_shan)
