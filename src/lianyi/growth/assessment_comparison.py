"""Two assessments of the same unit beside one another: shares by domain as a picture, items that changed as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianyi.growth.assessment_times import TimesReader
from lianyi.growth.assessment_values import shown_value
from lianyi.growth.models import AssessmentItem, CapabilityAssessment, ItemResultState
from lianyi.growth.rulebook import checklist_of
from lianyi.growth.scoring import by_item, figures_of
from lianyi.growth.texts_assessments import RESULT_TONES, percent, words_of
from lianyi.pages.charts import Chart, ChartTable, chart
from lianyi.rules import Checklist, ChecklistItem

MET = ItemResultState.MET


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item before and after, in words."""

    name: str
    before: str
    before_tone: str
    after: str
    after_tone: str
    change: str
    change_tone: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the page of two assessments shows."""

    chart: Chart
    changes: tuple[ItemChange, ...]
    closed: int
    new: int
    still: int


def comparison_of(first: CapabilityAssessment, second: CapabilityAssessment, reader: TimesReader) -> Comparison:
    """Compare by the checklist of the later one; an item that the earlier did not have was not assessed then."""
    checklist = checklist_of(second)
    before, after = (by_item(row.items.all()) for row in (first, second))
    changes = tuple(_change(item, before, after, reader) for item in checklist.items)
    return Comparison(
        _chart(checklist, (first, before), (second, after)),
        tuple(each for each in changes if each.change),
        sum(each.change_tone == "good" for each in changes),
        sum(each.change_tone == "bad" for each in changes),
        sum(each.change_tone == "warning" for each in changes),
    )


def _change(
    item: ChecklistItem,
    before: Mapping[str, AssessmentItem],
    after: Mapping[str, AssessmentItem],
    reader: TimesReader,
) -> ItemChange:
    earlier, later = _result(item, before), _result(item, after)
    word, tone = _change_word(earlier, later)
    return ItemChange(
        words_of(item.name),
        _said(item, before, reader),
        RESULT_TONES[earlier],
        _said(item, after, reader),
        RESULT_TONES[later],
        word,
        tone,
    )


def _result(item: ChecklistItem, rows: Mapping[str, AssessmentItem]) -> ItemResultState:
    row = rows.get(item.id)
    return ItemResultState.NOT_ASSESSED if row is None else ItemResultState(row.result)


def _said(item: ChecklistItem, rows: Mapping[str, AssessmentItem], reader: TimesReader) -> str:
    result, value = _result(item, rows), shown_value(item, rows.get(item.id), reader)
    return f"{result.label} ({value})" if value else str(result.label)


def _change_word(earlier: ItemResultState, later: ItemResultState) -> tuple[str, str]:
    if later is ItemResultState.NOT_MET:
        return (_("still a gap"), "warning") if earlier is ItemResultState.NOT_MET else (_("gap is new"), "bad")
    if earlier is ItemResultState.NOT_MET:
        return (_("gap closed"), "good") if later is MET else (_("gap not assessed again"), "neutral")
    return "", ""


def _chart(
    checklist: Checklist,
    first: tuple[CapabilityAssessment, Mapping[str, AssessmentItem]],
    second: tuple[CapabilityAssessment, Mapping[str, AssessmentItem]],
) -> Chart:
    """Draw a line from before to after for each domain; one that was not assessed has no point."""
    shares = [
        {each.code: each.share for each in figures_of(checklist, rows.values()).score.domains}
        for _row, rows in (first, second)
    ]
    days = [str(first[0].assessed_on), str(second[0].assessed_on)]
    names = {each.code: words_of(each.name) for each in checklist.domains}
    series: list[dict[str, Any]] = [
        {
            "type": "line",
            "name": names[code],
            "symbolSize": 9,
            "data": [None if each[code] is None else round(100 * (each[code] or 0.0), 1) for each in shares],
        }
        for code in names
    ]
    rows = [[names[code], percent(shares[0][code]), percent(shares[1][code])] for code in names]
    option = {
        "tooltip": {"trigger": "item", "formatter": "{a}: {c} %"},
        "legend": {"top": 0, "type": "scroll"},
        "grid": {"left": 48, "right": 48, "top": 48, "bottom": 32},
        "xAxis": {"type": "category", "data": days},
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value} %"}},
        "series": series,
    }
    return chart(
        "domains-before-after",
        option,
        title=_("Items met by domain, before and after"),
        table=ChartTable([_("Domain"), *days], rows),
        height="medium",
    )
