"""What people do about pairing plans in one line each: the bureau of the province pairs two givers with two receivers.

JIA1 (emergency, neurosurgery) and YI1 (emergency, weak internal medicine) may give; SHAN and XIANG may receive.
JIA1 helps SHAN today, YI1 helps XIANG.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands
from lianyi.dispatch.commands import NewPairing, PairWord
from lianyi.dispatch.models import Need, PairingMark, PairingPlan, PairingWishes, PlanRun
from lianyi.dispatch.pairing_problem import PairingData, pairing_data
from lianyi.dispatch.pairing_rules import PairingChoice
from lianyi.methods.periods import last_day_of_term
from lianyi.operations.plan_solving import solve_one
from lianyi.partnerships import commands as partnerships
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.rulebook import rule_book
from lianyi.registry.models import Institution
from tests.cast import Scene, acting_as, actor_for, make_department, make_institution, make_staff
from tests.dispatch.plan_story import MONTHS, first_day, planning

SECONDS = 20


@dataclass
class Pairing:
    """The cast with a second giver, two agreements in force, and who plans for the province."""

    scene: Scene
    yi: Institution
    bureau: Actor
    chiefs: dict[int, Actor]
    ties: tuple[Agreement, Agreement]

    def need(self, institution: Institution, specialty: str = "20", people: int | None = 1, **more: object) -> Need:
        """Return doctors whom an institution wants, open for help under no certain agreement."""
        facts: dict[str, object] = {
            "institution": institution,
            "people": people,
            "specialty": specialty,
            "profession": "doctor",
            "starts_on": first_day(),
            "ends_on": last_day_of_term(first_day(), MONTHS),
            "reason_code": "too_few",
            "reason": "人手不够",
        }
        new = commands.NewNeed(**{**facts, **more})  # type: ignore[arg-type]
        row = commands.draft_need(acting_as(self.bureau), new)
        chief = self.chiefs[institution.pk]
        for name, actor in (("submit", self.bureau), ("approve", chief), ("open", chief)):
            row = commands.take_need_step(acting_as(actor), row, name, row.version)
        return row

    def new(self, name: str = "样例结对", **more: object) -> NewPairing:
        facts: dict[str, object] = {
            "name": name,
            "donor_ids": [self.scene.jia.pk, self.yi.pk],
            "recipient_ids": [self.scene.shan.pk, self.scene.xiang.pk],
            "first_day": first_day(),
            "last_day": last_day_of_term(first_day(), MONTHS),
            "choice": PairingChoice(past_months=0),
            "seconds": SECONDS,
        }
        return NewPairing(**{**facts, **more})  # type: ignore[arg-type]

    def plan(self, name: str = "样例结对", *, actor: Actor | None = None, **more: object) -> PairingPlan:
        return commands.create_pairing(acting_as(actor or self.bureau), self.new(name, **more))

    def data(self, plan: PairingPlan) -> PairingData:
        return pairing_data(self.bureau, plan)

    def searched(self, plan: PairingPlan) -> PlanRun:
        """Ask for a search and bring it to its end in this process."""
        commands.ask_for_pairing_run(acting_as(self.bureau), plan)
        run = solve_one()
        assert run is not None
        plan.refresh_from_db()
        return run

    def mark(self, plan: PairingPlan, donor: Institution, recipient: Institution, **more: object) -> PairingMark:
        word = PairWord(donor.pk, recipient.pk, **more)  # type: ignore[arg-type]
        row = commands.mark_pair(acting_as(self.bureau), plan, word, plan.version)
        plan.refresh_from_db()
        return row

    def asked(self, plan: PairingPlan, days: int = 7) -> PairingPlan:
        """Ask both givers and both receivers for their wishes, for some days from today."""
        until = timezone.localdate() + datetime.timedelta(days=days)
        return commands.ask_for_wishes(acting_as(self.bureau), plan, until, plan.version)

    def wishes_of(self, plan: PairingPlan, institution: Institution) -> PairingWishes:
        return PairingWishes.objects.get(plan=plan, institution=institution)

    def stated(
        self,
        plan: PairingPlan,
        institution: Institution,
        actor: Actor,
        ranks: Mapping[int, int],
        refusals: Mapping[int, str] | None = None,
    ) -> PairingWishes:
        """Let an office say all that its institution wishes."""
        row = self.wishes_of(plan, institution)
        given = {key: ranks.get(key) for key in {*self.other_side(row), *ranks}}
        word = commands.WishList(institution.pk, row.side, given, refusals or {})
        row = commands.state_wishes(acting_as(actor), row, word, row.version)
        plan.refresh_from_db()
        return row

    def other_side(self, row: PairingWishes) -> set[int]:
        givers = {self.scene.jia.pk, self.yi.pk}
        return {self.scene.shan.pk, self.scene.xiang.pk} if row.side == "donor" else givers

    def decided(self, plan: PairingPlan) -> PairingPlan:
        return commands.take_pairing_step(acting_as(self.bureau), plan, "decide", plan.version)


def pairing(scene: Scene) -> Pairing:
    yi = make_institution("YI1", "甲市第二医院", "general_hospital", scene.city)
    emergency = make_department(yi, "EM", "急诊科", "20")
    make_department(yi, "IM", "内科", "03")
    for code in ("Y1", "Y2"):
        make_staff(yi, code, f"样例乙{code}", department=emergency)
    bureau = actor_for("bureau", scene.country.pk, "dispatch_planner")
    other = planning(scene)
    chiefs = {
        scene.shan.pk: other.chief_shan,
        scene.xiang.pk: actor_for("chief-xiang", scene.xiang.pk, "supported_office"),
    }
    first = other.agreement
    office_yi = actor_for("office-yi", yi.pk, "lead_office")
    new = partnerships.NewAgreement(
        code="JS-YI",
        title_zh="甲市第二医院支援东乡卫生院",
        kind="counterpart_support",
        starts_on=first.starts_on,
        ends_on=first.ends_on,
        parties={yi.pk: "supporting", scene.xiang.pk: "supported"},
    )
    second = partnerships.draft_agreement(acting_as(office_yi), rule_book(), new)
    duty = partnerships.NewDuty("D01", "派驻", "persons_posted", 1, "person", "year")  # type: ignore[arg-type]
    partnerships.add_duty(acting_as(office_yi), second, duty)
    second.refresh_from_db()
    partnerships.put_in_force(acting_as(office_yi), second, second.version)
    scene.confirm(second, chiefs[scene.xiang.pk])
    return Pairing(scene, yi, bureau, chiefs, (first, second))


def pairs_of(plan: PairingPlan) -> list[tuple[str, str, int, str]]:
    return [
        (row.donor.code, row.recipient.code, row.people, row.standing)
        for row in plan.pairs.order_by("recipient__code", "donor__code")
    ]
