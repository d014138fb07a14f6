"""One capability cycle as it is read: its steps as a strip, gaps in order, the plan, the review."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from lianyi.accounts.actors import Actor
from lianyi.growth.cycles_looking_back import COUNTS_PATIENTS
from lianyi.growth.cycles_machine import GATHERING, OVER, PLANNING, WORDS, Step, move_from, standing_of
from lianyi.growth.cycles_ranking import GapLine, in_order
from lianyi.growth.line_records import LineRecord, Progress, progress_of, records_of
from lianyi.growth.models import CapabilityCycle, CapabilityGap, GapOrigin, GapPlanLine, GapReview, LineState
from lianyi.growth.queries import assessments as assessment_queries
from lianyi.growth.queries import cycles as queries
from lianyi.growth.rulebook import ranking_on
from lianyi.growth.tables.cycles import standing_word
from lianyi.growth.texts_cycles import LINE_TONES, PROGRESS_TONES, PROGRESS_WORDS, RESULT_TONES
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.pages.names import in_language
from lianyi.partnerships.models import CycleStep

LONGEST_LABEL = 24


@dataclass(frozen=True, slots=True)
class Slot:
    """One step of the strip."""

    number: int
    label: str
    step: CycleStep | None
    is_here: bool


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the plan with its tone: a planned one whose day is over is late."""

    row: GapPlanLine
    gap: GapLine
    state: str
    tone: str
    records: tuple[LineRecord, ...]

    @property
    def progress(self) -> Progress | None:
        return progress_of(self.records)

    @property
    def progress_word(self) -> str:
        return "" if self.progress is None else str(PROGRESS_WORDS[self.progress])

    @property
    def progress_tone(self) -> str:
        return "neutral" if self.progress is None else PROGRESS_TONES[self.progress]

    @property
    def could_be_done(self) -> bool:
        """Whether everything behind a planned line is delivered, and nobody said yet that it is done."""
        return self.row.state == LineState.PLANNED and self.progress is Progress.DELIVERED


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A gap before and after, with what was planned against it.

    ``is_hidden`` says that the count is not shown any more: it is small, or there is nobody left.
    """

    gap: GapLine
    review: GapReview | None
    result: str
    tone: str
    lines: tuple[PlanLine, ...]

    @property
    def is_hidden(self) -> bool:
        review = self.review
        if review is None or self.gap.gap.origin not in COUNTS_PATIENTS:
            return False
        return review.distance_after is not None and review.figure_after is None


def cycle_page(actor: Actor, row: CapabilityCycle) -> dict[str, Any]:
    """Return what the page of a cycle shows."""
    steps = queries.steps_by_cycle([row]).get((row.agreement_id, row.number), [])
    standing = standing_of(steps)
    ranking = ranking_on(timezone.localdate())
    gaps = in_order(queries.gaps_of(actor, row), ranking)
    lines = _plan_lines(actor, gaps)
    reviews = [_review_line(each, tuple(line for line in lines if line.gap is each)) for each in gaps]
    return {
        "standing": standing_word(standing),
        "slots": [_slot(each, steps, standing) for each in Step],
        "move": move_from(standing),
        "hint": _hint(standing, gaps),
        "gaps": gaps,
        "ranking": ranking,
        "ranking_title": in_language(ranking.title.zh, ranking.title.en),
        "may_gather": standing in GATHERING,
        "may_write_gap": standing in (*GATHERING, *PLANNING),
        "may_plan": standing in PLANNING,
        "may_review": standing == Step.REVIEW,
        "may_move": standing != OVER,
        "lines": lines,
        "reviews": reviews if any(each.review for each in reviews) else [],
        "review_chart": _review_chart([each for each in reviews if each.review is not None]),
        "supported": assessment_queries.supported_institutions(actor, row.agreement),
        "by_hand": GapOrigin.BY_HAND,
    }


def _slot(step: CycleStep.Step, steps: Sequence[CycleStep], standing: int) -> Slot:
    found = next((each for each in steps if each.step == step), None)
    return Slot(step.value, str(WORDS[step]), found, standing == step)


def _hint(standing: int, gaps: Sequence[GapLine]) -> str:
    """Say what is to be done where the cycle stands."""
    hints: Mapping[int, str] = {
        Step.PARTNERSHIP: _("Agree what this cycle is for, then begin the assessment."),
        Step.NEEDS: _("Assess by checklists, have it checked and made final, then gather the gaps."),
        Step.GAPS: _("Gather the gaps, look at their order, move what must stand elsewhere and say why, then plan."),
        Step.PLAN: _("Plan against each gap what kind of help comes, who sees to it and until when."),
        Step.ACTION: _("Work, mark what is done, and assess again before the review."),
        Step.REVIEW: _("Look back on every gap, say what goes on, then finish. The next cycle begins with it."),
        OVER: _("The review is finished. The next cycle of the agreement begins with what goes on."),
    }
    if standing == Step.GAPS and not gaps:
        return _("No gap is gathered yet. Gather them from assessments and figures, or write one.")
    return hints[standing]


def _plan_lines(actor: Actor, gaps: Sequence[GapLine]) -> list[PlanLine]:
    today = timezone.localdate()
    rows = [(row, gap) for gap in gaps for row in gap.gap.lines.all()]
    records = records_of(actor, (row for row, _gap in rows))
    return [_plan_line(row, gap, today, records[row.pk]) for row, gap in rows]


def _plan_line(row: GapPlanLine, gap: GapLine, today: datetime.date, records: tuple[LineRecord, ...]) -> PlanLine:
    if row.state == LineState.PLANNED and row.due_on < today:
        return PlanLine(row, gap, _("late"), LINE_TONES["late"], records)
    return PlanLine(row, gap, row.get_state_display(), LINE_TONES[row.state], records)


def review_of(gap: CapabilityGap) -> GapReview | None:
    return getattr(gap, "review", None)


def _review_line(gap: GapLine, lines: tuple[PlanLine, ...]) -> ReviewLine:
    review = review_of(gap.gap)
    if review is None:
        return ReviewLine(gap, None, "", "neutral", lines)
    return ReviewLine(gap, review, review.get_result_display(), RESULT_TONES[review.result], lines)


def _review_chart(rows: Sequence[ReviewLine]) -> Chart | None:
    """Draw each gap as two dots on a line: its distance before and after; None where nothing was looked at again."""
    known = [each for each in rows if each.review is not None and each.review.distance_after is not None]
    if not known:
        return None
    names = [f"{each.gap.gap.code} {each.gap.words[:LONGEST_LABEL]}" for each in known]
    before = [round(100 * each.gap.gap.distance, 1) for each in known]
    after = [round(100 * (each.review.distance_after or 0.0), 1) for each in known if each.review is not None]
    links = [
        {"type": "line", "silent": True, "showSymbol": False, "lineStyle": {"color": "#b9c3cc", "width": 2},
         "data": [[one, name], [other, name]], "tooltip": {"show": False}}
        for name, one, other in zip(names, before, after, strict=True)
    ]  # fmt: skip
    option = {
        "tooltip": {"trigger": "item", "formatter": "{a}: {c}"},
        "legend": {"top": 0, "data": [_("before"), _("after")]},
        "grid": {"left": 8, "right": 24, "top": 36, "bottom": 32, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value} %"}},
        "yAxis": {"type": "category", "inverse": True, "data": names},
        "series": [
            *links,
            _dots(_("before"), "emptyCircle", "#97231c", zip(before, names, strict=True)),
            _dots(_("after"), "circle", "#17613a", zip(after, names, strict=True)),
        ],
    }
    table = ChartTable(
        [_("Gap"), _("Distance before (%)"), _("Distance after (%)")],
        [list(row) for row in zip(names, before, after, strict=True)],
    )
    return chart("gaps-before-after", option, title=_("Gaps before and after"), table=table, height="medium")


def _dots(name: str, symbol: str, colour: str, points: Any) -> dict[str, Any]:  # noqa: ANN401 - pairs
    return {
        "type": "scatter",
        "name": name,
        "symbol": symbol,
        "symbolSize": 11,
        "itemStyle": {"color": colour},
        "data": [list(each) for each in points],
    }
