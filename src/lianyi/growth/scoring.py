"""What the items of an assessment come to, by its checklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lianyi.growth.models import AssessmentItem
from lianyi.methods.capability import (
    AssessedItem,
    CapabilityScore,
    ItemState,
    Limit,
    ShareOfItems,
    distance_from,
    score_items,
)
from lianyi.rules import Checklist, ChecklistItem, Headline, ItemLevel


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an assessment with the one that stands for the whole, from 0 to 1, and its bounds."""

    score: CapabilityScore
    headline: float | None
    low: float | None
    high: float | None
    required_met: int
    required: int

    @property
    def coverage(self) -> float | None:
        return self.score.items.coverage


def limit_of(item: ChecklistItem) -> Limit:
    return Limit(item.least, item.most, item.below)


def figures_of(checklist: Checklist, items: Iterable[AssessmentItem]) -> Figures:
    """Return the figures; an item without a row was not assessed."""
    found = {row.item: ItemState(row.result) for row in items}
    states = {item.id: found.get(item.id, ItemState.NOT_ASSESSED) for item in checklist.items}
    score = score_items(
        [
            AssessedItem(item.id, item.domain, states[item.id], "" if item.level is None else item.level.value)
            for item in checklist.items
        ]
    )
    asked = [item for item in checklist.items if item.required and states[item.id] is not ItemState.NOT_APPLICABLE]
    headline, low, high = _headline(checklist, score)
    met = sum(states[item.id] is ItemState.MET for item in asked)
    return Figures(score, headline, low, high, met, len(asked))


def _headline(checklist: Checklist, score: CapabilityScore) -> tuple[float | None, float | None, float | None]:
    if checklist.headline is Headline.INDEX:
        return score.index, score.index_low, score.index_high
    shown: ShareOfItems = score.items
    if checklist.headline is Headline.LEVELS:
        shown = next((each for each in score.levels if each.code == ItemLevel.BASIC), score.items)
    return shown.share, shown.low, shown.high


def distance_of(item: ChecklistItem, row: AssessmentItem | None) -> float | None:
    """Return how far an item lies from its criterion; None where nobody looked or it does not apply."""
    if row is None or row.result in (ItemState.NOT_ASSESSED, ItemState.NOT_APPLICABLE):
        return None
    if row.result == ItemState.MET:
        return 0.0
    return distance_from(limit_of(item), row.value) if item.unit is not None else 1.0


def by_item(rows: Iterable[AssessmentItem]) -> Mapping[str, AssessmentItem]:
    return {row.item: row for row in rows}
