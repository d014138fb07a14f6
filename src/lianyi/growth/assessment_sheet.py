"""An assessment as it is read: one set of words and figures for the page and for the PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lianyi.growth.assessment_times import TimesReader
from lianyi.growth.assessment_values import shown_source, shown_value
from lianyi.growth.models import AssessmentItem, CapabilityAssessment, ItemResultState
from lianyi.growth.scoring import Figures, by_item, figures_of
from lianyi.growth.texts_assessments import (
    CONFIDENCE_WORDS,
    HEADLINE_WORDS,
    LEVEL_WORDS,
    RESULT_TONES,
    checklist_title,
    limit_word,
    percent,
    words_of,
)
from lianyi.methods.capability import ShareOfItems
from lianyi.pages.names import name_of
from lianyi.rules import Checklist, ChecklistItem

BAR_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Bar:
    """A share with its bounds, drawn and in words; whole numbers because the drawing has no style of its own."""

    label: str
    share: float | None
    low: float | None
    high: float | None
    met: int
    assessed: int
    applicable: int

    @property
    def words(self) -> str:
        return percent(self.share)

    @property
    def bounds(self) -> str:
        """Return what it could be once everything is assessed; nothing where everything is."""
        if self.low is None or self.high is None or self.assessed == self.applicable:
            return ""
        return _("%(low)s to %(high)s once all is assessed") % {"low": percent(self.low), "high": percent(self.high)}

    @property
    def value_width(self) -> int:
        return round(BAR_WIDTH * (self.share or 0.0))

    @property
    def low_at(self) -> int:
        return round(BAR_WIDTH * (self.low or 0.0))

    @property
    def range_width(self) -> int:
        return round(BAR_WIDTH * ((self.high or 0.0) - (self.low or 0.0)))


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item with what was found, every value as text."""

    name: str
    result: str
    tone: str
    value: str
    limit: str
    evidence: str
    source: str
    level: str
    required: bool
    confidence: str


@dataclass(frozen=True, slots=True)
class AssessmentSheet:
    """Everything that the page and the PDF show."""

    title: str
    subtitle: str
    marks: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    figures: Figures
    headline: Bar
    headline_words: str
    levels: tuple[Bar, ...]
    domains: tuple[tuple[Bar, tuple[SheetItem, ...]], ...]

    @property
    def coverage(self) -> str:
        return percent(self.figures.coverage)

    def as_document(self) -> dict[str, Any]:
        """Return the words of the PDF."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "marks": self.marks,
            "facts": [list(each) for each in self.facts],
            "headline": [self.headline_words, self.headline.words, self.headline.bounds],
            "headings": [_("Item"), _("Result"), _("Value"), _("Evidence")],
            "shares": [
                [bar.label, bar.words, f"{bar.met} / {bar.assessed} / {bar.applicable}", bar.bounds]
                for bar in (*self.levels, *(each for each, _items in self.domains))
            ],
            "share_headings": [_("Part"), _("Met"), _("Met / assessed / applying"), _("Bounds")],
            "domains": [
                {
                    "label": bar.label,
                    "items": [
                        [each.name, each.result, each.value, "; ".join(filter(None, (each.evidence, each.source)))]
                        for each in items
                    ],
                }
                for bar, items in self.domains
            ],
            "signed": [_("Assessed by"), _("Checked by")],
        }


def bar_of(label: str, share: ShareOfItems) -> Bar:
    return Bar(label, share.share, share.low, share.high, share.met, share.assessed, share.applicable)


def sheet_of(row: CapabilityAssessment, checklist: Checklist, reader: TimesReader) -> AssessmentSheet:
    """Return the sheet of an assessment by its checklist, as its reader may see it."""
    rows = list(row.items.all())
    figures, found = figures_of(checklist, rows), by_item(rows)
    together = figures.score.items
    by_domain = {each.code: each for each in figures.score.domains}
    headline = Bar(
        str(HEADLINE_WORDS[checklist.headline]),
        figures.headline,
        figures.low,
        figures.high,
        together.met,
        together.assessed,
        together.applicable,
    )
    unit = (
        name_of(row.institution)
        if row.department is None
        else f"{name_of(row.institution)} · {name_of(row.department)}"
    )
    return AssessmentSheet(
        title=checklist_title(checklist),
        subtitle=f"{unit} · {row.assessed_on} · {row.code}",
        marks=(_("Sample data"),) if row.is_sample else (),
        facts=_facts(row, checklist, figures),
        figures=figures,
        headline=headline,
        headline_words=str(HEADLINE_WORDS[checklist.headline]),
        levels=tuple(bar_of(str(LEVEL_WORDS[each.code]), each) for each in figures.score.levels),
        domains=tuple(
            (
                bar_of(words_of(domain.name), by_domain[domain.code]),
                tuple(_item(each, found, reader) for each in checklist.in_domain(domain.code)),
            )
            for domain in checklist.domains
        ),
    )


def _facts(row: CapabilityAssessment, checklist: Checklist, figures: Figures) -> tuple[tuple[str, str], ...]:
    facts = [
        (_("Kind"), row.get_kind_display()),
        (_("State"), row.get_state_display()),
        (_("Assessed by"), row.assessed_by),
        (_("Agreement"), name_of(row.agreement, "title")),
        (
            _("Checklist"),
            f"{checklist.id} · {words_of(checklist.jurisdiction_name)} · {CONFIDENCE_WORDS[checklist.confidence]}",
        ),
        (_("Assessed items"), f"{figures.score.items.assessed} / {figures.score.items.applicable}"),
        (_("Required items met"), f"{figures.required_met} / {figures.required}" if figures.required else ""),
        (_("Note"), row.note),
    ]
    return tuple((label, str(value)) for label, value in facts if value)


def _item(item: ChecklistItem, found: Mapping[str, AssessmentItem], reader: TimesReader) -> SheetItem:
    row = found.get(item.id)
    result = ItemResultState.NOT_ASSESSED if row is None else ItemResultState(row.result)
    return SheetItem(
        name=words_of(item.name),
        result=str(result.label),
        tone=RESULT_TONES[result],
        value=shown_value(item, row, reader),
        limit=limit_word(item),
        evidence="" if row is None else row.evidence,
        source=shown_source(item, row, reader),
        level="" if item.level is None else str(LEVEL_WORDS[item.level]),
        required=item.required,
        confidence=str(CONFIDENCE_WORDS[item.confidence]),
    )
