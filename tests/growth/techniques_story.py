"""Techniques in one line each: the emergency department of SHAN learns from people whom JIA1 sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.dispatch.models import Posting
from lianyi.growth.commands import technique_cases as cases
from lianyi.growth.commands import techniques as commands
from lianyi.growth.models import DepartmentTechnique, TechniqueCase
from lianyi.partnerships.models import Agreement, Duty
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, day, make_staff


@dataclass
class Learning:
    """The cast with a team of 2024 and a technique of SHAN's own: 2 seen, 2 assisted, 5 under supervision."""

    scene: Scene
    agreement: Agreement
    duty: Duty
    teacher: Posting
    local: Staff
    head: Actor
    technique: DepartmentTechnique = field(init=False)

    @property
    def office(self) -> Actor:
        return self.scene.office_jia

    @property
    def home(self) -> Actor:
        return self.scene.office_shan

    def chosen(self, actor: Actor | None = None, **more: Any) -> DepartmentTechnique:
        facts = {"department": self.scene.shan_emergency, "chosen_on": day("2024-01-08"), "duty": self.duty, **more}
        new = commands.NewTechnique(**facts)
        return commands.choose_technique(acting_as(actor or self.office), self.agreement, new)

    def case(self, on: str, part: str, count: int = 1, **more: Any) -> TechniqueCase:
        """Record cases: by the teacher with the local person, or by the local person alone."""
        facts: dict[str, Any] = {"local_staff_id": self.local.pk, "posting_id": self.teacher.pk}
        if part == "alone":
            facts["posting_id"] = None
        if part == "none":
            facts["local_staff_id"] = None
        actor = more.pop("actor", self.home)
        new = cases.NewCase(done_on=day(on), part=part, count=count, **{**facts, **more})
        return cases.record_case(acting_as(actor), self.technique, new)

    def step(self, name: str, actor: Actor, on: str = "", reason: str = "") -> DepartmentTechnique:
        self.technique.refresh_from_db()
        said = commands.StepWords(day(on) if on else None)
        context = acting_as(actor, reason)
        return commands.take_technique_step(context, self.technique, name, said, self.technique.version)

    def ready(self) -> None:
        self.step("confirm_ready", self.home, "2024-01-10")

    def taught(self) -> None:
        """Let the department climb to the rung below alone; the last case is on 20 March 2024."""
        self.ready()
        self.case("2024-01-15", "observed", 2)
        self.case("2024-02-05", "assisted", 2)
        self.case("2024-03-04", "supervised", 3)
        self.case("2024-03-20", "supervised", 2)

    def alone(self, since: str = "2024-04-01") -> None:
        """Let both sides sign that the department does it alone."""
        self.taught()
        self.step("propose", self.office, since)
        self.step("sign", self.home)


def learning(scene: Scene) -> Learning:
    agreement = scene.agreement()
    duty = scene.duty(agreement, "D02", "techniques_independent", "2", "technique")
    teacher = scene.stayed(agreement, scene.an, "2024-01-02", "2024-06-30", to_department_id=scene.shan_emergency.pk)
    local = make_staff(scene.shan, "S1", "样例山一", department=scene.shan_emergency)
    head = actor_for("head-shan", scene.shan.pk, "department_head", scene.shan_emergency.pk)
    story = Learning(scene, agreement, duty, teacher, local, head)
    story.technique = story.chosen(name_zh="样例技术", name_en="Sample technique")
    return story


def techniques_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return a technique of the emergency department of SHAN, attested, with a case and a step."""
    new = commands.NewTechnique(
        department=scene.shan_emergency, chosen_on=day("2024-02-01"), item="stemi-thrombolysis", reason="秘密理由"
    )
    row = commands.choose_technique(acting_as(scene.office_jia), agreement, new)
    attested = commands.attest_precondition(acting_as(scene.office_shan), row, "equipment-ecg", "秘密证据")
    local = make_staff(scene.shan, "S1", "秘密人员", department=scene.shan_emergency)
    done = cases.NewCase(done_on=day("2024-03-04"), part="alone", local_staff_id=local.pk, note="秘密备注")
    case = cases.record_case(acting_as(scene.office_shan), row, done)
    return [row, attested, case, row.steps.get()]
