"""What the pages of techniques show: the picture of a ladder, the checks, the cases month by month."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianyi.dispatch.rounds_disclosure import SmallCounts
from lianyi.growth.models import DepartmentTechnique
from lianyi.growth.technique_ladders import Climbed, events_of
from lianyi.growth.technique_texts import (
    CHECK_TONES,
    CHECK_WORDS,
    RUNG_WORDS,
    STANDING_TONES,
    STANDING_WORDS,
    TEAM_TONES,
    TEAM_WORDS,
)
from lianyi.methods.technique_ladder import CheckState, Step, cases_by_month
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.values import shown

Word = int | str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """One rung in the picture: its word, whether it was reached, and what stands below it."""

    word: str
    mark: str
    """reached, next, open, good or bad; each has a sign of its own beside its colour."""
    below: str


@dataclass(frozen=True, slots=True)
class LadderRow:
    """One technique in the picture of a department."""

    row: DepartmentTechnique
    cells: tuple[Cell, ...]
    standing: str
    tone: str
    team: str
    team_tone: str


def ladder_row(found: Climbed, counts: SmallCounts) -> LadderRow:
    """Return the rungs of one technique as the picture shows them."""
    ladder = found.ladder
    first_open = next((step.rung for step in ladder.steps if step.reached_on is None), None)
    cells = [_cell(step, is_next=step.rung is first_open, counts=counts) for step in ladder.steps]
    for check in ladder.checks:
        mark = {CheckState.PENDING: "open", CheckState.SUSTAINED: "good", CheckState.NOT_SUSTAINED: "bad"}[check.state]
        cells.append(Cell(_("After %(months)s months") % {"months": check.months}, mark, shown(check.due_on)))
    if not ladder.checks:
        cells += [Cell(_("After %(months)s months") % {"months": months}, "open", "") for months in (6, 12)]
    return LadderRow(
        found.row,
        tuple(cells),
        str(STANDING_WORDS[ladder.standing]),
        STANDING_TONES[ladder.standing],
        str(TEAM_WORDS[found.team.state]),
        TEAM_TONES[found.team.state],
    )


def _cell(step: Step, *, is_next: bool, counts: SmallCounts) -> Cell:
    word = str(RUNG_WORDS[step.rung])
    if step.reached_on is not None:
        return Cell(word, "reached", shown(step.reached_on))
    below = "" if step.needs is None else f"{counts.shown(step.has)} / {step.needs}"
    return Cell(word, "next" if is_next else "open", below)


def step_lines(found: Climbed, counts: SmallCounts) -> list[dict[str, Any]]:
    """Return every rung with the day it was reached and the cases it has of those it asks for."""
    return [
        {
            "word": RUNG_WORDS[step.rung],
            "reached_on": step.reached_on,
            "has": None if step.needs is None else counts.shown(step.has),
            "needs": step.needs,
        }
        for step in found.ladder.steps
    ]


def check_lines(found: Climbed, counts: SmallCounts) -> list[dict[str, Any]]:
    """Return the checks after independence with the cases of every period."""
    return [
        {
            "months": check.months,
            "due_on": check.due_on,
            "word": CHECK_WORDS[check.state],
            "tone": CHECK_TONES[check.state],
            "periods": [
                {"span": each.span, "cases": counts.shown(each.cases), "is_enough": each.is_enough}
                for each in check.periods
            ],
        }
        for check in found.ladder.checks
    ]


def months_chart(
    row: DepartmentTechnique, counts: SmallCounts, today: datetime.date, left_on: datetime.date | None
) -> Chart | None:
    """Draw the cases of every month by who did them; None without a case."""
    months = cases_by_month(events_of(row.cases.all()), today)
    if not months:
        return None
    names = (_("Visiting staff"), _("Local staff under supervision"), _("Local staff alone"))
    columns: list[list[Word]] = [
        [counts.shown(month.visiting) for month in months],
        [counts.shown(month.supervised) for month in months],
        [counts.shown(month.alone) for month in months],
    ]
    labels = [month.label for month in months]
    table = ChartTable(
        [_("Month"), *names],
        [[label, *values] for label, values in zip(labels, zip(*columns, strict=True), strict=True)],
    )
    option = {
        "tooltip": {"trigger": "axis"},
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 40, "right": 16, "top": 48, "bottom": 32},
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [_bars(name, values, at) for at, (name, values) in enumerate(zip(names, columns, strict=True))],
    }
    title = _("Cases month by month")
    if left_on is not None:
        title = _("Cases month by month; the team left on %(day)s") % {"day": shown(left_on)}
    return chart("technique-months", option, title=title, table=table, height="short")


# Lightness tells the three apart as well, for those who see no colours.
_COLOURS = ("#9bb7d0", "#e0a030", "#17613a")


def _bars(name: str, values: Sequence[Word], at: int) -> dict[str, Any]:
    # A small count is not drawn for those who only watch: the table says that it is small.
    data = [value if isinstance(value, int) else None for value in values]
    return {"type": "bar", "stack": "cases", "name": name, "data": data, "itemStyle": {"color": _COLOURS[at]}}
