"""Assessments in one line each: offices of SHAN look at SHAN, those of JIA1 from outside; SHAN has a surgical ward."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.growth.assessments_checks import ItemEntry, with_result
from lianyi.growth.commands import assessments as commands
from lianyi.growth.commands.assessments import NewAssessment
from lianyi.growth.models import CapabilityAssessment
from lianyi.growth.rulebook import checklist_book
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Department
from tests.cast import Scene, acting_as, actor_for, day, make_department

GENERAL, CHEST, DEPARTMENT = "general-readiness-2015", "chest-pain-centre", "department-growth"
# The worked example of the methods: items present of each domain.
EXAMPLE = {"amenities": 5, "equipment": 5, "precautions": 8, "diagnostics": 4, "medicines": 12}


@dataclass
class Growing:
    """The cast with an agreement in force, a department of SHAN, and somebody beside each office."""

    scene: Scene
    agreement: Agreement
    surgery: Department
    checker_shan: Actor
    checker_jia: Actor

    def begun(
        self,
        checklist: str = GENERAL,
        actor: Actor | None = None,
        department: Department | None = None,
        on: str = "2024-05-01",
    ) -> CapabilityAssessment:
        new = NewAssessment(
            institution=self.scene.shan,
            checklist=checklist,
            assessed_on=day(on),
            department_id=None if department is None else department.pk,
            agreement=self.agreement,
        )
        return commands.start_assessment(acting_as(actor or self.scene.office_shan), new)

    def filled(
        self, row: CapabilityAssessment, results: Mapping[str, str | float], actor: Actor | None = None
    ) -> CapabilityAssessment:
        """Save results by item; a number is a measured value, whose result is told by its limit."""
        entries = [entry(row, item, said) for item, said in results.items()]
        return commands.save_items(acting_as(actor or self.scene.office_shan), row, entries, row.version)

    def step(
        self, row: CapabilityAssessment, name: str, actor: Actor | None = None, reason: str = ""
    ) -> CapabilityAssessment:
        context = acting_as(actor or self.checker_shan, reason)
        return commands.take_assessment_step(context, row, name, row.version)

    def final(
        self,
        checklist: str,
        results: Mapping[str, str | float],
        on: str = "2024-05-01",
        department: Department | None = None,
    ) -> CapabilityAssessment:
        row = self.filled(self.begun(checklist, department=department, on=on), results)
        self.step(row, "submit", self.scene.office_shan)
        self.step(row, "check")
        return self.step(row, "finish")


def entry(row: CapabilityAssessment, item: str, said: str | float) -> ItemEntry:

    found = checklist_book().get(row.checklist).item(item)
    if isinstance(said, str):
        return ItemEntry(item, said)
    return with_result(found, ItemEntry(item, "", said))


def example_results() -> dict[str, str | float]:
    """Return the worked example: so many items of each domain met, all others not."""
    results: dict[str, str | float] = {}
    for domain, met in EXAMPLE.items():
        for at, item in enumerate(checklist_book().get(GENERAL).in_domain(domain)):
            results[item.id] = "met" if at < met else "not_met"
    return results


def growing(scene: Scene) -> Growing:
    start, end = "2024-01-01", (datetime.date(2024, 1, 1) + datetime.timedelta(days=4000)).isoformat()
    agreement = scene.agreement("GROW", starts_on=start, ends_on=end)
    surgery = make_department(scene.shan, "NS", "神经外科", "04.02")
    checker_shan = actor_for("checker-shan", scene.shan.pk, "supported_office")
    checker_jia = actor_for("checker-jia", scene.jia.pk, "lead_office")
    return Growing(scene, agreement, surgery, checker_shan, checker_jia)
