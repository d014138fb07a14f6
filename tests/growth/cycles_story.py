"""Capability cycles in one line each: Office Jia keeps the cycle of the agreement that supports SHAN."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.growth.commands import cycle_plans, cycles
from lianyi.growth.commands.cycle_plans import NewLine
from lianyi.growth.commands.cycles import NewCycle, NewGap
from lianyi.growth.cycles_gathering import figures_for, gaps_for
from lianyi.growth.cycles_looking_back import gaps_now
from lianyi.growth.cycles_ranking import GapLine, in_order
from lianyi.growth.models import CapabilityCycle, CapabilityGap, GapPlanLine
from lianyi.growth.queries import cycles as queries
from lianyi.growth.rulebook import ranking_on
from tests.cast import acting_as, day
from tests.growth.assessments_story import DEPARTMENT, Growing

WEAK: dict[str, str | float] = {"leader": "not_met", "three": "not_met", "beds": "met", "review": "not_met"}
BETTER: dict[str, str | float] = {"leader": "met", "three": "not_met", "beds": "met"}


@dataclass
class Turning:
    """The cast of assessments with a cycle that stands at its first step."""

    growing: Growing
    cycle: CapabilityCycle

    @property
    def office(self) -> Actor:
        return self.growing.scene.office_jia

    def assessed(self, results: dict[str, str | float], on: str) -> None:
        self.growing.final(DEPARTMENT, results, on, self.growing.surgery)

    def step(self, name: str, on: str = "2024-03-01") -> CapabilityCycle:
        return cycles.take_cycle_step(acting_as(self.office), self.cycle, name, day(on))

    def gathered(self, actor: Actor | None = None) -> list[GapLine]:
        found = self.found(actor)
        cycles.gather_gaps(acting_as(self.office), self.cycle, found)
        return self.order()

    def found(self, actor: Actor | None = None) -> list[object]:
        ranking = ranking_on(timezone.localdate())
        institutions = [self.growing.scene.shan]
        figures = figures_for(actor or self.office, institutions)
        return list(gaps_for(actor or self.office, institutions, ranking, figures))

    def order(self) -> list[GapLine]:
        return in_order(queries.gaps_of(self.office, self.cycle), ranking_on(timezone.localdate()))

    def gap(self, item: str) -> CapabilityGap:
        return CapabilityGap.objects.get(cycle=self.cycle, item=item)

    def written(self, words: str = "缺康复治疗师", **more: object) -> CapabilityGap:
        facts = {"institution": self.growing.scene.shan, "words_zh": words, "seen_on": day("2024-02-01"), **more}
        return cycles.write_gap(acting_as(self.office), self.cycle, NewGap(**facts))  # type: ignore[arg-type]

    def planned(self, gap: CapabilityGap, kind: str = "training", **more: object) -> GapPlanLine:
        facts = {"what": "进修三个月", "owner_side": "supporting", "due_on": day("2024-12-31"), "kind": kind, **more}
        return cycle_plans.add_line(acting_as(self.office), gap, NewLine(**facts))  # type: ignore[arg-type]

    def moved(self, gap: CapabilityGap, place: int | None, reason: str = "院方今年先做这一项") -> CapabilityGap:
        return cycles.move_gap(acting_as(self.office, reason), gap, place, gap.version)

    def looked_back(self) -> CapabilityCycle:
        found = gaps_now(self.office, queries.gaps_of(self.office, self.cycle), ranking_on(timezone.localdate()))
        return cycle_plans.look_back(acting_as(self.office), self.cycle, found)

    def next_cycle(self, on: datetime.date) -> Turning:
        row = cycles.open_cycle(acting_as(self.office), self.growing.agreement, NewCycle(started_on=on))
        return Turning(self.growing, row)


def turning(growing: Growing) -> Turning:
    new = NewCycle(started_on=day("2024-01-05"), aim="神经外科站得住", review_due_on=day("2024-12-31"))
    row = cycles.open_cycle(acting_as(growing.scene.office_jia), growing.agreement, new)
    return Turning(growing, row)
