"""Sheets of indicators in one line each: SHAN reports every month, the county and the province stand above it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.accounts.models import OrganisationNode
from lianyi.indicators.commands import values as commands
from lianyi.indicators.commands.counted import keep_counts
from lianyi.indicators.commands.values import NewAssignment, NewSheet, definitions_on
from lianyi.indicators.counted_figures import figures_of
from lianyi.indicators.models import IndicatorSheet, IndicatorValue, ReportingAssignment
from lianyi.indicators.values_checks import ValueEntry
from lianyi.indicators.values_periods import parse_period
from tests.cast import Scene, acting_as, actor_for, day

FAMILY = "sample-monthly"
BEDS, BED_FAMILY = "sample-bed-use", "sample-beds"
SHARE, COUNT, MINUTES, JUDGED = "sample-referral-share", "sample-visits", "sample-minutes", "sample-charter"
DEFINITIONS = """
family = "sample-monthly"
title = { zh = "样例月度指标", en = "Sample monthly indicators" }
valid_from = 2015-01-01

[source]
zh = "样例文件"
en = "Sample document"
confidence = "local"

[[indicators]]
code = "sample-referral-share"
name = { zh = "样例转诊比例", en = "Sample share of referrals" }
numerator = { zh = "转诊人次", en = "Patients referred" }
denominator = { zh = "就诊人次", en = "Patients seen" }
unit = "percent"
direction = "monitor"
levels = ["county_hospital", "township", "county"]
period = "month"
obtained = "uploaded"

[[indicators]]
code = "sample-visits"
name = { zh = "样例就诊人次", en = "Sample visits" }
numerator = { zh = "就诊人次", en = "Patients seen" }
unit = "count"
direction = "monitor"
levels = ["county_hospital", "township", "county"]
period = "month"
obtained = "uploaded"

[[indicators]]
code = "sample-minutes"
name = { zh = "样例平均等待", en = "Sample mean wait" }
numerator = { zh = "等待分钟合计", en = "Minutes waited" }
denominator = { zh = "就诊人次", en = "Patients seen" }
unit = "minutes"
direction = "down"
levels = ["county_hospital"]
period = "month"
obtained = "uploaded"

[[indicators]]
code = "sample-charter"
name = { zh = "样例章程", en = "Sample charter" }
unit = "yes_no"
direction = "yes"
levels = ["county"]
period = "month"
obtained = "judged"
evidence = { zh = "看文件", en = "The document is seen" }
"""
BED_DEFINITIONS = """
family = "sample-beds"
title = { zh = "样例床位指标", en = "Sample indicators of beds" }
valid_from = 2015-01-01

[source]
zh = "样例文件"
en = "Sample document"
confidence = "local"

[[indicators]]
code = "sample-bed-use"
name = { zh = "样例床位使用率", en = "Sample use of beds" }
numerator = { zh = "实际占用床日", en = "Bed-days used" }
denominator = { zh = "实际开放床日", en = "Bed-days there were" }
unit = "percent"
numerator_is_part = false
direction = "monitor"
levels = ["county_hospital"]
period = "quarter"
obtained = "uploaded"
"""
Said = tuple[int, int] | int | str
USUAL: Mapping[str, Said] = {SHARE: (5, 100), COUNT: 100, MINUTES: (1000, 100)}


def write_definitions(folder: Path) -> Path:
    """Write the sample indicators where a bureau keeps its own, and return the directory that it names."""
    (folder / "indicators").mkdir()
    for name, text in ((FAMILY, DEFINITIONS), (BED_FAMILY, BED_DEFINITIONS)):
        (folder / "indicators" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@dataclass
class Reporting:
    """SHAN with two people who report, and analysts at the county, above it and elsewhere."""

    scene: Scene
    clerk: Actor
    colleague: Actor
    analyst: Actor
    above: Actor
    stranger: Actor

    @property
    def shan(self) -> OrganisationNode:
        return OrganisationNode.objects.get(pk=self.scene.shan.pk)

    @property
    def county(self) -> OrganisationNode:
        return OrganisationNode.objects.get(pk=self.scene.county.pk)

    def duty(
        self, node: OrganisationNode | None = None, starts_on: str = "2023-01-01", due_days: int = 10
    ) -> ReportingAssignment:
        new = NewAssignment(
            node=node or self.shan, family=FAMILY, period="month", starts_on=day(starts_on), due_days=due_days
        )
        return commands.assign_reporting(acting_as(self.above), new)

    def begun(
        self,
        period: str = "2024-05",
        actor: Actor | None = None,
        node: OrganisationNode | None = None,
        family: str = FAMILY,
    ) -> IndicatorSheet:
        kind, start = parse_period(period)
        new = NewSheet(node=node or self.shan, family=family, period=kind, period_start=start)
        return commands.start_sheet(acting_as(actor or self.clerk), new)

    def filled(
        self, row: IndicatorSheet, said: Mapping[str, Said], reason: str = "", actor: Actor | None = None
    ) -> IndicatorSheet:
        """Save figures: two numbers are numerator and denominator, one the numerator, words why there are none."""
        entries = [entry(code, each) for code, each in said.items()]
        return commands.save_values(acting_as(actor or self.clerk, reason), row, entries, row.version)

    def step(self, row: IndicatorSheet, name: str, actor: Actor | None = None, reason: str = "") -> IndicatorSheet:
        return commands.take_sheet_step(acting_as(actor or self.analyst, reason), row, name, row.version)

    def submitted(self, period: str = "2024-05", said: Mapping[str, Said] = USUAL) -> IndicatorSheet:
        return self.step(self.filled(self.begun(period), said), "submit", self.clerk)

    def locked(self, period: str = "2024-05", said: Mapping[str, Said] = USUAL) -> IndicatorSheet:
        row = self.submitted(period, said)
        for name in ("check", "accept", "lock"):
            self.step(row, name)
        return row

    def value(self, row: IndicatorSheet, code: str) -> IndicatorValue:
        return row.values.get(code=code)


def entry(code: str, said: Said, note: str = "") -> ValueEntry:
    if isinstance(said, str):
        return ValueEntry(code, unavailable_because=said, note=note)
    if isinstance(said, int):
        return ValueEntry(code, Decimal(said), note=note)
    return ValueEntry(code, Decimal(said[0]), Decimal(said[1]), note=note)


def said_of_all(row: IndicatorSheet, because: str) -> dict[str, Said]:
    return dict.fromkeys(definitions_on(row), because)


def reporting(scene: Scene) -> Reporting:
    return Reporting(
        scene,
        clerk=actor_for("shan-clerk", scene.shan.pk, "supported_office"),
        colleague=actor_for("shan-colleague", scene.shan.pk, "supported_office"),
        analyst=actor_for("county-analyst", scene.county.pk, "indicator_analyst"),
        above=actor_for("province-analyst", scene.county.parent_id or 0, "indicator_analyst"),
        stranger=actor_for("elsewhere-analyst", scene.outside.pk, "indicator_analyst"),
    )


def values_of(scene: Scene) -> list[Model]:
    """Return one of everything about values, by the indicators of the package: JIA1 reports for its alliance."""
    analyst = actor_for("city-analyst", scene.city.pk, "indicator_analyst")
    node = OrganisationNode.objects.get(pk=scene.jia.pk)
    new = NewAssignment(node=node, family="county-community", period="year", starts_on=day("2024-01-01"), due_days=30)
    duty = commands.assign_reporting(acting_as(analyst), new)
    about = NewSheet(node=node, family="county-community", period="year", period_start=day("2024-01-01"))
    sheet = commands.start_sheet(acting_as(analyst), about)
    for figure in (3, 4):
        said = [ValueEntry("county-income-ratio", Decimal(figure), Decimal(5), note="秘密说明")]
        commands.save_values(acting_as(analyst), sheet, said, sheet.version)
    value = sheet.values.get()
    figures = figures_of([sheet])[sheet.node_id]
    count = keep_counts(acting_as(analyst), sheet, figures)
    return [
        duty,
        sheet,
        sheet.events.earliest("pk"),
        value,
        value.changes.get(),
        count,
        count.values.first(),
    ]
