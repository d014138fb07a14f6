"""The people of the referral tests beside the cast, and short words for what they do.

Doctor Xiang works at 东乡卫生院 and refers; Doctor Shan refers from and takes back at 山县人民医院; Duty Jia answers at
甲市第一医院 and Head Jia leads its emergency department; Duty Lin stands outside with the same role.
"""

from __future__ import annotations

import datetime
import itertools
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.partnerships.models import Agreement
from lianyi.referrals.commands.receivers import Receiver
from lianyi.referrals.commands.writing import NewReferral, draft_referral
from lianyi.referrals.facts import NeedAnswer, ReturnPlanFacts, StepFacts
from lianyi.referrals.identities import PatientFacts
from lianyi.referrals.machine import BY_NAME
from lianyi.referrals.models import Leg, Packet, Request, ReturnNeed
from lianyi.referrals.packets import counts_kept, items_of
from lianyi.referrals.policies import policy_of
from lianyi.referrals.walking import take_step
from lianyi.registry.models import Institution
from lianyi.rules.referral_policy import PacketItem, PacketKind, ReferralUrgency
from tests.cast import Scene, acting_as, actor_for

_patients = itertools.count(1)
STABLE = {"vital_signs_stable": True, "plan_settled": True}


def patient(**more: Any) -> PatientFacts:
    """Return an obviously invented patient."""
    number = next(_patients)
    facts: dict[str, Any] = {
        "name": f"样例病人{number:03d}",
        "sex": "female",
        "born_on": datetime.date(1956, 3, 9),
        "id_number": f"TEST-{number:06d}",
        "phone": f"000-{number:04d}",
    }
    return PatientFacts(**{**facts, **more})


def filler(item: PacketItem) -> Any:
    """Return some value that the form takes for an item."""
    if item.kind is PacketKind.NUMBER:
        return item.minimum if item.minimum is not None else 1
    if item.kind is PacketKind.CHOICE:
        return item.choices[0].code
    if item.kind is PacketKind.DATE:
        return "2026-01-05"
    if item.kind is PacketKind.TIME:
        return "2026-01-05T03:00:00+08:00"
    return True if item.kind is PacketKind.YES_NO else "样例"


@dataclass
class Story:
    """The cast of a referral, and what they do in one line each."""

    scene: Scene
    agreement: Agreement
    doctor_xiang: Actor
    doctor_shan: Actor
    duty_jia: Actor
    head_jia: Actor
    duty_shan: Actor
    duty_lin: Actor
    coordinator: Actor

    def draft(self, *receivers: Institution, **more: Any) -> Request:
        """Let Doctor Shan write a complete referral up to 甲市第一医院."""
        values: dict[str, Any] = {
            "from_institution_id": self.scene.shan.pk,
            "direction": "up",
            "urgency": "routine",
            "reason": "needs_tests",
            "problem_code": "I20",
            "patient": patient(),
            "receivers": [Receiver(institution_id=each.pk) for each in receivers or (self.scene.jia,)],
            "agreement_id": self.agreement.pk,
            "has_consent": True,
            "question": "样例问题",
            "override_code": "only_able",
        }
        actor = more.pop("actor", self.doctor_shan)
        complete = more.pop("complete", True)
        at = more.pop("at", None)
        context = acting_as(actor)
        if at is not None:
            context = type(context)(actor, context.key, occurred_at=at)
        row = draft_referral(context, NewReferral(**{**values, **more}))
        if complete:
            self.complete(row)
        return row

    def complete(self, row: Request) -> None:
        """Fill the form with something for each item that it asks."""
        policy = policy_of(row.policy)
        items = items_of(row, policy)
        values = {item.code: filler(item) for item in items}
        required = policy.required_items(ReferralUrgency(row.urgency), row.direction, row.condition)
        Packet.objects.filter(request=row).update(values=values, **counts_kept(values, items, required))

    def sent(self, *receivers: Institution, **more: Any) -> Leg:
        """Return the first leg of a referral that was written and sent."""
        row = self.draft(*receivers, **more)
        legs = list(Leg.objects.filter(request=row).order_by("number"))
        actor = more.get("actor", self.doctor_shan)
        for leg in legs:
            self.step(leg, "send", actor)
        return legs[0]

    def step(self, leg: Leg, name: str, actor: Actor, at: datetime.datetime | None = None, **said: Any) -> Leg:
        """Take a step with the version that the leg has now; a reason brings a sentence with it."""
        leg.refresh_from_db()
        if said.get("reason_code") and "text" not in said:
            said["text"] = "样例理由"
        facts = StepFacts(occurred_at=at, **said)
        take_step(acting_as(actor), leg.pk, name, facts, leg.version)
        leg.refresh_from_db()
        return leg

    def accepted(self, **more: Any) -> Leg:
        """Return a leg to which Duty Jia said yes with a bed."""
        leg = self.sent(**more)
        self.step(leg, "open", self.duty_jia)
        return self.step(
            leg,
            "accept_with_bed",
            self.duty_jia,
            contact="样例联系人 000-1111",
            expected_at=timezone.now() + datetime.timedelta(hours=3),
            capacity_confirmed=True,
        )

    def under_care(self, **more: Any) -> Leg:
        leg = self.accepted(**more)
        self.step(leg, "arrive", self.duty_jia)
        return self.step(leg, "take_over", self.duty_jia)

    def plan(self, **more: Any) -> ReturnPlanFacts:
        facts: dict[str, Any] = {
            "diagnosis": "样例诊断",
            "done": "样例处置",
            "warning_signs": "样例警示",
            "send_back_if": "样例回转条件",
            "doctor_name": "样例医生",
            "doctor_phone": "000-2222",
            "follow_up_on": (timezone.localdate() + datetime.timedelta(days=3),),
        }
        return ReturnPlanFacts(**{**facts, **more})

    def returning(self, leg: Leg, **more: Any) -> Leg:
        """Let Duty Jia propose the transfer back to 山县; return the leg of the way back."""
        self.step(
            leg,
            "propose_return",
            self.duty_jia,
            institution_id=self.scene.shan.pk,
            stability=STABLE,
            agreed_by="family",
            plan=self.plan(**more),
        )
        return Leg.objects.get(request__based_on_id=leg.request_id, request__direction="down")

    def yes_to_all_needs(self, leg: Leg) -> tuple[NeedAnswer, ...]:
        needs = ReturnNeed.objects.filter(request_id=leg.request_id).order_by("pk")
        return tuple(NeedAnswer(need_id=need.pk, answer="yes") for need in needs)

    @staticmethod
    def label(name: str) -> str:
        return str(BY_NAME[name].label)


def tell(scene: Scene) -> Story:
    """Make the people of the story, with an agreement in force today between 甲市 and 山县."""
    today = timezone.localdate()
    agreement = scene.agreement("RF-1", starts_on=f"{today.year}-01-01", ends_on=f"{today.year + 1}-12-31")
    return Story(
        scene=scene,
        agreement=agreement,
        doctor_xiang=actor_for("doctor-xiang", scene.xiang.pk, "village_clinician"),
        doctor_shan=actor_for("doctor-shan", scene.shan.pk, "referring_clinician"),
        duty_jia=actor_for("duty-jia", scene.jia.pk, "duty_clinician"),
        head_jia=actor_for("head-jia", scene.jia.pk, "department_head", scene.emergency.pk),
        duty_shan=actor_for("duty-shan", scene.shan.pk, "duty_clinician"),
        duty_lin=actor_for("duty-lin", scene.lin.pk, "duty_clinician"),
        coordinator=actor_for("coordinator-shan", scene.shan.pk, "referral_coordinator"),
    )
