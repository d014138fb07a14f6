"""The pipeline in one line: SHAN and a company make a device, with the help of JIA1, from 2024 on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.growth.commands import pipeline as commands
from lianyi.growth.models import Innovation, InnovationPartner
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, acting_as, day


@dataclass
class Inventing:
    """The cast with one project at the first stage."""

    scene: Scene
    agreement: Agreement
    innovation: Innovation
    office: Actor

    def step(self, name: str, on: str, *, evidence: str = "样例文件", reason: str = "") -> Innovation:
        self.innovation.refresh_from_db()
        facts = commands.StepFacts(on=day(on), evidence=evidence)
        row = self.innovation
        return commands.take_pipeline_step(acting_as(self.office, reason), row, name, facts, row.version)

    def at_trial(self, valid_to: str = "2024-12-31") -> Innovation:
        """Bring the project to its trial with an approval from 2024-03-01 on."""
        self.step("complete", "2024-02-01")
        self.step("complete", "2024-03-01")
        new = commands.NewApproval(
            approval_number="E-1", committee="样例伦理委员会", approved_on=day("2024-03-01"), valid_to=day(valid_to)
        )
        commands.add_approval(acting_as(self.office), self.innovation, new)
        return self.step("complete", "2024-03-02")

    def partner(self, share: str, starts_on: str = "2024-02-01", ends_on: str = "") -> InnovationPartner:
        new = commands.NewPartner(
            kind="company",
            name_zh="样例公司",
            part="样机",
            share_percent=Decimal(share),
            starts_on=day(starts_on),
            ends_on=day(ends_on) if ends_on else None,
        )
        return commands.add_partner(acting_as(self.office), self.innovation, new)


def inventing(scene: Scene, agreement: Agreement | None = None) -> Inventing:
    under = scene.agreement() if agreement is None else agreement
    new = commands.NewInnovation(
        code="DEVICE",
        title_zh="样例装置",
        title_en="Sample device",
        kind="medicine_engineering",
        institution_id=scene.shan.pk,
        agreement_id=under.pk,
        started_on=day("2024-01-10"),
    )
    row = commands.create_innovation(acting_as(scene.office_shan), new)
    return Inventing(scene, under, row, scene.office_shan)


def pipeline_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return one of everything about the pipeline, for the test of scopes; every word of it is a secret."""
    office = scene.office_jia
    new = commands.NewInnovation(
        code="SECRET-I",
        title_zh="秘密装置",
        kind="result",
        institution_id=scene.jia.pk,
        agreement_id=agreement.pk,
        started_on=day("2024-01-10"),
    )
    story = Inventing(scene, agreement, commands.create_innovation(acting_as(office), new), office)
    row = story.step("complete", "2024-02-01", evidence="秘密证据")
    partner = story.partner("40")
    approved = commands.NewApproval(
        approval_number="秘密批件", committee="秘密", approved_on=day("2024-03-01"), valid_to=day("2025-03-01")
    )
    approval = commands.add_approval(acting_as(office), row, approved)
    brought = commands.NewGain(stage="idea", kind="papers", quantity=Decimal(1), on=day("2024-02-01"))
    gain = commands.add_gain(acting_as(office), row, brought)
    use = commands.add_use(acting_as(office), row, scene.jia.pk, day("2024-05-01"))
    said = commands.NewUseCheck(checked_on=day("2024-06-01"), still_used=True, note="秘密")
    check = commands.check_still_used(acting_as(office), use, said)
    return [row, row.steps.get(), partner, approval, gain, use, check]
