"""Short words for what people do with a consultation: Doctor Shan asks, Duty Jia and Head Jia answer."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.referrals.commands.consultations import NewConsultation, draft_consultation
from lianyi.referrals.consulting import allowed_consulting_actions, take_consulting_step
from lianyi.referrals.consulting_facts import ConsultingFacts, ReferralWish
from lianyi.referrals.consulting_guards import items_of
from lianyi.referrals.models import Consultation, ConsultationPacket
from lianyi.referrals.policies import policy_of
from tests.cast import acting_as
from tests.referrals.story import Story, filler, patient


def in_an_hour() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=1)


def drafted(story: Story, **more: Any) -> Consultation:
    """Let Doctor Shan write a complete consultation to 甲市第一医院."""
    kind = more.get("kind", "advice")
    values: dict[str, Any] = {
        "from_institution_id": story.scene.shan.pk,
        "to_institution_id": story.scene.jia.pk,
        "kind": kind,
        "urgency": "emergency" if kind == "emergency" else "routine",
        "question": "样例会诊问题",
        "specialties": ["04.02", "20"] if kind == "multi_specialist" else ["04.02"],
        "patient": patient(),
        "problem_code": "I63",
        "agreement_id": story.agreement.pk,
        "has_consent": True,
    }
    actor = more.pop("actor", story.doctor_shan)
    complete = more.pop("complete", True)
    row = draft_consultation(acting_as(actor), NewConsultation(**{**values, **more}))
    if complete:
        items = items_of(row, policy_of(row.policy))
        ConsultationPacket.objects.filter(consultation=row).update(values={item.code: filler(item) for item in items})
    return row


def step(row: Consultation, name: str, actor: Actor, at: datetime.datetime | None = None, **said: Any) -> Consultation:
    """Take a step with the version that the consultation has now; a reason brings a sentence with it."""
    row.refresh_from_db()
    if said.get("reason_code") and "text" not in said:
        said["text"] = "样例理由"
    facts = ConsultingFacts(occurred_at=at, **said)
    take_consulting_step(acting_as(actor), row.pk, name, facts, row.version)
    row.refresh_from_db()
    return row


def asked(story: Story, **more: Any) -> Consultation:
    return step(drafted(story, **more), "ask", story.doctor_shan)


def accepted(story: Story, **more: Any) -> Consultation:
    return step(asked(story, **more), "accept", story.duty_jia)


def scheduled(story: Story, **more: Any) -> Consultation:
    return step(
        asked(story, **{"kind": "live", **more}), "accept_with_time", story.duty_jia, scheduled_for=in_an_hour()
    )


def in_session(story: Story, **more: Any) -> Consultation:
    return step(scheduled(story, **more), "start", story.duty_jia)


def answered(story: Story, **more: Any) -> Consultation:
    return step(accepted(story, **more), "sign_opinion", story.duty_jia, opinion="样例意见")


def read(story: Story, **more: Any) -> Consultation:
    return step(answered(story, **more), "read", story.doctor_shan)


def closed(story: Story, **more: Any) -> Consultation:
    return step(read(story, **more), "close", story.doctor_shan, followed="yes")


def wish(story: Story, **more: Any) -> ReferralWish:
    values: dict[str, Any] = {
        "to_institution_id": story.scene.jia.pk,
        "reason": "needs_tests",
        "agreement_id": story.agreement.pk,
        "has_consent": True,
    }
    return ReferralWish(**{**values, **more})


def names(actor: Actor, row: Consultation) -> set[str]:
    """Return the names of the steps open to somebody."""
    row.refresh_from_db()
    return {action.step.name for action in allowed_consulting_actions(actor, row)}
