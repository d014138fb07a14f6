"""What people do about plans in one line each: SHAN asks for doctors, Office Jia plans with its own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.dispatch import commands
from lianyi.dispatch.commands import LineWish, NewScenario
from lianyi.dispatch.models import Need, PlanLine, PlanRun, PlanScenario
from lianyi.dispatch.scenario_rules import ScenarioRules
from lianyi.methods.periods import add_calendar_months, last_day_of_term
from lianyi.operations.plan_solving import solve_one
from lianyi.partnerships.models import Agreement
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for

MONTHS = 6
# The watch beside a search reads on a connection of its own: it sees only what was written for good.
with_a_watch = pytest.mark.django_db(transaction=True)


def first_day() -> datetime.date:
    """The first day of the month after next: everything planned lies ahead."""
    return add_calendar_months(timezone.localdate().replace(day=1), 2)


@dataclass
class Planning:
    """The cast with an agreement that covers the months to plan, and a second person in the office of SHAN."""

    scene: Scene
    agreement: Agreement
    chief_shan: Actor

    def need(self, people: int | None = 1, **more: object) -> Need:
        """Return an emergency doctor of intermediate title whom SHAN wants for all months, open for help."""
        facts: dict[str, object] = {
            "institution": self.scene.shan,
            "people": people,
            "specialty": "20",
            "profession": "doctor",
            "least_title_rank": "intermediate",
            "starts_on": first_day(),
            "ends_on": last_day_of_term(first_day(), MONTHS),
            "least_term_months": 3,
            "reason_code": "too_few",
            "reason": "急诊只有两名医师",
        }
        new = commands.NewNeed(**{**facts, **more})  # type: ignore[arg-type]
        row = commands.draft_need(acting_as(self.scene.office_shan), new)
        for name, actor in (("submit", self.scene.office_shan), ("approve", self.chief_shan)):
            commands.take_need_step(acting_as(actor), row, name, row.version)
        return commands.take_need_step(
            acting_as(self.scene.office_shan), row, "open", row.version, agreement=self.agreement
        )

    def scenario(self, name: str = "样例方案", *, actor: Actor | None = None, **more: object) -> PlanScenario:
        facts: dict[str, object] = {
            "name": name,
            "agreement_ids": [self.agreement.pk],
            "first_day": first_day(),
            "periods": MONTHS,
            "seconds": 20,
            "rules": ScenarioRules(fair_months=None),
        }
        new = NewScenario(**{**facts, **more})  # type: ignore[arg-type]
        return commands.create_scenario(acting_as(actor or self.scene.office_jia), new)

    def searched(self, row: PlanScenario) -> PlanRun:
        """Ask for a search and bring it to its end in this process."""
        commands.ask_for_run(acting_as(self.scene.office_jia), row)
        run = solve_one()
        assert run is not None
        row.refresh_from_db()
        return run

    def line(self, row: PlanScenario, staff: Staff, need: Need, first: int, last: int) -> PlanLine:
        wish = LineWish(staff.pk, need.pk, first, last)
        line = commands.add_line(acting_as(self.scene.office_jia), row, wish)
        row.refresh_from_db()
        return line

    def handed_over(self, row: PlanScenario) -> PlanScenario:
        return commands.hand_over_scenario(acting_as(self.scene.office_jia), row, row.version)


def planning(scene: Scene, **more: object) -> Planning:
    start = add_calendar_months(first_day(), -6).isoformat()
    end = add_calendar_months(first_day(), 24).isoformat()
    agreement = scene.agreement("JS-PLAN", starts_on=start, ends_on=end, **more)  # type: ignore[arg-type]
    return Planning(scene, agreement, actor_for("chief-shan", scene.shan.pk, "supported_office"))


def lines_of(row: PlanScenario) -> list[tuple[str, str, int, int]]:
    return [(line.staff.name_zh, line.need.code, line.first, line.last) for line in row.lines.order_by("pk")]
