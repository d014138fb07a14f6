"""A project in one line: SHAN builds a chest pain centre with the help of JIA1, from 2024 on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.growth.commands import project_milestones, project_money
from lianyi.growth.commands import projects as commands
from lianyi.growth.models import Milestone, Project
from lianyi.partnerships.models import Agreement, Duty
from tests.cast import Scene, acting_as, day


@dataclass
class Building:
    """The cast with a running project of six milestones, one duty that it serves, and the offices of both sides."""

    scene: Scene
    agreement: Agreement
    duty: Duty
    project: Project

    @property
    def home(self) -> Actor:
        return self.scene.office_shan

    @property
    def partner(self) -> Actor:
        return self.scene.office_jia

    def milestone(self, number: int) -> Milestone:
        return self.project.milestones.get(number=number)

    def step(self, name: str, on: str, reason: str = "", actor: Actor | None = None) -> Project:
        self.project.refresh_from_db()
        context = acting_as(actor or self.home, reason)
        return commands.take_project_step(context, self.project, name, day(on), self.project.version)

    def reached(self, number: int, on: str, actor: Actor | None = None) -> Milestone:
        row = self.milestone(number)
        said = project_milestones.Reached(on=day(on), evidence="样例文件 1 号")
        return project_milestones.reach_milestone(acting_as(actor or self.home), row, said, row.version)

    def signed(self, number: int, actor: Actor | None = None) -> Milestone:
        row = self.milestone(number)
        return project_milestones.verify_milestone(acting_as(actor or self.partner), row, row.version)

    def moved(self, number: int, to: str, reason_code: str = "people", reason: str = "样例原因") -> Milestone:
        row = self.milestone(number)
        new = project_milestones.NewDays(planned_from=row.planned_from, planned_to=day(to), reason_code=reason_code)
        return project_milestones.move_milestone(acting_as(self.home, reason), row, new, row.version)


def new_project(agreement: Agreement, duty: Duty | None, institution_id: int, **more: object) -> commands.NewProject:
    facts = {
        "code": "CPC",
        "title_zh": "样例胸痛中心",
        "title_en": "Sample chest pain centre",
        "kind": "chest_pain_centre",
        "template": "chest-pain-centre-2026",
        "institution_id": institution_id,
        "agreement_id": agreement.pk,
        "duty_id": None if duty is None else duty.pk,
        "planned_from": day("2024-01-01"),
        "target_on": day("2025-06-30"),
    }
    return commands.NewProject(**{**facts, **more})  # type: ignore[arg-type]


def building(scene: Scene) -> Building:
    agreement = scene.agreement()
    duty = scene.duty(agreement, "D09", "project_milestones", "4", "milestone")
    new = new_project(agreement, duty, scene.shan.pk, department_id=scene.shan_emergency.pk)
    project = commands.create_project(acting_as(scene.office_shan), new)
    story = Building(scene, agreement, duty, project)
    story.step("start", "2024-01-08")
    return story


def money(story: Building, amount: str, kind: str = "spent") -> project_money.NewMoney:
    return project_money.NewMoney(
        kind=kind, money_source="county", amount_yuan=Decimal(amount), on=day("2024-02-01"), purpose="样例用途"
    )


def projects_of(scene: Scene, agreement: Agreement) -> list[Model]:
    """Return one of everything about projects, for the test of scopes; every word of it is a secret."""
    new = new_project(agreement, None, scene.jia.pk, code="SECRET-P", title_zh="秘密项目", title_en="")
    project = commands.create_project(acting_as(scene.office_jia), new)
    story = Building(scene, agreement, agreement.duties.get(), project)
    project = story.step("start", "2024-01-08", actor=scene.office_jia)
    line = project_money.add_money(acting_as(scene.office_jia), project, money(story, "7.00"))
    new_person = commands.NewPerson(staff_id=scene.an.pk, role="lead", starts_on=day("2024-01-08"))
    person = commands.add_person(acting_as(scene.office_jia), project, new_person)
    row = story.milestone(2)
    days = project_milestones.NewDays(planned_from=row.planned_from, planned_to=day("2024-07-01"), reason_code="money")
    project_milestones.move_milestone(acting_as(scene.office_jia, "秘密原因"), row, days, row.version)
    milestone = story.reached(1, "2024-02-01", scene.office_jia)
    event = project.events.order_by("pk").last()
    assert event is not None
    return [project, line, person, row.moves.get(), milestone, event]
