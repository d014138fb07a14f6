"""Settled monthly values in one line each, and a case walked step by step."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db.models import Model
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.commands import quality as commands
from lianyi.indicators.commands.quality import NewQualityCase, NewRebase, Ownership, QualitySays
from lianyi.indicators.models import IndicatorSheet, IndicatorValue, QualityAction, QualityCase, SheetState
from lianyi.indicators.values_periods import next_start
from tests.cast import Scene, acting_as, actor_for, as_service, day
from tests.indicators.values_story import write_definitions

FAMILY, SHARE, MINUTES, COUNT = "sample-monthly", "sample-referral-share", "sample-minutes", "sample-visits"
FIRST = day("2023-01-01")
# Waits that swing about sixty minutes, and a later rise that no chance gives.
QUIET = (60, 62, 59, 61, 60, 58, 61, 62, 59, 60, 61, 59, 60, 62, 58, 60)
RAISED = (*QUIET[:12], 78, 77, 79, 78, 80, 78, 77, 79)


def keep(
    node: OrganisationNode,
    figures: Iterable[tuple[float, float | None] | None],
    code: str = MINUTES,
    first: datetime.date = FIRST,
    state: str = SheetState.LOCKED,
) -> None:
    """Keep one value for each month; None leaves the month out."""
    for at, figure in enumerate(figures):
        if figure is None:
            continue
        start = next_start("month", first, at)
        sheet, _made = IndicatorSheet.objects.get_or_create(
            node=node, family=FAMILY, period="month", period_start=start, defaults={"state": state}
        )
        IndicatorValue.objects.create(
            sheet=sheet,
            node=node,
            code=code,
            definition_version=1,
            period_start=start,
            numerator=Decimal(str(figure[0])),
            denominator=None if figure[1] is None else Decimal(str(figure[1])),
            provenance="reported",
        )


def waits(values: Sequence[float | None]) -> list[tuple[float, float | None] | None]:
    """Return mean waits as their minutes in all over a hundred patients."""
    return [None if value is None else (value * 100, 100) for value in values]


@dataclass
class Quality:
    """SHAN with an owner and a doer, an analyst of the county, one above it, and one elsewhere."""

    scene: Scene
    owner: Actor
    doer: Actor
    analyst: Actor
    above: Actor
    stranger: Actor

    @property
    def shan(self) -> OrganisationNode:
        return OrganisationNode.objects.get(pk=self.scene.shan.pk)

    def raised(self, after: Sequence[float] = ()) -> None:
        """Keep waits that rose in 2024-01, and those of the months from 2024-09 on."""
        keep(self.shan, waits([*RAISED, *after]))

    def opened(self, start: str = "2024-01-01", actor: Actor | None = None) -> QualityCase:
        new = NewQualityCase(node=self.shan, indicator=MINUTES, period="month", start=day(start))
        return commands.open_case(acting_as(actor or self.analyst), new)

    def step(
        self, row: QualityCase, name: str, actor: Actor | None = None, says: QualitySays | None = None, reason: str = ""
    ) -> QualityCase:
        given = says or QualitySays()
        return commands.take_quality_step(acting_as(actor or self.analyst, reason), row, name, given, row.version)

    def owned(self, row: QualityCase) -> QualityCase:
        due = timezone.localdate() + datetime.timedelta(days=30)
        return self.step(row, "assign", says=QualitySays(ownership=Ownership(due_on=due, owner_id=self.owner.user_id)))

    def with_cause(self, row: QualityCase) -> QualityCase:
        says = QualitySays(cause_kind="staff", cause="second clinic room closed")
        return self.step(self.owned(row), "find_cause", self.owner, says)

    def agreed(self, row: QualityCase) -> QualityCase:
        due = timezone.localdate() + datetime.timedelta(days=20)
        says = QualitySays(what="open the room again", ownership=Ownership(due_on=due, owner_id=self.doer.user_id))
        return self.step(self.with_cause(row), "agree", self.owner, says)

    def done(self, row: QualityCase, on: str = "2024-08-20") -> QualityCase:
        case = self.agreed(row)
        action = QualityAction.objects.get(case=case)
        commands.finish_action(acting_as(self.doer), action, day(on), "roster seen", action.version)
        case.refresh_from_db()
        return case

    def checking(self, row: QualityCase) -> QualityCase:
        return self.step(self.done(row), "start_check")


def quality(scene: Scene) -> Quality:
    return Quality(
        scene,
        owner=actor_for("shan-owner", scene.shan.pk, "supported_office"),
        doer=actor_for("shan-doer", scene.shan.pk, "supported_office"),
        analyst=actor_for("county-quality", scene.county.pk, "indicator_analyst"),
        above=actor_for("province-quality", scene.county.parent_id or 0, "indicator_analyst"),
        stranger=actor_for("elsewhere-quality", scene.outside.pk, "indicator_analyst"),
    )


def quality_story(scene: Scene, folder: Path) -> Quality:
    write_definitions(folder)
    return quality(scene)


def quality_of(scene: Scene) -> list[Model]:
    """Return one of everything about quality control, by an indicator of the package: ECG in time at JIA1."""
    node = OrganisationNode.objects.get(pk=scene.jia.pk)
    shares = (*([80, 82, 79, 81] * 3), 40, 41, 42)
    for at, share in enumerate(shares):
        start = next_start("month", FIRST, at)
        sheet = IndicatorSheet.objects.create(
            node=node, family="chest-pain", period="month", period_start=start, state=SheetState.LOCKED
        )
        IndicatorValue.objects.create(
            sheet=sheet, node=node, code="chest-pain-ecg-share", definition_version=1, period_start=start,
            numerator=share, denominator=100, provenance="reported",
        )  # fmt: skip
    about = {"node": node, "indicator": "chest-pain-ecg-share"}
    rebase = commands.begin_anew(as_service(), NewRebase(**about, period_start=day("2023-03-01"), reason="秘密原因"))
    case = commands.open_case(as_service(), NewQualityCase(**about, period="month", start=day("2024-01-01")))
    due = Ownership(due_on=case.opened_on, owner_words="秘密科主任")
    says = QualitySays(ownership=due, cause_kind="staff", cause="秘密", what="秘密措施")
    for name in ("assign", "find_cause", "agree"):
        case = commands.take_quality_step(as_service(), case, name, says, case.version)
    return [rebase, case, case.actions.get(), case.events.earliest("pk")]
