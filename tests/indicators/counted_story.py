"""Sheets that are counted from records: SHAN held training sessions, and was asked to take patients back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.growth.models import TrainingSession
from lianyi.indicators.commands import counted as commands
from lianyi.indicators.commands import values as value_commands
from lianyi.indicators.commands.values import NewSheet
from lianyi.indicators.counted_figures import figures_of
from lianyi.indicators.models import IndicatorSheet, RecordCount
from lianyi.indicators.values_periods import parse_period
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, acting_as
from tests.indicators.values_story import Reporting, reporting

SESSIONS, ACCEPTANCE = "growth-training-sessions", "referral-acceptance"


@dataclass
class Counting(Reporting):
    """The cast of the sheets, with sheets of any family."""

    def sheet(self, family: str, period: str, node: OrganisationNode, actor: Actor) -> IndicatorSheet:
        kind, start = parse_period(period)
        new = NewSheet(node=node, family=family, period=kind, period_start=start)
        return value_commands.start_sheet(acting_as(actor), new)

    def growth_sheet(self, period: str = "2024-05") -> IndicatorSheet:
        return self.sheet("growth", period, self.shan, self.clerk)

    def counted(self, row: IndicatorSheet, actor: Actor | None = None) -> RecordCount:
        row.refresh_from_db()
        return commands.keep_counts(acting_as(actor or self.clerk), row, figures_of([row])[row.node_id])

    def session(self, code: str, day: str, state: str = "held", provenance: str = "recorded") -> TrainingSession:
        """Write a session as a table would, planned, held or cancelled."""
        held = {"held_on": datetime.date.fromisoformat(day), "held_minutes": 60} if state == "held" else {}
        agreement = self.scene_agreement()
        return TrainingSession.objects.create(
            agreement=agreement,
            code=code,
            kind="lecture",
            title="样例",
            day=datetime.date.fromisoformat(day),
            minutes=60,
            institution=self.scene.shan,
            state=state,
            reason="样例" if state == "cancelled" else "",
            provenance=provenance,
            **held,  # type: ignore[misc]
        )

    def scene_agreement(self) -> Agreement:
        return Agreement.objects.first() or self.scene.agreement()


def counting(scene: Scene) -> Counting:
    known = reporting(scene)
    return Counting(
        scene,
        clerk=known.clerk,
        colleague=known.colleague,
        analyst=known.analyst,
        above=known.above,
        stranger=known.stranger,
    )
