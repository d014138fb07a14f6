"""Performance assessments in one line each: SHAN scores itself, two assessors of its county score and answer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.indicators.commands import performance as commands
from lianyi.indicators.commands.performance import NewRound
from lianyi.indicators.commands.performance_evidence import NewEvidence, attach_evidence
from lianyi.indicators.commands.performance_objections import Answer, answer_objection, raise_objection
from lianyi.indicators.commands.performance_steps import StepSays, take_step
from lianyi.indicators.models import PerformanceAssessment, PerformanceObjection
from lianyi.indicators.performance_checks import FindingEntry
from lianyi.indicators.performance_machine import Party
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, acting_as, actor_for, day

ALLIANCE, COUNTY = "alliance-2018", "county-community-2020"
CHEST, TIERED = "chest-pain-reaccreditation", "tiered-care-2015"
# Of the 24 points known: 4 + 2 + 3 + 2 * 5/6 + 2 + 0 + 4, two decimals after rounding.
OWN: Mapping[str, str | int | tuple[int, int]] = {
    "plan": "full", "composition": "full", "primary-members": 1, "other-members": (5, 6), "pay": "half",
    "incentive": "none", "charter": "full", "quality": "full",
}  # fmt: skip


def entry(item: str, said: str | int | tuple[int, int], reason: str = "") -> FindingEntry:
    if isinstance(said, str):
        return FindingEntry(item, grade=said, reason=reason)
    if isinstance(said, tuple):
        return FindingEntry(item, value=Decimal(said[0]), out_of=Decimal(said[1]), reason=reason)
    return FindingEntry(item, value=Decimal(said), reason=reason)


@dataclass
class Assessing:
    """The cast with an agreement in force and two assessors of the county."""

    scene: Scene
    agreement: Agreement
    scorer: Actor
    answerer: Actor

    def begun(self, scheme: str = ALLIANCE, **more: object) -> PerformanceAssessment:
        facts = {"period_from": day("2024-01-01"), "period_to": day("2024-12-31"), "agreement": self.agreement, **more}
        new = NewRound(scheme=scheme, institution=self.scene.shan, **facts)  # type: ignore[arg-type]
        return commands.start_round(acting_as(self.scene.office_shan), new)

    def own(
        self, row: PerformanceAssessment, said: Mapping[str, str | int | tuple[int, int]] = OWN
    ) -> PerformanceAssessment:
        entries = [entry(item, each) for item, each in said.items()]
        return commands.save_findings(acting_as(self.scene.office_shan), row, Party.ASSESSED, entries, row.version)

    def outside(
        self, row: PerformanceAssessment, said: Mapping[str, str | int | tuple[int, int]], reason: str = ""
    ) -> PerformanceAssessment:
        """Score from outside: as self-scored, except what is said here."""
        kept = {each.item: each for each in row.findings.filter(side="self")}
        entries = [
            FindingEntry(
                each.item, each.grade, each.value if each.source == "typed" else None, each.out_of, each.attained
            )
            for each in kept.values()
            if each.item not in said
        ]
        entries += [entry(item, each, reason) for item, each in said.items()]
        return commands.save_findings(acting_as(self.scorer), row, Party.OUTSIDE, entries, row.version)

    def step(
        self, row: PerformanceAssessment, name: str, actor: Actor, reason: str = "", **says: object
    ) -> PerformanceAssessment:
        return take_step(acting_as(actor, reason), row, name, StepSays(**says), row.version)  # type: ignore[arg-type]

    def submitted(self, scheme: str = ALLIANCE) -> PerformanceAssessment:
        row = self.own(self.begun(scheme))
        self.step(row, "self_score", self.scene.office_shan)
        return self.step(row, "submit", self.scene.office_shan)

    def opened(self) -> PerformanceAssessment:
        """A round whose charter is scored lower from outside, open for objection for a fortnight."""
        row = self.outside(self.submitted(), {"charter": "half"}, "没有执行记录")
        self.step(row, "score", self.scorer)
        return self.step(row, "open", self.scorer, objections_until=in_days(14))

    def objected(self, row: PerformanceAssessment) -> PerformanceObjection:
        return raise_objection(acting_as(self.scene.office_shan), row, "charter", "执行记录在县医院帮扶办")

    def answered(self, objection: PerformanceObjection, answer: str = "upheld", found: str = "full") -> None:
        given = Answer(answer=answer, text="已核对执行记录", finding=entry("charter", found, "已核对"))
        answer_objection(acting_as(self.answerer), objection, given, objection.version)

    def frozen(self) -> PerformanceAssessment:
        row = self.opened()
        self.answered(self.objected(row))
        row.refresh_from_db()
        self.step(row, "accept", self.scene.office_shan)
        self.step(row, "finish", self.answerer)
        return self.step(row, "freeze", self.answerer, purpose="money")

    def evidence(
        self, row: PerformanceAssessment, what: str = "样例章程", items: tuple[str, ...] = ("charter",)
    ) -> Model:
        new = NewEvidence(
            what=what, holder="县医院帮扶办", items=items, dated_on=day("2024-02-01"), leads_to_agreement=True
        )
        return attach_evidence(acting_as(self.scene.office_shan), row, Party.ASSESSED, new)


def in_days(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def assessing(scene: Scene) -> Assessing:
    agreement = scene.agreement("PERF")
    scorer = actor_for("assessor-one", scene.county.pk, "assessor")
    answerer = actor_for("assessor-two", scene.county.pk, "assessor")
    return Assessing(scene, agreement, scorer, answerer)


def performance_of(scene: Scene) -> list[Model]:
    """Return a round of JIA1 with everything in it, for the walk over all pages."""
    office = scene.office_jia
    new = NewRound(
        scheme=ALLIANCE, institution=scene.jia, period_from=day("2024-01-01"), period_to=day("2024-12-31"),
        code="SECRET-P", note="秘密备注",
    )  # fmt: skip
    row = commands.start_round(acting_as(office), new)
    piece = attach_evidence(
        acting_as(office), row, Party.ASSESSED, NewEvidence(what="秘密证据", holder="秘密持有人", items=["plan"])
    )
    commands.save_findings(acting_as(office), row, Party.ASSESSED, [entry("plan", "full", "秘密说明")], row.version)
    for name in ("self_score", "submit"):
        take_step(acting_as(office), row, name, StepSays(), row.version)
    assessor = actor_for("secret-assessor", scene.city.pk, "assessor")
    commands.save_findings(acting_as(assessor), row, Party.OUTSIDE, [entry("plan", "half", "秘密理由")], row.version)
    take_step(acting_as(assessor), row, "score", StepSays(), row.version)
    take_step(acting_as(assessor), row, "open", StepSays(objections_until=in_days(14)), row.version)
    objection = raise_objection(acting_as(office), row, "plan", "秘密异议")
    return [row, row.findings.order_by("pk").first(), piece, objection, row.events.first()]
