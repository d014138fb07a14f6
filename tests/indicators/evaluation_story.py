"""Evaluations in one line each: the county's analyst asks, an assessor reviews, JIA1's office reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Model

from lianyi.accounts.actors import Actor
from lianyi.indicators.commands import evaluation_steps as steps
from lianyi.indicators.commands import evaluations as commands
from lianyi.indicators.commands.evaluations import Choice, NewEvaluation, NewTable
from lianyi.indicators.models import Evaluation, EvaluationUnit, UnitChoice, UnitLevel
from lianyi.partnerships.models import Agreement
from tests.cast import Scene, acting_as, actor_for

MONTHS = [f"{year}-{month:02d}" for year in range(2019, 2024) for month in range(1, 13)]
START, LEFT = "2021-01", "2022-12"
LABELS = {level: [level] for level in UnitLevel.values}
Series = Mapping[str, tuple[str, Sequence[float]]]


def visits(seed: int, *, lift: float = 0.0, size: float = 100.0) -> list[float]:
    """Return 60 months of whole numbers with 4 % noise; ``lift`` is added from the start on."""
    noise = size * np.exp(np.random.default_rng(seed).normal(0, 0.04, len(MONTHS)))
    return [float(round(value + lift * (month >= START))) for month, value in zip(MONTHS, noise, strict=True)]


def table_bytes(units: Series) -> bytes:
    """Return a table as an analyst sends it: one row for each unit and month, with a second outcome."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["unit", "month", "level", "visits", "days"])
    for name, (level, values) in units.items():
        for month, value in zip(MONTHS, values, strict=True):
            figures = ["", ""] if np.isnan(value) else [value, round(6 + value % 3, 1)]
            writer.writerow([name, month, level, *figures])
    return stream.getvalue().encode()


USUAL: Series = {
    "甲医院": ("lead", visits(1)),
    "县医院": ("recipient", visits(2, lift=40)),
    **{f"村{number}": ("village", visits(10 + number, size=30)) for number in range(5)},
    "邻县一院": ("comparison", visits(30)),
    "邻县二院": ("comparison", visits(31, size=60)),
}


@dataclass
class Evaluating:
    """The cast with an agreement, an analyst of the county, an assessor, and people who only read."""

    scene: Scene
    agreement: Agreement
    analyst: Actor
    assessor: Actor
    reader: Actor
    stranger: Actor

    def asked(self, units: Series = USUAL, **more: object) -> Evaluation:
        facts: dict[str, object] = {
            "question": "帮扶后县医院门诊有变化吗",
            "node": self.scene.county.node,
            "agreement": self.agreement,
            "outcomes": ["visits", "days"],
            "starts": START,
            "left": LEFT,
            "table": NewTable(
                name="panel.csv", content=table_bytes(units), unit="unit", time="month", level="level", labels=LABELS
            ),
            **more,
        }
        return commands.start_evaluation(acting_as(self.analyst), NewEvaluation(**facts))  # type: ignore[arg-type]

    def unit(self, row: Evaluation, name: str) -> EvaluationUnit:
        return row.units.get(name=name)

    def chosen(self, row: Evaluation, why: str = "同省同规模，事前走势相近") -> Evaluation:
        """Choose the first unit for comparison and refuse the second."""
        choices = [
            Choice(self.unit(row, "邻县一院").pk, UnitChoice.CHOSEN, "规模相同"),
            Choice(self.unit(row, "邻县二院").pk, UnitChoice.REFUSED, "规模太小"),
        ]
        return commands.save_choices(acting_as(self.analyst), row, choices, why, row.version)

    def step(self, row: Evaluation, name: str, actor: Actor | None = None, reason: str = "") -> Evaluation:
        return steps.take_evaluation_step(acting_as(actor or self.analyst, reason), row, name, row.version)

    def fixed(self, **more: object) -> Evaluation:
        return self.step(self.chosen(self.asked(**more)), "fix")  # type: ignore[arg-type]

    def computed(self, **more: object) -> Evaluation:
        return self.step(self.fixed(**more), "compute")

    def published(self, **more: object) -> Evaluation:
        row = self.step(self.computed(**more), "review", self.assessor, "单位和缺口都看过")
        return self.step(row, "publish")


def evaluating(scene: Scene) -> Evaluating:
    return Evaluating(
        scene,
        scene.agreement(),
        analyst=actor_for("county-asker", scene.county.pk, "indicator_analyst"),
        assessor=actor_for("county-looker", scene.county.pk, "assessor"),
        reader=actor_for("jia-reader", scene.jia.pk, "lead_office"),
        stranger=actor_for("elsewhere-asker", scene.outside.pk, "indicator_analyst"),
    )


def evaluations_of(scene: Scene) -> list[Model]:
    """Return one of everything about evaluations: JIA1's own question, computed."""
    analyst = actor_for("jia-analyst", scene.jia.pk, "indicator_analyst")
    table = NewTable(
        name="秘密表.csv", content=table_bytes(USUAL), unit="unit", time="month", level="level", labels=LABELS
    )
    new = NewEvaluation(
        question="秘密问题", node=scene.jia.node, outcomes=["visits"], starts=START, left=LEFT, table=table
    )
    row = commands.start_evaluation(acting_as(analyst), new)
    choices = [Choice(each.pk, UnitChoice.REFUSED, "秘密理由") for each in row.units.filter(level="comparison")]
    row = commands.save_choices(acting_as(analyst), row, choices, "", row.version)
    for name in ("fix", "compute"):
        row = steps.take_evaluation_step(acting_as(analyst), row, name, row.version)
    return [row, row.table, row.units.earliest("pk"), row.results.get(), row.events.earliest("pk")]
